"""The gate: each refusal, each place where the world changes between select and operate, what a stop passes."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from drivers.api import Batch, LinkState, Quality
from hmi.domain.commands import CommandState
from hmi.domain.roles import ADMIN, MAINTENANCE, OPERATOR, VIEWER, VISITOR, User
from hmi.services import port
from hmi.services.control.steps import STEPS
from hmi.services.port import RefusedError
from tests.conftest import Warnings
from tests.support.control_rig import ANA, BEN, Rig, control_rig
from tests.support.plants import ASSET, CATALOGUE, IN_USE, LEVEL_SETPOINT, PUMP, READY, RUN, START, STATION, TAGS, TRIP
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with control_rig(tmp_path) as found:
        yield found


def lose_authority(rig: Rig) -> None:
    world = rig.gate.world
    now = (world.plant.monotonic(), world.plant.now_us())
    world.authority.take(STATION.id, BEN, "Ana does not answer", now, CATALOGUE)


async def lock_out(rig: Rig) -> None:
    await rig.gate.world.lockouts.hang(ASSET.id, "Coupling off", BEN, CATALOGUE)


def wear_out(rig: Rig) -> None:
    for tag in range(10):
        rig.gate.world.rates.note(1000 + tag, ANA.name, rig.gate.world.plant.monotonic())


def just_given(rig: Rig) -> None:
    rig.gate.world.rates.note(PUMP.command, BEN.name, rig.gate.world.plant.monotonic())


Change = Callable[[Rig], object]
REFUSALS: dict[str, tuple[str, Change, str]] = {
    "session": ("session", lambda rig: rig.sign_in(VISITOR), "Sign in|not signed in"),
    "role": ("role", lambda rig: rig.sign_in(replace(ANA, role=VIEWER)), "may not operate"),
    "admin": ("role", lambda rig: rig.sign_in(replace(ANA, role=ADMIN)), "may not operate"),
    "scope": ("role", lambda rig: rig.sign_in(replace(ANA, stations=frozenset())), "may not operate here"),
    "link": ("link", lambda rig: rig.set_link(LinkState.DOWN), "North server (is down|was lost)"),
    "authority": ("authority", lose_authority, "Ben has control|changed hands"),
    "lock-out": ("lock-out", lock_out, "Locked out by Ben: Coupling off"),
    "quality": ("quality", lambda rig: rig.reading(RUN, 0, Quality.BAD), "Pump 1 running is not good"),
    "no number": ("quality", lambda rig: rig.reading(RUN, math.nan), "Pump 1 running is not good|has changed"),
    "permissive": ("interlocks", lambda rig: rig.reading(READY, 0), "Pump 1 ready: On"),
    "unknown permissive": (
        "interlocks",
        lambda rig: rig.reading(READY, 1, Quality.UNCERTAIN),
        "Pump 1 ready(: On| is not good)",
    ),
    "interlock": ("interlocks", lambda rig: rig.reading(TRIP, 1), "Pump 1 tripped: Off"),
    "rate of the tag": ("rate", just_given, "given here just now; wait 2 s"),
    "rate of the user": ("rate", wear_out, "many commands in a minute; wait 60 s"),
}


async def apply(change: Change, rig: Rig) -> None:
    result = change(rig)
    if hasattr(result, "__await__"):
        await result


async def test_every_step_is_tried_here() -> None:
    """Limits and pending have tests of their own below."""
    assert {step for step, _, _ in REFUSALS.values()} | {"limits", "pending"} == {step.name for step in STEPS}


@pytest.mark.parametrize("name", REFUSALS)
async def test_select_is_refused_and_the_record_says_by_which_step(rig: Rig, name: str) -> None:
    step, change, words = REFUSALS[name]
    await apply(change, rig)
    with pytest.raises(RefusedError, match=words):
        rig.gate.select(PUMP.id, 1.0)
    entry = (await rig.audit("command"))[-1]
    assert (entry["action"], entry["user"], entry["target"]) == ("command.refused", rig.user.name, "Pump 1")
    assert entry["result"].startswith(f"refused ({step}): ")


@pytest.mark.parametrize("name", REFUSALS)
async def test_operate_is_refused_when_the_world_has_changed_since_select(rig: Rig, name: str) -> None:
    _, change, words = REFUSALS[name]
    selection = rig.gate.select(PUMP.id, 1.0)
    await apply(change, rig)
    with pytest.raises(RefusedError, match=words):
        await rig.operate(selection)
    assert rig.driver.written == []
    assert rig.commands(10) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rig: (rig.reading(RUN, 0, Quality.BAD), rig.reading(RUN, 0)), "not good any more"),
        (lambda rig: (rig.reading(READY, 1, Quality.STALE), rig.reading(READY, 1)), "not good any more"),
        (lambda rig: (rig.set_link(LinkState.DOWN), rig.set_link(LinkState.UP)), "was lost"),
        (lambda rig: (rig.sign_in(replace(ANA, role=VIEWER)), rig.sign_in(ANA)), "may not operate"),
        (lambda rig: (rig.sign_in(BEN), rig.sign_in(ANA)), "not signed in any more"),
        (lambda rig: (rig.reading(RUN, 1), rig.reading(RUN, 0)), "has changed meanwhile: Running"),
        (lambda rig: (rig.configure(timeout_s=9.0), rig.configure(timeout_s=0.3)), "configuration"),
        (lambda rig: (rig.configure(), rig.apply(replace(CATALOGUE, controls=())), rig.configure()), "configuration"),
    ],
)
async def test_a_selection_is_void_although_all_is_well_again(
    rig: Rig, change: Callable[[Rig], object], words: str
) -> None:
    selection = rig.gate.select(PUMP.id, 1.0)
    change(rig)
    assert [token for token, _ in rig.voided] == [selection.token], "the window was not told"
    with pytest.raises(RefusedError, match=words):
        await rig.operate(selection)
    assert rig.driver.written == []


async def test_another_address_voids_what_was_selected(rig: Rig) -> None:
    selection = rig.gate.select(PUMP.id, 1.0)
    moved = replace(TAGS[START], revision=replace(TAGS[START].revision, address="s=Other pump"))
    rig.apply(replace(CATALOGUE, version=2, tags=(moved, *TAGS[1:])))
    with pytest.raises(RefusedError, match="configuration"):
        await rig.operate(selection)
    assert rig.driver.written == []


async def test_a_reading_of_something_else_voids_nothing(rig: Rig) -> None:
    selection = rig.gate.select(PUMP.id, 1.0)
    rig.reading(IN_USE, 2, Quality.BAD)
    rig.reading(RUN, 0)
    rig.reading(READY, 1)
    assert rig.voided == []
    await rig.operate(selection)
    await until(lambda: rig.driver.written != [])
    rig.reading(RUN, 1)
    await rig.settled()


async def test_only_who_selected_operates(rig: Rig) -> None:
    selection = rig.gate.select(PUMP.id, 1.0)
    rig.user = BEN  # without the session's word: the gate looks for itself
    with pytest.raises(RefusedError, match="selected by Ana"):
        await rig.operate(selection)
    assert rig.driver.written == []


# ── limits ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [0.99, 4.01, math.nan, math.inf, -1e300])
async def test_a_setpoint_out_of_limits_is_refused(rig: Rig, value: float) -> None:
    with pytest.raises(RefusedError, match="outside 1 to 4 m"):
        rig.gate.select(LEVEL_SETPOINT.id, value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fast", "“fast” is not a number"),
        ("", "is not a number"),
        ("nan", "is not a number"),
        ("1e3", "unit here is m, not e3"),
        ("2.5 bar", "unit here is m, not bar"),
        ("2.55", "Too many digits: 1 after the point"),
        ("2.5.5", "unit here is m"),
        ("9" * 400, "is not a number"),
        ("٣", "is not a number"),
        ("7", "outside 1 to 4 m"),
        ("-3", "outside 1 to 4 m"),
    ],
)
async def test_what_is_typed_is_refused_in_words(rig: Rig, text: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.gate.select(LEVEL_SETPOINT.id, text)
    assert (await rig.audit("command.refused"))[-1]["result"].startswith("refused (limits)")


@pytest.mark.parametrize("text", ["2.5", "2,5", " 2.5 m ", "+2.5m", "2.50"])
async def test_what_is_plain_is_taken(rig: Rig, text: str) -> None:
    assert rig.gate.select(LEVEL_SETPOINT.id, text).value == 2.5


async def test_a_value_that_is_no_command_of_the_control_is_refused(rig: Rig) -> None:
    with pytest.raises(RefusedError, match=r"0\.5 is no command"):
        rig.gate.select(PUMP.id, 0.5)


async def test_a_change_that_is_too_large_at_once_is_refused(rig: Rig) -> None:
    setpoint = replace(LEVEL_SETPOINT, step_most=0.5)
    rig.apply(replace(CATALOGUE, controls=(PUMP, setpoint)))
    with pytest.raises(RefusedError, match=r"more than 0\.5 m at once"):
        rig.gate.select(setpoint.id, 2.6)
    assert rig.gate.select(setpoint.id, 2.5).value == 2.5


async def test_a_setpoint_that_somebody_else_changed_since_select_is_selected_again(rig: Rig) -> None:
    setpoint = replace(LEVEL_SETPOINT, tolerance=0.05, safe_value=None)
    rig.apply(replace(CATALOGUE, controls=(PUMP, setpoint)))
    selection = rig.gate.select(setpoint.id, 2.5)
    rig.reading(IN_USE, 2.04)  # as a measured one may waver
    rig.reading(IN_USE, 3.0)
    with pytest.raises(RefusedError, match="Level setpoint has changed meanwhile: 3 m"):
        await rig.operate(selection)
    assert rig.driver.written == []
    again = rig.gate.select(setpoint.id, 2.5)
    rig.reading(IN_USE, 3.04)
    await rig.operate(again)
    rig.reading(IN_USE, 2.5)
    assert (await rig.settled()).state is CommandState.CONFIRMED
    assert [value for _, value in rig.driver.written] == [2.5]


async def test_a_reading_that_is_too_old_is_refused(rig: Rig) -> None:
    rig.configure(fresh_s=1e-6)
    with pytest.raises(RefusedError, match="wait for a fresh one"):
        rig.gate.select(PUMP.id, 1.0)


async def test_a_reading_from_before_the_clock_was_set_back_is_not_fresh(rig: Rig) -> None:
    rig.configure(fresh_s=5.0)
    assert rig.gate.select(PUMP.id, 1.0).value == 1.0
    hour_ahead_us = time.time_ns() // 1000 + 3_600_000_000
    rig.live.apply(Batch.of(RUN, 0.0, hour_ahead_us, received_us=hour_ahead_us))
    with pytest.raises(RefusedError, match="before the clock was set back"):
        rig.gate.select(PUMP.id, 1.0)


async def test_an_unknown_control_is_refused(rig: Rig) -> None:
    with pytest.raises(RefusedError, match="no longer there"):
        rig.gate.select(uuid4(), 1.0)


# ── one after another ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_second_command_waits_for_the_outcome_of_the_first(rig: Rig, log_warnings: Warnings) -> None:
    rig.apply(replace(CATALOGUE, controls=(PUMP, replace(LEVEL_SETPOINT, rate_s=0))))
    selection = rig.gate.select(LEVEL_SETPOINT.id, 3.0)
    second = rig.gate.select(LEVEL_SETPOINT.id, 2.5)
    await rig.operate(selection)
    with pytest.raises(RefusedError, match="still pending"):
        await rig.operate(second)
    with pytest.raises(RefusedError, match="still pending"):
        rig.gate.select(LEVEL_SETPOINT.id, 2.5)
    await rig.settled()
    assert len(rig.driver.written) == 1
    log_warnings.take("command")


async def test_ten_commands_a_minute_and_no_more(rig: Rig) -> None:
    rig.apply(replace(CATALOGUE, controls=(PUMP, replace(LEVEL_SETPOINT, rate_s=0))))
    for number in range(10):
        value = round(2.1 + number / 10, 1)
        rig.statuses.clear()
        await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, value))
        await until(lambda: CommandState.SENT in rig.states)
        rig.reading(IN_USE, value)
        assert (await rig.settled()).state is CommandState.CONFIRMED
    with pytest.raises(RefusedError, match="many commands"):
        rig.gate.select(LEVEL_SETPOINT.id, 3.0)
    rig.ahead_s = 59.0
    lease = rig.gate.world.plant
    rig.gate.world.authority.renew(ANA, lease.monotonic())
    with pytest.raises(RefusedError, match="many commands"):
        rig.gate.select(LEVEL_SETPOINT.id, 3.0)
    rig.ahead_s = 61.0
    assert rig.gate.select(LEVEL_SETPOINT.id, 3.0)


# ── the safe direction ────────────────────────────────────────────────────────────────────────────────────────────────

STOP_PASSES = [name for name, (step, _, _) in REFUSALS.items() if step not in ("session", "role", "link")]


@pytest.mark.parametrize("name", STOP_PASSES)
async def test_a_stop_is_never_refused_for(rig: Rig, name: str) -> None:
    await apply(REFUSALS[name][1], rig)
    selection = rig.gate.select(PUMP.id, 0.0)
    await rig.operate(selection)
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 0.0)])
    rig.reading(RUN, 0)
    assert (await rig.settled()).state is CommandState.CONFIRMED


@pytest.mark.parametrize("name", STOP_PASSES)
async def test_a_stop_that_was_selected_is_not_void_for(rig: Rig, name: str) -> None:
    selection = rig.gate.select(PUMP.id, 0.0)
    await apply(REFUSALS[name][1], rig)
    assert rig.voided == []
    await rig.operate(selection)
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 0.0)])
    rig.reading(RUN, 0)
    await rig.settled()


@pytest.mark.parametrize("name", ["session", "role", "admin", "scope", "link"])
async def test_even_a_stop_takes_role_and_link(rig: Rig, name: str) -> None:
    await apply(REFUSALS[name][1], rig)
    with pytest.raises(RefusedError, match=REFUSALS[name][2]):
        rig.gate.select(PUMP.id, 0.0)


async def test_a_stop_needs_no_second_person(rig: Rig) -> None:
    rig.configure(level="second_person")
    await rig.operate(rig.gate.select(PUMP.id, 0.0))
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 0.0)])
    await rig.settled()


# ── maintenance ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_maintenance_operates_at_the_station_under_a_tag_of_its_own(rig: Rig) -> None:
    rita = User("Rita", MAINTENANCE)
    rig.sign_in(rita)
    await rig.ask(port.TakeAuthority(STATION.id))
    with pytest.raises(RefusedError, match="only at the station itself"):
        rig.gate.select(PUMP.id, 1.0)
    rig.stands_at = frozenset({STATION.id})
    with pytest.raises(RefusedError, match="lock-out tag of their own"):
        rig.gate.select(PUMP.id, 1.0)
    await rig.ask(port.HangLockout(ASSET.id, "Bearing changed, test run"))
    assert rig.gate.select(PUMP.id, 1.0)
    await lock_out(rig)
    with pytest.raises(RefusedError, match="Locked out by Ben"):
        rig.gate.select(PUMP.id, 1.0)


async def test_an_operator_does_not_operate_under_a_tag_not_even_the_own(rig: Rig) -> None:
    await rig.ask(port.HangLockout(ASSET.id, "Do not start"))
    with pytest.raises(RefusedError, match="Locked out by Ana"):
        rig.gate.select(PUMP.id, 1.0)


async def test_who_may_what_at_the_gate(rig: Rig) -> None:
    for role, is_allowed in ((VIEWER, False), (OPERATOR, True), (ADMIN, False)):
        rig.sign_in(User("Ana", role))
        if is_allowed:
            assert rig.gate.select(PUMP.id, 1.0)
        else:
            with pytest.raises(RefusedError, match="may not"):
                rig.gate.select(PUMP.id, 1.0)
