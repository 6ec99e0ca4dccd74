from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from drivers.api import Quality
from hmi.domain.tags import TagKind
from hmi.panes.trend.presenter import TrendPresenter
from hmi.services.mirror import Mirror
from hmi.services.port import Frame
from hmi.ui.navigator import Navigator
from tests.hmi.panes.trend.conftest import NOON, PUMP, SECOND, SPACE, Clock, FakePort, live, plant, tag_of

COLUMNS, ROWS = 600, 300
Make = Callable[[], TrendPresenter]


@pytest.fixture
def make(mirror: Mirror, port: FakePort, navigator: Navigator, clock: Clock) -> Make:
    def build() -> TrendPresenter:
        presenter = TrendPresenter(mirror, port, navigator, clock)
        presenter.listen(mirror.listen, lambda: None)
        return presenter

    return build


def load_all(presenter: TrendPresenter) -> None:
    async def load() -> None:
        await asyncio.gather(*(presenter.load(pen, COLUMNS) for pen in presenter.due(COLUMNS)))

    asyncio.run(load())


def test_the_presenter_needs_no_qt() -> None:
    code = "import hmi.panes.trend.presenter, sys; print([m for m in sys.modules if 'PySide' in m or 'pyqtgraph' in m])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# ── pens ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_value_that_any_pane_opens_becomes_a_pen(make: Make, navigator: Navigator) -> None:
    presenter = make()
    navigator.open_trend(3)
    assert [pen.tag.index for pen in presenter.pens] == [3]


def test_a_pen_is_there_when_the_pane_is_made_after_the_call(make: Make, navigator: Navigator) -> None:
    navigator.open_trend(3)
    assert [pen.tag.index for pen in make().pens] == [3]


def test_a_pen_that_is_there_is_emphasised(make: Make, navigator: Navigator) -> None:
    presenter = make()
    navigator.open_trend(3)
    navigator.open_trend(4)
    assert presenter.emphasised is None
    navigator.open_trend(3)
    assert len(presenter.pens) == 2
    assert presenter.emphasised == 1


def test_a_ninth_pen_is_a_sentence_and_nothing_else(make: Make) -> None:
    presenter = make()
    for index in range(8):
        presenter.open(index)
    before = list(presenter.pens)
    presenter.open(8)
    assert list(presenter.pens) == before
    assert presenter.message == "8 pens are the most. Remove one before you add Value 8."
    presenter.remove(1)
    assert presenter.message == ""


def test_a_pen_keeps_its_number_and_a_free_one_is_given_again(make: Make) -> None:
    presenter = make()
    for index in range(3):
        presenter.open(index)
    presenter.remove(2)
    assert [(pen.number, pen.tag.index) for pen in presenter.pens] == [(1, 0), (3, 2)]
    presenter.open(7)
    assert [(pen.number, pen.tag.index) for pen in presenter.pens] == [(1, 0), (2, 7), (3, 2)]


def test_a_tag_that_was_deleted_takes_its_pen_along(make: Make, mirror: Mirror) -> None:
    presenter = make()
    presenter.open(0)
    presenter.open(1)
    fewer = replace(plant(), version=2, tags=plant().tags[1:])
    mirror.take(Frame(catalogue=fewer))
    assert [pen.tag.index for pen in presenter.pens] == [1]


def test_every_tag_can_be_found_by_station_and_name(make: Make) -> None:
    choices = make().choices()
    assert choices["Sóller boreholes · Pump running"] == PUMP
    assert len(choices) == len(plant().tags)


def test_tags_of_one_name_can_be_told_apart(make: Make, mirror: Mirror) -> None:
    twin = tag_of(50, TagKind.ANALOG, name="Value 0")
    mirror.take(Frame(catalogue=replace(plant(), tags=(*plant().tags, twin))))
    assert make().choices()["Sóller boreholes · Value 0 (k50)"] == 50


# ── history and live ──────────────────────────────────────────────────────────────────────────────────────────────


