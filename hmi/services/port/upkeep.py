"""What maintenance does to readings and equipment: substituted values, running hours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from hmi.domain.substitutions import RunningTime, Substitution
from hmi.services.port.requests import Request

REASON_MOST = 200
LONGEST_S = 7 * 86_400.0
"""A substitution that nobody looks at again for longer is forgotten work."""


@dataclass(frozen=True)
class Upkeep:
    """All of it, as it is now. running: assets that run just now."""

    substitutions: tuple[Substitution, ...] = ()
    times: tuple[RunningTime, ...] = ()
    running: frozenset[UUID] = frozenset()

    @cached_property
    def time_of(self) -> dict[UUID, RunningTime]:
        return {each.asset_id: each for each in self.times}


@dataclass(frozen=True, slots=True)
class SubstituteValue(Request[None]):
    """Put a value, in the tag's unit and as it was typed, in the place of the measured one, for some seconds."""

    tag_id: UUID
    value: str
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class EndSubstitution(Request[None]):
    """Let a tag show what is measured again."""

    tag_id: UUID


@dataclass(frozen=True, slots=True)
class ResetRunningTime(Request[None]):
    """Begin to count an asset's running hours and starts anew, as after a service."""

    asset_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class SetServiceInterval(Request[None]):
    """Say how many hours an asset may run between services; 0 for no such rule."""

    asset_id: UUID
    hours: float
