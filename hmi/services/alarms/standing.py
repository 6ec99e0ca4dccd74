"""Every alarm that is, or was, not normal: events through the state machine, and what each left to be written down.

A person's event is worked out, written into the journal, and only then believed; what the plant does to the same alarm
meanwhile waits those few milliseconds, so that the journal's order is the order in which things took effect.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from hmi.domain.alarms import (
    HIDDEN_STATES,
    AlarmDefinition,
    AlarmEvent,
    AlarmRefusedError,
    AlarmState,
    AlarmStatus,
    AlarmStep,
    Happening,
    Occurrence,
    Traits,
    step,
)
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.places import Place
from hmi.services.port import AlarmRow, Mark
from hmi.services.port.alarm_rows import order_of
from hmi.storage.journal.alarm_events import AlarmEventRow, Regions

ACTIVATIONS_KEPT: Final = 8
NAN: Final = float("nan")
_ACTIVE, _ACKNOWLEDGED, _LATCHED, _ONE_SHOT, _SUPPRESSED, _OUT_OF_SERVICE = (int(each) for each in Regions)
"""Plain numbers: a flood makes tens of thousands of rows, and a flag of enum costs a microsecond each time."""

HIDING: Final = frozenset({AlarmEvent.SHELVE, AlarmEvent.ONE_SHOT, AlarmEvent.REMOVE})


@dataclass(slots=True)
class Alarm:
    """What is remembered of one alarm. record: the number of its words in the journal."""

    definition: AlarmDefinition
    traits: Traits
    place: Place
    record: int | None = None
    status: AlarmStatus = AlarmStatus()  # noqa: RUF009  # frozen
    value: float = NAN
    cleared_us: int = 0
    acknowledged_us: int = 0
    acknowledged_by: str = ""
    comment: str = ""
    hidden_by: str = ""
    hidden_why: str = ""
    hidden_us: int = 0
    detail: str = ""
    marks: Mark = Mark(0)  # noqa: RUF009  # frozen
    suppressors: set[str] = field(default_factory=set)
    activations: deque[int] = field(default_factory=lambda: deque(maxlen=ACTIVATIONS_KEPT))
    waiting: list[Event] | None = None
    """While a person's event is being written: what the plant did meanwhile."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens to an alarm: the machine's part, and what else is to be remembered."""

    alarm_id: UUID
    happening: Happening
    value: float = NAN
    user: str = ""
    comment: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of one alarm, and its row for the journal."""

    alarm: Alarm
    event: Event
    row: AlarmEventRow
    is_annunciated: bool
    before: AlarmState


