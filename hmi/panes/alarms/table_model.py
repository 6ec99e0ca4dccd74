"""A list of alarms for a Qt table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from hmi.domain.alarms import HIDDEN_STATES, UNACKNOWLEDGED_STATES, AlarmState
from hmi.domain.language import tr
from hmi.panes.alarms.columns import ALARM, columns_of
from hmi.panes.alarms.listing import ListKind
from hmi.panes.alarms.presenter import AlarmsPresenter
from hmi.services.port import AlarmRow
from hmi.ui.alarm_words import state_text
from hmi.ui.label import in_role
from hmi.ui.symbols import alarm_icon
from hmi.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()


class AlarmTableModel(QAbstractTableModel):
    """An adapter: the rows are the presenter's. Rows that keep their places are repainted, never moved."""

    def __init__(self, presenter: AlarmsPresenter, kind: ListKind, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._kind = kind
        self._theme = theme
        self._is_lit = True
        self._bold = QFont()
        self._bold.setBold(True)
        self.columns = columns_of(kind, presenter.mirror)
        self.rows: Sequence[AlarmRow] = ()

    def refresh(self) -> None:
        """Take the presenter's rows: what stays in place is repainted, what is new at the end is added."""
        rows, before = self._presenter.rows(self._kind), self.rows
        same = len(before)
        if not _goes_on(rows, before):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        if len(rows) > same:
            self.beginInsertRows(NO_INDEX, same, len(rows) - 1)
            self.rows = rows
            self.endInsertRows()
        self.rows = rows
        if same:
            self.dataChanged.emit(self.index(0, 0), self.index(same - 1, len(self.columns) - 1))

    def set_lit(self, is_lit: bool) -> None:
        """Show the light or the dark half of the flash of unacknowledged symbols."""
        self._is_lit = is_lit
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return in_role(self.columns[index.column()].text(row), role)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return alarm_icon(self._theme.tokens, row.priority, row.state, self._is_lit)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, index.column())
        if role == Qt.ItemDataRole.FontRole and row.state in UNACKNOWLEDGED_STATES:
            return self._bold
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{tr('Priority')} {int(row.priority)}, {row.source}, {row.text}, {state_text(row)}"
        return None

    def _colour(self, row: AlarmRow, column: int) -> QColor:
        tokens = self._theme.tokens
        if row.state in UNACKNOWLEDGED_STATES and column == ALARM:
            return tokens.alarm_text(row.priority)
        has_left = row.state is AlarmState.NORM or (self._kind is ListKind.ACTIVE and row.state in HIDDEN_STATES)
        return QColor(tokens.second if has_left else tokens.text)


def _goes_on(rows: Sequence[AlarmRow], before: Sequence[AlarmRow]) -> bool:
    """Whether the rows before are still there, in their places."""
    if len(rows) < len(before):
        return False
    return all(
        now is old or now.occurrence.alarm_id == old.occurrence.alarm_id for now, old in zip(rows, before, strict=False)
    )
