"""What an operator does with a trend, one sentence each, against the demo plant."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hmi.panes.trend.view import TrendView
from hmi.services.port import EventKind
from tests.support.program import Program, running_program

# What the offscreen platform says of every small panel that opens.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def trend_of(program: Program) -> TrendView:
    view = program.window.findChild(TrendView)
    assert isinstance(view, TrendView)
    program.until(view.isVisible)
    return view


def test_operator_writes_a_note_sees_it_and_keeps_the_pens_as_a_group(qtbot: QtBot, tmp_path: Path) -> None:
    with running_program(qtbot, tmp_path) as program:
        program.until_live()
        station = program.station("Campanet")
        program.navigator.open_trend(program.tag(station, "Out.Flow").index, station.id)
        view = trend_of(program)
        program.until(lambda: any(low == low for low, _ in view._presenter.picture.extremes.values()))
        QTest.keyClick(view._chart, Qt.Key.Key_N)
        QTest.keyClicks(view._note_panel.field, "Filter washed")
        QTest.keyClick(view._note_panel.field, Qt.Key.Key_Return)
        presenter = view._presenter

        def notes() -> list[str]:
            events = presenter.overlay.events(presenter.window)
            return [each.title for each in events if each.kind is EventKind.NOTE]

        program.until(lambda: notes() == ["Filter washed"])
        assert not view._note_panel.isVisible()
        view._menus._save_group("Campanet flow")
        program.until(lambda: [group.name for group in view._groups.groups] == ["Campanet flow"])
        view._menus._ask_name()
        view._menus.name_panel.given.emit("campanet FLOW")
        program.until(lambda: "already" in view._menus.name_panel.remark.text())
        view._menus.name_panel.hide()
