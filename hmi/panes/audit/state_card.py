"""How the record does: its facts, what the last check found, where the head is kept, and the work that runs."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.audit.presenter import AuditPresenter
from hmi.ui.form_parts import FaultLabel, note, push
from hmi.ui.label import Label
from hmi.ui.theme import Theme

BAR_PX = 220


class StateCard(QFrame):
    """Shows the presenter's facts."""

    def __init__(self, presenter: AuditPresenter, theme: Theme, cancel: Callable[[UUID], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._presenter = presenter
        self._theme = theme
        self._job: UUID | None = None
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._values: dict[str, Label] = {}
        self.fault = FaultLabel()
        self.verdict = note()
        self.places = note()
        self.progress = Label()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(BAR_PX)
        self.cancel = push(tr("Cancel"), lambda: cancel(self._job) if self._job is not None else None)
        self._running = QWidget()
        running = QHBoxLayout(self._running)
        running.setContentsMargins(0, 0, 0, 0)
        parts: tuple[QWidget, ...] = (self.progress, self.bar, self.cancel)
        for widget in parts:
            running.addWidget(widget)
        running.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addLayout(self._grid)
        for widget in (self.fault, self.verdict, self.places, self._running):
            layout.addWidget(widget)

    def refresh(self) -> None:
        """Show the facts as they are."""
        presenter = self._presenter
        for column, (label, text) in enumerate(presenter.facts()):
            if label not in self._values:
                value = Label()
                value.setProperty("kind", "heading")
                self._grid.addWidget(note(label), 0, column)
                self._grid.addWidget(value, 1, column)
                self._grid.setColumnStretch(column, 1)
                self._values[label] = value
            self._values[label].setText(text)
        self.fault.say(presenter.fault())
        self.verdict.setText(presenter.verdict())
        self.verdict.setVisible(bool(presenter.verdict()))
        self.places.setText(presenter.anchors_line())
        running = presenter.running()
        self._job = running.id if running is not None else None
        self._running.setVisible(running is not None)
        if running is not None:
            self.progress.setText(running.text)
            palette = self.bar.palette()
            palette.setColor(QPalette.ColorRole.Highlight, QColor(self._theme.tokens.off))
            self.bar.setPalette(palette)
            self.bar.setRange(0, 100 if running.share >= 0 else 0)
            self.bar.setValue(max(0, running.share))
            self.bar.setAccessibleName(running.text)
