"""The pens' rows for a Qt table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from hmi.domain.language import tr
from hmi.panes.trend.chart.number_marks import number_icon
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.rows import PenRow
from hmi.ui.label import tip
from hmi.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
REMOVE: Final = "×"


class Column(IntEnum):
    """The columns, from the left."""

    PEN = 0
    STATION = 1
    TAG = 2
    NOW = 3
    UNIT = 4
    CURSOR_A = 5
    CURSOR_B = 6
    DIFFERENCE = 7
    LOW = 8
    HIGH = 9
    REMOVE = 10


NUMBERS: Final = frozenset({Column.NOW, Column.CURSOR_A, Column.CURSOR_B, Column.DIFFERENCE, Column.LOW, Column.HIGH})


class PenTableModel(QAbstractTableModel):
    """An adapter: the rows are the presenter's."""

    def __init__(self, presenter: Callable[[], TrendPresenter], theme: Theme) -> None:
        """presenter: returns the active chart's."""
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self.rows: Sequence[PenRow] = ()
        self._texts: dict[Column, tuple[str, Callable[[PenRow], str]]] = {
            Column.PEN: (tr("Pen"), lambda row: ""),
            Column.STATION: (tr("Station"), lambda row: row.station),
            Column.TAG: (tr("Tag"), lambda row: row.name),
            Column.NOW: (tr("Now"), lambda row: f"{row.value}  {row.quality}" if row.quality else row.value),
            Column.UNIT: (tr("Unit"), lambda row: row.unit),
            Column.CURSOR_A: (tr("A"), lambda row: row.at_a),
            Column.CURSOR_B: (tr("B"), lambda row: row.at_b),
            Column.DIFFERENCE: (tr("B \u2212 A"), lambda row: row.difference),
            Column.LOW: (tr("Min"), lambda row: row.low),
            Column.HIGH: (tr("Max"), lambda row: row.high),
            Column.REMOVE: ("", lambda row: "" if row.is_past else REMOVE),
        }

    def refresh(self) -> None:
        """Take the presenter's rows; another set of pens resets, other content repaints."""
        rows = self._presenter().rows()
        if [(row.number, row.is_past) for row in rows] != [(row.number, row.is_past) for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        if rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(Column) - 1))

    def texts_of(self, column: Column) -> tuple[str, Sequence[str]]:
        """Return a column's title and its texts."""
        title, text = self._texts[column]
        return title, [text(row) for row in self.rows]

    def restyle(self) -> None:
        """Paint anew in another look."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(Column) - 1))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[Column(section)][0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        is_box = index.column() == Column.PEN and not self.rows[index.row()].is_past
        return flags | Qt.ItemFlag.ItemIsUserCheckable if is_box else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[column][1](row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DecorationRole and column is Column.PEN:
            return number_icon(self._theme.tokens, row.number, is_hollow=row.is_past)
        if role == Qt.ItemDataRole.CheckStateRole and column is Column.PEN and not row.is_past:
            return Qt.CheckState.Unchecked if row.is_hidden else Qt.CheckState.Checked
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column)
        if role == Qt.ItemDataRole.FontRole and column is Column.NOW:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._tool_tip(row, column) or "")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row, column)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        is_hidden = Qt.CheckState(value) == Qt.CheckState.Unchecked
        self._presenter().hide(self.rows[index.row()].number, is_hidden)
        return True

    def _colour(self, row: PenRow, column: Column) -> QColor:
        tokens = self._theme.tokens
        if column is Column.NOW:
            return QColor(tokens.live if row.is_good else tokens.bad_text)
        is_quiet = row.is_hidden or row.is_past or column in (Column.STATION, Column.UNIT, Column.REMOVE)
        return QColor(tokens.second if is_quiet else tokens.text)

    def _tool_tip(self, row: PenRow, column: Column) -> str | None:
        if column is Column.PEN:
            return tr("Show or hide")
        if column is Column.REMOVE:
            return tr("Remove pen {number} (Delete)").format(number=row.number)
        return self._texts[column][1](row) or None

    def _spoken(self, row: PenRow, column: Column) -> str:
        if column is Column.PEN:
            return tr("Pen {number}, {station}, {name}").format(number=row.number, station=row.station, name=row.name)
        if column is Column.REMOVE:
            return tr("Remove pen {number}").format(number=row.number)
        return self._texts[column][1](row)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    if column is Column.REMOVE:
        return Qt.AlignmentFlag.AlignCenter
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