def test_history_shows_at_once_and_without_a_live_value(make: Make, port: FakePort) -> None:
    port.recorded[0] = ([NOON - 300 * SECOND, NOON - 100 * SECOND], [10.0, 30.0])
    presenter = make()
    presenter.open(0)
    load_all(presenter)
    trace = presenter.draw(COLUMNS, ROWS).traces[0]
    assert np.isin([(NOON - 300 * SECOND) / 1e6, (NOON - 100 * SECOND) / 1e6], trace.x).all()
    assert presenter.picture.extremes[1] == (10.0, 30.0)


def test_one_query_a_pen_at_a_time(make: Make, port: FakePort) -> None:
    presenter = make()
    presenter.open(0)
    presenter.open(1)

    async def twice() -> None:
        port.held = asyncio.Event()
        first = [asyncio.create_task(presenter.load(pen, COLUMNS)) for pen in presenter.due(COLUMNS)]
        await asyncio.sleep(0)
        assert [request.tags for request in port.requests] == [(0,), (1,)]
        presenter.set_span(3600 * SECOND)
        assert presenter.due(COLUMNS) == (), "both are under way"
        port.held.set()
        await asyncio.gather(*first)
        assert len(presenter.due(COLUMNS)) == 2, "the newest window is asked for next"
        port.held = None
        await asyncio.gather(*(presenter.load(pen, COLUMNS) for pen in presenter.due(COLUMNS)))

    asyncio.run(twice())
    assert port.requests[-1].end_us - port.requests[-1].start_us > 3600 * SECOND
    assert presenter.due(COLUMNS) == ()


def test_live_history_is_asked_for_again_every_ten_seconds(make: Make, clock: Clock) -> None:
    presenter = make()
    presenter.open(0)
    load_all(presenter)
    clock.pass_s(9)
    assert presenter.due(COLUMNS) == ()
    clock.pass_s(1)
    assert len(presenter.due(COLUMNS)) == 1
    load_all(presenter)
    presenter.travel.pause()
    clock.pass_s(60)
    assert presenter.due(COLUMNS) == (), "what stands still needs no asking"


def test_a_finer_query_is_asked_only_when_readings_were_left_out(
    make: Make, port: FakePort, mirror: Mirror, clock: Clock
) -> None:
    presenter = make()
    live(mirror, 0, 1.0, NOON)
    presenter.open(0)
    load_all(presenter)
    presenter.travel.zoom(0.25, 0.5)
    assert presenter.due(COLUMNS) == (), "the answer was every reading there is"
    presenter.travel.zoom(40.0, 0.5)
    assert len(presenter.due(COLUMNS)) == 1


def test_the_live_tail_goes_on_from_history(make: Make, port: FakePort, mirror: Mirror, clock: Clock) -> None:
    live(mirror, 0, 20.0, NOON - SECOND)
    port.recorded[0] = ([NOON - 100 * SECOND], [10.0])
    presenter = make()
    presenter.open(0)
    load_all(presenter)
    for value in (21.0, 22.0):
        clock.pass_s(1)
        live(mirror, 0, value, clock.now_us)
    (pen,) = presenter.pens
    assert pen.series.points().last[1:].tolist() == [10.0, 20.0, 21.0, 22.0]


@pytest.mark.parametrize("quality", [Quality.BAD, Quality.NOT_CONNECTED])
def test_a_line_is_never_bridged_over_bad_quality(make: Make, mirror: Mirror, clock: Clock, quality: Quality) -> None:
    presenter = make()
    presenter.open(0)
    for value, how in ((1.0, Quality.GOOD), (1.0, quality), (2.0, Quality.GOOD)):
        clock.pass_s(10)
        live(mirror, 0, value, clock.now_us, how)
    trace = presenter.draw(COLUMNS, ROWS).traces[0]
    seconds = trace.x[np.isnan(trace.y)] - NOON / 1e6
    assert ((seconds > 10) & (seconds < 30)).any(), "a break between the two good readings"


def test_the_last_value_is_held_until_now_but_not_a_lost_one(make: Make, mirror: Mirror, clock: Clock) -> None:
    presenter = make()
    presenter.open(0)
    live(mirror, 0, 5.0, NOON)
    clock.pass_s(60)
    trace = presenter.draw(COLUMNS, ROWS).traces[0]
    assert trace.x[-1] == pytest.approx(clock.now_us / 1e6)
    assert not trace.is_ended
    live(mirror, 0, 5.0, NOON, Quality.NOT_CONNECTED)
    assert presenter.draw(COLUMNS, ROWS).traces[0].is_ended


