"""What comes up above a page: a secret that is shown once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hmi.domain.language import tr
from hmi.services.port.security import OneTimeSecret
from hmi.ui.form_parts import heading, note, push
from hmi.ui.label import Label


class SecretBar(QFrame):
    """Shows what the program made, until somebody says that it is written down."""

    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._purpose = heading("")
        self.secret = Label()
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
