"""Asking for a connection's user and password."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from hmi.domain.language import tr
from hmi.ui.form_parts import as_secret
from hmi.ui.label import Label


def ask_credentials(parent: QWidget, name: str, user: str, where: str, accept: Callable[[str, str], None]) -> QDialog:
    """Open a dialog, which does not block; `accept` gets user and password. where: says where it is kept."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Password for {name}").format(name=name))
    user_field, password_field = QLineEdit(user), QLineEdit()
    as_secret(password_field)
    note = Label(where)
    note.setProperty("kind", "second")
    note.setWordWrap(True)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    form = QFormLayout(dialog)
    form.addRow(tr("User"), user_field)
    form.addRow(tr("Password"), password_field)
    form.addRow(note)
    form.addRow(buttons)

    def finish() -> None:
        accept(user_field.text(), password_field.text())
        password_field.clear()
        dialog.accept()

    buttons.accepted.connect(finish)
    buttons.rejected.connect(dialog.reject)
    password_field.setFocus()
    dialog.setMinimumWidth(360)
    dialog.open()
    return dialog
