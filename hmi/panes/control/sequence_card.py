"""The card of a station's command sequences."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.control.sequences import SequenceRow
from hmi.services.port import SequenceStatus
from hmi.ui.label import Label


class SequenceCard(QFrame):
    """Shows the sequences; `run_pressed` carries which one is wanted, the others the run that is meant."""

    run_pressed = Signal(object)
    go_on_pressed = Signal(object)
    stop_pressed = Signal(object)

    def __init__(self, rows: tuple[SequenceRow, ...]) -> None:
        super().__init__()
        self.setObjectName("card")
        title = Label(tr("Sequences"))
        title.setProperty("kind", "heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(title)
        self._lines: dict[UUID, _Line] = {}
        for row in rows:
            line = self._lines[row.id] = _Line(row)
            line.run_pressed.connect(self.run_pressed)
            line.go_on_pressed.connect(self.go_on_pressed)
            line.stop_pressed.connect(self.stop_pressed)
            layout.addWidget(line)
        layout.addStretch(1)

    def show_rows(self, rows: tuple[SequenceRow, ...]) -> None:
        """Show them as they stand."""
        for row in rows:
            if row.id in self._lines:
                self._lines[row.id].show_row(row)


class _Line(QWidget):
    run_pressed = Signal(object)
    go_on_pressed = Signal(object)
    stop_pressed = Signal(object)

    def __init__(self, row: SequenceRow) -> None:
        super().__init__()
        self._run: SequenceStatus | None = None
        name = Label(row.name)
        name.setWordWrap(True)
        steps = Label(row.steps)
        steps.setProperty("kind", "second")
        steps.setWordWrap(True)
        self._words = Label()
        self._words.setWordWrap(True)
        self._start = _button(tr("Run"), row.name)
        self._start.clicked.connect(lambda: self.run_pressed.emit(row.id))
        self._go_on = _button(tr("Go on"), row.name)
        self._go_on.clicked.connect(lambda: self.go_on_pressed.emit(self._run))
        self._stop = _button(tr("Stop sequence"), row.name)
        self._stop.clicked.connect(lambda: self.stop_pressed.emit(self._run))
        head = QHBoxLayout()
        head.addWidget(name, 1)
        for button in (self._start, self._go_on, self._stop):
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(steps)
        layout.addWidget(self._words)

    def show_row(self, row: SequenceRow) -> None:
        """Show it as it stands."""
        self._run = row.run
        self._words.setText(row.words)
        kind = "bad" if row.is_trouble else "live"
        if self._words.property("kind") != kind:
            self._words.setProperty("kind", kind)
            self._words.style().unpolish(self._words)
            self._words.style().polish(self._words)
        self._start.setVisible(row.run is None)
        self._start.setEnabled(row.can_run)
        self._go_on.setVisible(row.run is not None)
        self._go_on.setEnabled(row.can_go_on)
        self._stop.setVisible(row.run is not None)
        self._stop.setEnabled(row.can_stop)


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setAccessibleName(f"{text} {name}")
    return button
