"""Ten thousand alarms in one second into a window with a selection: when all are shown, and how long the GUI stalls."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from hmi.app.garbage import GARBAGE
from tests.bench.result import Result
from tests.support.big_plant import big_plant

ALARMS = 10_000
PIECES = 20
SETTLE_S = 2.0


def run(*, quick: bool) -> dict[str, object]:
    """Measure a flood that comes in twenty batches within a second, and one that comes at once."""
    del quick  # a second is short enough
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    gc.set_threshold(*GARBAGE)
    result = Result("alarm_flood")
    for name, pieces in (("in a second", PIECES), ("at once", 1)):
        with tempfile.TemporaryDirectory() as folder:
            _flood(result, app, Path(folder), name, pieces)
    return result.as_dict()


def _flood(result: Result, app: object, folder: Path, name: str, pieces: int) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from hmi.panes.alarms.listing import ListKind
    from tests.support.alarm_window import alarm_window

    assert isinstance(app, QApplication)
    with alarm_window(app, folder, big_plant(ALARMS + 3)) as (io, _, pane):
        page = pane.lists[ListKind.ACTIVE]
        rows = page.table.model()
        first = np.arange(ALARMS, ALARMS + 3)
        io.soon(partial(io.feed, first, 12.0, time.time_ns() // 1000))
        _until(app, lambda: rows.rowCount() == 3)
        page.table.selectRow(1)
        held = [rows.index(number, 3).data() for number in range(3)]
        stalls = _Stalls()
        timer = QTimer()
        timer.setInterval(5)
        timer.timeout.connect(stalls.beat)
        timer.start()
        _until(app, lambda: stalls.count > 40)
        stalls.reset()
        started = time.perf_counter()
        for number, part in enumerate(np.array_split(np.arange(ALARMS), pieces)):
            while time.perf_counter() < started + number * (1.0 / pieces):
                app.processEvents()
            io.soon(partial(io.feed, part, 12.0, time.time_ns() // 1000))
            last_sent = time.perf_counter()
        _until(app, lambda: rows.rowCount() == ALARMS + 3)
        shown = time.perf_counter() - last_sent
        _run_for(app, SETTLE_S)
        timer.stop()
        is_kept = held == [rows.index(number, 3).data() for number in range(3)]
        result.at_most(f"10,000 {name}: all shown after the last", shown, 1.0, "s")
        result.at_most(f"10,000 {name}: longest stall of the GUI", stalls.longest_ms, 50, "ms")
        result.figure(f"10,000 {name}: stalls over 50 ms", stalls.over, "")
        result.at_least(f"10,000 {name}: rows kept their places", float(is_kept), 1.0, "")


class _Stalls:
    """How long nothing was painted or answered, by a timer of 5 ms."""

    def __init__(self) -> None:
        self.reset()
        self.count = 0

    def reset(self) -> None:
        self._last = time.perf_counter()
        self.longest_ms = 0.0
        self.over = 0

    def beat(self) -> None:
        now = time.perf_counter()
        late_ms = (now - self._last) * 1000 - 5
        self._last = now
        self.count += 1
        self.longest_ms = max(self.longest_ms, late_ms)
        self.over += late_ms > 50


def _until(app: object, condition: Callable[[], bool], within_s: float = 60.0) -> None:
    from PySide6.QtWidgets import QApplication

    assert isinstance(app, QApplication)
    end = time.perf_counter() + within_s
    while not condition():
        app.processEvents()
        if time.perf_counter() > end:
            raise TimeoutError("it did not come")


def _run_for(app: object, seconds: float) -> None:
    end = time.perf_counter() + seconds
    _until(app, lambda: time.perf_counter() >= end)
