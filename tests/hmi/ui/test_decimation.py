from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hmi.ui.decimation import Line, decimate
from hmi.ui.points import Points

START = 1_760_000_000_000_000
SPAN = 60_000_000

readings = st.lists(
    st.tuples(
        st.integers(0, SPAN - 1),
        st.one_of(st.just(float("nan")), st.floats(-1e6, 1e6, allow_subnormal=False)),
    ),
    min_size=1,
    max_size=300,
    unique_by=lambda row: row[0],
)


def points_of(rows: list[tuple[int, float]]) -> Points:
    rows = sorted(rows)
    return Points.of([START + at for at, _ in rows], [value for _, value in rows])


def drawn(points: Points, columns: int) -> Line:
    return decimate(points, START, START + SPAN, columns)


@given(readings, st.integers(1, 60))
def test_the_extremes_of_all_readings_are_drawn(rows: list[tuple[int, float]], columns: int) -> None:
    values = [value for _, value in rows if value == value]
    low, high = drawn(points_of(rows), columns).extremes
    if values:
        assert (low, high) == (min(values), max(values))
    else:
        assert np.isnan([low, high]).all()


@given(readings, st.integers(1, 60))
def test_a_column_has_at_most_two_values_and_marks_of_its_gaps(rows: list[tuple[int, float]], columns: int) -> None:
    line = drawn(points_of(rows), columns)
    width = SPAN // columns
    has_lone = np.isnan(line.value).any()
    column = (line.time_us[~np.isnan(line.value)]) // width
    # A reading between two gaps is given a column's width to be seen, which ends in the next column.
    most = 4 if has_lone else 2
    assert np.unique(column, return_counts=True)[1].max(initial=0) <= most
    assert (np.diff(line.time_us[~np.isnan(line.value)]) >= 0).all() or has_lone


@given(readings, st.integers(1, 60))
def test_no_gap_is_ever_bridged(rows: list[tuple[int, float]], columns: int) -> None:
    points = points_of(rows)
    line = drawn(points, columns)
    width = SPAN // columns
    gaps = points.time_us[np.isnan(points.last)]
    good = points.time_us[~np.isnan(points.last)]
    is_drawn = np.flatnonzero(~np.isnan(line.value))
    for first, second in itertools.pairwise(is_drawn.tolist()):
        left, right = line.time_us[first] // width, line.time_us[second] // width
        is_lone = line.time_us[second] - line.time_us[first] == width and line.value[first] == line.value[second]
        if second != first + 1 or left == right or is_lone:
            continue
        leaves, enters = good[good // width == left].max(), good[good // width == right].min()
        assert not ((gaps > leaves) & (gaps < enters)).any()


@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=2, max_size=200))
def test_few_readings_are_drawn_as_they_are(values: list[float]) -> None:
    time_us = START + np.arange(len(values)) * 1000
    line = decimate(Points.of(time_us, values), START, START + len(values) * 1000, 2 * len(values))
    assert np.array_equal(line.time_us, time_us)
    assert line.value.tolist() == values


def test_a_spike_of_one_reading_among_a_million_is_drawn_in_the_line() -> None:
    random = np.random.default_rng(1)
    value = random.normal(size=1_000_000)
    value[654_321] = 1000.0
    time_us = START + np.linspace(0, SPAN - 1, len(value)).astype(np.int64)
    line = drawn(Points.of(time_us, value), 1000)
    assert line.has_band, "the usual noise is a band"
    assert np.nanmax(line.value) == 1000.0, "the spike is in the line itself"
    assert len(line.value) <= 2 * 1001


def test_a_window_that_moves_on_leaves_finished_columns_as_they_were() -> None:
    random = np.random.default_rng(2)
    time_us = START + np.arange(0, 2 * SPAN, 5_000)
    points = Points.of(time_us, random.normal(size=len(time_us)))
    first = decimate(points, START, START + SPAN, 500)
    moved = decimate(points, START + 12_345, START + SPAN + 12_345, 500)
    shared = np.intersect1d(first.band_us, moved.band_us)
    assert len(shared) >= 490
    lows = [line.band_low[np.isin(line.band_us, shared)] for line in (first, moved)]
    assert (lows[0] == lows[1]).sum() >= 490


def test_a_lone_reading_between_gaps_can_be_seen() -> None:
    nan = float("nan")
    line = drawn(Points.of([START, START + 10_000_000, START + 20_000_000], [nan, 5.0, nan]), 100)
    shown = line.value[~np.isnan(line.value)]
    assert shown.tolist() == [5.0, 5.0], "a line needs two points"


def test_a_line_is_held_until_now_unless_it_is_broken() -> None:
    whole = drawn(Points.of([START, START + 1_000_000], [1.0, 2.0]), 100)
    assert whole.held_until(START + SPAN).value[-1] == 2.0
    assert whole.held_until(START + SPAN).time_us[-1] == START + SPAN
    broken = drawn(Points.of([START, START + 1_000_000], [1.0, float("nan")]), 100)
    assert np.isnan(broken.held_until(START + SPAN).value[-1])


def test_a_line_ends_at_the_window_s_edges_on_its_way() -> None:
    points = Points.of([START - SPAN, START + SPAN, START + 3 * SPAN], [0.0, 20.0, 40.0])
    line = drawn(points, 100).clipped(START, START + SPAN)
    assert (line.time_us[0], line.value[0]) == (START, 10.0)
    assert (line.time_us[-1], line.value[-1]) == (START + SPAN, 20.0)


def test_buckets_are_drawn_from_low_to_high() -> None:
    time_us = START + np.arange(100) * (SPAN // 100) + SPAN // 200
    low, high, last = np.full(100, 1.0), np.full(100, 9.0), np.full(100, 5.0)
    line = drawn(Points(time_us, low, high, last), 100)
    assert line.has_band
    assert np.nanmin(line.band_low) == 1.0
    assert np.nanmax(line.band_high) == 9.0
    assert set(line.value.tolist()) == {5.0}
