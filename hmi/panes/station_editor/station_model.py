"""The stations for a Qt table."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from hmi.domain.language import tr
from hmi.panes.station_editor.station_list import StationRow
from hmi.panes.station_editor.words import station_kind_text
from hmi.ui.label import in_role
from hmi.ui.symbols import link_icon, station_icon
from hmi.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
COLUMNS: Final = (tr("Station"), tr("Area"), tr("Kind"), tr("Link"), tr("Tags"), tr("Connection"))


class StationModel(QAbstractTableModel):
    """An adapter: the rows are the presenter's."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: tuple[StationRow, ...] = ()

    def refresh(self, rows: tuple[StationRow, ...]) -> None:
        """Take the rows; the selection stays where the stations are the same."""
        if [row.id for row in rows] != [row.id for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows != self._rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def id_at(self, row: int) -> UUID:
        """Return the station of a row."""
        return self._rows[row].id

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            cells = (row.name, row.area, station_kind_text(row.kind), row.link_text, str(row.tags), row.servers)
            return in_role(cells[index.column()], role)
        if role == Qt.ItemDataRole.DecorationRole:
            if index.column() == 0:
                return station_icon(self._theme.tokens, row.kind)
            return link_icon(self._theme.tokens, row.link) if index.column() == 3 else None
        return None
