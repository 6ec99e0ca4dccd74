"""The alarm engine: edges and acknowledgements through the state machine, into the journal, onto the screen.

What the plant does is shown at once and journalled right behind; what a person does is accepted only once the journal
has it. All on the I/O thread; the commits on the journal thread, in order.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import structlog

from drivers.api import Batch, LinkState, Quality
from hmi.domain.alarms import (
    ACTIVE_STATES,
    UNACKNOWLEDGED_STATES,
    AlarmDefinition,
    AlarmEvent,
    AlarmRefusedError,
    AlarmState,
    AlarmType,
    Occurrence,
    step,
)
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import User
from hmi.domain.tags import Tag
from hmi.services.background import keep_running
from hmi.services.detection import Edge, LimitDetector
from hmi.services.journal import JournalThread
from hmi.services.port import AlarmRow, LinkStatus, RefusedError
from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import AlarmEventRow, Journal

TIMER_S: Final = 0.25
JOURNAL_WAIT_S: Final = 3.0
WAITING_ROWS: Final = 100_000
TRUSTED: Final = frozenset({Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED})

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Alarm:
    """What is remembered of one alarm that is, or was, not normal."""

    definition: AlarmDefinition
    state: AlarmState = AlarmState.NORM
    activated_us: int = 0
    value: float = float("nan")
    cleared_us: int = 0
    acknowledged_us: int = 0
    acknowledged_by: str = ""


class AlarmEngine:
    """Keeps every alarm's state."""

    def __init__(
        self,
        journal: Journal,
        thread: JournalThread,
        quality_of: Callable[[int], Quality],
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """quality_of: a tag's present quality. tell: shows the operator a sentence."""
        self._tell = tell
        self._quality_of = quality_of
        self._journal = journal
        self._thread = thread
        self._catalogue = Catalogue()
        self._detector = LimitDetector((), ())
        self._alarms: dict[UUID, _Alarm] = {}
        self._link_down_us: dict[UUID, int] = {}
        self._untrusted: frozenset[int] = frozenset()
        self._restored: dict[UUID, AlarmEventRow] = {}
        self._queue: asyncio.Queue[AlarmEventRow] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._on_change: Callable[[], None] = lambda: None
        self.raised = 0
        self.journal_note = ""
        self.journal_lost = 0

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener after each change of the list."""
        self._on_change = listener

    async def start(self, catalogue: Catalogue) -> None:
        """Take up the alarms as the journal left them, then begin to watch."""
        rows = await self._thread.run(self._journal.last_alarm_events)
        self._restored = {UUID(row.alarm_id): row for row in rows}
        await self.apply(catalogue)
        self._tasks = [
            asyncio.create_task(keep_running(work, name, self._tell), name=name)
            for name, work in (("alarm journal", self._write_journal), ("alarm timers", self._watch_timers))
        ]

    async def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue; standing alarms keep their state, those of deleted tags go."""
        self._catalogue = catalogue
        self._detector = LimitDetector(catalogue.tags, catalogue.alarms)
        known = catalogue.alarm_by_id
        self._alarms = {
            alarm_id: replace(alarm, definition=known[alarm_id])
            for alarm_id, alarm in self._alarms.items()
            if alarm_id in known
        }
        for alarm_id in [key for key in self._restored if key in known]:
            await self._restore(known[alarm_id], self._restored.pop(alarm_id))
        for alarm_id, alarm in self._alarms.items():
            if alarm.state in ACTIVE_STATES:
                self._detector.set_active(alarm_id)
        self._on_change()

    async def stop(self) -> None:
        """Write down what waits and end."""
        try:
            async with asyncio.timeout(JOURNAL_WAIT_S):
                await self._queue.join()
        except TimeoutError:
            _log.error("alarm journal incomplete", rows=self._queue.qsize(), reason=self.journal_note)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def process(self, batch: Batch) -> None:
        """Take a batch in engineering units."""
        self._take_edges(self._detector.process(batch))

    def link_changed(self, status: LinkStatus, _tags: Sequence[Tag]) -> None:
        """Note a link that went or came; its one alarm follows after its delay."""
        is_down = status.state not in (LinkState.UP, LinkState.DEGRADED, LinkState.DISABLED)
        if is_down:
            self._link_down_us.setdefault(status.connection_id, time.time_ns() // 1000)
            return
        self._link_down_us.pop(status.connection_id, None)
        self._take_edges([Edge(status.connection_id, False, time.time_ns() // 1000, 0.0)])

    async def acknowledge(self, occurrences: Sequence[Occurrence], user: User, comment: str) -> int:
        """Acknowledge what was seen; return how many were, once the journal has them. Raises RefusedError for none."""
        now_us = time.time_ns() // 1000
        accepted: list[tuple[_Alarm, AlarmState]] = []
        reasons: list[str] = []
        for occurrence in occurrences:
            alarm = self._alarms.get(occurrence.alarm_id)
            if alarm is None or alarm.activated_us != occurrence.activated_us:
                reasons.append("The alarm has come anew since; look at it again.")
                continue
            try:
                accepted.append((alarm, step(alarm.state, AlarmEvent.ACKNOWLEDGE)))
            except AlarmRefusedError as error:
                reasons.append(str(error))
        if not accepted:
            raise RefusedError(reasons[0] if reasons else "No alarm was selected.")
        rows = [
            AlarmEventRow(
                now_us,
                str(alarm.definition.id),
                alarm.activated_us,
                AlarmEvent.ACKNOWLEDGE,
                state,
                _number(alarm.value),
                user.name,
                comment,
            )
            for alarm, state in accepted
        ]
        await self._commit(rows)
        for row in rows:
            self._finish_acknowledgement(row)
        self._on_change()
        return len(accepted)

    def _finish_acknowledgement(self, row: AlarmEventRow) -> None:
        """Take the step that the journal has accepted, from where the alarm is now: the plant did not wait for it."""
        alarm = self._alarms.get(UUID(row.alarm_id))
        if alarm is None or alarm.activated_us != row.activated_us or alarm.state not in UNACKNOWLEDGED_STATES:
            return  # gone, or come anew since: the new occurrence has been seen by nobody
        alarm.state = step(alarm.state, AlarmEvent.ACKNOWLEDGE)
        alarm.acknowledged_us, alarm.acknowledged_by = row.at_us, row.user
        if alarm.state != row.state:
            # It cleared while the disk was busy; the journal's last word must be the state it is in.
            self._note(replace(row, at_us=time.time_ns() // 1000, state=alarm.state))

    def rows(self) -> tuple[AlarmRow, ...]:
        """Return what is not normal: unacknowledged first, then by priority, active before gone, newest first."""
        standing = [alarm for alarm in self._alarms.values() if alarm.state is not AlarmState.NORM]
        standing.sort(
            key=lambda alarm: (
                alarm.state not in UNACKNOWLEDGED_STATES,
                alarm.definition.priority,
                alarm.state is AlarmState.RTNUN,  # of two that wait, the one that is still there comes first
                -alarm.activated_us,
            )
        )
        return tuple(self._row(alarm) for alarm in standing)

    def _take_edges(self, edges: Sequence[Edge]) -> None:
        has_changed = False
        for edge in edges:
            has_changed |= self._take_edge(edge)
        if has_changed:
            self._on_change()

    def _take_edge(self, edge: Edge) -> bool:
        alarm = self._alarms.get(edge.alarm_id)
        if alarm is None:
            definition = self._catalogue.alarm_by_id.get(edge.alarm_id)
            if definition is None or not edge.is_raised:
                return False
            alarm = self._alarms[edge.alarm_id] = _Alarm(definition)
        event = AlarmEvent.ACTIVATE if edge.is_raised else AlarmEvent.CLEAR
        before, alarm.state = alarm.state, step(alarm.state, event)
        if alarm.state is before:
            return False
        if edge.is_raised:
            self.raised += 1
            alarm.activated_us, alarm.value = edge.at_us, edge.value
            alarm.cleared_us = alarm.acknowledged_us = 0
            alarm.acknowledged_by = ""
        else:
            alarm.cleared_us = edge.at_us
        self._note(
            AlarmEventRow(edge.at_us, str(edge.alarm_id), alarm.activated_us, event, alarm.state, _number(edge.value))
        )
        return True

    def _note(self, row: AlarmEventRow) -> None:
        """Hand a row to the journal; when it has refused for long the rows beyond a bound are counted, not kept."""
        if self._queue.qsize() < WAITING_ROWS:
            self._queue.put_nowait(row)
        else:
            self.journal_lost += 1

    async def _watch_timers(self) -> None:
        while True:
            await asyncio.sleep(TIMER_S)
            now_us = time.time_ns() // 1000
            edges = self._detector.due(now_us)
            for connection_id, since_us in self._link_down_us.items():
                definition = self._catalogue.alarm_by_id.get(connection_id)
                if definition and now_us - since_us >= definition.on_delay_s * 1e6:
                    edges.append(Edge(connection_id, True, since_us, 0.0))
            self._take_edges(edges)
            self._look_at_trust()

    def _look_at_trust(self) -> None:
        """Find standing alarms whose value is no longer, or again, trusted."""
        standing = {row.tag for row in self.rows() if row.tag >= 0}
        untrusted = frozenset(tag for tag in standing if self._quality_of(tag) not in TRUSTED)
        if untrusted != self._untrusted:
            self._untrusted = untrusted
            self._on_change()

    async def _write_journal(self) -> None:
        """Commit what waits, together. A journal that refuses is tried again; its rows wait in memory."""
        while True:
            rows = [await self._queue.get()]
            while not self._queue.empty():
                rows.append(self._queue.get_nowait())
            while True:
                try:
                    await self._thread.run(self._journal.append_alarm_events, rows)
                    self.journal_note = ""
                    break
                except StorageError as error:
                    if not self.journal_note:
                        _log.error("alarm journal refuses", reason=str(error))
                    self.journal_note = str(error)
                    await asyncio.sleep(1.0)
            for _ in rows:
                self._queue.task_done()

    async def _commit(self, rows: Sequence[AlarmEventRow]) -> None:
        try:
            async with asyncio.timeout(JOURNAL_WAIT_S):
                await self._queue.join()  # an acknowledgement never overtakes the activation it answers
            await self._thread.run(self._journal.append_alarm_events, rows)
        except TimeoutError:
            raise RefusedError(self.journal_note or "The journal is busy; try again.") from None
        except StorageError as error:
            raise RefusedError(str(error)) from error

    async def _restore(self, definition: AlarmDefinition, row: AlarmEventRow) -> None:
        state = AlarmState(row.state)
        if state is AlarmState.NORM:
            return
        value = await self._thread.run(self._journal.value_at_activation, row.alarm_id, row.activated_us)
        alarm = _Alarm(definition, state, row.activated_us, float("nan") if value is None else value)
        if state is AlarmState.RTNUN:
            alarm.cleared_us = row.at_us
        if state is AlarmState.ACKED:
            found = await self._thread.run(self._journal.acknowledgements, row.alarm_id, row.activated_us)
            if found:
                alarm.acknowledged_us, alarm.acknowledged_by = found[-1].at_us, found[-1].user
        self._alarms[definition.id] = alarm

    def _row(self, alarm: _Alarm) -> AlarmRow:
        definition, catalogue = alarm.definition, self._catalogue
        tag = catalogue.tag_by_id.get(definition.subject)
        connection = catalogue.connection_by_id.get(definition.subject)
        return AlarmRow(
            occurrence=Occurrence(definition.id, alarm.activated_us),
            state=alarm.state,
            priority=definition.priority,
            type=definition.type,
            tag=tag.index if tag else -1,
            station_id=tag.station_id if tag else None,
            source=catalogue.station_by_id[tag.station_id].name if tag else (connection.name if connection else ""),
            text=_text(definition, tag),
            value=alarm.value,
            limit=definition.limit,
            cleared_us=alarm.cleared_us,
            acknowledged_us=alarm.acknowledged_us,
            acknowledged_by=alarm.acknowledged_by,
            is_value_trusted=tag is None or tag.index not in self._untrusted,
            consequence=definition.consequence,
            action=definition.action,
        )


def _text(definition: AlarmDefinition, tag: Tag | None) -> str:
    if tag is None:
        return "Link lost"
    words = {
        AlarmType.HIGH_HIGH: "very high",
        AlarmType.HIGH: "high",
        AlarmType.LOW: "low",
        AlarmType.LOW_LOW: "very low",
    }
    if definition.type is AlarmType.DISCRETE:
        state = tag.revision.states[1]
        return tag.name if state.casefold() in tag.name.casefold() else f"{tag.name}: {state}"
    return f"{tag.name} {words[definition.type]}"


def _number(value: float) -> float | None:
    return None if value != value else value  # NaN has no place in SQLite
