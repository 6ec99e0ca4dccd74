"""The bar's widgets; what is typed is wiped as soon as it is passed on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit

from hmi.domain.language import tr
from hmi.panes.vault_bar.presenter import VaultBarPresenter
from hmi.ui.form_parts import FaultLabel, as_secret, heading, note, push
from hmi.ui.pane import PaneContext
from hmi.ui.shortcuts import shortcut

FIELD_PX: Final = 240
MOST_TYPED: Final = 256


class VaultBarView(QFrame):
    """One line, shown while a passphrase is asked for."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self.setObjectName("card")
        self._context = context
        presenter = self._presenter = VaultBarPresenter(context.mirror, context.port)
        self.passphrase = QLineEdit()
        as_secret(self.passphrase)
        self.passphrase.setAccessibleName(tr("Passphrase of the vault"))
        self.passphrase.setPlaceholderText(tr("Passphrase"))
        self.passphrase.setMaxLength(MOST_TYPED)
        self.passphrase.setFixedWidth(FIELD_PX)
        self.passphrase.returnPressed.connect(self._open)
        self.go = push(tr("Open the vault"), self._open, is_primary=True)
        self.later = push(tr("Later"), self._put_off)
        self._explanation = note()
        self._explanation.setWordWrap(False)
        self.fault = FaultLabel()
        shortcut(Qt.Key.Key_Escape, self, self._put_off)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(10)
        for widget in (heading(tr("The vault of passwords is locked")), self._explanation, self.passphrase, self.go):
            row.addWidget(widget)
        row.addWidget(self.fault, 1)
        row.addStretch(1)
        row.addWidget(self.later)
        removers = [presenter.listen(context.listen, self._refresh)]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def _refresh(self) -> None:
        presenter = self._presenter
        was_shown = not self.isHidden()
        self.setVisible(presenter.is_shown)
        self._explanation.setText(presenter.explanation)
        self.fault.say(presenter.fault)
        self.go.setEnabled(not presenter.is_busy)
        if not presenter.is_shown and was_shown:
            self.passphrase.clear()

    def _open(self) -> None:
        passphrase = self.passphrase.text()
        if passphrase and self.go.isEnabled():
            self.passphrase.clear()
            self._context.tasks.start(self._presenter.open(passphrase), tr("Vault"), self.fault.say)

    def _put_off(self) -> None:
        self.passphrase.clear()
        self._presenter.put_off()
