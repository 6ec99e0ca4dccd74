"""Drafts of alarm records, as a form or a file holds them, before they are checked and become part of the plant.

Numbers and lengths of time that were typed are texts; `hmi.config.alarm_checks` says field by field what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Final
from uuid import UUID, uuid4

from hmi.domain.alarms import LIMIT_TYPES, AlarmDefinition, AlarmType, Priority
from hmi.domain.durations import typed_duration
from hmi.domain.language import tr
from hmi.domain.tags import TagKind


@dataclass(frozen=True, slots=True)
class AlarmDraft:
    """One record; the meanings are those of hmi.domain.alarms.AlarmDefinition.

    subject: None while nobody chose one. Fields that end in _s: a length of time as typed, seconds without a unit.
    revision: of the record that the draft was made from, 0 for a new one.
    """

    id: UUID = field(default_factory=uuid4)
    subject: UUID | None = None
    type: AlarmType = AlarmType.HIGH
    priority: Priority = Priority.MEDIUM
    limit: str = ""
    deadband: str = "0"
    on_delay_s: str = "0 s"
    off_delay_s: str = "0 s"
    consequence: str = ""
    action: str = ""
    setpoint: UUID | None = None
    window_s: str = "1 min"
    cause: str = ""
    respond_s: str = "0 s"
    alarm_class: str = ""
    is_latching: bool = False
    needs_acknowledgement: bool = True
    needs_comment: bool = False
    may_shelve: bool = True
    shelve_most_s: str = "8 h"
    suppression: str = ""
    owner: str = ""
    advice: str = ""
    display: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class AlarmFault:
    """What is wrong with one field of a draft; an empty field: with the record as a whole."""

    alarm_id: UUID
    field: str
    sentence: str


FIELDS: Final = tuple(each.name for each in fields(AlarmDraft) if each.name not in ("id", "subject", "revision"))
"""What a form or a file sets."""

NUMBERS: Final = frozenset({"limit", "deadband"})
DURATIONS: Final = frozenset({"on_delay_s", "off_delay_s", "window_s", "respond_s", "shelve_most_s"})
FLAGS: Final = frozenset({"is_latching", "needs_acknowledgement", "needs_comment", "may_shelve"})

PRIORITY_LABELS: Final = {
    Priority.CRITICAL: tr("Critical"),
    Priority.HIGH: tr("High"),
    Priority.MEDIUM: tr("Medium"),
    Priority.LOW: tr("Low"),
}
FIELD_LABELS: Final[Mapping[str, str]] = {
    "subject": tr("Tag"),
    "type": tr("Type"),
    "priority": tr("Priority"),
    "limit": tr("Limit"),
    "deadband": tr("Deadband"),
    "on_delay_s": tr("On delay"),
    "off_delay_s": tr("Off delay"),
    "window_s": tr("Window"),
    "setpoint": tr("Setpoint"),
    "cause": tr("Cause"),
    "consequence": tr("Consequence"),
    "action": tr("Corrective action"),
    "respond_s": tr("Time to respond"),
    "alarm_class": tr("Class"),
    "is_latching": tr("Latching"),
    "needs_acknowledgement": tr("Needs acknowledgement"),
    "needs_comment": tr("Needs a comment"),
    "may_shelve": tr("May be shelved"),
    "shelve_most_s": tr("Shelved at most"),
    "suppression": tr("Suppressed while"),
    "owner": tr("Owner"),
    "advice": tr("Advice"),
    "display": tr("Display"),
}
"""What people call each field, in the order of a form."""

_MEASURING: Final = (*LIMIT_TYPES, AlarmType.DEVIATION, AlarmType.RATE_OF_CHANGE)
_ONLY_OF: Final[Mapping[str, frozenset[AlarmType]]] = {
    "limit": frozenset(
        {*LIMIT_TYPES, AlarmType.DEVIATION, AlarmType.RATE_OF_CHANGE, AlarmType.DISCRETE, AlarmType.STALE}
    ),
    "deadband": frozenset({*LIMIT_TYPES, AlarmType.DEVIATION, AlarmType.RATE_OF_CHANGE}),
    "setpoint": frozenset({AlarmType.DEVIATION}),
    "window_s": frozenset({AlarmType.RATE_OF_CHANGE, AlarmType.STALE}),
}
_MEASURED: Final = (*_MEASURING, AlarmType.QUALITY, AlarmType.STALE)
TYPES_OF: Final[Mapping[TagKind, tuple[AlarmType, ...]]] = {
    TagKind.ANALOG: _MEASURED,
    TagKind.COUNTER: _MEASURED,
    TagKind.DISCRETE: (AlarmType.DISCRETE, AlarmType.QUALITY, AlarmType.STALE),
    TagKind.TEXT: (AlarmType.QUALITY, AlarmType.STALE),
}
"""What may raise an alarm of a tag of a kind."""


def applies(alarm_type: AlarmType, name: str) -> bool:
    """Whether a field means anything for a type."""
    return name not in _ONLY_OF or alarm_type in _ONLY_OF[name]


def alarm_draft_of(alarm: AlarmDefinition) -> AlarmDraft:
    """Return the draft that a record stands for."""
    values = {name: getattr(alarm, name) for name in (*FIELDS, "id", "subject", "revision")}
    for name in NUMBERS:
        values[name] = f"{values[name]:.10g}"
    for name in DURATIONS:
        values[name] = typed_duration(values[name])
    return AlarmDraft(**values)


def duplicate_alarm(draft: AlarmDraft) -> AlarmDraft:
    """Return a draft of another record that says the same."""
    return replace(draft, id=uuid4(), revision=0)
