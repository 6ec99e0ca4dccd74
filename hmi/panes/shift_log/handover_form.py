"""What is written to the next shift: a text, who hands over, who takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout

from hmi.domain.language import tr
from hmi.panes.shift_log.handover import HandoverFacts
from hmi.services.port import MOST_HANDOVER, MOST_PERSON
from hmi.ui.cards import labelled
from hmi.ui.form_parts import FaultLabel, field, heading, note, push, show_text

TEXT_PX: Final = 84
PERSON_PX: Final = 190


class HandoverForm(QFrame):
    """`saved` when it is to be saved."""

    saved = Signal()

    def __init__(self, facts: HandoverFacts) -> None:
        super().__init__()
        self.setObjectName("card")
        self._facts = facts
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(tr("To the next shift"))
        self.text.setPlaceholderText(tr("What the next shift must know and do"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(TEXT_PX)
        self.text.textChanged.connect(self._typed)
        self.handing_over = self._person(tr("Handing over"), self._handing_over_typed)
        self.taking_over = self._person(tr("Taking over"), self._taking_over_typed)
        self.save = push(tr("Save handover"), self.saved.emit, is_primary=True)
        self._length = note()
        self._fault = FaultLabel()
        people = QHBoxLayout()
        people.addWidget(labelled(tr("Handing over"), self.handing_over))
        people.addWidget(labelled(tr("Taking over"), self.taking_over))
        right = QVBoxLayout()
        right.addLayout(people)
        below = QHBoxLayout()
        below.addWidget(self._length, 1)
        below.addWidget(self.save)
        right.addLayout(below)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(self.text, 1)
        both.addLayout(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(heading(tr("To the next shift")))
        layout.addLayout(both)
        layout.addWidget(self._fault)

    def refresh(self) -> None:
        """Show what is written."""
        facts = self._facts
        if self.text.toPlainText() != facts.draft.text:
            self.text.setPlainText(facts.draft.text)
        show_text(self.handing_over, facts.handing_over)
        show_text(self.taking_over, facts.draft.taking_over)
        for widget in (self.text, self.handing_over, self.taking_over):
            widget.setEnabled(facts.can_save)
        self._show_length()

    def refuse(self, sentence: str) -> None:
        """Say why it was not saved; empty for nothing."""
        self._fault.say(sentence)

    def _typed(self) -> None:
        self._facts.draft.text = self.text.toPlainText()
        self._fault.say("")
        self._show_length()

    def _handing_over_typed(self, name: str) -> None:
        self._facts.draft.handing_over = name

    def _taking_over_typed(self, name: str) -> None:
        self._facts.draft.taking_over = name

    def _show_length(self) -> None:
        left = MOST_HANDOVER - len(self._facts.draft.text.strip())
        self._length.setText(tr("{count} characters too many").format(count=-left) if left < 0 else "")
        self.save.setEnabled(self._facts.can_save and left >= 0 and bool(self._facts.draft.text.strip()))

    def _person(self, name: str, typed: Callable[[str], None]) -> QLineEdit:
        line = field(name, typed)
        line.setMaxLength(MOST_PERSON)
        line.setFixedWidth(PERSON_PX)
        return line
