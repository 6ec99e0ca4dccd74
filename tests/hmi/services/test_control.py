"""The gate: each refusal, each place where the world changes between select and operate, each outcome."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from drivers.api import Batch, LinkState, NotConnectedError, Quality, WriteRejectedError
from hmi.domain.commands import CommandState
from hmi.domain.roles import DEMO_OPERATOR, VISITOR, User
from hmi.services.control.gate import ControlGate, Plant
from hmi.services.journal import JournalThread
from hmi.services.live_table import LiveTable
from hmi.services.port import CommandStatus, RefusedError, Selection
from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import CommandEventRow, Journal
from tests.conftest import Warnings
from tests.support.fake_driver import FakeDriver
from tests.support.plants import (
    CATALOGUE,
    IN_USE,
    LEVEL_SETPOINT,
    PUMP,
    READY,
    RUN,
    SETPOINT,
    TRIP,
)
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


@dataclass
class Rig:
    """A gate over a fake link, with a real journal."""

    gate: ControlGate
    live: LiveTable
    driver: FakeDriver
    journal: Journal
    link: LinkState = LinkState.UP
    user: User = DEMO_OPERATOR
    statuses: list[CommandStatus] = field(default_factory=list)

    def reading(self, tag: int, value: float, quality: Quality = Quality.GOOD) -> None:
        now_us = time.time_ns() // 1000
        batch = Batch.of(tag, value, now_us, quality=quality)
        self.live.apply(batch)
        self.gate.process(batch)

    @property
    def states(self) -> list[CommandState]:
        return [status.state for status in self.statuses]

    @property
    def last(self) -> CommandStatus:
        return self.statuses[-1]

    async def settled(self) -> CommandStatus:
        await until(lambda: bool(self.statuses) and self.last.state not in (CommandState.PENDING, CommandState.SENT))
        return self.last


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    journal, thread, live, driver = Journal(tmp_path / "journal.db"), JournalThread(), LiveTable(), FakeDriver("x")
    made: list[Rig] = []
    gate = ControlGate(Plant(live, lambda _: made[0].link, lambda _: driver, lambda: made[0].user), journal, thread)
    made.append(Rig(gate, live, driver, journal))
    gate.on_status(made[0].statuses.append)
    await gate.start(CATALOGUE)
    for tag, value in ((RUN, 0), (TRIP, 0), (READY, 1), (SETPOINT, 2), (IN_USE, 2)):
        made[0].reading(tag, value)
    yield made[0]
    await gate.stop()
    await thread.run(journal.close)
    thread.stop()


async def test_a_start_is_sent_and_confirmed_by_its_readback(rig: Rig) -> None:
    selection = rig.gate.select(PUMP.id, 1.0)
    assert (selection.from_label, selection.to_label) == ("Stopped", "Running")
    assert all(check.is_met for check in selection.checks)
    await rig.gate.operate(selection.token)
    await until(lambda: CommandState.SENT in rig.states)
    assert rig.driver.written == [("s=Pump 1 start", 1.0)]
    assert CommandState.CONFIRMED not in rig.states, "shown as done before the readback said so"
    rig.reading(RUN, 1)
    await until(lambda: CommandState.CONFIRMED in rig.states)
    assert rig.states == [CommandState.PENDING, CommandState.SENT, CommandState.CONFIRMED]


async def test_every_state_is_in_the_journal_with_its_user(rig: Rig) -> None:
    await rig.gate.operate(rig.gate.select(PUMP.id, 1.0).token)
    rig.reading(RUN, 1)
    await rig.settled()
    row = rig.journal.commands(1)[0]
    assert (row.state, row.user, row.label, row.name) == ("CONFIRMED", "Demo operator", "Running", "Pump 1")


async def test_no_readback_is_a_timeout_and_nothing_is_sent_again(rig: Rig, log_warnings: Warnings) -> None:
    await rig.gate.operate(rig.gate.select(PUMP.id, 1.0).token)
    assert (await rig.settled()).state is CommandState.TIMEOUT
    assert "look at the plant" in rig.last.detail
    assert len(rig.driver.written) == 1
    assert log_warnings.take("command")


async def test_another_readback_is_a_mismatch(rig: Rig, log_warnings: Warnings) -> None:
    await rig.gate.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5).token)
    await until(lambda: CommandState.SENT in rig.states)
    rig.reading(IN_USE, 3.0)
    status = await rig.settled()
    assert (status.state, status.detail) == (CommandState.MISMATCH, "The readback shows 3 m.")
    assert log_warnings.take("command")


async def test_what_the_server_refuses_is_told_in_its_words(rig: Rig, log_warnings: Warnings) -> None:
    rig.driver.write_refusal = WriteRejectedError("The server refused the value: out of its range.")
    await rig.gate.operate(rig.gate.select(LEVEL_SETPOINT.id, 3.5).token)
    status = await rig.settled()
    assert (status.state, status.detail) == (
        CommandState.REJECTED,
        "The server refused the value: out of its range.",
    )
    assert log_warnings.take("command")


REFUSALS: dict[str, tuple[Callable[[Rig], None], str]] = {
    "role": (lambda rig: setattr(rig, "user", VISITOR), "may not operate"),
    "link": (lambda rig: setattr(rig, "link", LinkState.DOWN), "link to North server is down"),
    "quality": (lambda rig: rig.reading(RUN, 0, Quality.BAD), "Readback quality good"),
    "permissive": (lambda rig: rig.reading(READY, 0), "Pump 1 ready"),
    "unknown permissive": (lambda rig: rig.reading(READY, 1, Quality.BAD), "Pump 1 ready"),
    "block": (lambda rig: rig.reading(TRIP, 1), "Pump 1 tripped"),
}


@pytest.mark.parametrize("reason", REFUSALS)
async def test_select_is_refused(rig: Rig, reason: str) -> None:
    change, words = REFUSALS[reason]
    change(rig)
    with pytest.raises(RefusedError, match=words):
        rig.gate.select(PUMP.id, 1.0)


@pytest.mark.parametrize("reason", REFUSALS)
async def test_operate_is_refused_when_the_world_has_changed_since_select(rig: Rig, reason: str) -> None:
    selection = rig.gate.select(PUMP.id, 1.0)
    change, words = REFUSALS[reason]
    change(rig)
    with pytest.raises(RefusedError, match=words):
        await rig.gate.operate(selection.token)
    assert rig.driver.written == []
    assert rig.journal.commands(10) == []


@pytest.mark.parametrize("value", [0.99, 4.01, float("nan"), float("inf"), -1e300])
async def test_a_setpoint_out_of_limits_is_refused(rig: Rig, value: float) -> None:
    with pytest.raises(RefusedError, match="outside 1 to 4 m"):
        rig.gate.select(LEVEL_SETPOINT.id, value)


async def test_a_second_command_waits_for_the_outcome_of_the_first(rig: Rig, log_warnings: Warnings) -> None:
    selection = rig.gate.select(LEVEL_SETPOINT.id, 3.0)
    second = rig.gate.select(LEVEL_SETPOINT.id, 2.5)
    await rig.gate.operate(selection.token)
    with pytest.raises(RefusedError, match="still pending"):
        await rig.gate.operate(second.token)
    with pytest.raises(RefusedError, match="still pending"):
        rig.gate.select(LEVEL_SETPOINT.id, 2.5)
    await rig.settled()
    assert len(rig.driver.written) == 1
    log_warnings.take("command")


@pytest.mark.parametrize("reason", ["quality", "permissive", "block"])
async def test_a_stop_is_never_refused_for(rig: Rig, reason: str) -> None:
    REFUSALS[reason][0](rig)
    await rig.gate.operate(rig.gate.select(PUMP.id, 0.0).token)
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 0.0)])
    rig.reading(RUN, 0)
    assert (await rig.settled()).state is CommandState.CONFIRMED


async def test_a_stop_supersedes_a_pending_start(rig: Rig, log_warnings: Warnings) -> None:
    await rig.gate.operate(rig.gate.select(PUMP.id, 1.0).token)
    await until(lambda: CommandState.SENT in rig.states)
    await rig.gate.operate(rig.gate.select(PUMP.id, 0.0).token)
    await until(lambda: CommandState.CONFIRMED in rig.states and CommandState.UNKNOWN in rig.states)
    superseded = next(status for status in rig.statuses if status.state is CommandState.UNKNOWN)
    assert superseded.detail == "Superseded by: Stopped."
    assert [value for _, value in rig.driver.written] == [1.0, 0.0]
    assert log_warnings.take("command")


async def test_a_start_that_is_superseded_before_it_was_sent_is_never_sent(rig: Rig, log_warnings: Warnings) -> None:
    start, stop = rig.gate.select(PUMP.id, 1.0), rig.gate.select(PUMP.id, 0.0)
    await asyncio.gather(rig.gate.operate(start.token), rig.gate.operate(stop.token))
    await until(lambda: CommandState.CONFIRMED in rig.states and CommandState.UNKNOWN in rig.states)
    assert [value for _, value in rig.driver.written] == [0.0]
    log_warnings.take("command")


async def test_a_stop_passes_when_the_journal_does_not_write(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_rows: list[CommandEventRow]) -> None:
        raise StorageError("The journal cannot be written: disk full.")

    monkeypatch.setattr(rig.journal, "append_command_events", full)
    with pytest.raises(RefusedError, match="was not sent"):
        await rig.gate.operate(rig.gate.select(PUMP.id, 1.0).token)
    assert rig.driver.written == []
    await rig.gate.operate(rig.gate.select(PUMP.id, 0.0).token)
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 0.0)])
    await rig.settled()
    assert log_warnings.take("without a record", "not recorded")


async def test_a_server_that_never_answers_is_a_timeout(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hmi.services.control.gate.WRITE_TIMEOUT_S", 0.05)
    rig.driver.is_write_hanging = True
    await rig.gate.operate(rig.gate.select(PUMP.id, 1.0).token)
    assert (await rig.settled()).state is CommandState.TIMEOUT
    assert log_warnings.take("command")


async def test_a_link_lost_at_the_write_is_a_refusal(rig: Rig, log_warnings: Warnings) -> None:
    rig.driver.write_refusal = NotConnectedError("The link is down.")
    await rig.gate.operate(rig.gate.select(PUMP.id, 1.0).token)
    assert (await rig.settled()).state is CommandState.REJECTED
    log_warnings.take("command")


async def test_a_token_serves_once_and_not_for_ever(rig: Rig) -> None:
    selection = rig.gate.select(PUMP.id, 0.0)
    await rig.gate.operate(selection.token)
    with pytest.raises(RefusedError, match="select again"):
        await rig.gate.operate(selection.token)
    cancelled = rig.gate.select(PUMP.id, 0.0)
    rig.gate.cancel(cancelled.token)
    for token in (cancelled.token, uuid4()):
        with pytest.raises(RefusedError, match="select again"):
            await rig.gate.operate(token)
    await rig.settled()


async def test_a_selection_runs_out(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hmi.services.control.gate.SELECT_S", -1.0)
    selection: Selection = rig.gate.select(PUMP.id, 1.0)
    with pytest.raises(RefusedError, match="run out"):
        await rig.gate.operate(selection.token)


async def test_commands_without_an_outcome_are_unknown_at_the_next_start(tmp_path: Path) -> None:
    journal, thread, live = Journal(tmp_path / "journal.db"), JournalThread(), LiveTable()
    row = CommandEventRow(1, str(uuid4()), str(PUMP.id), "s", "Pump 1", "SENT", 1.0, "Running", "Ann")
    journal.append_command_events([row])
    gate = ControlGate(
        Plant(live, lambda _: LinkState.UP, lambda _: FakeDriver("x"), lambda: DEMO_OPERATOR), journal, thread
    )
    await gate.start(CATALOGUE)
    found = journal.commands(1)[0]
    assert (found.command_id, found.state) == (row.command_id, "UNKNOWN")
    await thread.run(journal.close)
    thread.stop()
