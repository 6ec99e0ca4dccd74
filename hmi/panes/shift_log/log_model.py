"""The log's notes for a Qt table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from hmi.domain.language import tr
from hmi.panes.shift_log.words import note_text, place_text
from hmi.services.port import Note, NoteKind
from hmi.ui.label import in_role
from hmi.ui.theme import Theme
from hmi.ui.words import moment_text

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
HEADS: Final = (tr("Time"), tr("Place"), tr("Note"), tr("By"))
PLACE, TEXT = 1, 2


class LogModel(QAbstractTableModel):
    """An adapter: the rows are the log's."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bold = QFont()
        self._bold.setBold(True)
        self.notes: Sequence[Note] = ()

    def show_notes(self, notes: Sequence[Note]) -> int:
        """Show notes, more of the same below those that are there; return the first row that is new."""
        before = len(self.notes)
        if before and len(notes) > before and list(notes[:before]) == list(self.notes):
            self.beginInsertRows(NO_INDEX, before, len(notes) - 1)
            self.notes = list(notes)
            self.endInsertRows()
            return before
        self.beginResetModel()
        self.notes = list(notes)
        self.endResetModel()
        return 0

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.notes)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        note, column = self.notes[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return in_role((moment_text(note.at_us), place_text(note), note_text(note), note.user)[column], role)
        if role == Qt.ItemDataRole.FontRole and column == PLACE and note.kind is NoteKind.HANDOVER:
            return self._bold
        if role == Qt.ItemDataRole.ForegroundRole:
            tokens = self._theme.tokens
            return QColor(tokens.second if note.corrected_by else tokens.text)
        return None
