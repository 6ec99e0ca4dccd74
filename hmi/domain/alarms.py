"""Alarms: definitions, and the state machine of one alarm (ISA-18.2-2016, 5.2; IEC 62682).

The table is the machine. Rows are states, columns are events; a pair that is missing is refused and changes nothing:

    state   | ACTIVATE | CLEAR | ACKNOWLEDGE
    NORM    | UNACK    | –     | refused
    UNACK   | –        | RTNUN | ACKED
    ACKED   | –        | NORM  | refused
    RTNUN   | UNACK    | –     | NORM

("–": the event is without effect, the state stays.)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID


class Priority(IntEnum):
    """How soon an operator must act; 1 is the most urgent."""

    CRITICAL = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4


class AlarmType(StrEnum):
    """What raises an alarm."""

    HIGH_HIGH = "high_high"
    HIGH = "high"
    LOW = "low"
    LOW_LOW = "low_low"
    DISCRETE = "discrete"
    COMMUNICATION = "communication"


RISING: Final = frozenset({AlarmType.HIGH_HIGH, AlarmType.HIGH, AlarmType.DISCRETE})
"""Types that are raised at or above their limit; low types are raised at or below it."""

TYPE_LABELS: Final = {
    AlarmType.HIGH_HIGH: "High-high",
    AlarmType.HIGH: "High",
    AlarmType.LOW: "Low",
    AlarmType.LOW_LOW: "Low-low",
    AlarmType.DISCRETE: "State",
    AlarmType.COMMUNICATION: "Communication",
}


@dataclass(frozen=True, slots=True)
class AlarmDefinition:
    """One alarm record.

    subject: the id of its tag, or of its connection for communication alarms. limit, deadband: in the tag's unit.
    Delays in seconds of event time.
    """

    id: UUID
    subject: UUID
    type: AlarmType
    priority: Priority
    limit: float = 1.0
    deadband: float = 0.0
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    consequence: str = ""
    action: str = ""


class AlarmState(StrEnum):
    """What is shown of an alarm."""

    NORM = "NORM"
    UNACK = "UNACK"
    ACKED = "ACKED"
    RTNUN = "RTNUN"


class AlarmEvent(StrEnum):
    """What can happen to an alarm."""

    ACTIVATE = "ACTIVATE"
    CLEAR = "CLEAR"
    ACKNOWLEDGE = "ACKNOWLEDGE"


TRANSITIONS: Final[dict[tuple[AlarmState, AlarmEvent], AlarmState]] = {
    (AlarmState.NORM, AlarmEvent.ACTIVATE): AlarmState.UNACK,
    (AlarmState.NORM, AlarmEvent.CLEAR): AlarmState.NORM,
    (AlarmState.UNACK, AlarmEvent.ACTIVATE): AlarmState.UNACK,
    (AlarmState.UNACK, AlarmEvent.CLEAR): AlarmState.RTNUN,
    (AlarmState.UNACK, AlarmEvent.ACKNOWLEDGE): AlarmState.ACKED,
    (AlarmState.ACKED, AlarmEvent.ACTIVATE): AlarmState.ACKED,
    (AlarmState.ACKED, AlarmEvent.CLEAR): AlarmState.NORM,
    (AlarmState.RTNUN, AlarmEvent.ACTIVATE): AlarmState.UNACK,
    (AlarmState.RTNUN, AlarmEvent.CLEAR): AlarmState.RTNUN,
    (AlarmState.RTNUN, AlarmEvent.ACKNOWLEDGE): AlarmState.NORM,
}

REFUSALS: Final = {
    AlarmState.NORM: "The alarm has already gone.",
    AlarmState.ACKED: "The alarm is already acknowledged.",
}


class AlarmRefusedError(Exception):
    """An event that the machine refuses in this state; its text is the reason for the operator."""


def step(state: AlarmState, event: AlarmEvent) -> AlarmState:
    """Return the state after the event. Raises AlarmRefusedError, and then nothing has changed."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise AlarmRefusedError(REFUSALS[state]) from None


ACTIVE_STATES: Final = frozenset({AlarmState.UNACK, AlarmState.ACKED})
UNACKNOWLEDGED_STATES: Final = frozenset({AlarmState.UNACK, AlarmState.RTNUN})


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One activation of one alarm: the same name for it on every workstation. activated_us: UTC µs."""

    alarm_id: UUID
    activated_us: int
