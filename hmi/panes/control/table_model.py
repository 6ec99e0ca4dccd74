"""The latest commands for a Qt table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from hmi.domain.commands import FINAL_STATES, CommandState
from hmi.domain.language import tr
from hmi.panes.control.presenter import ControlPresenter
from hmi.services.port import CommandStatus
from hmi.ui.label import in_role
from hmi.ui.theme import Theme
from hmi.ui.words import moment_text, outcome_text

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()


class CommandTableModel(QAbstractTableModel):
    """An adapter: the rows are the presenter's."""

    def __init__(self, presenter: ControlPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._theme = theme
        self._rows: Sequence[CommandStatus] = ()
        self._columns: tuple[tuple[str, Callable[[CommandStatus], str]], ...] = (
            (tr("Time"), lambda row: moment_text(row.at_us)),
            (tr("Station"), lambda row: presenter.station_name(row.station_id)),
            (tr("Control"), lambda row: row.name),
            (tr("Command"), lambda row: row.label),
            (tr("By"), lambda row: f"{row.user} + {row.second_user}" if row.second_user else row.user),
            (tr("Outcome"), outcome_text),
        )

    def refresh(self) -> None:
        """Take the presenter's rows."""
        rows = self._presenter.commands()
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section][0]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return in_role(self._columns[index.column()][1](row), role)
        is_trouble = row.state in FINAL_STATES and row.state is not CommandState.CONFIRMED
        if role == Qt.ItemDataRole.ForegroundRole and is_trouble:
            return QColor(self._theme.tokens.bad_text)
        return None
