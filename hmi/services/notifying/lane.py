"""One channel's messages, sent one after another; nothing here waits for another channel."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Final, Protocol, TypeVar

import structlog

from hmi.config.notification_channels import DesktopChannel, EmailChannel, WebhookChannel
from hmi.domain.language import tr
from hmi.services.notifying.delivery import DeliveryError, Outgoing
from hmi.services.notifying.pacing import Pace, wait_us
from hmi.services.notifying.planner import SUMMARIES, merged
from hmi.services.notifying.rules import Told
from hmi.storage.errors import StorageError
from hmi.storage.journal.notifications import Attempt, NotificationRow, Notifications, OutgoingState

AT_ONCE: Final = 2_000
"""Messages that are looked at together."""
AFTER_STORAGE_FAULT_S: Final = 5.0

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Runs(Protocol):
    """Runs a blocking call on the journal thread."""

    async def __call__(self, function: Callable[..., T], *arguments: object) -> T: ...


@dataclass(frozen=True, slots=True)
class LaneTools:
    """What all lanes share. deliver: raises DeliveryError. told: called when a lane's fault or its counts changed."""

    store: Notifications
    run: Runs
    deliver: Callable[[EmailChannel | WebhookChannel | DesktopChannel, Outgoing], Awaitable[None]]
    told: Callable[[], None]
    now_us: Callable[[], int]
    chance: Callable[[], float] = SystemRandom().random


