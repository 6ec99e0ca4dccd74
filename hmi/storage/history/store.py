"""The history of a profile, opened: one writes, one moves, many read, and none waits for another's work.

Threads: `write` and `note_gap` on the writer; `tend` and everything that changes files on one keeper; reading anywhere
but on the GUI thread, with a cursor of its own.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
import structlog

from drivers.api import Batch
from hmi.domain.pen_data import PenData
from hmi.storage.errors import DamagedError, StorageError
from hmi.storage.history import guard, live_file, planning, query, samples, schema, status
from hmi.storage.history.latest import latest
from hmi.storage.history.moving import Mover
from hmi.storage.history.outgoing import Outgoing, after
from hmi.storage.history.records import (
    DAY_US,
    HOUR_US,
    Gap,
    HistoryStatus,
    Progress,
    RetentionPolicy,
    TagFacts,
    no_progress,
)
from hmi.storage.history.shelf import Picture, Shelf
from hmi.storage.history.transaction import transaction

SWAP_ROWS: Final = 4_000_000
"""A hot pair becomes a run every full hour, and sooner when it has grown so large."""

MARK_S: Final = 3.0
"""How often the side file is brought up to date."""

MENDINGS: Final = 3

WINDOW_US: Final = 10_000_000
"""How long before the last mark rows may have come that are missing; the mark is a few seconds old at most."""

_log = structlog.get_logger(__name__)


class Store:
    """An open history. note: what the operator should know of how it was found, or empty."""

    def __init__(self, folder: Path) -> None:
        """Open or make the history. Raises LockedError, NewerError, StorageError; what is damaged is set aside."""
        self.folder = folder
        self.note = ""
        self.shelf = Shelf()
        self._hot = schema.HOT[0]
        self._hot_rows = 0
        self._hot_hour = -1
        self._writing = threading.Lock()
        self._marking = threading.Lock()
        self._has_written = False
        self._mark = guard.read(folder)
        self._marked_at = 0.0
        self._is_anew = False
        self._connection = self._open()
        self.mover = Mover(self._connection.cursor(), self.shelf, folder)
        self.mover.begin(self._tell_fault)
        self._seq = self._next_seq()
        self._check_for_losses()
        self._count_hot()

    @property
    def was_clean(self) -> bool:
        """Whether the program that wrote it last ended by itself."""
        return self._mark.is_clean

    @property
    def ended_us(self) -> int:
        """Until when the program that wrote it last is known to have recorded, UTC µs; 0 when nobody knows."""
        return self._mark.at_us

    @property
    def epoch(self) -> str:
        """Name the history that row numbers belong to; another one begins with another live file."""
        row = self.cursor().execute("SELECT epoch FROM history").fetchone()
        return str(row[0]) if row else ""

    @property
    def last_seq(self) -> int:
        """Return the number of the last committed row."""
        return self._seq - 1

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor for one thread."""
        return self._connection.cursor()

    def close(self) -> None:
        """Close the files; the mark then says that it ended well. One that nothing was written to keeps its mark."""
        if self._has_written:
            self._set_mark(is_clean=True)
        self._connection.close()

    # ── the writer ────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, batch: Batch) -> None:
        """Commit a batch. Raises duckdb.Error, and then nothing of it is written."""
        with self._writing:
            self._seq = samples.insert(self._connection, batch, self._seq, self._hot)
            self._hot_rows += len(batch)
            self._has_written = True
        self.mark_time()

    def mark_time(self) -> None:
        """Bring the side file up to date when it is due: what was recorded is known until then, if nothing changes."""
        if self._has_written and time.monotonic() - self._marked_at >= MARK_S:
            self._set_mark(is_clean=False)

    def note_gap(self, gap: Gap) -> None:
        """Write down that something is missing; a gap that begins like one of the same reason is that one, grown."""
        with self.cursor() as cursor, transaction(cursor):
            cursor.execute("DELETE FROM gap WHERE from_us = ? AND reason = ?", [gap.from_us, gap.reason])
            cursor.execute("INSERT INTO gap VALUES (?, ?, ?, ?)", [gap.from_us, gap.to_us, gap.rows, gap.reason])

    def reserve(self, rows: int) -> int:
        """Take `rows` numbers in a row for an import and return the first."""
        with self._writing:
            first, self._seq = self._seq, self._seq + rows
            self._has_written = True
            self._connection.execute("UPDATE progress SET last_seq = ?", [self._seq - 1])
            return first

    def put_tags(self, tags: Sequence[TagFacts]) -> None:
        """Replace what the files say of tags, for programs that read them.

        In columns: row by row 10,000 tags would hold up the writer for 1.5 s, so they do for 0.07 s.
        """
        rows = [(t.tag_id, t.id, t.station, t.name, t.unit, t.kind, t.rollover) for t in tags]
        columns = [list(column) for column in zip(*rows, strict=True)]
        with self._writing, transaction(self._connection):
            self._connection.execute("DELETE FROM tag")
            if columns:
                self._connection.execute(
                    """INSERT INTO tag SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
                       unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::DOUBLE[])""",
                    columns,
                )

    # ── the keeper ────────────────────────────────────────────────────────────────────────────────────────────────

    def tend(self, now_us: int, progress: Progress = no_progress) -> int:
        """Do the moves that are due and return how many were done. Raises duckdb.Error, OSError, StorageError."""
        moves = self.swap_when_due(now_us)
        for span in planning.due(self.shelf.picture, now_us):
            self.mover.seal(span, progress=progress)
            moves += 1
        return moves

    def swap_when_due(self, now_us: int) -> int:
        """Make a run of the hot pair when its hour is over or it has grown large; return 1 when it was."""
        return self.swap() if self._is_swap_due(now_us) else 0

    def swap(self) -> int:
        """Give the writer the other hot pair and make a run of the one that it leaves; return 1 when there was one."""
        left = self._hot
        other = next(name for name in schema.HOT if name != left)
        self.mover.open_hot(other)
        with self._writing:
            self._hot, self._hot_rows = other, 0
        return 1 if self.mover.swap(left) else 0

    def retain(self, policy: RetentionPolicy, now_us: int, progress: Progress = no_progress) -> tuple[str, ...]:
        """Let go of what a policy does not keep; return the names of the files that lost something."""
        live_bytes = (self.folder / live_file.FILE_NAME).stat().st_size
        due = planning.retirements(self.shelf.picture, policy, now_us, live_bytes)
        for done, retirement in enumerate(due, 1):
            self.mover.retire(retirement.sealed, retirement.tables)
            progress(done, len(due))
        return tuple(retirement.sealed.path.name for retirement in due)

    # ── readers ───────────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def reading(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Picture]]:
        """Hold a cursor and the picture to read by."""
        with self.shelf.reading() as picture, self.cursor() as cursor:
            yield cursor, picture

    def read(self, tag: int, start_us: int, end_us: int, pixels: int) -> PenData:
        """Return one tag's values for a chart; see query.read."""
        with self.reading() as (cursor, picture):
            return query.read(cursor, picture, tag, start_us, end_us, pixels)

    def rows(self, tag: int, start_us: int, end_us: int, chunk_rows: int) -> Iterator[Batch]:
        """Return a tag's readings in batches; see query.rows."""
        with self.cursor() as cursor:
            yield from query.rows(cursor, self.shelf, tag, start_us, end_us, chunk_rows)

    def latest(self, since_us: int, before_us: int) -> Batch:
        """Return the newest numeric reading of every tag between two times; see latest.latest."""
        with self.cursor() as cursor:
            return latest(cursor, since_us, before_us)

    def after(self, seq: int, rows: int) -> Outgoing:
        """Return the next rows above a number, for a copy elsewhere; see outgoing.after."""
        with self.reading() as (cursor, picture):
            return after(cursor, picture, seq, rows)

    def status(self) -> HistoryStatus:
        """Return files, rows, bytes and a forecast."""
        with self.reading() as (cursor, picture):
            free = shutil.disk_usage(self.folder).free
            return status.of(cursor, picture, self.folder, free)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self) -> duckdb.DuckDBPyConnection:
        live = self.folder / live_file.FILE_NAME
        kept = guard.keep_log(live) if not self._mark.is_clean else None
        if kept is not None:
            _log.warning("history was not closed", log=kept.name)
        try:
            return live_file.open_file(live)
        except DamagedError as error:
            return self._open_mended(live, str(error))

    def _open_mended(self, live: Path, reason: str) -> duckdb.DuckDBPyConnection:
        """Open what can be saved: all up to where the log is broken, or without the log, or a new file."""
        for _ in range(MENDINGS):
            if not guard.mend_log(live, reason):
                break
            try:
                opened = live_file.open_file(live)
            except DamagedError as error:
                reason = str(error)
                continue
            _log.warning("history log was broken", reason=reason)
            self._say("The history's log was broken at its end; readings of the last seconds before may be missing.")
            return opened
        aside = live_file.quarantine(live)
        _log.error("history set aside", file=aside.name, reason=reason)
        self._say(f"The history was damaged and set aside as {aside.name}; a new one begins now.")
        self._is_anew = True
        return live_file.open_file(live)

    def _next_seq(self) -> int:
        sealed = max((each.last_seq for each in self.shelf.picture.sealed), default=0)
        return max(samples.last_seq(self._connection), sealed, self._mark.last_seq) + 1

    def _check_for_losses(self) -> None:
        """Report rows that were committed once and are not there any more."""
        missing = self._mark.last_seq - samples.last_seq(self._connection)
        if missing <= 0:
            return
        now_us = time.time_ns() // 1000
        if self._is_anew:
            since_us = max((each.end_day * DAY_US for each in self.shelf.picture.sealed), default=self._mark.at_us)
            self.note_gap(Gap(since_us, now_us, 0, "the live file was damaged and set aside"))
        else:
            _log.error("history lost rows", rows=missing)
            self._say(f"{missing} readings from before the last crash are missing; the disk lost them.")
            self.note_gap(Gap(self._mark.at_us - WINDOW_US, now_us, missing, "lost by the disk in a crash"))
        self._connection.execute("UPDATE progress SET last_seq = ?", [self._mark.last_seq])

    def _count_hot(self) -> None:
        """Go on in the fuller hot pair; the other may hold rows too when a crash came between."""
        rows = {
            name: self._connection.execute(f"SELECT count(*) FROM hot_{name}").fetchall()[0][0] for name in schema.HOT
        }
        self._hot = max(rows, key=lambda name: rows[name])
        self._hot_rows = rows[self._hot]
        self.mover.open_hot(self._hot)
        for name in schema.HOT:
            if name != self._hot and rows[name]:
                self.mover.open_hot(name)
                self.mover.swap(name)

    def _is_swap_due(self, now_us: int) -> bool:
        hour, before = now_us // HOUR_US, self._hot_hour
        self._hot_hour = hour
        return self._hot_rows > 0 and (before not in (-1, hour) or self._hot_rows >= SWAP_ROWS)

    def _set_mark(self, *, is_clean: bool) -> None:
        with self._marking:
            self._marked_at = time.monotonic()
            try:
                guard.write(self.folder, guard.Mark(self._seq - 1, time.time_ns() // 1000, is_clean))
            except OSError as error:
                _log.debug("mark not written", reason=str(error))  # the writer itself meets the same disk and says so

    def _tell_fault(self, path: Path, error: StorageError) -> None:
        if isinstance(error, DamagedError):
            aside = live_file.quarantine(path)
            self._say(f"{error} It was set aside as {aside.name}.")
        else:
            self._say(str(error))
        _log.error("history file not read", file=path.name, reason=str(error))

    def _say(self, sentence: str) -> None:
        self.note = f"{self.note} {sentence}".strip()
