"""Alarm records: what is alarmed, how it is detected, and what rationalisation says of it (ISA-18.2, clause 10)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

from hmi.domain.alarms.machine import Traits


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
    DEVIATION = "deviation"
    RATE_OF_CHANGE = "rate_of_change"
    DISCRETE = "discrete"
    DISCREPANCY = "discrepancy"
    QUALITY = "quality"
    STALE = "stale"
    COMMUNICATION = "communication"
    SYSTEM = "system"
    MIRRORED = "mirrored"


LIMIT_TYPES: Final = (AlarmType.HIGH_HIGH, AlarmType.HIGH, AlarmType.LOW, AlarmType.LOW_LOW)
"""Types whose limit is a value of the tag, from the top down."""

PROCESS_TYPES: Final = frozenset({*LIMIT_TYPES, AlarmType.DEVIATION, AlarmType.RATE_OF_CHANGE, AlarmType.DISCRETE})
"""Types that a tag's value raises; a value that is not trusted freezes them."""

TYPE_LABELS: Final = {
    AlarmType.HIGH_HIGH: "High-high",
    AlarmType.HIGH: "High",
    AlarmType.LOW: "Low",
    AlarmType.LOW_LOW: "Low-low",
    AlarmType.DEVIATION: "Deviation",
    AlarmType.RATE_OF_CHANGE: "Rate of change",
    AlarmType.DISCRETE: "State",
    AlarmType.DISCREPANCY: "Discrepancy",
    AlarmType.QUALITY: "Quality",
    AlarmType.STALE: "No update",
    AlarmType.COMMUNICATION: "Communication",
    AlarmType.SYSTEM: "System",
    AlarmType.MIRRORED: "Server's own",
}


@dataclass(frozen=True, slots=True)
class AlarmDefinition:
    """One alarm record.

    subject: the id of its tag; of its connection for communication, of its control for discrepancy alarms; its own
    for those of the program itself. Delays in seconds of event time. limit, deadband: in the tag's unit, but

    - deviation: the distance from the setpoint, which is the tag `setpoint`;
    - rate of change: unit per minute, over a window of window_s;
    - discrete: the state (0 or 1) that is not normal;
    - stale: how many periods of window_s without an update.

    suppression: an expression over tags (hmi.domain.expressions), empty for none; while it is true the alarm is
    suppressed by design. respond_s: the time an operator has before the consequence, 0 when nobody said.
    shelve_most_s: the longest that it may be shelved. approved_us: UTC µs, 0 for a record that nobody approved.
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
    setpoint: UUID | None = None
    window_s: float = 60.0
    cause: str = ""
    respond_s: float = 0.0
    alarm_class: str = ""
    is_latching: bool = False
    needs_acknowledgement: bool = True
    needs_comment: bool = False
    may_shelve: bool = True
    shelve_most_s: float = 28_800.0
    suppression: str = ""
    owner: str = ""
    advice: str = ""
    display: str = ""
    revision: int = 1
    approved_by: str = ""
    approved_us: int = 0

    @property
    def traits(self) -> Traits:
        """What the state machine must know."""
        is_alarm = not self.is_event
        return Traits(
            self.is_latching and is_alarm,
            self.needs_acknowledgement and is_alarm,
            self.shelve_most_s if self.may_shelve else 0.0,
        )

    @property
    def is_event(self) -> bool:
        """Whether nobody could do anything about it: it is written down, not annunciated (ISA-18.2, 3.1.2)."""
        return not self.action.strip()


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One activation of one alarm: the same name for it on every workstation. activated_us: UTC µs."""

    alarm_id: UUID
    activated_us: int
