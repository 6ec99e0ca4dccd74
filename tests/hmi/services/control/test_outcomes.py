"""What becomes of a command: sent once, done when the readback says so, and written down whatever happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from drivers.api import (
    Argument,
    LinkState,
    Method,
    NotConnectedError,
    Quality,
    UnansweredError,
    Value,
    WriteRejectedError,
)
from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.commands import CommandState, ControlKind
from hmi.services import port
from hmi.services.audit import trail as trail_module
from hmi.services.port import RefusedError
from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import CommandEventRow
from tests.conftest import Warnings
from tests.support.control_rig import Rig, control_rig
from tests.support.plants import CATALOGUE, IN_USE, LEVEL_SETPOINT, PUMP, READY, RUN
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with control_rig(tmp_path) as found:
        yield found


async def test_a_start_is_sent_and_confirmed_by_its_readback(rig: Rig) -> None:
    selection = rig.gate.select(PUMP.id, 1.0)
    assert (selection.from_label, selection.to_label) == ("Stopped", "Running")
    assert all(check.is_met for check in selection.checks)
    await rig.operate(selection)
    await until(lambda: CommandState.SENT in rig.states)
    assert rig.driver.written == [("s=Pump 1 start", 1.0)]
    assert CommandState.CONFIRMED not in rig.states, "shown as done before the readback said so"
    rig.reading(RUN, 1)
    await until(lambda: CommandState.CONFIRMED in rig.states)
    assert rig.states == [CommandState.PENDING, CommandState.SENT, CommandState.CONFIRMED]


async def test_intent_and_outcome_are_in_the_record(rig: Rig) -> None:
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    await until(lambda: CommandState.SENT in rig.states)
    rig.reading(RUN, 1)
    await rig.settled()
    intent, outcome = await rig.audit("command")
    assert (intent["action"], outcome["action"]) == ("command.intent", "command.outcome")
    assert intent["reference"] == outcome["reference"] == str(rig.last.id)
    assert (intent["user"], intent["session"], intent["station"]) == ("Ana", "a1", "Hill borehole")
    assert (intent["old"], intent["old_quality"], intent["new"]) == ("Stopped", "good", "Running")
    assert intent["old_us"] > 0
    assert (outcome["result"], outcome["readback"]) == ("CONFIRMED", "Running (good)")
    assert 0 < outcome["latency_ms"] < 60_000
    row = rig.commands(1)[0]
    assert (row.state, row.user, row.label, row.name) == ("CONFIRMED", "Ana", "Running", "Pump 1")


async def test_nothing_is_sent_before_the_intent_is_on_the_disk(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    write = rig.driver.write

    async def watched(address: str, value: object) -> None:
        rows = rig.journal.connection.execute("SELECT body FROM audit").fetchall()
        order.append("sent with intent" if any("command.intent" in row[0] for row in rows) else "sent without")
        await write(address, value)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(rig.driver, "write", watched)
    await rig.operate(rig.gate.select(PUMP.id, 0.0))
    await rig.settled()
    assert order == ["sent with intent"]


async def test_no_readback_is_a_timeout_and_nothing_is_sent_again(rig: Rig, log_warnings: Warnings) -> None:
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    assert (await rig.settled()).state is CommandState.TIMEOUT
    assert "look at the plant" in rig.last.detail
    assert len(rig.driver.written) == 1
    assert log_warnings.take("command")


async def test_another_readback_is_a_mismatch(rig: Rig, log_warnings: Warnings) -> None:
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5))
    await until(lambda: CommandState.SENT in rig.states)
    rig.reading(IN_USE, 3.0)
    status = await rig.settled()
    assert (status.state, status.detail) == (CommandState.MISMATCH, "The readback shows 3 m.")
    assert (await rig.audit("command.outcome"))[-1]["result"] == "MISMATCH: The readback shows 3 m."
    assert log_warnings.take("command")


async def test_a_readback_that_went_bad_confirms_nothing(rig: Rig, log_warnings: Warnings) -> None:
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    await until(lambda: CommandState.SENT in rig.states)
    rig.reading(RUN, 1, Quality.UNCERTAIN)
    assert (await rig.settled()).state is CommandState.TIMEOUT
    assert log_warnings.take("command")


async def test_what_the_server_refuses_is_told_in_its_words(rig: Rig, log_warnings: Warnings) -> None:
    rig.driver.write_refusal = WriteRejectedError("The server refused the value: out of its range.")
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5))
    status = await rig.settled()
    assert status.state is CommandState.REJECTED
    assert status.detail == "The server refused the value: out of its range."
    assert log_warnings.take("command")


async def test_a_stop_supersedes_a_pending_start(rig: Rig, log_warnings: Warnings) -> None:
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    await until(lambda: CommandState.SENT in rig.states)
    await rig.operate(rig.gate.select(PUMP.id, 0.0))
    await until(lambda: CommandState.CONFIRMED in rig.states and CommandState.UNKNOWN in rig.states)
    superseded = next(status for status in rig.statuses if status.state is CommandState.UNKNOWN)
    assert superseded.detail == "Superseded by: Stopped."
    assert [value for _, value in rig.driver.written] == [1.0, 0.0]
    assert log_warnings.take("command")


async def test_a_start_that_is_superseded_before_it_was_sent_is_never_sent(rig: Rig, log_warnings: Warnings) -> None:
    start, stop = rig.gate.select(PUMP.id, 1.0), rig.gate.select(PUMP.id, 0.0)
    await asyncio.gather(rig.operate(start), rig.operate(stop))
    await until(lambda: CommandState.CONFIRMED in rig.states and CommandState.UNKNOWN in rig.states)
    assert [value for _, value in rig.driver.written] == [0.0]
    log_warnings.take("command")


async def test_only_a_stop_passes_when_nothing_can_be_recorded(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_entries: object, **_more: object) -> None:
        raise StorageError("The journal cannot be written: disk full.")

    monkeypatch.setattr(rig.gate.recording, "_write", full)
    with pytest.raises(RefusedError, match="was not sent"):
        await rig.operate(rig.gate.select(PUMP.id, 1.0))
    assert rig.driver.written == []
    await rig.operate(rig.gate.select(PUMP.id, 0.0))
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 0.0)])
    await rig.settled()
    assert rig.gate.recording.unrecorded > 0
    assert log_warnings.take("without a record", "not recorded")


async def test_a_command_whose_outcome_nothing_takes_does_not_stay_sent_in_the_list(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_module, "RETRY_S", 0.02)
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    await until(lambda: CommandState.SENT in rig.states)
    rig.trail._keeper._spool._size = 10
    await rig.thread.run(rig.journal.connection.execute, "PRAGMA query_only = 1")
    rig.reading(RUN, 1)
    await rig.settled()
    assert (rig.trail.is_lost, rig.gate.recording.unrecorded) == (True, 1)
    await rig.thread.run(rig.journal.connection.execute, "PRAGMA query_only = 0")
    await until(lambda: not rig.trail.is_failing)
    assert [row.state for row in rig.commands(9)] == ["CONFIRMED"]
    log_warnings.take("audit record", "audit entries are lost", "not recorded")


async def test_too_many_entries_at_once_are_counted_and_said_once(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hmi.services.control.recording.BEGUN_MOST", 2)
    entry, recording = AuditEntry(AuditAction.AUTHORITY, "Ann"), rig.gate.recording
    for number, lost in ((5, 3), (4, 5)):
        for _ in range(number):
            recording.begin(entry)
        assert recording.unrecorded == lost
        await recording.stop()
        assert len(log_warnings.take("audit entry lost")) == 1
    assert len(await rig.audit("authority")) == 4, "those that were not too many"


async def test_a_server_that_never_answers_is_a_timeout(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hmi.services.control.sending.WRITE_TIMEOUT_S", 0.05)
    rig.driver.is_write_hanging = True
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    assert (await rig.settled()).state is CommandState.TIMEOUT
    assert log_warnings.take("command")


async def test_a_link_lost_at_the_write_is_a_refusal(rig: Rig, log_warnings: Warnings) -> None:
    rig.driver.write_refusal = NotConnectedError("The link is down.")
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    assert (await rig.settled()).state is CommandState.REJECTED
    log_warnings.take("command")


async def test_a_write_that_left_and_was_not_answered_is_unknown_and_no_refusal(
    rig: Rig, log_warnings: Warnings
) -> None:
    rig.driver.write_refusal = UnansweredError("The write left and no answer came. Look at the plant.")
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    status = await rig.settled()
    assert (status.state, status.detail) == (
        CommandState.TIMEOUT,
        "The write left and no answer came. Look at the plant.",
    )
    assert len(rig.driver.written) <= 1, "sent again"
    assert log_warnings.take("command")


async def test_a_token_serves_once_and_not_for_ever(rig: Rig) -> None:
    selection = rig.gate.select(PUMP.id, 0.0)
    await rig.operate(selection)
    with pytest.raises(RefusedError, match="select again"):
        await rig.operate(selection)
    cancelled = rig.gate.select(PUMP.id, 0.0)
    rig.gate.cancel(cancelled.token)
    for token in (cancelled.token, uuid4()):
        with pytest.raises(RefusedError, match="select again"):
            await rig.gate.operate(token)
    await rig.settled()


async def test_a_selection_runs_out(rig: Rig) -> None:
    selection = rig.gate.select(PUMP.id, 1.0)
    rig.ahead_s = 31
    with pytest.raises(RefusedError, match="run out"):
        await rig.operate(selection)


async def test_commands_without_an_outcome_are_unknown_at_the_next_start(rig: Rig) -> None:
    row = CommandEventRow(1, str(uuid4()), str(PUMP.id), "s", "Pump 1", "SENT", 1.0, "Running", "Ann")
    rig.journal.append_command_events([row])
    await rig.gate.start(CATALOGUE, rig.journal, rig.thread, rig.trail)
    found = rig.commands(1)[0]
    assert (found.command_id, found.state) == (row.command_id, "UNKNOWN")
    entry = (await rig.audit("command.outcome"))[-1]
    assert (entry["reference"], entry["result"][:7]) == (row.command_id, "UNKNOWN")


async def test_a_command_whose_outcome_is_recorded_never_becomes_unknown(rig: Rig) -> None:
    row = CommandEventRow(time.time_ns() // 1000, str(uuid4()), str(PUMP.id), "s", "Pump 1", "SENT", 1.0, "On", "Ann")
    rig.journal.append_command_events([row])
    outcome = AuditEntry(AuditAction.COMMAND_OUTCOME, "Ann", result="REJECTED: No: not now.", reference=row.command_id)
    await rig.trail.write(outcome)
    await rig.gate.start(CATALOGUE, rig.journal, rig.thread, rig.trail)
    found = rig.commands(1)[0]
    assert (found.state, found.detail) == ("REJECTED", "No: not now.")
    assert [each["result"] for each in await rig.audit("command.outcome")] == ["REJECTED: No: not now."]


async def test_an_intent_of_which_only_the_spool_knew_is_unknown(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"user": "Ann", "target": "Pump 1", "target_id": "p", "station_id": "s", "new": "Running", "at_us": 7}
    monkeypatch.setattr(rig.trail._keeper, "unended", {"a": facts, "b": facts})
    await rig.trail.write(AuditEntry(AuditAction.COMMAND_OUTCOME, "Ann", result="CONFIRMED", reference="a"))
    await rig.gate.start(CATALOGUE, rig.journal, rig.thread, rig.trail)
    (row,) = [each for each in await rig.audit("command.outcome") if each["result"].startswith("UNKNOWN")]
    assert (row["reference"], row["target"]) == ("b", "Pump 1")


async def test_commands_that_end_while_the_spool_takes_over_end_in_the_list_too(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_module, "RETRY_S", 0.02)
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    await until(lambda: CommandState.SENT in rig.states)
    await rig.thread.run(rig.journal.connection.execute, "PRAGMA query_only = 1")
    rig.reading(RUN, 1)
    await rig.settled()
    await rig.operate(rig.gate.select(PUMP.id, 0.0))
    await until(lambda: rig.states[-1] is CommandState.SENT)
    assert rig.trail.is_failing
    rig.reading(RUN, 0)
    await rig.settled()
    await rig.thread.run(rig.journal.connection.execute, "PRAGMA query_only = 0")
    await until(lambda: not rig.trail.is_failing)
    found = [(row.label, row.state) for row in rig.commands(9)]
    assert found == [("Stopped", "CONFIRMED"), ("Running", "CONFIRMED")]
    log_warnings.take("audit record")


# ── ramps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def ramping(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setattr("hmi.services.control.sending.RAMP_STEP_S", 0.02)
    pump = replace(PUMP, rate_s=0)
    setpoint = replace(LEVEL_SETPOINT, ramp_per_s=25.0, safe_value=1.0, permissives=(READY,))
    rig.apply(replace(CATALOGUE, controls=(pump, setpoint)))
    return rig


async def test_a_ramp_goes_there_in_steps(ramping: Rig) -> None:
    rig = ramping
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5))
    await until(lambda: len(rig.driver.written) == 3)
    assert [value for _, value in rig.driver.written] == [2.5, 3.0, 3.5]
    assert "On the way: 2.5 m." in [status.detail for status in rig.statuses]
    rig.reading(IN_USE, 3.5)
    assert (await rig.settled()).state is CommandState.CONFIRMED


async def test_a_slow_ramp_writes_only_what_can_be_shown_and_may_be_held_between(
    ramping: Rig, log_warnings: Warnings
) -> None:
    rig = ramping
    slow = replace(LEVEL_SETPOINT, ramp_per_s=0.5, decimals=1)
    rig.apply(replace(CATALOGUE, controls=(PUMP, slow)))
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5))
    await until(lambda: len(rig.driver.written) == 4)
    values = [value for _, value in rig.driver.written]
    assert values == [2.0, 2.1, 2.2, 2.3]
    await rig.ask(port.HoldRamp(rig.last.id))
    assert (await rig.settled()).detail == "Held on the way by Ana."
    assert log_warnings.take("command")


async def test_a_readback_on_the_way_does_not_confirm_a_ramp(ramping: Rig) -> None:
    rig = ramping
    rig.apply(replace(CATALOGUE, controls=(PUMP, replace(LEVEL_SETPOINT, ramp_per_s=25.0, tolerance=5.0))))
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5))
    await rig.settled()
    assert [value for _, value in rig.driver.written] == [2.5, 3.0, 3.5]


async def test_a_ramp_ends_where_an_interlock_falls(ramping: Rig, log_warnings: Warnings) -> None:
    rig = ramping
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5))
    await until(lambda: len(rig.driver.written) == 1)
    rig.reading(READY, 0)
    status = await rig.settled()
    assert status.state is CommandState.REJECTED
    assert "ended on the way" in status.detail
    assert "Pump 1 ready" in status.detail
    assert len(rig.driver.written) == 1
    assert log_warnings.take("command")


async def test_a_ramp_is_held_by_hand(ramping: Rig, log_warnings: Warnings) -> None:
    rig = ramping
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5))
    await until(lambda: len(rig.driver.written) == 1)
    await rig.ask(port.HoldRamp(rig.last.id))
    assert (await rig.settled()).detail == "Held on the way by Ana."
    assert len(rig.driver.written) == 1
    with pytest.raises(RefusedError, match="ended already"):
        await rig.ask(port.HoldRamp(rig.last.id))
    assert log_warnings.take("command")


async def test_a_step_to_the_safe_side_does_not_ramp(ramping: Rig) -> None:
    rig = ramping
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 1.0))
    await until(lambda: rig.driver.written == [("s=Level setpoint", 1.0)])
    rig.reading(IN_USE, 1.0)
    await rig.settled()


# ── methods ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class WithMethods:
    """What a driver with methods is beyond one that writes."""

    def __init__(self, takes: int) -> None:
        inputs = tuple(Argument(f"in{number}", "Double", "") for number in range(takes))
        self.known = Method("s=Pump", "s=Pump.Flush", "Flush", inputs, ())
        self.called: list[tuple[object, ...]] = []

    async def methods(self, _address: str) -> list[Method]:
        return [self.known]

    async def call(self, _method: Method, inputs: list[object]) -> list[object]:
        self.called.append(tuple(inputs))
        return []


FLUSH = replace(
    PUMP,
    name="Flush",
    kind=ControlKind.METHOD,
    command=RUN,
    method_owner="s=Pump",
    method="s=Pump.Flush",
    inputs=(None, 30.0, "slow"),
)


async def test_a_method_passes_the_same_gate(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = WithMethods(3)
    monkeypatch.setattr(rig.gate.world.plant, "driver", lambda _: driver)
    rig.apply(replace(CATALOGUE, controls=(FLUSH,)))
    rig.reading(READY, 0)
    with pytest.raises(RefusedError, match="Pump 1 ready"):
        rig.gate.select(FLUSH.id, 1.0)
    rig.reading(READY, 1)
    await rig.operate(rig.gate.select(FLUSH.id, 1.0))
    await until(lambda: CommandState.SENT in rig.states)
    assert driver.called == [(1.0, 30.0, "slow")]
    rig.reading(RUN, 1)
    assert (await rig.settled()).state is CommandState.CONFIRMED


@pytest.mark.parametrize(("takes", "method", "words"), [(2, FLUSH.method, "takes 2"), (3, "s=gone", "no longer has")])
async def test_a_method_that_has_changed_is_not_called(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings, takes: int, method: str, words: str
) -> None:
    driver = WithMethods(takes)
    monkeypatch.setattr(rig.gate.world.plant, "driver", lambda _: driver)
    rig.apply(replace(CATALOGUE, controls=(replace(FLUSH, method=method),)))
    await rig.operate(rig.gate.select(FLUSH.id, 1.0))
    status = await rig.settled()
    assert status.state is CommandState.REJECTED
    assert words in status.detail
    assert driver.called == []
    assert log_warnings.take("command")


async def test_the_program_that_ends_writes_down_that_it_does_not_know(rig: Rig, log_warnings: Warnings) -> None:
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    await until(lambda: CommandState.SENT in rig.states)
    await rig.desk.close()
    assert rig.last.state is CommandState.UNKNOWN
    assert (await rig.audit("command.outcome"))[-1]["result"].startswith("UNKNOWN")
    assert log_warnings.take("command")


@pytest.fixture
def slow_disk(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Return what lets entries be written."""
    write, is_free = rig.gate.recording._write, asyncio.Event()

    async def slow(*entries: AuditEntry, **more: Any) -> None:
        await is_free.wait()
        await write(*entries, **more)

    monkeypatch.setattr(rig.gate.recording, "_write", slow)
    return is_free


