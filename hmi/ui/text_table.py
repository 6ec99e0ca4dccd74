"""Rows of texts for a Qt table, of which some are faults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from hmi.ui.form_parts import FAULT_MARK
from hmi.ui.label import tip
from hmi.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
MARKED: Final = 1
"""The column that a fault's mark stands in."""


class TextRow(Protocol):
    """One row."""

    @property
    def cells(self) -> Sequence[str]: ...

    @property
    def is_bad(self) -> bool: ...


class TextTableModel(QAbstractTableModel):
    """An adapter: the rows are the presenter's."""

    def __init__(self, columns: Sequence[str], theme: Theme) -> None:
        super().__init__()
        self._columns = columns
        self._theme = theme
        self._rows: Sequence[TextRow] = ()

    def refresh(self, rows: Sequence[TextRow]) -> bool:
        """Take the rows; return whether they are other ones."""
        if rows is self._rows or rows == self._rows:
            return False
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (FAULT_MARK if row.is_bad and index.column() == MARKED else "") + row.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(row.cells[index.column()])
        if role == Qt.ItemDataRole.ForegroundRole and row.is_bad:
            return QColor(self._theme.tokens.bad_text)
        return None
