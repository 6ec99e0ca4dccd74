"""The history: a recorder that writes, one thread that keeps house, and a pool that reads."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import duckdb
import structlog

from drivers.api import Batch
from hmi.domain.catalogue import Catalogue
from hmi.services.exception_logging import ExceptionLogging
from hmi.services.port import PenData, ReadHistory
from hmi.services.recording import Recorder, WriterFigures
from hmi.storage.errors import StorageError, reason_of
from hmi.storage.history import copies, imports, query
from hmi.storage.history.records import (
    Gap,
    HistoryStatus,
    ImportRecord,
    Progress,
    RetentionPolicy,
    TagFacts,
    no_progress,
)
from hmi.storage.history.store import Store

KEEPING_S: Final = 10.0

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class _EndingError(Exception):
    """The program ends: a move is given up and made again at the next start."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """How the last run ended. ended_us: until when it is known to have recorded, UTC µs; 0 when nobody knows."""

    ended_us: int
    was_clean: bool


class History:
    """Opens, writes, keeps and reads the history of a profile; one that cannot be used never stops the program."""

    def __init__(self, folder: Path) -> None:
        self._recorder = Recorder(folder)
        self._keeping_note = ""
        self._logging = ExceptionLogging()
        self._catalogue: Catalogue | None = None
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="query")
        self._keeper = threading.Thread(target=self._keep_on, name="history keeper", daemon=True)
        self._keeping = threading.Lock()

    def start(self) -> None:
        """Start the threads, of which one opens the files; returns at once."""
        self._recorder.start()
        self._keeper.start()

    def apply(self, catalogue: Catalogue) -> None:
        """Take up what is to be kept of each tag; the keeper tells the files of it. On the I/O thread."""
        self._logging = ExceptionLogging(catalogue.tags, self._logging)
        self._catalogue = catalogue

    def append(self, batch: Batch) -> None:
        """Hand live values to the writer; called on the I/O thread, never waits."""
        self.append_all(self._logging.keep(batch))

    def append_all(self, batch: Batch) -> None:
        """Hand values to the writer of which every one is kept, as those from a server's own history."""
        self._recorder.append(batch)

    def figures(self) -> WriterFigures:
        """Return how the writer does."""
        found = self._recorder.figures()
        return replace(found, note=" ".join(note for note in (found.note, self._keeping_note) if note))

    def stop(self) -> None:
        """Write what waits, close the files, end the threads. Blocks."""
        self._recorder.stop()
        if self._keeper.is_alive():
            self._keeper.join()
        self._readers.shutdown(wait=True, cancel_futures=True)
        if self._recorder.store is not None:
            self._recorder.store.close()

    # ── asked on the I/O thread ───────────────────────────────────────────────────────────────────────────────────

    async def read(self, request: ReadHistory) -> tuple[PenData, ...]:
        """Return each tag's history; one query a tag, so that each prunes by its tag. Cancelling stops the queries."""
        return tuple(await asyncio.gather(*(self._read_tag(tag, request) for tag in request.tags)))

    async def latest(self, before_us: int) -> Batch:
        """Return the last reading of every tag before a time; see latest.latest for its quality."""

        def find() -> Batch:
            return self.store.latest(0, before_us)

        return await asyncio.get_running_loop().run_in_executor(self._readers, find)

    async def last_run(self) -> LastRun:
        """Return how the run before this one ended."""

        def find() -> LastRun:
            return LastRun(self.store.ended_us, self.store.was_clean)

        return await asyncio.get_running_loop().run_in_executor(self._readers, find)

    async def note_gap(self, gap: Gap) -> None:
        """Write down a stretch of which something is missing."""
        await asyncio.get_running_loop().run_in_executor(self._readers, lambda: self.store.note_gap(gap))

    # ── asked on a worker ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def store(self) -> Store:
        """The open history; waits for the first attempt to open it. Raises StorageError when it could not be."""
        self._recorder.has_tried.wait()
        if self._recorder.store is None:
            raise StorageError(self._recorder.figures().note)
        return self._recorder.store

    def rows(self, tags: Sequence[int], start_us: int, end_us: int, chunk_rows: int = 100_000) -> Iterator[Batch]:
        """Return readings tag by tag, each in order of time, in batches that fit into memory."""
        for tag in tags:
            yield from self.store.rows(tag, start_us, end_us, chunk_rows)

    def buckets(self, tags: Sequence[int], start_us: int, end_us: int, width_us: int) -> Iterator[PenData]:
        """Return one answer a tag in buckets of a width; time_us is where each begins, from start_us on."""
        for tag in tags:
            with self.store.reading() as (cursor, picture):
                found = query.buckets(cursor, picture, tag, start_us, end_us, width_us)
            yield found  # not within: whoever takes its time with one must not hold up a move

    def estimate(self, tags: Sequence[int], start_us: int, end_us: int) -> int:
        """Return about how many readings there are."""
        with self.store.reading() as (cursor, picture):
            return sum(query.estimate(cursor, picture, tag, start_us, end_us) for tag in tags)

    def status(self) -> HistoryStatus:
        """Return files, rows, bytes, known gaps and a forecast."""
        return self.store.status()

    def take_import(self, label: str, user: str, batches: Iterator[Batch]) -> ImportRecord:
        """Take rows in as one whole; see imports.take."""
        return self._keep(lambda store: imports.take(store, label, user, batches))

    def imports(self) -> tuple[ImportRecord, ...]:
        """Return the imports, newest first."""
        return imports.records(self.store)

    def undo_import(self, import_id: int, progress: Progress = no_progress) -> int:
        """Take an import's rows out again; return how many."""
        return self._keep(lambda store: imports.undo(store, import_id, progress))

    def retain(self, policy: RetentionPolicy, progress: Progress = no_progress) -> tuple[str, ...]:
        """Let go of what a policy does not keep; return the names of the files that lost something."""
        return self._keep(lambda store: store.retain(policy, _now_us(), progress))

    def seal(self, progress: Progress = no_progress) -> int:
        """Do the moves that are due now, whatever the hour; return how many were done."""

        def tidy(store: Store) -> int:
            return store.swap() + store.tend(_now_us(), progress)

        return self._keep(tidy)

    def verify(self, progress: Progress = no_progress) -> tuple[str, ...]:
        """Read everything and return what is wrong, in words."""
        return copies.verify(self.store, progress)

    def backup(self, folder: Path, progress: Progress = no_progress) -> Path:
        """Make a checked copy below a folder while recording goes on; return where it is."""
        return self._keep(lambda store: copies.back_up(store, folder, progress))

    @staticmethod
    def restore(backup: Path, folder: Path, progress: Progress = no_progress) -> Path | None:
        """Put a backup in the place of a history that nobody has open; return where the old one was moved."""
        return copies.restore(backup, folder, progress)

    # ── reading, on the pool ──────────────────────────────────────────────────────────────────────────────────────

    async def _read_tag(self, tag: int, request: ReadHistory) -> PenData:
        asked = _Query(self)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, asked.run, tag, request)
        except asyncio.CancelledError:
            asked.interrupt()
            raise

    # ── keeping house, on the keeper and on workers that were asked to ────────────────────────────────────────────

    def _keep(self, work: Callable[[Store], T]) -> T:
        store = self.store
        with self._keeping:
            try:
                return work(store)
            except duckdb.Error as error:
                raise StorageError(f"The history could not do this: {reason_of(error)}") from error

    def _keep_on(self) -> None:
        told: Catalogue | None = None
        while not self._recorder.is_ending.wait(KEEPING_S):
            store = self._recorder.store
            if store is None:
                continue
            try:
                with self._keeping:
                    catalogue = self._catalogue
                    if catalogue is not None and catalogue is not told:
                        store.put_tags(_facts_of(catalogue))
                        told = catalogue
                    store.mark_time()
                    store.tend(_now_us(), self._stop_when_ending)
            except _EndingError:
                return
            except (duckdb.Error, OSError, StorageError) as error:
                self._say_keeping(reason_of(error))
            except Exception as error:  # noqa: BLE001  # failure wall: recording and reading go on without it
                _log.exception("history keeper failed")
                self._say_keeping(str(error))
            else:
                self._keeping_note = ""

    def _stop_when_ending(self, _done: int, _total: int) -> None:
        if self._recorder.is_ending.is_set():
            raise _EndingError

    def _say_keeping(self, reason: str) -> None:
        if not self._keeping_note:
            _log.error("history not tidied", reason=reason)
        self._keeping_note = f"Finished days cannot be closed: {reason}. Recording goes on."


class _Query:
    """One query of one tag, which another thread may interrupt."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._is_unwanted = False

    def run(self, tag: int, request: ReadHistory) -> PenData:
        with self._history.store.reading() as (cursor, picture):
            self._cursor = cursor
            if self._is_unwanted:
                raise asyncio.CancelledError
            try:
                return query.read(cursor, picture, tag, request.start_us, request.end_us, max(1, request.pixels))
            finally:
                self._cursor = None

    def interrupt(self) -> None:
        self._is_unwanted = True
        cursor = self._cursor
        if cursor is not None:
            cursor.interrupt()


def _facts_of(catalogue: Catalogue) -> tuple[TagFacts, ...]:
    stations = catalogue.station_by_id
    return tuple(
        TagFacts(
            tag.index,
            str(tag.id),
            stations[tag.station_id].name,
            tag.name,
            tag.unit,
            tag.kind,
            tag.revision.rollover,
        )
        for tag in catalogue.tags
    )


def _now_us() -> int:
    return time.time_ns() // 1000
