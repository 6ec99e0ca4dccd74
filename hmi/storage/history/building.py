"""Writing one sealed file: whole days, every tag's readings in a row, and their buckets of 1 m, 5 m and 1 h."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from hmi.storage.errors import StorageError
from hmi.storage.history import schema, sql
from hmi.storage.history.records import DAY_US, Progress
from hmi.storage.history.shelf import Place, Sealed

CHUNK_ROWS: Final = 1_000_000
"""Rows that are sorted at once; bounds the memory of a move."""

_BUCKET: Final = "vmin, vmax, vsum, vfirst, vlast, tfirst, tlast, n, n_bad"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a file. sources: already cut to its days. held: the (run, day) pairs that it takes over.

    without: numbers of rows (first, last) that are left out; only where the sources have their readings.
    """

    days: Span
    sources: tuple[Place, ...]
    tables: tuple[str, ...]
    held: tuple[tuple[int, int], ...] = ()
    without: Span | None = None

    @property
    def start_us(self) -> int:
        return self.days[0] * DAY_US

    @property
    def end_us(self) -> int:
        return self.days[1] * DAY_US

    @property
    def condition(self) -> str:
        """Return which rows go in."""
        return f"seq NOT BETWEEN {self.without[0]:d} AND {self.without[1]:d}" if self.without else "true"


def build(
    connection: duckdb.DuckDBPyConnection, part: Path, generation: int, contents: Contents, progress: Progress
) -> int:
    """Write a file and return how many rows are in it; what fails leaves no file behind."""

    def fill() -> int:
        counts = _fill(connection, contents, progress)
        _describe(connection, generation, contents.days, counts)
        if contents.held:
            pairs = ", ".join(f"({run:d}, {day:d})" for run, day in contents.held)
            connection.execute(f"INSERT INTO building.of_run VALUES {pairs}")
        for place in contents.sources:
            if place.rollups:  # a log that is cut back far must not bring back the runs of the file before this one
                connection.execute(f"INSERT INTO building.of_run SELECT run, day FROM {place.rollups}of_run")
        return counts[0] + counts[1] if "sample" in contents.tables else 1

    return _written(connection, part, contents.tables, fill)


def copy(
    connection: duckdb.DuckDBPyConnection, part: Path, generation: int, sealed: Sealed, tables: tuple[str, ...]
) -> int:
    """Write a file with some of another's tables only."""

    def fill() -> int:
        for table in tables:
            connection.execute(f"INSERT INTO building.{table} SELECT * FROM {sealed.alias}.{table}")
        connection.execute(f"INSERT INTO building.of_run SELECT run, day FROM {sealed.alias}.of_run")
        rows = (sealed.rows if "sample" in tables else 0, sealed.texts if "text_sample" in tables else 0)
        counts = (*rows, sealed.first_seq, sealed.last_seq)
        _describe(connection, generation, (sealed.first_day, sealed.end_day), counts)
        return 1

    return _written(connection, part, tables, fill)


def _written(
    connection: duckdb.DuckDBPyConnection, part: Path, tables: tuple[str, ...], fill: Callable[[], int]
) -> int:
    _remove(part)
    quoted = str(part).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS building")
    try:
        for statement in schema.sealed("building", tables):
            connection.execute(statement)
        rows = fill()
        connection.execute("INSERT INTO building.tag SELECT * FROM tag")
        connection.execute("CHECKPOINT building")
    except BaseException:
        connection.execute("DETACH building")
        _remove(part)
        raise
    connection.execute("DETACH building")
    return rows


