"""Choosing several things from a list: a button that names them, and the dialog behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.ui.form_parts import note, push
from hmi.ui.label import tip

Choices = Sequence[tuple[str, object]]
WIDTH_PX: Final = 380
HEIGHT_PX: Final = 420


class ChooseButton(QWidget):
    """Names what is chosen; a press asks for more or less of it."""

    def __init__(self, name: str, hint: str, chosen: Callable[[tuple[object, ...]], None]) -> None:
        """name: what a reader and the dialog's title say. hint: what choosing none means."""
        super().__init__()
        self._name = name
        self._hint = hint
        self._tell = chosen
        self._choices: Choices = ()
        self._chosen: tuple[object, ...] = ()
        self.button: QPushButton = push("", self._ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)

    def refresh(self, choices: Choices, chosen: Sequence[object], text: str) -> None:
        """Show what is chosen, in words."""
        self._choices, self._chosen = choices, tuple(chosen)
        self.button.setText(text)
        self.button.setAccessibleName(f"{self._name}: {text}")
        self.button.setToolTip(tip("\n".join(label for label, data in choices if data in self._chosen)))

    def _ask(self) -> None:
        self.ask()

    def ask(self) -> QDialog:
        """Open the dialog, which does not block."""
        dialog = QDialog(self)
        dialog.setWindowTitle(self._name)
        dialog.resize(WIDTH_PX, HEIGHT_PX)
        found = QListWidget()
        found.setAccessibleName(self._name)
        for label, data in self._choices:
            item = QListWidgetItem(label)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if data in self._chosen else Qt.CheckState.Unchecked)
            found.addItem(item)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        layout = QVBoxLayout(dialog)
        layout.addWidget(note(self._hint))
        layout.addWidget(found, 1)
        if not self._choices:
            layout.addWidget(note(tr("There is nothing to choose yet.")))
        layout.addWidget(buttons)

        def finish() -> None:
            rows = [row for row in range(found.count()) if found.item(row).checkState() is Qt.CheckState.Checked]
            self._tell(tuple(self._choices[row][1] for row in rows))
            dialog.accept()

        buttons.accepted.connect(finish)
        buttons.rejected.connect(dialog.reject)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        if found.count():
            found.setCurrentRow(0)
        found.setFocus()
        return dialog
