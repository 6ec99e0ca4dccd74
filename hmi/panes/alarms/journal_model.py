"""The journal's rows for a Qt table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from hmi.domain.alarms import AlarmEvent, AlarmState
from hmi.domain.language import tr
from hmi.panes.alarms.journal import HEADS, cells_of
from hmi.services.port import JournalRow
from hmi.ui.label import in_role
from hmi.ui.symbols import alarm_icon
from hmi.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
PRIORITY: Final = 1


class JournalModel(QAbstractTableModel):
    """An adapter: the rows are the journal's."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: Sequence[JournalRow] = ()

    def show_rows(self, rows: Sequence[JournalRow]) -> None:
        """Show rows; more of the same are added below."""
        before = len(self.rows)
        if before and len(rows) > before and rows[before - 1].seq == self.rows[-1].seq and rows[0] == self.rows[0]:
            self.beginInsertRows(NO_INDEX, before, len(rows) - 1)
            self.rows = list(rows)
            self.endInsertRows()
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr("P") if section == PRIORITY else tr(HEADS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return in_role("" if column == PRIORITY and not row.is_event else cells_of(row)[column], role)
        if role == Qt.ItemDataRole.DecorationRole and column == PRIORITY and not row.is_event:
            is_fresh = row.event is AlarmEvent.ACTIVATE
            state = AlarmState.UNACK if is_fresh else AlarmState.ACKED
            return alarm_icon(self._theme.tokens, row.priority, state, is_lit=True)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(self._theme.tokens.text if row.event is AlarmEvent.ACTIVATE else self._theme.tokens.second)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in cells_of(row) if part)
        return None
