"""The forms of a recipient and of a group."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from hmi.domain.language import tr
from hmi.panes.notifications.choosing import ChooseButton
from hmi.panes.notifications.drafts import GroupDraft, PersonDraft
from hmi.panes.notifications.form_page import FieldRows, FormPage
from hmi.panes.notifications.presenter import NotificationsPresenter
from hmi.panes.notifications.words import named
from hmi.ui.cards import card
from hmi.ui.theme import Theme


class PersonPage(FormPage):
    """One form for both, since a group is told in the place of a person."""

    def __init__(self, presenter: NotificationsPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._draft: PersonDraft | GroupDraft | None = None
        person, within = card(tr("Person"))
        self._person = person
        self._person_rows = FieldRows(PersonDraft().fields(), self._change, theme)
        within.addLayout(self._person_rows.form)
        group, inner = card(tr("Group"))
        self._group: QFrame = group
        self._group_rows = FieldRows(GroupDraft().fields(), self._change, theme)
        self.members = ChooseButton(
            tr("Members"), tr("Everybody who is told when the group is."), lambda found: self._change("members", found)
        )
        self._group_rows.add_row(tr("Members"), self.members, name="members")
        inner.addLayout(self._group_rows.form)
        for frame in (person, group):
            self.inside.addWidget(frame)
        self.inside.addStretch(1)

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        rows = self._person_rows if isinstance(self._draft, PersonDraft) else self._group_rows
        return rows.widgets["name"]

    def refresh(self, draft: PersonDraft | GroupDraft) -> None:
        """Show a draft."""
        self._draft = draft
        is_person = isinstance(draft, PersonDraft)
        self._person.setVisible(is_person)
        self._group.setVisible(not is_person)
        if is_person:
            self.title.setText(tr("New person") if draft.is_new else tr("Person"))
            self._person_rows.refresh(draft.values, draft.faults, draft.fields())
        else:
            self.title.setText(tr("New group") if draft.is_new else tr("Group"))
            self._group_rows.refresh(draft.values, draft.faults, draft.fields())
            people = [(each.name, each.id) for each in self._presenter.settings.recipients]
            chosen = draft.values["members"]
            names = [name for name, key in people if key in chosen]
            self.members.refresh(people, chosen, named(names, tr("Choose…")))
        self.fault.say(draft.faults.get("", ""))
        self.save.setEnabled(draft.is_new or draft.is_changed)

    def _change(self, name: str, value: object) -> None:
        if self._draft is not None:
            self._draft.change(name, value)
            self._presenter.changed()
