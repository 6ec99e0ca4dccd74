"""The setup workspace's widgets: list, editor and import, one of them in sight."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from hmi.domain.drafts import StationDraft
from hmi.domain.language import tr
from hmi.panes.station_editor.desk import Desk
from hmi.panes.station_editor.editor_page import EditorPage
from hmi.panes.station_editor.import_page import ImportPage
from hmi.panes.station_editor.list_page import ListPage
from hmi.panes.station_editor.packages import SUFFIX
from hmi.panes.station_editor.presenter import Page, StationEditorPresenter
from hmi.ui.csv_dialogs import ask_csv_from, ask_csv_to
from hmi.ui.csv_import_page import CsvImportPage
from hmi.ui.navigator import EditWish
from hmi.ui.pane import PaneContext
from hmi.ui.timers import once

CHECK_MS: Final = 300
"""How long after the last letter a draft is checked."""


class StationEditorView(QWidget):
    """Starts what the presenter returns and shows its facts, once for however many changes came together."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._presenter = StationEditorPresenter(context.mirror, context.port, context.navigator)
        self._checked: StationDraft | None = None
        self._coalesce = once(self, 0, self._refresh)
        self._check = once(self, CHECK_MS, self._check_draft)
        desk = Desk(context.theme, lambda: self._presenter.session, self._start, self._go_on)
        self._list = ListPage(self._presenter, context.theme)
        self._editor = EditorPage(desk)
        self._import = ImportPage()
        self._tag_import = CsvImportPage(
            context.theme, which=tr("Tag"), removes=tr("Delete tags of the file's stations that are not in it")
        )
        self._pages = {
            Page.LIST: self._list,
            Page.EDITOR: self._editor,
            Page.IMPORT: self._import,
            Page.TAG_IMPORT: self._tag_import,
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect()
        removers = [
            self._presenter.listen(context.listen, self._coalesce.start, self._wish),
            context.theme.listen(self._coalesce.start),
        ]
        self.destroyed.connect(lambda: [remove() for remove in removers])
        self._refresh()

    def _connect(self) -> None:
        self._list.wished.connect(self._wish)
        self._list.confirmed.connect(lambda: self._start(self._presenter.stations.confirm(), tr("Setup")))
        self._list.export_wanted.connect(self._ask_where_to)
        self._list.import_wanted.connect(self._ask_where_from)
        self._editor.continue_pressed.connect(self._go_on)
        self._editor.save_pressed.connect(lambda: self._start(self._presenter.save(), tr("Save")))
        self._editor.cancel_pressed.connect(self._cancel)
        self._editor.spot_wanted.connect(self._presenter.pick_spot)
        self._editor.stopped.connect(self._stop)
        self._import.import_pressed.connect(lambda: self._start(self._presenter.packages.bring_in(), tr("Import")))
        self._import.cancel_pressed.connect(self._presenter.packages.let_go)
        tag_files, page = self._presenter.tag_files, self._tag_import
        self._list.tag_export_wanted.connect(self._ask_where_tags_go)
        self._list.tag_import_wanted.connect(self._ask_where_tags_are)
        page.import_pressed.connect(lambda: self._start(tag_files.apply(), tr("Import tags")))
        page.removes_changed.connect(self._set_removes)
        page.again_pressed.connect(self._look_again)
        page.left.connect(tag_files.let_go)

    def _cancel(self) -> None:
        """Leave the editing; where something would be lost, only after a word."""
        session = self._presenter.session
        if session is None or not session.is_dirty:
            self._start(self._presenter.leave(), tr("Cancel"))
            return
        question = QMessageBox(
            QMessageBox.Icon.NoIcon,
            tr("Leave without saving?"),
            tr("What you entered for {title} will be lost.").format(title=session.title.lower()),
            QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            self,
        )
        question.setDefaultButton(QMessageBox.StandardButton.Cancel)
        question.button(QMessageBox.StandardButton.Discard).setText(tr("Leave without saving"))
        question.button(QMessageBox.StandardButton.Cancel).setText(tr("Go on editing"))
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.button(QMessageBox.StandardButton.Discard).clicked.connect(
            lambda: self._start(self._presenter.leave(), tr("Cancel"))
        )
        question.open()

    def export_to(self, path: Path) -> None:
        """Write the selected stations, or all, to a file."""
        self._start(self._presenter.export(self._list.selected, path), tr("Export"))

    def read_from(self, path: Path) -> None:
        """Read a file and show what importing it would change."""
        self._start(self._presenter.read_package(path), tr("Import"))

    def export_tags_to(self, path: Path, is_european: bool) -> None:
        """Write the tags of the selected stations, or of all, to a file."""
        export = self._presenter.export_tags(self._list.selected, path, is_european=is_european)
        self._start(export, tr("Export tags"))

    def read_tags_from(self, path: Path) -> None:
        """Look at a file of tags."""
        self._start(self._presenter.read_tags(path), tr("Import tags"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._check.stop()
        self._checked = None  # looked at anew when it is shown again

    def _refresh(self) -> None:
        page = self._presenter.page
        is_other = self._stack.currentWidget() is not self._pages[page]
        self._stack.setCurrentWidget(self._pages[page])
        session = self._presenter.session
        if not self.isVisible():
            return
        if session is not None and session.draft is not self._checked:
            self._checked = session.draft
            self._check.start()
        if session is not None:
            self._editor.refresh(session)
        elif page is Page.IMPORT:
            self._import.refresh(self._presenter.packages)
        elif self._presenter.tag_files.importing is not None:
            self._tag_import.refresh(self._presenter.tag_files.importing)
            if is_other:
                self._tag_import.first_field().setFocus()
        else:
            self._list.refresh()

    def _check_draft(self) -> None:
        if self._presenter.session is not None:
            self._start(self._presenter.session.check(), tr("Check"))

    def _go_on(self) -> None:
        self._start(self._presenter.go_on(), tr("Continue"))

    def _stop(self) -> None:
        session = self._presenter.session
        if session is None:
            return
        if session.test.work.is_busy:
            self._start(session.stop_test(), tr("Stop"))
        else:
            session.cancel()

    def _wish(self, wish: EditWish, station_id: UUID | None) -> None:
        if wish is EditWish.ADD:
            self._start(self._presenter.add(), tr("Add station"))
        elif station_id is not None:
            act, name = {
                EditWish.EDIT: (self._presenter.edit, tr("Edit")),
                EditWish.DUPLICATE: (self._presenter.duplicate, tr("Duplicate")),
                EditWish.SWITCH: (self._presenter.switch, tr("Switch")),
                EditWish.DELETE: (self._presenter.delete, tr("Delete")),
            }[wish]
            self._start(act(station_id), name)

    def _start(self, coroutine: Coroutine[Any, Any, object], name: str) -> None:
        self._context.tasks.start(coroutine, name)

    def _set_removes(self, removes: bool) -> None:
        flow = self._presenter.tag_files.importing
        if flow is not None:
            self._start(flow.set_removes(removes=removes), tr("Import tags"))

    def _look_again(self) -> None:
        flow = self._presenter.tag_files.importing
        if flow is not None:
            self._start(flow.look(), tr("Import tags"))

    def _ask_where_tags_go(self) -> None:
        ask_csv_to(self, tr("Export tags"), "tags.csv", self.export_tags_to)

    def _ask_where_tags_are(self) -> None:
        ask_csv_from(self, tr("Import tags"), tr("Tags"), self.read_tags_from)

    def _ask_where_to(self) -> None:
        dialog = self._file_dialog(tr("Export stations"), QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"stations{SUFFIX}")
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def _ask_where_from(self) -> None:
        dialog = self._file_dialog(tr("Import stations"), QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.read_from(Path(path)))
        dialog.open()

    def _file_dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setAcceptMode(mode)
        dialog.setNameFilter(tr("Packages of stations (*{suffix});;All files (*)").format(suffix=SUFFIX))
        dialog.finished.connect(dialog.deleteLater)
        return dialog
