"""Recording: a bounded ring in front of the one thread that writes.

Promise: a sample waits at most FLUSH_S for its commit; what is committed survives a crash. When the disk refuses, the
ring holds and the oldest go only when it is full, counted, and the history says later of which time they were. Nothing
here ever makes the I/O thread wait.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import structlog

from drivers.api import Batch
from hmi.storage.errors import StorageError, reason_of
from hmi.storage.history.imports import remove_unfinished
from hmi.storage.history.records import Gap
from hmi.storage.history.store import Store

FLUSH_S: Final = 0.5
FLUSH_ROWS: Final = 10_000
RING_ROWS: Final = 2_000_000
RETRY_S: Final = 2.0
REOPEN_S: Final = 5.0
REFUSED: Final = "The disk refuses the history"
NOT_RECORDED: Final = "Nothing is being recorded"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WriterFigures:
    """How the writer does. note: what the operator should know, or empty."""

    stored: int = 0
    dropped: int = 0
    waiting: int = 0
    flush_ms: float = 0.0
    note: str = ""


class Recorder:
    """Opens the history and writes to it; one that cannot be opened is tried again while the ring holds."""

    def __init__(self, folder: Path) -> None:
        self.store: Store | None = None
        self.has_tried = threading.Event()
        """Set once it was opened, or could not be the first time."""
        self.is_ending = threading.Event()
        self._folder = folder
        self._ring: deque[Batch] = deque()
        self._waiting = 0
        self._wake = threading.Condition()
        self._figures = WriterFigures()
        self._lost: Gap | None = None
        self._thread = threading.Thread(target=self._write_on, name="history writer", daemon=True)

    def start(self) -> None:
        """Start the thread; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits and end the thread; the history stays open. Blocks."""
        self.is_ending.set()
        with self._wake:
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def append(self, batch: Batch) -> None:
        """Put a batch into the ring; from any thread, never waits."""
        if not len(batch):
            return
        with self._wake:
            self._ring.append(batch)
            self._waiting += len(batch)
            while self._waiting > RING_ROWS and len(self._ring) > 1:
                oldest = self._ring.popleft()
                self._waiting -= len(oldest)
                self._lose(oldest)
            if self._waiting >= FLUSH_ROWS:
                self._wake.notify_all()

    def figures(self) -> WriterFigures:
        """Return how the writer does."""
        with self._wake:
            return replace(self._figures, waiting=self._waiting)

    # ── on the thread ─────────────────────────────────────────────────────────────────────────────────────────────

    def _write_on(self) -> None:
        try:
            self._open()
        finally:
            self.has_tried.set()
        while True:
            batches = self._take()
            if batches is None:
                return
            if batches:
                self._write(Batch.concatenate(batches))

    def _open(self) -> None:
        try:
            store = Store(self._folder)
            remove_unfinished(store)
        except (StorageError, duckdb.Error, OSError) as error:
            note = f"{NOT_RECORDED}: {error}"
            if self._figures.note != note:
                _log.error("history not recorded", reason=str(error))
            self._note(note)
            return
        self._note(store.note)
        self.store = store

    def _note(self, note: str) -> None:
        with self._wake:
            self._figures = replace(self._figures, note=note)

    def _take(self) -> list[Batch] | None:
        """Wait for a flush to be due and return what to write; None when all is written and it is time to end."""
        with self._wake:
            if not self.is_ending.is_set() and self._waiting < FLUSH_ROWS:
                self._wake.wait(FLUSH_S)
            if self.is_ending.is_set() and not self._ring:
                return None
            batches = list(self._ring)
            self._ring.clear()
            self._waiting = 0
            return batches

    def _write(self, batch: Batch) -> None:
        started, store = time.perf_counter(), self.store
        if store is None:
            self._put_back(batch, "", REOPEN_S)
            self._open()
            return
        try:
            store.write(batch)
        except duckdb.FatalException as error:
            self._refused(batch, reason_of(error))
            self._reopen(store)
            return
        except duckdb.Error as error:
            self._refused(batch, reason_of(error))
            return
        except Exception:  # noqa: BLE001  # failure wall: a batch that cannot be written must not end the recording
            _log.exception("samples not understood", rows=len(batch))
            with self._wake:
                self._lose(batch)
            return
        with self._wake:
            self._figures = replace(
                self._figures,
                stored=self._figures.stored + len(batch),
                flush_ms=(time.perf_counter() - started) * 1000,
                note="" if self._figures.note.startswith(REFUSED) else self._figures.note,
            )
        self._note_loss(store)

    def _refused(self, batch: Batch, reason: str) -> None:
        if not self._figures.note.startswith(REFUSED):
            _log.error("history refused a write", reason=reason, rows=len(batch))
        self._put_back(batch, f"{REFUSED}: {reason}. Values wait in memory.", RETRY_S)

    def _reopen(self, store: Store) -> None:
        """Open anew what DuckDB has given up: after an error that it calls fatal it refuses everything."""
        self.store = None
        store.close()
        self._open()

    def _put_back(self, batch: Batch, note: str, wait_s: float) -> None:
        with self._wake:
            if note:
                self._figures = replace(self._figures, note=note)
            if self.is_ending.is_set():
                _log.error("samples lost at the end", rows=len(batch))
                self._ring.clear()
                return
            # In slices, so that a ring which overflows loses its oldest rows and not all that waits at once.
            starts = range(0, len(batch), FLUSH_ROWS)
            parts = [batch.select(np.arange(start, min(start + FLUSH_ROWS, len(batch)))) for start in starts]
            self._ring.extendleft(reversed(parts))
            self._waiting += len(batch)
        self.is_ending.wait(wait_s)

    def _lose(self, batch: Batch) -> None:
        """Count rows that are given up and remember of which time they were; under the lock."""
        self._figures = replace(self._figures, dropped=self._figures.dropped + len(batch))
        first, last, rows = int(batch.source_us.min()), int(batch.source_us.max()), len(batch)
        if self._lost is not None:
            first, last, rows = min(first, self._lost.from_us), max(last, self._lost.to_us), rows + self._lost.rows
        self._lost = Gap(first, last, rows, "the disk refused for longer than memory could hold")

    def _note_loss(self, store: Store) -> None:
        """Leave a gap row for what the ring lost; one that cannot be written is tried with the next batch."""
        with self._wake:
            lost = self._lost
        if lost is None:
            return
        try:
            store.note_gap(lost)
        except duckdb.Error:
            return
        with self._wake:
            self._lost = None
