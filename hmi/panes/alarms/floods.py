"""What a flood of alarms is made of: grouped by station and cause, the first of each group named; no Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hmi.domain.alarms import TYPE_LABELS, AlarmType
from hmi.domain.language import tr
from hmi.services.port import AlarmRow

GROUPS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class FloodGroup:
    """Alarms of one station with one cause: the one that their records name, or else their kind."""

    source: str
    cause: str
    count: int
    first: AlarmRow


def groups_of(rows: Sequence[AlarmRow], most: int = GROUPS_SHOWN) -> Sequence[FloodGroup]:
    """Return the largest groups. Ten thousand rows take some milliseconds, so they are only counted."""
    keys = [(row.source, row.definition.cause, row.definition.type) for row in rows]
    return [
        FloodGroup(key[0], _cause(key), count, _first(rows, keys, key))
        for key, count in Counter(keys).most_common(most)
    ]


def summary(recent: int, rows: Sequence[AlarmRow]) -> str:
    """Return a flood in one line."""
    words = tr("Alarm flood: {count} new in 10 minutes.").format(count=recent)
    for group in groups_of(rows):
        if group.count > 1:
            words += "  " + tr("{source}: {count} ({cause}; first: {first}).").format(
                source=group.source, count=group.count, cause=group.cause.rstrip(". ").lower(), first=group.first.text
            )
    return words


def _cause(key: tuple[str, str, AlarmType]) -> str:
    return key[1].strip() or tr(TYPE_LABELS[key[2]])


def _first(
    rows: Sequence[AlarmRow], keys: Sequence[tuple[str, str, AlarmType]], wanted: tuple[str, str, AlarmType]
) -> AlarmRow:
    group = (row for row, key in zip(rows, keys, strict=True) if key == wanted)
    return min(group, key=lambda row: row.occurrence.activated_us)
