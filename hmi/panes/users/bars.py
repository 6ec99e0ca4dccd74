"""What comes up above a page: a secret that is shown once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from hmi.domain.language import tr
from hmi.panes.users.presenter import Question
from hmi.services.port.security import OneTimeSecret
from hmi.ui.form_parts import heading, note, push


class QuestionBar(QFrame):
    """Asks in the page itself, so that no alarm is covered; Cancel has the focus, and Enter changes nothing."""

    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._shown: Question | None = None
        self._text = note(kind="heading")
        self.yes = push("", lambda: self.answered.emit(True))
        self.no = push(tr("Cancel"), lambda: self.answered.emit(False))
        self.yes.setAutoDefault(False)
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


class SecretBar(QFrame):
    """Shows what the program made, until somebody says that it is written down."""

    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._purpose = heading("")
        self.secret = QLabel()
        self.secret.setProperty("kind", "title")
        self.secret.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._why = note(tr("It is shown this once. Write or print it, and hand it over or seal it in an envelope."))
        self.ok = push(tr("I have written it down"), self.done.emit)
        copy = push(tr("Copy"), lambda: QGuiApplication.clipboard().setText(self.secret.text()))
        row = QHBoxLayout()
        row.addWidget(self.secret)
        row.addWidget(copy)
        row.addWidget(self.ok)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._purpose)
        layout.addLayout(row)
        layout.addWidget(self._why)
        self.hide()

    def refresh(self, secret: OneTimeSecret | None) -> None:
        """Show a secret; nothing hides the bar."""
        self._purpose.setText(secret.purpose if secret else "")
        self.secret.setText(secret.secret if secret else "")
        self.setVisible(secret is not None)
