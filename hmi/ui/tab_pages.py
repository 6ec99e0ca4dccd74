"""Pages under a row of tabs, one of them in sight."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget


class TabPages(QWidget):
    """A tab each page; `turned` tells which one came into sight."""

    turned = Signal(int)

    def __init__(self, name: str) -> None:
        """name: what a reader calls the row of tabs."""
        super().__init__()
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self.show_number)
        row = QFrame()
        row.setObjectName("panel")
        row.setAccessibleName(name)
        self._row = QHBoxLayout(row)
        self._row.setContentsMargins(8, 0, 8, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(row)
        layout.addWidget(self._stack, 1)

    def add(self, label: str, page: QWidget) -> None:
        """Add a page; the first one is in sight."""
        number = self._stack.addWidget(page)
        button = QPushButton(label)
        button.setProperty("kind", "workspace")
        button.setCheckable(True)
        button.setChecked(number == 0)
        button.setAccessibleName(label)
        self._group.addButton(button, number)
        self._row.insertWidget(number, button)

    def set_aside(self, widget: QWidget) -> None:
        """Put a widget at the end of the row of tabs."""
        self._row.addWidget(widget, 0)

    def set_label(self, page: QWidget, label: str) -> None:
        """Call a page otherwise."""
        button = self._group.button(self._stack.indexOf(page))
        button.setText(label)
        button.setAccessibleName(label)

    def show_page(self, page: QWidget) -> None:
        """Bring a page into sight."""
        self.show_number(self._stack.indexOf(page))

    def show_number(self, number: int) -> None:
        """Bring a page into sight by its place in the row."""
        self._stack.setCurrentIndex(number)
        self._group.button(number).setChecked(True)
        self.turned.emit(number)

    @property
    def page(self) -> QWidget | None:
        """The page in sight."""
        return self._stack.currentWidget()
