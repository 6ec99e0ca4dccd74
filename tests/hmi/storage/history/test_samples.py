from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.api import Batch, Flag, Quality
from hmi.storage.history import live_file, samples, schema

S = 1_000_000
DAY = 86_400 * S
T0 = 1_800_000_000 * S


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    opened = live_file.open_file(tmp_path / "live.duckdb")
    yield opened
    opened.close()


def test_rows_come_back_as_they_were(connection: duckdb.DuckDBPyConnection) -> None:
    batch = Batch.of(
        [1, 2, 1, 1],
        [1.5, 9.0, np.nan, 2.5],
        [T0, T0, T0 + S, T0 + 2 * S],
        quality=[Quality.GOOD, Quality.GOOD, Quality.NOT_CONNECTED, Quality.UNCERTAIN],
    )
    assert samples.insert(connection, batch, 1) == 5
    found = samples.read(connection.cursor(), 1, T0, T0 + 10 * S, 1000)
    assert found.is_raw
    assert found.time_us.tolist() == [T0, T0 + S, T0 + 2 * S]
    assert np.array_equal(found.last, [1.5, np.nan, 2.5], equal_nan=True)
    assert samples.next_seq(connection) == 5


@pytest.mark.parametrize("quality", [Quality.BAD, Quality.STALE, Quality.CONFIG_ERROR])
def test_a_value_that_is_not_trusted_is_a_gap(connection: duckdb.DuckDBPyConnection, quality: Quality) -> None:
    samples.insert(connection, Batch.of([1, 1], [7.0, 7.0], [T0, T0 + S], quality=[Quality.GOOD, quality]), 1)
    found = samples.read(connection.cursor(), 1, T0, T0 + 2 * S, 100)
    assert np.array_equal(found.last, [7.0, np.nan], equal_nan=True)
    after = samples.read(connection.cursor(), 1, T0 + 2 * S, T0 + 3 * S, 100)
    assert math.isnan(after.before)


def test_flags_lie_beside_the_quality_and_do_not_hide_a_value(connection: duckdb.DuckDBPyConnection) -> None:
    samples.insert(connection, Batch.of([1], [3.0], [T0], flags=Flag.TIME_REPLACED | Flag.HISTORICAL), 1)
    assert samples.read(connection.cursor(), 1, T0, T0 + S, 10).last.tolist() == [3.0]
    row = connection.execute("SELECT quality FROM sample").fetchone()
    assert row == ((Flag.TIME_REPLACED | Flag.HISTORICAL) << 8,)


def test_texts_have_a_table_of_their_own(connection: duckdb.DuckDBPyConnection) -> None:
    batch = Batch.of([1, 2], [np.nan, 4.0], [T0, T0], texts={0: "Batch 17"})
    samples.insert(connection, batch, 1)
    assert connection.execute("SELECT tag_id, text FROM text_sample").fetchall() == [(1, "Batch 17")]
    assert connection.execute("SELECT tag_id, value FROM sample").fetchall() == [(2, 4.0)]
    assert samples.count(connection) == 2


def test_an_insert_that_fails_writes_nothing(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = samples._append

    def fail_on_numbers(*arguments: object) -> None:
        if arguments[1] == "sample":
            raise duckdb.IOException("No space left on device")
        real(*arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(samples, "_append", fail_on_numbers)
    with pytest.raises(duckdb.IOException):
        samples.insert(connection, Batch.of([1, 2], [np.nan, 1.0], [T0, T0], texts={0: "x"}), 1)
    assert samples.count(connection) == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 999), st.floats(-100, 100), st.booleans()), min_size=90, max_size=200),
    st.integers(2, 20),
)
def test_buckets_keep_the_extremes_of_every_pixel_and_bridge_no_gap(
    rows: list[tuple[int, float, bool]], pixels: int
) -> None:
    """Against a plain loop over the rows."""
    connection = duckdb.connect()
    for statement in schema.STATEMENTS:
        connection.execute(statement)
    rows = sorted({at: (at, value, is_good) for at, value, is_good in rows}.values())
    times = [T0 + at * S for at, _, _ in rows]
    quality = [Quality.GOOD if is_good else Quality.BAD for _, _, is_good in rows]
    samples.insert(connection, Batch.of(np.full(len(rows), 1), [row[1] for row in rows], times, quality=quality), 1)
    end = T0 + 1000 * S
    found = samples.read(connection, 1, T0, end, pixels)
    connection.close()
    if len(rows) <= 4 * pixels:
        assert found.is_raw
        return
    width = (end - T0) // pixels
    for number in range(pixels + 1):
        low, high = T0 + number * width, T0 + (number + 1) * width
        inside = [row for row, at in zip(rows, times, strict=True) if low <= at < high]
        good = [row[1] for row in inside if row[2]]
        here = (found.time_us >= low) & (found.time_us < high) & np.isfinite(found.low)
        if good:
            assert found.low[here].tolist() == [min(good)]
            assert found.high[here].tolist() == [max(good)]
        else:
            assert not here.any()
        if inside and not inside[-1][2]:
            following = found.low[(found.time_us >= low) & (found.time_us <= high)]
            assert math.isnan(following[-1]), "a bucket that ends badly must break the line"
    assert (np.diff(found.time_us) >= 0).all()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (T0, T0),
        (T0 + S, T0),
        (T0 + 3650 * DAY, T0 + 3651 * DAY),
        (T0 - 3650 * DAY, T0 + 3650 * DAY),
        (-DAY, DAY),
    ],
)
def test_odd_ranges_are_answered(connection: duckdb.DuckDBPyConnection, start: int, end: int) -> None:
    samples.insert(connection, Batch.of([1], [5.0], [T0]), 1)
    found = samples.read(connection.cursor(), 1, start, end, 800)
    assert len(found.time_us) == (1 if start <= T0 < end else 0)
    assert samples.read(connection.cursor(), 99, start, end, 800).time_us.tolist() == []


def test_the_value_that_held_before_the_range_is_told(connection: duckdb.DuckDBPyConnection) -> None:
    samples.insert(connection, Batch.of([1, 1], [5.0, 6.0], [T0, T0 + S]), 1)
    assert samples.read(connection.cursor(), 1, T0 + DAY, T0 + 2 * DAY, 100).before == 6.0
    assert math.isnan(samples.read(connection.cursor(), 1, T0, T0 + DAY, 100).before)


def test_latest_is_the_newest_number_of_each_tag(connection: duckdb.DuckDBPyConnection) -> None:
    batch = Batch.of([1, 1, 2], [5.0, np.nan, 7.0], [T0, T0 + S, T0], quality=[0, Quality.NOT_CONNECTED, 0])
    samples.insert(connection, batch, 1)
    found = samples.latest(connection.cursor(), T0 - DAY, T0 + DAY)
    assert dict(zip(found.tag.tolist(), found.value.tolist(), strict=True)) == {1: 5.0, 2: 7.0}
