"""Acting on alarms, ours and those that servers own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from hmi.domain.alarms import Occurrence
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class Acknowledge(Request[int]):
    """Acknowledge the occurrences that were on screen; answers how many were, refuses when none could be."""

    occurrences: tuple[Occurrence, ...]
    comment: str = ""


class ConditionAction(StrEnum):
    """What can be done to an alarm that a server owns."""

    ACKNOWLEDGE = "acknowledge"
    CONFIRM = "confirm"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"


@dataclass(frozen=True, slots=True)
class ActOnCondition(Request[None]):
    """Do something to an alarm where it lives; its new state comes in a frame. shelve_s: 0 until it next is normal."""

    connection_id: UUID
    condition_id: str
    action: ConditionAction
    comment: str = ""
    shelve_s: float = 0.0
