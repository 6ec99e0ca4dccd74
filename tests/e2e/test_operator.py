"""What an operator does with the program, one sentence each, against the demo plant."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from drivers.api import LinkState, Quality
from hmi.domain.alarms import UNACKNOWLEDGED_STATES, AlarmState
from hmi.domain.commands import CommandState, ControlKind
from hmi.panes.control.confirmation import Confirmation
from hmi.services.port import ReadHistory
from hmi.services.security.demo import DEMO_PASSWORD
from hmi.ui.navigator import Workspace
from hmi.ui.reading_list import ReadingList
from tests.conftest import Warnings
from tests.support.program import Program, running_program


def test_operator_sees_live_values(qtbot: QtBot, tmp_path: Path) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        program.navigator.select_station(program.station("Sóller").id)
        qualities = [program.mirror.reading(tag.index).quality for tag in program.mirror.catalogue.tags]
        assert qualities.count(Quality.GOOD) > 0.95 * len(qualities)
        shown = [found for found in program.window.findChildren(ReadingList) if found.isVisible()]
        assert any("m³/h" in found.accessibleDescription() for found in shown)
        before = {tag.index: program.value(tag) for tag in program.mirror.catalogue.tags}

        def share_that_moved() -> float:
            moved = [tag for tag in program.mirror.catalogue.tags if program.value(tag) != before[tag.index]]
            return len(moved) / len(before)

        program.until(lambda: share_that_moved() > 0.1)


def test_operator_acknowledges_an_alarm(qtbot: QtBot, tmp_path: Path) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until(lambda: bool(program.mirror.alarms), 30_000)
        first = program.mirror.alarms[0]
        assert first.state in UNACKNOWLEDGED_STATES
        program.navigator.show(Workspace.ALARMS)
        table = next(found for found in program.window.findChildren(QTableView) if found.isVisible())
        place = table.visualRect(table.model().index(0, 3)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        program.press("Acknowledge selected")
        program.until(
            lambda: any(
                row.occurrence == first.occurrence
                and row.state is AlarmState.ACKED
                and row.acknowledged_by == "Demo operator"
                for row in program.mirror.alarms
            )
        )


def test_operator_starts_a_pump_and_sees_the_readback(qtbot: QtBot, tmp_path: Path) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        station = program.station("Campanet")
        run, flow = program.tag(station, "P1.Run"), program.tag(station, "Out.Flow")
        program.navigator.open_station(station.id, Workspace.CONTROL)
        control = next(c for c in program.mirror.catalogue.controls_of_station[station.id] if c.readback == run.index)
        program.press("Take control")
        program.until(lambda: program.widget(QPushButton, f"Start {control.name}").isEnabled())
        if program.value(run):
            operate(program, qtbot, f"Stop {control.name}")
            program.until(lambda: not program.value(run))
        operate(program, qtbot, f"Start {control.name}")
        program.until(lambda: program.value(run) == 1)
        program.until(
            lambda: any(
                status.control_id == control.id and status.state is CommandState.CONFIRMED and status.label == "Running"
                for status in program.mirror.commands
            )
        )
        program.until(lambda: program.value(flow) > 5, 30_000)


def test_operator_gives_a_critical_command_with_a_second_person(qtbot: QtBot, tmp_path: Path) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        station = program.station("Felanitx")
        program.navigator.open_station(station.id, Workspace.CONTROL)
        control = next(
            each for each in program.mirror.catalogue.controls_of_station[station.id] if each.kind is ControlKind.PUMP
        )
        run = program.mirror.catalogue.tag_by_index[control.readback]
        program.press("Take control")
        program.until(lambda: program.widget(QPushButton, f"Start {control.name}").isEnabled())
        operate(program, qtbot, f"Stop {control.name}")  # nobody else is needed to stop it
        program.until(lambda: program.value(run) == 0, 20_000)
        # A command to the same equipment waits its time, whoever gives it.
        program.until(lambda: program.mirror.commands[-1].state is CommandState.CONFIRMED, 20_000)
        program.press(f"Start {control.name}")
        confirmation = program.window.findChild(Confirmation)
        assert confirmation is not None
        program.until(confirmation.isVisible)
        assert not program.widget(QPushButton, "Operate").isEnabled()
        for name, text in (("Second person's name", "Otto"), ("Second person's password", DEMO_PASSWORD)):
            line = next(each for each in confirmation.findChildren(QLineEdit) if each.accessibleName() == name)
            QTest.keyClicks(line, text)
        program.press("Confirm as second person")
        program.until(lambda: program.widget(QPushButton, "Operate").isEnabled())
        program.press("Operate")
        program.until(
            lambda: any(
                (each.state, each.label, each.second_user) == (CommandState.CONFIRMED, "Running", "Otto")
                for each in program.mirror.commands
            ),
            20_000,
        )


def operate(program: Program, qtbot: QtBot, name: str) -> None:
    """Select and confirm, with the mouse."""
    program.press(name)
    confirmation = program.window.findChild(Confirmation)
    assert confirmation is not None
    program.until(confirmation.isVisible)
    program.press("Operate")
    assert not confirmation.isVisible()


def test_operator_loses_the_servers_and_sees_stale_within_five_seconds(
    qtbot: QtBot, tmp_path: Path, log_warnings: Warnings
) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        assert program.plant is not None
        os.kill(program.plant.pid, signal.SIGKILL)
        started = time.monotonic()
        program.until(lambda: all_lost(program), 5000)
        assert time.monotonic() - started < 5
        program.until(lambda: len([row for row in program.mirror.alarms if row.text == "Link lost"]) == 3)
        shown = [label.text() for label in program.window.findChildren(QLabel) if label.isVisible()]
        assert any("3 of 3 links down" in text for text in shown)
    assert len(log_warnings.take("link lost")) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="SIGSTOP is POSIX")
def test_operator_sees_a_frozen_server_as_stale_within_five_seconds(
    qtbot: QtBot, tmp_path: Path, log_warnings: Warnings
) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        assert program.plant is not None
        os.kill(program.plant.pid, signal.SIGSTOP)
        try:
            program.until(lambda: all_lost(program), 5000)
        finally:
            os.kill(program.plant.pid, signal.SIGCONT)
        program.until_live()
    assert len(log_warnings.take("link lost")) == 3
    assert len(log_warnings.take("link back")) == 3


def all_lost(program: Program) -> bool:
    """Whether every tag on screen says that its link is gone."""
    return all(
        program.mirror.reading(tag.index).quality is Quality.NOT_CONNECTED for tag in program.mirror.catalogue.tags
    )


def test_operator_restarts_and_still_has_history_alarms_and_place(qtbot: QtBot, tmp_path: Path) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        station = program.station("Sóller")
        temperature = program.tag(station, "P1.Temp")
        program.navigator.open_station(station.id, Workspace.CONTROL)
        seen = program.value(temperature)
        program.until(lambda: program.services.history.figures().stored > 800)
        stopped_us = time.time_ns() // 1000
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        again = program.tag(program.station("Sóller"), "P1.Temp")
        assert (again.id, again.index) == (temperature.id, temperature.index)
        request = ReadHistory((temperature.index,), stopped_us - 60_000_000, stopped_us, 1000)
        pen = program._loop.until(program.port.request(request))[0]
        assert seen in pen.last.tolist()
        assert program.navigator.place.station_id == station.id
        assert program.navigator.place.workspace is Workspace.CONTROL


def test_selecting_a_station_anywhere_selects_it_everywhere(qtbot: QtBot, tmp_path: Path) -> None:
    with running_program(qtbot, tmp_path) as program:
        station = program.station("Inca")
        program.navigator.select_station(station.id)
        shown = [label.text() for label in program.window.findChildren(QLabel)]
        assert station.name in shown, "faceplate"
        assert any(text.endswith(station.name) and "›" in text for text in shown), "breadcrumb"


def test_a_password_that_is_wrong_is_asked_for_and_the_link_comes_when_it_is_entered(
    qtbot: QtBot, tmp_path: Path, log_warnings: Warnings
) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        east = next(link for link in program.mirror.links.values() if link.name == "East server")
        connection = program.mirror.catalogue.connection_by_id[east.connection_id]
        right = program.services.secrets._session[str(connection.id)]
        from hmi.services.port import EnterCredentials

        program._loop.until(program.port.request(EnterCredentials(connection.id, "somebody", "wrong")))
        program.until(lambda: program.mirror.links[connection.id].needs_credentials)
        program._loop.until(program.port.request(EnterCredentials(connection.id, connection.user, right)))
        program.until(lambda: program.mirror.links[connection.id].state is LinkState.UP)
    log_warnings.take("link lost", "link back", "secret kept", "keyring")
