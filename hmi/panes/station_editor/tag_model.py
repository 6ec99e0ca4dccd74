"""The tags of a draft for a Qt table: an adapter; every cell is edited in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from hmi.domain.drafts import TagDraft
from hmi.domain.tags import TagKind
from hmi.panes.station_editor.session import EditSession
from hmi.panes.station_editor.tag_drafts import FIELDS, applies, kind_text, text_of
from hmi.ui.form_parts import FAULT_MARK
from hmi.ui.label import tip
from hmi.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()


class TagModel(QAbstractTableModel):
    """Rows are the draft's tags, columns are FIELDS."""

    edited = Signal(int, str, object)
    """Row, field and what was typed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tags: Sequence[TagDraft] = ()
        self._faults: Mapping[tuple[int, str], str] = {}

    def refresh(self, session: EditSession) -> None:
        """Take the session's tags and what is wrong with them."""
        tags, faults = session.draft.tags, session.tag_faults()
        if len(tags) != len(self._tags):
            self.beginResetModel()
            self._tags, self._faults = tags, faults
            self.endResetModel()
        elif tags is not self._tags or faults != self._faults:
            self._tags, self._faults = tags, faults
            if tags:
                self.dataChanged.emit(self.index(0, 0), self.index(len(tags) - 1, len(FIELDS) - 1))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._tags)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(FIELDS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return FIELDS[section].label
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        name = FIELDS[index.column()].name
        if name == "writable":
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if applies(self._tags[index.row()], name) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        tag, name = self._tags[index.row()], FIELDS[index.column()].name
        fault = self._faults.get((index.row(), name), "")
        if role == Qt.ItemDataRole.DisplayRole:
            return (FAULT_MARK if fault else "") + text_of(tag, name)
        if role == Qt.ItemDataRole.EditRole:
            return tag.kind if name == "kind" else text_of(tag, name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(fault or text_of(tag, name))
        if role == Qt.ItemDataRole.CheckStateRole and name == "writable":
            return Qt.CheckState.Checked if tag.writable else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ForegroundRole and fault:
            return QColor(self._theme.tokens.bad_text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{FIELDS[index.column()].label} {text_of(tag, name)} {fault}".strip()
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        name = FIELDS[index.column()].name
        if role == Qt.ItemDataRole.CheckStateRole and name == "writable":
            self.edited.emit(index.row(), name, Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole and value != self.data(index, role):
            self.edited.emit(index.row(), name, value)
            return True
        return False


class AddressDelegate(QStyledItemDelegate):
    """Shows the end of an address: what it begins with is the same for all of a server."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft


class KindDelegate(QStyledItemDelegate):
    """Edits a kind by choosing."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        box = QComboBox(parent)
        for kind in TagKind:
            box.addItem(kind_text(kind), str(kind))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(str(index.data(Qt.ItemDataRole.EditRole))))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, TagKind(editor.currentData()))
