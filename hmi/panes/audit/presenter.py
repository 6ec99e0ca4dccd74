"""Facts of the audit record's page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from hmi.domain.audit import AuditAction
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.audit.draft import AuditDraft
from hmi.panes.audit.words import PROOFS, anchor_text
from hmi.services.mirror import Change, Mirror
from hmi.services.port import (
    AuditPage,
    AuditProof,
    AuditQuestion,
    AuditRecord,
    AuditState,
    BeginAuditAnew,
    CancelJob,
    ExportAudit,
    Frame,
    JobState,
    JobStatus,
    KeepAuditHead,
    Port,
    ReadAudit,
    ReadAuditState,
    RefusedError,
    RenewAuditKey,
    Request,
    SaveAuditSettings,
    VerifyAudit,
)
from hmi.ui.pane_facts import Listen
from hmi.ui.words import moment_text

HOUR_US: Final = 3_600_000_000
SPANS: Final = (
    (tr("8 hours"), 8 * HOUR_US),
    (tr("24 hours"), 24 * HOUR_US),
    (tr("7 days"), 168 * HOUR_US),
    (tr("30 days"), 720 * HOUR_US),
    (tr("1 year"), 8760 * HOUR_US),
    (tr("Everything"), 0),
)
EVER_US: Final = 10**17


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks of the record. span_us: back from now, 0 for everything, unless start_us says otherwise."""

    span_us: int = SPANS[2][1]
    start_us: int = 0
    end_us: int = 0
    user: str = ""
    action: AuditAction | None = None
    station: str = ""
    text: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """A job that runs: how far it is in words, and its share, 0 to 100, −1 while it is not known."""

    id: UUID
    text: str
    share: int


