"""The overview: what is kept, the jobs, the imports, and how long things stay."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.archive.jobs_card import JobsCard
from hmi.panes.archive.presenter import ArchivePresenter
from hmi.panes.archive.retention_card import RetentionCard
from hmi.ui.cards import card, show_rows, table
from hmi.ui.form_parts import FaultLabel, note, push
from hmi.ui.label import Label, tip
from hmi.ui.theme import Theme

FILE_COLUMNS: Final = (tr("Days (UTC)"), tr("File"), tr("Readings"), tr("Size"), tr("Kind"))
FILE_WIDTHS_PX: Final = (200, 0, 120, 90, 150)
IMPORT_COLUMNS: Final = (tr("File"), tr("When"), tr("By"), tr("Readings"), tr("Already there"), tr("Of the days"), "")
IMPORT_WIDTHS_PX: Final = (0, 150, 150, 90, 112, 180, 84)
HIDDEN_WHEN_NARROW: Final = (2, 4)
NARROW_PX: Final = 1_000
FACTS_A_ROW: Final = 4
FILES_SHOWN: Final = 4
IMPORTS_SHOWN: Final = 5


class OverviewPage(QWidget):
    """Shows the presenter's facts; what is wished goes out by signals."""

    import_wanted = Signal()
    export_wanted = Signal()
    back_up_wanted = Signal()
    verify_wanted = Signal()
    seal_wanted = Signal()
    cancel_wanted = Signal(object)
    undo_wanted = Signal(int, str)
    retention_saved = Signal()

    def __init__(self, presenter: ArchivePresenter, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._fault = FaultLabel()
        self._why = note()
        self._import = push(tr("Import…"), self.import_wanted.emit)
        self._export = push(tr("Export…"), self.export_wanted.emit)
        self._back_up = push(tr("Back up…"), self.back_up_wanted.emit)
        self._verify = push(tr("Verify"), self.verify_wanted.emit)
        self._seal = push(tr("Close finished days now"), self.seal_wanted.emit)
        self._seal.setToolTip(
            tr(
                "Each night the days that are over are sorted into files of their own, small and quick to read.\n"
                "This does it now, for example after an import or before a copy. No reading is lost or changed."
            )
        )
        self._verify.setToolTip(tr("Reads every file of the history whole and says which are damaged."))
        self._back_up.setToolTip(tr("Copies the history into a folder while recording goes on, and checks the copy."))
        self._facts: list[tuple[Label, Label]] = []
        self._grid = QGridLayout()
        self._files = table(tr("Files of the history"), FILE_COLUMNS, FILE_WIDTHS_PX)
        self._jobs = JobsCard(theme, self._cancel)
        self._imports = table(tr("Imports"), IMPORT_COLUMNS, IMPORT_WIDTHS_PX)
        self._no_imports = note(tr("Nothing was imported yet."))
        self._retention = RetentionCard(presenter.retention, self.retention_saved.emit, self.refresh)
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column in HIDDEN_WHEN_NARROW:
            self._imports.setColumnHidden(column, self.width() < NARROW_PX)

    def first_button(self) -> QWidget:
        """Return what has the focus first."""
        return self._import if self._import.isEnabled() else self._export

    def refresh(self) -> None:
        """Show the presenter's facts."""
        presenter = self._presenter
        self._fault.say(presenter.notes())
        self._why.setText(presenter.why_not)
        self._why.setVisible(bool(presenter.why_not))
        for button in (self._import, self._back_up, self._seal):
            button.setEnabled(presenter.may_edit)
        self._show_facts()
        show_rows(self._files, presenter.file_rows(), FILES_SHOWN)
        self._jobs.show_jobs(presenter.job_rows())
        self._show_imports()
        self._retention.refresh(may_edit=presenter.may_edit)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self._import, self._export, self._back_up, self._verify, self._seal):
            buttons.addWidget(button)
        buttons.addStretch(1)
        kept, inside = card(tr("What is kept"))
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        inside.addLayout(self._grid)
        inside.addWidget(self._files)
        imports, within = card(tr("Imports"))
        within.addWidget(self._no_imports)
        within.addWidget(self._imports)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(buttons)
        for each in (self._why, self._fault, kept, self._jobs, imports, self._retention):
            column.addWidget(each)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("plain")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        scroll.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def _show_facts(self) -> None:
        facts = self._presenter.facts()
        while len(self._facts) < len(facts):
            number = len(self._facts)
            label, text = note(), Label()
            label.setWordWrap(False)
            row, place = divmod(number, FACTS_A_ROW)
            self._grid.addWidget(label, 2 * row, place)
            self._grid.addWidget(text, 2 * row + 1, place)
            self._grid.setColumnStretch(place, 1)
            self._facts.append((label, text))
        for (label, text), (name, value) in zip(self._facts, facts, strict=False):
            label.setText(name)
            text.setText(value)
            text.setAccessibleName(f"{name}: {value}")

    def _show_imports(self) -> None:
        rows = self._presenter.import_rows()
        self._no_imports.setVisible(not rows)
        self._imports.setVisible(bool(rows))
        show_rows(self._imports, [row.cells for row in rows], IMPORTS_SHOWN)
        last = len(IMPORT_COLUMNS) - 1
        for number, row in enumerate(rows):
            present = self._imports.cellWidget(number, last)
            wanted = f"{row.id} {row.why_not}" if row.can_undo or row.why_not else None
            if (present.property("wanted") if present is not None else None) == wanted:
                continue
            self._imports.removeCellWidget(number, last)
            if wanted is not None:
                button = push(tr("Undo…"), partial(self.undo_wanted.emit, row.id, row.cells[0]))
                button.setAccessibleName(tr("Undo import {name}").format(name=row.cells[0]))
                button.setProperty("kind", "cell")
                button.setProperty("wanted", wanted)
                button.setEnabled(row.can_undo)
                button.setToolTip(tip(row.why_not))
                button.setAccessibleDescription(row.why_not)
                self._imports.setCellWidget(number, last, button)

    def _cancel(self, job: UUID) -> None:
        self.cancel_wanted.emit(job)
