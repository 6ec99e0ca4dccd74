"""All panes of a window, fed by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hmi.app.assembly import Assembly
from hmi.app.session import Session
from hmi.services.port import CrashList, Frame, ReadCommands, ReadCrashes
from hmi.shell.main_window import MainWindow
from hmi.ui.navigator import Navigator, Place, Workspace
from hmi.ui.theme import Theme
from tests.support.fake_port import FakePort
from tests.support.plants import CATALOGUE, STATION
from tests.support.qt_loop import qt_loop

KEPT = {"columns": ["limit"]}
ENDED_AT = Place(Workspace.CONTROL, STATION.id)


@pytest.fixture
def begun(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[tuple[Assembly, Navigator]]:
    """A window that is not shown, begun where the last session ended; the catalogue has not come yet."""
    session = Session(tmp_path / "session.json")
    session.save("light", {}, ENDED_AT, {"alarm_records": KEPT})
    with qt_loop(qapp) as loop:
        navigator = Navigator()
        window = MainWindow(navigator)
        qtbot.addWidget(window)
        port = FakePort()
        port.answers = {ReadCommands: (), ReadCrashes: CrashList()}
        assembly = Assembly(loop.loop, port, window, Theme(qapp), navigator, tmp_path)
        assembly.restore(Session(tmp_path / "session.json"))
        yield assembly, navigator
        assembly.close()
        loop.until(asyncio.sleep(0))


def test_the_window_begins_where_the_last_session_ended(begun: tuple[Assembly, Navigator]) -> None:
    assembly, navigator = begun
    assembly.mirror.take(Frame(catalogue=CATALOGUE))
    assert navigator.place == ENDED_AT


def test_who_went_elsewhere_before_the_catalogue_came_stays_there(begun: tuple[Assembly, Navigator]) -> None:
    assembly, navigator = begun
    navigator.show(Workspace.ALARMS)
    assembly.mirror.take(Frame(catalogue=CATALOGUE))
    assert navigator.place.workspace is Workspace.ALARMS


def test_what_a_pane_was_in_the_last_session_outlives_one_in_which_nobody_looked_at_it(
    begun: tuple[Assembly, Navigator],
) -> None:
    assembly, _ = begun
    assembly.mirror.take(Frame(catalogue=CATALOGUE))
    assert assembly.frames["alarm_records"].view is None, "made before anybody looked"
    assert assembly.pane_states()["alarm_records"] == KEPT