def test_a_refused_query_is_a_plain_line_and_is_tried_again(make: Make, port: FakePort, clock: Clock) -> None:
    presenter = make()
    presenter.open(0)
    port.refusal = "The history cannot be read."
    load_all(presenter)
    assert presenter.message == "No history for pen 1: The history cannot be read."
    assert presenter.due(COLUMNS) == ()
    clock.pass_s(10)
    port.refusal = ""
    load_all(presenter)
    assert "No history" not in presenter.message


def test_a_query_that_breaks_is_not_asked_again_at_once(make: Make, port: FakePort) -> None:
    presenter = make()
    presenter.open(0)
    port.recorded[0] = ([1], [])
    with pytest.raises(IndexError):
        load_all(presenter)
    assert presenter.due(COLUMNS) == ()
    assert "could not be read" in presenter.message


def test_what_was_never_recorded_is_not_taken_for_bad(make: Make, port: FakePort) -> None:
    at = [NOON - seconds * SECOND for seconds in (300, 200, 100)]
    port.recorded[0] = (at, [1.0, float("nan"), 2.0])
    presenter = make()
    presenter.open(0)
    assert presenter.draw(COLUMNS, ROWS).gaps == (), "what is still loading is no gap"
    load_all(presenter)
    picture = presenter.draw(COLUMNS, ROWS)
    assert picture.unrecorded == ((picture.window.start_us, at[0]),)
    assert picture.gaps == ((at[1], at[2]),)


def test_what_was_bad_since_long_before_the_window_is_bad(make: Make, port: FakePort) -> None:
    port.recorded[0] = ([NOON - 90_000 * SECOND, NOON - 100 * SECOND], [float("nan"), 2.0])
    presenter = make()
    presenter.open(0)
    load_all(presenter)
    picture = presenter.draw(COLUMNS, ROWS)
    assert (picture.gaps, picture.unrecorded) == (((picture.window.start_us, NOON - 100 * SECOND),), ())


def test_a_tag_that_was_never_recorded_has_no_bad_quality(make: Make) -> None:
    presenter = make()
    presenter.open(0)
    load_all(presenter)
    picture = presenter.draw(COLUMNS, ROWS)
    assert picture.gaps == ()


def test_an_empty_stretch_is_said_to_be_empty(make: Make, mirror: Mirror) -> None:
    presenter = make()
    presenter.open(0)
    presenter.go_to(NOON - 10_000 * SECOND)
    load_all(presenter)
    presenter.draw(COLUMNS, ROWS)
    assert presenter.message == "No values were recorded in this stretch of time."


# ── picture ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pens_of_one_unit_share_an_axis_and_four_axes_are_the_most(make: Make) -> None:
    presenter = make()
    for index in (0, 1, 2, 3, 4, 5):
        presenter.open(index)
    axes = presenter.draw(COLUMNS, ROWS).axes
    assert [(axis.unit, axis.numbers) for axis in axes] == [
        ("m", (1,)),
        ("bar", (2, 3)),
        ("m³/h", (4,)),
        ("°C", (5,)),
    ]
    presenter.emphasise(6)
    assert "A" in [axis.unit for axis in presenter.draw(COLUMNS, ROWS).axes], "the emphasised pen has its axis"


def test_a_discrete_pen_has_a_lane_with_words_under_the_axes(make: Make, mirror: Mirror, clock: Clock) -> None:
    presenter = make()
    live(mirror, PUMP, 1.0, NOON - 30 * SECOND)
    presenter.open(0)
    presenter.open(PUMP)
    live(mirror, PUMP, 0.0, NOON - 10 * SECOND)
    picture = presenter.draw(COLUMNS, ROWS)
    (lane,) = picture.lanes
    (stopped, running) = lane.marks
    assert (stopped[1], running[1]) == ("Stopped", "Running")
    assert 0 < stopped[0] < running[0] < picture.base_y
    assert min(picture.grid_y) == picture.base_y
    trace = next(trace for trace in picture.traces if trace.number == 2)
    assert set(np.unique(trace.y.round(6))) == {round(stopped[0], 6), round(running[0], 6)}
    assert trace.end_y == pytest.approx(stopped[0])


