"""The audit record as the rest of the program writes to it, on the I/O thread.

Who calls `write` goes on once the entries are on the disk. What waits at the same time is committed together, since a
commit takes as long for a hundred rows as for one.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.language import tr
from hmi.services.audit.keeping import AuditKeeper, Condition, Write
from hmi.services.background import keep_running
from hmi.services.database_thread import DatabaseThread
from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_chain import Head, Method, Stamp, facts_of
from hmi.storage.journal.audit_rows import Facts, Part
from hmi.storage.journal.audit_spool import Spool
from hmi.storage.journal.journal import Journal

RETRY_S: Final = 1.0
MOST_AT_ONCE: Final = 500

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Clocks:
    """UTC and a clock that nobody sets, both in µs."""

    wall_us: Callable[[], int] = lambda: time.time_ns() // 1000
    steady_us: Callable[[], int] = lambda: time.monotonic_ns() // 1000


@dataclass(slots=True)
class _Waiting:
    write: Write
    done: asyncio.Future[None]


class AuditTrail:
    """Takes entries, in order, and says how the record does."""

    def __init__(
        self, journal: Journal, thread: DatabaseThread, spool: Path, installation: str, clocks: Clocks | None = None
    ) -> None:
        self._clocks = clocks or Clocks()
        self._stamp = Stamp(0, 0, socket.gethostname(), installation)
        self._keeper = AuditKeeper(journal, Spool(spool), self._now)
        self._thread = thread
        self._queue: list[_Waiting] = []
        self._begun = asyncio.Event()
        self._flushing: asyncio.Task[None] | None = None
        self._retrying: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []
        self.condition = Condition()
        self.written: Counter[AuditAction] = Counter()
        """Entries of this run, by what was done."""

    async def start(self) -> None:
        """Find the end of the chain; entries wait until `use` was called. Raises StorageError."""
        await self._thread.run(self._keeper.open)
        self.condition = self._keeper.condition

    async def use(self, method: Method) -> None:
        """Make codes this way from the next entry on, and take up what the last run left in the spool."""
        await self._thread.run(self._keeper.use, method)
        self._begun.set()
        self._take_condition()

    @property
    def has_begun(self) -> bool:
        """Whether entries are written by now."""
        return self._begun.is_set()

    async def wait_begun(self, seconds: float) -> None:
        """Wait until entries are written, but not longer than so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._begun.wait()

    async def stop(self) -> None:
        """Write what waits and end."""
        if self._flushing is not None:
            self._begun.set()
            await self._flushing
        if self._retrying is not None:
            self._retrying.cancel()
            await asyncio.gather(self._retrying, return_exceptions=True)
            await self._thread.run(self._keeper.retry)
        await self._thread.run(self._keeper.close)

    # ── written to ────────────────────────────────────────────────────────────────────────────────────────────────

    async def write(self, *entries: AuditEntry, beside: Sequence[Part] = ()) -> None:
        """Put entries on the disk, in order, with further statements for journal.db in the same commit.

        The statements wait in memory while the entries are in the spool. Who is cancelled while waiting has written all
        the same. Raises StorageError when neither the chain nor the spool takes the entries.
        """
        if not entries and not beside:
            return
        now = self._now()
        self.written.update(entry.action for entry in entries)
        write = Write(tuple(facts_of(entry, now) for entry in entries), tuple(beside))
        waiting = _Waiting(write, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush(), name="audit")
        await waiting.done

    async def cut(self, entry: AuditEntry, before: int, last_removed_mac: str) -> None:
        """Remove the rows before one, which a row of the chain says. Raises StorageError."""
        said = {"event": "cut", "first_kept": before, "mac": last_removed_mac}
        await self._thread.run(self._keeper.cut, {**facts_of(entry, self._now()), "chain": said}, before)
        self._take_condition()

    async def begin_anew(self) -> str:
        """Set the rows aside and begin another record; return the name of the table. Raises StorageError."""
        name = await self._thread.run(self._keeper.begin_anew)
        self._take_condition()
        return name

    @property
    def unended(self) -> Mapping[str, Facts]:
        """Intents that the last run left in the spool without an outcome, by their reference."""
        return self._keeper.unended

    async def outcomes(self, references: Sequence[str], since_us: int) -> Mapping[str, str]:
        """Return how commands ended, as far as it is recorded since a time. Raises StorageError."""
        return await self._thread.run(self._keeper.outcomes, references, since_us)

    async def known_key_id(self) -> str:
        """Return the id of the key that the chain was last proven by, empty for none."""
        return await self._thread.run(self._keeper.known_key_id)

    # ── how it does ───────────────────────────────────────────────────────────────────────────────────────────────

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener when the record fails, is written again, or goes on in another way."""
        self._listeners.append(listener)

    @property
    def head(self) -> Head:
        """The newest row."""
        return self.condition.head

    @property
    def is_failing(self) -> bool:
        """Whether entries go to the spool, or nowhere."""
        return bool(self.condition.fault)

    @property
    def is_lost(self) -> bool:
        """Whether the last entries were kept nowhere."""
        return self.condition.is_lost

    @property
    def note(self) -> str:
        """What is wrong, in words; empty for nothing."""
        state = self.condition
        if state.is_lost:
            return tr("Entries are kept nowhere. {fault}").format(fault=state.fault)
        if state.fault:
            words = tr("{count} entries wait in the emergency spool. {fault}")
            return words.format(count=state.spooled, fault=state.fault)
        return tr("The key is not there; rows are proven by a plain chain only.") if state.was_downgraded else ""

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _now(self) -> Stamp:
        stamp = self._stamp
        return Stamp(self._clocks.wall_us(), self._clocks.steady_us(), stamp.workstation, stamp.installation)

    async def _flush(self) -> None:
        await self._begun.wait()
        while self._queue:
            batch, self._queue = self._queue[:MOST_AT_ONCE], self._queue[MOST_AT_ONCE:]
            try:
                outcomes: Sequence[Exception | None] = await self._thread.run(
                    self._keeper.write, [each.write for each in batch]
                )
            except Exception as error:  # noqa: BLE001  # failure wall: whoever waits must hear of it, whatever it is
                _log.exception("audit entries not written")
                outcomes = [StorageError(tr("The audit record failed: {error}.").format(error=error))] * len(batch)
            for waiting, outcome in zip(batch, outcomes, strict=True):
                _settle(waiting.done, outcome)
            self._take_condition()

    def _take_condition(self) -> None:
        before, self.condition = self.condition, self._keeper.condition
        if self.is_failing and (self._retrying is None or self._retrying.done()):
            self._retrying = asyncio.create_task(keep_running(self._retry, "audit record", _log.error))
        now = self.condition
        is_other = (before.fault, before.is_lost, before.spooled, before.was_downgraded, before.key_id) != (
            now.fault,
            now.is_lost,
            now.spooled,
            now.was_downgraded,
            now.key_id,
        )
        if is_other:
            for listener in self._listeners:
                listener()

    async def _retry(self) -> None:
        while True:
            await asyncio.sleep(RETRY_S)
            if self.is_failing:
                await self._thread.run(self._keeper.retry)
                self._take_condition()


def _settle(done: asyncio.Future[None], outcome: Exception | None) -> None:
    with contextlib.suppress(asyncio.InvalidStateError):  # who waited was cancelled
        if outcome is None:
            done.set_result(None)
        else:
            done.set_exception(outcome)
            done.exception()  # a caller who was cancelled does not come for it
