"""What happened to the plant beside its values, and named groups of pens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from hmi.domain.alarms import AlarmEvent, AlarmState, Priority
from hmi.services.port.requests import Request

MOST_EVENTS: Final = 2000
MOST_NAME: Final = 60


class EventKind(StrEnum):
    """What an event is of."""

    ALARM = "alarm"
    COMMAND = "command"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class PlantEvent:
    """One thing that happened. at_us: UTC µs. tag: dense index, −1 for none. user: who did it, empty for nobody.

    priority, state, event: of an alarm only.
    """

    kind: EventKind
    at_us: int
    station_id: UUID | None
    tag: int
    title: str
    detail: str = ""
    user: str = ""
    priority: Priority | None = None
    state: AlarmState | None = None
    event: AlarmEvent | None = None


@dataclass(frozen=True, slots=True)
class PlantEvents:
    """Ascending in time. is_cut: there were more; these are the newest."""

    events: tuple[PlantEvent, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class ReadEvents(Request[PlantEvents]):
    """Ask for what happened at stations from start_us to end_us (UTC µs), at most MOST_EVENTS of each kind."""

    start_us: int
    end_us: int
    stations: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class TrendGroup:
    """Pens, axes, span and modes under a name, shared by all users. definition: plain data, as the trend keeps it."""

    id: UUID
    name: str
    definition: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ListTrendGroups(Request[tuple[TrendGroup, ...]]):
    """Ask for the saved groups, by name."""


@dataclass(frozen=True, slots=True)
class SaveTrendGroup(Request[tuple[TrendGroup, ...]]):
    """Add a group, or replace or rename the one of this id; answers all groups. A name is there only once."""

    group: TrendGroup


@dataclass(frozen=True, slots=True)
class DeleteTrendGroup(Request[tuple[TrendGroup, ...]]):
    """Delete a group; answers those that are left."""

    id: UUID
