"""The page of records: what is listed on one side, what the selection says on the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from hmi.domain.language import tr
from hmi.panes.alarm_records.comment_menu import CommentMenu
from hmi.panes.alarm_records.filter_bar import FilterBar
from hmi.panes.alarm_records.presenter import AlarmRecordsPresenter
from hmi.panes.alarm_records.proposal_bar import ProposalBar
from hmi.panes.alarm_records.record_form import RecordForm
from hmi.panes.alarm_records.revision_list import RevisionList
from hmi.panes.alarm_records.rows import Column
from hmi.panes.alarm_records.table_model import ICON_PX, RecordTableModel
from hmi.panes.alarm_records.words import records_text
from hmi.ui.form_parts import FaultLabel, field, note, push
from hmi.ui.label import Label, tip
from hmi.ui.shortcuts import ON_IT, shortcut
from hmi.ui.tab_pages import TabPages
from hmi.ui.tables import set_up
from hmi.ui.theme import Theme

WIDE_PX: Final = 1000
SIDE_PX: Final = 400
SIDE_SHARE: Final = 0.56
"""How much of the height the form gets where it lies below the table."""
ROW_PX: Final = 26
WIDTHS_PX: Final = {
    Column.STATION: 150,
    Column.TAG: 0,
    Column.TYPE: 112,
    Column.LIMIT: 104,
    Column.DEADBAND: 88,
    Column.DELAYS: 112,
    Column.PRIORITY: 96,
    Column.KIND: 60,
    Column.SUPPRESSION: 130,
    Column.REVISION: 46,
    Column.APPROVED: 128,
}
LEAST_TAG_PX: Final = 170
GIVEN_UP: Final = (Column.SUPPRESSION, Column.DEADBAND, Column.DELAYS, Column.REVISION, Column.APPROVED, Column.KIND)
"""Columns that go, in this order, where there is no room for all; the form has what they say."""


class RecordsPage(QWidget):
    """Shows the presenter's facts; what starts something goes out by signals."""

    save_pressed = Signal(str)
    delete_pressed = Signal()
    approve_pressed = Signal()
    templates_pressed = Signal()
    import_pressed = Signal()
    export_pressed = Signal()

    def __init__(self, presenter: AlarmRecordsPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._names = QStringListModel()
        self._version = -1
        self._is_selecting = False
        self._is_split = False
        self._filter = FilterBar(presenter.set_filter)
        self._model = RecordTableModel(theme)
        self._table = self._make_table()
        self._new = push(tr("New"), self._add)
        self._duplicate = push(tr("Duplicate"), presenter.duplicate)
        self._delete = push(tr("Delete"), self.delete_pressed.emit)
        self._approve = push(tr("Approve"), self.approve_pressed.emit)
        self.comments = CommentMenu()
        self._templates = push(tr("Templates…"), self.templates_pressed.emit)
        self._import = push(tr("Import…"), self.import_pressed.emit)
        self._export = push(tr("Export…"), self.export_pressed.emit)
        self.proposals = ProposalBar()
        self._why = note()
        self._fault = FaultLabel()
        self._count = note()
        self._title = Label()
        self._title.setProperty("kind", "heading")
        self._form_fault = FaultLabel()
        self.form = RecordForm(theme, presenter.set_field, self._names)
        self._revisions = RevisionList(presenter.restore_revision)
        self.tabs = TabPages(tr("The selected record"))
        self.tabs.add(tr("Record"), self.form)
        self.tabs.add(tr("Revisions"), self._revisions)
        self._reason: QLineEdit = field(tr("Reason for the change"), lambda _text: None)
        self._reason.setPlaceholderText(tr("Why? (kept with the revision)"))
        self._revert = push(tr("Revert"), presenter.revert)
        self._save = push(tr("Save"), self._press_save, is_primary=True)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._lay_out()
        shortcut(QKeySequence.StandardKey.Save, self, self._press_save)
        shortcut(QKeySequence.StandardKey.New, self, self._add)
        shortcut(QKeySequence.StandardKey.Find, self, self._filter.search.setFocus)
        shortcut(Qt.Key.Key_Delete, self._table, self.delete_pressed.emit, ON_IT)

    @property
    def shows_revisions(self) -> bool:
        """Whether the list of revisions is in sight."""
        return self.tabs.page is self._revisions

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        return self._table

    def clear_reason(self) -> None:
        """Forget the reason, once it was used."""
        self._reason.clear()

    def refresh(self) -> None:
        """Show the presenter's facts."""
        presenter = self._presenter
        if presenter.version != self._version:
            self._version = presenter.version
            self._names.setStringList(presenter.tag_names())
        self._filter.refresh(presenter.listing)
        self._model.refresh(presenter.listing.rows())
        self._table.horizontalHeader().setSortIndicator(
            presenter.listing.column,
            Qt.SortOrder.DescendingOrder if presenter.listing.is_descending else Qt.SortOrder.AscendingOrder,
        )
        self._keep_selection()
        facts = presenter.form()
        self._title.setText(tr("{name}, built in").format(name=facts.title) if facts.is_built_in else facts.title)
        self._form_fault.say(facts.fault)
        self.form.setEnabled(bool(facts.drafts))
        self.proposals.refresh(presenter.proposals, presenter.user_name)
        self.form.refresh(facts, may_edit=presenter.may_change)
        self._revisions.refresh(presenter.revisions, is_one=len(presenter.selected) == 1, may_edit=presenter.may_change)
        self._say()
        focused = QApplication.focusWidget()
        self._enable()
        if focused is not None and self.isAncestorOf(focused) and not focused.isEnabled():
            self._table.setFocus()  # Qt would hand it to whatever comes next, as the search

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_PX
        wanted = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if self._split.orientation() != wanted or not self._is_split:
            self._is_split = True
            self._split.setOrientation(wanted)
            whole = self.width() if is_wide else self.height()
            side = SIDE_PX if is_wide else round(whole * SIDE_SHARE)
            self._split.setSizes([whole - side, side])
        self._fit_columns()

    def _say(self) -> None:
        presenter, saving = self._presenter, self._presenter.saving
        self._why.setText(presenter.why_not)
        self._why.setVisible(bool(presenter.why_not))
        self._fault.say(saving.message if saving.is_trouble else "")
        listed = tr("{count} listed").format(count=len(self._model.rows))
        self._count.setText(listed if saving.is_trouble else saving.message or listed)

    def _enable(self) -> None:
        presenter, saving = self._presenter, self._presenter.saving
        is_free = presenter.may_change and not saving.is_busy
        may_edit = presenter.may_edit and not saving.is_busy
        self._new.setEnabled(is_free)
        self._duplicate.setEnabled(is_free and bool(presenter.duplicable))
        self._delete.setEnabled(may_edit and bool(presenter.deletable))
        self._approve.setEnabled(presenter.may_approve and not saving.is_busy and bool(presenter.approvable))
        self._templates.setEnabled(may_edit)
        self._import.setEnabled(may_edit)
        self._export.setEnabled(bool(self._model.rows))
        self._export.setToolTip(tr("The selected records, or all that are listed where fewer than two are selected"))
        for widget in (self._reason, self._revert, self._save):
            widget.setVisible(presenter.may_change)
        self._revert.setEnabled(is_free and bool(presenter.revertible))
        self._save.setEnabled(is_free and bool(presenter.unsaved))
        count = presenter.unsaved
        verb = (tr("Save"), tr("Save {what}")) if presenter.may_edit else (tr("Propose"), tr("Propose {what}"))
        self._save.setText(verb[1].format(what=records_text(count)) if count > 1 else verb[0])
        self._save.setToolTip(tr("Every record that is not saved (Ctrl+S)"))
        for button in (self._new, self._duplicate, self._delete, self._approve, self._templates, self._import):
            if presenter.why_not:
                button.setToolTip(tip(presenter.why_not))

    # ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _keep_selection(self) -> None:
        """Select in the table what is selected in the presenter, as far as it is listed."""
        wanted = set(self._presenter.selected)
        if set(self._selected()) == wanted:
            return
        rows = [number for number, row in enumerate(self._model.rows) if row.id in wanted]
        selection = QItemSelection()
        for first, last in _runs(rows):
            selection.select(self._model.index(first, 0), self._model.index(last, len(Column) - 1))
        self._is_selecting = True
        model = self._table.selectionModel()
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows:
            index = self._model.index(rows[0], 0)
            model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self._table.scrollTo(index)
        self._is_selecting = False
        if len(rows) != len(wanted):
            self._presenter.select(self._selected())

    def _selected(self) -> list[UUID]:
        numbers = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        return [self._model.id_at(row) for row in numbers]

    def _selection_changed(self) -> None:
        if not self._is_selecting:
            self._presenter.select(self._selected())

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._model)
        set_up(table, tr("Alarm records"), [WIDTHS_PX[column] for column in Column], ROW_PX)
        table.setIconSize(QSize(ICON_PX, ICON_PX))
        table.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        table.selectionModel().selectionChanged.connect(lambda *_: self._selection_changed())
        header = table.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.sectionClicked.connect(self._presenter.sort)
        return table

    def _fit_columns(self) -> None:
        """Hide columns where there is no room for all of them."""
        room = self._table.viewport().width() - LEAST_TAG_PX
        needed = sum(WIDTHS_PX.values())
        hidden = set()
        for column in GIVEN_UP:
            if needed <= room:
                break
            needed -= WIDTHS_PX[column]
            hidden.add(column)
        for column in GIVEN_UP:
            self._table.setColumnHidden(column, column in hidden)

    # ── acting ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _add(self) -> None:
        if self._new.isEnabled():
            self._presenter.add()
            self.refresh()  # a form that shows nothing takes no focus
            self.tabs.show_page(self.form)
            self.form.field("subject").setFocus()

    def _press_save(self) -> None:
        if self._save.isEnabled():
            self.save_pressed.emit(self._reason.text())

    def _lay_out(self) -> None:
        actions = QHBoxLayout()
        actions.setSpacing(6)
        for button in (self._new, self._duplicate, self._delete, self._approve):
            actions.addWidget(button)
        actions.addWidget(self._count, 1)
        for button in (self.comments, self._templates, self._import, self._export):
            actions.addWidget(button)
        self._split.addWidget(self._table)
        self._split.addWidget(self._side())
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        self._split.splitterMoved.connect(lambda *_: self._fit_columns())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self._filter)
        layout.addLayout(actions)
        for each in (self._why, self.proposals, self._fault):
            layout.addWidget(each)
        layout.addWidget(self._split, 1)

    def _side(self) -> QWidget:
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self._reason, 1)
        foot.addWidget(self._revert)
        foot.addWidget(self._save)
        side = QFrame()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.tabs.set_aside(self._title)
        column.addWidget(self._form_fault)
        column.addWidget(self.tabs, 1)
        column.addLayout(foot)
        return side


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return runs of following numbers as their first and last."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
