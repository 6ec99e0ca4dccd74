"""What a list of readings shows, row by row; facts for ui.reading_list, no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drivers.api import Quality
from hmi.domain.alarms import LIMIT_TYPES, AlarmState, AlarmType, Priority
from hmi.domain.tags import Tag, TagKind
from hmi.services.mirror import Mirror
from hmi.ui.words import quality_text


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One tag as it stands.

    fraction: where the value lies in its range, 0…1, or None when it has no bar. marks: fractions of alarm limits.
    band: fractions between which the value is normal. alarm: priority and state of its worst alarm.
    is_substituted: a person's value stands for the measured one.
    """

    tag: int
    name: str
    text: str
    unit: str
    quality: str
    is_good: bool
    fraction: float | None = None
    marks: tuple[float, ...] = ()
    band: tuple[float, float] = (0.0, 1.0)
    alarm: tuple[Priority, AlarmState] | None = None
    is_substituted: bool = False


def reading_row(mirror: Mirror, tag: Tag, asset_name: str = "") -> ReadingRow:
    """Return one tag as it stands; under the heading of its asset the asset's name is left away."""
    now = mirror.reading(tag.index)
    has_bar = tag.kind is TagKind.ANALOG and tag.revision.high > tag.revision.low
    marks, band = limits_of(mirror, tag) if has_bar else ((), (0.0, 1.0))
    return ReadingRow(
        tag=tag.index,
        name=short_name(tag.name, asset_name),
        text=mirror.text_of(tag),
        unit=tag.unit,
        quality=quality_text(now.quality),
        is_good=now.quality in (Quality.GOOD, Quality.SUBSTITUTED),
        fraction=fraction(tag, now.value) if has_bar and math.isfinite(now.value) else None,
        marks=marks,
        band=band,
        alarm=worst_alarm_of_tag(mirror, tag.index),
        is_substituted=now.quality is Quality.SUBSTITUTED,
    )


def short_name(name: str, asset_name: str) -> str:
    """Return a name without its asset's at the front."""
    rest = name.removeprefix(asset_name).strip() if asset_name else name
    return rest[:1].upper() + rest[1:] if rest else name


def fraction(tag: Tag, value: float) -> float:
    """Return where a value lies in its tag's range, 0…1."""
    return min(1.0, max(0.0, (value - tag.revision.low) / (tag.revision.high - tag.revision.low)))


def limits_of(mirror: Mirror, tag: Tag) -> tuple[tuple[float, ...], tuple[float, float]]:
    """Return the alarm limits of a tag as fractions of its range, and the normal band between the inner two."""
    low, high = 0.0, 1.0
    marks = []
    for alarm in mirror.catalogue.alarms_of_tag.get(tag.id, ()):
        if alarm.type not in LIMIT_TYPES:
            continue
        at = fraction(tag, alarm.limit)
        marks.append(at)
        if alarm.type in (AlarmType.HIGH, AlarmType.HIGH_HIGH):
            high = min(high, at)
        else:
            low = max(low, at)
    return tuple(sorted(marks)), (low, high)


def worst_alarm_of_tag(mirror: Mirror, tag: int) -> tuple[Priority, AlarmState] | None:
    """Return priority and state of the first standing alarm of a tag; the list is sorted, worst first."""
    row = mirror.board.of_tag(tag)
    return (row.priority, row.state) if row is not None else None
