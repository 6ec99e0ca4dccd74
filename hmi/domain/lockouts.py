"""Lock-out tags: equipment that somebody works on is not operated from here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LockoutTag:
    """One tag on a piece of equipment; several people hang one each. at_us: UTC µs."""

    id: UUID
    asset_id: UUID
    user: str
    reason: str
    at_us: int
