"""The table of figures: columns as wide as what stands in them, and none that says nothing of the pens there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtGui import QIcon, QResizeEvent

from hmi.domain.language import tr
from hmi.panes.trend.chart.number_marks import number_icon
from hmi.panes.trend.rows import StatisticsRow
from hmi.panes.trend.widgets.plain_table import PlainTable
from hmi.panes.trend.widgets.text_model import TextColumn, TextModel
from hmi.panes.trend.widgets.widths import ICON_PX, width_of
from hmi.ui.theme import Theme

NAME: Final = 0
NAME_LEAST_PX: Final = 110
NAME_MOST_PX: Final = 420


class FigureTable(PlainTable):
    """Shows the figures; what the numbers leave is the names'."""

    def __init__(self, figures: TextModel[StatisticsRow]) -> None:
        super().__init__(figures, tr("Figures"))
        self._figures = figures
        self.horizontalHeader().setStretchLastSection(False)
        self.horizontalHeader().setMinimumSectionSize(24)

    def show_rows(self, rows: Sequence[StatisticsRow]) -> None:
        """Take other rows."""
        self._figures.show_rows(rows)
        self._fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        rows = self._figures.rows
        rest = self.viewport().width()
        for number, column in enumerate(self._figures.columns):
            texts = [column.text(row) for row in rows]
            if number == NAME:
                continue
            is_empty = bool(rows) and not any(texts)
            if self.isColumnHidden(number) != is_empty:
                self.setColumnHidden(number, is_empty)
            if not is_empty:
                rest -= self._widen(number, width_of(self, column.title, texts))
        names = [row.name for row in rows]
        wanted = ICON_PX + width_of(self, self._figures.columns[NAME].title, names)
        self._widen(NAME, max(NAME_LEAST_PX, min(wanted, rest, NAME_MOST_PX)))

    def _widen(self, number: int, width: int) -> int:
        if self.columnWidth(number) != width:
            self.setColumnWidth(number, width)
        return width


def figure_columns(theme: Theme) -> tuple[TextColumn[StatisticsRow], ...]:
    """Return the columns of the figures."""

    def icon(row: StatisticsRow) -> QIcon:
        return number_icon(theme.tokens, row.number, is_hollow=row.is_past)

    numbers: tuple[tuple[str, Callable[[StatisticsRow], str]], ...] = (
        (tr("Min"), lambda row: row.low),
        (tr("Max"), lambda row: row.high),
        (tr("Mean"), lambda row: row.mean),
        (tr("Std dev"), lambda row: row.deviation),
        (tr("First"), lambda row: row.first),
        (tr("Last"), lambda row: row.last),
        (tr("Change"), lambda row: row.change),
        (tr("Good"), lambda row: row.good),
        (tr("Time on"), lambda row: row.on),
        (tr("Starts"), lambda row: row.starts),
        (tr("Total"), lambda row: row.total),
    )
    return (
        TextColumn(tr("Tag"), lambda row: row.name, is_number=False, icon=icon),
        TextColumn(tr("Unit"), lambda row: row.unit, is_number=False),
        *(TextColumn(title, text) for title, text in numbers),
    )