class AuditPresenter:
    """Reads pages and the record's state, and starts what is done about it."""

    def __init__(self, mirror: Mirror, port: Port, now_us: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self._mirror = mirror
        self._port = port
        self.now_us = now_us
        self._changed: Callable[[], None] = lambda: None
        self._export: UUID | None = None
        self._asked = AuditQuestion(0, 0)
        self._read_count = -1
        self._is_refreshing = False
        self._page_request: ReadAudit | None = None
        self.wanted = Wanted()
        self.page = AuditPage()
        self.state: AuditState | None = None
        self.chosen: int | None = None
        self.is_newest = True
        self.message = ""
        self.draft = AuditDraft()
        self.reason = ""
        """Why another record is begun, as it is typed."""

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when something else is to be shown; returns what ends it."""
        self._changed = changed

        def take(change: Change, _frame: Frame) -> None:
            if change & (Change.JOBS | Change.USER):
                changed()

        return listen(take)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def may_read(self) -> bool:
        """Whether the user may look at the record."""
        return self._mirror.user.may(Permission.VERIFY_AUDIT)

    @property
    def may_edit(self) -> bool:
        """Whether the user may say how it is kept."""
        return self._mirror.user.may_everywhere(Permission.EDIT_DATA)

    @property
    def headline(self) -> str:
        """The page in one line."""
        if not self.page.rows:
            return tr("No rows") if self.state is not None else ""
        if self.page.total is None:
            return tr("More than 10,000 rows")
        return tr("1 row") if self.page.total == 1 else tr("{count:,} rows").format(count=self.page.total)

    @property
    def record(self) -> AuditRecord | None:
        """The row that is looked at."""
        return next((row for row in self.page.rows if row.seq == self.chosen), None)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return the record's state, label and text."""
        state = self.state
        if state is None:
            return ()
        kept = tr("{count:,}, from row {first:,} on").format(count=state.count - state.first + 1, first=state.first)
        check = state.check
        checked = moment_text(check.at_us) if check.at_us else tr("not since the start")
        return (
            (tr("Rows"), kept if state.count else tr("none")),
            (tr("Chain"), PROOFS[state.proof]),
            (tr("Head"), state.head[:16] + "…" if state.head else "–"),
            (tr("Last check"), checked),
        )

    @property
    def is_weak(self) -> bool:
        """Whether the chain alone could be made anew by anybody."""
        return self.state is not None and self.state.proof is not AuditProof.KEYED

    def fault(self) -> str:
        """Return what is wrong, in words; empty for nothing."""
        if self.state is None:
            return ""
        check = self.state.check
        return " ".join(part for part in (self.state.fault, check.result if not check.is_sound else "") if part)

    def verdict(self) -> str:
        """Return how the last check ended, when it found nothing wrong."""
        return self.state.check.result if self.state is not None and self.state.check.is_sound else ""

    def anchor_rows(self) -> tuple[tuple[str, str, str], ...]:
        """Return the places of the head: name, how it does, what it proves."""
        if self.state is None:
            return ()
        now_us = self.now_us()
        return tuple(
            (each.name, anchor_text(each, self.state.count, now_us), each.proves) for each in self.state.anchors
        )

    def anchors_line(self) -> str:
        """Return in short where the head is kept."""
        if self.state is None:
            return ""
        kept = [each for each in self.state.anchors if each.count and not each.fault]
        failing = [each.name for each in self.state.anchors if each.fault and not each.is_absent]
        words = tr("Head kept elsewhere: {count} of {all}").format(count=len(kept), all=len(self.state.anchors))
        return words + (tr("; failing: {names}").format(names=", ".join(failing)) if failing else "")

    def running(self) -> Running | None:
        """Return the check or the export that runs."""
        wanted = {self._export, self.state.check.job if self.state is not None else None} - {None}
        job = next((each for each in self._mirror.jobs if each.id in wanted and each.state is JobState.RUNNING), None)
        if job is None:
            return None
        words = tr("{label}: {done:,} of {total:,} rows") if job.total else tr("{label}…")
        share = round(100 * job.done / job.total) if job.total else -1
        return Running(job.id, words.format(label=job.label, done=job.done, total=job.total), share)

    # ── what is done; each raises RefusedError ────────────────────────────────────────────────────────────────────

    async def refresh(self) -> None:
        """Ask how the record does, and for its newest rows where those are looked at and others have come."""
        if not self.may_read:
            self.state, self.page, self.message = None, AuditPage(), ""
            return
        if self._is_refreshing:  # a slow search: the next pulse asks again
            self._changed()
            return
        self._is_refreshing = True
        try:
            self._look_at_export()
            self.state = await self._port.request(ReadAuditState())
            self.draft.take(self.state.settings)
            if self.is_newest and self._read_count != self.state.count:
                await self.read()
        finally:
            self._is_refreshing = False
        self._changed()

    async def want(self, wanted: Wanted) -> None:
        """Ask for other rows."""
        self.wanted = wanted
        await self.read()

    async def read(self) -> None:
        """Read the newest page."""
        self._asked, self.is_newest = self._question(), True
        self._read_count = self.state.count if self.state is not None else -1
        await self._read_page(ReadAudit(self._asked))

    async def older(self) -> None:
        """Read the page behind the oldest row."""
        if self.page.rows:
            last = self.page.rows[-1]
            self.is_newest = False
            await self._read_page(ReadAudit(self._asked, before=(last.at_us, last.seq)))

    async def newer(self) -> None:
        """Read the page before the newest row."""
        if self.page.rows:
            first = self.page.rows[0]
            found = await self._read_page(ReadAudit(self._asked, after=(first.at_us, first.seq)))
            if found is not None and not found.has_newer:
                await self.read()

    async def verify(self) -> None:
        """Begin a check."""
        await self._act(VerifyAudit())
        await self.refresh()

    async def cancel(self, job: UUID) -> None:
        """Stop a check or an export."""
        await self._act(CancelJob(job))

    async def keep_now(self) -> None:
        """Keep the head elsewhere now."""
        await self._act(KeepAuditHead())
        self.message = self.message or tr("The head is kept elsewhere.")
        await self.refresh()

    async def export(self, path: Path) -> None:
        """Begin to write the rows that are asked for to a file."""
        self._export = await self._port.request(ExportAudit(self._question(), path))
        self.message = tr("Writing {name}…").format(name=path.name)
        self._changed()

    async def save(self) -> None:
        """Save how the record is kept."""
        settings, _faults = self.draft.check()
        if settings is not None:
            await self._act(SaveAuditSettings(settings, self.draft.kept))
            if not self.message:
                self.draft.kept = settings
                self.draft.let_go()
                self.message = tr("Saved.")
            await self.refresh()

    async def renew_key(self) -> None:
        """Have rows proven by a new key."""
        await self._act(RenewAuditKey())
        await self.refresh()

    async def begin_anew(self) -> None:
        """Have a record that does not pass its check set aside, and another begun."""
        await self._act(BeginAuditAnew(self.reason))
        if not self.message:
            self.reason, self.message = "", tr("Another record begins.")
        await self.refresh()
        await self.read()

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _act(self, request: Request[object]) -> None:
        self.message = ""
        try:
            await self._port.request(request)
        except RefusedError as error:
            self.message = str(error)
        self._changed()

    async def _read_page(self, request: ReadAudit) -> AuditPage | None:
        """Show a page; one that another question has overtaken is dropped, and None returned."""
        self._page_request = request
        page = await self._port.request(request)
        if request is not self._page_request:
            return None
        self.page = page
        if self.record is None:
            self.chosen = page.rows[0].seq if page.rows else None
        self._changed()
        return page

    def _look_at_export(self) -> None:
        job: JobStatus | None = next((each for each in self._mirror.jobs if each.id == self._export), None)
        if job is not None and job.state is not JobState.RUNNING:
            self.message, self._export = job.detail, None

    def _question(self) -> AuditQuestion:
        wanted, now_us = self.wanted, self.now_us()
        start_us = wanted.start_us or (now_us - wanted.span_us if wanted.span_us else 0)
        return AuditQuestion(
            start_us,
            wanted.end_us or EVER_US,  # a clock that was set back leaves rows ahead of now
            (wanted.user,) if wanted.user else (),
            (wanted.action,) if wanted.action else (),
            (wanted.station,) if wanted.station else (),
            wanted.text,
            wanted.result,
        )
