"""The archive: requests that move readings in and out of the history and look after it, each long one as a job.

Whoever exports needs to see; whoever imports, undoes, lets go or copies needs the right to edit stations.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Engine

from hmi.config import history_settings
from hmi.config.history_settings import HistorySettings
from hmi.config.kept_settings import load_kept, save_kept
from hmi.domain.accounts import COMMAND_LINE_NAME
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.backing_up import check_target
from hmi.services.database_thread import DatabaseThread
from hmi.services.exporting import check_order, write_out
from hmi.services.history import History
from hmi.services.importing import Order, preview, survey_whole, take_in
from hmi.services.jobs import Jobs, Progress, Work
from hmi.services.port import CancelJob, JobStatus, RefusedError, Request
from hmi.services.port import archive as port
from hmi.services.retaining import let_go, losses
from hmi.services.tag_names import find_tags, full_name
from hmi.storage.errors import StorageError
from hmi.storage.exchange.mapping import FileKind, ImportPlan
from hmi.storage.exchange.row_errors import RowErrors, save_row_errors
from hmi.storage.history.records import ImportRecord

FIRST_TURN_S: Final = 300.0
DAY_S: Final = 86_400.0
ERRORS_KEPT: Final = 20
"""Imports whose faults are remembered."""
NAMED: Final = 5

T = TypeVar("T")

Handlers = Mapping[type[Request[Any]], Callable[[Any], Awaitable[Any]]]


class KeptSettings:
    """The history's settings in roams.db, read and written on the configuration thread."""

    def __init__(self, thread: DatabaseThread, engine: Engine) -> None:
        self._thread = thread
        self._engine = engine

    async def load(self) -> HistorySettings:
        """Return them. Raises StorageError."""
        return await self._thread.run(load_kept, self._engine, history_settings.KEY, HistorySettings)

    async def save(self, settings: HistorySettings, by: str) -> None:
        """Keep others, as somebody left them."""
        await self._thread.run(save_kept, self._engine, history_settings.KEY, settings, by)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the archive needs around it. require: raises RefusedError without the permission."""

    catalogue: Callable[[], Catalogue]
    require: Callable[[Permission], None]
    user: Callable[[], str]


class Archive:
    """Answers the archive's requests. On the I/O thread; what blocks is handed to others."""

    def __init__(self, history: History, jobs: Jobs, settings: KeptSettings, around: Surroundings) -> None:
        self._history = history
        self._jobs = jobs
        self._settings = settings
        self._around = around
        self._errors: OrderedDict[UUID, RowErrors] = OrderedDict()
        self._surveys: OrderedDict[UUID, list[port.ImportSurvey]] = OrderedDict()

    def handlers(self) -> Handlers:
        """Return what answers each request."""
        return {
            port.ReadArchive: self._read,
            port.PreviewImport: self._preview,
            port.StartImport: self._start_import,
            port.StartSurvey: self._start_survey,
            port.ReadSurvey: self._read_survey,
            port.ListImports: self._list_imports,
            port.UndoImport: self._undo_import,
            port.ListRowErrors: self._list_row_errors,
            port.SaveRowErrors: self._save_row_errors,
            port.StartExport: self._start_export,
            port.EstimateExport: self._estimate,
            port.FindTags: self._find_tags,
            port.NameTags: self._name_tags,
            port.PlanRetention: self._plan_retention,
            port.ChangeRetention: self._change_retention,
            port.StartRetention: self._start_retention,
            port.StartSeal: self._start_seal,
            port.StartVerify: self._start_verify,
            port.CheckBackup: self._check_backup,
            port.StartBackup: self._start_backup,
            port.WatchJob: self._watch,
            CancelJob: self._cancel,
        }

    async def retain_daily(self) -> None:
        """Let go of what the settings do not keep, once a day, for as long as the program runs."""
        await asyncio.sleep(FIRST_TURN_S)
        while True:
            await self._jobs.wait(await self._retain())
            await asyncio.sleep(DAY_S)

    # ── in ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _preview(self, request: port.PreviewImport) -> port.ImportPreview:
        self._around.require(Permission.EDIT_DATA)
        settings = await self._settings.load()
        return await asyncio.to_thread(preview, self._around.catalogue(), request.path, request.plan, settings)

    async def _start_import(self, request: port.StartImport) -> UUID:
        self._around.require(Permission.EDIT_DATA)
        catalogue, errors = self._around.catalogue(), RowErrors()
        order = Order(request.plan, self._importer(request), await self._settings.load())

        def work(progress: Progress) -> str:
            return take_in(self._history, catalogue, order, errors, progress)

        job = self._begin(tr("Import {name}").format(name=request.plan.path.name), _unit_of(request.plan), work)
        _keep(self._errors, job, errors)
        return job

    def _importer(self, request: port.StartImport) -> str:
        """Return whose import it is: only the command line may name somebody else, who gave the command."""
        user = self._around.user()
        return request.user if request.user and user == COMMAND_LINE_NAME else user

    async def _start_survey(self, request: port.StartSurvey) -> UUID:
        self._around.require(Permission.EDIT_DATA)
        catalogue, settings = self._around.catalogue(), await self._settings.load()
        found: list[port.ImportSurvey] = []

        def work(progress: Progress) -> str:
            found.append(survey_whole(catalogue, request.plan, settings, progress))
            return tr("{rows:,} readings could be taken.").format(rows=found[0].readings)

        job = self._begin(tr("Look at {name}").format(name=request.plan.path.name), _unit_of(request.plan), work)
        _keep(self._surveys, job, found)
        return job

    async def _read_survey(self, request: port.ReadSurvey) -> port.ImportSurvey:
        found = self._surveys.get(request.job)
        if not found:
            raise RefusedError(tr("This file was not read to its end, or what was found is forgotten by now."))
        return found[0]

    async def _list_imports(self, _request: port.ListImports) -> tuple[ImportRecord, ...]:
        return await asyncio.to_thread(self._history.imports)

    async def _undo_import(self, request: port.UndoImport) -> UUID:
        self._around.require(Permission.EDIT_DATA)
        known = {record.id: record for record in await self._list_imports(port.ListImports())}
        record = known.get(request.import_id)
        if record is None or record.is_undone:
            raise RefusedError(tr("There is no such import, or it was undone before."))

        def work(progress: Progress) -> str:
            gone = self._history.undo_import(record.id, progress)
            return tr("{rows:,} readings taken out again.").format(rows=gone)

        return self._begin(tr("Undo import {name}").format(name=record.label), tr("files"), work)

    async def _list_row_errors(self, request: port.ListRowErrors) -> port.RowErrorList:
        errors = self._errors.get(request.job, RowErrors())
        return port.RowErrorList(errors.total, errors.in_order)

    async def _save_row_errors(self, request: port.SaveRowErrors) -> None:
        errors = self._errors.get(request.job)
        if errors is None:
            raise RefusedError(tr("The faults of this import are not remembered any more."))
        await asyncio.to_thread(save_row_errors, request.path, errors.in_order)

    # ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _start_export(self, request: port.StartExport) -> UUID:
        self._around.require(Permission.VIEW)
        catalogue = self._around.catalogue()
        check_order(request, catalogue)

        def work(progress: Progress) -> str:
            return write_out(self._history, catalogue, request, progress)

        unit = tr("parts") if request.width_us else tr("rows")
        return self._jobs.start(tr("Export {name}").format(name=request.path.name), unit, work)

    async def _estimate(self, request: port.EstimateExport) -> int:
        return await asyncio.to_thread(self._history.estimate, request.tags, request.start_us, request.end_us)

    async def _find_tags(self, request: port.FindTags) -> tuple[int, ...]:
        return await asyncio.to_thread(find_tags, self._around.catalogue(), request.names)

    async def _name_tags(self, request: port.NameTags) -> tuple[tuple[int, str], ...]:
        catalogue = self._around.catalogue()
        tags = (catalogue.tag_by_index[index] for index in request.tags if index in catalogue.tag_by_index)
        return tuple((tag.index, full_name(catalogue, tag)) for tag in tags)

    # ── looking after it ──────────────────────────────────────────────────────────────────────────────────────────

    async def _read(self, _request: port.ReadArchive) -> port.ArchiveState:
        status = await asyncio.to_thread(self._history.status)
        return port.ArchiveState(status, await self._settings.load(), self._history.figures().note)

    async def _plan_retention(self, request: port.PlanRetention) -> tuple[port.RetentionLoss, ...]:
        return await asyncio.to_thread(losses, self._history, request.settings)

    async def _change_retention(self, request: port.ChangeRetention) -> None:
        self._around.require(Permission.EDIT_DATA)
        await self._settings.save(request.settings, self._around.user())

    async def _start_retention(self, _request: port.StartRetention) -> UUID:
        self._around.require(Permission.EDIT_DATA)
        return await self._retain()

    async def _retain(self) -> UUID:
        settings = await self._settings.load()

        def work(progress: Progress) -> str:
            return let_go(self._history, settings, progress)

        return self._begin(tr("Let old readings go"), tr("files"), work)

    async def _start_seal(self, _request: port.StartSeal) -> UUID:
        self._around.require(Permission.EDIT_DATA)

        def work(progress: Progress) -> str:
            moves = self._history.seal(progress)
            if not moves:
                return tr("All finished days were closed already.")
            return tr("Done; {moves} parts were sorted into their files.").format(moves=moves)

        return self._begin(tr("Close finished days"), tr("parts"), work)

    async def _start_verify(self, _request: port.StartVerify) -> UUID:
        def work(progress: Progress) -> str:
            faults = self._history.verify(progress)
            if faults:
                raise StorageError(" ".join(faults[:NAMED]))
            return tr("Everything can be read and is as it was written.")

        return self._jobs.start(tr("Verify history"), tr("bytes"), work)

    async def _check_backup(self, request: port.CheckBackup) -> str:
        self._around.require(Permission.EDIT_DATA)
        return await asyncio.to_thread(check_target, self._history, request.folder)

    async def _start_backup(self, request: port.StartBackup) -> UUID:
        self._around.require(Permission.EDIT_DATA)
        warning = await asyncio.to_thread(check_target, self._history, request.folder)

        def work(progress: Progress) -> str:
            where = self._history.backup(request.folder, progress)
            return " ".join(
                [tr("A checked copy is in {folder}.").format(folder=where), *([warning] if warning else [])]
            )

        return self._begin(tr("Back up history"), tr("bytes"), work)

    # ── jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, label: str, unit: str, work: Work) -> UUID:
        """Start a job that only those who may start it may stop."""
        return self._jobs.start(label, unit, work, Permission.EDIT_DATA)

    async def _watch(self, request: port.WatchJob) -> JobStatus | None:
        return self._jobs.status(request.job)

    async def _cancel(self, request: CancelJob) -> None:
        self._around.require(self._jobs.stopped_by(request.job))
        self._jobs.cancel(request.job)


def _unit_of(plan: ImportPlan) -> str:
    return tr("rows") if plan.kind is FileKind.PARQUET else tr("bytes")


def _keep(kept: OrderedDict[UUID, T], job: UUID, what: T) -> None:
    """Keep what belongs to a job, and forget the oldest beyond some."""
    kept[job] = what
    while len(kept) > ERRORS_KEPT:
        kept.popitem(last=False)
