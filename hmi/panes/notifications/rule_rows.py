"""The rows of a rule's form that there may be several of: periods and steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.config.notification_settings import NotificationSettings
from hmi.domain.language import tr
from hmi.panes.notifications.choosing import ChooseButton
from hmi.panes.notifications.rule_draft import PeriodDraft, StepDraft, people_text
from hmi.panes.notifications.words import DAYS, days_text
from hmi.ui.cards import choice
from hmi.ui.form_parts import field, push, show_choices, show_text
from hmi.ui.label import Label

TIME_PX: Final = 64
CHANNEL_PX: Final = 140
PEOPLE_PX: Final = 180


class PeriodRow(QWidget):
    """Days of the week, from and to."""

    def __init__(self, name: str, changed: Callable[[], None], remove: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._changed = changed
        self._draft = PeriodDraft()
        self.days = ChooseButton(tr("Days"), tr("The days on which it begins."), self._choose_days)
        self.begin = self._line(tr("{name}: from").format(name=name), "begin")
        self.end = self._line(tr("{name}: to").format(name=name), "end")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.days, Label(tr("from")), self.begin, Label(tr("to")), self.end):
            layout.addWidget(widget)
        if remove is not None:
            layout.addWidget(push(tr("Remove"), remove))
        layout.addStretch(1)

    def refresh(self, draft: PeriodDraft) -> None:
        """Show a period."""
        self._draft = draft
        self.days.refresh([(name, day) for day, name in enumerate(DAYS)], draft.days, days_text(draft.days))
        show_text(self.begin, draft.begin)
        show_text(self.end, draft.end)

    def _line(self, name: str, part: str) -> QLineEdit:
        line = field(name, partial(self._type, part))
        line.setFixedWidth(TIME_PX)
        line.setPlaceholderText("06:00")
        return line

    def _type(self, part: str, text: str) -> None:
        setattr(self._draft, part, text)
        self._changed()

    def _choose_days(self, days: tuple[object, ...]) -> None:
        self._draft.days = tuple(int(str(day)) for day in days)
        self._changed()


class StepRow(QWidget):
    """After so many minutes, over a channel, to people."""

    def __init__(self, number: int, changed: Callable[[], None], remove: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed
        self._draft = StepDraft()
        self.after = field(tr("Step {number}: after, minutes").format(number=number), self._type_after)
        self.after.setFixedWidth(TIME_PX)
        self.channel = choice(tr("Step {number}: over").format(number=number), self._choose_channel)
        self.channel.setFixedWidth(CHANNEL_PX)
        self.people = ChooseButton(
            tr("Step {number}: to").format(number=number),
            tr("A screen and a webhook need no one; mail does."),
            self._choose_people,
        )
        self.people.setFixedWidth(PEOPLE_PX)
        self.remove = push(tr("Remove"), remove)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (
            Label(tr("After")),
            self.after,
            Label(tr("min over")),
            self.channel,
            Label(tr("to")),
            self.people,
            self.remove,
        ):
            layout.addWidget(widget)
        layout.addStretch(1)

    def refresh(self, draft: StepDraft, settings: NotificationSettings) -> None:
        """Show a step."""
        self._draft = draft
        show_text(self.after, draft.after_min)
        show_choices(self.channel, [(each.name, each.id) for each in settings.channels], draft.channel)
        people = [(each.name, each.id) for each in (*settings.groups, *settings.recipients)]
        self.people.refresh(people, draft.recipients, people_text(draft, settings))

    def _type_after(self, text: str) -> None:
        self._draft.after_min = text
        self._changed()

    def _choose_channel(self, channel: object) -> None:
        self._draft.channel = channel  # type: ignore[assignment]  # the list was filled with ids
        self._changed()

    def _choose_people(self, people: tuple[object, ...]) -> None:
        self._draft.recipients = people  # type: ignore[assignment]  # the list was filled with ids
        self._changed()


class Rows(QWidget):
    """As many rows as there are drafts, made and dropped as needed."""

    def __init__(self, make: Callable[[int], QWidget]) -> None:
        super().__init__()
        self._make = make
        self.rows: list[QWidget] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)

    def fit(self, count: int) -> Sequence[QWidget]:
        """Return so many rows."""
        while len(self.rows) < count:
            row = self._make(len(self.rows))
            self._layout.addWidget(row)
            self.rows.append(row)
        while len(self.rows) > count:
            gone = self.rows.pop()
            self._layout.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        return self.rows
