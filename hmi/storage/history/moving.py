"""Moving rows to where they are read best: from a hot pair to a sorted run, from runs to sealed files of whole days.

Each move writes the new place first, then lets the new picture stand, waits until nobody reads by the old one, and
only then drops the old place. Wherever a crash falls, the next start finds each row in exactly one place that counts:
`emptying` names a hot pair whose rows are in a run, a sealed file names the (run, day) pairs that it holds, and of two
sealed files over the same day the one of the higher generation counts.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from hmi.storage.errors import StorageError
from hmi.storage.history import schema, sealed_files, sql
from hmi.storage.history.building import Contents, build, copy
from hmi.storage.history.latest import MERGED_LATEST
from hmi.storage.history.records import DAY_US, Progress, no_progress
from hmi.storage.history.shelf import ALWAYS, Picture, Place, Sealed, Shelf
from hmi.storage.history.transaction import transaction

Span = tuple[int, int]


class Mover:
    """Moves rows. One thread at a time; readers and the writer go on meanwhile."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, shelf: Shelf, folder: Path) -> None:
        self._connection = connection
        self._shelf = shelf
        self._folder = folder
        self._next_run = 1
        self._hidden: set[int] = set()

    # ── at the start ──────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, on_fault: Callable[[Path, StorageError], None]) -> None:
        """Find all places, end what a crash left half done, and let the first picture stand."""
        connection = self._connection
        sealed = sealed_files.find(connection, self._folder, on_fault)
        held = sealed_files.runs_in(connection, sealed)
        known = connection.execute("SELECT DISTINCT run FROM run_day").fetchall()
        self._next_run = max([run for run, _ in held] + [run for (run,) in known], default=0) + 1
        for (hot,) in connection.execute("SELECT hot FROM emptying").fetchall():
            self._empty(hot)
        self._drop_days([pair for pair in held if pair[0] in {run for (run,) in known}])
        self._drop_unknown_runs()
        self._shelf.put(Picture((), self._run_places(), sealed))

    # ── hot to run ────────────────────────────────────────────────────────────────────────────────────────────────

    def swap(self, hot: str) -> int:
        """Make a sorted run of a hot pair into which nobody writes any more, and empty it; return the rows."""
        connection, run = self._connection, self._take_run_number()
        with transaction(connection):
            rows = self._sorted_run(run, f"hot_{hot}", f"hot_text_{hot}")
            if rows:
                connection.execute(f"CREATE OR REPLACE TABLE latest AS {MERGED_LATEST.format(hot=f'hot_{hot}')}")
                connection.execute("INSERT INTO emptying VALUES (?)", [hot])
        if rows:
            picture = self._shelf.picture
            others = tuple(place for place in picture.hot if place.samples != f"hot_{hot}")
            self._shelf.put(replace(picture, hot=others, runs=self._run_places()))
            self._shelf.wait_unread()
            self._empty(hot)
        return rows

    def open_hot(self, hot: str) -> None:
        """Let a hot pair be read, before the first row is written to it; one that is empty costs each query time."""
        picture = self._shelf.picture
        names = {place.samples for place in picture.hot} | {f"hot_{hot}"}
        self._shelf.put(replace(picture, hot=_hot_places([name for name in schema.HOT if f"hot_{name}" in names])))

    def add_hidden_run(self, table: str, text_table: str) -> int:
        """Make a run of the rows of two other tables, which are dropped; return its rows. Nobody reads it yet."""
        connection, run = self._connection, self._take_run_number()
        with transaction(connection):
            rows = self._sorted_run(run, table, text_table)
            connection.execute(f"DROP TABLE {table}")
            connection.execute(f"DROP TABLE {text_table}")
        if rows:
            self._hidden.add(run)
        return rows

    def hidden_places(self) -> tuple[Place, ...]:
        """Return the runs that nobody reads yet."""
        return tuple(place for place in self._all_run_places() if place.run in self._hidden)

    def show_runs(self) -> None:
        """Let the hidden runs be read, all at once."""
        self._hidden.clear()
        self._shelf.put(replace(self._shelf.picture, runs=self._run_places()))

    def drop_hidden(self) -> None:
        """Drop the hidden runs."""
        for run in self._hidden:
            self._connection.execute("DELETE FROM run_day WHERE run = ?", [run])
        self._hidden.clear()
        self._drop_unknown_runs()

    # ── run to sealed ─────────────────────────────────────────────────────────────────────────────────────────────

    def seal(self, days: Span, without: Span | None = None, progress: Progress = no_progress) -> Sealed | None:
        """Make one sealed file of all that is known of whole days, first included and end not; return it.

        without: numbers of rows (first, last) that are left out, as when an import is undone. Raises duckdb.Error and
        OSError, and then everything is as it was.
        """
        picture = self._shelf.picture
        old = [each for each in picture.sealed if days[0] <= each.first_day and each.end_day <= days[1]]
        span = Place("", "", days[0] * DAY_US, days[1] * DAY_US)
        runs = [place for place in picture.runs if place.overlaps(span.from_us, span.to_us)]
        held = self._days_of({place.run for place in runs}, days)
        new = self._build(days, old, runs, without, progress)
        kept = tuple(each for each in picture.sealed if each not in old)
        sealed = tuple(sorted((*kept, *([new] if new else [])), key=lambda each: each.first_day))
        left = tuple(part for place in picture.runs for part in _without(place, span.from_us, span.to_us))
        self._shelf.put(replace(self._shelf.picture, runs=left, sealed=sealed))
        self._shelf.wait_unread()
        self._drop_days(held)
        for each in old:
            sealed_files.forget(self._connection, each)
        return new

    def retire(self, sealed: Sealed, tables: tuple[str, ...]) -> Sealed | None:
        """Leave only these tables of a sealed file; without any the file goes."""
        days = (sealed.first_day, sealed.end_day)
        new = (
            self._make(days, lambda part, number: copy(self._connection, part, number, sealed, tables))
            if tables
            else None
        )
        picture = self._shelf.picture
        kept = [each for each in picture.sealed if each is not sealed] + ([new] if new else [])
        self._shelf.put(replace(picture, sealed=tuple(sorted(kept, key=lambda each: each.first_day))))
        self._shelf.wait_unread()
        sealed_files.forget(self._connection, sealed)
        return new

    def delete_rows(self, numbers: Span) -> int:
        """Delete rows from all runs, by their numbers (first, last); return how many."""
        gone = 0
        for run in {place.run for place in self._all_run_places()}:
            for table in self._tables_of_run(run):
                found = self._connection.execute(f"DELETE FROM {table} WHERE seq BETWEEN ? AND ?", list(numbers))
                gone += int(found.fetchall()[0][0])
            self._recount(run)
        return gone

    def _recount(self, run: int) -> None:
        """Bring the counts of a run's unsealed days to what is in it."""
        tables = self._tables_of_run(run)
        every = " UNION ALL ".join(f"SELECT {sql.DAY} AS day FROM {table}" for table in tables)
        self._connection.execute(
            f"""UPDATE run_day SET row_count = coalesce(found.n, 0)
                FROM (SELECT d.day, count(e.day) AS n FROM run_day d LEFT JOIN ({every}) e ON e.day = d.day
                      WHERE d.run = {run:d} GROUP BY d.day) found
                WHERE run_day.run = {run:d} AND run_day.day = found.day"""
        )

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _take_run_number(self) -> int:
        self._next_run += 1
        return self._next_run - 1

    def _sorted_run(self, run: int, table: str, text_table: str) -> int:
        rows_of_day: Counter[int] = Counter()
        for source, target in ((table, f"run_{run}"), (text_table, f"run_text_{run}")):
            found = self._connection.execute(f"SELECT {sql.DAY} AS day, count(*) FROM {source} GROUP BY day").fetchall()
            if found:
                self._connection.execute(f"CREATE TABLE {target} AS SELECT * FROM {source} ORDER BY tag_id, ts, seq")
                rows_of_day.update(dict(found))
        if rows_of_day:
            days = [(run, *each) for each in sorted(rows_of_day.items())]
            self._connection.executemany("INSERT INTO run_day VALUES (?, ?, ?)", days)
        return rows_of_day.total()

    def _empty(self, hot: str) -> None:
        connection = self._connection
        tables = ((f"hot_{hot}", schema.SAMPLE_COLUMNS), (f"hot_text_{hot}", schema.TEXT_COLUMNS))
        with transaction(connection):
            for table, columns in tables:  # a new table rather than DELETE, which keeps the space
                connection.execute(f"DROP TABLE {table}")
                connection.execute(f"CREATE TABLE {table} ({columns})")
            connection.execute("DELETE FROM emptying WHERE hot = ?", [hot])

    def _run_places(self) -> tuple[Place, ...]:
        return tuple(place for place in self._all_run_places() if place.run not in self._hidden)

    def _all_run_places(self) -> tuple[Place, ...]:
        """Return each run's places: one for each stretch of days that follow on one another."""
        found = self._connection.execute(
            "SELECT run, day, sum(row_count) FROM run_day GROUP BY run, day ORDER BY run, day"
        ).fetchall()
        tables = {name for run, _, _ in found for name in self._tables_of_run(run)}
        places: list[Place] = []
        for run, day, rows in found:
            last = places[-1] if places else None
            if last is not None and last.run == run and last.to_us == day * DAY_US:
                places[-1] = replace(last, to_us=(day + 1) * DAY_US, rows=last.rows + int(rows))
                continue
            samples, texts = (name if name in tables else "" for name in (f"run_{run}", f"run_text_{run}"))
            places.append(Place(samples, texts, day * DAY_US, (day + 1) * DAY_US, int(rows), run))
        return tuple(places)

    def _tables_of_run(self, run: int) -> list[str]:
        names = [f"run_{run}", f"run_text_{run}"]
        found = self._connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND table_name IN (?, ?)",
            names,
        ).fetchall()
        return [name for (name,) in found]

    def _days_of(self, runs: set[int], days: Span) -> list[tuple[int, int]]:
        pairs = self._connection.execute(
            "SELECT DISTINCT run, day FROM run_day WHERE day >= ? AND day < ?", list(days)
        ).fetchall()
        return [(run, day) for run, day in pairs if run in runs]

    def _drop_days(self, pairs: Sequence[tuple[int, int]]) -> None:
        with transaction(self._connection):
            for run, day in pairs:
                self._connection.execute("DELETE FROM run_day WHERE run = ? AND day = ?", [run, day])
        self._drop_unknown_runs()

    def _drop_unknown_runs(self) -> None:
        """Drop the tables of runs that have no day left."""
        connection = self._connection
        known = {run for (run,) in connection.execute("SELECT DISTINCT run FROM run_day").fetchall()}
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
        ).fetchall()
        for (table,) in tables:
            number = table.removeprefix("run_").removeprefix("text_")
            if table.startswith("run_") and number.isdigit() and int(number) not in known:
                connection.execute(f"DROP TABLE {table}")

    def _build(
        self, days: Span, old: Sequence[Sealed], runs: Sequence[Place], without: Span | None, progress: Progress
    ) -> Sealed | None:
        span = (days[0] * DAY_US, days[1] * DAY_US)
        cut = [replace(each, from_us=max(each.from_us, span[0]), to_us=min(each.to_us, span[1])) for each in runs]
        tables = [each.tables for each in old] or [schema.SEALED_TABLES]
        contents = Contents(
            days,
            tuple(each.place for each in old) + tuple(cut),
            tuple(name for name in schema.SEALED_TABLES if all(name in each for each in tables)),
            tuple(self._days_of({place.run for place in cut}, days)),
            without,
        )
        return self._make(days, lambda part, number: build(self._connection, part, number, contents, progress))

    def _make(self, days: Span, write: Callable[[Path, int], int]) -> Sealed | None:
        """Write a file and put it in place; one without a row is not kept."""
        generation = sealed_files.next_generation(self._shelf.picture.sealed)
        path = self._folder / sealed_files.file_name(*days, generation)
        part = path.with_name(path.name + sealed_files.PART)
        if not write(part, generation):
            part.unlink()
            return None
        with part.open("r+b") as file:  # Windows syncs only what could be written
            os.fsync(file.fileno())
        part.rename(path)
        _sync_folder(self._folder)
        return sealed_files.attach(self._connection, path)


def _hot_places(names: Sequence[str]) -> tuple[Place, ...]:
    return tuple(Place(f"hot_{name}", f"hot_text_{name}", *ALWAYS) for name in names)


def _without(place: Place, from_us: int, to_us: int) -> list[Place]:
    """Return what is left of a place without a stretch of time."""
    if not place.overlaps(from_us, to_us):
        return [place]
    found = []
    if place.from_us < from_us:
        found.append(replace(place, to_us=from_us))
    if to_us < place.to_us:
        found.append(replace(place, from_us=to_us))
    return found


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows cannot open a folder; NTFS journals the rename
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
