"""The table under the chart: choosing, hiding and removing pens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from hmi.domain.language import tr
from hmi.panes.trend.drawing.scales import MOST_AXES
from hmi.panes.trend.pens import Draws
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.widgets.table_model import Column, PenTableModel
from hmi.panes.trend.widgets.toolbar import add_choice
from hmi.panes.trend.widgets.widths import width_of
from hmi.ui.theme import Theme

ROW_PX: Final = 25
HEADER_PX: Final = 26
WIDTHS_PX: Final = {
    Column.PEN: 46,
    Column.NOW: 104,
    Column.UNIT: 48,
    Column.CURSOR_A: 66,
    Column.CURSOR_B: 66,
    Column.DIFFERENCE: 66,
    Column.LOW: 62,
    Column.HIGH: 62,
    Column.REMOVE: 28,
}
FITTED: Final = tuple(column for column in WIDTHS_PX if column not in (Column.PEN, Column.REMOVE))
STATION_SHARE: Final = 0.15
STATION_LEAST_PX: Final = 90
STATION_MOST_PX: Final = 220


class PenTable(QTableView):
    """Shows the pens; the chosen row is the emphasised pen. `range_asked` carries the number of a pen."""

    range_asked = Signal(int)

    def __init__(self, presenter: Callable[[], TrendPresenter], theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self.theme = theme
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
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)

    def refresh(self) -> None:
        """Take the presenter's rows and its emphasised pen."""
        self._is_refreshing = True
        self._show_cursors()
        self._rows.refresh()
        self._fit_columns()
        wanted = next((place for place, row in enumerate(self._rows.rows) if row.is_emphasised), -1)
        chosen = [index.row() for index in self.selectionModel().selectedRows()]
        if wanted < 0:
            self.selectionModel().clearSelection()
        elif chosen != [wanted]:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self._rows.index(wanted, Column.TAG), flags)
        self._is_refreshing = False

    def _show_cursors(self) -> None:
        """Leave the columns of cursors that are not there to the names."""
        cursors = self._presenter().cursors
        self.setColumnHidden(Column.CURSOR_A, cursors.a_us is None)
        self.setColumnHidden(Column.CURSOR_B, cursors.b_us is None)
        self.setColumnHidden(Column.DIFFERENCE, cursors.distance_us is None)

    def _fit_columns(self) -> None:
        """Give every number and unit the room that it needs."""
        header = self.horizontalHeader()
        for column in FITTED:
            title, texts = self._rows.texts_of(column)
            width = width_of(self, title, texts, WIDTHS_PX[column], is_bold=column is Column.NOW)
            if header.sectionSize(column) != width:
                header.resizeSection(column, width)

    def restyle(self) -> None:
        """Take another look."""
        self._rows.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = round(min(STATION_MOST_PX, max(STATION_LEAST_PX, STATION_SHARE * self.width())))
        self.horizontalHeader().resizeSection(Column.STATION, width)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        current = self.currentIndex()
        has_row = current.isValid()
        if event.key() == Qt.Key.Key_Menu and has_row:
            self._show_menu(self.visualRect(current).bottomLeft())
        elif key == Qt.Key.Key_Delete and has_row and not self._rows.rows[current.row()].is_past:
            self._presenter().remove(self._rows.rows[current.row()].number)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
        else:
            event.ignore()  # the pane's own keys; a table would search for letters

    def menu_of(self, number: int) -> QMenu | None:
        """Return what can be done with a pen."""
        presenter = self._presenter()
        pen = presenter.pens.by_number(number)
        if pen is None:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if pen.is_drawn and not pen.is_lane:
            drawing = menu.addMenu(tr("Draw"))
            for draws, text in ((Draws.AUTO, tr("As usual")), (Draws.LINE, tr("Line")), (Draws.STEPS, tr("Steps"))):
                add_choice(drawing, text, pen.draws is draws, partial(self._set_drawing, number, draws))
            axes = menu.addMenu(tr("Axis"))
            add_choice(axes, tr("That of its unit"), pen.axis == 0, partial(self._set_axis, number, 0))
            for axis in range(1, MOST_AXES + 1):
                text = tr("Axis {number}").format(number=axis)
                add_choice(axes, text, pen.axis == axis, partial(self._set_axis, number, axis))
            menu.addAction(tr("Range of its axis…")).triggered.connect(lambda: self.range_asked.emit(number))
        add_choice(menu, tr("Hide"), pen.is_hidden, lambda is_hidden: presenter.hide(number, is_hidden))
        menu.addAction(tr("Remove")).triggered.connect(lambda: presenter.remove(number))
        return menu

    def _set_drawing(self, number: int, draws: Draws, _is_checked: bool) -> None:
        self._presenter().set_drawing(number, draws)

    def _set_axis(self, number: int, axis: int, _is_checked: bool) -> None:
        self._presenter().set_axis(number, axis)

    def _show_menu(self, at: QPoint) -> None:
        index = self.indexAt(at) if self.indexAt(at).isValid() else self.currentIndex()
        menu = self.menu_of(self._rows.rows[index.row()].number) if index.isValid() else None
        if menu is not None:
            menu.popup(self.viewport().mapToGlobal(at))

    def _selection_changed(self) -> None:
        if self._is_refreshing:
            return
        chosen = self.selectionModel().selectedRows()
        self._presenter().emphasise(self._rows.rows[chosen[0].row()].number if chosen else None)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == Column.REMOVE and not self._rows.rows[index.row()].is_past:
            self._presenter().remove(self._rows.rows[index.row()].number)
