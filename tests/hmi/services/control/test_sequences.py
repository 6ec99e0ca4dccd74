"""Sequences: each command confirmed before the next, a person at each hold point, an end at the first trouble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from drivers.api import Value
from hmi.domain.audit import AuditEntry
from hmi.domain.commands import SafetyLevel
from hmi.domain.roles import VIEWER, User
from hmi.domain.sequences import CommandSequence, SequenceState, SequenceStep
from hmi.services.port import (
    ConfirmSecond,
    ContinueSequence,
    Operate,
    RefusedError,
    SelectSequence,
    SequenceStatus,
    StopSequence,
)
from tests.conftest import Warnings
from tests.support.control_rig import BEN, PASSWORD, Rig, control_rig
from tests.support.plants import CATALOGUE, IN_USE, LEVEL_SETPOINT, PUMP, READY, RUN, STATION, TRIP
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

SEQUENCE = CommandSequence(
    UUID(int=500),
    STATION.id,
    "Take over",
    (
        SequenceStep(LEVEL_SETPOINT.id, 3.0),
        SequenceStep(None, text="Is the strainer clean?"),
        SequenceStep(PUMP.id, 1.0),
    ),
)
READBACK = {"s=Level setpoint": IN_USE, "s=Pump 1 start": RUN}


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with control_rig(tmp_path) as found:
        found.apply(replace(CATALOGUE, sequences=(SEQUENCE,)))
        write = found.driver.write

        async def followed(address: str, value: Value) -> None:
            await write(address, value)
            asyncio.get_running_loop().call_soon(found.reading, READBACK[address], float(value))

        found.driver.write = followed  # type: ignore[method-assign]  # a plant that does as it is told
        yield found


def status(rig: Rig) -> SequenceStatus:
    return rig.desk.standing().sequences[0]


async def at_the_hold(rig: Rig) -> UUID:
    selection = await rig.ask(SelectSequence(SEQUENCE.id))
    assert selection.steps == ("Level setpoint → 3 m", "Hold: Is the strainer clean?", "Pump 1 → Running")
    run_id: UUID = await rig.ask(Operate(selection.token))
    await until(lambda: status(rig).state is SequenceState.HOLDING)
    assert (status(rig).run_id, status(rig).step, status(rig).detail) == (run_id, 1, "Is the strainer clean?")
    return run_id


async def test_a_step_that_an_interlock_or_a_tag_would_refuse_now_says_so_before_it_is_confirmed(rig: Rig) -> None:
    rig.reading(TRIP, 1)
    steps = rig.gate.select_sequence(SEQUENCE.id).steps
    assert steps[0] == "Level setpoint → 3 m"
    assert steps[2].startswith("Pump 1 → Running  ✗ not now: ")
    assert "Pump 1 tripped: Off" in steps[2]


async def test_from_the_first_step_over_the_hold_to_the_end(rig: Rig) -> None:
    run_id = await at_the_hold(rig)
    assert rig.driver.written == [("s=Level setpoint", 3.0)]
    with pytest.raises(RefusedError, match="does not wait there"):
        await rig.ask(ContinueSequence(run_id, 0))
    await rig.ask(ContinueSequence(run_id, 1))
    await until(lambda: status(rig).state is SequenceState.DONE)
    assert [value for _, value in rig.driver.written] == [3.0, 1.0]
    results = [each["result"] for each in await rig.audit("sequence")]
    assert results == ["begun", "went on from: Is the strainer clean?", "DONE"]
    intents = await rig.audit("command.intent")
    assert [each["reason"] for each in intents] == ["Sequence Take over"] * 2


async def test_only_one_of_a_station_at_a_time(rig: Rig, log_warnings: Warnings) -> None:
    run_id = await at_the_hold(rig)
    selection = await rig.ask(SelectSequence(SEQUENCE.id))
    with pytest.raises(RefusedError, match="is running"):
        await rig.ask(Operate(selection.token))
    await rig.ask(StopSequence(run_id))
    await until(lambda: status(rig).state is SequenceState.STOPPED)
    assert log_warnings.take("sequence stopped")


async def test_stopped_at_the_hold(rig: Rig, log_warnings: Warnings) -> None:
    run_id = await at_the_hold(rig)
    await rig.ask(StopSequence(run_id))
    await until(lambda: status(rig).state is SequenceState.STOPPED)
    assert status(rig).detail == "Stopped by Ana."
    assert len(rig.driver.written) == 1
    with pytest.raises(RefusedError, match="ended already"):
        await rig.ask(ContinueSequence(run_id, 1))
    assert log_warnings.take("sequence stopped")


async def test_a_step_that_the_gate_refuses_ends_it(rig: Rig, log_warnings: Warnings) -> None:
    run_id = await at_the_hold(rig)
    rig.reading(READY, 0)
    await rig.ask(ContinueSequence(run_id, 1))
    await until(lambda: status(rig).state is SequenceState.STOPPED)
    assert "Missing: Pump 1 ready" in status(rig).detail
    assert len(rig.driver.written) == 1
    assert log_warnings.take("sequence stopped")


async def test_a_step_that_is_not_confirmed_ends_it(rig: Rig, log_warnings: Warnings) -> None:
    READBACK["s=Pump 1 start"] = IN_USE  # the pump does not run
    try:
        await rig.ask(ContinueSequence(await at_the_hold(rig), 1))
        await until(lambda: status(rig).state is SequenceState.STOPPED)
    finally:
        READBACK["s=Pump 1 start"] = RUN
    assert status(rig).detail.startswith("Pump 1: TIMEOUT")
    assert len(log_warnings.take("sequence stopped", "command")) == 2


async def test_who_signs_out_does_not_go_on(rig: Rig, log_warnings: Warnings) -> None:
    run_id = await at_the_hold(rig)
    rig.sign_in(BEN)
    await until(lambda: status(rig).state is SequenceState.STOPPED)
    assert status(rig).detail == "Stopped by Ana."
    with pytest.raises(RefusedError, match="ended already"):
        await rig.ask(ContinueSequence(run_id, 1))
    assert len(rig.driver.written) == 1
    assert log_warnings.take("sequence stopped")


async def test_whoever_may_operate_there_stops_it(rig: Rig, log_warnings: Warnings) -> None:
    run_id = await at_the_hold(rig)
    rig.user = User("Vic", VIEWER)
    with pytest.raises(RefusedError, match="Vic may not operate"):
        await rig.ask(StopSequence(run_id))
    rig.user = BEN
    with pytest.raises(RefusedError, match="Ana is not signed in"):
        await rig.ask(ContinueSequence(run_id, 1))
    await rig.ask(StopSequence(run_id))
    await until(lambda: status(rig).state is SequenceState.STOPPED)
    assert status(rig).detail == "Stopped by Ben."
    assert log_warnings.take("sequence stopped")


async def test_the_hardest_level_of_its_steps_holds_for_all(rig: Rig) -> None:
    controls = (replace(PUMP, level=SafetyLevel.SECOND_PERSON), LEVEL_SETPOINT)
    rig.apply(replace(CATALOGUE, controls=controls, sequences=(SEQUENCE,)))
    selection = await rig.ask(SelectSequence(SEQUENCE.id))
    assert selection.level is SafetyLevel.SECOND_PERSON
    with pytest.raises(RefusedError, match="second person"):
        await rig.ask(Operate(selection.token))
    await rig.ask(ConfirmSecond(selection.token, "Ben", PASSWORD))
    run_id = await rig.ask(Operate(selection.token))
    await until(lambda: status(rig).state is SequenceState.HOLDING)
    await rig.ask(ContinueSequence(run_id, 1))
    await until(lambda: status(rig).state is SequenceState.DONE)
    assert {each["second_user"] for each in await rig.audit("command.intent")} == {"Ben"}


async def test_a_run_that_writes_down_that_it_went_on_gives_nothing_once_the_program_is_being_closed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = await at_the_hold(rig)
    write, is_free = rig.gate.recording._write, asyncio.Event()

    async def slow(*entries: AuditEntry, **more: Any) -> None:
        await is_free.wait()
        await write(*entries, **more)

    monkeypatch.setattr(rig.gate.recording, "_write", slow)
    await rig.ask(ContinueSequence(run_id, 1))
    for _ in range(3):
        await asyncio.sleep(0)
    closing = asyncio.create_task(rig.desk.close())
    await asyncio.sleep(0)
    is_free.set()
    await closing
    assert (status(rig).state, status(rig).detail) == (SequenceState.STOPPED, "The program was closed.")
    assert len(rig.driver.written) == 1
    assert (await rig.audit("sequence"))[-1]["result"] == "STOPPED: The program was closed."
    with pytest.raises(RefusedError, match="is being closed"):
        rig.desk.sequences.begin(SEQUENCE, rig.user, None)


async def held_by_two(rig: Rig) -> UUID:
    """Begin the sequence with a second person, and come to its hold point."""
    controls = (replace(PUMP, level=SafetyLevel.SECOND_PERSON), LEVEL_SETPOINT)
    rig.apply(replace(CATALOGUE, controls=controls, sequences=(SEQUENCE,)))
    selection = await rig.ask(SelectSequence(SEQUENCE.id))
    await rig.ask(ConfirmSecond(selection.token, "Ben", PASSWORD))
    run_id: UUID = await rig.ask(Operate(selection.token))
    await until(lambda: status(rig).state is SequenceState.HOLDING)
    return run_id


async def test_a_second_person_who_may_not_any_more_ends_it(rig: Rig, log_warnings: Warnings) -> None:
    run_id = await held_by_two(rig)
    rig.others["Ben"] = replace(BEN, role=VIEWER)
    await rig.ask(ContinueSequence(run_id, 1))
    await until(lambda: status(rig).state is SequenceState.STOPPED)
    assert status(rig).detail == "Ben may not confirm critical commands here."
    assert len(rig.driver.written) == 1
    assert log_warnings.take("sequence stopped")


async def test_a_level_that_was_raised_meanwhile_ends_it(rig: Rig, log_warnings: Warnings) -> None:
    run_id = await at_the_hold(rig)
    controls = (replace(PUMP, level=SafetyLevel.PASSWORD), LEVEL_SETPOINT)
    rig.apply(replace(CATALOGUE, controls=controls, sequences=(SEQUENCE,)))
    await rig.ask(ContinueSequence(run_id, 1))
    await until(lambda: status(rig).state is SequenceState.STOPPED)
    assert status(rig).detail == "The safety level of Pump 1 was raised since; begin the sequence anew."
    assert len(rig.driver.written) == 1
    assert log_warnings.take("sequence stopped")


async def test_to_the_safe_side_it_goes_on_all_the_same(rig: Rig) -> None:
    steps = (*SEQUENCE.steps[:2], SequenceStep(PUMP.id, 0.0))
    sequence = replace(SEQUENCE, steps=steps)
    rig.apply(replace(CATALOGUE, sequences=(sequence,)))
    selection = await rig.ask(SelectSequence(SEQUENCE.id))
    run_id = await rig.ask(Operate(selection.token))
    await until(lambda: status(rig).state is SequenceState.HOLDING)
    controls = (replace(PUMP, level=SafetyLevel.SECOND_PERSON), LEVEL_SETPOINT)
    rig.apply(replace(CATALOGUE, controls=controls, sequences=(sequence,)))
    await rig.ask(ContinueSequence(run_id, 1))
    await until(lambda: status(rig).state is SequenceState.DONE)


async def test_who_may_give_only_some_of_it_does_not_begin(rig: Rig) -> None:
    rig.sign_in(User("Ana", VIEWER))
    with pytest.raises(RefusedError, match="may not operate"):
        await rig.ask(SelectSequence(SEQUENCE.id))
    with pytest.raises(RefusedError, match="no longer there"):
        await rig.ask(SelectSequence(UUID(int=1)))
