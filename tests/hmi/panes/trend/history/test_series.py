from __future__ import annotations

from dataclasses import replace

import numpy as np

from drivers.api import Quality
from hmi.panes.trend.history.ring import Ring
from hmi.panes.trend.history.series import Coverage, Series
from hmi.services.port import PenData

NAN = float("nan")


def answer(times: list[int], values: list[float], before: float = NAN, *, is_raw: bool = True) -> PenData:
    value = np.array(values)
    return replace(PenData.of_readings(1, np.array(times, np.int64), value, before), is_raw=is_raw)


def test_a_ring_keeps_the_newest_rows_in_order() -> None:
    ring = Ring(capacity=10)
    for number in range(57):
        ring.append(number, float(number), number)
    assert len(ring) == 10
    assert ring.points(-1).time_us.tolist() == list(range(47, 57))
    assert ring.points(54).last.tolist() == [55.0, 56.0]


def test_a_ring_takes_a_lost_link_as_of_now() -> None:
    ring = Ring()
    ring.append(100, 5.0, 110)
    assert ring.append(100, NAN, 500) == (500, NAN) or np.isnan(ring.points(0).last[-1])
    assert ring.points(0).time_us.tolist() == [100, 500]
    assert ring.append(600, NAN, 600) is None, "a gap goes on"
    assert ring.append(500, 5.0, 700) == (700, 5.0)
    assert ring.append(700, 5.0, 800) is None, "the same reading again"


def test_a_ring_forgets_but_for_what_held() -> None:
    ring = Ring()
    for number in range(10):
        ring.append(number * 10, float(number), 0)
    ring.forget_before(45)
    assert ring.points(-1).time_us.tolist() == [40, 50, 60, 70, 80, 90]


def test_history_and_live_tail_meet_without_seam_or_double() -> None:
    series = Series()
    for time_us in range(100, 200, 10):
        series.take_live(float(time_us), Quality.GOOD, time_us, time_us)
    # The writer is a flush behind: the last readings are in the ring only.
    series.take_history(answer([50, 60, 100, 110, 120], [50, 60, 100, 110, 120]), Coverage(0, 300, 1.0))
    series.take_live(200.0, Quality.GOOD, 200, 200)
    points = series.points()
    assert points.time_us.tolist() == [0, 50, 60, *range(100, 210, 10)]
    assert points.last[1:].tolist() == [50.0, 60.0, *map(float, range(100, 210, 10))]
    assert series.reaches(205) == 205


def test_history_shows_without_any_live_value() -> None:
    series = Series()
    series.take_history(answer([50, 60], [1.0, 2.0], before=7.0), Coverage(0, 300, 1.0))
    assert series.points().time_us.tolist() == [0, 50, 60]
    assert series.points().last.tolist() == [7.0, 1.0, 2.0]


def test_live_values_show_without_any_history() -> None:
    series = Series()
    series.take_live(4.0, Quality.GOOD, 100, 110)
    series.take_live(5.0, Quality.UNCERTAIN, 120, 120)
    assert series.points().last.tolist() == [4.0, 5.0]


def test_a_bad_live_value_breaks_the_line() -> None:
    for quality in (Quality.BAD, Quality.NOT_CONNECTED, Quality.STALE, Quality.CONFIG_ERROR):
        series = Series()
        series.take_live(4.0, Quality.GOOD, 100, 100)
        series.take_live(4.0, quality, 100, 200)
        series.take_live(6.0, Quality.GOOD, 300, 300)
        np.testing.assert_array_equal(series.points().last, [4.0, NAN, 6.0])
        assert series.points().time_us.tolist() == [100, 200, 300]


def test_a_stale_first_reading_is_a_gap_now_not_then() -> None:
    series = Series()
    series.take_live(4.0, Quality.STALE, 100, 9000)
    assert series.points().time_us.tolist() == [9000]
    assert np.isnan(series.points().last).all()


def test_what_lies_between_an_old_window_and_the_live_tail_is_a_gap() -> None:
    series = Series()
    series.take_live(9.0, Quality.GOOD, 5000, 5000)
    series.take_history(answer([50, 60], [1.0, 2.0]), Coverage(0, 100, 1.0))
    points = series.points()
    assert points.time_us.tolist() == [0, 50, 60, 100, 100, 5000]
    np.testing.assert_array_equal(points.last, [NAN, 1.0, 2.0, 2.0, NAN, 9.0])
    assert series.reaches(5000) == 100


def test_memory_stays_bounded_however_long_the_pane_is_hidden() -> None:
    series = Series()
    for time_us in range(150_000):
        series.take_live(float(time_us % 7), Quality.GOOD, time_us, time_us)
    assert len(series.points()) < 110_000
    assert series.points().time_us[-1] == 149_999
    assert (np.diff(series.points().time_us) > 0).all()
