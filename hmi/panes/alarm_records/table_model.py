"""The records for a Qt table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QIcon

from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.language import tr
from hmi.panes.alarm_records.rows import HEADINGS, Column, RecordRow
from hmi.ui.label import tip
from hmi.ui.symbols import alarm_icon
from hmi.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
ICON_PX: Final = 16


class RecordTableModel(QAbstractTableModel):
    """An adapter: the rows are the presenter's."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icons: dict[tuple[str, Priority], QIcon] = {}
        self._bold = QFont()
        self._bold.setBold(True)
        self.rows: Sequence[RecordRow] = ()

    def refresh(self, rows: Sequence[RecordRow]) -> bool:
        """Take the rows; return whether other ones are listed now, or in another order."""
        if [row.id for row in rows] != [row.id for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return True
        if rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(HEADINGS) - 1))
        return False

    def id_at(self, row: int) -> UUID:
        """Return the record of a row."""
        return self.rows[row].id

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[Column(section)]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(row.fault or row.cells[column])
        if role == Qt.ItemDataRole.DecorationRole and column == Column.PRIORITY:
            return self._icon(row.priority)
        if role == Qt.ItemDataRole.ForegroundRole and row.fault:
            return QColor(self._theme.tokens.bad_text)
        if role == Qt.ItemDataRole.FontRole and row.is_changed:
            return self._bold
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = tr("not saved") if row.is_changed else ""
            return " ".join(filter(None, (HEADINGS[Column(column)], row.cells[column], state, row.fault)))
        return None

    def _icon(self, priority: Priority) -> QIcon:
        key = (self._theme.tokens.name, priority)
        if key not in self._icons:
            self._icons[key] = alarm_icon(self._theme.tokens, priority, AlarmState.UNACK, size=ICON_PX)
        return self._icons[key]
