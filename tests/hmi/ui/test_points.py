from __future__ import annotations

import numpy as np

from hmi.ui.points import EMPTY, Points

NAN = float("nan")


def test_steps_hold_a_value_until_the_next_one_and_until_a_gap() -> None:
    stepped = Points.of([0, 10, 20, 30], [1.0, 2.0, NAN, 3.0]).stepped()
    assert stepped.time_us.tolist() == [0, 10, 10, 20, 20, 30, 30]
    np.testing.assert_array_equal(stepped.last, [1.0, 1.0, 2.0, 2.0, NAN, NAN, 3.0])


def test_steps_keep_the_extremes_of_buckets() -> None:
    points = Points(np.array([0, 10]), np.array([0.0, 0.0]), np.array([1.0, 1.0]), np.array([1.0, 0.0]))
    stepped = points.stepped()
    assert stepped.low.tolist() == [0.0, 1.0, 0.0]
    assert stepped.high.tolist() == [1.0, 1.0, 1.0]


def test_a_window_has_one_more_row_on_either_side() -> None:
    points = Points.of([0, 10, 20, 30, 40], [0.0, 1.0, 2.0, 3.0, 4.0])
    assert points.within(15, 25).time_us.tolist() == [10, 20, 30]
    assert points.within(10, 30).time_us.tolist() == [0, 10, 20, 30, 40]
    assert points.within(100, 200).time_us.tolist() == [40]


def test_the_reading_at_a_time_is_the_one_that_held() -> None:
    points = Points.of([10, 20, 30], [1.0, NAN, 3.0])
    assert np.isnan(points.at(5))
    assert points.at(10) == 1.0
    assert points.at(19) == 1.0
    assert np.isnan(points.at(25)), "in a gap nothing held"
    assert points.at(99) == 3.0
    assert np.isnan(EMPTY.at(0))
