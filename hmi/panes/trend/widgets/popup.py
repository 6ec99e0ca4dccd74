"""Small panels that open under a button and close by Escape or a click elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QWidget

from hmi.ui.label import Label


class Popup(QFrame):
    """A panel. `remark` is its line for what is wrong."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.remark = Label()
        self.remark.setProperty("kind", "bad")
        self.remark.setWordWrap(True)

    def open_under(self, below: QWidget, focus: QWidget) -> None:
        """Open under a widget, within its screen."""
        self.adjustSize()
        corner = below.mapToGlobal(QPoint(0, below.height() + 2))
        area = below.screen().availableGeometry()
        x = max(area.left(), min(corner.x(), area.right() - self.width()))
        y = max(area.top(), min(corner.y(), area.bottom() - self.height()))
        self.move(x, y)
        self.show()
        focus.setFocus()
