"""The pane with the mouse and the keyboard: rectangles, axes, panels, menus, groups, notes, exports, several charts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from hmi.panes.trend.board import Layout
from hmi.panes.trend.chart.chart import Chart
from hmi.panes.trend.cursors import Cursor
from hmi.panes.trend.drawing.ranges import RangeMode
from hmi.panes.trend.keys import KEYS
from hmi.panes.trend.pens import Draws
from hmi.panes.trend.timeline.moments import Named
from hmi.panes.trend.view import TrendView
from hmi.panes.trend.widgets.table_model import Column
from hmi.services.mirror import Mirror
from hmi.services.port import (
    AddNote,
    DeleteTrendGroup,
    EventKind,
    PlantEvent,
    PlantEvents,
    ReadEvents,
    RefusedError,
    SaveTrendGroup,
    TrendGroup,
)
from hmi.ui.navigator import Navigator
from hmi.ui.tag_drag import mime_of
from hmi.ui.theme import Theme
from tests.hmi.panes.trend.conftest import PUMP, SECOND, FakePort, live, plant
from tests.hmi.panes.trend.test_view import beat, context, part, theme, view

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
__all__ = ["context", "theme", "view"]

STATION = plant().stations[0].id


@pytest.fixture
def shown(view: TrendView, navigator: Navigator, port: FakePort) -> TrendView:  # fixtures by name
    """A view with two pens and a state, with readings in sight."""
    end_us = view._presenter.window.end_us
    for tag in (0, 1):
        times = [end_us - second * SECOND for second in (800, 500, 200)]
        port.recorded[tag] = (times, [10.0 + tag, 20.0, 30.0])
    for tag in (0, 1, PUMP):
        navigator.open_trend(tag)
    beat(view)
    return view


def drag(chart: Chart, start: QPoint, end: QPoint, modifier: Qt.KeyboardModifier) -> None:
    viewport = chart.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, modifier, start)
    for step in range(1, 6):
        QTest.mouseMove(viewport, start + (end - start) * step / 5, delay=15)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, modifier, end)


def wheel(chart: Chart, at: QPointF) -> None:
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


# ── mouse on the chart ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_mode", [False, True])
def test_a_rectangle_zooms_and_backspace_comes_back(shown: TrendView, is_mode: bool) -> None:
    chart, presenter = shown._chart, shown._presenter
    before = presenter.window.span_us
    if is_mode:
        QTest.keyClick(chart, Qt.Key.Key_Z)
        assert chart.is_boxing
    modifier = Qt.KeyboardModifier.NoModifier if is_mode else Qt.KeyboardModifier.ShiftModifier
    drag(chart, QPoint(250, 60), QPoint(400, 120), modifier)
    assert presenter.window.span_us < before / 2
    assert presenter.travel.ranges["m"].mode is RangeMode.TYPED
    beat(shown)
    assert shown._toolbar.back.isEnabled()
    QTest.keyClick(chart, Qt.Key.Key_Backspace)
    assert presenter.window.span_us == before
    assert presenter.travel.ranges == {}


def test_the_wheel_over_an_axis_zooms_only_that_one(shown: TrendView) -> None:
    chart, presenter = shown._chart, shown._presenter
    span = presenter.window.span_us
    axis = chart._axes[0]
    wheel(chart, QPointF(chart.mapFromScene(axis.mapToScene(axis.boundingRect().center()))))
    assert list(presenter.travel.ranges) == ["m"]
    assert presenter.window.span_us == span
    axis.freed.emit("m")
    assert presenter.travel.ranges == {}


def test_a_double_click_fits(shown: TrendView) -> None:
    shown._presenter.type_range("m", "0", "1")
    viewport, place = shown._chart.viewport(), QPoint(300, 100)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert shown._presenter.travel.ranges == {}


def test_a_click_sets_a_and_with_shift_b_and_lines_can_be_dragged(shown: TrendView) -> None:
    chart, cursors = shown._chart, shown._presenter.cursors
    QTest.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(250, 100))
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, shift, QPoint(400, 100))
    assert cursors.a_us is not None
    assert cursors.b_us is not None
    assert cursors.a_us < cursors.b_us
    beat(shown)
    assert all(line.isVisible() for line in chart.cursors.lines.values())
    assert "B − A: " in shown._panel.range.text()
    chart.cursors.lines[Cursor.A].setValue(cursors.a_us / 1e6 + 5)
    chart.cursors.lines[Cursor.A].sigDragged.emit(chart.cursors.lines[Cursor.A])
    assert cursors.active is Cursor.A


def test_what_is_dropped_on_a_chart_becomes_pens(shown: TrendView) -> None:
    carried = mime_of([4, 5])  # the event does not own it
    event = QDropEvent(
        QPointF(100, 100),
        Qt.DropAction.CopyAction,
        carried,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    shown._panel.dropEvent(event)
    assert [pen.tag.index for pen in shown._presenter.pens] == [0, 1, PUMP, 4, 5]


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cursor_keys(shown: TrendView) -> None:
    chart, presenter = shown._chart, shown._presenter
    presenter.travel.pause()
    QTest.keyClick(chart, Qt.Key.Key_A)
    QTest.keyClick(chart, Qt.Key.Key_B)
    start = presenter.cursors.b_us
    assert start is not None
    QTest.keyClick(chart, Qt.Key.Key_Right)
    near = presenter.cursors.b_us
    assert near is not None
    QTest.keyClick(chart, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    far = presenter.cursors.b_us
    assert far is not None
    assert far - near == pytest.approx(10 * (near - start), rel=0.01)
    end = presenter.window.end_us
    QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert presenter.window.end_us < end
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert presenter.cursors.b_us is None


def test_keys_for_pens_time_and_pages(shown: TrendView) -> None:
    chart, presenter = shown._chart, shown._presenter
    QTest.keyClick(chart, Qt.Key.Key_2)
    assert presenter.emphasised == 2
    QTest.keyClick(chart, Qt.Key.Key_S)
    assert presenter.pens.by_number(2).draws is Draws.STEPS  # type: ignore[union-attr]
    QTest.keyClick(chart, Qt.Key.Key_H)
    assert presenter.pens.by_number(2).is_hidden  # type: ignore[union-attr]
    span = presenter.window.span_us
    QTest.keyClick(chart, Qt.Key.Key_PageUp)
    assert not presenter.window.is_live
    assert presenter.window.span_us == span
    QTest.keyClick(chart, Qt.Key.Key_V)
    assert shown._lower.tabs.currentIndex() == 1


def test_the_list_of_keys_opens_and_any_key_closes_it(shown: TrendView) -> None:
    QTest.keyClick(shown._chart, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    assert shown._key_list.isVisible()
    assert len(shown._key_list.findChildren(QLabel)) == 2 * len(KEYS)
    QTest.keyClick(shown._key_list, Qt.Key.Key_Escape)
    assert not shown._key_list.isVisible()


@pytest.mark.parametrize("size", [(1640, 880), (1000, 560), (780, 400)])
def test_the_list_of_keys_is_never_cut(shown: TrendView, size: tuple[int, int]) -> None:
    shown.resize(*size)
    keys = shown._key_list
    keys.show_over(shown)
    QApplication.processEvents()
    assert shown.rect().contains(keys.geometry())
    for label in keys.findChildren(QLabel):
        assert label.width() >= label.sizeHint().width()
        assert label.mapTo(keys, label.rect().topRight()).x() < keys.width()
    bar = keys.area.verticalScrollBar()
    bottom = keys.findChildren(QLabel)[-1].geometry().bottom()
    assert bottom <= keys.area.viewport().height() + bar.maximum()
    assert (bar.maximum() == 0) is (size[0] >= 1000)
    if bar.maximum():
        QTest.keyClick(keys, Qt.Key.Key_PageDown)
        assert bar.value() > 0
        assert keys.isVisible()
    keys.hide()


# ── panels and menus ──────────────────────────────────────────────────────────────────────────────────────────────


def test_from_and_to_are_typed_clicked_and_answered(shown: TrendView) -> None:
    QTest.keyClick(shown._chart, Qt.Key.Key_D)
    panel = shown._range_panel
    assert panel.isVisible()
    panel.start.setText("2025-10-02 10:00")
    panel.end.setText("2025-10-01 10:00")
    QTest.keyClick(panel.end, Qt.Key.Key_Return)
    assert "before “from”" in panel.remark.text()
    panel._field = panel.start
    panel.calendar.clicked.emit(QDate(2025, 9, 10))
    panel.calendar.clicked.emit(QDate(2025, 9, 10))
    assert (panel.start.text(), panel.end.text()) == ("2025-09-10 00:00", "2025-09-11 00:00")
    panel.show_range()
    assert not panel.isVisible()
    assert shown._presenter.window.span_us == 86_400 * SECOND
    panel.named.emit(Named.YESTERDAY)
    assert not shown._presenter.window.is_live


def test_the_range_of_an_axis_is_typed(shown: TrendView) -> None:
    shown._presenter.emphasise(1)
    QTest.keyClick(shown._chart, Qt.Key.Key_R)
    panel = shown._axis_panel
    assert panel.isVisible()
    panel.low.setText("50")
    panel.high.setText("5")
    QTest.keyClick(panel.high, Qt.Key.Key_Return)
    assert panel.remark.text()
    panel.high.setText("60")
    QTest.keyClick(panel.high, Qt.Key.Key_Return)
    assert not panel.isVisible()
    beat(shown)
    assert shown._presenter.picture.axes[0].high == 60.0


def test_a_pens_menu_draws_it_and_gives_it_an_axis(shown: TrendView) -> None:
    menu = shown._lower.pens.menu_of(1)
    assert menu is not None
    texts = {action.text(): action for action in menu.actions()}
    axis = texts["Axis"].menu()
    assert isinstance(axis, QMenu)
    axis.actions()[3].trigger()
    assert shown._presenter.pens.by_number(1).axis == 3  # type: ignore[union-attr]
    texts["Remove"].trigger()
    assert shown._presenter.pens.by_number(1) is None
    assert shown._lower.pens.menu_of(1) is None


def menu_texts(view: TrendView, name: str) -> dict[str, object]:
    menu = getattr(view._toolbar, name).menu()
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions()}


@pytest.mark.parametrize("name", ["compare", "show_menu", "charts", "export", "groups"])
def test_every_menu_has_something_to_choose(shown: TrendView, name: str) -> None:
    assert menu_texts(shown, name)


def test_comparing_from_the_menu_and_typed(shown: TrendView) -> None:
    menu_texts(shown, "compare")["1 week before"].trigger()  # type: ignore[attr-defined]
    beat(shown)
    model = shown._lower.pens.model()
    assert model.rowCount() == 6
    assert model.index(3, Column.TAG).data() == "Value 0, 1 week before"
    shown._menus._compare_typed("soon")
    assert shown._menus.shift_panel.remark.text()
    shown._menus._compare_typed("2 d")
    assert shown._presenter.comparison.label == "2 d before"


def test_several_charts_and_common_time(shown: TrendView, navigator: Navigator) -> None:
    menu_texts(shown, "charts")["Four"].trigger()  # type: ignore[attr-defined]
    beat(shown)
    assert [panel.isVisible() for panel in shown._panels] == [True] * 4
    QTest.mouseClick(shown._panels[2].chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    navigator.open_trend(3)
    assert [pen.tag.index for pen in shown._board.charts[2].pens] == [3]
    QTest.keyClick(shown._chart, Qt.Key.Key_C)
    assert shown._board.active is shown._board.charts[3]
    shown._board.lay_out(Layout.ONE)
    beat(shown)
    assert [panel.isVisible() for panel in shown._panels] == [True, False, False, False]


def test_a_small_chart_has_two_axes_and_a_title_and_hint_that_fit(shown: TrendView) -> None:
    shown.resize(1000, 560)
    for tag in (2, 3, 4, 5):
        shown._presenter.open(tag)
    beat(shown)
    assert len(shown._presenter.picture.axes) == 4
    shown._board.lay_out(Layout.GRID)
    for _ in range(2):
        QApplication.processEvents()
        beat(shown)
    assert len(shown._presenter.picture.axes) == 2
    shown._presenter.emphasise(5)
    beat(shown)
    assert any(5 in axis.numbers for axis in shown._presenter.picture.axes), "the emphasised pen's is one of them"
    shown._presenter.say("A sentence that takes its room.")
    beat(shown)
    for panel in shown._panels:
        QApplication.processEvents()
        assert panel.range.width() >= panel.range.sizeHint().width()
        assert panel.range.text().endswith(panel.range.toolTip()[-9:]), "the zone is not cut"
    hint = shown._panels[1].hint
    assert shown._panels[1].chart.lines_rect.contains(hint.geometry())
    assert hint.heightForWidth(hint.width()) <= hint.height()


def test_figures_have_the_room_that_they_need_and_no_column_says_nothing(shown: TrendView, mirror: Mirror) -> None:
    shown.resize(1640, 880)
    live(mirror, PUMP, 1.0, shown._presenter.window.end_us - SECOND)
    shown._lower.tabs.setCurrentIndex(1)
    table, model = shown._lower.figure_table, shown._lower.figures

    def hidden() -> set[str]:
        return {column.title for place, column in enumerate(model.columns) if table.isColumnHidden(place)}

    assert hidden() == {"Total"}
    for row in range(model.rowCount()):
        for column in range(1, model.columnCount()):
            if not table.isColumnHidden(column):
                assert table.sizeHintForIndex(model.index(row, column)).width() <= table.columnWidth(column)
    shown._presenter.remove(3)
    shown._lower.refresh()
    assert hidden() == {"Total", "Time on", "Starts"}
    assert table.horizontalScrollBar().maximum() == 0


# ── groups, notes, events ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_group_is_saved_opened_and_a_refusal_stays_in_its_panel(shown: TrendView, port: FakePort) -> None:
    kept: list[TrendGroup] = []

    def save(request: SaveTrendGroup) -> tuple[TrendGroup, ...]:
        kept.append(request.group)
        return tuple(kept)

    port.answers[SaveTrendGroup] = save
    shown._menus._save_group("Wells")
    assert [group.name for group in shown._groups.groups] == ["Wells"]
    shown._presenter.replace_pens({})
    assert not len(shown._presenter.pens)
    menu_texts(shown, "groups")["Wells"].trigger()  # type: ignore[attr-defined]
    assert [pen.tag.index for pen in shown._presenter.pens] == [0, 1, PUMP]
    port.answers[SaveTrendGroup] = RefusedError("There is a group called Wells already.")
    shown._menus._ask_name()
    shown._menus.name_panel.given.emit("Wells 2")
    assert shown._menus.name_panel.isVisible()
    assert "already" in shown._menus.name_panel.remark.text()
    shown._menus.name_panel.hide()
    port.answers[DeleteTrendGroup] = ()
    delete = menu_texts(shown, "groups")["Delete “Wells”…"]
    panel = shown._menus.delete_panel
    delete.trigger()  # type: ignore[attr-defined]
    assert "“Wells”" in panel.question.text()
    QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Space)
    assert not panel.isVisible()
    assert shown._groups.groups, "to keep it is what a key does that was meant for something else"
    delete.trigger()  # type: ignore[attr-defined]
    panel.go.click()
    assert shown._groups.groups == ()
    assert not panel.isVisible()


def test_a_note_is_written_by_keyboard(shown: TrendView, port: FakePort) -> None:
    QTest.keyClick(shown._chart, Qt.Key.Key_N)
    panel = shown._note_panel
    assert panel.isVisible()
    port.answers[AddNote] = RefusedError("Type the note first.")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert panel.remark.text() == "Type the note first."
    port.answers[AddNote] = None
    QTest.keyClicks(panel.field, "Filter washed")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    assert not panel.isVisible()
    note = next(each for each in reversed(port.asked) if isinstance(each, AddNote))
    assert (note.text, note.station_id, note.tag) == ("Filter washed", STATION, 0)


def test_events_are_marked_listed_and_chosen(shown: TrendView, port: FakePort) -> None:
    at_us = shown._presenter.window.end_us - 300 * SECOND
    event = PlantEvent(EventKind.NOTE, at_us, STATION, 0, "Filter washed", "", "Ann")
    port.answers[ReadEvents] = PlantEvents((event,))
    shown._presenter.overlay._asked = None
    beat(shown)
    strip = shown._chart.events
    (mark,) = strip.marks
    place = strip.mapToScene(QPointF(mark.share * strip.size().width(), 9))
    viewport = shown._chart.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=shown._chart.mapFromScene(place))
    assert shown._presenter.overlay.chosen == event
    assert shown._presenter.cursor_us == at_us
    beat(shown)
    assert "Filter washed" in shown._panel.message.toolTip()
    shown._lower.tabs.setCurrentIndex(3)
    assert shown._lower.events.index(0, 2).data() == "Filter washed"
    shown._presenter.set_cursor(None)
    shown._lower.event_table.setCurrentIndex(shown._lower.events.index(0, 0))
    QTest.keyClick(shown._lower.event_table, Qt.Key.Key_Return)
    assert shown._presenter.cursor_us == at_us


# ── tables and files ──────────────────────────────────────────────────────────────────────────────────────────────


def test_values_newest_first_copied_as_text_with_tabs(shown: TrendView) -> None:
    shown._lower.tabs.setCurrentIndex(2)
    table, model = shown._lower.value_table, shown._lower.values
    assert model.time_at(0) > model.time_at(1)
    assert model.headerData(1, Qt.Orientation.Horizontal) == "1 Value 0 [m]"
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Time\t1 Value 0 [m]\t2 Value 1 [bar]\t3 Pump running"
    assert len(lines) == model.rowCount() + 1
    assert any(line.split("\t")[1] == "10.0" for line in lines[1:])


def test_figures_are_shown_for_the_window_and_between_the_cursors(shown: TrendView) -> None:
    shown._lower.tabs.setCurrentIndex(1)
    lower, presenter = shown._lower, shown._presenter
    assert lower.figures.index(0, 2).data() == "10.0"
    assert not lower.between.isEnabled()
    start = presenter.window.start_us
    presenter.set_cursor(start + 500 * SECOND, Cursor.A)
    presenter.set_cursor(start + 600 * SECOND, Cursor.B)
    lower.refresh()
    lower.between.click()
    assert lower.figures.index(0, 2).data() == "20.0"


@pytest.mark.parametrize("kind", ["csv", "png", "png2", "pdf"])
def test_what_is_visible_is_exported(shown: TrendView, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"trend.{kind.rstrip('2')}"
    exporting = shown._exporting
    exporting.ask_path = lambda _title, _kinds, _name, chosen: chosen(path)
    exporting.export(kind)
    assert path.stat().st_size > 100
    assert path.name in shown._presenter.message
    exporting.ask_path = lambda _title, _kinds, _name, chosen: chosen(tmp_path / "nowhere" / path.name)
    exporting.export(kind)
    assert "was not saved" in shown._presenter.message


def test_a_dark_look_and_everything_on_draws_without_a_warning(
    shown: TrendView, mirror: Mirror, theme: Theme, qtbot: QtBot
) -> None:
    live(mirror, 0, 31.0, shown._presenter.window.end_us)
    theme.use("dark")
    for page in range(4):
        shown._lower.tabs.setCurrentIndex(page)
        beat(shown)
        assert not shown.grab().isNull()
    theme.use("light")
    assert part(shown, Chart).accessibleName()
