"""The history: a bounded ring in front of the one thread that writes, and a small pool that reads.

Promise: a sample waits at most FLUSH_S for its commit; what is committed survives a crash. When the disk refuses, the
ring holds and the oldest go only when it is full, counted. Nothing here ever makes the I/O thread wait.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import structlog

from drivers.api import Batch
from hmi.services.port import PenData, ReadHistory
from hmi.storage.errors import DamagedError, StorageError
from hmi.storage.history import live_file, samples

FLUSH_S: Final = 0.5
FLUSH_ROWS: Final = 10_000
RING_ROWS: Final = 2_000_000
RETRY_S: Final = 2.0
LATEST_WINDOW_US: Final = 7 * 86_400 * 1_000_000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WriterFigures:
    """How the writer does. note: what the operator should know, or empty."""

    stored: int = 0
    dropped: int = 0
    waiting: int = 0
    flush_ms: float = 0.0
    note: str = ""


class History:
    """Opens, writes and reads the history of a profile; a history that cannot be used never stops the program."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / live_file.FILE_NAME
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._ring: deque[Batch] = deque()
        self._waiting = 0
        self._wake = threading.Condition()
        self._is_ending = False
        self._figures = WriterFigures()
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="query")
        self._writer = threading.Thread(target=self._write_on, name="history writer", daemon=True)
        self._ready = threading.Event()
        self._retry = threading.Event()

    def start(self) -> None:
        """Start the writer, which opens the file; returns at once."""
        self._writer.start()

    def append(self, batch: Batch) -> None:
        """Hand a batch to the writer; called on the I/O thread, never waits."""
        with self._wake:
            self._ring.append(batch)
            self._waiting += len(batch)
            while self._waiting > RING_ROWS and len(self._ring) > 1:
                gone = len(self._ring.popleft())
                self._waiting -= gone
                self._figures = replace(self._figures, dropped=self._figures.dropped + gone)
            if self._waiting >= FLUSH_ROWS:
                self._wake.notify()

    def figures(self) -> WriterFigures:
        """Return how the writer does."""
        with self._wake:
            return replace(self._figures, waiting=self._waiting)

    async def read(self, request: ReadHistory) -> tuple[PenData, ...]:
        """Return each tag's history; one query a tag, so that each prunes by its tag."""
        loop = asyncio.get_running_loop()
        return tuple(
            await asyncio.gather(
                *(loop.run_in_executor(self._readers, self._read_one, tag, request) for tag in request.tags)
            )
        )

    async def latest(self, before_us: int) -> Batch:
        """Return the last reading of every tag in the week before a time; see samples.latest for its quality."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._latest, before_us)

    def stop(self) -> None:
        """Write what waits, close the file, end the threads. Blocks."""
        self._retry.set()
        with self._wake:
            self._is_ending = True
            self._wake.notify()
        if self._writer.is_alive():
            self._writer.join()
        self._readers.shutdown(wait=True, cancel_futures=True)
        if self._connection is not None:
            self._connection.close()

    # ── reading, on the pool ──────────────────────────────────────────────────────────────────────────────────────

    def _read_one(self, tag: int, request: ReadHistory) -> PenData:
        with self._cursor() as cursor:
            found = samples.read(cursor, tag, request.start_us, request.end_us, max(1, request.pixels))
        if found.is_raw:
            return PenData.of_readings(tag, found.time_us, found.last, found.before)
        count = np.ones(len(found.last), np.int64)
        return PenData(
            tag,
            found.time_us,
            found.low,
            found.high,
            (found.low + found.high) / 2,
            found.last,
            found.last,
            count,
            0 * count,
            found.before,
            is_raw=False,
        )

    def _latest(self, before_us: int) -> Batch:
        with self._cursor() as cursor:
            return samples.latest(cursor, before_us - LATEST_WINDOW_US, before_us)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        self._ready.wait()
        if self._connection is None:
            raise StorageError(self._figures.note)
        return self._connection.cursor()

    # ── writing, on the writer ────────────────────────────────────────────────────────────────────────────────────

    def _write_on(self) -> None:
        try:
            seq = self._open()
        finally:
            self._ready.set()
        while True:
            batches = self._take()
            if batches is None:
                return
            if batches:
                seq = self._write(Batch.concatenate(batches), seq)

    def _open(self) -> int:
        """Open the file and return the next number; one that is damaged is set aside and a new one begun."""
        try:
            try:
                return self._open_once()
            except (DamagedError, duckdb.Error) as error:
                aside = live_file.quarantine(self._path)
                _log.error("history set aside", file=aside.name, reason=str(error))
                self._note(f"The history was damaged and set aside as {aside.name}; a new one begins now.")
                return self._open_once()
        except (StorageError, duckdb.Error, OSError) as error:
            _log.error("history not recorded", reason=str(error))
            self._note(f"Nothing is being recorded: {error}")
            return 1

    def _open_once(self) -> int:
        connection = live_file.open_file(self._path)
        try:
            seq = samples.next_seq(connection)
        except duckdb.Error:
            connection.close()
            raise
        self._connection = connection
        return seq

    def _note(self, note: str) -> None:
        with self._wake:
            self._figures = replace(self._figures, note=note)

    def _take(self) -> list[Batch] | None:
        """Wait for a flush to be due and return what to write; None when all is written and it is time to end."""
        with self._wake:
            if not self._is_ending and self._waiting < FLUSH_ROWS:
                self._wake.wait(FLUSH_S)
            if self._is_ending and not self._ring:
                return None
            batches = list(self._ring)
            self._ring.clear()
            self._waiting = 0
            return batches

    def _write(self, batch: Batch, seq: int) -> int:
        started = time.perf_counter()
        if self._connection is None:
            self._drop(batch)
            return seq
        try:
            seq = samples.insert(self._connection, batch, seq)
        except duckdb.Error as error:
            self._put_back(batch, str(error).splitlines()[0])
            return seq
        except Exception:  # noqa: BLE001  # failure wall: a batch that cannot be written must not end the recording
            _log.exception("samples not understood", rows=len(batch))
            self._drop(batch)
            return seq
        with self._wake:
            self._figures = replace(
                self._figures,
                stored=self._figures.stored + len(batch),
                flush_ms=(time.perf_counter() - started) * 1000,
                note="" if self._figures.note.startswith(REFUSED) else self._figures.note,
            )
        return seq

    def _drop(self, batch: Batch) -> None:
        with self._wake:
            self._figures = replace(self._figures, dropped=self._figures.dropped + len(batch))

    def _put_back(self, batch: Batch, reason: str) -> None:
        with self._wake:
            if not self._figures.note.startswith(REFUSED):
                _log.error("history refused a write", reason=reason, rows=len(batch))
            self._figures = replace(self._figures, note=f"{REFUSED}: {reason}. Values wait in memory.")
            if self._is_ending:
                _log.error("samples lost at the end", rows=len(batch))
                self._ring.clear()
                return
            # In slices, so that a ring which overflows loses its oldest rows and not all that waits at once.
            starts = range(0, len(batch), FLUSH_ROWS)
            parts = [batch.select(np.arange(start, min(start + FLUSH_ROWS, len(batch)))) for start in starts]
            self._ring.extendleft(reversed(parts))
            self._waiting += len(batch)
        self._retry.wait(RETRY_S)


REFUSED: Final = "The disk refuses the history"
