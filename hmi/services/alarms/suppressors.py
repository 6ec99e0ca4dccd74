"""What suppresses which alarm: its own logic, and the loss of its link. An alarm is hidden while any of them holds.

After a start it is not known at once whether what was suppressed still is: values and links come one after another.
Until they have, or a grace has passed, what was suppressed stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt

from hmi.domain.alarms import LISTED_STATES, AlarmEvent, AlarmState, AlarmType, Happening
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.edges import Edge
from hmi.services.alarms.standing import Event, Standing
from hmi.services.alarms.suppression import Suppression

GRACE_US: Final = 60_000_000
OF_LINK: Final = frozenset({AlarmType.QUALITY, AlarmType.STALE})
"""What the loss of a link explains."""


class Suppressor(StrEnum):
    """Who hides an alarm; the text is what an operator reads."""

    LINK = "Its link is lost."
    LOGIC = "Its suppression logic says so."
    BEFORE = "It was suppressed before the start."


class Suppressors:
    """Turns what changes into SUPPRESS and UNSUPPRESS. I/O thread only; now_us: UTC µs."""

    def __init__(
        self,
        standing: Standing,
        value_of: Callable[[int], float | None],
        is_linked: Callable[[int], bool],
        now_us: Callable[[], int],
    ) -> None:
        self._standing = standing
        self._value_of = value_of
        self._is_linked = is_linked
        self._now_us = now_us
        self._catalogue = Catalogue()
        self._logic = Suppression(self._catalogue, value_of, is_linked)
        self._lost: set[UUID] = set()
        self._grace_ends_us = 0

    def start(self) -> None:
        """Begin the grace."""
        self._grace_ends_us = self._now_us() + GRACE_US

    @property
    def is_settled(self) -> bool:
        """Whether the grace is over."""
        return not self._grace_ends_us

    @property
    def faults(self) -> Mapping[UUID, str]:
        """What is wrong with an alarm's expression."""
        return self._logic.faults

    @property
    def errors(self) -> Mapping[UUID, str]:
        """Those of the faults that somebody must correct."""
        return self._logic.errors

    def apply(self, catalogue: Catalogue) -> list[Event]:
        """Take a new catalogue; an expression that is gone hides nothing any more."""
        self._catalogue = catalogue
        self._logic = Suppression(catalogue, self._value_of, self._is_linked)
        events = self._by_logic(self._logic.look_at_all())
        for alarm in list(self._standing):
            if Suppressor.LOGIC in alarm.suppressors and alarm.definition.id not in self._logic.alarm_ids:
                events += self._set(alarm.definition.id, Suppressor.LOGIC, is_on=False)
        return events

    def take_up(self, alarm_id: UUID) -> None:
        """Note an alarm that the journal left suppressed."""
        alarm = self._standing.find(alarm_id)
        if alarm is not None and alarm.status.is_suppressed:
            alarm.suppressors.add(Suppressor.BEFORE)

    def values_changed(self, tags: npt.NDArray[np.uint32]) -> list[Event]:
        """Look at the expressions over some tags (dense indices, uint32)."""
        return self._by_logic(self._logic.look(tags))

    def link_lost(self, connection_id: UUID) -> list[Event]:
        """Hide what a lost link explains, now that its alarm has been raised."""
        if connection_id in self._lost:
            return []
        self._lost.add(connection_id)
        return [
            event
            for alarm_id, state in self._of_link(connection_id)
            if state in LISTED_STATES or self._is_hidden(alarm_id)
            for event in self._set(alarm_id, Suppressor.LINK, is_on=True)
        ]

    def link_came(self, connection_id: UUID) -> list[Event]:
        """Show again what the link explained."""
        self._lost.discard(connection_id)
        events: list[Event] = []
        for alarm_id, _ in self._of_link(connection_id):
            events += self._set(alarm_id, Suppressor.BEFORE, is_on=False)
            events += self._set(alarm_id, Suppressor.LINK, is_on=False)
        return events

    def before_raise(self, edge: Edge) -> Iterable[Event]:
        """Hide an alarm that comes while its link's alarm explains it."""
        alarm = self._standing.find(edge.alarm_id) if self._lost else None
        if alarm is None or alarm.definition.type not in OF_LINK:
            return ()
        tag = self._catalogue.tag_by_id.get(alarm.definition.subject)
        if tag is None or tag.connection_id not in self._lost:
            return ()
        return self._set(edge.alarm_id, Suppressor.LINK, is_on=True)

    def end_grace(self) -> list[Event]:
        """After the grace, believe what is known and what is not; once."""
        if not self._grace_ends_us or self._now_us() < self._grace_ends_us:
            return []
        self._grace_ends_us = 0
        events = self._by_logic(self._logic.look_at_all())
        lost = {tag.id for each in self._lost for tag in self._catalogue.tags_of_connection.get(each, ())}
        for alarm in list(self._standing):
            if alarm.definition.type not in OF_LINK or alarm.definition.subject not in lost:
                events += self._set(alarm.definition.id, Suppressor.BEFORE, is_on=False)
        return events

    def _is_hidden(self, alarm_id: UUID) -> bool:
        alarm = self._standing.known(alarm_id)
        return alarm is not None and bool(alarm.suppressors)

    def _by_logic(self, found: Mapping[UUID, bool]) -> list[Event]:
        events: list[Event] = []
        for alarm_id, is_on in found.items():
            if alarm_id in self._logic.faults and self._grace_ends_us:
                continue
            events += self._set(alarm_id, Suppressor.LOGIC, is_on=is_on)
            events += self._set(alarm_id, Suppressor.BEFORE, is_on=False)
        return events

    def _of_link(self, connection_id: UUID) -> list[tuple[UUID, AlarmState]]:
        tags = {tag.id for tag in self._catalogue.tags_of_connection.get(connection_id, ())}
        return [
            (alarm.definition.id, alarm.status.state)
            for alarm in self._standing
            if alarm.definition.type in OF_LINK and alarm.definition.subject in tags
        ]

    def _set(self, alarm_id: UUID, suppressor: Suppressor, *, is_on: bool) -> Iterable[Event]:
        alarm = self._standing.find(alarm_id)
        if alarm is None or is_on == (suppressor in alarm.suppressors):
            return ()
        had = bool(alarm.suppressors)
        (alarm.suppressors.add if is_on else alarm.suppressors.discard)(suppressor)
        if had == bool(alarm.suppressors):
            return ()
        kind = AlarmEvent.SUPPRESS if is_on else AlarmEvent.UNSUPPRESS
        return (Event(alarm_id, Happening(kind, self._now_us()), comment=str(suppressor) if is_on else ""),)
