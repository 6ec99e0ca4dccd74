"""The question that a page asks in itself, so that no alarm is covered."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from hmi.domain.language import tr
from hmi.ui.form_parts import note, push
from hmi.ui.questions import Question
from hmi.ui.shortcuts import shortcut


class QuestionBar(QFrame):
    """Cancel has the focus, Escape is Cancel, and Enter changes nothing."""

    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._shown: Question | None = None
        self._text = note(kind="heading")
        self.yes = push("", lambda: self.answered.emit(True))
        self.no = push(tr("Cancel"), lambda: self.answered.emit(False))
        self.yes.setAutoDefault(False)
        shortcut(Qt.Key.Key_Escape, self, lambda: self.answered.emit(False))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.yes)
        layout.addWidget(self.no)
        self.hide()

    def refresh(self, question: Question | None) -> None:
        """Show what is asked; nothing hides the bar."""
        has_come = question is not None and question is not self._shown
        self._shown = question
        self.setVisible(question is not None)
        if question is not None:
            self._text.setText(question.text)
            self.yes.setText(question.button)
            self.yes.setAccessibleName(question.button)
        if has_come:
            self.no.setFocus()
