"""The second step: what will be done, what speaks for it, and the buttons to do it or not."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from hmi.domain.language import tr
from hmi.services.port import Selection


class Confirmation(QFrame):
    """Shows a selection. Operate never has the focus by itself and Enter never presses it."""

    operated = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._title = QLabel()
        self._title.setProperty("kind", "second")
        self._change = QLabel()
        self._change.setProperty("kind", "title")
        self._checks = QLabel()
        self._checks.setTextFormat(Qt.TextFormat.RichText)
        self._checks.setWordWrap(True)
        self._time_left = QLabel()
        self._time_left.setProperty("kind", "second")
        self._operate = QPushButton(tr("Operate"))
        self._operate.setProperty("kind", "operate")
        self._operate.setAutoDefault(False)
        self._operate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._operate.setMinimumSize(120, 36)
        self._operate.clicked.connect(self.operated)
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.setAutoDefault(False)
        self._cancel.setMinimumSize(96, 36)
        self._cancel.setShortcut(Qt.Key.Key_Escape)
        self._cancel.clicked.connect(self.cancelled)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._title, self._change, self._checks):
            words.addWidget(label)
        buttons = QHBoxLayout()
        buttons.addWidget(self._time_left)
        buttons.addWidget(self._operate)
        buttons.addWidget(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addLayout(words, 1)
        layout.addLayout(buttons)
        self.hide()

    def show_selection(self, selection: Selection, name: str) -> None:
        """Show what the operator is asked to confirm."""
        self._title.setText(name)
        self._change.setText(f"{selection.from_label}  →  {selection.to_label}")
        words = [f"{'✓' if check.is_met else '✗'} {check.text}" for check in selection.checks]
        if selection.note:
            words.append(f"<b>{selection.note}</b>")
        self._checks.setText("&nbsp;&nbsp;&nbsp;".join(words))
        self.setAccessibleName(f"{tr('Confirm')}: {name}: {selection.from_label} → {selection.to_label}")
        self.show()
        self._cancel.setFocus()

    def show_seconds(self, seconds: float) -> None:
        """Show how long the selection still holds."""
        self._time_left.setText(tr("{seconds} s left").format(seconds=round(seconds)))