class Lane:
    """Sends what waits for one channel. On the I/O thread."""

    def __init__(
        self, channel: EmailChannel | WebhookChannel | DesktopChannel, most_tries: int, tools: LaneTools
    ) -> None:
        self._tools = tools
        self._pace = Pace(channel.per_minute)
        self._wake = asyncio.Event()
        self._sending = asyncio.Lock()
        self._is_ending = False
        self._unwritten: set[int] = set()
        """Taken by the server, which the journal does not know yet: nothing goes before it does."""
        self._fault = ""
        self._journal_fault = ""
        self.sent_us = 0
        self.apply(channel, most_tries)

    def apply(self, channel: EmailChannel | WebhookChannel | DesktopChannel, most_tries: int) -> None:
        """Take other settings."""
        self.channel = channel
        self.most_tries = most_tries
        self._pace.per_minute = channel.per_minute
        self._wake.set()

    @property
    def fault(self) -> str:
        """What keeps this channel's messages, in words; empty while they go."""
        return self._fault or self._journal_fault

    def wake(self) -> None:
        """Look again: something was added."""
        self._wake.set()

    async def finish(self) -> None:
        """Begin with no other message; return when the present one is done with."""
        self._is_ending = True
        async with self._sending:
            return

    async def run(self) -> None:
        """Send for as long as the program runs; what waited for a try begins with one, whatever the last run found."""
        is_begun = False
        while True:
            self._wake.clear()
            try:
                if not is_begun:
                    await self._tools.run(self._tools.store.hurry, str(self.channel.id), self._tools.now_us())
                    is_begun = True
                wait_s = await self._turn()
                self._journal_fault = ""
            except StorageError as error:
                self._journal_fault, wait_s = str(error), AFTER_STORAGE_FAULT_S
                self._tools.told()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def _turn(self) -> float | None:
        """Send what may go; return for how many seconds there is nothing to do, None until woken."""
        if not self.channel.is_on or self._is_ending:
            return None
        await self._write_sent()
        tools, now_us = self._tools, self._tools.now_us()
        if not (free := self._pace.free(now_us)):
            return (self._pace.free_us(now_us) - now_us) / 1e6
        due = await self._due(now_us)
        if not due:
            next_us = await tools.run(tools.store.next_us, str(self.channel.id))
            return None if next_us is None else max(0.0, (next_us - now_us) / 1e6)
        if len(due) > free and await self._collect(due, free, now_us):
            due = await self._due(now_us)
        for row in due[:free]:
            async with self._sending:
                if self._is_ending or not await self._send(row):
                    break
        tools.told()
        return 0.0

    async def _due(self, now_us: int) -> list[NotificationRow]:
        tools = self._tools
        return await tools.run(tools.store.due, str(self.channel.id), now_us, AT_ONCE)

    async def _collect(self, due: Sequence[NotificationRow], free: int, now_us: int) -> bool:
        """Put what is too much for this minute into one message a recipient; return whether anything was."""
        single = [row for row in due if row.told not in SUMMARIES]
        left = free - (len(due) - len(single)) - len({row.recipient for row in single})
        by_recipient: dict[str, list[NotificationRow]] = defaultdict(list)
        for row in single[max(0, left) :]:
            by_recipient[row.recipient].append(row)
        groups = [rows for rows in by_recipient.values() if len(rows) > 1]
        for rows in groups:
            made = merged(rows, Told.SUMMARY, now_us)
            await self._tools.run(self._tools.store.merge, [row.seq for row in rows], made)
        return bool(groups)

    async def _send(self, row: NotificationRow) -> bool:
        """Send one message and note what became of it; return whether the next one may be tried."""
        tools = self._tools
        try:
            await tools.deliver(self.channel, _outgoing(row))
        except DeliveryError as error:
            if error.is_of_channel:
                await self._channel_failed(row, str(error))
                return False
            self._pace.sent(tools.now_us())
            await self._row_failed(row, str(error), is_final=error.is_final)
            return True
        except Exception as error:  # noqa: BLE001  # failure wall: a message that breaks us is laid aside like others
            _log.exception("message could not be sent", seq=row.seq)
            await self._row_failed(row, tr("The program failed: {error}.").format(error=error), is_final=False)
            return True
        self.sent_us = tools.now_us()
        self._pace.sent(self.sent_us)
        self._unwritten.add(row.seq)
        await self._write_sent()
        if self._fault:
            self._say("")
            await tools.run(tools.store.hurry, str(self.channel.id), self.sent_us)
        return True

    async def _write_sent(self) -> None:
        if self._unwritten:
            written = sorted(self._unwritten)
            await self._tools.run(self._tools.store.sent, written, self.sent_us)
            self._unwritten.difference_update(written)

    async def _row_failed(self, row: NotificationRow, reason: str, *, is_final: bool) -> None:
        attempt = self._attempt(row, reason, is_final=is_final)
        if attempt.state == OutgoingState.DEAD:
            _log.warning("message laid aside", channel=self.channel.name, seq=row.seq, reason=reason)
        await self._tools.run(self._tools.store.failed, [attempt])

    async def _channel_failed(self, row: NotificationRow, reason: str) -> None:
        """Let everything wait that was to go now: the next one would fare no better."""
        self._say(reason)
        due = await self._due(self._tools.now_us())
        rows = due if any(each.seq == row.seq for each in due) else [row, *due]
        attempts = [self._attempt(each, reason, is_final=False) for each in rows]
        if dead := sum(each.state == OutgoingState.DEAD for each in attempts):
            _log.warning("messages laid aside", channel=self.channel.name, count=dead, reason=reason)
        await self._tools.run(self._tools.store.failed, attempts)
        self._tools.told()

    def _attempt(self, row: NotificationRow, reason: str, *, is_final: bool) -> Attempt:
        tries = row.attempts + 1
        is_dead = is_final or tries >= self.most_tries
        next_us = self._tools.now_us() + wait_us(tries, self._tools.chance())
        return Attempt(OutgoingState.DEAD if is_dead else OutgoingState.WAITING, next_us, reason, row.seq)

    def _say(self, fault: str) -> None:
        if fault != self._fault:
            if not self._fault:
                _log.warning("notification channel failed", channel=self.channel.name, reason=fault)
            elif not fault:
                _log.info("notification channel works again", channel=self.channel.name)
            self._fault = fault
            self._tools.told()


def _outgoing(row: NotificationRow) -> Outgoing:
    facts = {
        "told": row.told,
        "priority": str(row.priority),
        "station": row.place,
        "alarm": row.alarm_id,
        "activated_us": str(row.activated_us),
    }
    return Outgoing(row.key, row.made_us, row.recipient, row.name, row.subject, row.body, facts)
