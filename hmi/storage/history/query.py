"""Reading one tag: every reading where there are few, else buckets from the coarsest rollup that a pixel allows.

A sealed file answers from its rollups; days that are not sealed, late readings and the ends of the range that a bucket
would stick out of are added up from readings. A bucket never hides a spike: it has the lowest
and the highest reading of its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import duckdb
import numpy as np

from drivers.api import Batch, Text
from hmi.domain.pen_data import PenData
from hmi.storage.history import schema, sql
from hmi.storage.history.merging import Merged, floats, merged, of_averages, of_readings
from hmi.storage.history.records import DAY_US
from hmi.storage.history.shelf import Picture, Place, Shelf

RAW_PER_PIXEL: Final = 4
"""Up to so many readings a pixel they are given as they are."""


def read(
    cursor: duckdb.DuckDBPyConnection, picture: Picture, tag: int, start_us: int, end_us: int, pixels: int
) -> PenData:
    """Return one tag's values from start_us to before end_us for a chart so many pixels wide."""
    if end_us <= start_us:
        return PenData.of_readings(tag, np.empty(0, np.int64), np.empty(0), None)
    places = picture.places(start_us, end_us)
    held = before(cursor, picture, tag, start_us)
    is_whole = all(place.samples for place in places)
    if is_whole and _count(cursor, places, tag, start_us, end_us) <= RAW_PER_PIXEL * pixels:
        return _raw(cursor, places, tag, start_us, end_us, held)
    left = [schema.ROLLUPS[place.levels[0]] for place in places if place.levels and not place.samples]
    width_us = max(1, (end_us - start_us) // pixels, *left)
    return _bucketed(cursor, places, tag, start_us, end_us, width_us, held)


def buckets(
    cursor: duckdb.DuckDBPyConnection, picture: Picture, tag: int, start_us: int, end_us: int, width_us: int
) -> PenData:
    """Return one tag's values in buckets of a width, the first of which begins at start_us; time_us is their begin.

    Every reading is in the bucket of its own time, unless only averages are left of it.
    """
    places = picture.places(start_us, end_us)
    found = _merged(cursor, places, tag, start_us, end_us, width_us, is_exact=True)
    return _pen_data(tag, found, start_us, width_us, None)


def before(cursor: duckdb.DuckDBPyConnection, picture: Picture, tag: int, time_us: int) -> float | None:
    """Return the value that held just before a moment, NaN when it was not to be trusted; None when none ever came."""
    since_us = time_us // DAY_US * DAY_US - DAY_US
    near = _newest(cursor, picture.places(since_us, time_us), tag, since_us, time_us)
    if near is not None:
        return near
    # Farther back the coarsest buckets say it, newest file first, and what has not been sealed yet.
    unsealed = [*picture.runs, *picture.hot]
    for sealed in reversed(picture.sealed):
        place = sealed.place
        if place.from_us < time_us and place.levels:
            value = _newest_of_buckets(cursor, place, unsealed, tag, time_us)
            if value is not None:
                return value
    return _newest(cursor, unsealed, tag, sql.FIRST_US, time_us)


def estimate(cursor: duckdb.DuckDBPyConnection, picture: Picture, tag: int, start_us: int, end_us: int) -> int:
    """Return about how many readings of a tag there are in a range."""
    return _count(cursor, picture.places(start_us, end_us), tag, start_us, end_us)


def rows(
    cursor: duckdb.DuckDBPyConnection, shelf: Shelf, tag: int, start_us: int, end_us: int, chunk_rows: int
) -> Iterator[Batch]:
    """Return every reading of a tag in order of time, in batches of about chunk_rows and never more than twice that.

    The picture is held for one batch at a time, so that a long export holds up no move.
    """
    at_us, step_us = start_us, end_us - start_us
    while at_us < end_us:
        with shelf.reading() as picture:
            step_us = max(1, min(step_us, end_us - at_us))
            places = picture.places(at_us, at_us + step_us)
            while step_us > 1 and _exactly(cursor, places, tag, at_us, at_us + step_us) > 2 * chunk_rows:
                step_us = max(1, step_us // 2)
            batch = _readings(cursor, picture.places(at_us, at_us + step_us), tag, at_us, at_us + step_us)
        at_us += step_us
        if len(batch):
            yield batch
        if len(batch) < chunk_rows:
            step_us *= 2


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _count(cursor: duckdb.DuckDBPyConnection, places: Sequence[Place], tag: int, start_us: int, end_us: int) -> int:
    """Count readings, in sealed files by their coarsest buckets; where those stick out the count is too high."""
    own = f"tag_id = {tag:d}"
    selects = sql.samples([place for place in places if not place.levels], "1 AS n", start_us, end_us, own)
    for place in places:
        if place.levels:
            level = place.levels[-1] if end_us - start_us >= DAY_US else place.levels[0]
            width_us = schema.ROLLUPS[level]
            since, until = sql.time(start_us // width_us * width_us), sql.time(end_us)
            where = f"{own} AND bucket >= {since} AND bucket < {until}"
            selects.append(f"SELECT n FROM {place.rollups}{level} WHERE {where}")
    if not selects:
        return 0
    row = cursor.execute(f"SELECT coalesce(sum(n), 0) FROM ({' UNION ALL '.join(selects)})").fetchone()
    return int(row[0]) if row else 0


def _exactly(cursor: duckdb.DuckDBPyConnection, places: Sequence[Place], tag: int, start_us: int, end_us: int) -> int:
    selects = sql.samples(places, "1", start_us, end_us, f"tag_id = {tag:d}")
    if not selects:
        return 0
    row = cursor.execute(f"SELECT count(*) FROM ({' UNION ALL '.join(selects)})").fetchone()
    return int(row[0]) if row else 0


def _newest(
    cursor: duckdb.DuckDBPyConnection, places: Sequence[Place], tag: int, start_us: int, end_us: int
) -> float | None:
    """Return the value of the newest reading in a range, NaN when it was not to be trusted; None for no reading."""
    selects = sql.samples(places, "ts, seq, value, quality", start_us, end_us, f"tag_id = {tag:d}")
    if not selects:
        return None
    row = cursor.execute(
        f"SELECT {sql.VALUE} FROM ({' UNION ALL '.join(selects)}) ORDER BY ts DESC, seq DESC LIMIT 1"
    ).fetchone()
    return float(row[0]) if row else None


def _newest_of_buckets(
    cursor: duckdb.DuckDBPyConnection, place: Place, unsealed: Sequence[Place], tag: int, time_us: int
) -> float | None:
    own = f"tag_id = {tag:d}"
    buckets = f"SELECT vlast, tlast FROM {place.rollups}{place.levels[-1]} WHERE {own} AND tlast < {sql.time(time_us)}"
    late = sql.samples(unsealed, f"{sql.VALUE} AS vlast, ts AS tlast", place.from_us, time_us, own)
    row = cursor.execute(f"SELECT arg_max(vlast, tlast) FROM ({' UNION ALL '.join([buckets, *late])})").fetchone()
    return float(row[0]) if row and row[0] is not None else None


def _raw(
    cursor: duckdb.DuckDBPyConnection, places: Sequence[Place], tag: int, start_us: int, end_us: int, held: float | None
) -> PenData:
    columns = f"ts, seq, CASE WHEN {sql.SHOWN} THEN value END AS v"
    selects = sql.samples(places, columns, start_us, end_us, f"tag_id = {tag:d}")
    if not selects:
        selects = [f"SELECT {columns} FROM hot_a WHERE false"]
    found = cursor.execute(
        f"SELECT epoch_us(ts) AS t, v FROM ({' UNION ALL '.join(selects)}) ORDER BY ts, seq"
    ).fetchnumpy()
    return PenData.of_readings(tag, np.asarray(found["t"], np.int64), floats(found["v"]), held)


def _bucketed(
    cursor: duckdb.DuckDBPyConnection,
    places: Sequence[Place],
    tag: int,
    start_us: int,
    end_us: int,
    width_us: int,
    held: float | None,
) -> PenData:
    found = _merged(cursor, places, tag, start_us, end_us, width_us, is_exact=False)
    data = _pen_data(tag, found, start_us, width_us, held)
    return _broken_at_gaps(replace(data, time_us=data.time_us + width_us // 2), width_us)


def _merged(
    cursor: duckdb.DuckDBPyConnection,
    places: Sequence[Place],
    tag: int,
    start_us: int,
    end_us: int,
    width_us: int,
    *,
    is_exact: bool,
) -> Merged:
    """Return a range added up in buckets of a width.

    The rows are fetched and added up in numpy: for DuckDB to bind these aggregates takes longer than to read the rows.
    """
    own = f"tag_id = {tag:d}"
    fitting = {name for name, step_us in schema.ROLLUPS.items() if step_us <= width_us}
    if is_exact:  # a chart may show a reading one pixel off, an export may not
        fitting = {
            name for name in fitting if not start_us % schema.ROLLUPS[name] and not width_us % schema.ROLLUPS[name]
        }
    readings: list[str] = []
    averages: list[str] = []
    for place in places:
        averages += _averages_of(place, own, start_us, end_us, fitting)
        readings += _readings_of(place, own, start_us, end_us, fitting)
    found = []
    if readings:
        found.append(of_readings(cursor.execute(" UNION ALL ".join(readings)).fetchnumpy()))
    if averages:
        found.append(of_averages(cursor.execute(" UNION ALL ".join(averages)).fetchnumpy()))
    return merged(found, start_us, width_us)


def _inner(place: Place, start_us: int, end_us: int, fitting: set[str]) -> tuple[str, int, int]:
    """Return which level of a place is used and from when to when; an empty name for readings only."""
    usable = [level for level in place.levels if level in fitting]
    level = usable[-1] if usable else place.levels[0] if place.levels and not place.samples else ""
    if not level:
        return "", 0, 0
    step_us = schema.ROLLUPS[level]
    first_us, last_us = max(start_us, place.from_us), min(end_us, place.to_us)
    if not place.samples:
        return level, first_us // step_us * step_us, last_us
    inner_us = (-(-first_us // step_us) * step_us, last_us // step_us * step_us)
    return (level, *inner_us) if inner_us[0] < inner_us[1] else ("", 0, 0)


def _averages_of(place: Place, own: str, start_us: int, end_us: int, fitting: set[str]) -> list[str]:
    level, first_us, last_us = _inner(place, start_us, end_us, fitting)
    if not level:
        return []
    return [
        f"""SELECT greatest(epoch_us(bucket), {start_us:d}) AS t, epoch_us(tfirst) AS tfirst, epoch_us(tlast) AS tlast,
            vmin, vmax, vsum, vfirst, vlast, n, n_bad FROM {place.rollups}{level}
            WHERE {own} AND bucket >= {sql.time(first_us)} AND bucket < {sql.time(last_us)}"""
    ]


def _readings_of(place: Place, own: str, start_us: int, end_us: int, fitting: set[str]) -> list[str]:
    """Return a place's readings that no bucket stands for: all, or those at the two ends."""
    level, first_us, last_us = _inner(place, start_us, end_us, fitting)
    edges = [(start_us, first_us), (last_us, end_us)] if level else [(start_us, end_us)]
    columns = "epoch_us(ts) AS t, value, quality"
    return [
        select
        for since_us, until_us in edges
        if since_us < until_us
        for select in sql.samples([place], columns, since_us, until_us, own)
    ]


def _pen_data(tag: int, found: Merged, start_us: int, width_us: int, held: float | None) -> PenData:
    """Return buckets, each at its begin."""
    good = found.count - found.bad
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(good > 0, found.total / good, np.nan)
    return PenData(
        tag,
        start_us + found.number * width_us,
        found.low,
        found.high,
        mean,
        found.first,
        found.last,
        found.count,
        found.bad,
        held,
        is_raw=False,
    )


def _broken_at_gaps(found: PenData, width_us: int) -> PenData:
    """Return the buckets with a row without a value after each that ends without one: there the line breaks."""
    ends_in_gap = np.isnan(found.last) & ~np.isnan(found.low)
    if not ends_in_gap.any():
        return found
    at = np.flatnonzero(ends_in_gap) + 1
    return replace(
        found,
        time_us=np.insert(found.time_us, at, found.time_us[at - 1] + width_us // 2),
        low=np.insert(found.low, at, np.nan),
        high=np.insert(found.high, at, np.nan),
        mean=np.insert(found.mean, at, np.nan),
        first=np.insert(found.first, at, np.nan),
        last=np.insert(np.where(ends_in_gap, found.high, found.last), at, np.nan),
        count=np.insert(found.count, at, 0),
        bad=np.insert(found.bad, at, 0),
    )


def _readings(
    cursor: duckdb.DuckDBPyConnection, places: Sequence[Place], tag: int, start_us: int, end_us: int
) -> Batch:
    own, columns = f"tag_id = {tag:d}", "ts, seq, quality"
    selects = sql.samples(places, f"{columns}, value, NULL::VARCHAR AS text", start_us, end_us, own)
    selects += sql.texts(places, f"{columns}, NULL::DOUBLE AS value, text", start_us, end_us, own)
    if not selects:
        return Batch.of(np.empty(0, np.uint32), np.empty(0), np.empty(0, np.int64))
    found = cursor.execute(
        f"SELECT epoch_us(ts) AS t, value, quality, text FROM ({' UNION ALL '.join(selects)}) ORDER BY ts, seq"
    ).fetchnumpy()
    time_us = np.asarray(found["t"], np.int64)
    quality = np.asarray(found["quality"], np.uint16)
    return Batch.of(
        np.full(len(time_us), tag, np.uint32),
        floats(found["value"]),
        time_us,
        quality=quality & np.uint16(255),
        flags=quality >> np.uint16(8),
        texts=texts_of(found["text"]),
    )


def texts_of(column: Any) -> dict[int, Text]:
    """Return the texts of a fetched column by row; NULL is none."""
    masked = np.ma.asarray(column)
    present = np.flatnonzero(~np.ma.getmaskarray(masked))
    return {int(row): str(masked.data[row]) for row in present}
