from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from drivers.api import Quality
from hmi.panes.map.base_data import MAP_FOLDER
from hmi.panes.map.view import MapView
from hmi.services.mirror import Mirror
from hmi.services.port import Frame
from hmi.ui.theme import DARK, LIGHT
from tests.hmi.panes.map.conftest import Bench
from tests.hmi.panes.map.small_plant import identity, live, small_plant

# The offscreen screen says this of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MakeView = Callable[..., MapView]


@pytest.fixture
def make_view(qtbot: QtBot, bench: Bench) -> MakeView:
    def make(folder: Path = MAP_FOLDER) -> MapView:
        view = MapView(bench.context, folder)
        qtbot.addWidget(view)
        view.resize(820, 560)
        view.show()
        bench.settle()
        return view

    return make


def search_of(view: MapView) -> QLineEdit:
    found = view.findChild(QLineEdit)
    assert found is not None
    return found


def test_the_base_is_read_off_the_thread_and_shown(make_view: MakeView) -> None:
    view = make_view()
    picture = view.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 820, 10) for y in range(60, 500, 10)}
    assert {QColor(LIGHT.land).name(), QColor(LIGHT.water).name()} <= colours
    assert view._asked == {"50m", "10m"}


def test_the_fine_coast_is_not_read_for_the_world(qtbot: QtBot, bench: Bench) -> None:
    bench.context.mirror.take(Frame(catalogue=type(small_plant())()))
    view = MapView(bench.context)
    qtbot.addWidget(view)
    view.resize(820, 560)
    view.show()
    bench.settle()
    assert view._asked == {"50m"}


def test_a_missing_map_shows_the_stations_and_says_so(make_view: MakeView, tmp_path: Path, bench: Bench) -> None:
    view = make_view(tmp_path)
    assert view._notice.isVisible()
    assert "land_50m.npz" in view._notice.text() or "land_10m.npz" in view._notice.text()
    assert all(view.canvas.is_inside(row) for row in range(4))
    view.grab()
    assert bench.failures == []


def test_the_look_changes_at_once(make_view: MakeView, bench: Bench) -> None:
    view = make_view()
    bench.context.theme.use("dark")
    picture = view.grab().toImage()
    assert QColor(DARK.land).name() in {picture.pixelColor(x, 300).name() for x in range(0, 820, 5)}
    bench.context.theme.use("light")


def test_typing_a_name_selects_and_enter_goes_there(make_view: MakeView, bench: Bench) -> None:
    view = make_view()
    search = search_of(view)
    QTest.keyClicks(search, "tow")
    assert bench.context.navigator.place.station_id == identity("Tower")
    QTest.keyClick(search, Qt.Key.Key_Return)
    plan = view.canvas.plan()
    assert len(plan.grouping.members[plan.grouping.of_row[view._presenter.selected]]) == 1


def test_a_name_that_no_station_has_is_said(make_view: MakeView, bench: Bench) -> None:
    view = make_view()
    QTest.keyClicks(search_of(view), "xyz")
    assert view._notice.isVisible()
    assert bench.context.navigator.place.station_id is None
    search_of(view).clear()
    QTest.keyClicks(search_of(view), "w")
    assert not view._notice.isVisible()


def test_a_view_is_kept_and_comes_back(make_view: MakeView) -> None:
    first = make_view()
    first.canvas.show_view(first.canvas.view.centred(0.3, 0.3, 7))
    second = make_view()
    assert second.state() != first.state()
    second.restore(first.state())
    assert second.state() == first.state()


def test_rubbish_that_was_kept_changes_nothing(make_view: MakeView) -> None:
    view = make_view()
    before = view.state()
    view.restore({"zoom": "far", "latitude": [], "else": 1})
    assert view.state() == before


def test_a_plant_that_comes_later_is_fitted_while_nobody_has_moved_the_map(qtbot: QtBot, bench: Bench) -> None:
    bench.context.mirror.take(Frame(catalogue=type(small_plant())()))
    view = MapView(bench.context)
    qtbot.addWidget(view)
    view.resize(820, 560)
    view.show()
    bench.settle()
    assert view.canvas.view.zoom < 3
    bench.context.mirror.take(Frame(catalogue=small_plant()))
    assert view.canvas.view.zoom > 8
    assert all(view.canvas.is_inside(row) for row in range(4))
    view.canvas.zoom_by(3)
    moved = view.canvas.view
    bench.context.mirror.take(Frame(catalogue=small_plant()))
    assert view.canvas.view == moved


def test_controls_are_named_and_large_enough(make_view: MakeView) -> None:
    view = make_view()
    controls = [*view.findChildren(QToolButton), search_of(view)]
    named = [control for control in controls if control.parent() is view.canvas]
    assert len(named) == 5
    for control in named:
        assert control.accessibleName()
        assert control.width() >= 28
        assert control.height() >= 28
    assert view.canvas.accessibleName()


def test_the_selection_is_read_aloud(make_view: MakeView, bench: Bench) -> None:
    view = make_view()
    bench.context.navigator.select_station(identity("Well"))
    assert view.canvas.accessibleDescription().startswith("Well, link up")


def test_the_legend_opens_and_closes(make_view: MakeView, bench: Bench) -> None:
    view = make_view()
    assert not view._legend.isVisible()
    view._legend_button.click()
    assert view._legend.isVisible()
    assert view._legend.height() <= view.height() - 60
    bench.context.theme.use("dark")
    bench.context.theme.use("light")
    view._legend_button.click()
    assert not view._legend.isVisible()


def test_a_pane_that_is_gone_hears_nothing(qtbot: QtBot, bench: Bench, mirror: Mirror) -> None:
    heard_before = len(mirror._listeners)
    view = MapView(bench.context)
    assert len(mirror._listeners) == heard_before + 1
    view.deleteLater()
    qtbot.waitUntil(lambda: len(mirror._listeners) == heard_before)
    mirror.take(live((1, 50.0, Quality.GOOD)))
    bench.context.navigator.select_station(identity("Well"))
    bench.context.theme.use("light")
    # What was still being read finds nobody to show it to.
    bench.settle()
    assert bench.failures == []


def test_a_spot_is_chosen_with_the_mouse_or_the_keys_and_nothing_is_selected(make_view: MakeView, bench: Bench) -> None:
    view = make_view()
    navigator = bench.context.navigator
    spots: list[tuple[float, float]] = []

    def ask() -> None:
        navigator.ask_spot("New well", lambda latitude, longitude: spots.append((latitude, longitude)))

    ask()
    words = [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]
    assert "Click where New well stands." in words
    middle = view.canvas.rect().center()
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=middle)
    ask()
    QTest.keyClick(view.canvas, Qt.Key.Key_Return)
    assert spots[0] == pytest.approx(spots[1], abs=0.05)
    assert all(-90 <= latitude <= 90 and -180 <= longitude < 180 for latitude, longitude in spots)
    ask()
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert len(spots) == 2
    assert navigator.spot_wish is None
    assert navigator.place.station_id is None
    QTest.keyClick(view.canvas, Qt.Key.Key_Return)
    assert len(spots) == 2, "Enter is the map's own again"
