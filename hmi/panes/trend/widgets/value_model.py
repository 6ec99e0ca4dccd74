"""The table of values for Qt: texts are made only for the cells that are on screen."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from hmi.domain.language import tr
from hmi.panes.trend.timeline.ticks import local
from hmi.panes.trend.value_rows import ValueRows
from hmi.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
PRIME: Final = "\u2032"


class ValueModel(QAbstractTableModel):
    """An adapter over columns of numbers; values that were only held are in the second colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        nothing = np.zeros((0, 0))
        self.rows = ValueRows((), np.zeros(0, np.int64), nothing, nothing.astype(bool))
        self._is_newest_first = False

    def show_rows(self, rows: ValueRows) -> None:
        """Take other rows."""
        same = len(rows) == len(self.rows) and rows.pens == self.rows.pens
        if same and len(rows) and np.array_equal(rows.time_us, self.rows.time_us):
            if np.array_equal(rows.values, self.rows.values, equal_nan=True):
                return
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(rows.pens)))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column == 0:
            self.beginResetModel()
            self._is_newest_first = order == Qt.SortOrder.DescendingOrder
            self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else 1 + len(self.rows.pens)

    def time_at(self, row: int) -> int:
        """Return the time of a row as shown, UTC µs."""
        return int(self.rows.time_us[self._source(row)])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if section == 0:
            return tr("Time")
        pen = self.rows.pens[section - 1]
        unit = f" [{pen.tag.unit}]" if pen.tag.unit else ""
        past = PRIME if pen.shift else ""
        return f"{pen.number}{past} {pen.tag.name}{unit}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._source(index.row()), index.column() - 1
        if role == Qt.ItemDataRole.DisplayRole:
            if column < 0:
                moment = local(int(self.rows.time_us[row]))
                return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"
            return self.rows.pens[column].tag.text(float(self.rows.values[row, column]))
        if role == Qt.ItemDataRole.ForegroundRole and column >= 0 and not self.rows.is_read[row, column]:
            return QColor(self._theme.tokens.second)
        if role == Qt.ItemDataRole.ToolTipRole and column >= 0 and not self.rows.is_read[row, column]:
            return tr("Held: the last value before this time")
        if role == Qt.ItemDataRole.TextAlignmentRole and column >= 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _source(self, row: int) -> int:
        return len(self.rows) - 1 - row if self._is_newest_first else row