class Standing:
    """The alarms of one catalogue. I/O thread only."""

    def __init__(self) -> None:
        self._alarms: dict[UUID, Alarm] = {}
        self._left: dict[UUID, Alarm] = {}
        self._definitions: Mapping[UUID, AlarmDefinition] = {}
        self._places: Mapping[UUID, Place] = {}
        self._records: Mapping[str, int] = {}

    def apply(self, catalogue: Catalogue, places: Mapping[UUID, Place], records: Mapping[str, int]) -> list[UUID]:
        """Take a catalogue; standing alarms keep their state, those that are gone from it are returned.

        records: the number that the words of each alarm have in the journal.
        """
        self._definitions = catalogue.every_alarm_by_id
        self._places = places
        self._records = records
        gone = [alarm_id for alarm_id in self._alarms if alarm_id not in self._definitions]
        for alarm_id in gone:
            self._left[alarm_id] = self._alarms.pop(alarm_id)
        for alarm_id in [each for each in self._left if each in self._definitions]:
            self._alarms[alarm_id] = self._left.pop(alarm_id)  # as a restart would take it up from the journal
        for alarm_id, alarm in self._alarms.items():
            alarm.definition = self._definitions[alarm_id]
            alarm.traits = alarm.definition.traits
            alarm.place = self._places[alarm_id]
            alarm.record = records.get(str(alarm_id))
        return gone

    def __iter__(self) -> Iterator[Alarm]:
        return iter(self._alarms.values())

    def known(self, alarm_id: UUID) -> Alarm | None:
        """Return an alarm that was ever not normal."""
        return self._alarms.get(alarm_id)

    def station_of(self, alarm_id: UUID) -> UUID | None:
        """Return the station that an alarm is at; None for a link's, the program's own, and one that is not there."""
        place = self._places.get(alarm_id)
        return place.station_id if place is not None else None

    def find(self, alarm_id: UUID) -> Alarm | None:
        """Return an alarm of the catalogue; None for one that is not in it."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None and (definition := self._definitions.get(alarm_id)) is not None:
            alarm = self._alarms[alarm_id] = Alarm(
                definition, definition.traits, self._places[alarm_id], self._records.get(str(alarm_id))
            )
        return alarm

    def happen(self, event: Event) -> Changed | None:
        """Let the plant or a timer do something; None where nothing changed, now or yet."""
        alarm = self.find(event.alarm_id)
        if alarm is None:
            return None
        if alarm.waiting is not None:
            alarm.waiting.append(event)
            return None
        try:
            taken = step(alarm.status, event.happening, alarm.traits)
        except AlarmRefusedError:
            return None  # nobody asked for it: a shelving that is over when its time comes
        return self._take(alarm, event, taken)

    def propose(self, event: Event, traits: Traits) -> AlarmEventRow:
        """Return the row that a person's event would leave, and hold the alarm still until `finish` or `drop`.

        Raises AlarmRefusedError.
        """
        alarm = self.find(event.alarm_id)
        if alarm is None:
            raise AlarmRefusedError("This alarm is no longer there.")
        if alarm.waiting is not None:
            raise AlarmRefusedError("Somebody is just doing something to this alarm; try again.")
        taken = step(alarm.status, event.happening, traits)
        if taken.status == alarm.status:
            raise AlarmRefusedError("This changes nothing: the alarm is so already.")
        alarm.waiting = []
        return _row_of(alarm, event, taken)

    def finish(self, event: Event, traits: Traits) -> Iterable[Changed]:
        """Take a proposed event, now that the journal has it, and what waited behind it."""
        alarm = self._alarms.get(event.alarm_id)
        if alarm is None:
            return
        waiting, alarm.waiting = alarm.waiting or [], None
        yield self._take_step(alarm, event, step(alarm.status, event.happening, traits))
        yield from self._resume(waiting)

    def drop(self, alarm_ids: Iterable[UUID]) -> Iterable[Changed]:
        """Let go of proposed events that the journal refused; what waited takes effect."""
        for alarm_id in alarm_ids:
            alarm = self._alarms.get(alarm_id)
            if alarm is not None and alarm.waiting is not None:
                waiting, alarm.waiting = alarm.waiting, None
                yield from self._resume(waiting)

    def restore(self, alarm_id: UUID, status: AlarmStatus, rows: Sequence[AlarmEventRow]) -> None:
        """Take up an alarm as the journal left it. rows: of its present occurrence and its hiding, oldest first."""
        alarm = self.find(alarm_id)
        if alarm is None:
            return
        alarm.status = status
        for row in rows:
            event = AlarmEvent(row.event)
            _remember(alarm, event, row.at_us, NAN if row.value is None else row.value, row.user, row.comment)
        if status.state not in HIDDEN_STATES:
            alarm.hidden_by, alarm.hidden_why, alarm.hidden_us = "", "", 0

    def _resume(self, waiting: Iterable[Event]) -> Iterator[Changed]:
        for event in waiting:
            if (changed := self.happen(event)) is not None:
                yield changed

    def _take(self, alarm: Alarm, event: Event, taken: AlarmStep) -> Changed | None:
        return None if taken.status == alarm.status else self._take_step(alarm, event, taken)

    def _take_step(self, alarm: Alarm, event: Event, taken: AlarmStep) -> Changed:
        row, before = _row_of(alarm, event, taken), alarm.status.state
        is_new = taken.status.activated_us != alarm.status.activated_us
        alarm.status = taken.status
        if is_new:
            alarm.acknowledged_us, alarm.acknowledged_by, alarm.comment = 0, "", ""
            alarm.cleared_us = 0
        happening = event.happening
        said = event.comment or event.detail
        _remember(alarm, happening.event, happening.at_us, event.value, event.user, said)
        if taken.status.state not in HIDDEN_STATES:
            alarm.hidden_by, alarm.hidden_why, alarm.hidden_us = "", "", 0
        if taken.is_annunciated:
            alarm.activations.append(happening.at_us)
        return Changed(alarm, event, row, taken.is_annunciated, before)


def row_of(alarm: Alarm) -> AlarmRow:
    """Return an alarm as a window sees it."""
    status, place = alarm.status, alarm.place
    state = status.state
    return AlarmRow(
        Occurrence(alarm.definition.id, status.activated_us),
        state,
        alarm.definition,
        place.tag,
        place.station_id,
        place.source,
        place.text,
        alarm.value,
        status.is_active,
        alarm.cleared_us,
        alarm.acknowledged_us,
        alarm.acknowledged_by,
        alarm.comment,
        alarm.marks,
        status.shelved_until_us,
        status.is_one_shot,
        alarm.hidden_by,
        alarm.hidden_why,
        alarm.hidden_us,
        alarm.detail,
        order=order_of(state, alarm.definition.priority, status.is_active, status.activated_us),
    )


def regions_of(status: AlarmStatus) -> int:
    """Return the bits that the journal keeps of a status, see Regions."""
    return (
        (_ACTIVE if status.is_active else 0)
        | (_ACKNOWLEDGED if status.is_acknowledged else 0)
        | (_LATCHED if status.is_latched else 0)
        | (_ONE_SHOT if status.is_one_shot else 0)
        | (_SUPPRESSED if status.is_suppressed else 0)
        | (_OUT_OF_SERVICE if status.is_out_of_service else 0)
    )


def status_of(row: AlarmEventRow) -> AlarmStatus:
    """Return the status that a row left. Raises ValueError for a row that says two things."""
    bits = int(row.regions)
    status = AlarmStatus(
        bool(bits & _ACTIVE),
        bool(bits & _ACKNOWLEDGED),
        bool(bits & _LATCHED),
        int(row.until_us),
        bool(bits & _ONE_SHOT),
        bool(bits & _SUPPRESSED),
        bool(bits & _OUT_OF_SERVICE),
        int(row.activated_us),
    )
    if status.state is not AlarmState(row.state):
        raise ValueError(f"{row.state} is not what {Regions(bits)!r} show")
    AlarmEvent(row.event)
    return status


def _row_of(alarm: Alarm, event: Event, taken: AlarmStep) -> AlarmEventRow:
    status, happening = taken.status, event.happening
    value = event.value if event.value == event.value else alarm.value  # NaN is unlike itself
    return AlarmEventRow(
        happening.at_us,
        str(alarm.definition.id),
        status.activated_us,
        happening.event.value,
        status.state.value,
        value if value == value else None,  # NaN has no place in SQLite
        event.user,
        event.comment or event.detail,
        regions_of(status),
        status.shelved_until_us,
        int(taken.is_annunciated),
        alarm.record,
    )


def _remember(alarm: Alarm, event: AlarmEvent, at_us: int, value: float, user: str, comment: str) -> None:
    """Keep what an event says about its alarm beside its state."""
    if event is AlarmEvent.ACTIVATE:
        alarm.value, alarm.cleared_us = value, 0
        alarm.detail = comment
    elif event is AlarmEvent.CLEAR:
        alarm.cleared_us = at_us
    elif event is AlarmEvent.ACKNOWLEDGE:
        alarm.acknowledged_us, alarm.acknowledged_by = at_us, user
    elif event in HIDING:
        alarm.hidden_by, alarm.hidden_why, alarm.hidden_us = user, comment, at_us
    elif event is AlarmEvent.SUPPRESS:
        alarm.hidden_by, alarm.hidden_why, alarm.hidden_us = "", comment, at_us
    if comment and event not in HIDING and user:
        alarm.comment = comment
