"""The page that shows what taking a CSV file in would change, before it does."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QTableView, QVBoxLayout, QWidget

from hmi.config.csv_files.differences import Draft
from hmi.domain.language import tr
from hmi.ui.csv_import import ImportFlow
from hmi.ui.form_parts import FaultLabel, note, push, show_checks
from hmi.ui.label import Label
from hmi.ui.tables import fit_rows, set_up
from hmi.ui.text_table import TextTableModel
from hmi.ui.theme import Theme

WIDTHS_PX: Final = (56, 92, 330, 0)
ROW_PX: Final = 26
WRAPPED: Final = (2, 3)
WRAPPED_MOST: Final = 200
"""Rows that are measured and wrapped; in a longer list the row that is chosen is said in full below it."""


class CsvImportPage(QWidget):
    """Shows the differences; nothing is changed before Import is pressed.

    which: heading of the column of names. removes: the words of the box by which what the file leaves out is deleted.
    """

    import_pressed = Signal()
    removes_changed = Signal(bool)
    again_pressed = Signal()
    left = Signal()

    def __init__(self, theme: Theme, *, which: str, removes: str) -> None:
        super().__init__()
        self._theme = theme
        self._title = Label()
        self._title.setProperty("kind", "title")
        self._words = note()
        self._why = note()
        self._fault = FaultLabel()
        self._removes = QCheckBox(removes)
        self._removes.setAccessibleName(self._removes.text())
        self._removes.clicked.connect(self._choose_removal)
        self._model = TextTableModel((tr("Line"), tr("What"), which, tr("How")), theme)
        self._table = QTableView()
        self._table.setModel(self._model)
        set_up(self._table, tr("What the import changes"), WIDTHS_PX, ROW_PX)
        self._table.horizontalHeader().sectionResized.connect(lambda *_: self._fit())
        self._table.selectionModel().currentRowChanged.connect(lambda *_: self._say_row())
        self._row = note()
        self._again = push(tr("Look again"), self.again_pressed.emit)
        self._again.setToolTip(tr("Reads the file again, as after it was changed"))
        self._cancel = push(tr("Cancel"), self.left.emit)
        self._import = push(tr("Import"), self.import_pressed.emit, is_primary=True)
        foot = QHBoxLayout()
        foot.addWidget(self._removes, 1)
        foot.addWidget(self._again)
        foot.addWidget(self._cancel)
        foot.addWidget(self._import)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        for each in (self._title, self._words, self._why, self._fault):
            layout.addWidget(each)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._row)
        layout.addLayout(foot)

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        return self._cancel

    def refresh(self, flow: ImportFlow[Draft]) -> None:
        """Show the file."""
        self._title.setText(tr("Import {file}").format(file=flow.path.name))
        self._words.setText(flow.summary)
        self._why.setText(flow.why_none_removed)
        self._why.setVisible(bool(flow.why_none_removed))
        self._fault.say(flow.message)
        if self._model.refresh(flow.rows()):
            self._fit()
            self._say_row()
        self._table.setVisible(bool(flow.rows()))
        self._removes.setChecked(flow.removes)
        self._removes.setEnabled(not flow.is_busy)
        self._again.setEnabled(not flow.is_busy)
        self._import.setEnabled(flow.can_apply)
        show_checks(self._removes, self._theme)

    def _fit(self) -> None:
        """Make rows as high as they need; in a long list all are alike."""
        is_wrapped = self._model.rowCount() <= WRAPPED_MOST
        self._table.setWordWrap(is_wrapped)
        if is_wrapped:
            fit_rows(self._table, WRAPPED, least_px=ROW_PX)
        else:
            for row in range(WRAPPED_MOST):
                self._table.setRowHeight(row, ROW_PX)

    def _say_row(self) -> None:
        index = self._table.currentIndex()
        is_said = index.isValid() and self._model.rowCount() > WRAPPED_MOST
        cells = [str(index.siblingAtColumn(column).data()) for column in WRAPPED] if is_said else []
        self._row.setText(": ".join(cell for cell in cells if cell))
        self._row.setVisible(is_said)

    def _choose_removal(self, is_on: bool) -> None:
        self.removes_changed.emit(is_on)
