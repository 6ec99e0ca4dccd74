"""A table that is read, chosen from and copied from; Ctrl+C gives text with tabs."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractItemModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView

ROW_PX: Final = 24
HEADER_PX: Final = 26
MOST_COPIED: Final = 100_000


class PlainTable(QTableView):
    """`entered` carries the row that was double-clicked or entered."""

    row_entered = Signal(int)

    def __init__(self, model: QAbstractItemModel, name: str) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setMinimumSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setFixedHeight(HEADER_PX)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        self.doubleClicked.connect(lambda index: self.row_entered.emit(index.row()))

    def copied(self) -> str:
        """Return the marked rows, or all, with their titles, as text with tabs."""
        model = self.model()
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()}) or list(range(model.rowCount()))
        columns = range(model.columnCount())
        lines = ["\t".join(str(model.headerData(each, Qt.Orientation.Horizontal)) for each in columns)]
        lines += ["\t".join(str(model.index(row, each).data() or "") for each in columns) for row in rows[:MOST_COPIED]]
        return "\n".join(lines) + "\n"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.copied())
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_entered.emit(self.currentIndex().row())
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()  # the pane's own keys; a table would search for letters
