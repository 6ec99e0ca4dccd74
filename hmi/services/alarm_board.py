"""The alarms that a window shows, added up from changes: sorted once a frame, never a row at a time; knows no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Final
from uuid import UUID

from hmi.domain.alarms import LISTED_STATES, UNACKNOWLEDGED_STATES, AlarmState, Priority
from hmi.services.port import AlarmChanges, AlarmRow

_ORDER: Final = attrgetter("order")


class AlarmBoard:
    """Everything that is not normal, and the lists that are made of it. On the window's thread."""

    def __init__(self) -> None:
        self._rows: dict[UUID, AlarmRow] = {}
        self._standing: dict[UUID, AlarmRow] = {}
        self._hidden: dict[UUID, AlarmRow] = {}
        self._of_station: dict[UUID, tuple[AlarmRow, ...]] | None = {}
        self._of_tag: dict[int, AlarmRow] | None = {}
        self.version = 0
        """Counts the changes."""
        self.counts: dict[Priority, tuple[int, int]] = dict.fromkeys(Priority, (0, 0))
        """How many alarms of each priority are unacknowledged, and how many stand at all."""
        self.standing: tuple[AlarmRow, ...] = ()
        """The most urgent first, see port.alarm_rows.order_of."""
        self.shelved: tuple[AlarmRow, ...] = ()
        """By when they come back."""
        self.suppressed: tuple[AlarmRow, ...] = ()
        """Suppressed by design and out of service, the newest first."""

    def take(self, changes: AlarmChanges) -> None:
        """Add what changed, and sort anew the lists that it is about."""
        had_hidden = len(self._hidden)
        for alarm_id in changes.gone:
            self._remove(alarm_id)
        for row in changes.rows:
            self._remove(row.id)
            self._rows[row.id] = row
            if row.state in LISTED_STATES:
                self._standing[row.id] = row
                self._count(row, 1)
            else:
                self._hidden[row.id] = row
        self.standing = tuple(sorted(self._standing.values(), key=_ORDER))
        if had_hidden or self._hidden:
            self._sort_hidden()
        self._of_station = self._of_tag = None
        self.version += 1

    def find(self, alarm_id: UUID) -> AlarmRow | None:
        """Return an alarm's row; None for one that is normal."""
        return self._rows.get(alarm_id)

    @property
    def by_id(self) -> Mapping[UUID, AlarmRow]:
        """Every row."""
        return self._rows

    def of_station(self, station_id: UUID) -> tuple[AlarmRow, ...]:
        """Return a station's standing alarms, the list's order kept."""
        if self._of_station is None:
            of: dict[UUID, list[AlarmRow]] = {}
            for row in self.standing:
                if row.station_id is not None:
                    of.setdefault(row.station_id, []).append(row)
            self._of_station = {key: tuple(found) for key, found in of.items()}
        return self._of_station.get(station_id, ())

    def worst_of(self, station_ids: Iterable[UUID]) -> AlarmRow | None:
        """Return the most urgent standing alarm of some stations."""
        firsts = [found[0] for each in station_ids if (found := self.of_station(each))]
        return min(firsts, key=_ORDER, default=None)

    def of_tag(self, tag: int) -> AlarmRow | None:
        """Return the most urgent standing alarm of a tag (dense index)."""
        if self._of_tag is None:
            self._of_tag = {row.tag: row for row in reversed(self.standing)}
        return self._of_tag.get(tag)

    def _remove(self, alarm_id: UUID) -> None:
        if self._rows.pop(alarm_id, None) is None:
            return
        before = self._standing.pop(alarm_id, None)
        if before is None:
            del self._hidden[alarm_id]
        else:
            self._count(before, -1)

    def _count(self, row: AlarmRow, by: int) -> None:
        fresh, standing = self.counts[row.priority]
        self.counts[row.priority] = (fresh + by * (row.state in UNACKNOWLEDGED_STATES), standing + by)

    def _sort_hidden(self) -> None:
        hidden = self._hidden.values()
        shelved = (row for row in hidden if row.state is AlarmState.SHLVD)
        self.shelved = tuple(sorted(shelved, key=lambda row: row.shelved_until_us))
        others = (row for row in hidden if row.state is not AlarmState.SHLVD)
        self.suppressed = tuple(sorted(others, key=lambda row: -row.hidden_us))
