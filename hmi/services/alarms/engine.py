"""The alarm engine: edges, timers and people's orders through the state machine, into the journal, onto the screen.

What the plant does is shown at once and journalled right behind; what a person does is accepted only once the journal
has it. All on the I/O thread; the commits on the journal thread, in order.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
import structlog

from drivers.api import Batch, LinkState
from hmi.domain.alarms import AlarmEvent, AlarmState, Happening, Occurrence, Priority
from hmi.domain.alarms.implied import system_alarm_id
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import User
from hmi.domain.tags import Tag
from hmi.services.alarms.detection import Detection
from hmi.services.alarms.detectors.detector import HeldOf
from hmi.services.alarms.discrepancy import Discrepancies
from hmi.services.alarms.edges import Edge
from hmi.services.alarms.journal_writer import JournalWriter
from hmi.services.alarms.news import AlarmNews
from hmi.services.alarms.orders import Orders
from hmi.services.alarms.places import Place, fresh_rows, places_of
from hmi.services.alarms.remarks import Qualities, Remarks, calls
from hmi.services.alarms.restoring import Restored, restore
from hmi.services.alarms.standing import Alarm, Changed, Event, Standing, row_of
from hmi.services.alarms.suppressors import Suppressors
from hmi.services.background import keep_running
from hmi.services.database_thread import DatabaseThread
from hmi.services.port import AlarmOverview, AlarmRow, CommandStatus, LinkStatus
from hmi.storage.errors import StorageError
from hmi.storage.journal.alarm_events import AlarmEvents

TIMER_S: Final = 0.25
ROWS_AT_ONCE: Final = 500
"""Of a new catalogue's words: what else the journal is to take waits for one part of them."""
JUMP_US: Final = 10_000_000
"""As far as a source's clock may be from ours: beyond it readings are timed by ours, and jump with it."""
SLOW_TICKS: Final = 4

Changes = Mapping[UUID, AlarmRow | None]
"""Alarms that changed: as they are now, None for one that has nothing to show any more."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the engine must know of the plant. tell: shows the operator a sentence."""

    held: HeldOf
    qualities: Qualities
    tell: Callable[[str], None] = lambda _: None
    now_us: Callable[[], int] = lambda: time.time_ns() // 1000
    steady_us: Callable[[], int] = lambda: time.monotonic_ns() // 1000


