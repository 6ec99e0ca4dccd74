"""The record's rows for a Qt table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from hmi.domain.language import tr
from hmi.panes.audit.words import action_text, marks_text
from hmi.services.port import AuditRecord
from hmi.ui.label import in_role
from hmi.ui.words import local_time

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
HEADS: Final = (
    tr("Row"),
    tr("Time"),
    tr("By"),
    tr("Action"),
    tr("Station"),
    tr("What"),
    tr("New"),
    tr("Result"),
    tr("Marks"),
)


class AuditModel(QAbstractTableModel):
    """An adapter over one page of rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[AuditRecord] = ()
        self._cells: list[tuple[str, ...]] = []

    def show_rows(self, rows: Sequence[AuditRecord]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows, self._cells = rows, [_cells(row) for row in rows]
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return in_role(self._cells[index.row()][index.column()], role)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in self._cells[index.row()] if part)
        return None


def _cells(row: AuditRecord) -> tuple[str, ...]:
    return (
        str(row.seq),
        local_time(row.at_us).strftime("%Y-%m-%d %H:%M:%S"),
        row.user,
        action_text(row.action),
        row.station,
        row.target,
        row.new,
        row.result,
        marks_text(row),
    )
