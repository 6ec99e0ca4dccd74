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
        key = selected.target.id
        old = before.control_by_id.get(key) or before.sequence_by_id.get(key)
        new = after.control_by_id.get(key) or after.sequence_by_id.get(key)
        return "" if old == new else tr("The configuration of this control was changed; select again.")

    return reason


def by_link(world: World, status: LinkStatus) -> Reason:
    """Find what would go over a link that is down."""

    def reason(selected: Selected) -> str:
        if not isinstance(selected.target, Control):
            return ""
        tag = world.catalogue.tag_by_index.get(selected.target.command)
        if tag is None or tag.connection_id != status.connection_id:
            return ""
        return tr("The link to {name} was lost. Nothing was sent.").format(name=status.name)

    return reason


def by_user(world: World) -> Reason:
    """Find what was selected by somebody who is not there, or may not do it, any more."""
    user = world.plant.user()

    def reason(selected: Selected) -> str:
        if selected.user.name != user.name:
            return tr("{name} is not signed in any more; select again.").format(name=selected.user.name)
        if isinstance(selected.target, Control):
            try:
                require_all(Ask(selected.target, selected.value, user, world), PERSON)
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
        if control.kind in DISCRETE and now.value != selected.from_value:
            words = tr("{name} has changed meanwhile: {state}. Select again.")
            return words.format(name=control.name, state=control.readback_label(now.value))
        return ""

    return reason