def test_a_hidden_pen_is_not_drawn_but_stays_in_the_table(make: Make) -> None:
    presenter = make()
    presenter.open(0)
    presenter.open(1)
    presenter.hide(1, True)
    assert [trace.number for trace in presenter.draw(COLUMNS, ROWS).traces] == [2]
    assert [(row.number, row.is_hidden) for row in presenter.rows()] == [(1, True), (2, False)]


def test_rows_tell_value_quality_cursor_and_extremes(make: Make, mirror: Mirror, clock: Clock, port: FakePort) -> None:
    port.recorded[0] = ([NOON - 60 * SECOND, NOON - 30 * SECOND], [10.0, 30.0])
    live(mirror, 0, 30.0, NOON - 30 * SECOND)
    presenter = make()
    presenter.open(0)
    load_all(presenter)
    presenter.set_cursor(NOON - 45 * SECOND)
    live(mirror, 0, 31.0, NOON - SECOND, Quality.UNCERTAIN)
    presenter.draw(COLUMNS, ROWS)
    (row,) = presenter.rows()
    assert (row.value, row.quality, row.unit, row.is_good) == ("31.0", "Uncertain", "m", False)
    assert (row.at_a, row.low, row.high) == ("10.0", "10.0", "31.0")


# ── window, cursor, kept state ────────────────────────────────────────────────────────────────────────────────────


def test_the_cursor_stays_in_the_window(make: Make) -> None:
    presenter = make()
    presenter.set_cursor(NOON - SECOND)
    presenter.move_cursor(5 * SECOND)
    assert presenter.cursor_us == NOON
    presenter.move_cursor(-SECOND)
    assert presenter.cursor_us == NOON - SECOND


def test_an_earlier_moment_is_shown_with_the_cursor_on_it(make: Make) -> None:
    presenter = make()
    presenter.go_to(NOON - 86_400 * SECOND)
    window = presenter.window
    assert not window.is_live
    assert window.start_us < NOON - 86_400 * SECOND < window.end_us
    assert presenter.cursor_us == NOON - 86_400 * SECOND
    presenter.set_span(3600 * SECOND)
    assert presenter.window.start_us < NOON - 86_400 * SECOND < presenter.window.end_us
    presenter.travel.go_live()
    assert presenter.window.end_us == NOON


def test_pens_and_span_are_kept(make: Make) -> None:
    first = make()
    for index in (2, PUMP, 5):
        first.open(index)
    first.hide(2, True)
    first.set_span(3600 * SECOND)
    first.set_full_range(True)
    second = make()
    second.restore(first.state())
    assert second.state() == first.state()
    assert [(pen.tag.index, pen.is_hidden) for pen in second.pens] == [(2, False), (PUMP, True), (5, False)]


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"pens": 5, "span_s": "long", "hidden": None, "is_full_range": "yes"},
        {"pens": ["not-an-id", 7, None, str(SPACE)], "span_s": float("nan")},
        {"span_s": -1e300, "hidden": ["x"]},
        {"span_s": True, "pens": [[]]},
    ],
)
def test_rubbish_is_passed_over(make: Make, state: dict[str, object]) -> None:
    presenter = make()
    presenter.restore(state)
    assert len(presenter.pens) == 0
    assert presenter.window.is_live
    presenter.draw(COLUMNS, ROWS)


def test_pens_wait_for_their_catalogue(port: FakePort, navigator: Navigator, clock: Clock) -> None:
    mirror = Mirror()
    presenter = TrendPresenter(mirror, port, navigator, clock)
    presenter.listen(mirror.listen, lambda: None)
    state: dict[str, object] = {"pens": [str(plant().tags[4].id)]}
    presenter.restore(state)
    assert presenter.state()["pens"] == state["pens"], "not lost when saved before the catalogue came"
    mirror.take(Frame(catalogue=plant()))
    assert [pen.tag.index for pen in presenter.pens] == [4]
