"""Alarm rows and news of them, as the engine tells them."""

from __future__ import annotations

from uuid import UUID

from hmi.domain.alarms import AlarmDefinition, AlarmEvent, AlarmState, AlarmType, Occurrence, Priority
from hmi.services.alarms.news import AlarmNews
from hmi.services.port import AlarmRow
from tests.support.plants import LEVEL, STATION, TAGS

NOON_US = 1_800_014_400_000_000
"""2027-01-15 12:00 UTC, a Friday."""


def row(
    number: int = 1,
    priority: Priority = Priority.HIGH,
    state: AlarmState = AlarmState.UNACK,
    *,
    text: str = "Tank level low",
    kind: AlarmType = AlarmType.LOW,
    station_id: UUID | None = STATION.id,
    activated_us: int = NOON_US,
) -> AlarmRow:
    """Return one alarm."""
    definition = AlarmDefinition(
        UUID(int=number), TAGS[LEVEL].id, kind, priority, 1.0, consequence="Dry taps.", action="Start the pump."
    )
    occurrence = Occurrence(definition.id, activated_us)
    return AlarmRow(occurrence, state, definition, LEVEL, station_id, STATION.name, text, 0.8)


def came(number: int = 1, priority: Priority = Priority.HIGH, **others: object) -> AlarmNews:
    """Return the news that an alarm came."""
    found = row(number, priority, **others)  # type: ignore[arg-type]  # the row's own parameters
    return AlarmNews(found, AlarmEvent.ACTIVATE, found.occurrence.activated_us, is_annunciated=True)


def went_on(
    event: AlarmEvent, state: AlarmState, number: int = 1, priority: Priority = Priority.HIGH, **others: object
) -> AlarmNews:
    """Return the news of what happened to an alarm after it came."""
    found = row(number, priority, state, **others)  # type: ignore[arg-type]  # the row's own parameters
    return AlarmNews(found, event, found.occurrence.activated_us + 1_000_000, is_annunciated=False)


def acknowledged(number: int = 1, priority: Priority = Priority.HIGH, **others: object) -> AlarmNews:
    """Return the news that an alarm was acknowledged while it is there."""
    return went_on(AlarmEvent.ACKNOWLEDGE, AlarmState.ACKED, number, priority, **others)