async def given_up(rig: Rig, value: float) -> None:
    """Operate the pump, and have the window go away while the intent is being written."""
    operating = asyncio.create_task(rig.operate(rig.gate.select(PUMP.id, value)))
    for _ in range(3):
        await asyncio.sleep(0)
    operating.cancel()
    await asyncio.gather(operating, return_exceptions=True)


async def test_a_stop_whose_window_went_away_is_carried_through(rig: Rig, slow_disk: asyncio.Event) -> None:
    await given_up(rig, 0.0)
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 0.0)])
    slow_disk.set()
    rig.reading(RUN, 0)
    assert (await rig.settled()).state is CommandState.CONFIRMED


async def test_a_start_whose_window_went_away_is_not_sent_and_that_is_written_down(
    rig: Rig, slow_disk: asyncio.Event, log_warnings: Warnings
) -> None:
    await given_up(rig, 1.0)
    slow_disk.set()
    assert (await rig.settled()).detail == "Not sent: whoever gave it is not there any more."
    assert rig.driver.written == []
    assert [each["action"] for each in await rig.audit("command")] == ["command.intent", "command.outcome"]
    assert log_warnings.take("command")


async def test_a_stop_that_is_on_its_way_is_sent_before_the_program_ends_and_nothing_after(
    rig: Rig, slow_disk: asyncio.Event, log_warnings: Warnings
) -> None:
    late, stop = rig.gate.select(PUMP.id, 1.0), rig.gate.select(PUMP.id, 0.0)
    operating = asyncio.create_task(rig.operate(stop))
    for _ in range(3):
        await asyncio.sleep(0)
    closing = asyncio.create_task(rig.desk.close())
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 0.0)])
    slow_disk.set()
    await asyncio.gather(operating, closing)
    with pytest.raises(RefusedError, match="is being closed; nothing was sent"):
        await rig.operate(late)
    assert len(rig.driver.written) == 1
    log_warnings.take("command")


