"""Facts of the history workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from hmi.config.history_settings import HistorySettings
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.archive.export_flow import ExportFlow
from hmi.panes.archive.import_flow import ImportFlow
from hmi.panes.archive.retention import LossQuestion, RetentionDraft, loss_question
from hmi.panes.archive.words import bytes_text, day_text, days_text, job_text, kind_text
from hmi.services.mirror import Change, Mirror
from hmi.services.port import (
    ArchiveState,
    CancelJob,
    ChangeRetention,
    CheckBackup,
    Frame,
    JobState,
    JobStatus,
    ListImports,
    PlanRetention,
    Port,
    ReadArchive,
    RefusedError,
    Request,
    StartBackup,
    StartRetention,
    StartSeal,
    StartVerify,
    UndoImport,
)
from hmi.storage.history.records import FileKind, HistoryStatus, ImportRecord
from hmi.ui.navigator import Navigator
from hmi.ui.pane_facts import Listen
from hmi.ui.words import moment_text


class Page(StrEnum):
    """What the workspace shows."""

    OVERVIEW = "overview"
    IMPORT = "import"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job in words. share: 0 to 100, −1 while it is not known."""

    id: UUID
    label: str
    state: JobState
    state_text: str
    share: int
    detail: str
    began: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import in words. why_not: what keeps it from being undone, empty for one that was undone before."""

    id: int
    cells: tuple[str, ...]
    can_undo: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class CopyQuestion:
    """A folder for a copy, and what speaks against it."""

    folder: Path
    warning: str


class ArchivePresenter:
    """The overview's facts, and the import or export that is being made."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self._tell: Callable[[], None] = lambda: None
        self.state: ArchiveState | None = None
        self.imports: tuple[ImportRecord, ...] = ()
        self.retention = RetentionDraft()
        self.importing: ImportFlow | None = None
        self.exporting: ExportFlow | None = None
        self.message = ""
        self.loss: LossQuestion | None = None
        self._asked: HistorySettings | None = None
        self.copy: CopyQuestion | None = None

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything shown may differ; return what removes it."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.JOBS | Change.USER | Change.CATALOGUE):
                changed()

        return listen(on_change)

    @property
    def page(self) -> Page:
        if self.importing is not None:
            return Page.IMPORT
        return Page.EXPORT if self.exporting is not None else Page.OVERVIEW

    @property
    def may_edit(self) -> bool:
        return self._mirror.user.may_everywhere(Permission.EDIT_DATA)

    @property
    def why_not(self) -> str:
        return "" if self.may_edit else tr("{user} may look and export only.").format(user=self._mirror.user.name)

    @property
    def ended(self) -> int:
        """How many jobs have ended; what is kept may differ when it grows."""
        return sum(job.state is not JobState.RUNNING for job in self._mirror.jobs)

    async def refresh(self) -> None:
        """Ask how the history stands."""
        try:
            state, imports = await asyncio.gather(self._port.request(ReadArchive()), self._port.request(ListImports()))
        except RefusedError as error:
            self.message = str(error)
        else:
            self.state, self.imports, self.message = state, imports, ""
            self.retention.take(state.settings)
        self._tell()

    # ── the overview in words ─────────────────────────────────────────────────────────────────────────────────────

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return what is known of the history, label and text."""
        if self.state is None:
            return ()
        status, figures = self.state.status, self._mirror.figures
        left = tr("known in a day") if status.days_left is None else f"{status.days_left:,.0f} " + tr("days")
        growth = f"{bytes_text(status.bytes_per_day)} {tr('a day')}" if status.bytes_per_day else tr("known in a day")
        lost = sum(gap.rows for gap in status.gaps)
        facts = [
            (tr("Recording"), tr("{rate:,.0f} readings a second").format(rate=figures.stored_rate)),
            (tr("Readings kept"), f"{status.rows:,}"),
            (tr("From"), day_text(status.oldest_us)),
            (tr("Size"), bytes_text(status.bytes)),
            (tr("Growth"), growth),
            (tr("Free on the disk"), bytes_text(status.free_bytes)),
            (tr("Full in"), left),
        ]
        if status.gaps:
            facts.append((tr("Known gaps"), tr("{gaps}, {rows:,} readings").format(gaps=len(status.gaps), rows=lost)))
        return tuple(facts)

    def notes(self) -> str:
        """Return what is wrong with the recording, or an empty text."""
        return self.message or (self.state.note if self.state is not None else "")

    def file_rows(self) -> tuple[tuple[str, ...], ...]:
        """Return the files, that which is written first, then the newest: days, name, readings, size, kind."""
        files = self.state.status.files if self.state is not None else ()
        return tuple(
            (
                days_text(each.first_day_us, each.last_day_us) if each.first_day_us else "–",
                each.name,
                f"{each.rows:,}" if each.has_samples else tr("averages only"),
                bytes_text(each.bytes),
                kind_text(each.kind),
            )
            for each in sorted(files, key=lambda each: (each.first_day_us == 0, each.first_day_us), reverse=True)
        )

    def job_rows(self) -> tuple[JobRow, ...]:
        """Return the jobs, the newest first."""
        return tuple(_job_row(job) for job in reversed(self._mirror.jobs))

    def import_rows(self) -> tuple[ImportRow, ...]:
        """Return the imports, the newest first: file, when, by whom, readings, already there."""
        return tuple(
            self._import_row(each, undo_refusal(each, self.state.status if self.state is not None else None))
            for each in self.imports
        )

    def _import_row(self, record: ImportRecord, refusal: str) -> ImportRow:
        cells = (
            record.label,
            moment_text(record.at_us),
            record.user,
            f"{record.rows:,}",
            f"{record.skipped:,}",
            tr("Undone") if record.is_undone else days_text(record.first_us, record.last_us + 1),
        )
        is_open = self.may_edit and not record.is_undone
        return ImportRow(record.id, cells, is_open and not refusal, refusal if is_open else "")

    # ── acting ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def cancel(self, job: UUID) -> None:
        """Stop a job. Raises RefusedError."""
        await self._port.request(CancelJob(job))

    async def undo(self, import_id: int) -> None:
        """Take an import out again."""
        await self._begin(UndoImport(import_id))

    async def verify(self) -> None:
        """Read everything."""
        await self._begin(StartVerify())

    async def seal(self) -> None:
        """Close the days that are over."""
        await self._begin(StartSeal())

    async def ask_back_up(self, folder: Path) -> None:
        """Copy the history below a folder, or let `copy` ask first where something speaks against the folder."""
        try:
            warning = await self._port.request(CheckBackup(folder))
        except RefusedError as error:
            self.message = str(error)
            self._tell()
            return
        if not warning:
            await self.back_up(folder)
            return
        self.copy = CopyQuestion(folder, warning)
        self._tell()

    def forget_copy(self) -> None:
        """Copy nothing for now."""
        self.copy = None

    async def back_up(self, folder: Path) -> None:
        """Copy the history below a folder."""
        self.copy = None
        await self._begin(StartBackup(folder))

    async def ask_retention(self) -> None:
        """Find out what the settings that were typed would cost: `loss` then asks, or they are kept when it is nothing.

        Nothing goes before `save_retention` is called.
        """
        settings = self.retention.settings
        if settings is None:
            return
        try:
            losses = await self._port.request(PlanRetention(settings))
        except RefusedError as error:
            self.message = str(error)
            self._tell()
            return
        if not losses:
            await self.save_retention()
            return
        self._asked, self.loss = settings, loss_question(losses)
        self._tell()

    def keep_all(self) -> None:
        """Let nothing go: what was typed stays typed, and no setting changes."""
        self._asked, self.loss = None, None

    async def save_retention(self) -> None:
        """Keep the settings that were asked about, and let go of what they do not keep."""
        settings = self._asked or self.retention.settings
        self.keep_all()
        if settings is None:
            return
        try:
            await self._port.request(ChangeRetention(settings))
        except RefusedError as error:
            self.message = str(error)
            self._tell()
            return
        self.retention.take(settings)
        await self._begin(StartRetention())
        await self.refresh()

    async def begin_import(self, path: Path) -> None:
        """Begin with a file."""
        flow = self.importing = ImportFlow(self._mirror, self._port, path, self._changed)
        await flow.look()

    async def begin_export(self) -> None:
        """Begin with the tag or the station that is selected."""
        place, catalogue = self._navigator.place, self._mirror.catalogue
        tags = (place.tag,) if place.tag in catalogue.tag_by_index else ()
        flow = self.exporting = ExportFlow(self._mirror, self._port, tags, self._changed)
        if not tags and place.station_id in catalogue.station_by_id:
            flow.search = catalogue.station_by_id[place.station_id].name
        self._tell()
        await flow.count()

    async def export(self, path: Path) -> None:
        """Begin the export and go back to the overview, where its job is. Raises RefusedError."""
        if self.exporting is not None:
            await self.exporting.start(path)
            self.leave()

    def leave(self) -> None:
        """Go back to the overview."""
        self.importing = self.exporting = None
        self._tell()

    def _changed(self) -> None:
        self._tell()

    async def _begin(self, request: Request[UUID]) -> None:
        try:
            await self._port.request(request)
            self.message = ""
        except RefusedError as error:
            self.message = str(error)
        self._tell()


def undo_refusal(record: ImportRecord, status: HistoryStatus | None) -> str:
    """Return why the history would not undo an import, as far as the days of its files tell; empty when it would."""
    if status is None or record.is_undone or not record.rows:
        return ""
    sealed = [each for each in status.files if each.kind is FileKind.SEALED]
    days = [each for each in sealed if each.first_day_us <= record.last_us and record.first_us < each.last_day_us]
    if any(not each.has_samples for each in days):
        return tr("Some of its readings are averages by now: they were older than the history keeps readings.")
    if record.last_us < status.oldest_us:
        return tr("None of its readings is kept any more: they were older than the history keeps readings.")
    return ""


def _job_row(job: JobStatus) -> JobRow:
    share = round(100 * job.done / job.total) if job.total else -1
    detail = job.detail
    if job.state is JobState.RUNNING and not detail:
        whole = f" / {job.total:,}" if job.total else ""
        percent = f"{share} % · " if share >= 0 else ""
        detail = f"{percent}{job.done:,}{whole} {job.unit}" if job.done else ""
    return JobRow(
        job.id,
        job.label,
        job.state,
        job_text(job.state),
        100 if job.state is JobState.DONE else min(share, 100),
        detail,
        moment_text(job.started_us),
    )
