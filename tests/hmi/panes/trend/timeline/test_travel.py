from __future__ import annotations

from hmi.panes.trend.drawing.ranges import AxisRange, RangeMode
from hmi.panes.trend.timeline.moments import Stretch
from hmi.panes.trend.timeline.travel import STEPS_KEPT, Travel
from tests.hmi.panes.trend.conftest import NOON, SECOND, Clock

TYPED = AxisRange(RangeMode.TYPED, 0, 10)


def make() -> tuple[Travel, Clock]:
    clock = Clock()
    return Travel(clock, lambda: None), clock


def test_a_rectangle_sets_window_and_ranges_and_back_takes_both_away() -> None:
    travel, _ = make()
    before = travel.window
    travel.zoom_to(before.start_us + 100 * SECOND, before.start_us + 200 * SECOND, {"m": TYPED})
    assert (travel.window.start_us, travel.window.span_us) == (before.start_us + 100 * SECOND, 100 * SECOND)
    assert travel.ranges == {"m": TYPED}
    assert travel.back()
    assert travel.window == before
    assert travel.ranges == {}
    assert not travel.back()


def test_back_goes_to_live_again() -> None:
    travel, clock = make()
    travel.pan(-60 * SECOND)
    assert not travel.window.is_live
    clock.pass_s(30)
    travel.back()
    assert travel.window.is_live
    assert travel.window.end_us == clock.now_us


def test_wheel_clicks_that_follow_each_other_are_one_step_back() -> None:
    travel, clock = make()
    for _ in range(10):
        travel.zoom(0.8, 0.5)
        clock.pass_s(0.1)
    clock.pass_s(5)
    travel.zoom(0.8, 0.5)
    assert travel.back()
    assert travel.back()
    assert not travel.back()


def test_the_way_back_is_bounded() -> None:
    travel, clock = make()
    for number in range(STEPS_KEPT + 20):
        clock.pass_s(2)
        travel.set_range("m", AxisRange(RangeMode.TYPED, 0, number + 1))
    steps = 0
    while travel.back():
        steps += 1
    assert steps == STEPS_KEPT


def test_what_changes_nothing_is_no_step() -> None:
    travel, _ = make()
    travel.go_live()
    travel.fit()
    assert not travel.can_go_back


def test_the_stretch_before_and_after() -> None:
    travel, clock = make()
    span = travel.window.span_us
    travel.step(-1)
    assert travel.window.end_us == NOON - span
    clock.pass_s(2)
    travel.step(-1)
    assert travel.window.end_us == NOON - 2 * span
    for _ in range(3):
        travel.step(1)
    assert travel.window.is_live, "the one after the last is the present"


def test_a_shown_stretch_stands_still() -> None:
    travel, clock = make()
    travel.show(Stretch(NOON - 500 * SECOND, NOON - 400 * SECOND))
    clock.pass_s(100)
    assert (travel.window.start_us, travel.window.end_us) == (NOON - 500 * SECOND, NOON - 400 * SECOND)
