"""Editing controls: what can be operated, by which tags, within which limits, with whose consent."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hmi.config.control_checks import ControlFault
from hmi.domain.control_drafts import ControlDraft
from hmi.domain.sequences import CommandSequence
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class CheckControl(Request[tuple[ControlFault, ...]]):
    """Ask what is wrong with a draft, field by field; nothing when it can be saved."""

    draft: ControlDraft


@dataclass(frozen=True, slots=True)
class SaveControl(Request[None]):
    """Add a control or bring it to its draft. Refused with all faults named, or as ConflictError."""

    draft: ControlDraft


@dataclass(frozen=True, slots=True)
class DeleteControl(Request[None]):
    """Delete a control; what was commanded with it stays on record."""

    control_id: UUID


@dataclass(frozen=True, slots=True)
class SaveSequence(Request[None]):
    """Add a command sequence or replace it. seen: the version it was edited in; refused as `SaveControl` is."""

    sequence: CommandSequence
    seen: int = 0


@dataclass(frozen=True, slots=True)
class DeleteSequence(Request[None]):
    """Delete a command sequence."""

    sequence_id: UUID


@dataclass(frozen=True, slots=True)
class ReadStandsAt(Request[frozenset[UUID]]):
    """Ask at which stations this computer stands."""


@dataclass(frozen=True, slots=True)
class SetStandsAt(Request[None]):
    """Say whether this computer stands at a station: only there maintenance operates."""

    station_id: UUID
    stands_there: bool
