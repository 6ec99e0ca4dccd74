"""Reading one tag: every reading where there are few, else buckets from the coarsest rollup that a pixel allows.

A sealed file answers from its rollups; days that are not sealed, late readings and the ends of the range that a bucket
would stick out of are added up from readings in the same statement. A bucket never hides a spike: it has the lowest
and the highest reading of its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Text
from hmi.storage.history import schema, sql
from hmi.storage.history.records import DAY_US, Buckets
from hmi.storage.history.shelf import Picture, Place, Shelf

RAW_PER_PIXEL: Final = 4
"""Up to so many readings a pixel they are given as they are."""

_NO_READING: Final = f"SELECT tag_id, {sql.AS_ROLLUP} FROM hot_a WHERE false"
_BUCKET: Final = "vmin, vmax, vsum, vfirst, vlast, tfirst, tlast, n, n_bad"


def read(
    cursor: duckdb.DuckDBPyConnection, picture: Picture, tag: int, start_us: int, end_us: int, pixels: int
) -> Buckets:
    """Return one tag's values from start_us to before end_us for a chart so many pixels wide."""
    if end_us <= start_us:
        return _nothing()
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
) -> Buckets:
    """Return one tag's values in buckets of a width, the first of which begins at start_us; time_us is their begin.

    Every reading is in the bucket of its own time, unless only averages are left of it.
    """
    places = picture.places(start_us, end_us)
    found = _merged(cursor, places, tag, start_us, end_us, width_us, is_exact=True)
    return _as_buckets(found, start_us, width_us, float("nan"), is_begin=True)


def before(cursor: duckdb.DuckDBPyConnection, picture: Picture, tag: int, time_us: int) -> float:
    """Return the value that held just before a moment; NaN for none, or one that was not to be trusted."""
    day_us = time_us // DAY_US * DAY_US
    near = picture.places(day_us - DAY_US, time_us)
    value = _newest(cursor, sql.samples(near, f"{sql.AS_ROLLUP}", day_us - DAY_US, time_us, f"tag_id = {tag:d}"))
    if value is not None:
        return value
    # Farther back the buckets of an hour say it, newest file first, and what has not been sealed yet.
    far = f"tag_id = {tag:d}"
    for sealed in reversed(picture.sealed):
        place = sealed.place
        if place.from_us < time_us and place.levels:
            select = f"SELECT bucket AS moment, {_BUCKET} FROM {place.rollups}{place.levels[-1]} WHERE {far}"
            older = [f"{select} AND tlast < {sql.time(time_us)}"]
            older += sql.samples([*picture.runs, *picture.hot], sql.AS_ROLLUP, place.from_us, time_us, far)
            value = _newest(cursor, older)
            if value is not None:
                return value
    value = _newest(cursor, sql.samples([*picture.runs, *picture.hot], sql.AS_ROLLUP, sql.FIRST_US, time_us, far))
    return float("nan") if value is None else value


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


def _nothing() -> Buckets:
    floats, counts = np.empty(0), np.empty(0, np.int64)
    return Buckets(counts, floats, floats, floats, floats, floats, counts, counts, float("nan"), is_raw=True)


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


def _newest(cursor: duckdb.DuckDBPyConnection, selects: Sequence[str]) -> float | None:
    if not selects:
        return None
    row = cursor.execute(f"SELECT arg_max(vlast, tlast) FROM ({' UNION ALL '.join(selects)})").fetchone()
    return float(row[0]) if row and row[0] is not None else None


def _raw(
    cursor: duckdb.DuckDBPyConnection, places: Sequence[Place], tag: int, start_us: int, end_us: int, held: float
) -> Buckets:
    columns = f"ts, seq, CASE WHEN {sql.SHOWN} THEN value END AS v"
    selects = sql.samples(places, columns, start_us, end_us, f"tag_id = {tag:d}")
    if not selects:
        selects = [f"SELECT {columns} FROM hot_a WHERE false"]
    found = cursor.execute(
        f"SELECT epoch_us(ts) AS t, v FROM ({' UNION ALL '.join(selects)}) ORDER BY ts, seq"
    ).fetchnumpy()
    value = _floats(found["v"])
    count = np.ones(len(value), np.int64)
    bad = np.isnan(value).astype(np.int64)
    time_us = np.asarray(found["t"], np.int64)
    return Buckets(time_us, value, value, value, value, value, count, bad, held, is_raw=True)


def _bucketed(
    cursor: duckdb.DuckDBPyConnection,
    places: Sequence[Place],
    tag: int,
    start_us: int,
    end_us: int,
    width_us: int,
    held: float,
) -> Buckets:
    found = _merged(cursor, places, tag, start_us, end_us, width_us, is_exact=False)
    return _broken_at_gaps(_as_buckets(found, start_us, width_us, held, is_begin=False), width_us)


