"""The outbox keeps the newest of each kind, every command, and wakes for what must not wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from drivers.api import Batch
from hmi.domain.commands import CommandState
from hmi.domain.roles import DEMO_OPERATOR
from hmi.services import outbox as module
from hmi.services.live_table import LiveTable
from hmi.services.outbox import Outbox
from hmi.services.port import CommandStatus, Frame, PipelineFigures
from tests.support.plants import CATALOGUE, LEVEL, PUMP, STATION

COMMAND = CommandStatus(
    UUID(int=9), PUMP.id, STATION.id, "Pump 1", CommandState.PENDING, 1.0, "Running", "Ann", at_us=1
)


def test_a_pull_takes_all_and_leaves_nothing() -> None:
    live = LiveTable()
    outbox = Outbox(live)
    live.apply(Batch.of(LEVEL, 1.0, 1))
    outbox.put_catalogue(CATALOGUE)
    outbox.put_user(DEMO_OPERATOR)
    outbox.put_figures(PipelineFigures(received=1))
    outbox.put_figures(PipelineFigures(received=2))
    frame = outbox.pull()
    assert frame.live is not None
    assert frame.live.tag.tolist() == [LEVEL]
    assert (frame.catalogue, frame.user, frame.figures) == (CATALOGUE, DEMO_OPERATOR, PipelineFigures(received=2))
    assert outbox.pull() == Frame()


def test_every_state_of_a_command_comes_through_in_order() -> None:
    outbox = Outbox(LiveTable())
    states = (CommandState.PENDING, CommandState.SENT, CommandState.CONFIRMED)
    for state in states:
        outbox.put_command(replace(COMMAND, state=state))
    assert tuple(status.state for status in outbox.pull().commands) == states


def test_what_nobody_pulls_is_bounded_and_the_newest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMANDS_KEPT", 3)
    monkeypatch.setattr(module, "NOTICES_KEPT", 2)
    outbox = Outbox(LiveTable())
    for number in range(5):
        outbox.put_command(replace(COMMAND, at_us=number))
        outbox.put_notice(str(number))
    frame = outbox.pull()
    assert [status.at_us for status in frame.commands] == [2, 3, 4]
    assert frame.notices == ("3", "4")


def test_only_what_is_urgent_wakes() -> None:
    outbox, woken = Outbox(LiveTable()), list[str]()
    outbox.on_urgent(lambda: woken.append("x"))
    outbox.put_figures(PipelineFigures())
    outbox.put_user(DEMO_OPERATOR)
    outbox.put_links((), is_urgent=False)
    assert woken == []
    urgent: tuple[Callable[[], None], ...] = (
        lambda: outbox.put_links((), is_urgent=True),
        lambda: outbox.put_alarms({UUID(int=1): None}),
        lambda: outbox.put_command(COMMAND),
        lambda: outbox.put_catalogue(CATALOGUE),
        lambda: outbox.put_notice("Full."),
    )
    for number, put in enumerate(urgent, 1):
        put()
        assert len(woken) == number
