"""The two steps with the mouse and the keys: Enter never operates, and Operate never has the focus by itself."""

from __future__ import annotations

import time
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from hmi.domain.commands import CommandState
from hmi.domain.roles import VISITOR
from hmi.panes.control.confirmation import Confirmation
from hmi.panes.control.view import ControlView
from hmi.services.port import (
    CancelSelection,
    Check,
    CommandStatus,
    Frame,
    Operate,
    ReadCommands,
    RefusedError,
    SelectControl,
    Selection,
)
from tests.support.fake_port import live
from tests.support.panes import Stage, stage
from tests.support.plants import LEVEL_SETPOINT, PUMP, RUN, STATION

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
        assert request == SelectControl(LEVEL_SETPOINT.id, 99.25)


@pytest.mark.parametrize("typed", ["", "fast", "1.2.3", "nan", "inf"])
def test_a_setpoint_that_is_no_number_is_refused_in_words(qtbot: QtBot, typed: str) -> None:
    with stage() as set_up:
        view = view_of(qtbot, set_up)
        field = next(each for each in view.findChildren(QLineEdit) if each.accessibleName() == "Level setpoint")
        field.clear()
        QTest.keyClicks(field, typed)
        button(view, "Set").click()
        assert f"Level setpoint: “{typed}” is not a number." in texts(view)
        assert asked(set_up, SelectControl) == 0
