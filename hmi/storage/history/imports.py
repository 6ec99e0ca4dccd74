"""Taking rows in from elsewhere, as one whole, and giving an import up again.

An import has numbers of its own, one block, by which its rows are known wherever they have been moved to. Its runs stay
out of sight until it is complete; one that a crash cut off is removed at the next start.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import duckdb
import numpy as np

from drivers.api import Batch, Flag, Quality
from hmi.storage.errors import StorageError
from hmi.storage.history import samples, schema, sql
from hmi.storage.history.records import DAY_US, SECOND_US, ImportRecord, Progress, no_progress
from hmi.storage.history.shelf import Place
from hmi.storage.history.store import Store
from hmi.storage.history.transaction import transaction

ROWS_MOST: Final = 1 << 32
"""Numbers that an import takes for itself; nobody else uses those that it leaves."""

CHUNK_ROWS: Final = 2_000_000
"""Rows that become one run; bounds the memory of an import."""

ENDS_AFTER: Final = 10

STAGES: Final = ("import_stage", "import_text_stage")

_UNFINISHED: Final = -1


def take(store: Store, label: str, user: str, batches: Iterator[Batch]) -> ImportRecord:
    """Write batches as they come and show them all at the end; on the keeper.

    Rows whose tag and time are there already, here or in the history, are skipped and counted. Whatever is raised,
    by the batches too, nothing of the import stays.
    """
    with store.cursor() as cursor:
        work = _Import(store, cursor)
        work.begin(label, user)
        try:
            for batch in batches:
                work.add(batch)
            return work.end()
        except BaseException:
            work.give_up()
            raise


def undo(store: Store, import_id: int, progress: Progress = no_progress) -> int:
    """Take an import's rows out of the history again; return how many. Raises StorageError when it cannot be done."""
    with store.cursor() as cursor:
        row = cursor.execute(
            "SELECT first_seq, last_seq, row_count, is_undone FROM import WHERE id = ? AND row_count >= 0", [import_id]
        ).fetchone()
        if row is None or row[3]:
            raise StorageError("There is no such import, or it was undone before.")
        numbers = (row[0], row[1])
        own = f"seq BETWEEN {numbers[0]:d} AND {numbers[1]:d}"
        files = [each for each in store.shelf.picture.sealed if each.first_seq <= row[1] and each.last_seq >= row[0]]
        if any("sample" not in each.tables for each in files):
            raise StorageError("Some of its readings are averages by now; it cannot be undone any more.")
        for done, each in enumerate(files):
            tables = [table for table in ("sample", "text_sample") if table in each.tables]
            if any(_count(cursor, f"{each.alias}.{table}", own) for table in tables):
                store.mover.seal((each.first_day, each.end_day), without=numbers)
            progress(done + 1, len(files) + 1)
        store.mover.delete_rows(numbers)
        cursor.execute("UPDATE import SET is_undone = true WHERE id = ?", [import_id])
        return int(row[2])


def records(store: Store) -> tuple[ImportRecord, ...]:
    """Return the imports, newest first."""
    with store.cursor() as cursor:
        found = cursor.execute(
            """SELECT id, label, who, at_us, row_count, skipped, first_us, last_us, is_undone FROM import
               WHERE row_count >= 0 ORDER BY id DESC"""
        ).fetchall()
    return tuple(ImportRecord(*row) for row in found)


def remove_unfinished(store: Store) -> None:
    """Remove what an import left that a crash cut off."""
    with store.cursor() as cursor:
        for number, first, last in cursor.execute(
            "SELECT id, first_seq, last_seq FROM import WHERE row_count < 0"
        ).fetchall():
            store.mover.delete_rows((first, last))
            cursor.execute("DELETE FROM import WHERE id = ?", [number])
        for table in STAGES:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


