"""Ten million readings exported from a real history, in each format: rows, MB/s, and how much memory grew meanwhile.

They are sealed first, as all readings but those of the last hours are. Reading unsorted ones fills the historian's
buffers on top, which its own bound of 256 MB holds.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from drivers.api import Batch
from hmi.services.exporting import write_out
from hmi.services.history import History
from hmi.services.port import StartExport
from hmi.storage.exchange.sheet import ExportFormat
from tests.bench.result import Result
from tests.support.plants import CATALOGUE, LEVEL
from tests.support.waiting import until

ROWS, QUICK_ROWS = 10_000_000, 500_000
XLSX_SHARE = 10
"""A spreadsheet takes a share of the rows: a row costs twenty times that of CSV."""
CHUNK = 500_000
BEGIN_US = 1_767_268_800_000_000
STEP_US = 1_000_000
GROWTH_MB = 200
LOOK_S = 0.02


def run(*, quick: bool) -> dict[str, object]:
    """Fill a history, then export it in each format."""
    result = Result("history_export")
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "history").mkdir()
        history = History(folder / "history")
        history.start()
        asyncio.run(_fill(history, rows))
        history.seal()
        # The first export loads libraries and fills caches, which is no growth with the rows.
        _export(history, folder, ExportFormat.CSV, rows // 100)
        for form in ExportFormat:
            wanted = rows // XLSX_SHARE if form is ExportFormat.XLSX else rows
            _measure(result, history, folder, form, wanted)
        history.stop()
    return result.as_dict()


async def _fill(history: History, rows: int) -> None:
    values = np.random.default_rng(7).normal(3, 0.4, CHUNK).round(3)
    for start in range(0, rows, CHUNK):
        times = BEGIN_US + (start + np.arange(CHUNK)) * STEP_US
        history.append_all(Batch.of(np.full(CHUNK, LEVEL), values, times))
        stored = start + CHUNK
        await until(lambda stored=stored: history.figures().stored >= stored, 60)  # type: ignore[misc]  # bound now


def _export(history: History, folder: Path, form: ExportFormat, rows: int) -> tuple[int, float]:
    """Export and return bytes and seconds."""
    path = folder / f"out.{form}"
    order = StartExport((LEVEL,), BEGIN_US, BEGIN_US + rows * STEP_US, path, form, zone="Europe/Madrid")
    started = time.perf_counter()
    said = write_out(history, replace(CATALOGUE), order, lambda _done, _total: None)
    seconds = time.perf_counter() - started
    if not said.startswith(f"{rows:,} rows"):
        raise AssertionError(said)
    size = path.stat().st_size
    path.unlink()
    return size, seconds


def _measure(result: Result, history: History, folder: Path, form: ExportFormat, rows: int) -> None:
    with peak_growth() as growth:
        size, seconds = _export(history, folder, form, rows)
    result.figure(f"{form}, rows", rows, "")
    result.figure(f"{form}, rows a second", rows / seconds, "1/s")
    result.figure(f"{form}, written", size / 1e6 / seconds, "MB/s")
    result.at_most(f"{form}, memory grew by", growth[0], GROWTH_MB, "MB")


@contextmanager
def peak_growth() -> Iterator[list[float]]:
    """Watch this process's memory; the list holds by how many MB it grew at most when the block has ended."""
    process, is_over, found = psutil.Process(), threading.Event(), [0.0]
    before = process.memory_info().rss

    def watch() -> None:
        while not is_over.wait(LOOK_S):
            found[0] = max(found[0], (process.memory_info().rss - before) / 1e6)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield found
    finally:
        is_over.set()
        watching.join()
