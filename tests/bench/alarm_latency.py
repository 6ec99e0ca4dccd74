"""From a value that crosses its limit to the banner that has been painted, one alarm at a time."""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from hmi.app.garbage import GARBAGE
from tests.bench.result import Result
from tests.support.big_plant import big_plant

TAGS = 2000
BACKGROUND = 100


def run(*, quick: bool) -> dict[str, object]:
    """Measure with a quiet plant, and while 2,000 values a second come."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    gc.set_threshold(*GARBAGE)
    result = Result("alarm_latency")
    times = 30 if quick else 150
    for name, has_load in (("quiet", False), ("2,000 values/s", True)):
        with tempfile.TemporaryDirectory() as folder:
            taken = _measure(app, Path(folder), times, has_load=has_load)
        result.figure(f"{name}: value to painted banner, median", statistics.median(taken), "ms")
        result.at_most(f"{name}: value to painted banner, p95", sorted(taken)[int(len(taken) * 0.95)], 200, "ms")
    return result.as_dict()


def _measure(app: object, folder: Path, times: int, *, has_load: bool) -> list[float]:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QApplication

    from hmi.panes.alarm_banner.view import AlarmBannerView, _AlarmLine
    from tests.support.alarm_window import alarm_window

    assert isinstance(app, QApplication)
    taken: list[float] = []
    painted: list[tuple[int, float]] = []
    real = _AlarmLine._paint

    def paint(line: _AlarmLine, painter: QPainter) -> None:
        real(line, painter)
        if line._row is not None:
            painted.append((line._row.tag, time.perf_counter()))

    _AlarmLine._paint = paint  # type: ignore[method-assign,assignment]  # to hear of each painting
    try:
        with alarm_window(app, folder, big_plant(TAGS)) as (io, _, _pane):
            assert AlarmBannerView is not None
            load = np.arange(TAGS - BACKGROUND, TAGS)
            for number in range(times):
                begun = time.perf_counter()
                next_load = begun
                tag = (number * 4) % (TAGS - BACKGROUND)  # of the most urgent priority: it stands in the first line
                painted.clear()
                io.soon(partial(io.feed, np.array([tag]), 12.0, time.time_ns() // 1000))
                while not any(each == tag for each, _ in painted):
                    app.processEvents()
                    if has_load and time.perf_counter() >= next_load:
                        io.soon(partial(io.feed, load, 5.0, time.time_ns() // 1000))
                        next_load += BACKGROUND / 2000
                    if time.perf_counter() - begun > 10:
                        raise TimeoutError("the banner did not show it")
                taken.append((next(at for each, at in painted if each == tag) - begun) * 1000)
                end = time.perf_counter() + 0.03
                while time.perf_counter() < end:
                    app.processEvents()
    finally:
        _AlarmLine._paint = real  # type: ignore[method-assign]
    return taken
