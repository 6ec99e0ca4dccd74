"""How fast readings are written and at what cost: ours, SQLite and embedded ClickHouse on the same plant data.

Then what the window feels of it: Qt ticks while 10,000 rows/s are written, a day is sealed and eight pens are read.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil

from drivers.api import Batch
from hmi.services.history import History
from hmi.services.port import ReadHistory
from hmi.services.recording import FLUSH_ROWS
from hmi.storage.history.records import DAY_US, SECOND_US
from tests.bench.result import Result
from tests.support.peers_of_history import ROWS_A_DAY, Ours, arriving, peers
from tests.support.readings import T0

RATE = 10_000
BURST = 50_000
TICK_S = 0.016


def run(*, quick: bool) -> dict[str, object]:
    """Write three days (a tenth when quick) to each peer, then measure the steady state of ours."""
    result = Result("history_ingest")
    _steady(result, RATE, 10 if quick else 60)  # before the peers, which share this process and its memory
    _steady(result, BURST, 5 if quick else 60)
    _commits(result, quick=quick)
    _ticks(result, 10 if quick else 40)
    for name, rate in _bulk(quick=quick).items():
        if name == "ours":
            result.at_least(f"bulk_{name}", rate, 300_000, "rows/s")
        else:
            result.figure(f"bulk_{name}", rate, "rows/s")
    return result.as_dict()


def _bulk(*, quick: bool) -> dict[str, float]:
    """Return rows a second in batches of 100,000 and more, sealing or merging included."""
    found = {}
    for name, make in peers().items():
        with tempfile.TemporaryDirectory() as folder:
            peer = make(Path(folder))
            rows, started = 0, time.perf_counter()
            for hour, batch in enumerate(arriving(1 if quick else 3)):
                peer.write(batch)
                rows += len(batch)
                if quick and name == "sqlite" and hour >= 5:
                    break  # its rate only falls from here on
            peer.settle()
            found[name] = rows / (time.perf_counter() - started)
            peer.close()
    return found


def _commits(result: Result, *, quick: bool) -> None:
    """Measure commits of FLUSH_ROWS rows, checkpoints of the file among them."""
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(Path(folder))
        taken = []
        for batch in arriving(1):
            for start in range(0, len(batch), FLUSH_ROWS):
                part = batch.select(np.arange(start, min(start + FLUSH_ROWS, len(batch))))
                started = time.perf_counter()
                ours.write(part)
                taken.append((time.perf_counter() - started) * 1000)
            if quick and len(taken) > 150:
                break
        ours.close()
    result.figure("commit_p50", float(np.percentile(taken, 50)), "ms")
    result.at_most("commit_p99", float(np.percentile(taken, 99)), 100, "ms")


def _steady(result: Result, rate: int, seconds: int) -> None:
    """Measure what so many rows a second cost this process, through ring and writer."""
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder))
        history.start()
        process = psutil.Process()
        before, started = process.cpu_times(), time.perf_counter()
        for number in range(seconds * 10):
            history.append(_tenth(rate, number))
            time.sleep(max(0.0, started + (number + 1) / 10 - time.perf_counter()))
        after, elapsed = process.cpu_times(), time.perf_counter() - started
        history.stop()
        figures = history.figures()
    share = 100 * (after.user - before.user + after.system - before.system) / elapsed
    if rate == RATE:
        result.at_most(f"share_of_a_core_at_{rate}", share, 15, "%")
    else:
        result.figure(f"share_of_a_core_at_{rate}", share, "%")
    result.at_most(f"lost_at_{rate}", rate // 10 * seconds * 10 - figures.stored, 0, "rows")
    result.at_most(f"resident_at_{rate}", process.memory_info().rss / 1e6, 400, "MB")


def _tenth(rate: int, number: int) -> Batch:
    rows = rate // 10
    now_us = T0 + 20 * DAY_US + number * SECOND_US // 10
    return Batch.of(np.arange(rows) % 2000, np.random.default_rng(number).normal(size=rows), now_us + np.arange(rows))


def _ticks(result: Result, seconds: int) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder))
        history.start()
        for batch in arriving(1):
            history.store.write(batch)
        work = _Work(history, seconds)
        with work.going_on():
            late = _lateness_ms(seconds)
        history.stop()
    if not work.sealed:
        raise AssertionError("no day was sealed meanwhile: not what the name says")
    result.figure("ui_tick_late_p50", float(np.percentile(late, 50)), "ms")
    result.at_most("ui_tick_late_p99", float(np.percentile(late, 99)), 20, "ms")
    result.figure("rows_of_the_sealed_day", ROWS_A_DAY, "rows")


def _lateness_ms(seconds: int) -> list[float]:
    """Return how late each tick of a Qt timer came on this thread."""
    from PySide6.QtCore import QCoreApplication, QTimer

    app = QCoreApplication.instance() or QCoreApplication([])
    late, due = list[float](), [time.perf_counter() + TICK_S]

    def tick() -> None:
        now = time.perf_counter()
        late.append((now - due[0]) * 1000)
        due[0] = now + TICK_S

    timer = QTimer()
    timer.setInterval(round(TICK_S * 1000))
    timer.timeout.connect(tick)
    timer.start()
    QTimer.singleShot(seconds * 1000, app.quit)
    app.exec()
    timer.stop()
    return late


class _Work:
    """What the history does meanwhile, each on a thread of its own."""

    def __init__(self, history: History, seconds: int) -> None:
        self._history = history
        self._seconds = seconds
        self._is_over = threading.Event()
        self.sealed = 0

    @contextmanager
    def going_on(self) -> Iterator[None]:
        threads = [threading.Thread(target=each) for each in (self._write, self._seal, self._look)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def _write(self) -> None:
        for number in range(self._seconds * 10):
            self._history.append(_tenth(RATE, number))
            if self._is_over.wait(0.1):
                return

    def _seal(self) -> None:
        self.sealed = self._history.seal()

    def _look(self) -> None:
        async def look() -> None:
            while not self._is_over.is_set():
                await self._history.read(ReadHistory(tuple(range(8)), T0, T0 + DAY_US, 2000))

        asyncio.run(look())