async def test_a_start_whose_intent_is_being_written_is_not_sent_when_the_program_ends(
    rig: Rig, slow_disk: asyncio.Event, log_warnings: Warnings
) -> None:
    operating = asyncio.create_task(rig.operate(rig.gate.select(PUMP.id, 1.0)))
    for _ in range(3):
        await asyncio.sleep(0)
    closing = asyncio.create_task(rig.desk.close())
    await asyncio.sleep(0)
    slow_disk.set()
    await asyncio.gather(operating, closing)
    assert rig.driver.written == []
    assert [each["action"] for each in await rig.audit("command")] == ["command.intent", "command.outcome"]
    assert (rig.last.state, rig.last.detail) == (CommandState.REJECTED, "Not sent: the program was being closed.")
    assert log_warnings.take("command")


async def test_a_link_that_is_down_is_never_written_to(rig: Rig) -> None:
    selection = rig.gate.select(PUMP.id, 0.0)
    rig.link = LinkState.DOWN
    with pytest.raises(RefusedError, match="is down"):
        await rig.operate(selection)
    assert rig.driver.written == []


# ── what takes its time ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_changed_while_the_intent_was_written_keeps_it_from_being_sent(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, is_free = rig.gate.recording._write, asyncio.Event()

    async def slow(*entries: AuditEntry, **more: Any) -> None:
        await is_free.wait()
        await write(*entries, **more)

    monkeypatch.setattr(rig.gate.recording, "_write", slow)
    operating = asyncio.create_task(rig.operate(rig.gate.select(PUMP.id, 1.0)))
    await asyncio.sleep(0)
    rig.reading(READY, 0)
    is_free.set()
    await operating
    status = await rig.settled()
    assert status.state is CommandState.REJECTED
    assert "Not sent. Not possible now. Missing: Pump 1 ready" in status.detail
    assert rig.driver.written == []
    assert log_warnings.take("command")


