"""What a flood of alarms is made of: grouped by station and cause, the first of each group named; no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from hmi.domain.alarms import TYPE_LABELS, Priority
from hmi.domain.language import tr
from hmi.services.port import AlarmRow

GROUPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FloodGroup:
    """Alarms of one station with one cause."""

    station_id: UUID | None
    source: str
    cause: str
    count: int
    worst: Priority
    first: AlarmRow


def groups_of(rows: Iterable[AlarmRow]) -> Sequence[FloodGroup]:
    """Return the groups, the largest first."""
    found: dict[tuple[UUID | None, str, str], list[AlarmRow]] = {}
    for row in rows:
        found.setdefault((row.station_id, row.source, cause_of(row)), []).append(row)
    groups = [
        FloodGroup(
            station_id,
            source,
            cause,
            len(of),
            min(row.priority for row in of),
            min(of, key=lambda row: row.occurrence.activated_us),
        )
        for (station_id, source, cause), of in found.items()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.worst))


def cause_of(row: AlarmRow) -> str:
    """Return what a row is grouped by: the cause that its record names, or else its kind."""
    return row.definition.cause.strip() or tr(TYPE_LABELS[row.type])


def summary(recent: int, rows: Iterable[AlarmRow]) -> str:
    """Return a flood in one line."""
    groups = groups_of(rows)
    words = tr("Alarm flood: {count} new in 10 minutes.").format(count=recent)
    for group in groups[:GROUPS_SHOWN]:
        words += "  " + tr("{source}: {count} ({cause}; first: {first}).").format(
            source=group.source, count=group.count, cause=group.cause.lower(), first=group.first.text
        )
    return words