class AlarmEngine:
    """Keeps every alarm's state."""

    def __init__(self, events: AlarmEvents, thread: DatabaseThread, around: Surroundings) -> None:
        self._events = events
        self._thread = thread
        self._around = around
        self._catalogue = Catalogue()
        self._detection = Detection(self._catalogue, (), 0)
        self._discrepancies = Discrepancies()
        self._standing = Standing()
        self._suppressors = Suppressors(
            self._standing, self._value_of, lambda tag: around.held(tag).is_linked, around.now_us
        )
        self._remarks = Remarks(self._standing, around.qualities)
        self._restored = Restored()
        self._writer = JournalWriter(events, thread, lambda sentence: self.report("journal", sentence))
        self._orders = Orders(self._standing, self._writer, self._emit)
        self._link_down_us: dict[UUID, int] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._on_changes: Callable[[Changes], None] = lambda _: None
        self._on_overview: Callable[[AlarmOverview], None] = lambda _: None
        self._news_listeners: list[Callable[[Sequence[AlarmNews]], None]] = []
        self._clock_us = (around.now_us(), around.steady_us())
        self._told_errors = ""
        self._overview = AlarmOverview()
        self._places: Mapping[UUID, Place] = {}
        """Of the alarms whose words the journal has."""
        self._records: dict[str, int] = {}

    # ── joining ───────────────────────────────────────────────────────────────────────────────────────────────────

    def on_changes(self, listener: Callable[[Changes], None]) -> None:
        """Call the listener with what changed in the lists."""
        self._on_changes = listener

    def on_overview(self, listener: Callable[[AlarmOverview], None]) -> None:
        """Call the listener when a flood begins or ends, when its count changes, and with faulty records."""
        self._on_overview = listener

    def on_news(self, listener: Callable[[Sequence[AlarmNews]], None]) -> None:
        """Call the listener with every batch of changes."""
        self._news_listeners.append(listener)

    def need_comments(self, priorities: frozenset[Priority]) -> None:
        """Let these be acknowledged with a comment only."""
        self._orders.comment_for = priorities

    @property
    def journal_note(self) -> str:
        """What is wrong with the journal; empty when it records."""
        return self._writer.note

    @property
    def journal_lost(self) -> int:
        """How many changes the journal never got."""
        return self._writer.lost

    @property
    def raised(self) -> int:
        """How many alarms were annunciated since the start."""
        return self._remarks.raised

    async def start(self, catalogue: Catalogue) -> None:
        """Take up the alarms as the journal left them, then begin to watch."""
        try:
            self._restored = await self._thread.run(restore, self._events)
        except StorageError as error:
            _log.error("alarms of the last run not taken up", reason=str(error))
            self._around.tell(f"{error} What stood before the start is not known; look at the plant.")
        if damaged := self._restored.damaged:
            _log.error("damaged rows in the alarm journal", alarms=damaged[:10], count=len(damaged))
            self._around.tell(f"{len(damaged)} alarms have damaged rows in the journal; older rows were taken.")
        self._suppressors.start()
        await self.apply(catalogue)
        self._tasks = [
            asyncio.create_task(keep_running(work, name, self._around.tell), name=name)
            for name, work in (("alarm journal", self._writer.run), ("alarm timers", self._watch_timers))
        ]

    async def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue: what stands keeps its state, what was deleted goes, edited limits are looked at.

        What takes long in a large plant is made ready beside the loop, which goes on with the catalogue before.
        """
        began_us = self._around.now_us()
        made = await asyncio.to_thread(_Prepared, catalogue, self._catalogue, self._places, self._detection, began_us)
        try:
            for start in range(0, len(made.rows), ROWS_AT_ONCE):
                rows = made.rows[start : start + ROWS_AT_ONCE]
                self._records.update(await self._thread.run(self._events.put_records, rows))
            self._places = made.places
        except StorageError as error:  # the alarms themselves must go on; their rows then lack their words
            self._records.clear()
            self._places = {}  # so that the next catalogue has all of them written
            self._around.tell(str(error))
        places, records, now_us = made.places, self._records, self._around.now_us()
        self._look_at_clock(now_us)  # a jump meanwhile is the old detection's, which the new one takes over
        before, self._detection = self._detection, made.detection
        self._catalogue = catalogue
        listed = {alarm.definition.id for alarm in self._standing if _listed(alarm) is not None}
        gone = self._standing.apply(catalogue, places, records)
        self._say_removed(listed)
        self._discrepancies.apply(catalogue)
        self._take_up()
        for alarm in self._standing:
            if alarm.status.is_active:
                self._detection.set_active(alarm.definition.id)
        edges = self._detection.take_over(before, self._around.held, now_us) if self._tasks else []
        self._on_changes({**dict.fromkeys(gone), **{alarm.definition.id: _listed(alarm) for alarm in self._standing}})
        self._take_edges(edges)
        self._happen(self._suppressors.apply(catalogue))
        self._tell_overview()

    async def stop(self) -> None:
        """Write down what waits and end."""
        await self._writer.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ── what the plant does ───────────────────────────────────────────────────────────────────────────────────────

    def process(self, batch: Batch) -> None:
        """Take a batch in engineering units, after the live table has it."""
        now_us = self._around.now_us()
        self._look_at_clock(now_us)
        edges = self._detection.due(now_us)
        edges += self._detection.take(batch)
        self._take_edges(edges)
        self._happen(self._suppressors.values_changed(batch.tag))
        if self._suppressors.faults != dict(self._overview.faults):
            self._tell_overview()
        self._happen(self._discrepancies.process(batch))

    def link_changed(self, status: LinkStatus, _tags: Sequence[Tag]) -> None:
        """Note a link that went or came; its one alarm follows after its delay."""
        is_down = status.state not in (LinkState.UP, LinkState.DEGRADED, LinkState.DISABLED)
        now_us = self._around.now_us()
        self._look_at_clock(now_us)
        if is_down:
            self._link_down_us.setdefault(status.connection_id, now_us)
            return
        self._link_down_us.pop(status.connection_id, None)
        self._take_edges([Edge(self._communication(status.connection_id), False, now_us, float("nan"))])
        # What the link's silence raised ends with it, before it is shown again; of a link that is off nothing is known.
        tags = [tag.index for tag in self._catalogue.tags_of_connection.get(status.connection_id, ())]
        is_off = status.state is LinkState.DISABLED
        self._take_edges(self._detection.link_came(np.array(tags, np.uint32), now_us, is_off=is_off))
        self._happen(self._suppressors.link_came(status.connection_id))

    def command_changed(self, status: CommandStatus) -> None:
        """Note a command's state: one that was not followed is a discrepancy."""
        self._happen(self._discrepancies.command_changed(status, self._around.now_us()))

    def report(self, key: str, sentence: str) -> None:
        """Raise one of the program's own alarms with what is wrong, or clear it with nothing."""
        alarm_id, now_us = system_alarm_id(key), self._around.now_us()
        event = AlarmEvent.ACTIVATE if sentence else AlarmEvent.CLEAR
        alarm = self._standing.known(alarm_id)
        if alarm is not None and alarm.status.is_active and sentence and alarm.detail != sentence:
            alarm.detail = sentence
            self._on_changes({alarm_id: _listed(alarm)})
        self._happen([Event(alarm_id, Happening(event, now_us), detail=sentence)])

    # ── what people do ────────────────────────────────────────────────────────────────────────────────────────────

    async def acknowledge(self, occurrences: Sequence[Occurrence], user: User, comment: str) -> int:
        """Acknowledge what was seen; return how many were, once the journal has them. Raises RefusedError for none."""
        now_us = self._around.now_us()
        return await self._orders.give(
            [
                Event(
                    each.alarm_id,
                    Happening(AlarmEvent.ACKNOWLEDGE, now_us, occurrence_us=each.activated_us),
                    user=user.name,
                    comment=comment,
                )
                for each in occurrences
            ],
            user,
        )

    async def act(self, kind: AlarmEvent, alarms: Sequence[UUID], user: User, comment: str, seconds: float = 0) -> int:
        """Reset, shelve (for so many seconds), unshelve, take out of service or return; as `acknowledge` does."""
        now_us = self._around.now_us()
        happening = Happening(kind, now_us, until_us=now_us + round(seconds * 1e6) if seconds > 0 else 0)
        return await self._orders.give(
            [Event(each, happening, user=user.name, comment=comment) for each in alarms], user
        )

    def station_of(self, alarm_id: UUID) -> UUID | None:
        """Return the station that an alarm is at; None for a link's, the program's own, and one that is not there."""
        return self._standing.station_of(alarm_id)

    def rows(self) -> tuple[AlarmRow, ...]:
        """Return everything that is not normal, in no order."""
        return tuple(row for alarm in self._standing if (row := _listed(alarm)) is not None)

    # ── from events to lists ──────────────────────────────────────────────────────────────────────────────────────

    def _take_edges(self, edges: Sequence[Edge]) -> None:
        if not edges:
            return
        events: list[Event] = []
        for edge in edges:
            if edge.is_raised:
                events += self._suppressors.before_raise(edge)
            kind = AlarmEvent.ACTIVATE if edge.is_raised else AlarmEvent.CLEAR
            events.append(Event(edge.alarm_id, Happening(kind, edge.at_us), edge.value))
        self._happen(events)

    def _happen(self, events: Iterable[Event]) -> None:
        self._emit(changed for event in events if (changed := self._standing.happen(event)) is not None)

    def _emit(self, changes: Iterable[Changed]) -> None:
        """Write changes down, mark what is remarkable, and tell everyone."""
        changed: dict[UUID, AlarmRow | None] = {}
        taken: list[Changed] = []
        now_us = self._around.now_us()
        for change in changes:
            taken.append(change)
            if not change.event.user:
                self._writer.add(change.row)  # a person's is there already
            for alarm in self._remarks.take(change, now_us):
                changed[alarm.definition.id] = _listed(alarm)
            changed[change.alarm.definition.id] = _listed(change.alarm)
        if not taken:
            return
        self._on_changes(changed)
        news = [
            AlarmNews(row_of(each.alarm), each.event.happening.event, each.event.happening.at_us, calls(each))
            for each in taken
            if not each.alarm.definition.is_event
        ]
        for listener in self._news_listeners:
            listener(news)
        if any(calls(each) for each in taken):
            self._tell_overview()

    # ── timers ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _watch_timers(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(TIMER_S)
            ticks += 1
            self.tick(is_slow=not ticks % SLOW_TICKS)

    def tick(self, *, is_slow: bool = True) -> None:
        """Look at everything that time alone brings."""
        now_us = self._around.now_us()
        self._look_at_clock(now_us)
        edges, hidden = self._detection.due(now_us), list[Event]()
        for connection_id, since_us in self._link_down_us.items():
            definition = self._catalogue.every_alarm_by_id.get(self._communication(connection_id))
            if definition and now_us - since_us >= definition.on_delay_s * 1e6:
                edges.append(Edge(definition.id, True, since_us, float("nan")))
                hidden += self._suppressors.link_lost(connection_id)
        self._take_edges(edges)
        self._happen(hidden)
        self._happen(
            [
                Event(alarm.definition.id, Happening(AlarmEvent.TIME, now_us))
                for alarm in self._standing
                if 0 < alarm.status.shelved_until_us <= now_us
            ]
        )
        if is_slow:
            self._look_slowly(now_us)

    def _look_slowly(self, now_us: int) -> None:
        """Once a second: what time brings and takes of marks, the flood, the end of the grace."""
        if changed := self._remarks.look(now_us):
            self._on_changes({alarm.definition.id: _listed(alarm) for alarm in changed})
        self._happen(self._suppressors.end_grace())
        self._tell_overview()

    def _say_removed(self, listed: set[UUID]) -> None:
        """Say that alarms that stood have left the lists by an edit; the journal keeps what happened to them."""
        left = [each for each in listed if (alarm := self._standing.known(each)) is None or _listed(alarm) is None]
        if left:
            self._around.tell(f"{len(left)} alarms that stood have left the lists: their records were changed.")

    def _look_at_clock(self, now_us: int) -> None:
        """Move what waits along when this computer's clock has jumped: no time has passed in the plant."""
        steady_us = self._around.steady_us()
        jump_us = (now_us - self._clock_us[0]) - (steady_us - self._clock_us[1])
        self._clock_us = (now_us, steady_us)
        if abs(jump_us) >= JUMP_US:
            self._detection.clock_jumped(jump_us)
            self._link_down_us = {key: since_us + jump_us for key, since_us in self._link_down_us.items()}

    # ── the rest ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _take_up(self) -> None:
        """Take up what the journal holds of alarms that are in the catalogue now."""
        known, waiting = self._catalogue.every_alarm_by_id, []
        for found in self._restored.found:
            alarm_id = _uuid(found.alarm_id)
            if alarm_id not in known:
                waiting.append(found)
                continue
            self._standing.restore(alarm_id, found.status, found.rows)
            self._suppressors.take_up(alarm_id)
            alarm = self._standing.find(alarm_id)
            if alarm is not None and alarm.status.is_active:
                self._discrepancies.take_up(alarm.definition, alarm.value)
        self._restored = Restored(waiting)

    def _communication(self, connection_id: UUID) -> UUID:
        return self._catalogue.communication_alarm_of.get(connection_id, connection_id)

    def _value_of(self, tag: int) -> float | None:
        held = self._around.held(tag)
        return held.value if held.is_trusted else None

    def _tell_overview(self) -> None:
        self._report_errors()
        faults, flood = self._suppressors.faults, self._remarks.flood
        overview = AlarmOverview(flood.recent, flood.since_us, tuple(sorted(faults.items())))
        if overview == self._overview:
            return
        self._overview = overview
        self._on_overview(overview)

    def _report_errors(self) -> None:
        """Raise or clear the alarm of suppression logic that has an error, once what is known has settled."""
        errors = " ".join(list(self._suppressors.errors.values())[:3])
        if self._suppressors.is_settled and errors != self._told_errors:
            self._told_errors = errors
            self.report("suppression", errors)


class _Prepared:
    """What a catalogue is for alarms, before it is taken; looks at nothing that changes, so any thread may make it."""

    def __init__(
        self,
        catalogue: Catalogue,
        before: Catalogue,
        were: Mapping[UUID, Place],
        detection: Detection,
        now_us: int,
    ) -> None:
        """were: the words that the journal has. detection: that of the catalogue before."""
        self.places = places_of(catalogue, were)
        self.rows = fresh_rows(catalogue, self.places, before, were)
        self.detection = Detection(catalogue, catalogue.every_alarm, now_us)
        self.detection.match(detection)


def _listed(alarm: Alarm) -> AlarmRow | None:
    """Return an alarm's row; None for one that is normal, and for an event, which only the journal tells of."""
    if alarm.status.state is AlarmState.NORM or alarm.definition.is_event:
        return None
    return row_of(alarm)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
