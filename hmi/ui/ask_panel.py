"""One question with one line to answer it: why control is taken over, why equipment is locked out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from hmi.domain.language import tr
from hmi.ui.label import Label

LONGEST = 200


class AskPanel(QFrame):
    """Hidden until something is asked; Escape takes the question back, Enter answers nothing."""

    def __init__(self, closed: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._closed = closed
        self._answer: Callable[[str], None] = lambda _text: None
        self._question = Label()
        self._question.setProperty("kind", "heading")
        self._line = QLineEdit()
        self._line.setMaxLength(LONGEST)
        self._done = QPushButton()
        self._done.setAutoDefault(False)
        self._done.clicked.connect(self._give)
        self._line.textChanged.connect(lambda text: self._done.setEnabled(bool(text.strip())))
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.setAutoDefault(False)
        self._cancel.setShortcut(Qt.Key.Key_Escape)
        self._cancel.clicked.connect(self.take_back)
        row = QHBoxLayout()
        row.addWidget(self._line, 1)
        row.addWidget(self._done)
        row.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._question)
        layout.addLayout(row)
        self.hide()

    def ask(self, question: str, done: str, answer: Callable[[str], None]) -> None:
        """Show a question; `answer` takes what is written once the button called `done` is pressed."""
        self._question.setText(question)
        self._line.setAccessibleName(question)
        self._line.clear()
        self._done.setText(done)
        self._done.setAccessibleName(done)
        self._done.setEnabled(False)
        self._answer = answer
        self.show()
        self._line.setFocus()

    def take_back(self) -> None:
        """Ask no more."""
        self.hide()
        self._closed()

    def _give(self) -> None:
        text = self._line.text().strip()
        self.take_back()
        self._answer(text)
