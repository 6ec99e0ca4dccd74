"""Alarm limits as lines across the chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hmi.domain.alarms import LIMIT_TYPES, TYPE_LABELS, AlarmDefinition, Priority
from hmi.domain.language import tr
from hmi.panes.trend.pens import Pen

MOST_LIMITS: Final = 16


class LimitsOf(StrEnum):
    """Whose limits are drawn. CHOSEN: the emphasised pen's, or the only one's."""

    CHOSEN = "chosen"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Limit:
    """One alarm limit of a pen, in its unit."""

    number: int
    value: float
    priority: Priority
    text: str


def limits_of(pens: Sequence[Pen], alarms: Sequence[Sequence[AlarmDefinition]]) -> tuple[Limit, ...]:
    """Return the limits of pens on value axes; alarms: of each pen's tag, in the same order."""
    found = [
        Limit(pen.number, alarm.limit, alarm.priority, _text(pen, alarm))
        for pen, definitions in zip(pens, alarms, strict=True)
        if not pen.is_lane
        for alarm in definitions
        if alarm.type in LIMIT_TYPES
    ]
    return tuple(found[:MOST_LIMITS])


def _text(pen: Pen, alarm: AlarmDefinition) -> str:
    return f"{pen.number} {tr(TYPE_LABELS[alarm.type])} {pen.tag.text(alarm.limit)}"
