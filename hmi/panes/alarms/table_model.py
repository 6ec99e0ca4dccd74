"""The alarm summary's rows for a Qt table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from hmi.domain.alarms import UNACKNOWLEDGED_STATES
from hmi.domain.language import tr
from hmi.panes.alarms.presenter import AlarmsPresenter, state_text
from hmi.services.port import AlarmRow
from hmi.ui.symbols import alarm_icon
from hmi.ui.theme import Theme
from hmi.ui.words import moment_text

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()


class AlarmTableModel(QAbstractTableModel):
    """An adapter: the rows are the presenter's."""

    def __init__(self, presenter: AlarmsPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._is_lit = True
        self.rows: Sequence[AlarmRow] = ()
        self._columns: tuple[tuple[str, Callable[[AlarmRow], str]], ...] = (
            (tr("P"), lambda row: ""),
            (tr("Time"), lambda row: moment_text(row.occurrence.activated_us)),
            (tr("Station"), lambda row: row.source),
            (tr("Alarm"), lambda row: row.text),
            (tr("Value"), presenter.value_text),
            (tr("Now"), presenter.now_text),
            (tr("Limit"), presenter.limit_text),
            (tr("State"), state_text),
            (tr("Acknowledged by"), lambda row: row.acknowledged_by),
        )

    def refresh(self) -> None:
        """Take the presenter's rows; a change of number resets, a change of content repaints."""
        rows = self._presenter.rows()
        if [row.occurrence for row in rows] != [row.occurrence for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        self.rows = rows
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self._columns) - 1))

    def set_lit(self, is_lit: bool) -> None:
        """Show the light or the dark half of the flash of unacknowledged symbols."""
        self._is_lit = is_lit
        if any(row.state in UNACKNOWLEDGED_STATES for row in self.rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section][0]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._columns[index.column()][1](row)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return alarm_icon(self._theme.tokens, row.priority, row.state, self._is_lit)
        if role == Qt.ItemDataRole.ForegroundRole:
            is_fresh = row.state in UNACKNOWLEDGED_STATES
            tokens = self._theme.tokens
            return tokens.alarm_text(row.priority) if is_fresh and index.column() == 3 else QColor(tokens.text)
        if role == Qt.ItemDataRole.FontRole and row.state in UNACKNOWLEDGED_STATES:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{tr('Priority')} {int(row.priority)}, {row.source}, {row.text}, {state_text(row)}"
        return None
