from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from drivers.api import LinkState, Quality
from hmi.domain.alarms import AlarmState, Priority
from hmi.panes.map.presenter import MapPresenter
from hmi.panes.map.steered_map import SteeredMap
from hmi.services.port import Frame
from hmi.ui.navigator import Navigator, Workspace
from hmi.ui.theme import LIGHT
from tests.hmi.panes.map.conftest import Bench
from tests.hmi.panes.map.small_plant import alarm, alarms, identity, link, live

# What the offscreen screen says of windows with a least size, and of menus.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")

TANK, TOWER, WELL, WORKS = range(4)
LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def presenter(bench: Bench) -> MapPresenter:
    return MapPresenter(bench.context.mirror, bench.context.navigator)


@pytest.fixture
def canvas(qtbot: QtBot, bench: Bench, presenter: MapPresenter) -> Iterator[SteeredMap]:
    made = SteeredMap(presenter, bench.context.theme, bench.context.fail)
    qtbot.addWidget(made)
    made.resize(900, 640)
    made.show()
    remove = presenter.listen(bench.context.listen, made.take)
    yield made
    remove()
    made.close()
    assert bench.failures == []


def place(canvas: SteeredMap, presenter: MapPresenter, row: int) -> QPoint:
    """Return where a station's marker is."""
    plan = canvas.plan()
    middle = plan.grouping.middle[plan.grouping.of_row[row]]
    x, y = canvas.view.to_screen(middle[None])[0]
    return QPoint(round(x), round(y))


def colour_at(canvas: SteeredMap, at: QPoint) -> str:
    return canvas.grab().toImage().pixelColor(at).name().upper()


def test_every_station_is_in_sight_at_first(canvas: SteeredMap) -> None:
    assert all(canvas.is_inside(row) for row in range(4))


def test_a_click_selects_the_station(canvas: SteeredMap, presenter: MapPresenter, navigator: Navigator) -> None:
    QTest.mouseClick(canvas, LEFT, NO_KEYS, place(canvas, presenter, WELL))
    assert navigator.place.station_id == identity("Well")


def test_a_click_beside_everything_leaves_the_selection(canvas: SteeredMap, presenter: MapPresenter) -> None:
    presenter.select(WELL)
    QTest.mouseClick(canvas, LEFT, NO_KEYS, QPoint(5, 5))
    assert presenter.selected == WELL


def test_a_double_click_opens_the_controls(canvas: SteeredMap, presenter: MapPresenter, navigator: Navigator) -> None:
    at = place(canvas, presenter, WORKS)
    QTest.mouseClick(canvas, LEFT, NO_KEYS, at)
    QTest.mouseDClick(canvas, LEFT, NO_KEYS, at)
    assert (navigator.place.workspace, navigator.place.station_id) == (Workspace.CONTROL, identity("Works"))


def test_a_click_on_a_group_zooms_in_and_its_second_click_opens_nothing(
    canvas: SteeredMap, presenter: MapPresenter, navigator: Navigator
) -> None:
    zoom, at = canvas.view.zoom, place(canvas, presenter, TOWER)
    QTest.mouseClick(canvas, LEFT, NO_KEYS, at)
    assert canvas.view.zoom > zoom + 1
    QTest.mouseDClick(canvas, LEFT, NO_KEYS, place(canvas, presenter, TOWER))
    assert navigator.place.workspace is Workspace.MAP


def test_a_double_click_on_the_ground_zooms_in(canvas: SteeredMap) -> None:
    zoom = canvas.view.zoom
    QTest.mouseClick(canvas, LEFT, NO_KEYS, QPoint(20, 600))
    QTest.mouseDClick(canvas, LEFT, NO_KEYS, QPoint(20, 600))
    assert canvas.view.zoom == pytest.approx(zoom + 1)


