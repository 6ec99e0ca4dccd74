"""The signed-in user's inbox: what called while nobody looked. The alarm journal has it; here is only what was seen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from hmi.domain.alarms import AlarmEvent, Occurrence, Priority
from hmi.domain.roles import VISITOR
from hmi.services.alarms.news import AlarmNews
from hmi.services.notifying.lane import Runs
from hmi.services.port import InboxStatus
from hmi.services.port import notifications as port
from hmi.storage.errors import StorageError
from hmi.storage.journal.inbox import Inbox, MissedRow

SETTLE_S: Final = 1.0
"""How long after an alarm the journal is asked: it is written behind the alarm, and a flood is counted once."""


class InboxKeeper:
    """Counts what one user has missed, and says what it is."""

    def __init__(self, inbox: Inbox, run: Runs, user: Callable[[], str], put: Callable[[InboxStatus], None]) -> None:
        self._inbox = inbox
        self._run = run
        self._user = user
        self._put = put
        self._changed = asyncio.Event()
        self._unread = 0
        self._begun = ""

    async def start(self) -> None:
        """Begin with whoever is at the window. Raises StorageError."""
        await self._begin()
        self._changed.set()

    def user_changed(self) -> None:
        """Count for whoever is at the window now."""
        self._changed.set()

    async def watch(self) -> None:
        """Count for as long as the program runs."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            with contextlib.suppress(StorageError):  # the journal's own alarm says so
                await self.count()
            await asyncio.sleep(SETTLE_S)

    def take(self, news: Sequence[AlarmNews]) -> None:
        """Count again soon, where the news may have changed something."""
        if any(each.is_annunciated or each.event is AlarmEvent.ACKNOWLEDGE for each in news):
            asyncio.get_running_loop().call_later(SETTLE_S, self._changed.set)

    async def count(self) -> int:
        """Return how many the user has missed, and tell the window when that changed. Raises StorageError."""
        user = await self._begin()
        unread = await self._run(self._inbox.unread, user, port.UNREAD_MOST) if user != VISITOR.name else 0
        if unread != self._unread:
            self._unread = unread
            self._put(InboxStatus(unread))
        return unread

    async def read(self) -> port.InboxPage:
        """Return what the user has missed. Raises StorageError."""
        user = await self._begin()
        rows = await self._run(self._inbox.missed, user, port.MOST_INBOX) if user != VISITOR.name else []
        return port.InboxPage(await self.count(), tuple(_inbox_row(row) for row in rows))

    async def mark(self, seq: int) -> int:
        """Note that the user has seen everything up to a row; return how many are left. Raises StorageError."""
        await self._run(self._inbox.seen, await self._begin(), seq)
        return await self.count()

    async def _begin(self) -> str:
        """Return whose inbox it is; a new user begins with an empty one."""
        user = self._user()
        if user != self._begun:
            await self._run(self._inbox.begin, user)
            self._begun = user
        return user


def _inbox_row(row: MissedRow) -> port.InboxRow:
    return port.InboxRow(
        row.seq,
        row.at_us,
        Occurrence(UUID(row.alarm_id), row.activated_us),
        Priority(row.priority),
        UUID(row.station_id) if row.station_id else None,
        row.source,
        row.text,
        float("nan") if row.value is None else row.value,
    )
