"""A question in a window of its own, before what cannot be taken back; where a bar in the page does not do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def ask(parent: QWidget, title: str, text: str, button: str, act: Callable[[], object]) -> QMessageBox:
    """Ask, with a button that says what it does; Enter and Escape leave all as it is. Returns the open question."""
    both = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel
    question = QMessageBox(QMessageBox.Icon.NoIcon, title, text, both, parent)
    question.setTextFormat(Qt.TextFormat.PlainText)  # names come from outside
    question.setDefaultButton(QMessageBox.StandardButton.Cancel)
    yes = question.button(QMessageBox.StandardButton.Yes)
    yes.setText(button)
    yes.clicked.connect(lambda _checked=False: act())
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    question.open()
    return question