def test_dragging_moves_the_map_and_selects_nothing(canvas: SteeredMap, presenter: MapPresenter) -> None:
    before = place(canvas, presenter, WELL)
    QTest.mousePress(canvas, LEFT, NO_KEYS, before)
    for step in (20, 40, 60):
        QTest.mouseMove(canvas, before + QPoint(step, step))
    QTest.mouseRelease(canvas, LEFT, NO_KEYS, before + QPoint(60, 60))
    assert (place(canvas, presenter, WELL) - before - QPoint(60, 60)).manhattanLength() <= 1
    assert presenter.selected == -1


def test_the_wheel_zooms_around_the_cursor(canvas: SteeredMap, presenter: MapPresenter) -> None:
    at, zoom = place(canvas, presenter, WELL), canvas.view.zoom
    QApplication.sendEvent(
        canvas,
        QWheelEvent(
            QPointF(at),
            QPointF(canvas.mapToGlobal(at)),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )
    assert canvas.view.zoom > zoom
    assert (place(canvas, presenter, WELL) - at).manhattanLength() <= 1


def test_keys_zoom_pan_and_fit(canvas: SteeredMap) -> None:
    first = canvas.view
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.view.zoom > first.zoom
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.view.zoom == pytest.approx(first.zoom)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.x > first.x
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.view.y < first.y
    QTest.keyClick(canvas, Qt.Key.Key_F)
    assert canvas.view == first


def test_n_and_p_go_round_all_stations(canvas: SteeredMap, presenter: MapPresenter) -> None:
    seen = []
    for _ in range(5):
        QTest.keyClick(canvas, Qt.Key.Key_N)
        seen.append(presenter.selected)
    assert seen == [0, 1, 2, 3, 0]
    QTest.keyClick(canvas, Qt.Key.Key_P)
    assert presenter.selected == 3
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert presenter.selected == -1


def test_enter_opens_the_selected_station(canvas: SteeredMap, presenter: MapPresenter, navigator: Navigator) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert navigator.place.workspace is Workspace.MAP
    presenter.select(WELL)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert (navigator.place.workspace, navigator.place.station_id) == (Workspace.CONTROL, identity("Well"))


def test_tab_goes_through_the_stations_in_sight_and_then_leaves(
    qtbot: QtBot, canvas: SteeredMap, presenter: MapPresenter
) -> None:
    canvas.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    steps = 0
    while canvas.focusNextPrevChild(True) and steps < 10:
        steps += 1
        if presenter.selected == 3:
            break
    assert presenter.selected == 3
    presenter.select(3)
    canvas.focusNextPrevChild(True)
    assert presenter.selected == 3


def test_the_map_follows_a_selection_only_when_it_is_out_of_sight(
    canvas: SteeredMap, presenter: MapPresenter, navigator: Navigator
) -> None:
    first = canvas.view
    navigator.select_station(identity("Well"))
    assert canvas.view == first
    presenter.select(-1)
    canvas.show_view(first.centred(0.1, 0.3))
    navigator.select_station(identity("Works"))
    assert canvas.is_inside(WORKS)
    assert canvas.view.zoom == first.zoom


def test_showing_a_station_takes_it_out_of_its_group(canvas: SteeredMap, presenter: MapPresenter) -> None:
    canvas.show_station(TOWER)
    plan = canvas.plan()
    assert plan.grouping.members[plan.grouping.of_row[TOWER]] == (TOWER,)
    assert canvas.is_inside(TOWER)


def test_the_menu_offers_control_and_trends(canvas: SteeredMap, navigator: Navigator) -> None:
    asked: list[int] = []
    navigator.on_trend(lambda tag, _at_us: asked.append(tag))
    canvas._menu((WELL,), QPoint(0, 0))
    menu = canvas.findChild(QMenu)
    assert menu is not None
    actions = {action.text(): action for action in menu.actions() if not action.isSeparator()}
    assert list(actions) == ["Open control", "Select", "Well flow (m³/h)", "Well level (m)"]
    actions["Well level (m)"].trigger()
    assert asked == [0]
    menu.close()


def test_stations_on_one_spot_are_listed(canvas: SteeredMap, presenter: MapPresenter) -> None:
    canvas._menu((TANK, TOWER), QPoint(0, 0))
    menu = canvas.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["Tank", "Tower"]
    menu.actions()[1].trigger()
    assert presenter.selected == TOWER
    menu.close()


def test_the_flash_runs_only_while_something_flashes_in_sight(
    canvas: SteeredMap, bench: Bench, presenter: MapPresenter
) -> None:
    canvas.grab()
    assert not canvas._flash.isActive()
    bench.context.mirror.take(alarms(alarm("Well", Priority.CRITICAL)))
    canvas.grab()
    assert canvas._flash.isActive()
    canvas.show_view(canvas.view.centred(0.1, 0.3))
    canvas.grab()
    assert not canvas._flash.isActive()
    canvas.fit_all()
    canvas.grab()
    assert canvas._flash.isActive()
    bench.context.mirror.take(alarms(alarm("Well", Priority.CRITICAL, AlarmState.ACKED)))
    canvas.grab()
    assert not canvas._flash.isActive()


def test_a_hidden_map_runs_no_timer(canvas: SteeredMap, bench: Bench) -> None:
    bench.context.mirror.take(alarms(alarm("Well", Priority.CRITICAL)))
    canvas.grab()
    canvas.hide()
    bench.context.mirror.take(live((1, 77.0, Quality.GOOD)))
    assert not any(timer.isActive() for timer in (canvas._flash, canvas._pause, canvas._ahead))


def test_an_alarm_is_seen_at_the_corner_of_its_marker(
    canvas: SteeredMap, bench: Bench, presenter: MapPresenter
) -> None:
    corner = place(canvas, presenter, WELL) + QPoint(7, -13)
    before = colour_at(canvas, corner)
    bench.context.mirror.take(alarms(alarm("Well", Priority.CRITICAL)))
    assert before != LIGHT.priority_fill[0].upper() == colour_at(canvas, corner)
    canvas._beat()
    assert colour_at(canvas, corner) == LIGHT.card.upper()


def test_a_lost_link_is_seen_on_the_marker(canvas: SteeredMap, bench: Bench, presenter: MapPresenter) -> None:
    corner = place(canvas, presenter, WELL) + QPoint(-18, 13)
    before = colour_at(canvas, corner)
    bench.context.mirror.take(Frame(links=(link("one", LinkState.DOWN), link("two", LinkState.UP))))
    assert before != LIGHT.bad_fill.upper() == colour_at(canvas, corner)


def test_values_repaint_at_once_and_then_at_most_four_times_a_second(canvas: SteeredMap, bench: Bench) -> None:
    bench.context.mirror.take(live((1, 50.0, Quality.GOOD)))
    assert canvas._pause.isActive()
    assert not canvas._has_new_values
    bench.context.mirror.take(live((1, 60.0, Quality.GOOD)))
    assert canvas._has_new_values


def test_an_error_while_painting_brings_up_the_wall(
    qtbot: QtBot, bench: Bench, presenter: MapPresenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = SteeredMap(presenter, bench.context.theme, bench.context.fail)
    qtbot.addWidget(broken)

    def raises(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(broken.base, "paint", raises)
    broken.resize(400, 300)
    broken.show()
    broken.grab()
    qtbot.waitUntil(lambda: len(bench.failures) == 1)
    broken.grab()
    assert [type(failure) for failure in bench.failures] == [ZeroDivisionError]


def test_a_thousand_levels_of_zoom_in_and_out_paint(canvas: SteeredMap) -> None:
    for zoom in (0, 3, 6, 9, 12, 15, 18, 25, -5):
        canvas.show_view(canvas.view.centred(canvas.view.x, canvas.view.y, zoom))
        assert not canvas.grab().isNull()
