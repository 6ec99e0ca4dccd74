"""Commands in two steps, and the password of a connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from hmi.services.port.frames import CommandStatus
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a command as it stood at select."""

    text: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """A control selected for one value: what the operator is asked to confirm, until expires_us."""

    token: UUID
    control_id: UUID
    value: float
    from_label: str
    to_label: str
    checks: tuple[Check, ...]
    expires_us: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class SelectControl(Request[Selection]):
    """Select a control for a value (first step of a command)."""

    control_id: UUID
    value: float


@dataclass(frozen=True, slots=True)
class Operate(Request[UUID]):
    """Operate what was selected (second step); answers the command's id, its states come in frames."""

    token: UUID


@dataclass(frozen=True, slots=True)
class CancelSelection(Request[None]):
    """Let go of a selection."""

    token: UUID


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
