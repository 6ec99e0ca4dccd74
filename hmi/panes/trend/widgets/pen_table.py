"""The table under the chart: choosing, hiding and removing pens."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from hmi.domain.language import tr
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.widgets.table_model import Column, PenTableModel
from hmi.ui.theme import Theme

ROW_PX: Final = 25
HEADER_PX: Final = 26
WIDTHS_PX: Final = {
    Column.PEN: 46,
    Column.NOW: 112,
    Column.UNIT: 48,
    Column.CURSOR: 72,
    Column.LOW: 66,
    Column.HIGH: 66,
    Column.REMOVE: 28,
}
STATION_SHARE: Final = 0.17
STATION_LEAST_PX: Final = 110
STATION_MOST_PX: Final = 220
ROWS_BY_HEIGHT: Final = ((640, 4), (800, 6))
MOST_ROWS: Final = 8


class PenTable(QTableView):
    """Shows the pens; the chosen row is the emphasised pen."""

    def __init__(self, presenter: TrendPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._rows = PenTableModel(presenter, theme)
        self._is_refreshing = False
        self.setModel(self._rows)
        self.setAccessibleName(tr("Pens"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(16, 16))
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setMinimumSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setFixedHeight(HEADER_PX)
        header.setMinimumSectionSize(24)
        header.setHighlightSections(False)
        for column, width in WIDTHS_PX.items():
            header.resizeSection(column, width)
        header.setSectionResizeMode(Column.TAG, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        self.clicked.connect(self._clicked)

    def refresh(self) -> None:
        """Take the presenter's rows and its emphasised pen."""
        self._is_refreshing = True
        self._rows.refresh()
        wanted = next((place for place, row in enumerate(self._rows.rows) if row.is_emphasised), -1)
        chosen = [index.row() for index in self.selectionModel().selectedRows()]
        if wanted < 0:
            self.selectionModel().clearSelection()
        elif chosen != [wanted]:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self._rows.index(wanted, Column.TAG), flags)
        self._is_refreshing = False

    def restyle(self) -> None:
        """Take another look."""
        self._rows.restyle()

    def fit_height(self, pane_px: int) -> None:
        """Take a height that depends on the pane only, so that nothing jumps when pens come and go."""
        rows = next((rows for below, rows in ROWS_BY_HEIGHT if pane_px < below), MOST_ROWS)
        self.setFixedHeight(HEADER_PX + rows * ROW_PX + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = round(min(STATION_MOST_PX, max(STATION_LEAST_PX, STATION_SHARE * self.width())))
        self.horizontalHeader().resizeSection(Column.STATION, width)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        current = self.currentIndex()
        has_row = current.isValid()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and has_row:
            self._presenter.remove(self._rows.rows[current.row()].number)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_H and has_row:
            row = self._rows.rows[current.row()]
            self._presenter.hide(row.number, not row.is_hidden)
        else:
            event.ignore()  # the pane's own keys; a table would search for letters

    def _selection_changed(self) -> None:
        if self._is_refreshing:
            return
        chosen = self.selectionModel().selectedRows()
        self._presenter.emphasise(self._rows.rows[chosen[0].row()].number if chosen else None)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == Column.REMOVE:
            self._presenter.remove(self._rows.rows[index.row()].number)
