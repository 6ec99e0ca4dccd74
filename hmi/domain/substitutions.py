"""Values that a person put in the place of measured ones: a sensor that failed, and the plant that goes on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Substitution:
    """One value that stands for a tag's, in the tag's unit. at_us, until_us: UTC µs."""

    tag_id: UUID
    value: float
    user: str
    reason: str
    at_us: int
    until_us: int


@dataclass(frozen=True, slots=True)
class RunningTime:
    """How long a piece of equipment has run, as this program saw it, since somebody reset it (since_us, UTC µs).

    starts: how often it began to run. service_every_s: how long it may run between services; 0 where nobody said.
    """

    asset_id: UUID
    seconds: float = 0.0
    starts: int = 0
    since_us: int = 0
    reset_by: str = ""
    service_every_s: float = 0.0

    @property
    def is_service_due(self) -> bool:
        return bool(self.service_every_s) and self.seconds >= self.service_every_s
