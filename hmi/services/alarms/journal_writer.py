"""The alarms' way into the journal: what the plant did follows at once, what a person did is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from hmi.services.journal import JournalThread
from hmi.services.port import RefusedError
from hmi.storage.errors import StorageError
from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents

WAIT_S: Final = 3.0
AGAIN_S: Final = 1.0
WAITING_ROWS: Final = 100_000

_log = structlog.get_logger(__name__)


class JournalWriter:
    """Commits rows in their order, those that wait together. On the I/O thread; the commits on the journal's."""

    def __init__(self, events: AlarmEvents, thread: JournalThread, told: Callable[[str], None]) -> None:
        """told: called with what is wrong with the journal, and with nothing when it records again."""
        self._events = events
        self._thread = thread
        self._told = told
        self._queue: asyncio.Queue[AlarmEventRow] = asyncio.Queue()
        self.note = ""
        self.lost = 0

    def add(self, row: AlarmEventRow) -> None:
        """Hand over a row; when the journal has refused for long, the rows beyond a bound are counted, not kept."""
        if self._queue.qsize() < WAITING_ROWS:
            self._queue.put_nowait(row)
        else:
            self.lost += 1

    async def commit(self, rows: Sequence[AlarmEventRow]) -> None:
        """Write rows behind all that waits; when this returns they have survived a power cut. Raises RefusedError."""
        try:
            async with asyncio.timeout(WAIT_S):
                await self._queue.join()
            await self._thread.run(self._events.append, rows)
        except TimeoutError:
            raise RefusedError(self.note or "The journal is busy; try again.") from None
        except StorageError as error:
            raise RefusedError(str(error)) from error

    async def run(self) -> None:
        """Commit what waits, together. A journal that refuses is tried again; its rows wait in memory."""
        while True:
            rows = [await self._queue.get()]
            while not self._queue.empty():
                rows.append(self._queue.get_nowait())
            is_written = await self._try(rows)
            while not is_written:
                await asyncio.sleep(AGAIN_S)
                is_written = await self._try(rows)
            for _ in rows:
                self._queue.task_done()

    async def drain(self) -> None:
        """Wait for what is under way, as the program ends."""
        try:
            async with asyncio.timeout(WAIT_S):
                await self._queue.join()
        except TimeoutError:
            _log.error("alarm journal incomplete", rows=self._queue.qsize(), reason=self.note)

    async def _try(self, rows: list[AlarmEventRow]) -> bool:
        try:
            await self._thread.run(self._events.append, rows)
        except StorageError as error:
            if not self.note:
                _log.error("alarm journal refuses", reason=str(error))
            self.note = str(error)
            self._told(self.note)
            return False
        if self.note:
            self.note = ""
            self._told("")
        return True
