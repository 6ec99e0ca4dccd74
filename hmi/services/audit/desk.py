"""The audit record of one run, joined: the trail that others write to, its key, the places of its head, its checks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import Engine

from hmi.config import audit_settings
from hmi.config.audit_settings import AuditSettings, installation_ids
from hmi.config.kept_settings import load_kept, save_kept
from hmi.config.secrets import Secrets
from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.audit.accompanying import Accompanying, Acting, Handler
from hmi.services.audit.anchoring import Anchoring, anchors_of
from hmi.services.audit.asking import ends_of, page_of, with_search
from hmi.services.audit.checking import Checked, Checking
from hmi.services.audit.daily import Daily
from hmi.services.audit.exporting import write_question
from hmi.services.audit.keeping import PROGRAM
from hmi.services.audit.key import FIRST_S, AuditKey
from hmi.services.audit.life import Life, last_run
from hmi.services.audit.own_thread import AnchorError, OwnThread
from hmi.services.audit.retaining import Retained
from hmi.services.audit.trail import AuditTrail, Clocks
from hmi.services.background import keep_running
from hmi.services.database_thread import DatabaseThread
from hmi.services.jobs import Jobs
from hmi.services.port import RefusedError, Request
from hmi.services.port import audit as port
from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_chain import Method
from hmi.storage.journal.journal import Journal

FAULT_KEY: Final = "audit"
CHECK_KEY: Final = "audit_check"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AuditSurroundings:
    """What the record needs around it. require: raises RefusedError. notice: a line that the window shows once."""

    folder: Path
    acting: Acting
    require: Callable[[Permission], None]
    notice: Callable[[str], None]


class Audit:
    """Made early: everything else writes to its `trail`. On the I/O thread."""

    trail: AuditTrail

    def __init__(
        self,
        journal: Journal,
        thread: DatabaseThread,
        engine: Engine,
        engine_thread: DatabaseThread,
        secrets: Secrets,
        jobs: Jobs,
        around: AuditSurroundings,
        clocks: Clocks | None = None,
    ) -> None:
        self._journal = journal
        self._thread = thread
        self._engine = engine
        self._engine_thread = engine_thread
        self._secrets = secrets
        self._jobs = jobs
        self._around = around
        self._clocks = clocks or Clocks()
        self._tasks: list[asyncio.Task[None]] = []
        self._report: Callable[[str, str], None] | None = None
        self.settings = AuditSettings()

    async def start(self) -> None:
        """Find the end of the chain; its key, its check and the rest follow beside. Raises StorageError."""
        run, folder, clocks = self._engine_thread.run, self._around.folder, self._clocks
        self.installation, self.record = await run(installation_ids, self._engine)
        try:
            self.settings = await run(load_kept, self._engine, audit_settings.KEY, AuditSettings)
        except StorageError as error:
            self._around.notice(str(error))
        self.trail = AuditTrail(self._journal, self._thread, folder / "audit.spool", self.installation, clocks)
        await self.trail.start()
        self._key = AuditKey(self._secrets, self.installation, self.trail.known_key_id)
        self.anchoring = Anchoring(lambda: self.record, lambda: self.trail.head, clocks.wall_us)
        self._use_anchors()
        checked = Checked(
            self._journal.path, lambda: self.trail.head, lambda: self._key.key, self._write, clocks.wall_us, self._tell
        )
        self.checking = Checking(checked, self._jobs, self.anchoring)
        retained = Retained(
            self._journal.path, folder / "audit_archive", lambda: self.record, lambda: self._key.key, clocks.wall_us
        )
        self._daily = Daily(self.trail, retained, self.checking, self._around.notice)
        self._accompanying = Accompanying(self.trail, self._around.acting)
        self._life = Life(self._write, clocks)
        self.trail.on_change(self._tell)
        self.anchoring.on_change(self._tell)
        last = await run(last_run, self._journal)
        self._begun = asyncio.create_task(self._use_key(), name="audit key")
        works = (self._begin(last), self._keep(self._life.watch), self._keep(self._keep_head), self._keep(self._days))
        self._tasks = [self._begun, *(asyncio.create_task(work, name="audit") for work in works)]

    async def stop(self) -> None:
        """Write what waits, keep the head elsewhere, and end."""
        await self.trail.wait_begun(FIRST_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.checking.stop()
        if self.trail.has_begun:
            await self._write_quietly(self._life.end)
            await self.anchoring.end()
        await self.trail.stop()

    def on_report(self, report: Callable[[str, str], None]) -> None:
        """Raise and clear the record's system alarms this way, from now on."""
        self._report = report
        self._tell()

    async def handle(self, request: Request[Any], handler: Handler) -> Any:
        """Return a handler's answer, and write down what it did where that is to be told."""
        return await self._accompanying.handle(request, handler)

    @property
    def unrecorded(self) -> int:
        """How many requests were carried out of which no entry could be written."""
        return self._accompanying.unrecorded

    @property
    def key_name(self) -> str:
        """What the record's key is called among the secrets."""
        return self._key.name

    def handlers(self) -> Mapping[type[Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.ReadAudit: self._read,
            port.ReadAuditState: self._read_state,
            port.VerifyAudit: self._verify,
            port.KeepAuditHead: self._keep_now,
            port.ExportAudit: self._export,
            port.SaveAuditSettings: self._save,
            port.RenewAuditKey: self._renew,
            port.BeginAuditAnew: self._begin_anew,
        }

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _read(self, request: port.ReadAudit) -> port.AuditPage:
        self._around.require(Permission.VERIFY_AUDIT)
        return await asyncio.to_thread(with_search, self._journal.path, partial(page_of, request=request))

    async def _read_state(self, _request: port.ReadAuditState) -> port.AuditState:
        self._around.require(Permission.VERIFY_AUDIT)
        first, _ = await asyncio.to_thread(ends_of, self._journal.path)
        state = self.trail.condition
        proof = port.AuditProof.KEYED if state.key_id else port.AuditProof.PLAIN
        return port.AuditState(
            count=state.head.count,
            first=first,
            head=state.head.mac.hex() if state.head.count else "",
            proof=port.AuditProof.MISSING if state.was_downgraded else proof,
            fault=self.trail.note,
            anchors=self.anchoring.states(),
            check=self.checking.check,
            settings=self.settings,
            installation=self.record,
        )

    async def _verify(self, _request: port.VerifyAudit) -> UUID:
        self._around.require(Permission.VERIFY_AUDIT)
        return await self.checking.begin()

    async def _keep_now(self, _request: port.KeepAuditHead) -> None:
        self._around.require(Permission.VERIFY_AUDIT)
        await self.anchoring.put()
        if self.anchoring.fault:
            raise RefusedError(self.anchoring.fault)

    async def _export(self, request: port.ExportAudit) -> UUID:
        self._around.require(Permission.VERIFY_AUDIT)
        head, path, record = self.trail.head, self._journal.path, self.record

        def work(progress: Callable[[int, int], None]) -> str:
            return with_search(path, lambda search: write_question(search, request, head, record, progress))

        return self._jobs.start(tr("Exporting the audit record"), tr("rows"), work, Permission.VERIFY_AUDIT)

    async def _save(self, request: port.SaveAuditSettings) -> None:
        self._around.require(Permission.EDIT_DATA)
        if request.seen != self.settings:
            raise RefusedError(tr("Somebody saved other settings meanwhile. Look at them and save again."))
        await self.require_folder(request.settings.folder)
        await self._engine_thread.run(
            save_kept, self._engine, audit_settings.KEY, request.settings, self._around.acting.user().name
        )
        await self.take_settings(request.settings)

    async def take_settings(self, settings: AuditSettings) -> None:
        """Work with settings that are kept already."""
        self.settings = settings
        self._use_anchors()
        await self.anchoring.put()

    async def require_folder(self, folder: str) -> None:
        """Refuse a folder that is not there. Raises RefusedError."""
        try:
            is_there = not folder or await OwnThread("audit folder").run(Path(folder).is_dir)
        except AnchorError as error:
            raise RefusedError(f"{folder}: {error}") from error
        if not is_there:
            raise RefusedError(tr("There is no folder {folder}.").format(folder=folder))

    async def _renew(self, _request: port.RenewAuditKey) -> None:
        self._around.require(Permission.EDIT_DATA)
        if not await self._key.renew():
            raise RefusedError(tr("The keyring does not keep a key here; the record goes on without one."))
        await self.trail.use(Method(self._key.key))

    async def _begin_anew(self, request: port.BeginAuditAnew) -> None:
        self._around.require(Permission.EDIT_DATA)
        found = self.checking.check
        if not found.seq:
            raise RefusedError(tr("The record passes its check; there is no reason to begin another."))
        if not request.reason.strip():
            raise RefusedError(tr("Say why: what became of the record before."))
        async with self.checking.turn:
            old = self.trail.head
            name = await self.trail.begin_anew()
            _, self.record = await self._engine_thread.run(partial(installation_ids, self._engine, is_new_record=True))
            self._use_anchors()
            self.checking.forget()
        told = tr("kept in the table {name}, head of row {count:,}: {mac}")
        entry = AuditEntry(
            AuditAction.AUDIT,
            PROGRAM,
            target=tr("The record before was set aside"),
            old=told.format(name=name, count=old.count, mac=old.mac.hex()),
            result=found.result,
        )
        await self._write(entry)
        await self.checking.begin()

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _use_anchors(self) -> None:
        folder = self._around.folder / "audit_anchors"
        self.anchoring.use(anchors_of(self.settings, folder, self._secrets, self.record))

    def _tell(self) -> None:
        if self._report is not None:
            self._report(FAULT_KEY, self.trail.note)
            self._report(CHECK_KEY, " ".join(part for part in (self.checking.fault, self.anchoring.fault) if part))

    async def _use_key(self) -> None:
        try:
            await self._key.run(self.trail.use)
        except Exception:  # noqa: BLE001  # failure wall: entries must not wait for a key for ever
            _log.exception("audit key failed")
            await self.trail.use(Method())

    async def _begin(self, last: str) -> None:
        await self._write_quietly(lambda: self._life.begin(last))
        await self.checking.begin()  # of a record that has just begun, too: another one may have stood in its place

    async def _keep_head(self) -> None:
        await self.anchoring.run()

    async def _days(self) -> None:
        await self._daily.run(lambda: self.settings, self._around.folder / "audit_anchors")

    async def _keep(self, work: Callable[[], Awaitable[None]]) -> None:
        await keep_running(work, "audit record", self._around.notice)

    async def _write(self, entry: AuditEntry) -> None:
        await self._write_quietly(lambda: self.trail.write(entry))

    async def _write_quietly(self, write: Callable[[], Awaitable[None]]) -> None:
        """Write an entry of the program's own: nobody waits for it, and the standing alarm says that it is lost."""
        try:
            await write()
        except StorageError as error:
            _log.warning("audit entry lost", reason=str(error))
