"""Telling people of alarms: news become messages in the journal, and each channel's lane sends its own.

News are planned on a worker thread and stored before anything is sent. What the journal refuses waits in memory, up to
a bound, and is a fault that is told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

import structlog

from hmi.config.notification_settings import NotificationSettings
from hmi.domain.alarms import HIDDEN_STATES, UNACKNOWLEDGED_STATES, AlarmEvent
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.services.alarms.news import AlarmNews
from hmi.services.background import keep_running
from hmi.services.notifying.escalation import Escalation
from hmi.services.notifying.lane import Lane, LaneTools
from hmi.services.notifying.planner import Planner, merged
from hmi.services.notifying.rules import Told
from hmi.services.port import AlarmRow, OutgoingStatus
from hmi.storage.errors import StorageError
from hmi.storage.journal.notifications import NewNotification, NotificationRow, OutgoingState
from hmi.storage.journal.notifications import Told as ToldPerson

CHUNK: Final = 500
NEWS_KEPT: Final = 20_000
ROWS_KEPT: Final = 200_000
HELD_AT_ONCE: Final = 5_000
CATCH_UP_US: Final = 3_600_000_000
"""What came so long before the start, and was not told for a crash, is told after all."""
AGAIN_S: Final = 5.0
FINISH_S: Final = 3.0
DAY_US: Final = 86_400_000_000
FAULT_KEY: Final = "notification"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NotifierOutputs:
    """Where the notifier's words go: the window's frame, the system alarm, the line of notices."""

    put: Callable[[OutgoingStatus], None]
    report: Callable[[str, str], None]
    notice: Callable[[str], None]


class Notifier:
    """The rules at work. On the I/O thread; the journal is written on its own."""

    def __init__(self, tools: LaneTools, catalogue: Callable[[], Catalogue], outputs: NotifierOutputs) -> None:
        """tools: their `told` is this notifier's to call."""
        self._tools = tools
        self._catalogue = catalogue
        self._outputs = outputs
        self._settings = NotificationSettings()
        self._news: deque[AlarmNews] = deque()
        self._lost = 0
        self._standing: dict[UUID, AlarmRow] = {}
        self._escalation = Escalation()
        self._lanes: dict[UUID, Lane] = {}
        self._lane_tasks: dict[UUID, asyncio.Task[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._news_came, self._time_changed, self._status_changed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._journal_fault = ""
        self._settings_fault = ""
        self._status = OutgoingStatus()
        self._reported: str | None = None
        """What the system alarm was told last; None before it was told anything, as it may stand from the last run."""
        self._forgot_us = 0

    @property
    def settings(self) -> NotificationSettings:
        """The settings in force."""
        return self._settings

    @property
    def lanes(self) -> dict[UUID, Lane]:
        """What sends, by channel."""
        return self._lanes

    # ── joining ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self, settings: NotificationSettings, standing: Iterable[AlarmRow], fault: str = "") -> None:
        """Take up the messages that wait, and the alarms that stand. fault: why these are not the settings kept."""
        self._settings, self._settings_fault = settings, fault
        now_us = self._tools.now_us()
        rows = [row for row in standing if row.state in UNACKNOWLEDGED_STATES]
        self._standing = {row.occurrence.alarm_id: row for row in rows}
        self._news.extend(
            AlarmNews(row, AlarmEvent.ACTIVATE, row.occurrence.activated_us, is_annunciated=True)
            for row in rows
            if row.occurrence.activated_us > now_us - CATCH_UP_US
        )
        self._take_up(rows, now_us - CATCH_UP_US)
        try:
            await self.give_up_orphans()
        except StorageError as error:
            self._say_journal_fault(str(error))
        self._open_lanes()
        self._news_came.set()
        self._status_changed.set()
        work = {"messages": self._write, "escalation": self._watch_time, "outgoing": self._watch_status}
        self._tasks = [
            asyncio.create_task(keep_running(each, name, self._outputs.notice), name=name)
            for name, each in work.items()
        ]

    async def stop(self) -> None:
        """Store what came, and end."""
        with contextlib.suppress(StorageError):  # it was told; the alarms themselves are in the journal
            while self._news:
                await self._store_some()
        with contextlib.suppress(TimeoutError):  # what is just being handed over is not to be told twice
            async with asyncio.timeout(FINISH_S):
                await asyncio.gather(*(lane.finish() for lane in self._lanes.values()))
        tasks = [*self._tasks, *self._lane_tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks, self._lane_tasks = [], {}

    def take(self, news: Sequence[AlarmNews]) -> None:
        """Take up what changed of alarms."""
        for each in news:
            alarm = each.row.occurrence.alarm_id
            if each.row.state in UNACKNOWLEDGED_STATES:
                self._standing[alarm] = each.row
            else:
                self._standing.pop(alarm, None)
                self._escalation.end(alarm)
            if self._settings.rules and (each.is_annunciated or each.event is AlarmEvent.CLEAR):
                self._news.append(each)
        while len(self._news) > NEWS_KEPT:
            self._news.popleft()
            self._lost += 1
        self._news_came.set()

    def forget(self, alarms: Iterable[UUID]) -> None:
        """Escalate alarms no further that are not there any more."""
        for each in alarms:
            self._standing.pop(each, None)
            self._escalation.end(each)

    async def apply(self, settings: NotificationSettings) -> None:
        """Take other settings: for what comes, and for the steps that are still to come. Raises StorageError."""
        self._settings, self._settings_fault = settings, ""
        self._escalation.clear()
        self._take_up(self._standing.values(), self._tools.now_us())
        self._open_lanes()
        await self.give_up_orphans()
        self._time_changed.set()

    async def give_up_orphans(self) -> None:
        """Lay aside what waits for channels that are not there any more. Raises StorageError."""
        channels = [str(each.id) for each in self._settings.channels]
        await self._tools.run(self._tools.store.give_up_all_but, channels, tr("The channel was deleted."))
        self._status_changed.set()

    def look_again(self) -> None:
        """Look at the messages again: a person changed them, or a lane did."""
        for lane in self._lanes.values():
            lane.wake()
        self._status_changed.set()

    def status_changed(self) -> None:
        """Count again."""
        self._status_changed.set()

    def _take_up(self, rows: Iterable[AlarmRow], from_us: int) -> None:
        """Wait for the steps of alarms that stand, but not for those before a time."""
        planner = self._planner()
        for row in rows:
            steps = [each for each in planner.later(row) if each[0] >= from_us]
            self._escalation.begin(row.occurrence.alarm_id, row.occurrence.activated_us, steps)

    def _planner(self) -> Planner:
        return Planner(self._settings, self._catalogue())

    def _open_lanes(self) -> None:
        wanted = {each.id: each for each in self._settings.channels}
        for gone in set(self._lanes) - set(wanted):
            del self._lanes[gone]
            self._lane_tasks.pop(gone).cancel()
        for key, channel in wanted.items():
            if key in self._lanes:
                self._lanes[key].apply(channel, self._settings.most_tries)
                continue
            lane = self._lanes[key] = Lane(channel, self._settings.most_tries, self._tools)
            work = keep_running(lane.run, channel.name, self._outputs.notice)
            self._lane_tasks[key] = asyncio.create_task(work, name=f"notifications {channel.name}")

    # ── news become messages ──────────────────────────────────────────────────────────────────────────────────────

    async def _write(self) -> None:
        while True:
            self._news_came.clear()
            wait_s: float | None = None
            try:
                while self._news:
                    await self._store_some()
                self._say_journal_fault("")
            except StorageError as error:
                self._say_journal_fault(str(error))
                wait_s = AGAIN_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news_came.wait()

    async def _store_some(self) -> None:
        """Plan and store the oldest news; they are forgotten only when their messages are on the disk."""
        chunk = [self._news[number] for number in range(min(CHUNK, len(self._news)))]
        planner, now_us = self._planner(), self._tools.now_us()
        came = [each for each in chunk if each.is_annunciated]
        made, steps = await asyncio.to_thread(_plan, planner, came, now_us)
        await self._put(made)
        if planner.tells_returns():
            gone = [
                each.row for each in chunk if each.event is AlarmEvent.CLEAR and each.row.state not in HIDDEN_STATES
            ]
            told = await self._tools.run(self._told_of, gone)
            await self._put([each for row, people in told for each in planner.gone(row, people, now_us)])
        for row, later in steps:
            if self._is_unacknowledged(row):
                self._escalation.begin(row.occurrence.alarm_id, row.occurrence.activated_us, later)
        for each in chunk:
            if self._news and self._news[0] is each:  # some may have been dropped meanwhile, from the same end
                self._news.popleft()
        self._time_changed.set()

    async def _put(self, made: Sequence[NewNotification]) -> None:
        new = await self._tools.run(self._tools.store.put, made) if made else 0
        if new:
            for channel in {UUID(each.channel) for each in made}:
                if channel in self._lanes:
                    self._lanes[channel].wake()
            self._status_changed.set()

    def _told_of(self, rows: Sequence[AlarmRow]) -> list[tuple[AlarmRow, list[ToldPerson]]]:
        store = self._tools.store
        return [(row, store.told_of(str(row.occurrence.alarm_id), row.occurrence.activated_us)) for row in rows]

    def _is_unacknowledged(self, row: AlarmRow) -> bool:
        present = self._standing.get(row.occurrence.alarm_id)
        return present is not None and present.occurrence == row.occurrence

    # ── what time brings ──────────────────────────────────────────────────────────────────────────────────────────

    async def _watch_time(self) -> None:
        """Send the steps that are due, what was held in quiet hours, and forget what is old."""
        while True:
            self._time_changed.clear()
            now_us = self._tools.now_us()
            wait_s = AGAIN_S
            try:
                await self._tell_due_steps(now_us)
                await self._tell_held(now_us)
                await self._forget(now_us)
                wait_s = await self._until_next(now_us)
            except StorageError as error:
                self._say_journal_fault(str(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._time_changed.wait()

    async def _tell_due_steps(self, now_us: int) -> None:
        planner = self._planner()
        made: list[NewNotification] = []
        due = self._escalation.take_due(now_us)
        for each in due:
            row = self._standing.get(each.alarm_id)
            if row is not None and row.occurrence.activated_us == each.activated_us:
                made += planner.step(row, each.rule_id, each.step, now_us)
        try:
            await self._put(made)
        except StorageError:
            self._take_up(self._standing.values(), min(each.due_us for each in due))
            raise

    async def _tell_held(self, now_us: int) -> None:
        store, run = self._tools.store, self._tools.run
        held = await run(store.held, now_us, HELD_AT_ONCE)
        for _, group in groupby(held, key=lambda row: (row.rule, row.channel, row.recipient)):
            rows: list[NotificationRow] = list(group)
            seqs = [row.seq for row in rows]
            if len(rows) == 1:
                await run(store.release, seqs, now_us)
            else:
                await run(store.merge, seqs, merged(rows, Told.DIGEST, now_us))
        if held:
            self.look_again()

    async def _forget(self, now_us: int) -> None:
        if now_us - self._forgot_us >= DAY_US:
            self._forgot_us = now_us
            await self._tools.run(self._tools.store.forget, now_us - self._settings.kept_days * DAY_US, ROWS_KEPT)

    async def _until_next(self, now_us: int) -> float:
        held_us = await self._tools.run(self._tools.store.next_held_us)
        times = [self._forgot_us + DAY_US, self._escalation.next_us(), held_us]
        return max(0.0, (min(each for each in times if each is not None) - now_us) / 1e6)

    # ── what is told of it ────────────────────────────────────────────────────────────────────────────────────────

    async def _watch_status(self) -> None:
        while True:
            await self._status_changed.wait()
            self._status_changed.clear()
            try:
                counts = await self._tools.run(self._tools.store.counts)
            except StorageError as error:
                counts, self._journal_fault = {}, str(error)
            dead = counts.get(OutgoingState.DEAD, 0)
            held, waiting = counts.get(OutgoingState.HELD, 0), counts.get(OutgoingState.WAITING, 0)
            status = OutgoingStatus(waiting, held, dead, self._fault_words(dead))
            if status != self._status:
                self._status = status
                self._outputs.put(status)
            if status.fault != self._reported:
                self._reported = status.fault
                self._outputs.report(FAULT_KEY, status.fault)

    def _fault_words(self, dead: int) -> str:
        faults = [f"{lane.channel.name}: {lane.fault}" for lane in self._lanes.values() if lane.fault]
        if dead:
            faults.append(tr("Messages given up: {count}; see Setup, Notifications.").format(count=dead))
        if self._lost:
            faults.append(tr("Alarms never told, for the journal refused too long: {count}.").format(count=self._lost))
        return " ".join([*faults, *filter(None, (self._settings_fault, self._journal_fault))])

    def _say_journal_fault(self, fault: str) -> None:
        if fault != self._journal_fault:
            if fault:
                _log.warning("messages cannot be stored", reason=fault)
            self._journal_fault = fault
            self._status_changed.set()


def _plan(
    planner: Planner, came: Sequence[AlarmNews], now_us: int
) -> tuple[list[NewNotification], list[tuple[AlarmRow, list[tuple[int, UUID, int]]]]]:
    """Return the messages of alarms that came, and their later steps."""
    made = [message for each in came for message in planner.came(each.row, each.at_us, now_us)]
    return made, [(each.row, list(planner.later(each.row))) for each in came]
