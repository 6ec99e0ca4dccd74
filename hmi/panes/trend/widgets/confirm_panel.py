"""A question in a small panel, before something goes that does not come back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.trend.widgets.popup import Popup
from hmi.ui.label import Label


class ConfirmPanel(Popup):
    """`confirmed` when it is to be done; whoever does it closes the panel, or says by `refuse` why it cannot be."""

    confirmed = Signal()

    def __init__(self, parent: QWidget, button: str) -> None:
        super().__init__(parent)
        self.question = Label()
        self.question.setProperty("kind", "heading")
        self.go = QPushButton(tr(button))
        self.go.clicked.connect(self.confirmed)
        self.keep = QPushButton(tr("Keep"))
        self.keep.clicked.connect(self.hide)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.go)
        line.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.addWidget(self.question)
        layout.addLayout(line)
        layout.addWidget(self.remark)

    def ask(self, below: QWidget, question: str) -> None:
        """Open under a widget; Enter and Escape both keep what is there."""
        self.question.setText(question)
        self.remark.clear()
        self.open_under(below, self.keep)

    def refuse(self, sentence: str) -> None:
        """Stay open and say what is wrong."""
        self.remark.setText(sentence)
        self.adjustSize()
