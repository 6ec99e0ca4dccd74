"""The alarms that a window shows, added up from changes: sorted once a frame, never a row at a time; knows no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from hmi.domain.alarms import LISTED_STATES, UNACKNOWLEDGED_STATES, AlarmState, Priority
from hmi.services.port import AlarmChanges, AlarmRow


class AlarmBoard:
    """Everything that is not normal, and the lists that are made of it. On the window's thread."""

    def __init__(self) -> None:
        self._rows: dict[UUID, AlarmRow] = {}
        self._sort()

    def take(self, changes: AlarmChanges) -> None:
        """Add what changed."""
        for alarm_id in changes.gone:
            self._rows.pop(alarm_id, None)
        self._rows.update((row.id, row) for row in changes.rows)
        self._sort()

    def find(self, alarm_id: UUID) -> AlarmRow | None:
        """Return an alarm's row; None for one that is normal."""
        return self._rows.get(alarm_id)

    @property
    def by_id(self) -> Mapping[UUID, AlarmRow]:
        """Every row."""
        return self._rows

    def of_station(self, station_id: UUID) -> tuple[AlarmRow, ...]:
        """Return a station's standing alarms, the list's order kept."""
        return self._of_station.get(station_id, ())

    def worst_of(self, station_ids: Iterable[UUID]) -> AlarmRow | None:
        """Return the most urgent standing alarm of some stations."""
        firsts = [found[0] for each in station_ids if (found := self.of_station(each))]
        return min(firsts, key=_urgency, default=None)

    def of_tag(self, tag: int) -> AlarmRow | None:
        """Return the most urgent standing alarm of a tag (dense index)."""
        return self._of_tag.get(tag)

    def _sort(self) -> None:
        """Make the lists: standing, worst first; shelved, by when they come back; hidden otherwise, newest first."""
        rows = self._rows.values()
        self.standing = tuple(sorted((row for row in rows if row.state in LISTED_STATES), key=_urgency))
        self.shelved = tuple(
            sorted((row for row in rows if row.state is AlarmState.SHLVD), key=lambda row: row.shelved_until_us)
        )
        self.suppressed = tuple(
            sorted(
                (row for row in rows if row.state in (AlarmState.DSUPR, AlarmState.OOSRV)),
                key=lambda row: -row.hidden_us,
            )
        )
        of_station: dict[UUID, list[AlarmRow]] = {}
        self._of_tag: dict[int, AlarmRow] = {}
        self.counts = dict.fromkeys(Priority, (0, 0))
        for row in self.standing:
            if row.station_id is not None:
                of_station.setdefault(row.station_id, []).append(row)
            self._of_tag.setdefault(row.tag, row)
            fresh, standing = self.counts[row.priority]
            self.counts[row.priority] = (fresh + (row.state in UNACKNOWLEDGED_STATES), standing + 1)
        self._of_station = {station_id: tuple(found) for station_id, found in of_station.items()}


def _urgency(row: AlarmRow) -> tuple[bool, int, bool, int]:
    """Unacknowledged first, then by priority; of two that wait the one that is still there, then the newest."""
    return (
        row.state not in UNACKNOWLEDGED_STATES,
        row.definition.priority,
        not row.is_active,
        -row.occurrence.activated_us,
    )
