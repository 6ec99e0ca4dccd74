from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from hmi.panes.trend.chart.chart import Chart
from hmi.panes.trend.cursors import Cursor
from hmi.panes.trend.view import FAST_LIVE_MS, TrendView
from hmi.panes.trend.widgets.pen_search import PenSearch
from hmi.panes.trend.widgets.pen_table import PenTable
from hmi.panes.trend.widgets.table_model import Column
from hmi.services.mirror import Mirror
from hmi.services.port import Frame, RefusedError
from hmi.ui.navigator import Navigator
from hmi.ui.pane import PaneContext
from hmi.ui.theme import Theme
from tests.hmi.panes.trend.conftest import PUMP, FakePort, live, plant

# What the offscreen platform says of every window that has a least size, and of every list that pops up.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class DirectTasks:
    """Runs a coroutine to its end at once: the port of these tests answers without waiting."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def start(
        self, coroutine: Coroutine[Any, Any, object], name: str, on_refused: Callable[[str], None] | None = None
    ) -> None:
        self.names.append(name)
        try:
            asyncio.run(coroutine)
        except RefusedError as error:
            if on_refused is None:
                raise
            on_refused(str(error))


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def context(mirror: Mirror, port: FakePort, navigator: Navigator, theme: Theme) -> PaneContext:
    def fail(error: Exception) -> None:
        raise error

    return PaneContext(mirror, port, navigator, theme, DirectTasks(), fail)  # type: ignore[arg-type]


@pytest.fixture
def view(qtbot: QtBot, context: PaneContext) -> Iterator[TrendView]:
    view = TrendView(context)
    view.resize(780, 560)
    view.show()
    qtbot.waitExposed(view)
    yield view
    view.hide()
    # At once, and not when an event loop would next be run: the next test's look is put on all widgets there are.
    view.deleteLater()
    QApplication.sendPostedEvents(view, QEvent.Type.DeferredDelete.value)


Part = TypeVar("Part", bound=QWidget)


def part(view: TrendView, kind: type[Part]) -> Part:
    found = view.findChild(kind)
    assert found is not None
    return found


def beat(view: TrendView) -> None:
    """Draw now what would be drawn at the next beat."""
    view._repaint()
    view._load_due()
    view._repaint()


def test_history_is_drawn_as_soon_as_a_value_is_opened(
    qtbot: QtBot, view: TrendView, navigator: Navigator, port: FakePort
) -> None:
    end_us = view._presenter.window.end_us
    port.recorded[0] = ([end_us - 60_000_000, end_us - 30_000_000], [10.0, 20.0])
    navigator.open_trend(0)
    qtbot.waitUntil(lambda: len(port.requests) == 1)
    qtbot.waitUntil(lambda: view._presenter.picture.extremes.get(1) == (10.0, 20.0))
    chart = part(view, Chart)
    assert np.isfinite(chart._curves[0].getData()[1]).any()


def test_the_hint_tells_how_to_add_a_pen_and_goes_when_there_is_one(view: TrendView, navigator: Navigator) -> None:
    beat(view)
    assert view._panel.hint.isVisible()
    navigator.open_trend(0)
    beat(view)
    assert not view._panel.hint.isVisible()


def test_nothing_is_drawn_while_hidden_but_live_values_are_kept(
    view: TrendView, navigator: Navigator, mirror: Mirror
) -> None:
    navigator.open_trend(0)
    beat(view)
    view.hide()
    assert not view._live.isActive()
    before = view._presenter.picture
    start_us = view._presenter.window.end_us
    for number in range(5):
        live(mirror, 0, float(number), start_us + number)
    navigator.open_trend(1)
    QApplication.processEvents()
    assert view._presenter.picture is before
    (first, _) = view._presenter.pens
    assert first.series.points().last[-5:].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_a_pen_is_found_by_typing(view: TrendView) -> None:
    beat(view)
    search = part(view, PenSearch)
    QTest.keyClicks(search, "pump run")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert [pen.tag.index for pen in view._presenter.pens] == [PUMP]
    assert search.text() == ""


def test_words_in_any_order_find_a_pen_and_what_does_not_is_said(view: TrendView) -> None:
    beat(view)
    search = part(view, PenSearch)
    QTest.keyClicks(search, "4 VALUE soller")
    assert search._labels.stringList() == ["Sóller boreholes · Value 4"]
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert [pen.tag.index for pen in view._presenter.pens] == [4]
    for typed, said in (("value", "10 tags fit “value”"), ("valve", "No tag fits “valve”")):
        search.clear()
        QTest.keyClicks(search, typed)
        QTest.keyClick(search, Qt.Key.Key_Return)
        assert said in view._presenter.message
    popup = search._completer.popup()
    assert popup is not None
    popup.hide()


def test_a_pen_is_removed_by_key_and_by_its_cross(view: TrendView, navigator: Navigator) -> None:
    for index in range(3):
        navigator.open_trend(index)
    beat(view)
    table = part(view, PenTable)
    table.setCurrentIndex(table.model().index(1, Column.TAG))
    assert view._presenter.emphasised == 2
    QTest.keyClick(table, Qt.Key.Key_Delete)
    beat(view)
    assert [pen.number for pen in view._presenter.pens] == [1, 3]
    cross = table.visualRect(table.model().index(0, Column.REMOVE)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cross)
    beat(view)
    assert [pen.number for pen in view._presenter.pens] == [3]


def test_the_columns_of_cursors_are_there_with_their_cursors(view: TrendView, navigator: Navigator) -> None:
    navigator.open_trend(0)
    beat(view)
    table = part(view, PenTable)
    own = (Column.CURSOR_A, Column.CURSOR_B, Column.DIFFERENCE)
    assert [table.isColumnHidden(column) for column in own] == [True, True, True], "the room is the names'"
    window = view._presenter.window
    for cursor, at_us, hidden in (
        (Cursor.A, window.start_us + 5, [False, True, True]),
        (Cursor.B, window.start_us + 9, [False, False, False]),
    ):
        view._presenter.set_cursor(at_us, cursor)
        beat(view)
        assert [table.isColumnHidden(column) for column in own] == hidden


def test_the_box_of_a_pen_hides_it(view: TrendView, navigator: Navigator) -> None:
    navigator.open_trend(0)
    beat(view)
    model = part(view, PenTable).model()
    box = model.index(0, Column.PEN)
    assert model.data(box, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert model.setData(box, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    beat(view)
    assert view._presenter.picture.traces == ()
    assert model.data(box, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_dragging_pauses_and_the_button_returns_to_live(view: TrendView, navigator: Navigator) -> None:
    navigator.open_trend(0)
    beat(view)
    button = next(each for each in view.findChildren(QPushButton) if each.text() == "Pause")
    viewport = part(view, Chart).viewport()
    start = QPoint(300, 100)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(viewport, start + QPoint(20 * step, 0), delay=15)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(100, 0))
    beat(view)
    assert not view._presenter.window.is_live
    assert button.text() == "Paused – go live"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    beat(view)
    assert view._presenter.window.is_live
    assert button.text() == "Pause"


def test_the_wheel_zooms_around_the_pointer(view: TrendView) -> None:
    beat(view)
    chart = part(view, Chart)
    span = view._presenter.window.span_us
    at = QPointF(chart.width() / 2, 100)
    event = QWheelEvent(
        at,
        QPointF(chart.viewport().mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart.viewport(), event)
    assert view._presenter.window.span_us == pytest.approx(span / 1.25)
    assert not view._presenter.window.is_live


def test_a_click_sets_the_cursor_and_keys_move_and_remove_it(view: TrendView, navigator: Navigator) -> None:
    navigator.open_trend(0)
    beat(view)
    chart = part(view, Chart)
    QTest.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 100))
    at_us = view._presenter.cursor_us
    assert at_us is not None
    QTest.keyClick(chart, Qt.Key.Key_Left)
    moved_us = view._presenter.cursor_us
    assert moved_us is not None
    assert moved_us < at_us
    beat(view)
    assert chart.cursors.lines[Cursor.A].isVisible()
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert view._presenter.cursor_us is None


def test_keys_pan_zoom_and_pause(view: TrendView) -> None:
    chart, presenter = part(view, Chart), view._presenter
    span = presenter.window.span_us
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    assert presenter.window.span_us < span
    QTest.keyClick(chart, Qt.Key.Key_Minus)
    assert presenter.window.is_live
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert not presenter.window.is_live
    QTest.keyClick(chart, Qt.Key.Key_L)
    assert presenter.window.is_live
    QTest.keyClick(chart, Qt.Key.Key_Space)
    assert not presenter.window.is_live


def test_a_preset_sets_the_span(view: TrendView) -> None:
    button = next(each for each in view.findChildren(QPushButton) if each.text() == "8 h")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert view._presenter.window.span_us == 8 * 3_600_000_000
    beat(view)
    assert button.isChecked()


def test_both_looks_and_every_kind_of_pen_draw_without_a_warning(
    view: TrendView, navigator: Navigator, mirror: Mirror, theme: Theme
) -> None:
    for index in (0, 1, 2, 3, 4, 5, PUMP):
        navigator.open_trend(index)
    now_us = view._presenter.window.end_us
    for index in (0, 1, 2, 3, 4, 5, PUMP):
        live(mirror, index, 1.0, now_us)
    beat(view)
    view.grab()
    theme.use("dark")
    view._presenter.emphasise(2)
    beat(view)
    assert not view.grab().isNull()
    theme.use("light")


def test_what_was_shown_comes_back(view: TrendView, context: PaneContext, qtbot: QtBot) -> None:
    view._presenter.open(4)
    view._presenter.set_span(3_600_000_000)
    other = TrendView(context)
    qtbot.addWidget(other)
    other.restore(view.state())
    assert other.state() == view.state()


def test_every_control_has_a_name_and_can_be_reached(view: TrendView) -> None:
    assert part(view, Chart).accessibleName()
    assert part(view, PenTable).accessibleName()
    assert part(view, PenSearch).accessibleName()
    for button in view.findChildren(QPushButton):
        assert button.text() or button.accessibleName()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_it_fits_where_it_has_to(view: TrendView, navigator: Navigator) -> None:
    view._presenter.travel.pause()
    for index in range(9):
        navigator.open_trend(index)
    beat(view)
    assert view.minimumSizeHint().width() <= 780
    assert view.width() == 780


def test_the_pace_can_be_raised(view: TrendView) -> None:
    view.set_pace(FAST_LIVE_MS)
    assert view._live.interval() == 100


def test_a_new_catalogue_is_offered(view: TrendView, mirror: Mirror) -> None:
    beat(view)
    mirror.take(Frame(catalogue=plant().__class__(version=2)))
    beat(view)
    assert part(view, PenSearch).finder.choices == {}