def _describe(
    connection: duckdb.DuckDBPyConnection, generation: int, days: Span, counts: tuple[int, int, int, int]
) -> None:
    values = [schema.SEALED_VERSION, generation, *days, *counts]
    connection.execute("INSERT INTO building.sealed VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)


def _fill(connection: duckdb.DuckDBPyConnection, contents: Contents, progress: Progress) -> tuple[int, int, int, int]:
    """Fill the tables; return the counts of samples and texts, and the first and the last number among them."""
    has_samples, done = "sample" in contents.tables, 0
    by_tag = _rows_by_tag(connection, contents)
    wanted = sum(rows for _, rows in by_tag)
    for first, last, rows in _groups(by_tag):
        tags = f"tag_id BETWEEN {first:d} AND {last:d}"
        if has_samples:
            selects = _samples(contents, "seq, tag_id, ts, value, quality", tags)
            connection.execute(f"INSERT INTO building.sample {' UNION ALL '.join(selects)} ORDER BY tag_id, ts, seq")
            finest = f"SELECT tag_id, {sql.AS_ROLLUP} FROM building.sample WHERE {tags}"
        else:
            finest = _buckets_and_readings(contents, tags)
        _roll_up(connection, contents.tables, finest, tags)
        done += rows
        progress(done, wanted)
    texts = sql.texts(
        contents.sources, "seq, tag_id, ts, text, quality", contents.start_us, contents.end_us, contents.condition
    )
    if texts and "text_sample" in contents.tables:
        connection.execute(f"INSERT INTO building.text_sample {' UNION ALL '.join(texts)} ORDER BY tag_id, ts, seq")
    counts = _counts(connection, contents.tables)
    if has_samples and counts[0] != wanted:
        raise StorageError(
            f"Sealing found {counts[0]} samples where {wanted} were expected; the days stay as they were."
        )
    return counts


def _samples(contents: Contents, columns: str, tags: str) -> list[str]:
    condition = f"{tags} AND {contents.condition}"
    return sql.samples(contents.sources, columns, contents.start_us, contents.end_us, condition)


def _rows_by_tag(connection: duckdb.DuckDBPyConnection, contents: Contents) -> list[tuple[int, int]]:
    selects = _samples(contents, "tag_id", "true")
    selects += [
        f"SELECT tag_id FROM {place.rollups}{place.levels[0]}"
        for place in contents.sources
        if place.levels and not place.samples
    ]
    if not selects:
        return []
    found = connection.execute(
        f"SELECT tag_id, count(*) FROM ({' UNION ALL '.join(selects)}) GROUP BY tag_id ORDER BY tag_id"
    ).fetchall()
    return [(int(tag), int(rows)) for tag, rows in found]


def _groups(rows_by_tag: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Return (first tag, last tag, rows) of groups of at most CHUNK_ROWS, or of a single tag."""
    groups: list[tuple[int, int, int]] = []
    for tag, rows in rows_by_tag:
        if groups and groups[-1][2] + rows <= CHUNK_ROWS:
            groups[-1] = (groups[-1][0], tag, groups[-1][2] + rows)
        else:
            groups.append((tag, tag, rows))
    return groups


def _roll_up(connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...], finest: str, tags: str) -> None:
    """Add some tags' buckets to every table of them, each from the one before it."""
    source = finest
    for table in (name for name in schema.ROLLUPS if name in tables):
        seconds = schema.ROLLUPS[table] // 1_000_000
        connection.execute(
            f"""INSERT INTO building.{table}
                SELECT tag_id, bucket, n, n_bad, vmin, vmax, vsum, vfirst, vlast, tfirst, tlast
                FROM (SELECT tag_id, time_bucket(INTERVAL '{seconds} seconds', moment) AS bucket, {sql.MERGED}
                      FROM ({source}) GROUP BY tag_id, bucket)
                ORDER BY tag_id, bucket"""
        )
        source = f"SELECT tag_id, bucket AS moment, {_BUCKET} FROM building.{table} WHERE {tags}"


def _buckets_and_readings(contents: Contents, tags: str) -> str:
    """Return what is known of some tags where the readings of some days are gone: their buckets, and late readings."""
    finest = next(name for name in schema.ROLLUPS if name in contents.tables)
    late = [place for place in contents.sources if not place.levels]
    selects = sql.samples(late, f"tag_id, {sql.AS_ROLLUP}", contents.start_us, contents.end_us, tags)
    selects += [
        f"SELECT tag_id, bucket AS moment, {_BUCKET} FROM {place.rollups}{finest} WHERE {tags}"
        for place in contents.sources
        if place.levels
    ]
    return " UNION ALL ".join(selects)


def _counts(connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...]) -> tuple[int, int, int, int]:
    found = {"sample": (0, 0, 0), "text_sample": (0, 0, 0)}
    for table in found:
        if table in tables:
            row = connection.execute(
                f"SELECT count(*), coalesce(min(seq), 0), coalesce(max(seq), 0) FROM building.{table}"
            ).fetchone()
            found[table] = row if row is not None else (0, 0, 0)
    present = [each for each in found.values() if each[0]] or [(0, 0, 0)]
    return (
        found["sample"][0],
        found["text_sample"][0],
        min(each[1] for each in present),
        max(each[2] for each in present),
    )


def _remove(path: Path) -> None:
    for each in (path, path.with_name(path.name + ".wal")):
        each.unlink(missing_ok=True)
