from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.panes.trend.history.records import Records
from hmi.panes.trend.statistics import Statistics, starts, statistics, total
from hmi.services.port import PenData
from hmi.ui.points import Points

NAN = float("nan")
S = 1_000_000


def of(times_s: list[float], values: list[float], start_s: float, end_s: float, rollover: float = 0.0) -> Statistics:
    points = Points.of((np.array(times_s) * S).astype(np.int64), values)
    records = Records.of_points(points.within(round(start_s * S), round(end_s * S)), round(end_s * S))
    return statistics(records, round(start_s * S), round(end_s * S), rollover)


def test_each_value_counts_for_as_long_as_it_held() -> None:
    found = of([0, 10, 90], [0.0, 10.0, 100.0], 0, 100)
    assert found.mean == pytest.approx((10 * 0 + 80 * 10 + 10 * 100) / 100)
    assert found.deviation == pytest.approx(np.sqrt((10 * 18**2 + 80 * 8**2 + 10 * 82**2) / 100))
    assert (found.low, found.high, found.first, found.last, found.change) == (0.0, 100.0, 0.0, 100.0, 100.0)
    assert found.good_share == 1.0
    assert found.is_exact


def test_what_held_before_the_stretch_counts_and_what_came_after_does_not() -> None:
    found = of([0, 50, 200], [4.0, 6.0, 999.0], 40, 60)
    assert found.mean == pytest.approx(5.0)
    assert (found.first, found.last, found.high) == (4.0, 6.0, 6.0)


def test_what_begins_just_at_the_end_is_not_of_the_stretch() -> None:
    found = of([0, 10, 60], [1.0, 1.0, 0.0], 0, 60)
    assert (found.last, found.low) == (1.0, 1.0)


def test_gaps_are_not_counted_but_lower_the_good_share() -> None:
    found = of([0, 25, 75], [2.0, NAN, 4.0], 0, 100)
    assert found.mean == pytest.approx(3.0)
    assert found.good_share == pytest.approx(0.5)
    assert (found.first, found.last) == (2.0, 4.0)


def test_time_before_the_first_reading_is_not_good() -> None:
    assert of([50], [1.0], 0, 100).good_share == pytest.approx(0.5)


@pytest.mark.parametrize(("times", "values"), [([], []), ([10], [NAN])])
def test_nothing_known_is_no_number_and_nothing_is_good(times: list[float], values: list[float]) -> None:
    found = of(times, values, 0, 100)
    assert np.isnan(found.mean)
    assert found.good_share == 0.0


def test_an_empty_stretch_has_no_figures() -> None:
    assert np.isnan(of([0], [1.0], 10, 10).good_share)


def test_a_state_tells_time_on_and_starts() -> None:
    found = of([0, 10, 30, 60, 70], [0.0, 1.0, 0.0, 1.0, 0.0], 0, 100)
    assert found.on_s == pytest.approx(30.0)
    assert found.starts == 2


def test_a_start_is_not_counted_twice_over_a_gap_nor_when_it_ran_before() -> None:
    assert of([0, 10, 20], [1.0, NAN, 1.0], 0, 30).starts == 0
    assert of([0, 10, 20], [0.0, NAN, 1.0], 0, 30).starts == 1
    assert starts(np.array([1.0])) == 0


@pytest.mark.parametrize(
    ("course", "rollover", "counted"),
    [
        ([10, 20, 35], 0, 25),
        ([10, 20, 2, 5], 0, 15),  # reset: 10 up, 2 since 0, 3 more
        ([990, 998, 3], 1000, 13),  # rolled over: 8, then 2 + 3
        ([500, 600, 3], 1000, 103),  # far from the top: a reset, not 400 m³ at once
        ([100.0, 99.9, 101], 0, 1),  # a correction counts as it is
        ([7], 0, 0),
    ],
)
def test_a_counter_counts_through_rollover_reset_and_correction(
    course: list[float], rollover: float, counted: float
) -> None:
    assert total(np.array(course, float), rollover) == pytest.approx(counted)


def test_a_counter_counts_on_during_a_gap() -> None:
    assert of([0, 10, 20], [5.0, NAN, 9.0], 0, 30).total == pytest.approx(4.0)


def test_buckets_give_figures_that_say_they_are_about_right() -> None:
    minute = 60 * S
    time_us = np.array([0, 1, 2], np.int64) * minute + minute // 2
    column = np.array([1.0, 2.0, 3.0])
    count, bad = np.array([10, 10, 10], np.int64), np.array([0, 5, 0], np.int64)
    data = PenData(0, time_us, column - 1, column + 1, column, column, column, count, bad, NAN, is_raw=False)
    found = statistics(Records.of_buckets(data, minute, 3 * minute), 0, 3 * minute)
    assert not found.is_exact
    assert (found.low, found.high) == (0.0, 4.0)
    assert found.mean == pytest.approx((1 + 0.5 * 2 + 3) / 2.5)
    assert found.good_share == pytest.approx(2.5 / 3)


def test_between_buckets_that_are_apart_the_last_value_holds() -> None:
    minute = 60 * S
    time_us = np.array([0, 1, 5], np.int64) * minute + minute // 2
    column = np.array([1.0, 3.0, 5.0])
    ones = np.ones(3, np.int64)
    data = PenData(0, time_us, column, column, column, column, column, ones, 0 * ones, NAN, is_raw=False)
    found = statistics(Records.of_buckets(data, minute, 6 * minute), 0, 6 * minute)
    assert found.mean == pytest.approx((1 + 3 * 4 + 5) / 6)
    assert found.good_share == pytest.approx(1.0)


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(-100, 100)), min_size=1, max_size=30))
def test_the_mean_lies_between_the_ends_and_halves_add_up(steps: list[tuple[int, float]]) -> None:
    times = np.cumsum([0, *(step for step, _ in steps[:-1])]).tolist()
    values = [value for _, value in steps]
    end = times[-1] + 10
    whole = of(times, values, 0, end)
    assert whole.low - 1e-9 <= whole.mean <= whole.high + 1e-9
    middle = end / 2
    left, right = of(times, values, 0, middle), of(times, values, middle, end)
    assert whole.mean == pytest.approx((left.mean + right.mean) / 2, abs=1e-6)
