"""Alarms as ISA-18.2 knows them: the records that define them, and the state machine that each one runs."""

from hmi.domain.alarms.machine import (
    ACTIVE_STATES,
    HIDDEN_STATES,
    LISTED_STATES,
    UNACKNOWLEDGED_STATES,
    AlarmEvent,
    AlarmRefusedError,
    AlarmState,
    AlarmStatus,
    AlarmStep,
    Happening,
    Traits,
    step,
)
from hmi.domain.alarms.records import (
    LIMIT_TYPES,
    PROCESS_TYPES,
    TYPE_LABELS,
    AlarmDefinition,
    AlarmType,
    Occurrence,
    Priority,
)

__all__ = [
    "ACTIVE_STATES",
    "HIDDEN_STATES",
    "LIMIT_TYPES",
    "LISTED_STATES",
    "PROCESS_TYPES",
    "TYPE_LABELS",
    "UNACKNOWLEDGED_STATES",
    "AlarmDefinition",
    "AlarmEvent",
    "AlarmRefusedError",
    "AlarmState",
    "AlarmStatus",
    "AlarmStep",
    "AlarmType",
    "Happening",
    "Occurrence",
    "Priority",
    "Traits",
    "step",
]
