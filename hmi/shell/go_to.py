"""Go to (Ctrl+K): a few letters of any station or tag, and Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hmi.domain.language import tr

SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to go to."""

    text: str
    go: Callable[[], None]


class GoTo(QDialog):
    """A field and what matches; every word typed must occur."""

    def __init__(self, parent: QWidget, targets: Sequence[Target]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Go to"))
        self._targets = targets
        self._shown: list[Target] = []
        self._field = QLineEdit()
        self._field.setPlaceholderText(tr("Station or tag"))
        self._field.setAccessibleName(tr("Station or tag"))
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Matches"))
        self._list.itemActivated.connect(self._go)
        self._list.itemClicked.connect(self._go)
        layout = QVBoxLayout(self)
        layout.addWidget(self._field)
        layout.addWidget(self._list)
        self.resize(520, 380)
        self._search("")
        self._field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._list.setCurrentRow(min(self._list.count() - 1, max(0, self._list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        words = text.casefold().split()
        found = (target for target in self._targets if all(word in target.text.casefold() for word in words))
        self._shown = [target for target, _ in zip(found, range(SHOWN), strict=False)]
        self._list.clear()
        self._list.addItems([target.text for target in self._shown])
        self._list.setCurrentRow(0)

    def _go(self, _item: QListWidgetItem | None) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._shown):
            self.accept()
            self._shown[row].go()
