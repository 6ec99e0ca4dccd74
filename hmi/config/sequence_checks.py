"""What is wrong with a command sequence as it is to be saved."""

from __future__ import annotations

import math
from typing import Final

from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control, ControlKind
from hmi.domain.language import tr
from hmi.domain.sequences import CommandSequence, SequenceStep

NAME_MOST: Final = 80
TEXT_MOST: Final = 200
STEPS_MOST: Final = 50
TO_ANY_VALUE: Final = frozenset({ControlKind.SETPOINT, ControlKind.VALVE})


def sequence_faults(sequence: CommandSequence, catalogue: Catalogue) -> list[str]:
    """Return what is wrong, in sentences; nothing when it can be saved."""
    found = []
    name = sequence.name.strip()
    if not name or len(name) > NAME_MOST:
        found.append(tr("Give it a name of up to {most} characters.").format(most=NAME_MOST))
    others = catalogue.sequences_of_station.get(sequence.station_id, ())
    if any(each.id != sequence.id and each.name.casefold() == name.casefold() for each in others):
        found.append(tr("There is already a sequence called so at this station."))
    if sequence.station_id not in catalogue.station_by_id:
        found.append(tr("Choose a station."))
    if not any(step.control_id is not None for step in sequence.steps):
        found.append(tr("Add a command: without one there is nothing to do."))
    if len(sequence.steps) > STEPS_MOST:
        found.append(tr("Up to {most} steps.").format(most=STEPS_MOST))
    for number, step in enumerate(sequence.steps, 1):
        if fault := _step_fault(step, sequence, catalogue):
            found.append(tr("Step {number}: {fault}").format(number=number, fault=fault))
    return found


def _step_fault(step: SequenceStep, sequence: CommandSequence, catalogue: Catalogue) -> str:
    if step.control_id is None:
        if not step.text.strip() or len(step.text) > TEXT_MOST:
            return tr("write what to look at, in up to {most} characters.").format(most=TEXT_MOST)
        return ""
    control = catalogue.control_by_id.get(step.control_id)
    if control is None or control.station_id != sequence.station_id:
        return tr("choose a control of this station.")
    return (
        "" if _takes(control, step.value) else tr("{name} cannot be brought to that value.").format(name=control.name)
    )


def _takes(control: Control, value: float) -> bool:
    if control.kind in TO_ANY_VALUE:
        return math.isfinite(value) and control.low <= value <= control.high
    return value in control.commandable()