async def test_a_command_that_took_too_long_to_be_written_down_is_not_sent(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = rig.gate.recording._write

    async def slow(*entries: AuditEntry, **more: Any) -> None:
        await write(*entries, **more)
        rig.ahead_s = 3.0

    monkeypatch.setattr(rig.gate.recording, "_write", slow)
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    assert (await rig.settled()).state is CommandState.REJECTED
    assert rig.driver.written == []
    assert log_warnings.take("command")


async def test_a_stop_does_not_wait_for_a_slow_disk(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    write, is_free = rig.gate.recording._write, asyncio.Event()

    async def slow(*entries: AuditEntry, **more: Any) -> None:
        await is_free.wait()
        await write(*entries, **more)

    monkeypatch.setattr(rig.gate.recording, "_write", slow)
    await rig.operate(rig.gate.select(PUMP.id, 0.0))
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 0.0)])
    is_free.set()
    rig.reading(RUN, 0)
    await rig.settled()
    assert [each["action"] for each in await rig.audit("command")] == ["command.intent", "command.outcome"]


async def test_a_start_in_flight_never_arrives_after_the_stop(rig: Rig, log_warnings: Warnings) -> None:
    write, is_free = rig.driver.write, asyncio.Event()

    async def slow(address: str, value: Value) -> None:
        if value == 1.0:
            await is_free.wait()
        await write(address, value)

    rig.driver.write = slow  # type: ignore[method-assign]  # a server that thinks before it takes a start
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    await asyncio.sleep(0)
    await rig.operate(rig.gate.select(PUMP.id, 0.0))
    await until(lambda: rig.driver.written != [])
    is_free.set()
    rig.reading(RUN, 0)
    await rig.settled()
    assert [value for _, value in rig.driver.written] == [0.0]
    log_warnings.take("command")


