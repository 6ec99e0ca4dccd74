"""Facts of one list of alarms: which rows, in which order, and an order that stands still under a selection; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from hmi.domain.alarms import AlarmState, Priority
from hmi.services.mirror import Mirror
from hmi.services.port import AlarmRow


class ListKind(StrEnum):
    """Which alarms a list has."""

    ACTIVE = "active"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What is looked for; empty means everything. text: words of the station's or the alarm's name, any case."""

    priorities: frozenset[Priority] = frozenset()
    station_id: UUID | None = None
    text: str = ""

    def lets_through(self, row: AlarmRow) -> bool:
        """Whether a row is looked for."""
        if self.priorities and row.priority not in self.priorities:
            return False
        if self.station_id is not None and row.station_id != self.station_id:
            return False
        name = f"{row.source} {row.text}".casefold()
        return all(word in name for word in self.text.casefold().split())


class AlarmListing:
    """One list. While rows are selected none moves: what goes stays as a pale row, what comes stands at the end."""

    def __init__(self, mirror: Mirror, kind: ListKind) -> None:
        self._mirror = mirror
        self.kind = kind
        self.filter = ListFilter()
        self._held: dict[UUID, AlarmRow] = {}
        self._made: tuple[object, Sequence[AlarmRow]] = (None, ())
        self.new_while_held = 0
        """How many have come since the order stands still."""

    @property
    def is_held(self) -> bool:
        """Whether the order stands still."""
        return bool(self._held)

    def hold(self, is_held: bool) -> None:
        """Let the present order stand still, or let the worst come first again."""
        self._held = {row.id: row for row in self.rows()} if is_held else {}
        self._made = (None, ())

    @property
    def total(self) -> int:
        """How many alarms there are without the filter."""
        return len(self._source())

    def rows(self) -> Sequence[AlarmRow]:
        """Return the rows in the order to show, worked out once a change."""
        key = (self._mirror.board.version, self.filter)
        if self._made[0] != key:
            self._made = (key, self._make())
        return self._made[1]

    def _make(self) -> Sequence[AlarmRow]:
        found, held = self._filtered(), self._held
        self.new_while_held = 0
        if not held:
            return found
        fresh = []
        now = {}
        for row in found:
            alarm_id = row.occurrence.alarm_id
            if alarm_id in held:
                now[alarm_id] = row
            else:
                fresh.append(row)
        for alarm_id, before in held.items():
            held[alarm_id] = now.get(alarm_id) or self._gone(before)
        self.new_while_held = len(fresh)
        # What has come stands in the order it came in, so that those that were there already stay where they are.
        fresh.sort(key=lambda row: row.occurrence.activated_us)
        return [*held.values(), *fresh]

    def _gone(self, before: AlarmRow) -> AlarmRow:
        """Return the row of an alarm that has left the list: as it is now, or normal."""
        elsewhere = self._mirror.board.find(before.id)
        return elsewhere or replace(before, state=AlarmState.NORM, is_active=False)

    def _filtered(self) -> Sequence[AlarmRow]:
        rows = self._source()
        if self.filter == ListFilter():
            return rows
        return [row for row in rows if self.filter.lets_through(row)]

    def _source(self) -> Sequence[AlarmRow]:
        board = self._mirror.board
        return {
            ListKind.ACTIVE: board.standing,
            ListKind.SHELVED: board.shelved,
            ListKind.SUPPRESSED: board.suppressed,
        }[self.kind]
