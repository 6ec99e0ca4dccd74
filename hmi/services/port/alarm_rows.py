"""Alarms as a window sees them: a row an alarm, and how many come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag, auto
from typing import Final
from uuid import UUID

from hmi.domain.alarms import (
    UNACKNOWLEDGED_STATES,
    AlarmDefinition,
    AlarmState,
    AlarmType,
    Occurrence,
    Priority,
)

NAN: Final = float("nan")


class Mark(IntFlag):
    """What is remarkable about an alarm. FLEETING: it came and went within a minute, unseen."""

    FIRST_OUT = auto()
    CHATTERING = auto()
    FLEETING = auto()
    STALE = auto()
    UNTRUSTED = auto()


NO_MARKS: Final = Mark(0)


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm that is not normal. tag: dense index, −1 for none. Times in UTC µs, 0 for none.

    value: when it was raised. hidden_by, hidden_why, hidden_us: who shelved it or took it out of service.
    detail: what the program itself found. owner, condition: of an alarm that a server owns, its connection and the
    condition's address there.
    """

    occurrence: Occurrence
    state: AlarmState
    definition: AlarmDefinition
    tag: int
    station_id: UUID | None
    source: str
    text: str
    value: float = NAN
    is_active: bool = False
    cleared_us: int = 0
    acknowledged_us: int = 0
    acknowledged_by: str = ""
    comment: str = ""
    marks: Mark = NO_MARKS
    shelved_until_us: int = 0
    is_one_shot: bool = False
    hidden_by: str = ""
    hidden_why: str = ""
    hidden_us: int = 0
    detail: str = ""
    owner: UUID | None = None
    condition: str = ""
    order: int = 0
    """Where it stands in the list, see `order_of`; worked out where rows are made, since windows sort many of them."""

    @property
    def id(self) -> UUID:
        return self.occurrence.alarm_id

    @property
    def priority(self) -> Priority:
        return self.definition.priority

    @property
    def type(self) -> AlarmType:
        return self.definition.type

    @property
    def limit(self) -> float:
        return self.definition.limit

    @property
    def consequence(self) -> str:
        return self.definition.consequence

    @property
    def action(self) -> str:
        return self.definition.action

    @property
    def is_value_trusted(self) -> bool:
        return Mark.UNTRUSTED not in self.marks

    @property
    def respond_by_us(self) -> int:
        """When the time to respond ends; 0 where nobody said how long it is."""
        seconds = self.definition.respond_s
        return self.occurrence.activated_us + round(seconds * 1e6) if seconds else 0


def order_of(state: AlarmState, priority: Priority, is_active: bool, activated_us: int) -> int:
    """Return what a list is sorted by: unacknowledged first, then by priority, what is still there, then the newest."""
    return (((state not in UNACKNOWLEDGED_STATES) * 8 + priority) * 2 + (not is_active) << 64) - activated_us


@dataclass(frozen=True, slots=True)
class AlarmChanges:
    """What changed in the lists of alarms: rows as they are now, and the alarms that are normal again."""

    rows: tuple[AlarmRow, ...] = ()
    gone: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmOverview:
    """How many alarms come. recent: annunciated in the last ten minutes. flood_since_us: UTC µs, 0 for no flood.

    faults: what is wrong with the alarms' own configuration, by alarm.
    """

    recent: int = 0
    flood_since_us: int = 0
    faults: tuple[tuple[UUID, str], ...] = ()
