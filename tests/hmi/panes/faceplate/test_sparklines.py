"""The faceplate's sparklines, and dragging a value out of it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hmi.panes.faceplate.view import FaceplateView
from hmi.panes.stations.view import StationsView, StationTree
from hmi.services.port import PenData, ReadHistory
from hmi.ui.reading_list import LINED_ROW_PX, ReadingList
from hmi.ui.tag_drag import tags_of
from tests.support.fake_port import live
from tests.support.panes import stage
from tests.support.plants import IN_USE, LEVEL, SETPOINT


def history(request: ReadHistory) -> tuple[PenData, ...]:
    times = np.array([request.start_us + 1_000_000, request.end_us - 1_000_000], np.int64)
    return tuple(PenData.of_readings(tag, times, np.array([1.0, 2.0]), float("nan")) for tag in request.tags)


def test_values_have_their_last_minutes_from_one_request(qtbot: QtBot) -> None:
    with stage() as set_up:
        set_up.port.answers[ReadHistory] = history
        view = FaceplateView(set_up.context)
        qtbot.addWidget(view)
        set_up.at_end.append(view.hide)
        view.show()
        set_up.until(lambda: view._lines._strips[LEVEL].rows > 2)
        line = view._lines.line(LEVEL)
        assert line is not None
        assert line.extremes == pytest.approx((1.0, 2.0), abs=0.01)
        set_up.mirror.take(live({LEVEL: 3.0}))
        assert set_up.port.count(ReadHistory) == 1
        assert not view.grab().isNull()


def test_a_value_is_opened_when_the_button_is_let_go_where_it_was_pressed(qtbot: QtBot) -> None:
    with stage() as set_up:
        set_up.port.answers[ReadHistory] = history
        view = FaceplateView(set_up.context)
        qtbot.addWidget(view)
        set_up.at_end.append(view.hide)
        view.show()
        readings = view.findChild(ReadingList)
        assert readings is not None
        navigator = set_up.context.navigator
        second = QPoint(40, LINED_ROW_PX + 5)
        QTest.mousePress(readings, Qt.MouseButton.LeftButton, pos=second)
        assert navigator.place.tag == -1
        QTest.mouseRelease(readings, Qt.MouseButton.LeftButton, pos=second + QPoint(0, LINED_ROW_PX))
        assert navigator.place.tag == -1, "let go over another value"
        QTest.mouseClick(readings, Qt.MouseButton.LeftButton, pos=second)
        assert navigator.place.tag >= 0


def test_a_dragged_station_carries_its_measured_values(qtbot: QtBot) -> None:
    with stage() as set_up:
        view = StationsView(set_up.context)
        qtbot.addWidget(view)
        tree = view.findChild(StationTree)
        assert tree is not None
        area = tree.topLevelItem(0)
        assert area is not None
        station = area.child(0)
        assert station is not None
        carried = tags_of(tree.mimeData([station]))
        assert {LEVEL, IN_USE} <= set(carried)
        assert SETPOINT not in carried, "what is written is not measured"
        assert tags_of(tree.mimeData([area])) == ()
