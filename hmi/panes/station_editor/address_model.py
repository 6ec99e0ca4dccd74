"""The server's address space for a Qt tree: an adapter over AddressTree."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor

from hmi.domain.language import tr
from hmi.panes.station_editor.address_tree import ROOT, Branch
from hmi.panes.station_editor.picking import Picked
from hmi.panes.station_editor.session import EditSession
from hmi.ui.label import in_role
from hmi.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
ROW_PX: Final = 24
CHECKS: Final = {
    Picked.NONE: Qt.CheckState.Unchecked,
    Picked.SOME: Qt.CheckState.PartiallyChecked,
    Picked.ALL: Qt.CheckState.Checked,
}


class AddressModel(QAbstractItemModel):
    """An index holds a node's number; rows appear when `refresh` finds their level loaded."""

    wanted = Signal(int, bool)
    """A node's number, and whether it is to be picked or dropped."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._session: EditSession | None = None
        self._generation = -1
        self._announced: dict[int, int] = {}
        self._loads = 0

    def refresh(self, session: EditSession) -> None:
        """Announce the levels that have come since the last time."""
        tree = session.tree
        if session is not self._session or tree.generation != self._generation:
            self.beginResetModel()
            self._session, self._generation = session, tree.generation
            self._announced = {number: len(tree.children(number)) for number in tree.loaded}
            self._loads = len(tree.loaded)
            self.endResetModel()
            return
        for number in tree.loaded[self._loads :]:
            count = len(tree.children(number))
            if count:
                self.beginInsertRows(self.index_of(number), 0, count - 1)
            self._announced[number] = count
            if count:
                self.endInsertRows()
        self._loads = len(tree.loaded)

    def index_of(self, number: int) -> QModelIndex:
        """Return the index of a node; none for ROOT."""
        return QModelIndex() if number == ROOT else self.createIndex(self._branch(number).row, 0, number)

    def number_of(self, index: Index) -> int:
        """Return the node of an index; ROOT for none."""
        return int(index.internalId()) if index.isValid() else ROOT

    def index(self, row: int, column: int, parent: Index = NO_INDEX) -> QModelIndex:
        if self._session is None or not 0 <= row < self.rowCount(parent) or not 0 <= column < 2:
            return QModelIndex()
        return self.createIndex(row, column, self._session.tree.children(self.number_of(parent))[row])

    def parent(self, index: Index = NO_INDEX) -> QModelIndex:  # type: ignore[override]  # QObject has one without
        if not index.isValid():
            return QModelIndex()
        return self.index_of(self._branch(self.number_of(index)).parent)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.column() > 0 else self._announced.get(self.number_of(parent), 0)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 2

    def hasChildren(self, parent: Index = NO_INDEX) -> bool:
        number = self.number_of(parent)
        if number == ROOT or number in self._announced:
            return self.rowCount(parent) > 0
        branch = self._branch(number)
        return branch.node.has_children and branch.children is None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Name"), tr("Type"))[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        branch = self._branch(self.number_of(index))
        flags = Qt.ItemFlag.ItemIsSelectable
        if branch.can_be_tag or branch.is_folder:
            flags |= Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled
        elif branch.node.has_children:
            flags |= Qt.ItemFlag.ItemIsEnabled
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        number = self.number_of(index)
        branch = self._branch(number)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0 and self._session is not None:
            is_checkable = branch.can_be_tag or branch.is_folder
            return CHECKS[self._session.picking.state(number)] if is_checkable else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return in_role(self._name(branch) if index.column() == 0 else _words(branch), role)
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, ROW_PX)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._name(branch)}, {_words(branch)}"
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 1:
            tokens = self._theme.tokens
            return QColor(tokens.bad_text if branch.reason else tokens.second)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        number = self.number_of(index)
        is_picked = self._session is not None and self._session.picking.state(number) is Picked.ALL
        self.wanted.emit(number, not is_picked)
        return True

    def _branch(self, number: int) -> Branch:
        assert self._session is not None, "an index without a session"  # noqa: S101  # Qt asks only for what we gave
        return self._session.tree.nodes[number]

    def _name(self, branch: Branch) -> str:
        is_found = self._session is not None and self._session.tree.shows_search
        return branch.path if is_found else branch.node.name


def _words(branch: Branch) -> str:
    """Return what stands beside a name: why it is no tag, what it is, or that its level is on the way."""
    if branch.is_loading:
        return tr("Loading…")
    node = branch.node
    if branch.reason or node.fault:
        return branch.reason or node.fault
    if node.is_method:
        return tr("Method")
    if not node.is_value:
        return "" if node.is_plant else tr("The server's own")
    return tr("{type}, writable").format(type=node.data_type) if node.writable else node.data_type