def _merged(
    cursor: duckdb.DuckDBPyConnection,
    places: Sequence[Place],
    tag: int,
    start_us: int,
    end_us: int,
    width_us: int,
    *,
    is_exact: bool,
) -> dict[str, Any]:
    own = f"tag_id = {tag:d}"
    fitting = {name for name, step_us in schema.ROLLUPS.items() if step_us <= width_us}
    if is_exact:  # a chart may show a reading one pixel off, an export may not
        fitting = {
            name for name in fitting if not start_us % schema.ROLLUPS[name] and not width_us % schema.ROLLUPS[name]
        }
    selects: list[str] = []
    for place in places:
        selects += _of_place(place, own, start_us, end_us, fitting)
    return cursor.execute(
        f"""SELECT CAST(floor((epoch_us(moment) - {start_us:d}) / {width_us:d}.0) AS BIGINT) AS b, {sql.MERGED}
            FROM ({sql.union(selects, _NO_READING)}) GROUP BY b ORDER BY b"""
    ).fetchnumpy()


def _of_place(place: Place, own: str, start_us: int, end_us: int, fitting: set[str]) -> list[str]:
    """Return a place's selects: buckets where they are fine enough or all that is left, readings at the ends."""
    first_us, last_us = max(start_us, place.from_us), min(end_us, place.to_us)
    usable = [level for level in place.levels if level in fitting]
    level = usable[-1] if usable else place.levels[0] if place.levels and not place.samples else ""
    if not level:
        return sql.samples([place], sql.AS_ROLLUP, start_us, end_us, own)
    step_us = schema.ROLLUPS[level]
    if place.samples:
        inner_us = (-(-first_us // step_us) * step_us, last_us // step_us * step_us)
    else:
        inner_us = (first_us // step_us * step_us, last_us)
    if inner_us[0] >= inner_us[1]:
        return sql.samples([place], sql.AS_ROLLUP, start_us, end_us, own)
    where = f"{own} AND bucket >= {sql.time(inner_us[0])} AND bucket < {sql.time(inner_us[1])}"
    found = [
        f"SELECT greatest(bucket, {sql.time(start_us)}) AS moment, {_BUCKET} FROM {place.rollups}{level} WHERE {where}"
    ]
    if place.samples:
        for edge in ((first_us, inner_us[0]), (inner_us[1], last_us)):
            if edge[0] < edge[1]:
                found += sql.samples([place], sql.AS_ROLLUP, *edge, own)
    return found


def _as_buckets(found: dict[str, Any], start_us: int, width_us: int, held: float, *, is_begin: bool) -> Buckets:
    number = np.asarray(found["b"], np.int64)
    count, bad = (_counts(found[name]) for name in ("n", "n_bad"))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(count > bad, _floats(found["vsum"]) / (count - bad), np.nan)
    return Buckets(
        start_us + number * width_us + (0 if is_begin else width_us // 2),
        _floats(found["vmin"]),
        _floats(found["vmax"]),
        mean,
        _floats(found["vfirst"]),
        _floats(found["vlast"]),
        count,
        bad,
        held,
        is_raw=False,
    )


def _broken_at_gaps(found: Buckets, width_us: int) -> Buckets:
    """Return the buckets with a row without a value after each that ends without one: there the line breaks."""
    ends_in_gap = np.isnan(found.last) & ~np.isnan(found.low)
    if not ends_in_gap.any():
        return found
    at = np.flatnonzero(ends_in_gap) + 1
    last = np.where(ends_in_gap, found.high, found.last)

    def broken(column: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.insert(column, at, np.nan)

    return Buckets(
        np.insert(found.time_us, at, found.time_us[at - 1] + width_us // 2),
        broken(found.low),
        broken(found.high),
        broken(found.mean),
        broken(found.first),
        broken(last),
        np.insert(found.count, at, 0),
        np.insert(found.bad, at, 0),
        found.before,
        is_raw=False,
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
        _floats(found["value"]),
        time_us,
        quality=quality & np.uint16(255),
        flags=quality >> np.uint16(8),
        texts=_texts(found["text"]),
    )


def _texts(column: Any) -> dict[int, Text]:
    masked = np.ma.asarray(column)
    present = np.flatnonzero(~np.ma.getmaskarray(masked))
    return {int(row): str(masked.data[row]) for row in present}


def _floats(column: Any) -> npt.NDArray[np.float64]:  # a masked array where there are NULLs
    return np.ma.filled(np.ma.asarray(column, np.float64), np.nan)


def _counts(column: Any) -> npt.NDArray[np.int64]:  # DuckDB sums integers to HUGEINT, which arrives as float64
    return np.ma.filled(np.ma.asarray(column), 0).astype(np.int64)
