"""Which records are listed, in which order, and what is wrong with each. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from hmi.domain.alarm_drafts import AlarmFault
from hmi.panes.alarm_records.edits import Edits
from hmi.panes.alarm_records.rows import Column, Facts, Filter, RecordRow, listed
from hmi.services.mirror import Mirror


class Listing:
    """Makes the rows; one that is as it was is not made again."""

    def __init__(self, mirror: Mirror, edits: Edits) -> None:
        self._mirror = mirror
        self._edits = edits
        self._made: dict[UUID, RecordRow] = {}
        self.filter = Filter()
        self.column = Column.STATION
        self.is_descending = False
        self.faults: tuple[AlarmFault, ...] = ()
        """What is wrong with edits."""

    def rows(self) -> tuple[RecordRow, ...]:
        """Return the rows that are listed, sorted."""
        return listed(list(self._every_row()), self.filter, self.column, is_descending=self.is_descending)

    def stations(self) -> tuple[tuple[str, UUID], ...]:
        """Return the stations by name."""
        return tuple(sorted((station.name, station.id) for station in self._mirror.catalogue.stations))

    def set_filter(self, **fields: object) -> None:
        """Change what is listed."""
        self.filter = replace(self.filter, **fields)  # type: ignore[arg-type]  # a view names fields of the filter

    def sort(self, column: int) -> None:
        """Sort by a column, the other way round when it was sorted by it."""
        self.is_descending = column == self.column and not self.is_descending
        self.column = Column(column)

    def _every_row(self) -> Iterator[RecordRow]:
        catalogue, pending = self._mirror.catalogue, self._edits.pending
        known = catalogue.every_alarm_by_id
        # What is wrong with an edit is said before what is wrong with the record as it runs.
        faults = dict(self._mirror.overview.faults) | {each.alarm_id: each.sentence for each in reversed(self.faults)}
        for alarm_id in (*(each for each in pending if each not in known), *known):
            draft = self._edits.draft(alarm_id)
            if draft is None:
                continue
            record = known.get(alarm_id)
            facts = Facts(catalogue, record, alarm_id in pending, record is None, faults.get(alarm_id, ""))
            made = self._made.get(alarm_id)
            if made is None or made.draft is not draft or made.facts != facts:
                made = self._made[alarm_id] = RecordRow(draft, facts)
            yield made
        for gone in self._made.keys() - known.keys() - pending.keys():
            del self._made[gone]
