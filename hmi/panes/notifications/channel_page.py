"""The form of one channel, with its secret and a test before it is saved."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from hmi.domain.language import tr
from hmi.panes.notifications.drafts import ChannelDraft
from hmi.panes.notifications.form_page import FIELD_PX, FieldRows, FormPage
from hmi.panes.notifications.presenter import NotificationsPresenter
from hmi.panes.notifications.words import KINDS
from hmi.ui.cards import card
from hmi.ui.form_parts import FaultLabel, as_secret, field, note, push, show_text
from hmi.ui.theme import Theme

ADDRESS_PX: Final = 240


class ChannelPage(FormPage):
    """Made anew for each draft: the kinds have different fields."""

    tested = Signal()

    def __init__(self, presenter: NotificationsPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._draft: ChannelDraft | None = None
        self._rows: FieldRows | None = None
        self._holder: QWidget | None = None
        self.secret = QLineEdit()
        frame, within = card(tr("Try it out"))
        line = QHBoxLayout()
        self._to = note(tr("Test mail goes to"))
        self._to.setWordWrap(False)
        self.address = field(tr("Test mail goes to"), self._type_address)
        self.address.setFixedWidth(ADDRESS_PX)
        self.test = push(tr("Send test"), self.tested.emit)
        for widget in (self._to, self.address, self.test):
            line.addWidget(widget)
        line.addStretch(1)
        self.said, self.test_fault = note(kind="heading"), FaultLabel()
        within.addLayout(line)
        within.addWidget(self.said)
        within.addWidget(self.test_fault)
        self.inside.addWidget(frame)
        self.inside.addStretch(1)

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        return self._rows.widgets["name"] if self._rows is not None else self.save

    def refresh(self, draft: ChannelDraft) -> None:
        """Show a draft."""
        if draft is not self._draft:
            self._begin(draft)
        kind = KINDS[draft.kind_name]
        title = tr("New channel: {kind}") if draft.is_new else tr("Channel: {kind}")
        self.title.setText(title.format(kind=kind))
        if self._rows is not None:
            self._rows.refresh(draft.values, draft.faults, draft.fields())
        self.fault.say(draft.faults.get("", ""))
        self.save.setEnabled(draft.is_new or draft.is_changed)
        is_mail = draft.kind_name == "email"
        self._to.setVisible(is_mail)
        self.address.setVisible(is_mail)
        show_text(self.address, self._presenter.trials.address)
        outcome = self._presenter.trials.channels.get(draft.id)
        self.said.setText("" if outcome is None or outcome.is_bad else outcome.words)
        self.said.setVisible(bool(self.said.text()))
        self.test_fault.say(outcome.words if outcome is not None and outcome.is_bad else "")

    def _begin(self, draft: ChannelDraft) -> None:
        """Put the fields of another draft in the place of the present ones."""
        self._draft = draft
        if self._holder is not None:
            self.inside.removeWidget(self._holder)
            self._holder.hide()
            self._holder.deleteLater()
        holder, within = card(tr("Settings"))
        self._holder = holder
        self._rows = FieldRows(draft.fields(), self._change, self._theme)
        if draft.secret_label:
            self.secret = field(draft.secret_label, self._type_secret)
            as_secret(self.secret)
            self.secret.setFixedWidth(FIELD_PX)
            where = self._presenter.where_kept
            if self._has_secret(draft):
                where += " " + tr("Leave it empty to keep the one that is there.")
            self._rows.add_row(draft.secret_label, self.secret, where)
        within.addLayout(self._rows.form)
        self.inside.insertWidget(1, holder)

    def _has_secret(self, draft: ChannelDraft) -> bool:
        state = self._presenter.state
        return state is not None and any(each.channel == draft.id and each.has_secret for each in state.channels)

    def _change(self, name: str, value: object) -> None:
        if self._draft is not None and str(self._draft.values.get(name)) != str(value):
            self._draft.change(name, value)
            self._presenter.changed()

    def _type_secret(self, text: str) -> None:
        if self._draft is not None:
            self._draft.secret = text or None
            self._presenter.changed()

    def _type_address(self, text: str) -> None:
        self._presenter.trials.address = text
