"""Checking the audit record as a job, at the start and when asked; what it finds stands as an alarm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.language import tr
from hmi.services.audit.anchoring import Anchoring
from hmi.services.audit.keeping import PROGRAM
from hmi.services.jobs import Jobs, Progress
from hmi.services.port import AuditCheck
from hmi.storage.journal.audit_chain import Head, key_id_of
from hmi.storage.journal.audit_check import KnownHead, Verdict, verify
from hmi.storage.journal.audit_rows import AuditReader
from hmi.storage.journal.journal import JournalReader


@dataclass(frozen=True, slots=True)
class Checked:
    """What is checked. head: of the running program. write: for what was found. tell: called when `check` changed."""

    path: Path
    head: Callable[[], Head]
    key: Callable[[], bytes]
    write: Callable[[AuditEntry], Awaitable[None]]
    now_us: Callable[[], int]
    tell: Callable[[], None]


class Checking:
    """One check at a time, and never while rows are cut off. On the I/O thread; the work on a job's."""

    def __init__(self, checked: Checked, jobs: Jobs, anchoring: Anchoring) -> None:
        self._checked = checked
        self._jobs = jobs
        self._anchoring = anchoring
        self._running: asyncio.Task[None] | None = None
        self._verdict: Verdict | None = None
        self.turn = asyncio.Lock()
        """Held while rows are looked at or cut."""
        self.check = AuditCheck()

    @property
    def fault(self) -> str:
        """What the last check found wrong, in words; empty for nothing."""
        return self.check.result if self.check.seq else ""

    async def begin(self) -> UUID:
        """Start a check, or return the one that runs."""
        if self.check.job is not None:
            return self.check.job
        known = await self._anchoring.known()
        if self.check.job is not None:
            return self.check.job  # somebody else began one meanwhile
        await self.turn.acquire()
        key = self._checked.key()
        keys = {key_id_of(key): key} if key else {}
        head = self._checked.head()
        self._verdict = None
        job = self._jobs.start(
            tr("Checking the audit record"), tr("rows"), lambda progress: self._work(keys, known, progress, head)
        )
        self._change(replace(self.check, job=job))
        self._running = asyncio.create_task(self._end(job), name="audit check")
        return job

    def forget(self) -> None:
        """Let the last check go: there is another record."""
        self._change(AuditCheck())

    async def stop(self) -> None:
        """Wait until a check that is being stopped has ended."""
        if self._running is not None:
            if self.check.job is not None:
                self._jobs.cancel(self.check.job)
            await asyncio.gather(self._running, return_exceptions=True)

    def _work(self, keys: dict[str, bytes], known: list[KnownHead], progress: Progress, head: Head) -> str:
        with closing(JournalReader(self._checked.path)) as reader:
            self._verdict = verify(AuditReader(reader), keys, known, progress, head)
        return words_of(self._verdict)

    async def _end(self, job: UUID) -> None:
        try:
            status = await self._jobs.wait(job)
        except asyncio.CancelledError:
            status = None
        finally:
            self.turn.release()
        verdict = self._verdict
        if verdict is None:
            self._change(replace(self.check, job=None))
            return
        seq = verdict.finding.seq if verdict.finding is not None else 0
        result = words_of(verdict) if status is None else status.detail
        self._change(AuditCheck(self._checked.now_us(), result, verdict.is_sound, seq, verdict.rows))
        self._anchoring.may_replace = verdict.finding is None
        entry = AuditEntry(AuditAction.AUDIT, PROGRAM, target=tr("The audit record was checked"), result=result)
        await self._checked.write(entry)

    def _change(self, check: AuditCheck) -> None:
        self.check = check
        self._checked.tell()


def words_of(verdict: Verdict) -> str:
    """Return what a check found, in words."""
    if verdict.finding is not None:
        words = tr("Row {seq:,}: {what}. Rows from there on are not proven.")
        return words.format(seq=verdict.finding.seq, what=verdict.finding.what)
    parts = [
        tr("All {rows:,} rows up to row {last:,} are as they were written.").format(
            rows=verdict.rows, last=verdict.head.count
        )
        if not verdict.unproven
        else tr("{count:,} of {rows:,} rows cannot be proven: their key is not here. The others are sound.").format(
            count=verdict.unproven, rows=verdict.rows
        ),
        tr("Heads kept elsewhere that agree: {count:,}.").format(count=verdict.heads),
    ]
    if verdict.plain:
        parts.append(tr("{count:,} rows are proven by a plain chain only.").format(count=verdict.plain))
    if verdict.downgrades:
        parts.append(tr("The key was missing from row {row:,} on for a while.").format(row=verdict.downgrades[0]))
    return " ".join(parts)
