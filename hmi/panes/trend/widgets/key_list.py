"""The list of keys, over the charts until the next key or click."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.keys import KEYS


class KeyList(QFrame):
    """Shows KEYS in two columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("Keys of the trend"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoFillBackground(True)
        layout = QGridLayout(self)
        layout.setHorizontalSpacing(14)
        half = (len(KEYS) + 1) // 2
        for number, (keys, text) in enumerate(KEYS):
            row, column = number % half, 2 * (number // half)
            key = QLabel(keys)
            key.setProperty("kind", "heading")
            layout.addWidget(key, row, column)
            layout.addWidget(QLabel(tr(text)), row, column + 1)
        self.hide()

    def show_over(self, area: QWidget) -> None:
        """Show it in the middle of its parent."""
        self.adjustSize()
        self.move(max(0, (area.width() - self.width()) // 2), max(0, (area.height() - self.height()) // 2))
        self.show()
        self.raise_()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._leave()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._leave()

    def _leave(self) -> None:
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()
