"""The record: how it does, what is asked, a page of rows, and everything that one of them says."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTableView, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.audit.filter_bar import FilterBar
from hmi.panes.audit.presenter import AuditPresenter
from hmi.panes.audit.state_card import StateCard
from hmi.panes.audit.table_model import AuditModel
from hmi.panes.audit.words import detail_rows
from hmi.ui.cards import show_rows, table
from hmi.ui.form_parts import note, push
from hmi.ui.label import Label
from hmi.ui.tables import fit_rows, set_up
from hmi.ui.theme import Theme

WIDTHS_PX: Final = (72, 146, 110, 134, 120, 0, 150, 160, 110)
LEAST_PX: Final = {0: 900, 3: 900, 7: 900, 4: 1200, 6: 1450, 8: 1550}
"""Columns that go when the page is narrower than so many pixels."""
DETAIL_PX: Final = 340
SMALL_DETAIL_PX: Final = 270
NARROW_PX: Final = 900
FIELD_PX: Final = 120
SMALL_FIELD_PX: Final = 90


class RecordPage(QWidget):
    """Tells what a person wants; the presenter knows the rest."""

    verify_wanted = Signal()
    export_wanted = Signal()
    keeping_wanted = Signal()
    older_wanted = Signal()
    newer_wanted = Signal()
    newest_wanted = Signal()
    cancel_wanted = Signal(object)

    def __init__(self, presenter: AuditPresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._model = AuditModel()
        self._detailed: int | None = None
        self.state = StateCard(presenter, theme, self._cancel)
        self.filter = FilterBar(presenter)
        self.message = note()
        self.headline = Label()
        self.headline.setProperty("kind", "second")
        self.table = QTableView()
        self.table.setModel(self._model)
        set_up(self.table, tr("Rows of the audit record"), WIDTHS_PX)
        self.table.selectionModel().currentRowChanged.connect(lambda index, _before: self._choose(index.row()))
        self.detail = table(tr("The row in full"), (tr("Field"), tr("Value")), (FIELD_PX, 0))
        self.detail.setWordWrap(True)
        self.verify = push(tr("Check now"), self.verify_wanted.emit)
        self.export = push(tr("Export…"), self.export_wanted.emit)
        self.keeping = push(tr("How it is kept…"), self.keeping_wanted.emit)
        self.newest = push(tr("Newest"), self.newest_wanted.emit)
        self.newer = push(tr("Newer"), self.newer_wanted.emit)
        self.older = push(tr("Older"), self.older_wanted.emit)
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        title = Label(tr("Audit record"))
        title.setProperty("kind", "title")
        top.addWidget(title)
        top.addWidget(self.message, 1)
        for button in (self.verify, self.export, self.keeping):
            top.addWidget(button)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.table)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(0, 1)
        foot = QHBoxLayout()
        for widget in (self.newest, self.newer, self.older, self.headline):
            foot.addWidget(widget)
        foot.addStretch(1)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(6)
        body.addWidget(self.state)
        body.addWidget(self.filter)
        body.addWidget(self._split, 1)
        body.addLayout(foot)
        self.refused = note(tr("Your role does not let you look at the audit record. Ask an administrator."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.refused)
        layout.addWidget(self._body, 1)
        layout.addStretch(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column, least in LEAST_PX.items():
            self.table.setColumnHidden(column, self.width() < least)
        is_narrow = self.width() < NARROW_PX
        self.detail.setColumnWidth(0, SMALL_FIELD_PX if is_narrow else FIELD_PX)
        detail = SMALL_DETAIL_PX if is_narrow else DETAIL_PX
        self._split.setSizes([max(1, self._split.width() - detail), detail])

    def first_field(self) -> QWidget:
        """Return what has the focus when the page comes into sight."""
        return self.table

    def refresh(self) -> None:
        """Show the presenter's facts."""
        presenter = self._presenter
        may = presenter.may_read
        self.refused.setVisible(not may)
        self._body.setVisible(may)
        for button in (self.verify, self.export, self.keeping):
            button.setVisible(may)
        self.message.setText(presenter.message)
        self.state.refresh()
        self.filter.refresh()
        self.verify.setEnabled(presenter.state is not None and presenter.state.check.job is None)
        self.headline.setText(presenter.headline)
        self.newest.setEnabled(not presenter.is_newest)
        self.newer.setEnabled(not presenter.is_newest and presenter.page.has_newer)
        self.older.setEnabled(presenter.page.has_older)
        if presenter.page.rows is not self._model.rows:
            self._model.show_rows(presenter.page.rows)
            self._detailed = None
        self._show_chosen()

    def _show_chosen(self) -> None:
        record = self._presenter.record
        if record is None:
            show_rows(self.detail, [])
            return
        if record.seq == self._detailed:
            return
        self._detailed = record.seq
        row = next(number for number, each in enumerate(self._model.rows) if each.seq == record.seq)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self._model.index(row, 0), flags)
        show_rows(self.detail, detail_rows(record))
        fit_rows(self.detail, (0, 1))

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._model.rows):
            self._presenter.chosen = self._model.rows[row].seq
            self._show_chosen()

    def _cancel(self, job: UUID) -> None:
        self.cancel_wanted.emit(job)
