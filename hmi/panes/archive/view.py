"""The history workspace's widgets: overview, import and export, one of them in sight."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.archive.export_page import ExportPage
from hmi.panes.archive.import_page import ImportPage
from hmi.panes.archive.overview_page import OverviewPage
from hmi.panes.archive.presenter import ArchivePresenter, CopyQuestion, Page
from hmi.panes.archive.retention import LossQuestion
from hmi.ui.message_question import ask
from hmi.ui.pane import PaneContext
from hmi.ui.timers import every, once

REFRESH_MS: Final = 10_000
LOOK_MS: Final = 250
"""How long after the last change a file is looked at, or an export is counted, again."""


class ArchiveView(QWidget):
    """Starts what the presenter returns and shows its facts, once for however many changes came together."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._presenter = ArchivePresenter(context.mirror, context.port, context.navigator)
        self._page: Page | None = None
        self._ended = 0
        self._is_asking = False
        self._coalesce = once(self, 0, self._refresh)
        self._look = once(self, LOOK_MS, self._look_again)
        self._every = every(self, REFRESH_MS, self._ask)
        self._overview = OverviewPage(self._presenter, context.theme)
        self._import = ImportPage(context.theme)
        self._export = ExportPage(context.theme)
        self._pages = {Page.OVERVIEW: self._overview, Page.IMPORT: self._import, Page.EXPORT: self._export}
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect()
        removers = [
            self._presenter.listen(context.listen, self._coalesce.start),
            context.theme.listen(self._coalesce.start),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])

    def read_from(self, path: Path) -> None:
        """Begin to import a file."""
        self._start(self._presenter.begin_import(path), tr("Import"))

    def export_to(self, path: Path) -> None:
        """Begin the export that was put together."""
        self._start(self._presenter.export(path), tr("Export"))

    def back_up_to(self, folder: Path) -> None:
        """Copy the history below a folder, once nothing speaks against it."""
        self._start(self._presenter.ask_back_up(folder), tr("Back up"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._every.start()
        self._ask()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._every.stop()
        self._look.stop()

    def _connect(self) -> None:
        presenter, overview = self._presenter, self._overview
        overview.import_wanted.connect(self._ask_where_from)
        overview.export_wanted.connect(lambda: self._start(presenter.begin_export(), tr("Export")))
        overview.back_up_wanted.connect(self._ask_folder)
        overview.verify_wanted.connect(lambda: self._start(presenter.verify(), tr("Verify")))
        overview.seal_wanted.connect(lambda: self._start(presenter.seal(), tr("Close finished days")))
        overview.cancel_wanted.connect(self._cancel)
        overview.undo_wanted.connect(self._ask_undo)
        overview.retention_saved.connect(lambda: self._start(presenter.ask_retention(), tr("Save")))
        self._import.changed.connect(self._change_plan)
        self._import.column_used.connect(self._use_column)
        self._import.unit_used.connect(self._use_unit)
        self._import.scale_used.connect(self._use_scale)
        self._import.import_pressed.connect(self._begin_import)
        self._import.stopped.connect(lambda: self._cancel(presenter.importing.job if presenter.importing else None))
        self._import.save_faults_pressed.connect(self._ask_faults)
        self._import.left.connect(presenter.leave)
        self._export.changed.connect(self._export_changed)
        self._export.export_pressed.connect(self._ask_where_to)
        self._export.left.connect(presenter.leave)

    # ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        presenter, page = self._presenter, self._presenter.page
        self._stack.setCurrentWidget(self._pages[page])
        if presenter.importing is not None:
            self._import.refresh(presenter.importing)
        elif presenter.exporting is not None:
            self._export.refresh(presenter.exporting)
        else:
            self._overview.refresh()
        if page is not self._page and self._page is not None:
            self._first_of(page).setFocus()
        self._page = page
        if presenter.loss is not None and not self._is_asking:
            self._ask_loss(presenter.loss)
        if presenter.copy is not None and not self._is_asking:
            self._ask_copy(presenter.copy)
        if presenter.ended != self._ended:
            self._ended = presenter.ended
            self._ask()

    def _first_of(self, page: Page) -> QWidget:
        if page is Page.IMPORT:
            return self._import.first_field()
        return self._export.first_field() if page is Page.EXPORT else self._overview.first_button()

    def _ask(self) -> None:
        """Ask for what may have changed by itself or with a job's end."""
        self._start(self._presenter.refresh(), tr("History"))
        flow = self._presenter.importing
        if flow is not None and flow.is_done:
            self._start(flow.read_faults(), tr("Import"))

    # ── acting ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self, coroutine: Coroutine[Any, Any, object], name: str) -> None:
        self._context.tasks.start(coroutine, name)

    def _cancel(self, job: UUID | None) -> None:
        if job is not None:
            self._start(self._presenter.cancel(job), tr("Cancel"))

    def _change_plan(self, changes: dict[str, Any]) -> None:
        if self._presenter.importing is not None:
            self._presenter.importing.change(**changes)
            self._look.start()

    def _use_column(self, column: int, tag: int) -> None:
        if self._presenter.importing is not None:
            self._presenter.importing.use_column(column, tag)
            self._look.start()

    def _use_unit(self, column: int, unit: str) -> None:
        if self._presenter.importing is not None:
            self._presenter.importing.use_unit(column, unit)
            self._look.start()

    def _use_scale(self, column: int, scale: float, offset: float) -> None:
        if self._presenter.importing is not None:
            self._presenter.importing.use_scale(column, scale, offset)
            self._look.start()

    def _look_again(self) -> None:
        if self._presenter.importing is not None:
            self._start(self._presenter.importing.look(), tr("Import"))
        elif self._presenter.exporting is not None:
            self._start(self._presenter.exporting.count(), tr("Export"))

    def _begin_import(self) -> None:
        if self._presenter.importing is not None:
            self._start(self._presenter.importing.start(), tr("Import"))

    def _export_changed(self) -> None:
        self._coalesce.start()
        self._look.start()

    def _ask_undo(self, import_id: int, name: str) -> None:
        words = tr("All readings that came with {name} are taken out of the history again.").format(name=name)
        self._question(
            tr("Undo import?"),
            words,
            tr("Undo import"),
            lambda: self._start(self._presenter.undo(import_id), tr("Undo")),
        )

    def _ask_loss(self, loss: LossQuestion) -> None:
        presenter = self._presenter
        self._question(
            tr("Delete old readings?"),
            loss.text,
            loss.button,
            lambda: self._start(presenter.save_retention(), tr("Save")),
            presenter.keep_all,
        )

    def _ask_copy(self, copy: CopyQuestion) -> None:
        presenter = self._presenter
        self._question(
            tr("Copy to this folder?"),
            copy.warning,
            tr("Copy there"),
            lambda: self._start(presenter.back_up(copy.folder), tr("Back up")),
            presenter.forget_copy,
        )

    def _question(
        self, title: str, text: str, button: str, act: Callable[[], object], leave: Callable[[], object] | None = None
    ) -> None:
        """Ask, with a button that says what it does; Enter and Escape leave all as it is."""
        question = ask(self, title, text, button, act)
        if leave is not None:
            question.rejected.connect(leave)
        question.finished.connect(self._answered)
        self._is_asking = True

    def _answered(self) -> None:
        self._is_asking = False

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ask_where_from(self) -> None:
        dialog = self._dialog(tr("Import readings"), QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Readings (*.csv *.txt *.tsv *.parquet *.pq);;All files (*)"))
        dialog.fileSelected.connect(lambda path: self.read_from(Path(path)))
        dialog.open()

    def _ask_where_to(self) -> None:
        flow = self._presenter.exporting
        if flow is None:
            return
        dialog = self._dialog(tr("Export readings"), QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(str(flow.format))
        dialog.selectFile(f"readings.{flow.format}")
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def _ask_faults(self) -> None:
        dialog = self._dialog(tr("Save faults"), QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("faults.csv")
        dialog.fileSelected.connect(lambda path: self._save_faults(Path(path)))
        dialog.open()

    def _save_faults(self, path: Path) -> None:
        if self._presenter.importing is not None:
            self._start(self._presenter.importing.save_faults(path), tr("Save faults"))

    def _ask_folder(self) -> None:
        dialog = self._dialog(tr("Back up into the folder"), QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda path: self.back_up_to(Path(path)))
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setAcceptMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        return dialog
