"""Commands: what can be operated, and the states a command goes through.

    PENDING ──► SENT ──► CONFIRMED        the readback says so
       │          ├────► MISMATCH         the readback says something else
       │          ├────► TIMEOUT          no readback in time: the outcome is unknown
       └──────────┴────► REJECTED         refused before or by the server; or a ramp that was ended on the way

UNKNOWN: another command took its place, or the program ended, before the outcome; at start every command without one
becomes so. A final state never changes.
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
    METHOD = "method"


class SafetyLevel(StrEnum):
    """What a command of a control takes beyond its confirmation; a command in the safe direction takes no more."""

    CONFIRM = "confirm"
    PASSWORD = "password"  # noqa: S105  # the name of a level
    SECOND_PERSON = "second_person"


SAME: Final = 1e-6
"""What a readback may differ by, of the value or of the range, and still show it: 32-bit floats keep seven digits."""

STATES: Final[dict[ControlKind, tuple[tuple[float, str], ...]]] = {
    ControlKind.PUMP: ((1.0, "Running"), (0.0, "Stopped")),
    ControlKind.VALVE: (),
    ControlKind.SETPOINT: (),
    ControlKind.MODE: ((1.0, "Auto"), (0.0, "Manual"), (2.0, "Local")),
    ControlKind.RESET: ((1.0, "Reset"), (0.0, "Ready")),
    ControlKind.METHOD: ((1.0, "Done"), (0.0, "Not done")),
}
"""What values mean where a control says nothing else. Local: operated at the equipment's own panel."""


@dataclass(frozen=True, slots=True)
class Control:
    """Something an operator can operate.

    command, readback: dense indices of tags; the readback confirms, and is the command itself for a method.
    low, high, tolerance, step_most: in `unit`. ramp_per_s: in `unit` a second; 0 for none, as step_most.
    safe_value: the value that brings the plant to its safe side (stop, close), or None. permissives: tags that must be
    true to go the other way; interlocks: tags that must be false.
    fresh_s: how old the readback may be; 0 where a link that is up is enough, since what does not change is not sent.
    rate_s: the least time between two commands. is_alone_allowed: a critical command may be given, with a reason, where
    no second person is on site. decimals: digits a setpoint may have after the point; -1 for as many as its tag shows.
    states, choices: what values mean, and which can be commanded, where they differ from the kind's own.
    method_owner, method, inputs: the object, the method and its arguments, in the driver's spelling; None among the
    inputs stands for the commanded value.
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
    interlocks: tuple[int, ...] = ()
    level: SafetyLevel = SafetyLevel.CONFIRM
    is_alone_allowed: bool = False
    fresh_s: float = 0.0
    rate_s: float = 2.0
    step_most: float = 0.0
    ramp_per_s: float = 0.0
    decimals: int = -1
    states: tuple[tuple[float, str], ...] = ()
    choices: tuple[float, ...] = ()
    method_owner: str = ""
    method: str = ""
    inputs: tuple[float | str | None, ...] = ()

    @property
    def is_critical(self) -> bool:
        """Whether it takes a second person."""
        return self.level is SafetyLevel.SECOND_PERSON

    def is_safe(self, value: float) -> bool:
        """Whether the value goes in the safe direction."""
        return self.safe_value is not None and value == self.safe_value

    def is_confirmed_by(self, value: float, readback: float) -> bool:
        """Whether the readback shows that the value has been reached."""
        if self.kind is ControlKind.RESET:
            return readback == 0  # what confirms a reset is that the trip is gone
        # A 32-bit float, or tenths in an integer, never come back as exactly what was asked for.
        least = SAME * max(abs(value), abs(self.high - self.low))
        return abs(readback - value) <= max(self.tolerance, least)

    def readback_label(self, readback: float) -> str:
        """Return what the readback says, in the operator's words."""
        if self.kind is ControlKind.RESET:
            return "Tripped" if readback else "No trip"
        return self.label(readback)

    def label(self, value: float) -> str:
        """Return the value in the operator's words."""
        for known, text in self.states or STATES[self.kind]:
            if known == value:
                return text
        if self.kind is ControlKind.VALVE and value in (self.low, self.high):
            return "Open" if value == self.high else "Closed"
        return f"{value:g} {self.unit}".strip()

    def commandable(self) -> tuple[float, ...]:
        """Return the values that have a button of their own, the one away from the safe side first."""
        if self.choices:
            return self.choices
        return {
            ControlKind.PUMP: (1.0, 0.0),
            ControlKind.VALVE: (self.high, self.low),
            ControlKind.MODE: (1.0, 0.0),
            ControlKind.RESET: (1.0,),
            ControlKind.METHOD: (self.high,),
            ControlKind.SETPOINT: (),
        }[self.kind]

    def watched(self) -> tuple[int, ...]:
        """Return the tags that a command away from the safe side is decided by."""
        return (self.readback, *self.permissives, *self.interlocks)


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
