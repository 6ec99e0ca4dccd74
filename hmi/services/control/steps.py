"""The gate's steps, in their order: each looks at one thing and refuses in words, or lets pass.

    session → role → link → authority → lock-out → quality → permissives and interlocks → limits → rate → pending

They are asked at select and again at operate, as the world is then. A command in the safe direction (stop, close) is
bound by session, role and link only: never by quality, rate, a pending command, or who has control.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from drivers.api import LinkState, Quality
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control, ControlKind
from hmi.domain.language import tr
from hmi.domain.roles import VISITOR, Permission, User
from hmi.domain.setpoints import SetpointError, require_digits
from hmi.services.control.world import World
from hmi.services.port import Check, RefusedError

AHEAD_S: Final = 1.0
"""How far a reading may seem to lie ahead of the clock; further means that the clock was set back."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A command that somebody asks for, in the world as it is now."""

    control: Control
    value: float
    user: User
    world: World

    @property
    def is_safe(self) -> bool:
        return self.control.is_safe(self.value)

    @property
    def catalogue(self) -> Catalogue:
        return self.world.catalogue


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `refusal` returns the sentence, empty when it lets pass."""

    name: str
    refusal: Callable[[Ask], str]
    binds_safe: bool = False


class StepRefusedError(RefusedError):
    """A command that a step refused."""

    def __init__(self, sentence: str, step: str = "") -> None:
        super().__init__(sentence)
        self.step = step


def require_all(ask: Ask, steps: Iterable[Step]) -> None:
    """Pass a command through the steps. Raises StepRefusedError at the first that refuses."""
    for step in steps:
        if ask.is_safe and not step.binds_safe:
            continue
        if sentence := step.refusal(ask):
            raise StepRefusedError(sentence, step.name)


def checks(ask: Ask) -> tuple[Check, ...]:
    """Return what speaks for and against a command as it stands, for the confirmation to show."""
    found = [Check(tr("Readback good"), not _quality(ask))]
    if not ask.is_safe:
        found += _conditions(ask)
    return tuple(found)


def _session(ask: Ask) -> str:
    return tr("Nobody is signed in. Sign in to operate.") if ask.user.name == VISITOR.name else ""


def _role(ask: Ask) -> str:
    user, control = ask.user, ask.control

    def may(permission: Permission) -> bool:
        return user.may(permission, control.station_id)

    if ask.is_safe:
        if may(Permission.COMMAND) or may(Permission.COMMAND_TAGGED) or may(Permission.COMMAND_CRITICAL):
            return ""
    elif control.is_critical and not may(Permission.COMMAND_CRITICAL):
        return tr("{name} may not give critical commands here.").format(name=user.name)
    elif may(Permission.COMMAND):
        return ""
    elif may(Permission.COMMAND_TAGGED):
        return _tagged(ask)
    return tr("{name} may not operate here. Sign in as an operator of this station.").format(name=user.name)


def _tagged(ask: Ask) -> str:
    """Return what keeps somebody who may only operate at the station itself, under a tag of their own."""
    if ask.control.station_id not in ask.world.plant.stands_at():
        return tr("{name} operates only at the station itself, on the computer there.").format(name=ask.user.name)
    if not any(tag.user == ask.user.name for tag in ask.world.lockouts.of_asset(ask.control.asset_id)):
        return tr("{name} operates only equipment under a lock-out tag of their own. Hang it first.").format(
            name=ask.user.name
        )
    return ""


def _link(ask: Ask) -> str:
    connection_id = ask.catalogue.tag_by_index[ask.control.command].connection_id
    if ask.world.plant.link_state(connection_id) in (LinkState.UP, LinkState.DEGRADED):
        return ""
    name = ask.catalogue.connection_by_id[connection_id].name
    return tr("The link to {name} is down. Nothing was sent.").format(name=name)


def _authority(ask: Ask) -> str:
    holder = ask.world.authority.holder(ask.control.station_id)
    if holder is None or holder.until_s <= ask.world.plant.monotonic():
        return tr("Nobody has control of this station. Take control first.")
    if holder.user != ask.user.name:
        return tr("{holder} has control of this station. Ask for it, or take it.").format(holder=holder.user)
    return ""


def _lock_out(ask: Ask) -> str:
    is_own_allowed = not ask.user.may(Permission.COMMAND, ask.control.station_id)
    for tag in ask.world.lockouts.of_asset(ask.control.asset_id):
        if not (is_own_allowed and tag.user == ask.user.name):
            return tr("Locked out by {name}: {reason}").format(name=tag.user, reason=tag.reason)
    return ""


def _quality(ask: Ask) -> str:
    now = ask.world.plant.live.reading(ask.control.readback)
    name = ask.catalogue.tag_by_index[ask.control.readback].name
    if now.quality is not Quality.GOOD or not math.isfinite(now.value):
        return tr("The reading {name} is not good; what the equipment does is not known.").format(name=name)
    age_s = (ask.world.plant.now_us() - now.received_us) / 1e6
    if ask.control.fresh_s and age_s < -AHEAD_S:
        return tr("The reading {name} is from before the clock was set back; wait for a fresh one.").format(name=name)
    if ask.control.fresh_s and age_s > ask.control.fresh_s:
        return tr("The reading {name} is {age:.0f} s old; wait for a fresh one.").format(name=name, age=age_s)
    return ""


def _conditions(ask: Ask) -> list[Check]:
    wanted = [(tag, True) for tag in ask.control.permissives] + [(tag, False) for tag in ask.control.interlocks]
    return [_condition(ask, tag, state) for tag, state in wanted]


def _condition(ask: Ask, index: int, wanted: bool) -> Check:
    tag = ask.catalogue.tag_by_index[index]
    now = ask.world.plant.live.reading(index)
    is_met = now.quality is Quality.GOOD and bool(now.value) is wanted  # unknown counts as not met
    return Check(f"{tag.name}: {tag.revision.states[int(wanted)]}", is_met)


def _interlocks(ask: Ask) -> str:
    missing = [check.text for check in _conditions(ask) if not check.is_met]
    return tr("Not possible now. Missing: {missing}.").format(missing="; ".join(missing)) if missing else ""


def _limits(ask: Ask) -> str:
    control, value = ask.control, ask.value
    unit = f" {control.unit}" if control.unit else ""
    if not control.low <= value <= control.high:  # also refuses what is no number
        words = tr("{value:g}{unit} is outside {low:g} to {high:g}{unit}.")
        return words.format(value=value, unit=unit, low=control.low, high=control.high)
    if control.kind in (ControlKind.SETPOINT, ControlKind.VALVE):
        try:
            require_digits(value, decimals_of(control, ask.catalogue))
        except SetpointError as error:
            return str(error)
    elif value not in control.commandable():
        return tr("{value:g} is no command of {name}.").format(value=value, name=control.name)
    now = ask.world.plant.live.reading(control.readback)
    if control.step_most and abs(value - now.value) > control.step_most:
        words = tr("{value:g}{unit} is a change of more than {most:g}{unit} at once. Go there in steps.")
        return words.format(value=value, unit=unit, most=control.step_most)
    return ""


def decimals_of(control: Control, catalogue: Catalogue) -> int:
    """Return how many digits after the point a setpoint of the control may have."""
    return control.decimals if control.decimals >= 0 else catalogue.tag_by_index[control.command].revision.decimals


def _rate(ask: Ask) -> str:
    now_s, rates = ask.world.plant.monotonic(), ask.world.rates
    if wait_s := rates.wait_for_tag(ask.control.command, ask.control.rate_s, now_s):
        return tr("A command was given here just now; wait {wait:.0f} s.").format(wait=math.ceil(wait_s))
    if wait_s := rates.wait_for_user(ask.user.name, now_s):
        return tr("{name} gave many commands in a minute; wait {wait:.0f} s.").format(
            name=ask.user.name, wait=math.ceil(wait_s)
        )
    return ""


def _pending(ask: Ask) -> str:
    if ask.world.is_pending(ask.control):
        return tr("A command is still pending here; wait for its outcome.")
    return ""


STEPS: Final = (
    Step("session", _session, binds_safe=True),
    Step("role", _role, binds_safe=True),
    Step("link", _link, binds_safe=True),
    Step("authority", _authority),
    Step("lock-out", _lock_out),
    Step("quality", _quality),
    Step("interlocks", _interlocks),
    Step("limits", _limits),
    Step("rate", _rate),
    Step("pending", _pending),
)
STEPS_IN_SEQUENCE: Final = tuple(step for step in STEPS if step.name != "rate")
"""The pace of a person is not that of a sequence: there each step waits until the one before is confirmed."""
