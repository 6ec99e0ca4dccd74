"""Commands in two steps, what stands before them, and the password of a connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from hmi.domain.commands import SafetyLevel
from hmi.services.port.frames import CommandStatus
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a command as it stood at select."""

    text: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """A control, or a sequence, selected: what the operator is asked to confirm, until expires_us.

    level: what it takes beyond the confirmation. may_be_alone: a reason may stand for the second person.
    """

    token: UUID
    control_id: UUID
    value: float
    from_label: str
    to_label: str
    checks: tuple[Check, ...]
    expires_us: int
    note: str = ""
    level: SafetyLevel = SafetyLevel.CONFIRM
    may_be_alone: bool = False
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectControl(Request[Selection]):
    """Select a control for a value (first step of a command); a setpoint as it was typed."""

    control_id: UUID
    value: float | str


@dataclass(frozen=True, slots=True)
class SelectSequence(Request[Selection]):
    """Select a sequence of commands."""

    sequence_id: UUID


@dataclass(frozen=True, slots=True)
class ConfirmSecond(Request[str]):
    """A second person confirms a selection with name and password; answers who it was."""

    token: UUID
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Operate(Request[UUID]):
    """Operate what was selected (second step); answers the command's id, its states come in frames.

    password: the operator's own, again, where the level asks for it. reason: for a critical command given alone.
    """

    token: UUID
    password: str = field(default="", repr=False)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CancelSelection(Request[None]):
    """Let go of a selection."""

    token: UUID


@dataclass(frozen=True, slots=True)
class HoldRamp(Request[None]):
    """End a command that ramps where it is now."""

    command_id: UUID


@dataclass(frozen=True, slots=True)
class ContinueSequence(Request[None]):
    """Go on from a hold point, which the name and step say."""

    run_id: UUID
    step: int


@dataclass(frozen=True, slots=True)
class StopSequence(Request[None]):
    """End a sequence where it is."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class TakeAuthority(Request[None]):
    """Take control of a station; from another only with a reason."""

    station_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestAuthority(Request[None]):
    """Ask who has control of a station for it."""

    station_id: UUID


@dataclass(frozen=True, slots=True)
class TransferAuthority(Request[None]):
    """Hand control to somebody who has asked for it; an empty name declines."""

    station_id: UUID
    to: str


@dataclass(frozen=True, slots=True)
class ReleaseAuthority(Request[None]):
    """Let go of a station's control."""

    station_id: UUID


@dataclass(frozen=True, slots=True)
class HangLockout(Request[None]):
    """Hang a lock-out tag on a piece of equipment."""

    asset_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class TakeOffLockout(Request[None]):
    """Take a lock-out tag off; another's with a reason."""

    tag_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReadCommands(Request[tuple[CommandStatus, ...]]):
    """Ask for the latest commands, newest first."""

    limit: int = 100


@dataclass(frozen=True, slots=True)
class EnterCredentials(Request[str]):
    """Hand over a connection's user and password; answers where it is kept: in the keyring or for the session."""

    connection_id: UUID
    user: str
    password: str = field(repr=False)