class _Import:
    """One import under way."""

    def __init__(self, store: Store, cursor: duckdb.DuckDBPyConnection) -> None:
        self._store = store
        self._cursor = cursor
        self._first = self._next = store.reserve(ROWS_MOST)
        self._staged = self._rows = self._skipped = 0
        self._range: tuple[int, int] | None = None

    def begin(self, label: str, user: str) -> None:
        row = self._cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM import").fetchone()
        self._id = int(row[0]) if row else 1
        values = [self._id, label, user, time.time_ns() // 1000, _UNFINISHED, 0, 0, 0, self._first]
        self._cursor.execute(
            "INSERT INTO import VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false)", [*values, self._first + ROWS_MOST - 1]
        )
        self._make_stage()

    def add(self, batch: Batch) -> None:
        if not len(batch):
            return
        if self._next + len(batch) > self._first + ROWS_MOST:
            raise StorageError("One import takes four thousand million rows at most; split the file.")
        with transaction(self._cursor):
            samples.append(self._cursor, batch, self._next, *STAGES)
        self._next += len(batch)
        self._staged += len(batch)
        first, last = int(batch.source_us.min()), int(batch.source_us.max())
        self._range = (min(first, self._range[0]), max(last, self._range[1])) if self._range else (first, last)
        if self._staged >= CHUNK_ROWS:
            self._become_run()
            self._make_stage()
            self._store.swap_when_due(time.time_ns() // 1000)  # what is recorded meanwhile must not pile up unsorted

    def end(self) -> ImportRecord:
        self._become_run()
        self._end_lines()
        first_us, last_us = self._range or (0, 0)
        self._cursor.execute(
            "UPDATE import SET row_count = ?, skipped = ?, first_us = ?, last_us = ? WHERE id = ?",
            [self._rows, self._skipped, first_us, last_us, self._id],
        )
        self._store.mover.show_runs()
        return records(self._store)[0]

    def give_up(self) -> None:
        self._drop_stage()
        self._store.mover.drop_hidden()
        self._cursor.execute("DELETE FROM import WHERE id = ?", [self._id])

    def _make_stage(self) -> None:
        self._drop_stage()
        self._cursor.execute(f"CREATE TABLE import_stage ({schema.SAMPLE_COLUMNS})")
        self._cursor.execute(f"CREATE TABLE import_text_stage ({schema.TEXT_COLUMNS})")
        self._staged = 0

    def _drop_stage(self) -> None:
        for table in STAGES:
            self._cursor.execute(f"DROP TABLE IF EXISTS {table}")

    def _become_run(self) -> None:
        for table, places in (("import_stage", "samples"), ("import_text_stage", "texts")):
            self._skipped += self._drop_known(table, places)
        self._rows += self._store.mover.add_hidden_run(*STAGES)

    def _end_lines(self) -> None:
        """End each tag's line where its next row would have been: what came then nobody knows.

        Not where the history goes on: where a reading follows within ENDS_AFTER times the time between two rows.
        """
        hidden = [place.samples for place in self._store.mover.hidden_places() if place.samples]
        if not hidden:
            return
        own = " UNION ALL ".join(f"SELECT tag_id, ts FROM {name}" for name in dict.fromkeys(hidden))
        found = self._cursor.execute(
            f"""SELECT tag_id, epoch_us(max(ts)), (epoch_us(max(ts)) - epoch_us(min(ts))) // greatest(count(*) - 1, 1)
                FROM ({own}) GROUP BY tag_id ORDER BY tag_id"""
        ).fetchall()
        ends = [
            (tag, last_us + max(step_us, 1))
            for tag, last_us, step_us in found
            if not self._goes_on(tag, last_us + 1, last_us + ENDS_AFTER * max(step_us, SECOND_US))
        ]
        if ends:
            self._make_stage()
            tags, times_us = zip(*ends, strict=True)
            batch = Batch.of(tags, np.nan, times_us, quality=Quality.NOT_CONNECTED, flags=Flag.HISTORICAL)
            with transaction(self._cursor):
                samples.append(self._cursor, batch, self._next, *STAGES)
            self._next += len(batch)
            self._store.mover.add_hidden_run(*STAGES)

    def _goes_on(self, tag: int, start_us: int, end_us: int) -> bool:
        places = self._store.shelf.picture.places(start_us, end_us)
        selects = sql.samples(places, "1", start_us, end_us, f"tag_id = {tag:d}")
        return bool(selects) and self._cursor.execute(" UNION ALL ".join(selects) + " LIMIT 1").fetchone() is not None

    def _drop_known(self, table: str, kind: str) -> int:
        """Delete the staged rows whose tag and time the history has, and all but the first of those that repeat."""
        before = _count(self._cursor, table, "true")
        if not before or self._range is None:
            return 0
        start_us, end_us = self._range[0], self._range[1] + 1
        places: list[Place] = self._store.shelf.picture.places(start_us // DAY_US * DAY_US, end_us)
        places += self._store.mover.hidden_places()
        pick = sql.samples if kind == "samples" else sql.texts
        known = pick(places, "tag_id, ts", start_us, end_us, f"tag_id IN (SELECT tag_id FROM {table})")
        repeated = f"""SELECT seq FROM (SELECT seq, row_number() OVER (PARTITION BY tag_id, ts ORDER BY seq) AS nth
            FROM {table}) WHERE nth > 1"""
        self._cursor.execute(f"DELETE FROM {table} WHERE seq IN ({repeated})")
        for select in known:  # one place after the other, so that each is a small join
            self._cursor.execute(f"DELETE FROM {table} WHERE (tag_id, ts) IN ({select})")
        return before - _count(self._cursor, table, "true")


def _count(cursor: duckdb.DuckDBPyConnection, table: str, where: str) -> int:
    row = cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()
    return int(row[0]) if row else 0
