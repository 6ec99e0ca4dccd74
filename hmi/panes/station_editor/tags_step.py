"""Step 5: the server's address space on one side, the tags that were picked on the other."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QTableView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.station_editor.address_model import AddressModel
from hmi.panes.station_editor.desk import Desk, StepView
from hmi.panes.station_editor.session import EditSession
from hmi.panes.station_editor.tag_drafts import FIELDS, SAME_FOR_MANY
from hmi.panes.station_editor.tag_model import AddressDelegate, KindDelegate, TagModel
from hmi.ui.form_parts import FaultLabel, field, heading, note, push, show_checks
from hmi.ui.label import Label
from hmi.ui.shortcuts import ON_IT, shortcut

WIDE_PX: Final = 980
TYPE_PX: Final = 170
ROW_PX: Final = 26
FAULTS_SAID: Final = 3
IDLE_WIDTH_PX: Final = 300
IDLE_HEIGHT_PX: Final = 130
QWIDGETSIZE_MAX: Final = 16_777_215
"""Qt's word for no limit; PySide does not export it."""


class TagsStep(StepView):
    """Side by side where there is room, else one above the other."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._addresses = AddressModel(desk.theme)
        self._addresses.wanted.connect(self._want)
        self._tags = TagModel(desk.theme)
        self._tags.edited.connect(self._edit)
        self._search = field(tr("Search the server"), lambda _text: None)
        self._search.setPlaceholderText(tr("Search by a part of a name"))
        self._search.setClearButtonEnabled(True)
        self._search.returnPressed.connect(self._find)
        self._search.textChanged.connect(self._search_typed)
        self._find_button = push(tr("Search"), self._find)
        self._browse = push(tr("Browse the server"), self._begin)
        self._add_found = push(tr("Pick all that were found"), self._pick_found)
        self._tree_note = note()
        self._tree_fault = FaultLabel()
        self._tree = self._make_tree()
        self._count = Label()
        self._count.setProperty("kind", "heading")
        self._pick_note = note()
        self._table = self._make_table()
        self._remove = push(tr("Remove"), self._drop_rows)
        self._remove.setToolTip(tr("Remove the selected tags (Delete)"))
        self._fault = FaultLabel()
        self._left = QWidget()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._lay_out()
        shortcut(Qt.Key.Key_Delete, self._table, self._drop_rows, ON_IT)

    def first_field(self) -> QWidget:
        session = self._desk.session()
        return self._tree if session is not None and session.tree.is_begun else self._browse

    def refresh(self, session: EditSession) -> None:
        tree = session.tree
        self._addresses.refresh(session)
        self._tags.refresh(session)
        for view in (self._tree, self._table):
            show_checks(view, self._desk.theme)
        self._tree.viewport().update()
        has_focus = self._browse.hasFocus()
        self._tree.setVisible(tree.is_begun)
        if has_focus and tree.is_begun:
            self._tree.setFocus()  # else it would go on to the next button
        self._browse.setVisible(not tree.is_begun)
        self._give_room(is_begun=tree.is_begun)
        is_looking = session.look.work.is_busy or tree.is_loading_top
        self._browse.setEnabled(not is_looking)
        self._find_button.setEnabled(not tree.searching.is_busy)
        self._add_found.setVisible(tree.shows_search and bool(tree.top))
        self._tree_note.setText(session.look.work.words or tree.searching.words or tree.note)
        self._tree_note.setVisible(bool(self._tree_note.text()))
        self._tree_fault.say(session.look.reason or tree.top_reason)
        words = tr("Tags of the station: {count}").format(count=len(session.draft.tags))
        if session.other_tags:
            words += " " + tr("({count} more come over other connections)").format(count=session.other_tags)
        self._count.setText(words)
        self._pick_note.setText(session.picking.work.words or session.picking.note)
        self._pick_note.setVisible(bool(self._pick_note.text()))
        self._remove.setEnabled(bool(session.draft.tags))
        self._fault.say(_fault_text(session))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_PX
        self._split.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)
        session = self._desk.session()
        if session is not None:
            self._give_room(is_begun=session.tree.is_begun)

    def _give_room(self, *, is_begun: bool) -> None:
        """Leave the room to the table while there is no tree to be shown."""
        is_wide = self._split.orientation() == Qt.Orientation.Horizontal
        self._left.setMaximumWidth(IDLE_WIDTH_PX if is_wide and not is_begun else QWIDGETSIZE_MAX)
        self._left.setMaximumHeight(QWIDGETSIZE_MAX if is_wide or is_begun else IDLE_HEIGHT_PX)

    def _lay_out(self) -> None:
        search = QHBoxLayout()
        search.addWidget(self._search, 1)
        search.addWidget(self._find_button)
        inside = QVBoxLayout(self._left)
        inside.setContentsMargins(0, 0, 4, 0)
        inside.setSpacing(6)
        inside.addWidget(heading(tr("What the server has")))
        inside.addLayout(search)
        inside.addWidget(self._tree_fault)
        inside.addWidget(self._tree_note)
        inside.addWidget(self._browse, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self._tree, 1)
        inside.addWidget(self._add_found, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addStretch(0)
        head = QHBoxLayout()
        head.addWidget(self._count, 1)
        head.addWidget(self._remove)
        right = QWidget()
        inside = QVBoxLayout(right)
        inside.setContentsMargins(4, 0, 0, 0)
        inside.setSpacing(6)
        inside.addLayout(head)
        inside.addWidget(self._pick_note)
        inside.addWidget(self._table, 1)
        inside.addWidget(self._fault)
        self._split.addWidget(self._left)
        self._split.addWidget(right)
        self._split.setStretchFactor(0, 2)
        self._split.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._split)

    def _make_tree(self) -> QTreeView:
        tree = QTreeView()
        tree.setModel(self._addresses)
        tree.setAccessibleName(tr("Address space of the server"))
        tree.setUniformRowHeights(True)
        tree.setMinimumHeight(110)
        tree.expanded.connect(self._open)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, TYPE_PX)
        return tree

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._tags)
        table.setAccessibleName(tr("Tags of the station"))
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setMinimumHeight(110)
        table.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(
            QTableView.EditTrigger.DoubleClicked
            | QTableView.EditTrigger.EditKeyPressed
            | QTableView.EditTrigger.AnyKeyPressed
        )
        table.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, each in enumerate(FIELDS):
            header.resizeSection(column, each.width_px)
        names = [each.name for each in FIELDS]
        table.setItemDelegateForColumn(names.index("kind"), KindDelegate(table))
        table.setItemDelegateForColumn(names.index("address"), AddressDelegate(table))
        return table

    def _begin(self) -> None:
        session = self._desk.session()
        if session is not None:
            self._desk.start(session.browse(), tr("Browse"))

    def _open(self, index: QModelIndex) -> None:
        session = self._desk.session()
        number = self._addresses.number_of(index)
        if session is not None and session.tree.nodes[number].children is None:
            self._desk.start(session.open_branch(number), tr("Browse"))

    def _find(self) -> None:
        session = self._desk.session()
        if session is not None:
            self._desk.start(session.search(self._search.text()), tr("Search"))

    def _search_typed(self, text: str) -> None:
        if not text:
            self._find()  # the tree comes back as soon as the field is cleared

    def _want(self, number: int, is_picked: bool) -> None:
        session = self._desk.session()
        if session is None:
            return
        if is_picked:
            self._desk.start(session.pick(number), tr("Pick"))
        else:
            session.picking.drop(number)

    def _pick_found(self) -> None:
        session = self._desk.session()
        if session is not None:
            self._desk.start(session.pick_all_found(), tr("Pick"))

    def _edit(self, row: int, name: str, value: object) -> None:
        """Take a cell that was edited; the others selected in its column are given the same."""
        session = self._desk.session()
        if session is None:
            return
        column = next(number for number, each in enumerate(FIELDS) if each.name == name)
        selected = {index.row() for index in self._table.selectedIndexes() if index.column() == column}
        rows = sorted(selected) if row in selected and name in SAME_FOR_MANY else [row]
        session.set_tag(rows, name, value)

    def _drop_rows(self) -> None:
        session = self._desk.session()
        rows = {index.row() for index in self._table.selectedIndexes()}
        if session is not None and rows:
            session.picking.remove(rows)


def _fault_text(session: EditSession) -> str:
    """Return what is wrong with the tags: the first few, each with its name and column."""
    labels = {each.name: each.label for each in FIELDS}
    found = [
        f"{session.draft.tags[row].name or tr('Row {row}').format(row=row + 1)}, {labels.get(name, name)}: {sentence}"
        for (row, name), sentence in session.tag_faults().items()
        if row < len(session.draft.tags)
    ]
    more = len(found) - FAULTS_SAID
    lines = [
        session.fault("tags"),
        *found[:FAULTS_SAID],
        tr("And {count} more.").format(count=more) if more > 0 else "",
    ]
    return "\n".join(filter(None, lines))