async def test_a_reading_from_before_confirms_nothing_at_once(rig: Rig, log_warnings: Warnings) -> None:
    await rig.operate(rig.gate.select(PUMP.id, 1.0))
    await until(lambda: CommandState.SENT in rig.states)
    stop = rig.gate.select(PUMP.id, 0.0)
    await rig.operate(stop)
    await until(lambda: len(rig.driver.written) == 2)
    assert CommandState.CONFIRMED not in rig.states, "the readback has not heard of the stop yet"
    rig.reading(RUN, 1)
    await until(lambda: (rig.last.label, rig.last.state) == ("Stopped", CommandState.MISMATCH))
    assert log_warnings.take("command")


async def test_a_ramp_ends_when_its_control_is_changed(ramping: Rig, log_warnings: Warnings) -> None:
    rig = ramping
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5))
    await until(lambda: len(rig.driver.written) == 1)
    rig.apply(replace(CATALOGUE, version=9, controls=(PUMP,)))
    status = await rig.settled()
    assert "configuration of this control was changed" in status.detail
    assert len(rig.driver.written) == 1
    assert log_warnings.take("command")


async def test_what_is_all_sent_is_not_held(ramping: Rig) -> None:
    rig = ramping
    await rig.operate(rig.gate.select(LEVEL_SETPOINT.id, 2.4))
    await until(lambda: CommandState.SENT in rig.states)
    await asyncio.sleep(0)
    with pytest.raises(RefusedError, match="cannot be held"):
        await rig.ask(port.HoldRamp(rig.last.id))
    rig.reading(IN_USE, 2.4)
    assert (await rig.settled()).state is CommandState.CONFIRMED
