"""The jobs: how far each is, how it ended, and a button to stop what runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.archive.presenter import JobRow
from hmi.services.port import JobState
from hmi.ui.cards import card, show_rows, table
from hmi.ui.form_parts import note, push
from hmi.ui.theme import Theme

COLUMNS: Final = (tr("Job"), tr("State"), tr("Progress"), tr("Result"), tr("Began"), "")
WIDTHS_PX: Final = (190, 76, 100, 0, 150, 84)
PROGRESS, BEGAN, CANCEL = 2, 4, 5
NARROW_PX: Final = 1_000
SHOWN: Final = 5


class JobsCard(QFrame):
    """Shows rows; bars and buttons are made only where a job runs."""

    def __init__(self, theme: Theme, cancel: Callable[[UUID], None]) -> None:
        super().__init__()
        self._theme = theme
        self._cancel = cancel
        frame, inside = card(tr("Jobs"))
        self._none = note(tr("Nothing runs, and nothing has run since the start."))
        self._table = table(tr("Jobs"), COLUMNS, WIDTHS_PX)
        inside.addWidget(self._none)
        inside.addWidget(self._table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._table.setColumnHidden(BEGAN, self.width() < NARROW_PX)

    def show_jobs(self, rows: Sequence[JobRow]) -> None:
        """Show jobs, the newest first."""
        self._none.setVisible(not rows)
        self._table.setVisible(bool(rows))
        cells = [(row.label, row.state_text, "", row.detail, row.began, "") for row in rows]
        show_rows(self._table, cells, SHOWN)
        for number, row in enumerate(rows):
            is_running = row.state is JobState.RUNNING
            bar = self._widget(number, PROGRESS, row if is_running else None, self._bar)
            self._widget(number, CANCEL, row if is_running else None, self._button)
            if isinstance(bar, QProgressBar):
                bar.setRange(0, 100 if row.share >= 0 else 0)
                bar.setValue(max(0, row.share))
                bar.setAccessibleName(f"{row.label}: {row.share} %" if row.share >= 0 else row.label)

    def _widget(
        self, number: int, column: int, row: JobRow | None, make: Callable[[JobRow], QWidget]
    ) -> QWidget | None:
        """Return the cell's widget for a running job, made when it is not there yet; none for another."""
        present: QWidget | None = self._table.cellWidget(number, column)
        wanted = str(row.id) if row is not None else None
        if present is not None and present.property("job") != wanted:
            self._table.removeCellWidget(number, column)
            present = None
        if present is None and row is not None:
            present = make(row)
            present.setProperty("job", wanted)
            self._table.setCellWidget(number, column, present)
        return present

    def _bar(self, _row: JobRow) -> QWidget:
        bar = QProgressBar()
        bar.setTextVisible(False)  # the result has the figures
        palette = bar.palette()
        palette.setColor(QPalette.ColorRole.Highlight, QColor(self._theme.tokens.off))
        bar.setPalette(palette)
        return bar

    def _button(self, row: JobRow) -> QWidget:
        button = push(tr("Cancel"), partial(self._cancel, row.id))
        button.setAccessibleName(tr("Cancel {job}").format(job=row.label))
        button.setProperty("kind", "cell")
        return button
