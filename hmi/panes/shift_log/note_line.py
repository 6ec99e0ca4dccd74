"""The lines at the top of the log in which a note is written: to what, to which moment, the text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from hmi.domain.language import tr
from hmi.panes.shift_log.handover import clock_us
from hmi.panes.shift_log.log import SHIFT_ITSELF, LogFacts
from hmi.services.port import MOST_NOTE
from hmi.ui.cards import choice
from hmi.ui.form_parts import FaultLabel, heading, push, show_checks, show_choices
from hmi.ui.theme import Theme
from hmi.ui.time_span import moment_edit, moment_of, show_moment
from hmi.ui.words import moment_text

PLACE_LETTERS: Final = 16


class NoteLine(QFrame):
    """`saved` when the note is to be saved."""

    saved = Signal()

    def __init__(self, facts: LogFacts, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("card")
        self._facts = facts
        self._theme = theme
        self._title = heading("")
        self.station = choice(tr("The note is to"), lambda data: self._write(station_id=_none_for_shift(data)))
        self.tag = choice(tr("Tag of the note"), lambda data: self._write(tag=data))
        for box in (self.station, self.tag):
            box.setMinimumContentsLength(PLACE_LETTERS)
        self.now = QCheckBox(tr("Now"))
        self.now.setToolTip(tr("Untick to write to an earlier moment"))
        self.now.clicked.connect(self._now_clicked)
        self.moment = moment_edit(tr("Moment of the note"))
        self.moment.dateTimeChanged.connect(lambda _: self._write(at_us=moment_of(self.moment)))
        self.text = QLineEdit()
        self.text.setAccessibleName(tr("Note"))
        self.text.setPlaceholderText(tr("Write a note; it cannot be changed later, only corrected by another one"))
        self.text.setMaxLength(MOST_NOTE)
        self.text.textEdited.connect(lambda text: self._write(text=text))
        self.text.returnPressed.connect(self._give)
        self.write = push(tr("Write"), self._give, is_primary=True)
        self.cancel = push(tr("Cancel"), self._drop)
        self._fault = FaultLabel()
        self._lay_out()

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        for widget in (self.station, self.tag, self.now, self.moment):
            place.addWidget(widget)
        place.addStretch(1)
        line = QHBoxLayout()
        line.addWidget(self.text, 1)
        line.addWidget(self.write)
        line.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 8)
        layout.setSpacing(6)
        layout.addWidget(self._title)
        layout.addLayout(place)
        layout.addLayout(line)
        layout.addWidget(self._fault)

    def refresh(self) -> None:
        """Show what is being written."""
        facts, draft = self._facts, self._facts.draft
        words = tr("Correct the note of {name}, {time}")
        old = draft.corrects
        self._title.setText(words.format(name=old.user, time=moment_text(old.at_us)) if old else tr("New note"))
        show_choices(self.station, facts.stations(), draft.station_id or SHIFT_ITSELF)
        tags = facts.tags(draft.station_id)
        show_choices(self.tag, [(tr("No tag"), -1), *tags], draft.tag)
        self.tag.setVisible(bool(tags))
        show_checks(self.now, self._theme)
        self.now.setChecked(not draft.at_us)
        self.moment.setVisible(bool(draft.at_us))
        if draft.at_us and abs(moment_of(self.moment) - draft.at_us) >= 60_000_000:  # the field shows whole minutes
            show_moment(self.moment, draft.at_us)
        if self.text.text() != draft.text:
            self.text.setText(draft.text)
        self.cancel.setVisible(old is not None)
        for widget in (self.station, self.tag, self.now, self.moment, self.text):
            widget.setEnabled(facts.can_write)
        self.write.setEnabled(facts.can_write and bool(draft.text.strip()))

    def refuse(self, sentence: str) -> None:
        """Say why it was not saved; empty for nothing."""
        self._fault.say(sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._facts.draft.corrects:
            self._drop()
        else:
            super().keyPressEvent(event)

    def _write(self, **changes: Any) -> None:
        self._facts.write(replace(self._facts.draft, **changes))
        self._fault.say("")
        self.refresh()

    def _now_clicked(self, is_now: bool) -> None:
        self._write(at_us=0 if is_now else clock_us())

    def _give(self) -> None:
        if self.write.isEnabled():
            self.saved.emit()

    def _drop(self) -> None:
        self._facts.drop()
        self._fault.say("")
        self.refresh()


def _none_for_shift(data: object) -> object:
    return None if data == SHIFT_ITSELF else data
