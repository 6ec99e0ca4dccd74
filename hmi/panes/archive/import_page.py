"""The page of one import: how the file is read, what that gives, and how it went."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSplitter, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.archive.columns_form import ColumnsForm
from hmi.panes.archive.import_flow import ImportFlow
from hmi.panes.archive.reading_form import ReadingForm
from hmi.services.port import JobState
from hmi.ui.cards import fit_columns, show_rows, table, wrap_rows
from hmi.ui.form_parts import FAULT_MARK, FaultLabel, heading, note, push, show_checks
from hmi.ui.label import Label, tip
from hmi.ui.theme import Theme

ROW_COLUMNS: Final = (tr("Time here"), tr("Value"), tr("Unit"), tr("Tag"), tr("Quality"))
ROW_WIDTHS_PX: Final = (150, 62, 46, 0, 90)
ROW_LIMITS_PX: Final = {0: (120, 190), 1: (62, 140), 2: (46, 80), 4: (60, 110)}
QUALITY: Final = 4
FORM_PX: Final = 640
"""What the fields need for their texts."""
FAULT_COLUMNS: Final = (tr("Line"), tr("Column"), tr("Reason"), tr("Text"))
FAULT_WIDTHS_PX: Final = (46, 72, 0, 84)
FAULT_LIMITS_PX: Final = {0: (46, 80), 1: (76, 120)}
TEXT, TEXT_SHARE = 3, 0.2


class ImportPage(QWidget):
    """Shows the flow; nothing is taken before Import is pressed."""

    changed = Signal(dict)
    column_used = Signal(int, int)
    unit_used = Signal(int, str)
    scale_used = Signal(int, float, float)
    import_pressed = Signal()
    save_faults_pressed = Signal()
    stopped = Signal()
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title = Label()
        self._title.setProperty("kind", "title")
        self._reading = ReadingForm(self._change)
        self._columns = ColumnsForm(self._change, self.column_used.emit, self.unit_used.emit, self.scale_used.emit)
        self._rows = table(tr("The first readings, as they would be taken"), ROW_COLUMNS, ROW_WIDTHS_PX)
        self._faults = table(tr("Faults"), FAULT_COLUMNS, FAULT_WIDTHS_PX)
        self._rows_title = heading("")
        self._faults_title = heading("")
        self._words = note(kind="heading")
        self._fault = FaultLabel()
        self._warning = FaultLabel()
        self._shown_faults: tuple[list[tuple[str, ...]], int] = ([], 0)
        self._bar = QProgressBar()
        self._bar.setAccessibleName(tr("Progress of the import"))
        self._stop = push(tr("Stop"), self.stopped.emit)
        self._leave = push(tr("Cancel"), self.left.emit)
        self._save = push(tr("Save faults…"), self.save_faults_pressed.emit)
        self._import = push(tr("Import"), self.import_pressed.emit, is_primary=True)
        self._import.setEnabled(False)
        self._lay_out()

    def first_field(self) -> QWidget:
        """Return what has the focus first."""
        return self._reading.first_field()

    def _lay_out(self) -> None:
        above = QWidget()
        form = QVBoxLayout(above)
        form.setContentsMargins(0, 0, 0, 0)
        form.addWidget(self._reading)
        form.addWidget(self._columns, 1)
        above.setMinimumWidth(FORM_PX)
        self._forms = above
        below = QWidget()
        result = QVBoxLayout(below)
        result.setContentsMargins(0, 0, 0, 0)
        result.addWidget(self._warning)
        for each in (self._rows_title, self._rows, self._faults_title, self._faults):
            result.addWidget(each)
        result.setStretchFactor(self._rows, 3)
        result.setStretchFactor(self._faults, 2)
        result.addStretch(0)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(above)
        split.addWidget(below)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setChildrenCollapsible(False)
        foot = QHBoxLayout()
        said = QVBoxLayout()
        for each in (self._words, self._fault):
            said.addWidget(each)
        foot.addLayout(said, 1)
        foot.addWidget(self._bar)
        for button in (self._stop, self._save, self._leave, self._import):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(split, 1)
        layout.addLayout(foot)

    def refresh(self, flow: ImportFlow) -> None:
        """Show the flow."""
        self._title.setText(tr("Import {file}").format(file=flow.path.name))
        self._title.setToolTip(tip(str(flow.path)))
        show_checks(self._reading.header, self._theme)
        self._forms.setVisible(flow.job is None and flow.plan is not None)
        if flow.plan is not None and flow.preview is not None:
            self._reading.refresh(flow)
            self._columns.refresh(flow)
        rows = flow.rows() if flow.job is None else []
        self._rows_title.setText(tr("The first readings, as they would be taken"))
        self._rows_title.setVisible(flow.job is None)
        self._rows.setVisible(flow.job is None)
        show_rows(self._rows, rows)
        fit_columns(self._rows, ROW_LIMITS_PX)
        self._rows.setColumnHidden(QUALITY, not any(row[QUALITY] for row in rows))
        self._warning.say(f"\n{FAULT_MARK}".join(flow.warnings))
        self._show_faults(flow)
        self._show_foot(flow)

    def _show_faults(self, flow: ImportFlow) -> None:
        errors = flow.errors()
        total = flow.faults.total if flow.is_done else len(errors)
        title = tr("Faults: {total:,}").format(total=total)
        if flow.is_done and total > len(errors):
            title += " · " + tr("the first {count:,} are listed").format(count=len(errors))
        elif flow.job is None:
            title = tr("Faults in the first rows: {total:,}").format(total=flow.faults_seen)
        self._faults_title.setText(title)
        self._faults_title.setVisible(bool(errors))
        self._faults.setVisible(bool(errors))
        cells: list[tuple[str, ...]] = [(str(each.line), each.column, each.reason, each.text) for each in errors]
        width = self._faults.viewport().width()
        if (cells, width) != self._shown_faults:
            self._shown_faults = (cells, width)
            show_rows(self._faults, cells)
            fit_columns(self._faults, FAULT_LIMITS_PX)
            self._faults.horizontalHeader().resizeSection(TEXT, round(width * TEXT_SHARE))
            wrap_rows(self._faults)

    def _show_foot(self, flow: ImportFlow) -> None:
        status = flow.status
        is_running = flow.job is not None and not flow.is_done
        words = tr("Looking at the file…") if flow.is_busy and flow.preview is None else ""
        trouble = flow.problem if flow.job is None else ""
        if status is not None:
            words = status.detail or tr("Importing…")
            if status.state is JobState.FAILED:
                words, trouble = "", status.detail
        elif flow.job is not None:
            words = tr("Importing…")
        if flow.job is not None and flow.message:
            words = flow.message
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._fault.say(trouble)
        self._bar.setVisible(is_running)
        if status is not None:
            self._bar.setRange(0, 100 if status.total else 0)
            self._bar.setValue(round(100 * status.done / status.total) if status.total else 0)
        self._stop.setVisible(is_running)
        self._save.setVisible(flow.is_done and flow.faults.total > 0)
        self._leave.setText(tr("Cancel") if flow.job is None else tr("Close"))
        self._leave.setAccessibleName(self._leave.text())
        self._leave.setEnabled(True)
        self._import.setVisible(flow.job is None)
        self._import.setEnabled(flow.can_start)

    def _change(self, name: str, value: Any) -> None:
        self.changed.emit({name: value})
