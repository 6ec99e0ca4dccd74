"""Commands: what can be operated, and the states a command goes through.

    PENDING ──► SENT ──► CONFIRMED        the readback says so
       │          ├────► MISMATCH         the readback says something else
       │          ├────► TIMEOUT          no readback in time: the outcome is unknown
       └──────────┴────► REJECTED         refused before or by the server

At start a command without an outcome becomes UNKNOWN. A final state never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class ControlKind(StrEnum):
    """How a control is operated."""

    PUMP = "pump"
    VALVE = "valve"
    SETPOINT = "setpoint"
    MODE = "mode"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Control:
    """Something an operator can operate.

    command, readback: dense indices of tags; the readback confirms. low, high, tolerance: in `unit`. safe_value: the
    value that brings the plant to its safe side (stop, close), or None. permissives: tags that must be true to go the
    other way; blocks: tags that must be false.
    """

    id: UUID
    station_id: UUID
    asset_id: UUID
    name: str
    kind: ControlKind
    command: int
    readback: int
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    tolerance: float = 0.0
    timeout_s: float = 10.0
    safe_value: float | None = None
    permissives: tuple[int, ...] = ()
    blocks: tuple[int, ...] = ()

    def is_safe(self, value: float) -> bool:
        """Whether the value goes in the safe direction."""
        return self.safe_value is not None and value == self.safe_value

    def is_confirmed_by(self, value: float, readback: float) -> bool:
        """Whether the readback shows that the value has been reached."""
        if self.kind is ControlKind.RESET:
            return readback == 0  # what confirms a reset is that the trip is gone
        return abs(readback - value) <= self.tolerance

    def readback_label(self, readback: float) -> str:
        """Return what the readback says, in the operator's words."""
        if self.kind is ControlKind.RESET:
            return "Tripped" if readback else "No trip"
        return self.label(readback)

    def label(self, value: float) -> str:
        """Return the value in the operator's words."""
        if self.kind is ControlKind.PUMP:
            return "Running" if value else "Stopped"
        if self.kind is ControlKind.MODE:
            return "Auto" if value else "Manual"
        if self.kind is ControlKind.RESET:
            return "Reset" if value else "Ready"
        if self.kind is ControlKind.VALVE and value in (self.low, self.high):
            return "Open" if value == self.high else "Closed"
        return f"{value:g} {self.unit}".strip()


class CommandState(StrEnum):
    """Where a command stands."""

    PENDING = "PENDING"
    SENT = "SENT"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"
    TIMEOUT = "TIMEOUT"
    MISMATCH = "MISMATCH"
    UNKNOWN = "UNKNOWN"


FINAL_STATES: Final = frozenset(CommandState) - {CommandState.PENDING, CommandState.SENT}
