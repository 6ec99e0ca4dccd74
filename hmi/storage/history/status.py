"""The history at a glance, from what the files say of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from hmi.storage.history import live_file
from hmi.storage.history.records import DAY_US, FileKind, FileStatus, Gap, HistoryStatus
from hmi.storage.history.shelf import Picture

RECENT_FILES: Final = 7
GAPS_SHOWN: Final = 200


def of(cursor: duckdb.DuckDBPyConnection, picture: Picture, folder: Path, free_bytes: int) -> HistoryStatus:
    """Return files, rows, bytes and how long the disk lasts."""
    files = [
        FileStatus(
            each.path.name,
            FileKind.SEALED,
            each.first_day * DAY_US,
            each.end_day * DAY_US,
            each.bytes,
            each.rows + each.texts,
            "sample" in each.tables,
        )
        for each in picture.sealed
    ]
    live, oldest_us, newest_us = _live(cursor, picture, folder)
    aside = [
        FileStatus(path.name, FileKind.DAMAGED, 0, 0, path.stat().st_size, 0) for path in folder.glob("*.damaged-*")
    ]
    starts = [each.first_day_us for each in files] + [oldest_us] * bool(oldest_us)
    per_day = _bytes_per_day(picture)
    return HistoryStatus(
        files=(*files, live, *aside),
        rows=sum(each.rows for each in files) + live.rows,
        bytes=sum(each.bytes for each in (*files, live, *aside)),
        oldest_us=min(starts, default=0),
        newest_us=max([newest_us, *(each.last_day_us for each in files if not newest_us)], default=0),
        free_bytes=free_bytes,
        bytes_per_day=per_day,
        days_left=free_bytes / per_day if per_day else None,
        gaps=gaps(cursor),
    )


def gaps(cursor: duckdb.DuckDBPyConnection) -> tuple[Gap, ...]:
    """Return the newest stretches of which it is known that something is missing."""
    found = cursor.execute(
        "SELECT from_us, to_us, row_count, reason FROM gap ORDER BY to_us DESC LIMIT ?", [GAPS_SHOWN]
    ).fetchall()
    return tuple(Gap(*row) for row in found)


def _live(cursor: duckdb.DuckDBPyConnection, picture: Picture, folder: Path) -> tuple[FileStatus, int, int]:
    """Return the live file, and from when to when it has rows: those of runs that are not sealed, and hot ones."""
    tables = [name for place in picture.hot for name in (place.samples, place.texts)]
    counted = [f"SELECT count(*) AS n, epoch_us(min(ts)) AS a, epoch_us(max(ts)) AS b FROM {name}" for name in tables]
    counted.append(
        f"SELECT sum(row_count), min(day) * {DAY_US}::BIGINT, (max(day) + 1) * {DAY_US}::BIGINT - 1 FROM run_day"
    )
    row = cursor.execute(f"SELECT sum(n), min(a), max(b) FROM ({' UNION ALL '.join(counted)})").fetchone()
    rows, oldest_us, newest_us = (int(value or 0) for value in row or (0, 0, 0))
    paths = (folder / live_file.FILE_NAME, folder / f"{live_file.FILE_NAME}.wal")
    size = sum(path.stat().st_size for path in paths if path.exists())
    first_us = oldest_us // DAY_US * DAY_US
    last_us = (newest_us // DAY_US + 1) * DAY_US if rows else 0
    return FileStatus(live_file.FILE_NAME, FileKind.LIVE, first_us, last_us, size, rows), oldest_us, newest_us


def _bytes_per_day(picture: Picture) -> float:
    recent = [each for each in picture.sealed if "sample" in each.tables][-RECENT_FILES:]
    days = sum(each.end_day - each.first_day for each in recent)
    return sum(each.bytes for each in recent) / days if days else 0.0
