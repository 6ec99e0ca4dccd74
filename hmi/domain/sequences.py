"""Command sequences: commands given one after another, each through the gate, with points where a person goes on.

    READY ──► RUNNING ──► DONE
                │  ▲
                ▼  │ go on
              HOLDING ──► STOPPED        a person ended it, or a step was refused or not confirmed

A step that is not confirmed stops the sequence: nothing is tried again, nothing that was done is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SequenceStep:
    """One step: a control brought to a value; or, without a control, a hold point with what to look at."""

    control_id: UUID | None
    value: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class CommandSequence:
    """Commands of one station that belong together."""

    id: UUID
    station_id: UUID
    name: str
    steps: tuple[SequenceStep, ...]


class SequenceState(StrEnum):
    """How a run of a sequence stands."""

    RUNNING = "RUNNING"
    HOLDING = "HOLDING"
    DONE = "DONE"
    STOPPED = "STOPPED"
