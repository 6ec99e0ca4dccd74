"""What stands before commands: who has control, what is locked out, which sequences run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from hmi.domain.lockouts import LockoutTag
from hmi.domain.sequences import SequenceState


@dataclass(frozen=True, slots=True)
class AuthorityStatus:
    """Who has control of a station since when (UTC µs), and who has asked for it, in turn."""

    station_id: UUID
    user: str
    since_us: int
    wanted_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SequenceStatus:
    """One run of a sequence. step: the one it is at, from 0; detail: what it waits for, or how it ended."""

    run_id: UUID
    sequence_id: UUID
    station_id: UUID
    name: str
    state: SequenceState
    step: int
    steps: int
    user: str
    at_us: int
    detail: str = ""


@dataclass(frozen=True)
class ControlStanding:
    """All of it, as it is now. is_local: known on this computer only, since no centre is configured."""

    authorities: tuple[AuthorityStatus, ...] = ()
    lockouts: tuple[LockoutTag, ...] = ()
    sequences: tuple[SequenceStatus, ...] = ()
    is_local: bool = True

    @cached_property
    def authority_of(self) -> dict[UUID, AuthorityStatus]:
        return {status.station_id: status for status in self.authorities}

    def lockouts_of(self, asset_id: UUID) -> tuple[LockoutTag, ...]:
        """Return the tags on a piece of equipment."""
        return tuple(tag for tag in self.lockouts if tag.asset_id == asset_id)
