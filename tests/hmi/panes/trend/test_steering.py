"""What an operator does to a chart, as the presenter does it: cursors, ranges, axes, typed stretches, limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from drivers.api import Quality
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.panes.trend.comparing import HOUR_US
from hmi.panes.trend.cursors import Cursor
from hmi.panes.trend.drawing.limits import LimitsOf
from hmi.panes.trend.drawing.ranges import AxisRange, RangeMode
from hmi.panes.trend.pens import Draws
from hmi.panes.trend.presenter import TrendPresenter
from hmi.panes.trend.timeline.moments import Named
from hmi.panes.trend.timeline.shift import Shift
from hmi.services.mirror import Mirror
from hmi.services.port import Frame
from hmi.ui.navigator import Navigator
from tests.hmi.panes.trend.conftest import NOON, PUMP, SECOND, Clock, FakePort, live, plant

COLUMNS, ROWS = 600, 300
Make = Callable[[], TrendPresenter]


@pytest.fixture
def make(mirror: Mirror, port: FakePort, navigator: Navigator, clock: Clock) -> Make:
    def build() -> TrendPresenter:
        presenter = TrendPresenter(mirror, port, navigator, clock)
        presenter.listen(mirror.listen, lambda: None)
        return presenter

    return build


def load(presenter: TrendPresenter) -> None:
    async def load_all() -> None:
        await asyncio.gather(*(presenter.load(pen, COLUMNS) for pen in presenter.due(COLUMNS)))

    asyncio.run(load_all())
    presenter.draw(COLUMNS, ROWS)


@pytest.fixture
def drawn(make: Make, port: FakePort) -> TrendPresenter:
    """A chart of one analog pen: 10 from −600 s, 30 from −300 s."""
    port.recorded[0] = ([NOON - 600 * SECOND, NOON - 300 * SECOND], [10.0, 30.0])
    presenter = make()
    presenter.open(0)
    load(presenter)
    return presenter


# ── cursors and figures ───────────────────────────────────────────────────────────────────────────────────────────


def test_two_cursors_tell_values_and_difference(drawn: TrendPresenter) -> None:
    drawn.set_cursor(NOON - 500 * SECOND, Cursor.A)
    drawn.set_cursor(NOON - 100 * SECOND, Cursor.B)
    (row,) = drawn.rows()
    assert (row.at_a, row.at_b, row.difference) == ("10.0", "30.0", "+20.0")
    assert drawn.cursors.distance_us == 400 * SECOND
    drawn.set_cursor(NOON - 550 * SECOND, Cursor.B)
    assert drawn.rows()[0].difference == "0.0"
    assert drawn.cursors.distance_us == -50 * SECOND


def test_keys_move_the_active_cursor_and_escape_takes_b_first(drawn: TrendPresenter) -> None:
    drawn.choose_cursor(Cursor.A)
    drawn.choose_cursor(Cursor.B)
    middle = drawn.window.start_us + drawn.window.span_us // 2
    drawn.move_cursor(5 * SECOND)
    assert (drawn.cursors.a_us, drawn.cursors.b_us) == (middle, middle + 5 * SECOND)
    assert drawn.drop_cursor()
    assert (drawn.cursors.a_us, drawn.cursors.b_us) == (middle, None)
    assert drawn.drop_cursor()
    assert not drawn.drop_cursor()


def test_figures_of_the_window_and_from_cursor_to_cursor(drawn: TrendPresenter) -> None:
    (whole,) = drawn.statistics(is_between_cursors=False)
    assert (whole.low, whole.high, whole.first, whole.last, whole.change) == ("10.0", "30.0", "10.0", "30.0", "+20.0")
    assert whole.mean == "20.00"
    assert whole.good == "66.7 %", "nothing is known of the first 300 of 900 s"
    assert drawn.statistics(is_between_cursors=True) == ()
    drawn.set_cursor(NOON - 400 * SECOND, Cursor.B)
    drawn.set_cursor(NOON - 500 * SECOND, Cursor.A)
    (part,) = drawn.statistics(is_between_cursors=True)
    assert (part.mean, part.deviation, part.good) == ("10.00", "0.00", "100 %")


def test_figures_of_a_state_are_time_on_and_starts(make: Make, port: FakePort) -> None:
    port.recorded[PUMP] = ([NOON - 600 * SECOND, NOON - 400 * SECOND, NOON - 100 * SECOND], [0.0, 1.0, 0.0])
    presenter = make()
    presenter.open(PUMP)
    load(presenter)
    (row,) = presenter.statistics(is_between_cursors=False)
    assert (row.on, row.starts, row.mean, row.change) == ("5 min 0 s", "1", "", "")


def test_figures_wait_for_the_history_of_a_longer_stretch(drawn: TrendPresenter, port: FakePort) -> None:
    drawn.set_span(86_400 * SECOND)
    drawn.draw(COLUMNS, ROWS)
    (pen,) = drawn.rows()
    (figures,) = drawn.statistics(is_between_cursors=False)
    assert (pen.low, pen.high, figures.low, figures.last, figures.on) == ("…", "…", "…", "…", "")
    load(drawn)
    (pen,) = drawn.rows()
    (figures,) = drawn.statistics(is_between_cursors=False)
    assert (pen.low, pen.high, figures.low, figures.last) == ("10.0", "30.0", "10.0", "30.0")
    port.refusal = "The history is closed."
    drawn.set_span(7 * 86_400 * SECOND)
    load(drawn)
    assert drawn.rows()[0].low == "10.0", "a failure is said in words: there is nothing to wait for"


# ── value axes ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_axis_takes_typed_ends_the_full_range_and_finds_its_own_again(drawn: TrendPresenter) -> None:
    assert drawn.type_range("m", "5", "45") == ""
    (axis,) = drawn.draw(COLUMNS, ROWS).axes
    assert (axis.low, axis.high, axis.mode) == (5.0, 45.0, RangeMode.TYPED)
    assert [text for _, text in axis.marks] == ["5", "13", "21", "29", "37", "45"]
    drawn.travel.set_range("m", AxisRange(RangeMode.FULL))
    assert drawn.draw(COLUMNS, ROWS).axes[0].high == 100.0
    drawn.travel.fit()
    assert drawn.draw(COLUMNS, ROWS).axes[0].high < 100.0


@pytest.mark.parametrize(
    ("low", "high", "wrong"),
    [
        ("x", "1", "two numbers"),
        ("5", "5", "above"),
        ("6", "5", "above"),
        ("nan", "1", "two"),
        ("1e300", "1e300", "ab"),
    ],
)
def test_ends_that_cannot_be_are_a_sentence_and_change_nothing(
    drawn: TrendPresenter, low: str, high: str, wrong: str
) -> None:
    assert wrong in drawn.type_range("m", low, high)
    assert drawn.travel.ranges == {}


def test_the_wheel_over_an_axis_zooms_it_around_its_place(drawn: TrendPresenter) -> None:
    before = drawn.picture.axes[0]
    drawn.zoom_axis("m", 0.5, 0.0)
    after = drawn.draw(COLUMNS, ROWS).axes[0]
    assert after.low == pytest.approx(before.low)
    assert after.high - after.low == pytest.approx((before.high - before.low) / 2)
    for _ in range(400):
        drawn.zoom_axis("m", 0.5, 0.5)
        drawn.draw(COLUMNS, ROWS)


def test_a_rectangle_zooms_time_and_values(drawn: TrendPresenter) -> None:
    before, window = drawn.picture.axes[0], drawn.window
    drawn.zoom_box((0.25, 0.75), (0.5, 1.0))
    axis = drawn.draw(COLUMNS, ROWS).axes[0]
    assert (axis.low, axis.high) == pytest.approx(((before.low + before.high) / 2, before.high))
    assert drawn.window.span_us == pytest.approx(window.span_us / 2)
    assert drawn.window.start_us == pytest.approx(window.start_us + window.span_us / 4, abs=2)
    drawn.travel.back()
    assert drawn.window == window
    assert drawn.draw(COLUMNS, ROWS).axes[0] == before


def test_pens_can_share_an_axis_of_the_operators_choice(make: Make) -> None:
    presenter = make()
    for index in (0, 1, 3):
        presenter.open(index)
    presenter.set_axis(1, 2)
    presenter.set_axis(3, 2)
    presenter.set_axis(2, 9)
    axes = presenter.draw(COLUMNS, ROWS).axes
    assert [(axis.key, axis.unit, axis.numbers) for axis in axes] == [
        ("axis 2", "m / m³/h", (1, 3)),
        ("bar", "bar", (2,)),
    ]


# ── how a pen is drawn ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pen_is_drawn_in_steps_when_it_should_be(drawn: TrendPresenter) -> None:
    def is_held() -> bool:
        trace = drawn.draw(COLUMNS, ROWS).traces[0]
        times = trace.x[np.isfinite(trace.y)]
        return bool((np.diff(times) == 0).any())

    assert not is_held()
    drawn.set_drawing(1, Draws.STEPS)
    assert is_held()
    drawn.set_drawing(1, Draws.LINE)
    assert not is_held()


def test_a_state_that_changes_now_and_then_is_steps_and_no_band(make: Make, port: FakePort) -> None:
    times = [NOON - (900 - 20 * number) * SECOND for number in range(45)]
    port.recorded[PUMP] = (times, [float(number % 2) for number in range(45)])
    presenter = make()
    presenter.open(PUMP)
    load(presenter)
    (trace,) = presenter.picture.traces
    assert not len(trace.band_x)
    slopes = np.diff(trace.y) * np.diff(trace.x)
    assert np.allclose(slopes[np.isfinite(slopes)], 0.0), "level or upright, never slanting"


LIMITS = (
    AlarmDefinition(UUID(int=1), plant().tags[0].id, AlarmType.HIGH, Priority.HIGH, 25.0),
    AlarmDefinition(UUID(int=2), plant().tags[0].id, AlarmType.LOW_LOW, Priority.CRITICAL, -500.0),
    AlarmDefinition(UUID(int=3), plant().tags[1].id, AlarmType.HIGH, Priority.LOW, 25.0),
)


def test_limits_of_the_chosen_pen_of_all_or_of_none(drawn: TrendPresenter, mirror: Mirror, port: FakePort) -> None:
    mirror.take(Frame(catalogue=replace(plant(), version=2, alarms=LIMITS)))
    (limit,) = drawn.draw(COLUMNS, ROWS).limits
    assert (limit.text, limit.priority) == ("1 High 25.0", Priority.HIGH)
    axis = drawn.picture.axes[0]
    assert limit.y == pytest.approx((25.0 - axis.low) / (axis.high - axis.low))
    port.recorded[1] = ([NOON - 300 * SECOND], [20.0])
    drawn.open(1)
    load(drawn)
    drawn.travel.set_range("bar", AxisRange(RangeMode.FULL))
    assert drawn.draw(COLUMNS, ROWS).limits == (), "of several pens only the chosen one's"
    drawn.emphasise(2)
    assert [each.text for each in drawn.draw(COLUMNS, ROWS).limits] == ["2 High 25.0"]
    drawn.set_limits(LimitsOf.ALL)
    assert len(drawn.draw(COLUMNS, ROWS).limits) == 2
    drawn.set_limits(LimitsOf.NONE)
    assert drawn.draw(COLUMNS, ROWS).limits == ()


def test_gaps_are_told_of_all_pens_or_of_the_chosen_one(
    make: Make, port: FakePort, mirror: Mirror, clock: Clock
) -> None:
    port.recorded[0] = ([NOON - 1000 * SECOND, NOON - 500 * SECOND, NOON - 400 * SECOND], [1.0, float("nan"), 2.0])
    port.recorded[1] = ([NOON - 1000 * SECOND], [5.0])
    for tag in (0, 1):
        live(mirror, tag, 2.0, NOON - SECOND)
    presenter = make()
    presenter.open(0)
    presenter.open(1)
    load(presenter)
    ((begin, end),) = presenter.picture.gaps
    assert (begin - NOON, end - NOON) == pytest.approx((-500 * SECOND, -400 * SECOND), abs=2 * SECOND)
    presenter.emphasise(2)
    assert presenter.draw(COLUMNS, ROWS).gaps == ()
    live(mirror, 1, 5.0, NOON, Quality.BAD)
    clock.pass_s(60)
    assert len(presenter.draw(COLUMNS, ROWS).gaps) == 1, "up to now"


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_typed_stretch_is_shown_or_answered(drawn: TrendPresenter) -> None:
    assert drawn.show_typed("2025-10-01 10:00", "2025-10-01 12:00") == ""
    assert drawn.window.span_us == 7200 * SECOND
    assert not drawn.window.is_live
    for start, end in (
        ("", ""),
        ("2025-10-01", "2025-09-01"),
        ("2999-01-01", "2999-02-01"),
        ("1999-01-01", "2025-01-01"),
    ):
        assert drawn.show_typed(start, end).endswith(".")
        assert drawn.window.span_us == 7200 * SECOND
    assert drawn.show_typed("2025-10-01", "2999-01-01") == ""
    assert "up to now" in drawn.message
    assert drawn.window.end_us == NOON


def test_a_named_stretch_is_shown(drawn: TrendPresenter) -> None:
    drawn.show_named(Named.YESTERDAY)
    assert drawn.window.span_us == 86_400 * SECOND
    assert drawn.window.start_us > NOON - 2 * 86_400 * SECOND


def test_ten_years_and_two_seconds_can_be_drawn(drawn: TrendPresenter) -> None:
    for span_us in (3660 * 86_400 * SECOND, 10**18, 0):
        drawn.set_span(span_us)
        load(drawn)
        assert drawn.rows()


# ── comparing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_earlier_period_is_drawn_at_the_present_times_with_its_own_row(
    drawn: TrendPresenter, port: FakePort
) -> None:
    port.recorded[0] = ([NOON - HOUR_US - 450 * SECOND, NOON - 300 * SECOND], [55.0, 30.0])
    drawn.compare(Shift(rest_us=HOUR_US))
    drawn.set_cursor(NOON - 100 * SECOND, Cursor.A)
    load(drawn)
    past = next(trace for trace in drawn.picture.traces if trace.is_past)
    assert past.number == 1
    assert past.x[np.isfinite(past.y)][0] == pytest.approx(NOON / 1e6 - 450, abs=2)
    _, row = drawn.rows()
    assert (row.is_past, row.at_a, row.name) == (True, "55.0", "Value 0, 1 h before")
    (_, figures) = drawn.statistics(is_between_cursors=False)
    assert (figures.mean, figures.good) == ("55.00", "50.0 %")
    drawn.compare(None)
    assert len(drawn.rows()) == 1


def test_everything_of_a_chart_is_kept(make: Make) -> None:
    first = make()
    for index in (0, 1):
        first.open(index)
    first.set_axis(1, 3)
    first.set_drawing(2, Draws.STEPS)
    first.type_range("bar", "0", "7")
    first.set_limits(LimitsOf.NONE)
    first.set_bands(False)
    first.compare(Shift(months=1))
    second = make()
    second.restore(first.state())
    assert second.state() == first.state()
    assert second.travel.ranges == {"bar": AxisRange(RangeMode.TYPED, 0.0, 7.0)}
    assert [(pen.axis, pen.draws) for pen in second.pens] == [(3, Draws.AUTO), (0, Draws.STEPS)]


@pytest.mark.parametrize(
    "state",
    [
        {"ranges": {"m": {"mode": "typed", "low": "x"}}, "axes": 5, "drawing": [1], "limits": 3, "compare": "1 day"},
        {"ranges": [], "axes": {"a": "b"}, "drawing": {"a": 1}, "events": "alarm", "has_bands": None},
        {"ranges": {"m": {"mode": "typed", "low": 5, "high": 1}, "n": None}, "compare": {"days": -3}},
    ],
)
def test_rubbish_of_the_new_kind_is_passed_over_too(make: Make, state: dict[str, object]) -> None:
    presenter = make()
    presenter.restore(state)
    presenter.open(0)
    presenter.draw(COLUMNS, ROWS)
    assert presenter.travel.ranges == {}
