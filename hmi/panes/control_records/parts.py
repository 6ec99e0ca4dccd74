"""What both pages of the setup of controls are made of."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton


def plain_button(text: str) -> QPushButton:
    """Return a button that Enter presses only when it has the focus by a key."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setAccessibleName(text)
    return button


def show_list(found: QListWidget, rows: Sequence[tuple[UUID, str]], chosen: UUID | None) -> None:
    """Show what there is to choose from, made anew only when it differs, and what is chosen."""
    shown = [(found.item(row).data(Qt.ItemDataRole.UserRole), found.item(row).text()) for row in range(found.count())]
    if shown != list(rows):
        found.clear()
        for key, text in rows:
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, key)
            found.addItem(item)
    found.setCurrentRow(next((at for at, row in enumerate(rows) if row[0] == chosen), -1))
