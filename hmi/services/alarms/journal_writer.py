"""The alarms' way into the journal: what the plant did follows at once, what a person did is waited for.

Everything goes through one queue and what waits is committed together, so that a person's row is never behind a plant
that does not rest. A journal that refuses loses nothing of the plant's and answers the person at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from hmi.services.database_thread import DatabaseThread
from hmi.services.port import RefusedError
from hmi.storage.errors import StorageError
from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents

WAIT_S: Final = 3.0
AGAIN_S: Final = 1.0
SLOW: Final = "The disk has not answered for three seconds; what was just asked is not accepted yet."
WAITING_ROWS: Final = 100_000

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Item:
    """Rows that are written together. written: of a person's; is_begun: the disk has it, nobody can take it back."""

    rows: Sequence[AlarmEventRow]
    written: asyncio.Future[None] | None = None
    is_begun: bool = False

    @property
    def is_wanted(self) -> bool:
        return self.written is None or not self.written.done()


class JournalWriter:
    """Commits rows in their order, those that wait together. On the I/O thread; the commits on the journal's."""

    def __init__(self, events: AlarmEvents, thread: DatabaseThread, told: Callable[[str], None]) -> None:
        """told: called with what is wrong with the journal, and with nothing when it records again."""
        self._events = events
        self._thread = thread
        self._told = told
        self._queue: asyncio.Queue[_Item] = asyncio.Queue()
        self._said = ""
        self.note = ""
        self.lost = 0

    def add(self, row: AlarmEventRow) -> None:
        """Hand over a row; when the journal has refused for long, the rows beyond a bound are counted, not kept."""
        if self._queue.qsize() < WAITING_ROWS:
            self._queue.put_nowait(_Item((row,)))
        else:
            self.lost += 1

    async def commit(self, rows: Sequence[AlarmEventRow]) -> None:
        """Write rows behind all that waits; when this returns they have survived a power cut. Raises RefusedError."""
        if self.note:
            raise RefusedError(self.note)
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        item = _Item(rows, written)
        self._queue.put_nowait(item)
        done, _ = await asyncio.wait([written], timeout=WAIT_S)
        if not done and not item.is_begun:
            written.cancel()
            raise RefusedError(self.note or "The journal is busy; try again.")
        if not done:
            self._say(SLOW)
        try:
            await written  # what the disk has begun cannot be taken back: its answer is waited for
        except StorageError as error:
            raise RefusedError(str(error)) from error

    async def run(self) -> None:
        """Commit what waits. A journal that refuses is tried again with the plant's rows, which wait in memory."""
        while True:
            items = [await self._queue.get()]
            while not self._queue.empty():
                items.append(self._queue.get_nowait())
            waiting = await self._write(items)
            while waiting:
                await asyncio.sleep(AGAIN_S)
                waiting = await self._write(waiting)
            for _ in items:
                self._queue.task_done()

    async def drain(self) -> None:
        """Wait for what is under way, as the program ends."""
        try:
            async with asyncio.timeout(WAIT_S):
                await self._queue.join()
        except TimeoutError:
            _log.error("alarm journal incomplete", rows=self._queue.qsize(), reason=self.note)

    async def _write(self, items: Sequence[_Item]) -> list[_Item]:
        """Commit what is still wanted together; return what must be tried again."""
        wanted = [item for item in items if item.is_wanted]
        for item in wanted:
            item.is_begun = True
        try:
            if wanted:
                await self._thread.run(self._events.append, [row for item in wanted for row in item.rows])
        except StorageError as error:
            self._refused(wanted, error)
            return [item for item in wanted if item.written is None]
        except Exception as error:  # noqa: BLE001  # failure wall: a row that cannot be written must not stop the others
            if len(wanted) > 1:
                return [left for item in wanted for left in await self._write([item])]
            self._given_up(wanted[0], error)
            return []
        for item in wanted:
            if item.written is not None and not item.written.done():
                item.written.set_result(None)
        self.note = ""
        self._say("")
        return []

    def _say(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            self._told(sentence)

    def _given_up(self, item: _Item, error: Exception) -> None:
        """Let go of rows that can never be written."""
        _log.error("alarm row cannot be written", rows=item.rows, reason=repr(error))
        self.lost += len(item.rows)
        if item.written is not None and not item.written.done():
            item.written.set_exception(StorageError(f"The journal cannot hold this: {error}."))

    def _refused(self, items: Sequence[_Item], error: StorageError) -> None:
        if not self.note:
            _log.error("alarm journal refuses", reason=str(error))
        self.note = str(error)
        self._say(self.note)
        for item in items:
            if item.written is not None and not item.written.done():
                item.written.set_exception(error)
