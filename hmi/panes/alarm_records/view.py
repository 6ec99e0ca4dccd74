"""The pane of alarm records: records, templates and import, one of them in sight."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.language import tr
from hmi.panes.alarm_records.presenter import AlarmRecordsPresenter, Page
from hmi.panes.alarm_records.records_page import RecordsPage
from hmi.panes.alarm_records.templates_page import TemplatesPage
from hmi.ui.csv_dialogs import ask_csv_from, ask_csv_to
from hmi.ui.csv_import_page import CsvImportPage
from hmi.ui.message_question import ask
from hmi.ui.pane import PaneContext
from hmi.ui.timers import once

CHECK_MS: Final = 300
"""How long after the last letter edits are checked."""


class AlarmRecordsView(QWidget):
    """Starts what the presenter returns and shows its facts, once for however many changes came together."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self._context = context
        self._presenter = AlarmRecordsPresenter(context.mirror, context.port, context.navigator)
        self._checked: tuple[AlarmDraft, ...] = ()
        self._page: Page | None = None
        self._coalesce = once(self, 0, self._refresh)
        self._check = once(self, CHECK_MS, lambda: self._start(self._presenter.check(), tr("Check")))
        self._records = RecordsPage(self._presenter, context.theme)
        self._templates = TemplatesPage(self._presenter, context.theme)
        self._import = CsvImportPage(
            context.theme, which=tr("Record"), removes=tr("Delete records of the file's stations that are not in it")
        )
        self._pages: dict[Page, RecordsPage | TemplatesPage | CsvImportPage] = {
            Page.RECORDS: self._records,
            Page.TEMPLATES: self._templates,
            Page.IMPORT: self._import,
        }
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

    def state(self) -> dict[str, object]:
        """Return what is not saved, for the next start to take up."""
        return {"edits": self._presenter.edits.state()}

    def restore(self, state: dict[str, object]) -> None:
        """Take up what the last window did not save."""
        if self._presenter.may_change:
            self._presenter.edits.restore(state.get("edits"))
            self._coalesce.start()

    def read_from(self, path: Path) -> None:
        """Look at a file."""
        self._start(self._presenter.begin_import(path), tr("Import"))

    def export_to(self, path: Path, *, is_european: bool) -> None:
        """Write the selected records, or all that are listed, to a file."""
        self._start(self._presenter.export(path, is_european=is_european), tr("Export"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()
        self._start(self._show_rules(), tr("Rules"))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._check.stop()
        self._checked = ()  # looked at anew when it is shown again
        self._presenter.proposals.forget()

    def _connect(self) -> None:
        presenter, records = self._presenter, self._records
        records.save_pressed.connect(lambda reason: self._start(self._save(reason), tr("Save")))
        records.proposals.taken_up.connect(presenter.take_up_proposal)
        records.proposals.refused.connect(lambda reason: self._start(presenter.close_proposal(reason), tr("Proposal")))
        records.delete_pressed.connect(self._ask_delete)
        records.approve_pressed.connect(lambda: self._start(presenter.approve(), tr("Approve")))
        records.templates_pressed.connect(lambda: self._start(presenter.begin_templates(), tr("Templates")))
        records.comments.chosen.connect(lambda which: self._start(presenter.need_comments(which), tr("Save")))
        records.import_pressed.connect(self._ask_where_from)
        records.export_pressed.connect(self._ask_where_to)
        records.tabs.turned.connect(lambda _number: self._coalesce.start())
        self._templates.taken.connect(presenter.take_proposals)
        self._templates.left.connect(presenter.leave)
        self._templates.saved.connect(self._save_template)
        self._import.left.connect(presenter.leave)
        self._import.import_pressed.connect(lambda: self._start(presenter.apply_import(), tr("Import")))
        self._import.removes_changed.connect(self._set_removes)
        self._import.again_pressed.connect(self._look_at_file_again)

    async def _show_rules(self) -> None:
        priorities = await self._presenter.comment_priorities()
        self._records.comments.show_priorities(priorities, may_edit=self._presenter.may_edit)

    # ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        presenter, page = self._presenter, self._presenter.page
        self._stack.setCurrentWidget(self._pages[page])
        if presenter.importing is not None:
            self._import.refresh(presenter.importing)
        elif presenter.proposing is not None:
            self._templates.refresh(presenter.proposing)
        else:
            self._records.refresh()
            self._look_again()
        if page is not self._page and self._page is not None:
            self._pages[page].first_field().setFocus()
        self._page = page

    def _look_again(self) -> None:
        """Have edits checked, and the selected record's revisions read, where either is another one now."""
        pending = tuple(self._presenter.edits.pending.values())
        if pending != self._checked:
            self._checked = pending
            self._check.start()
        if self._presenter.proposals.is_stale:
            self._start(self._presenter.load_proposals(), tr("Proposals"))
        chosen = self._presenter.selected
        only = chosen[0] if len(chosen) == 1 else None
        if self._records.shows_revisions and self._presenter.revisions.is_stale(only):
            self._start(self._presenter.revisions.read(only), tr("Revisions"))

    # ── acting ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self, coroutine: Coroutine[Any, Any, object], name: str) -> None:
        self._context.tasks.start(coroutine, name)

    async def _save(self, reason: str) -> None:
        await self._presenter.save(reason)
        if not self._presenter.saving.is_trouble:
            self._records.clear_reason()

    def _save_template(self) -> None:
        if self._presenter.proposing is not None:
            self._start(self._presenter.proposing.save_template(), tr("Keep template"))

    def _set_removes(self, removes: bool) -> None:
        if self._presenter.importing is not None:
            self._start(self._presenter.importing.set_removes(removes=removes), tr("Import"))

    def _look_at_file_again(self) -> None:
        if self._presenter.importing is not None:
            self._start(self._presenter.importing.look(), tr("Import"))

    def _ask_delete(self) -> None:
        asked = self._presenter.delete_question()
        if asked is None:
            return
        ask(self, asked.title, asked.words, asked.button, lambda: self._start(self._presenter.delete(), tr("Delete")))

    def _ask_where_from(self) -> None:
        ask_csv_from(self, tr("Import alarm records"), tr("Alarm records"), self.read_from)

    def _ask_where_to(self) -> None:
        def write(path: Path, is_european: bool) -> None:
            self.export_to(path, is_european=is_european)

        ask_csv_to(self, tr("Export alarm records"), "alarms.csv", write)
