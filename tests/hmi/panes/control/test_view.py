"""The two steps with the mouse and the keys: Enter never operates, and Operate never has the focus by itself."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from drivers.api import Quality
from hmi.domain.commands import CommandState, SafetyLevel
from hmi.domain.lockouts import LockoutTag
from hmi.domain.roles import MAINTENANCE, VISITOR, User
from hmi.domain.sequences import CommandSequence, SequenceState, SequenceStep
from hmi.domain.substitutions import RunningTime
from hmi.panes.control.confirmation import Confirmation
from hmi.panes.control.view import ControlView
from hmi.services.port import (
    AuthorityStatus,
    CancelSelection,
    Check,
    CommandStatus,
    ConfirmSecond,
    ContinueSequence,
    ControlStanding,
    Frame,
    HangLockout,
    HoldRamp,
    Operate,
    ReadCommands,
    RefusedError,
    ResetRunningTime,
    SelectControl,
    Selection,
    SelectSequence,
    SequenceStatus,
    StopSequence,
    TakeAuthority,
    TakeOffLockout,
    TransferAuthority,
    Upkeep,
)
from hmi.ui.ask_panel import AskPanel
from tests.support.fake_port import live
from tests.support.panes import Stage, stage
from tests.support.plants import ASSET, CATALOGUE, LEVEL_SETPOINT, PUMP, READY, RUN, STATION, TRIP

TOKEN = UUID(int=9)


def selection(seconds: float = 30) -> Selection:
    expires_us = round((time.time() + seconds) * 1e6)
    return Selection(TOKEN, PUMP.id, 1.0, "Stopped", "Running", (Check("Pump 1 ready", True),), expires_us)


def view_of(qtbot: QtBot, set_up: Stage) -> ControlView:
    set_up.port.answers[ReadCommands] = ()
    set_up.port.answers[SelectControl] = selection()
    view = ControlView(set_up.context)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    set_up.until(lambda: set_up.context.tasks.count == 0)
    return view


def button(view: ControlView, name: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if name in (each.text(), each.accessibleName()))


def texts(view: ControlView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]


def select_start(set_up: Stage, view: ControlView) -> Confirmation:
    confirmation = view.findChildren(Confirmation)[0]
    button(view, "Start Pump 1").click()
    set_up.until(lambda: confirmation.isVisibleTo(view))
    return confirmation


def asked(set_up: Stage, kind: type) -> int:
    return sum(isinstance(request, kind) for request in set_up.port.asked)


def test_select_then_operate(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        confirmation = select_start(set_up, view)
        assert asked(set_up, Operate) == 0
        assert "Stopped  →  Running" in texts(view)
        assert any("✓ Pump 1 ready" in text for text in texts(view))
        button(view, "Operate").click()
        set_up.until(lambda: asked(set_up, Operate) == 1)
        assert not confirmation.isVisibleTo(view)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_no_key_operates_by_itself(qtbot: QtBot, key: Qt.Key) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        confirmation = select_start(set_up, view)
        assert not button(view, "Operate").hasFocus()
        QTest.keyClick(view.focusWidget() or confirmation, key)
        QTest.keyClick(view, key)
        set_up.until(lambda: set_up.context.tasks.count == 0)
        assert asked(set_up, Operate) == 0


def test_cancelling_lets_go(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        confirmation = select_start(set_up, view)
        button(view, "Cancel").click()
        set_up.until(lambda: asked(set_up, CancelSelection) == 1)
        assert not confirmation.isVisibleTo(view)
        assert asked(set_up, Operate) == 0


def test_a_selection_that_runs_out_is_let_go_and_said(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        set_up.port.answers[SelectControl] = selection(0.2)
        confirmation = select_start(set_up, view)
        set_up.until(lambda: not confirmation.isVisibleTo(view))
        assert "The selection has run out; nothing was sent." in texts(view)


def test_a_refusal_is_shown_where_one_looks(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        set_up.port.answers[SelectControl] = RefusedError("Not possible now. Missing: Pump 1 ready: On.")
        button(view, "Start Pump 1").click()
        set_up.until(lambda: "Hill borehole · Pump 1: Not possible now. Missing: Pump 1 ready: On." in texts(view))
        assert set_up.shown == []


def test_another_station_lets_go_of_the_selection(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        confirmation = select_start(set_up, view)
        set_up.context.navigator.select_station(None)
        set_up.until(lambda: asked(set_up, CancelSelection) == 1)
        assert not confirmation.isVisibleTo(view)


def test_without_a_role_nothing_can_be_pressed(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        assert not button(view, "Start Pump 1").isEnabled()
        assert any("sign in" in text for text in texts(view))


def test_the_readback_is_shown_and_never_what_was_asked(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        assert "Stopped" in texts(view)
        sent = CommandStatus(
            UUID(int=1), PUMP.id, STATION.id, "Pump 1", CommandState.SENT, 1.0, "Running", "Demo operator", 1
        )
        set_up.mirror.take(Frame(commands=(sent,)))
        assert "Running" not in texts(view)
        assert "Running: Sent, waiting for the readback" in texts(view)
        set_up.mirror.take(live({RUN: 1}))
        assert "Running" in texts(view)
        table = view.findChildren(QTableView)[0]
        assert table.model().rowCount() == 1


def test_a_setpoint_takes_what_is_typed(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        field = next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == "Level setpoint")
        assert field.text() == "2.0"
        field.clear()
        QTest.keyClicks(field, "99,25")
        set_up.mirror.take(live({RUN: 0}))
        assert field.text() == "99,25", "a reading must not take back what is being typed"
        button(view, "Set").click()
        set_up.until(lambda: asked(set_up, SelectControl) == 1)
        request = set_up.port.asked[-1]
        assert request == SelectControl(LEVEL_SETPOINT.id, "99,25")


# ── who has control ───────────────────────────────────────────────────────────────────────────────────────────────────


def standing(set_up: Stage, user: str = "", wanted_by: tuple[str, ...] = (), **more: Any) -> None:
    held = (AuthorityStatus(STATION.id, user, 1, wanted_by),) if user else ()
    set_up.mirror.take(Frame(standing=ControlStanding(held, **more)))


def shown_buttons(view: ControlView) -> set[str]:
    return {each.text() for each in view.findChildren(QPushButton) if each.isVisibleTo(view)}


def test_without_control_only_a_stop_can_be_pressed_and_control_be_taken(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        standing(set_up)
        assert "Nobody has control" in texts(view)
        assert not button(view, "Start Pump 1").isEnabled()
        assert button(view, "Start Pump 1").toolTip() == "Take control first."
        assert button(view, "Stop Pump 1").isEnabled()
        button(view, "Take control").click()
        set_up.until(lambda: asked(set_up, TakeAuthority) == 1)
        assert set_up.port.last(TakeAuthority) == TakeAuthority(STATION.id)


def test_control_is_taken_over_with_a_reason_only(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        standing(set_up, "Ben")
        assert any("Ben has control" in text for text in texts(view))
        assert {"Ask for control", "Take over…"} <= shown_buttons(view)
        button(view, "Take over…").click()
        panel = view.findChildren(AskPanel)[0]
        line = panel.findChildren(QLineEdit)[0]
        assert view.focusWidget() is line
        assert not button(view, "Take over").isEnabled()
        QTest.keyClicks(line, "Ben has left")
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert asked(set_up, TakeAuthority) == 0, "Enter took control"
        button(view, "Take over").click()
        set_up.until(lambda: asked(set_up, TakeAuthority) == 1)
        assert set_up.port.last(TakeAuthority).reason == "Ben has left"
        assert not panel.isVisibleTo(view)


def test_a_question_about_one_station_is_not_answered_for_another(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        standing(set_up, "Ben")
        button(view, "Take over…").click()
        panel = view.findChildren(AskPanel)[0]
        assert panel.isVisibleTo(view)
        set_up.context.navigator.select_station(None)
        assert not panel.isVisibleTo(view)
        assert asked(set_up, TakeAuthority) == 0


def test_who_asks_is_shown_and_answered(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        standing(set_up, "Demo operator", ("Ben",))
        assert "Ben asks for control" in texts(view)
        button(view, "Hand over to Ben").click()
        set_up.until(lambda: asked(set_up, TransferAuthority) == 1)
        assert set_up.port.last(TransferAuthority).to == "Ben"


def test_a_visitor_is_offered_nothing(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        standing(set_up, "Ben")
        offered = {"Take control", "Take over…", "Ask for control", "Release", "Lock out…"}
        assert not offered & shown_buttons(view)


# ── the second step, by level ─────────────────────────────────────────────────────────────────────────────────────────


def select_at(
    set_up: Stage, view: ControlView, level: SafetyLevel, *, may_be_alone: bool = False, seconds: float = 30
) -> None:
    found = replace(selection(seconds), level=level, may_be_alone=may_be_alone)
    set_up.port.answers[SelectControl] = found
    select_start(set_up, view)


def typed(view: ControlView, name: str, text: str) -> None:
    line = next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == name)
    assert line.isVisibleTo(view)
    line.clear()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_a_password_is_asked_again_and_not_kept(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        select_at(set_up, view, SafetyLevel.PASSWORD)
        assert not button(view, "Operate").isEnabled()
        set_up.port.answers[Operate] = RefusedError("Name or password is wrong.")
        typed(view, "Your password, again", "guessed")
        assert asked(set_up, Operate) == 0, "Enter operated"
        button(view, "Operate").click()
        set_up.until(lambda: "Hill borehole · Pump 1: Name or password is wrong." in texts(view))
        assert view.findChildren(Confirmation)[0].isVisibleTo(view), "the selection still holds"
        set_up.port.answers[Operate] = UUID(int=7)
        typed(view, "Your password, again", "right")
        button(view, "Operate").click()
        set_up.until(lambda: asked(set_up, Operate) == 2)
        assert set_up.port.last(Operate).password == "right"
        set_up.until(lambda: not view.findChildren(Confirmation)[0].isVisibleTo(view))
        assert all(not each.text() for each in view.findChildren(Confirmation)[0].findChildren(QLineEdit))


def test_a_second_person_agrees_first(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        select_at(set_up, view, SafetyLevel.SECOND_PERSON)
        assert not button(view, "Operate").isEnabled()
        set_up.port.answers[ConfirmSecond] = RefusedError("The second person must be somebody else.")
        typed(view, "Second person's name", "Ben")
        typed(view, "Second person's password", "secret")
        button(view, "Confirm as second person").click()
        set_up.until(lambda: "Hill borehole · Pump 1: The second person must be somebody else." in texts(view))
        set_up.port.answers[ConfirmSecond] = "Ben"
        typed(view, "Second person's password", "secret")
        button(view, "Confirm as second person").click()
        set_up.until(lambda: "✓ Second person: Ben" in texts(view))
        assert button(view, "Operate").isEnabled()
        button(view, "Operate").click()
        set_up.until(lambda: asked(set_up, Operate) == 1)


def test_alone_takes_a_reason_where_it_is_allowed(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        select_at(set_up, view, SafetyLevel.SECOND_PERSON, may_be_alone=True)
        typed(view, "Or why you are alone", "Night shift")
        button(view, "Operate").click()
        set_up.until(lambda: asked(set_up, Operate) == 1)
        assert set_up.port.last(Operate).reason == "Night shift"


async def slowly(go_on: asyncio.Event, answer: object) -> object:
    await go_on.wait()
    return answer


def select_stop_while_the_start_is_on_its_way(set_up: Stage, view: ControlView, answer: object) -> asyncio.Event:
    """Operate the start, whose answer takes a while, and bring up the confirmation of a stop meanwhile."""
    go_on = asyncio.Event()
    set_up.port.answers[Operate] = lambda _request: slowly(go_on, answer)
    confirmation = select_start(set_up, view)
    button(view, "Operate").click()
    set_up.until(lambda: asked(set_up, Operate) == 1)
    set_up.port.answers[SelectControl] = replace(selection(), token=UUID(int=10), to_label="Stopped")
    button(view, "Stop Pump 1").click()
    set_up.until(lambda: confirmation.isVisibleTo(view))
    return go_on


def test_a_command_that_is_sent_at_last_leaves_the_confirmation_of_the_next(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        go_on = select_stop_while_the_start_is_on_its_way(set_up, view, UUID(int=7))
        go_on.set()
        set_up.until(lambda: set_up.context.tasks.count == 0)
        assert view.findChildren(Confirmation)[0].isVisibleTo(view)
        set_up.port.answers[Operate] = UUID(int=8)
        button(view, "Operate").click()
        set_up.until(lambda: asked(set_up, Operate) == 2)
        assert set_up.port.last(Operate).token == UUID(int=10)


def test_a_command_that_is_refused_late_leaves_the_confirmation_of_the_next(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        go_on = select_stop_while_the_start_is_on_its_way(set_up, view, RefusedError("The disk is full."))
        cancelled = asked(set_up, CancelSelection)
        go_on.set()
        set_up.until(lambda: "Hill borehole · Pump 1: The disk is full." in texts(view))
        assert view.findChildren(Confirmation)[0].isVisibleTo(view)
        assert asked(set_up, CancelSelection) == cancelled


def test_a_wrong_password_leaves_the_time_that_is_left_running(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        select_at(set_up, view, SafetyLevel.PASSWORD, seconds=2)
        set_up.port.answers[Operate] = RefusedError("Name or password is wrong.")
        typed(view, "Your password, again", "guessed")
        button(view, "Operate").click()
        set_up.until(lambda: asked(set_up, Operate) == 1)
        set_up.until(lambda: "The selection has run out; nothing was sent." in texts(view))
        assert not view.findChildren(Confirmation)[0].isVisibleTo(view)


def test_operate_cannot_be_pressed_again_while_it_is_on_its_way(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        select_at(set_up, view, SafetyLevel.SECOND_PERSON, may_be_alone=True)
        go_on = asyncio.Event()
        set_up.port.answers[Operate] = lambda _request: slowly(go_on, RefusedError("The disk is full."))
        typed(view, "Or why you are alone", "Night shift")
        button(view, "Operate").click()
        assert not button(view, "Operate").isEnabled()
        button(view, "Operate").click()
        set_up.until(lambda: asked(set_up, Operate) == 1)
        go_on.set()
        set_up.until(lambda: "Hill borehole · Pump 1: The disk is full." in texts(view))
        assert button(view, "Operate").isEnabled(), "it may be tried again"
        assert asked(set_up, Operate) == 1


def test_what_operate_waits_for_is_said(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        select_at(set_up, view, SafetyLevel.PASSWORD)
        assert any(text.startswith("Type your password") for text in texts(view))
        typed(view, "Your password, again", "right")
        assert button(view, "Operate").toolTip() == ""


def test_a_selection_that_is_void_goes_away_with_its_reason(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        confirmation = select_start(set_up, view)
        set_up.mirror.take(Frame(voided=((UUID(int=99), "not ours"),)))
        assert confirmation.isVisibleTo(view)
        set_up.mirror.take(Frame(voided=((TOKEN, "The link to North server was lost. Nothing was sent."),)))
        assert not confirmation.isVisibleTo(view)
        assert "The link to North server was lost. Nothing was sent." in texts(view)
        assert asked(set_up, CancelSelection) == 0


# ── lock-out, interlocks, ramps, sequences ────────────────────────────────────────────────────────────────────────────


def test_lock_out_tags_hang_and_come_off(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        button(view, "Lock out Pump 1").click()
        typed(view, "Why is Pump 1 locked out?", "Coupling off")
        button(view, "Lock out").click()
        set_up.until(lambda: asked(set_up, HangLockout) == 1)
        assert set_up.port.last(HangLockout) == HangLockout(ASSET.id, "Coupling off")
        mine = LockoutTag(UUID(int=70), ASSET.id, "Demo operator", "Coupling off", 1)
        standing(set_up, "Demo operator", lockouts=(mine,))
        assert "⊘ Locked out by Demo operator: Coupling off" in texts(view)
        button(view, "Take Demo operator's tag off Pump 1").click()
        set_up.until(lambda: asked(set_up, TakeOffLockout) == 1)
        standing(set_up, "Demo operator")
        assert not any("Locked out" in text for text in texts(view))


def test_interlocks_are_listed_with_their_state(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        assert any("✓ Ready: On" in text and "✓ Tripped: Off" in text for text in texts(view))
        set_up.mirror.take(live({TRIP: 1}))
        assert any("✓ Ready: On" in text and "✗ Tripped: On" in text for text in texts(view))
        set_up.mirror.take(live({READY: 1}, quality=Quality.BAD))
        assert any("✗ Ready: Bad" in text for text in texts(view))


def test_a_ramp_can_be_held(qtbot: QtBot) -> None:
    with stage() as set_up:
        ramping = replace(LEVEL_SETPOINT, ramp_per_s=0.1)
        set_up.mirror.take(Frame(catalogue=replace(CATALOGUE, controls=(PUMP, ramping))))
        view = view_of(qtbot, set_up)
        assert not button(view, "Hold Level setpoint").isEnabled()
        command = UUID(int=8)
        sent = CommandStatus(command, ramping.id, STATION.id, "Level setpoint", CommandState.SENT, 3.0, "3 m", "Ana", 1)
        set_up.mirror.take(Frame(commands=(sent,)))
        button(view, "Hold Level setpoint").click()
        set_up.until(lambda: asked(set_up, HoldRamp) == 1)
        assert set_up.port.last(HoldRamp).command_id == command


def test_a_sequence_is_run_held_and_gone_on_with(qtbot: QtBot) -> None:
    steps = (SequenceStep(PUMP.id, 1.0), SequenceStep(None, text="Look at it"))
    sequence = CommandSequence(UUID(int=600), STATION.id, "Take over", steps)
    with stage() as set_up:
        set_up.mirror.take(Frame(catalogue=replace(CATALOGUE, sequences=(sequence,))))
        view = view_of(qtbot, set_up)
        assert "Pump 1: Running  →  hold: Look at it" in texts(view)
        found = replace(selection(), level=SafetyLevel.CONFIRM, steps=("Pump 1 → Running", "Hold: Look at it"))
        set_up.port.answers[SelectSequence] = found
        button(view, "Run Take over").click()
        set_up.until(lambda: view.findChildren(Confirmation)[0].isVisibleTo(view))
        button(view, "Operate").click()
        set_up.until(lambda: asked(set_up, Operate) == 1)
        run = SequenceStatus(
            UUID(int=9), sequence.id, STATION.id, "Take over", SequenceState.HOLDING, 1, 2, "Ana", 1, "Look at it"
        )
        standing(set_up, "Demo operator", sequences=(run,))
        assert "Waits for you, step 2 of 2: Look at it" in texts(view)
        button(view, "Go on Take over").click()
        set_up.until(lambda: asked(set_up, ContinueSequence) == 1)
        assert set_up.port.last(ContinueSequence) == ContinueSequence(UUID(int=9), 1)
        button(view, "Stop sequence Take over").click()
        set_up.until(lambda: asked(set_up, StopSequence) == 1)
        standing(set_up, "Ben", sequences=(run,))
        assert not button(view, "Go on Take over").isEnabled(), "Ben has control"
        assert button(view, "Stop sequence Take over").isEnabled(), "to stop takes no control"
        set_up.mirror.take(Frame(user=VISITOR))
        assert not button(view, "Go on Take over").isEnabled()
        assert not button(view, "Stop sequence Take over").isEnabled()


def test_running_hours_are_shown_and_begun_anew_by_who_services(qtbot: QtBot) -> None:
    ran = RunningTime(ASSET.id, 7200.0, 3, 1_800_000_000_000_000, service_every_s=3600.0)
    with stage(User("Rita", MAINTENANCE)) as set_up:
        view = view_of(qtbot, set_up)
        set_up.mirror.take(Frame(upkeep=Upkeep(times=(ran,))))
        words = next(text for text in texts(view) if text.startswith("Ran 2.0 h in 3 starts since"))
        assert words.endswith("service due (every 1 h)")
        button(view, "Serviced…").click()
        typed(view, "What was done at Pump 1? Its running hours begin anew.", "Bearings changed")
        button(view, "Begin anew").click()
        set_up.until(lambda: asked(set_up, ResetRunningTime) == 1)
        assert set_up.port.last(ResetRunningTime) == ResetRunningTime(ASSET.id, "Bearings changed")
        set_up.mirror.take(Frame(user=VISITOR))
        assert "Serviced…" not in shown_buttons(view)
