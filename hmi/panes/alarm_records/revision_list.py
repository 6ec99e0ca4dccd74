"""The list of a record's revisions, and the button that takes one up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.alarm_records.revisions import Revisions
from hmi.ui.form_parts import FaultLabel, note, push
from hmi.ui.label import tip
from hmi.ui.tables import ROW_PX, set_up

COLUMNS: Final = (tr("Rev."), tr("When"), tr("By"), tr("What"))
WIDTHS_PX: Final = (44, 124, 100, 0)


class RevisionList(QWidget):
    """Shows what one record has said."""

    def __init__(self, restore: Callable[[int], None]) -> None:
        super().__init__()
        self._restore = restore
        self._hint = note()
        self._fault = FaultLabel()
        self._table = QTableWidget(0, len(COLUMNS))
        self._table.setHorizontalHeaderLabels(COLUMNS)
        set_up(self._table, tr("Revisions of the record"), WIDTHS_PX)
        self._table.setWordWrap(True)
        self._table.verticalHeader().setMinimumSectionSize(ROW_PX)
        self._table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        self._table.itemSelectionChanged.connect(self._enable)
        self._use = push(tr("Use this revision"), self._press)
        self._use.setToolTip(tr("Fills the form with what the revision said; nothing is saved yet."))
        self._may_edit = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._hint)
        layout.addWidget(self._fault)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._use, 0, Qt.AlignmentFlag.AlignLeft)

    def refresh(self, revisions: Revisions, *, is_one: bool, may_edit: bool) -> None:
        """Show the revisions."""
        rows = revisions.rows() if is_one else ()
        self._may_edit = may_edit
        if not is_one:
            self._hint.setText(tr("Choose one record to see what it has said."))
        else:
            self._hint.setText("" if rows else tr("It has not been changed since it was put there."))
        self._hint.setVisible(bool(self._hint.text()))
        self._fault.say(revisions.message)
        self._table.setVisible(bool(rows))
        self._table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row.cells):
                item = self._table.item(number, column)
                if item is None:
                    item = QTableWidgetItem()
                    item.setTextAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
                    self._table.setItem(number, column, item)
                if item.text() != text:
                    item.setText(text)
                    item.setToolTip(tip(text))
        self._use.setVisible(bool(rows))
        self._enable()

    def _press(self) -> None:
        if self._table.currentRow() >= 0:
            self._restore(self._table.currentRow())

    def _enable(self) -> None:
        self._use.setEnabled(self._may_edit and bool(self._table.selectedItems()))
