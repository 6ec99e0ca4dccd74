"""One line asked for in a small panel: a note's text, a group's name, a length of time."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.widgets.popup import Popup
from hmi.ui.label import Label


class TextPanel(Popup):
    """`given` carries the text; whoever takes it closes the panel, or says what is wrong with it by `refuse`."""

    given = Signal(str)

    def __init__(self, parent: QWidget, name: str, button: str, width_px: int = 300) -> None:
        super().__init__(parent)
        self.title = Label()
        self.title.setProperty("kind", "heading")
        self.field = QLineEdit()
        self.field.setAccessibleName(name)
        self.field.setMinimumWidth(width_px)
        self.field.returnPressed.connect(self._give)
        self._button = QPushButton(tr(button))
        self._button.clicked.connect(self._give)
        line = QHBoxLayout()
        line.addWidget(self.field, 1)
        line.addWidget(self._button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.title)
        layout.addLayout(line)
        layout.addWidget(self.remark)

    def ask(self, below: QWidget, title: str, text: str = "", most: int = 0) -> None:
        """Open under a widget; most: characters that can be typed, 0 for the usual."""
        self.title.setText(title)
        self.field.setMaxLength(most or 32_767)
        self.field.setText(text)
        self.remark.clear()
        self.open_under(below, self.field)
        self.field.selectAll()

    def refuse(self, sentence: str) -> None:
        """Stay open and say what is wrong."""
        self.remark.setText(sentence)
        self.adjustSize()

    def _give(self) -> None:
        self.given.emit(self.field.text())
