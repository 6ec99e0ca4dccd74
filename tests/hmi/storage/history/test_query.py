"""What is read is what was written, wherever the rows have been moved to meanwhile."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.api import Batch, Quality
from hmi.storage.history import query
from hmi.storage.history.records import RetentionPolicy
from hmi.storage.history.store import Store
from tests.support.readings import DAY_US, FIRST_DAY, HOUR_US, SECOND_US, T0, day_of, steady

MINUTE_US = 60 * SECOND_US
END = T0 + 3 * DAY_US


def test_rows_come_back_as_they_were(store: Store) -> None:
    store.write(
        Batch.of(
            [1, 2, 1, 1],
            [1.5, 9.0, np.nan, 2.5],
            [T0, T0, T0 + SECOND_US, T0 + 2 * SECOND_US],
            quality=[Quality.GOOD, Quality.GOOD, Quality.NOT_CONNECTED, Quality.UNCERTAIN],
        )
    )
    found = store.read(1, T0, T0 + HOUR_US, 1000)
    assert found.is_raw
    assert found.time_us.tolist() == [T0, T0 + SECOND_US, T0 + 2 * SECOND_US]
    assert np.array_equal(found.last, [1.5, np.nan, 2.5], equal_nan=True)
    assert (found.count.sum(), found.bad.sum()) == (3, 1)


@pytest.mark.parametrize("quality", [Quality.BAD, Quality.STALE, Quality.CONFIG_ERROR])
def test_a_value_that_is_not_trusted_is_a_gap(store: Store, quality: Quality) -> None:
    store.write(Batch.of([1, 1], [7.0, 7.0], [T0, T0 + SECOND_US], quality=[Quality.GOOD, quality]))
    found = store.read(1, T0, T0 + 2 * SECOND_US, 100)
    assert np.array_equal(found.last, [7.0, np.nan], equal_nan=True)
    after = store.read(1, T0 + 2 * SECOND_US, T0 + 3 * SECOND_US, 100)
    assert (math.isnan(after.held), after.before is None) == (True, False), "there was a value, and it was bad"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (T0, T0),
        (T0 + SECOND_US, T0),
        (T0 + 3650 * DAY_US, T0 + 3651 * DAY_US),
        (T0 - 3650 * DAY_US, T0 + 3650 * DAY_US),
        (-DAY_US, DAY_US),
        (-(1 << 62), 1 << 62),
    ],
)
@pytest.mark.parametrize("is_sealed", [False, True])
def test_odd_ranges_are_answered(store: Store, start: int, end: int, is_sealed: bool) -> None:
    store.write(Batch.of([1], [5.0], [T0]))
    if is_sealed:
        store.swap()
        store.tend(T0 + 2 * DAY_US)
    found = store.read(1, start, end, 800)
    assert len(found.time_us) == (1 if start <= T0 < end else 0)
    assert store.read(99, start, end, 800).time_us.tolist() == []


def test_the_value_that_held_before_the_range_is_found_wherever_it_is(store: Store) -> None:
    store.write(Batch.of([1, 1], [5.0, 6.0], [T0, T0 + SECOND_US]))
    for _ in range(2):  # hot, then sealed
        assert store.read(1, T0 + DAY_US, T0 + 2 * DAY_US, 100).before == 6.0
        assert store.read(1, T0 + SECOND_US, T0 + DAY_US, 100).before == 5.0
        assert store.read(1, T0 + 300 * DAY_US, T0 + 301 * DAY_US, 100).before == 6.0
        assert store.read(1, T0, T0 + DAY_US, 100).before is None, "nothing was ever recorded before"
        store.swap()
        store.tend(T0 + 2 * DAY_US)
    store.write(Batch.of([1], [7.0], [T0 + 5 * DAY_US]))
    assert store.read(1, T0 + 300 * DAY_US, T0 + 301 * DAY_US, 100).before == 7.0


def test_latest_is_the_newest_number_of_each_tag_in_hot_rows_and_in_older(store: Store) -> None:
    store.write(Batch.of([1, 1, 2], [5.0, np.nan, 7.0], [T0, T0 + 1, T0], quality=[0, Quality.NOT_CONNECTED, 0]))
    for _ in range(2):
        found = store.latest(T0 - DAY_US, T0 + DAY_US)
        assert dict(zip(found.tag.tolist(), found.value.tolist(), strict=True)) == {1: 5.0, 2: 7.0}
        assert found.quality.tolist() == [Quality.NOT_CONNECTED, Quality.GOOD]
        store.swap()
    store.write(Batch.of([1], [5.5], [T0 + 9]))
    found = store.latest(T0 - DAY_US, T0 + DAY_US)
    assert found.value.tolist() == [5.5, 7.0]
    assert found.quality.tolist() == [Quality.GOOD, Quality.GOOD]


def test_an_export_has_every_reading_once_in_order_and_in_bounded_parts(store: Store) -> None:
    for number in range(3):
        store.write(day_of(2, number, 30 * SECOND_US))
        store.swap()
        store.tend(T0 + number * DAY_US)  # the day before is over, this one is not
    store.write(Batch.of([1], [np.nan], [T0 + HOUR_US + 1], texts={0: "late"}))
    parts = list(store.rows(1, T0, END, 1000))
    assert max(len(part) for part in parts) <= 2000
    whole = Batch.concatenate(parts)
    assert len(whole) == 3 * 2880 + 1
    assert (np.diff(whole.source_us) > 0).all()
    assert list(whole.texts.values()) == ["late"]


@contextmanager
def temporary_store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        opened = Store(Path(folder))
        try:
            yield opened
        finally:
            opened.close()


ROWS = st.lists(
    st.tuples(st.integers(0, 3 * 24 * 60 * 6 - 1), st.floats(-100, 100), st.booleans()),
    min_size=1,
    max_size=300,
    unique_by=lambda row: row[0],
)


def batch_of(rows: list[tuple[int, float, bool]]) -> Batch:
    quality = [Quality.GOOD if is_good else Quality.BAD for _, _, is_good in rows]
    return Batch.of(
        [1] * len(rows), [row[1] for row in rows], [T0 + row[0] * 10 * SECOND_US for row in rows], quality=quality
    )


@settings(max_examples=25, deadline=None)
@given(ROWS, ROWS, st.sampled_from([1, 3, 5, 60, 61, 180]), st.integers(0, 3), st.integers(-7, 7))
def test_buckets_are_what_a_plain_loop_makes_of_the_rows_wherever_they_are(
    first: list[tuple[int, float, bool]],
    late: list[tuple[int, float, bool]],
    minutes: int,
    sealed_days: int,
    off_minutes: int,
) -> None:
    """Some days sealed, some in runs, late readings for all of them in the hot tables; edges between buckets."""
    known = {row[0] for row in first}
    late = [row for row in late if row[0] not in known]
    start_us, width_us = T0 + off_minutes * MINUTE_US, minutes * MINUTE_US
    with temporary_store() as store:
        store.write(batch_of(first))
        store.swap()
        store.tend(T0 + sealed_days * DAY_US + 2 * HOUR_US)
        if late:
            store.write(batch_of(late))
        with store.reading() as (cursor, picture):
            found = query.buckets(cursor, picture, 1, start_us, END, width_us)
    rows = sorted((T0 + at * 10 * SECOND_US, value, is_good) for at, value, is_good in [*first, *late])
    expected: dict[int, list[tuple[int, float, bool]]] = {}
    for row in rows:
        if start_us <= row[0] < END:
            expected.setdefault((row[0] - start_us) // width_us, []).append(row)
    assert found.time_us.tolist() == [start_us + number * width_us for number in expected]
    for place, inside in enumerate(expected.values()):
        good = [value for _, value, is_good in inside if is_good]
        assert (found.count[place], found.bad[place]) == (len(inside), len(inside) - len(good))
        assert np.array_equal([found.low[place]], [min(good, default=np.nan)], equal_nan=True)
        assert np.array_equal([found.high[place]], [max(good, default=np.nan)], equal_nan=True)
        if good:
            assert found.mean[place] == pytest.approx(sum(good) / len(good), abs=1e-9)
        for column, row in ((found.first, inside[0]), (found.last, inside[-1])):
            assert np.array_equal([column[place]], [row[1] if row[2] else np.nan], equal_nan=True)


def test_a_chart_keeps_every_spike_at_every_zoom(store: Store) -> None:
    for number in range(3):
        store.write(replace(day := day_of(1, number, 10 * SECOND_US), value=day.value * 0))
    store.write(Batch.of([1], [1e6], [T0 + DAY_US + 12_345_678]))
    store.swap()
    for sealed in (False, True):
        for pixels in (20, 100, 500, 2000, 20_000):
            found = store.read(1, T0, END, pixels)
            assert found.high.max() == 1e6, (pixels, sealed)
            assert found.count.sum() == 3 * 8640 + 1
        store.tend(T0 + 10 * DAY_US)


def test_a_bucket_that_ends_without_a_value_breaks_the_line(store: Store) -> None:
    batch = steady(1, 1000, T0, SECOND_US)
    store.write(batch)
    store.write(Batch.of([1], [np.nan], [T0 + 500 * SECOND_US - 1], quality=Quality.NOT_CONNECTED))
    found = store.read(1, T0, T0 + 1000 * SECOND_US, 100)
    assert not found.is_raw
    gap = np.flatnonzero(np.isnan(found.low))
    assert len(gap) == 1
    assert abs(found.time_us[gap[0]] - (T0 + 500 * SECOND_US)) <= 10 * SECOND_US


def test_where_the_readings_are_gone_the_averages_answer(store: Store) -> None:
    store.write(day_of(1, 0, 10 * SECOND_US))
    store.swap()
    store.tend(T0 + 2 * DAY_US)
    before = store.read(1, T0, T0 + DAY_US, 24)
    assert store.retain(RetentionPolicy(raw_days=1, minute_days=1, hour_days=90), T0 + 30 * DAY_US)
    after = store.read(1, T0, T0 + DAY_US, 5000)
    assert not after.is_raw
    assert after.time_us.tolist() == before.time_us.tolist()
    assert after.high.tolist() == before.high.tolist()
    assert after.count.sum() == 8640
    assert store.read(1, T0 + DAY_US, T0 + 2 * DAY_US, 10).before == before.last[-1]


def test_days_are_numbered_from_1970() -> None:
    assert T0 == FIRST_DAY * DAY_US
