"""The steps from a server to a station, as data: what each needs, which fields it holds, and what the rail shows.

    SERVER ─► CERTIFICATE ─► LOGIN ─► TEST ─► TAGS ─► PLACE ─► saved
                (if asked)

Every step may be entered out of order once its needs are met; a step that is entered never undoes another.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from hmi.domain.language import tr


class Step(IntEnum):
    """One step, in the order they are usually taken."""

    SERVER = 1
    CERTIFICATE = 2
    LOGIN = 3
    TEST = 4
    TAGS = 5
    PLACE = 6


class Need(StrEnum):
    """What must be there before a step can be entered."""

    ADDRESS = "address"
    CERTIFICATE = "certificate"
    LOGIN = "login"


class Mark(StrEnum):
    """How a step stands."""

    TODO = "todo"
    BUSY = "busy"
    DONE = "done"
    FAULT = "fault"


NEEDS: Final[Mapping[Step, tuple[Need, ...]]] = {
    Step.SERVER: (),
    Step.CERTIFICATE: (Need.CERTIFICATE,),
    Step.LOGIN: (Need.ADDRESS,),
    Step.TEST: (Need.ADDRESS, Need.LOGIN),
    Step.TAGS: (Need.ADDRESS,),
    Step.PLACE: (),
}
FIELDS: Final[Mapping[Step, frozenset[str]]] = {
    Step.SERVER: frozenset({"driver", "endpoint", "connection", "options"}),
    Step.CERTIFICATE: frozenset(),
    Step.LOGIN: frozenset(),
    Step.TEST: frozenset(),
    Step.TAGS: frozenset({"tags"}),
    Step.PLACE: frozenset({"name", "area", "latitude", "longitude"}),
}
"""The fields of a draft that stand in a step; a fault of one tag stands in TAGS."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line of the rail. reason: why it cannot be entered yet, empty when it can."""

    step: Step
    number: int
    label: str
    mark: Mark
    reason: str
    is_current: bool

    @property
    def sentence(self) -> str:
        """The line as a screen reader says it."""
        return f"{self.number}. {self.label}, {self.reason or mark_text(self.mark)}"


def rows_of(current: Step, met: Set[Need], marks: Mapping[Step, Mark]) -> tuple[StepRow, ...]:
    """Return the rail: the certificate only where a server has asked, the rest numbered through."""
    shown = [step for step in Step if step is not Step.CERTIFICATE or Need.CERTIFICATE in met]
    return tuple(
        StepRow(step, number, step_text(step), marks.get(step, Mark.TODO), reason_of(step, met), step is current)
        for number, step in enumerate(shown, 1)
    )


def reason_of(step: Step, met: Set[Need]) -> str:
    """Return why a step cannot be entered yet, in words; empty when it can."""
    missing = next((need for need in NEEDS[step] if need not in met), None)
    return "" if missing is None else need_text(missing)


def step_of(field: str, tag: int) -> Step:
    """Return the step in which a fault stands."""
    if tag >= 0:
        return Step.TAGS
    return next((step for step, fields in FIELDS.items() if field in fields), Step.PLACE)


def step_text(step: Step) -> str:
    """Return a step's name."""
    return {
        Step.SERVER: tr("Server"),
        Step.CERTIFICATE: tr("Certificate"),
        Step.LOGIN: tr("Login"),
        Step.TEST: tr("Test"),
        Step.TAGS: tr("Tags"),
        Step.PLACE: tr("Place"),
    }[step]


def mark_text(mark: Mark) -> str:
    """Return how a step stands, in a word."""
    return {
        Mark.TODO: tr("to do"),
        Mark.BUSY: tr("working"),
        Mark.DONE: tr("done"),
        Mark.FAULT: tr("needs a look"),
    }[mark]


def need_text(need: Need) -> str:
    """Return what to do about something that is missing."""
    return {
        Need.ADDRESS: tr("Choose a server first."),
        Need.CERTIFICATE: tr("The server has not asked."),
        Need.LOGIN: tr("Enter a user first; this server lets nobody in without."),
    }[need]
