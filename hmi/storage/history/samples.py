"""Named statements over samples. Times are integer UTC microseconds outside, TIMESTAMP inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Quality

_SHOWN = f"(quality & 255) IN ({Quality.GOOD:d}, {Quality.UNCERTAIN:d}, {Quality.SUBSTITUTED:d})"
"""A value of another quality is not drawn: there the line has a gap."""


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """One tag's values between two times.

    time_us int64 ascending; low, high, last float64, NaN where nothing may be drawn. before: the value that held when
    the range begins, or NaN. is_raw: every row is one reading.
    """

    time_us: npt.NDArray[np.int64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    last: npt.NDArray[np.float64]
    before: float
    is_raw: bool


def next_seq(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the number after the last one given."""
    row = connection.execute(
        "SELECT greatest((SELECT max(seq) FROM sample), (SELECT max(seq) FROM text_sample))"
    ).fetchone()
    return int(row[0]) + 1 if row and row[0] is not None else 1


def insert(connection: duckdb.DuckDBPyConnection, batch: Batch, seq: int) -> int:
    """Write a batch in one transaction and return the next number. Raises duckdb.Error, and then nothing is written."""
    rows = len(batch)
    numbers = np.arange(seq, seq + rows, dtype=np.int64)
    quality = batch.quality | (batch.flags << np.uint16(8))
    times = batch.source_us.view("datetime64[us]")
    is_text = np.zeros(rows, bool)
    is_text[list(batch.texts)] = True
    columns: dict[str, npt.NDArray[Any]] = {
        "seq": numbers,
        "tag_id": batch.tag,
        "ts": times,
        "value": batch.value,
        "quality": quality,
    }
    connection.begin()
    try:
        if is_text.any():
            texts = [str(batch.texts[row]) for row in np.flatnonzero(is_text).tolist()]
            _append(connection, "text_sample", {**_rows(columns, is_text), "value": np.array(texts)})
            columns = _rows(columns, ~is_text)
        _append(connection, "sample", columns)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return seq + rows


def _rows(columns: dict[str, npt.NDArray[Any]], mask: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[Any]]:
    return {name: column[mask] for name, column in columns.items()}


def _append(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, npt.NDArray[Any]]) -> None:
    connection.register("incoming", columns)
    try:
        # NaN means "no number" here; NULL costs no space and every aggregate passes over it.
        value = "value" if table == "text_sample" else "CASE WHEN isnan(value) THEN NULL ELSE value END"
        connection.execute(f"INSERT INTO {table} SELECT seq, tag_id, ts, {value}, quality FROM incoming")
    finally:
        connection.unregister("incoming")


def read(cursor: duckdb.DuckDBPyConnection, tag: int, start_us: int, end_us: int, pixels: int) -> Buckets:
    """Return one tag's values, raw when there are at most four a pixel, else one bucket a pixel."""
    span = [tag, start_us, end_us]
    counted = cursor.execute(
        "SELECT count(*) FROM sample WHERE tag_id = ? AND ts >= make_timestamp(?) AND ts < make_timestamp(?)", span
    ).fetchone()
    before = _before(cursor, tag, start_us)
    if counted is None or counted[0] <= 4 * pixels:
        return _raw(cursor, span, before)
    return _bucketed(cursor, span, max(1, (end_us - start_us) // pixels), before)


def _before(cursor: duckdb.DuckDBPyConnection, tag: int, start_us: int) -> float:
    row = cursor.execute(
        f"""SELECT arg_max(CASE WHEN {_SHOWN} THEN coalesce(value, 'nan') ELSE 'nan'::DOUBLE END, ts)
            FROM sample WHERE tag_id = ? AND ts < make_timestamp(?)""",
        [tag, start_us],
    ).fetchone()
    return float(row[0]) if row and row[0] is not None else float("nan")


def _raw(cursor: duckdb.DuckDBPyConnection, span: list[int], before: float) -> Buckets:
    found = cursor.execute(
        f"""SELECT epoch_us(ts) AS t, CASE WHEN {_SHOWN} THEN value END AS v FROM sample
            WHERE tag_id = ? AND ts >= make_timestamp(?) AND ts < make_timestamp(?) ORDER BY ts, seq""",
        span,
    ).fetchnumpy()
    value = _floats(found["v"])
    return Buckets(np.asarray(found["t"], np.int64), value, value, value, before, is_raw=True)


def _bucketed(cursor: duckdb.DuckDBPyConnection, span: list[int], width_us: int, before: float) -> Buckets:
    found = cursor.execute(
        f"""SELECT (epoch_us(ts) - $2) // $4 AS b,
                   min(value) FILTER ({_SHOWN}) AS low, max(value) FILTER ({_SHOWN}) AS high,
                   arg_max(CASE WHEN {_SHOWN} THEN value ELSE 'nan'::DOUBLE END, ts) AS last
            FROM sample WHERE tag_id = $1 AND ts >= make_timestamp($2) AND ts < make_timestamp($3)
            GROUP BY b ORDER BY b""",
        [*span, width_us],
    ).fetchnumpy()
    time_us = span[1] + np.asarray(found["b"], np.int64) * width_us + width_us // 2
    low, high, last = (_floats(found[name]) for name in ("low", "high", "last"))
    # A bucket that ends without a value to draw breaks the line after it.
    ends_in_gap = np.isnan(last) & ~np.isnan(low)
    at = np.flatnonzero(ends_in_gap) + 1
    last = np.where(ends_in_gap, high, last)
    return Buckets(
        np.insert(time_us, at, time_us[at - 1] + width_us // 2),
        np.insert(low, at, np.nan),
        np.insert(high, at, np.nan),
        np.insert(last, at, np.nan),
        before,
        is_raw=False,
    )


def latest(cursor: duckdb.DuckDBPyConnection, since_us: int, before_us: int) -> Batch:
    """Return the newest numeric reading of every tag between two times.

    Its quality is GOOD where nothing came after it, and NOT_CONNECTED where the line was broken properly.
    """
    found = cursor.execute(
        """SELECT tag_id, epoch_us(max(ts) FILTER (value IS NOT NULL)) AS t,
                  arg_max(value, ts) FILTER (value IS NOT NULL) AS v,
                  max(seq) FILTER (value IS NULL) > max(seq) FILTER (value IS NOT NULL) AS is_ended
           FROM sample WHERE ts >= make_timestamp(?) AND ts < make_timestamp(?)
           GROUP BY tag_id HAVING count(value) > 0""",
        [since_us, before_us],
    ).fetchnumpy()
    is_ended = np.ma.filled(np.ma.asarray(found["is_ended"]), fill_value=False).astype(bool)
    return Batch.of(
        np.asarray(found["tag_id"], np.uint32),
        _floats(found["v"]),
        np.asarray(found["t"], np.int64),
        quality=np.where(is_ended, Quality.NOT_CONNECTED, Quality.GOOD),
    )


def count(cursor: duckdb.DuckDBPyConnection) -> int:
    """Return how many samples are stored."""
    row = cursor.execute("SELECT (SELECT count(*) FROM sample) + (SELECT count(*) FROM text_sample)").fetchone()
    return int(row[0]) if row else 0


def _floats(column: Any) -> npt.NDArray[np.float64]:  # a masked array where there are NULLs
    return np.ma.filled(np.ma.asarray(column, np.float64), np.nan)
