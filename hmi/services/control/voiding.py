"""Why a selection holds no more: each function returns one that finds the reason, empty for none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from drivers.api import Quality
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control, ControlKind
from hmi.domain.language import tr
from hmi.services.control.selections import Selected
from hmi.services.control.steps import STEPS, Ask, StepRefusedError, require_all
from hmi.services.control.world import World
from hmi.services.port import LinkStatus

Reason = Callable[[Selected], str]

PERSON: Final = tuple(step for step in STEPS if step.name in ("session", "role"))
DISCRETE: Final = frozenset({ControlKind.PUMP, ControlKind.MODE, ControlKind.RESET})
"""Kinds whose state, as it was confirmed, must still be so; a valve on its way changes all the time."""


def by_configuration(before: Catalogue, after: Catalogue) -> Reason:
    """Find what is configured otherwise now, or gone."""

    def reason(selected: Selected) -> str:
        is_same = _used(before, selected.target.id) == _used(after, selected.target.id)
        return "" if is_same else tr("The configuration of this control was changed; select again.")

    return reason


def _used(catalogue: Catalogue, key: UUID) -> tuple[object, ...]:
    """Return all that decides what a selection would do: the target, its controls, their tags and connections."""
    sequence, control = catalogue.sequence_by_id.get(key), catalogue.control_by_id.get(key)
    ids = [step.control_id for step in sequence.steps if step.control_id] if sequence is not None else []
    controls = [each for each in (control, *map(catalogue.control_by_id.get, ids)) if each is not None]
    tags = [catalogue.tag_by_index.get(index) for each in controls for index in (each.command, *each.watched())]
    links = [catalogue.connection_by_id.get(tag.connection_id) for tag in tags if tag is not None]
    return sequence, tuple(controls), tuple(tags), tuple(links)


def _controls(world: World, selected: Selected) -> list[Control]:
    """Return the control that was selected, or those of the sequence."""
    if isinstance(selected.target, Control):
        return [selected.target]
    found = world.catalogue.control_by_id
    ids = [step.control_id for step in selected.target.steps if step.control_id is not None]
    return [found[each] for each in ids if each in found]


def by_link(world: World, status: LinkStatus) -> Reason:
    """Find what would go over a link that is down."""

    def reason(selected: Selected) -> str:
        tags = [world.catalogue.tag_by_index.get(each.command) for each in _controls(world, selected)]
        if not any(tag is not None and tag.connection_id == status.connection_id for tag in tags):
            return ""
        return tr("The link to {name} was lost. Nothing was sent.").format(name=status.name)

    return reason


def by_user(world: World) -> Reason:
    """Find what was selected by somebody who is not there, or may not do it, any more."""
    user = world.plant.user()

    def reason(selected: Selected) -> str:
        if selected.user.name != user.name:
            return tr("{name} is not signed in any more; select again.").format(name=selected.user.name)
        for control in _controls(world, selected):
            value = selected.value if isinstance(selected.target, Control) else control.high
            try:
                require_all(Ask(control, value, user, world), PERSON)
            except StepRefusedError as error:
                return str(error)
        return ""

    return reason


def by_authority(world: World, station_id: UUID) -> Reason:
    """Find what was selected under a control of the station that is not theirs any more."""

    def reason(selected: Selected) -> str:
        if selected.is_safe or selected.target.station_id != station_id:
            return ""
        holder = world.authority.holder(station_id)
        if holder is not None and holder.user == selected.user.name:
            return ""
        return tr("Control of this station has changed hands; select again.")

    return reason


def _has_changed(control: Control, before: float, now: float) -> bool:
    """Whether something else is so than was confirmed; of a setpoint beyond what its readback may differ by."""
    if control.kind is ControlKind.SETPOINT:
        return not control.is_confirmed_by(before, now)
    return control.kind in DISCRETE and now != before


def by_readings(world: World, tags: set[int]) -> Reason:
    """Find what hangs on a reading that is not good any more, or on equipment that has moved by itself."""

    def reason(selected: Selected) -> str:
        control = selected.target
        if selected.is_safe or not isinstance(control, Control) or tags.isdisjoint(control.watched()):
            return ""
        for index in control.watched():
            if world.plant.live.reading(index).quality is not Quality.GOOD:
                name = world.catalogue.tag_by_index[index].name
                return tr("The reading {name} is not good any more; select again.").format(name=name)
        now = world.plant.live.reading(control.readback)
        if _has_changed(control, selected.from_value, now.value):
            words = tr("{name} has changed meanwhile: {state}. Select again.")
            return words.format(name=control.name, state=control.readback_label(now.value))
        return ""

    return reason
