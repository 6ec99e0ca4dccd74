"""One frame of the trend with eight pens: readings to pixels, ours against pyqtgraph's plain items in the same run.

Run from the repository: python -m tests.bench.trend_frame [--quick]
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from uuid import UUID, uuid5

import numpy as np

from drivers.api import Quality
from hmi.domain.tags import Tag, TagKind, TagRevision
from hmi.panes.trend.history.series import Coverage
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow
from hmi.services.port import PenData

PENS = 8
WIDTH_PX, HEIGHT_PX = 1400, 600
SPAN_US = 3600 * SECOND_US
START_US = 1_760_000_000 * SECOND_US
TARGETS_MS = {100_000: 25.0, 1_000_000: 40.0}
_SPACE = UUID("0b3df0fc-52b0-4b0e-8a3c-54c7e8f0a9d1")

Figures = dict[str, dict[str, object]]


def run(quick: bool) -> dict[str, object]:
    """Measure a live frame at 8 × 100,000 and, unless quick, 8 × 1,000,000 readings; medians in ms."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    figures: Figures = {}
    targets: Figures = {}
    for rows in (100_000,) if quick else (100_000, 1_000_000):
        label = f"8x{rows // 1000}k"
        curves = _curves(rows)
        frames = 5 if quick or rows > 100_000 else 15
        ours_ms, emphasised_ms = (_median_ms(app, frames, _ours(app, curves, emphasised)) for emphasised in (None, 1))
        plain_ms = _median_ms(app, 3, _plain(app, curves))
        figures[f"{label}_frame"] = {"value": round(ours_ms, 1), "unit": "ms"}
        figures[f"{label}_frame_one_emphasised"] = {"value": round(emphasised_ms, 1), "unit": "ms"}
        figures[f"{label}_plain_items"] = {"value": round(plain_ms, 1), "unit": "ms"}
        target = TARGETS_MS[rows]
        targets[f"{label}_frame"] = {"value": round(ours_ms, 1), "target": target, "met": ours_ms <= target}
    return {"name": "trend_frame", "figures": figures, "targets": targets}


def _curves(rows: int) -> list[tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng(3)
    times = START_US + np.linspace(0, SPAN_US, rows).astype(np.int64)
    return [(times, np.cumsum(random.normal(size=rows)) + 0.5 * random.normal(size=rows)) for _ in range(PENS)]


def _pen(number: int, times: np.ndarray, values: np.ndarray) -> Pen:
    revision = TagRevision(0, f"Tag {number}", "", unit=("m", "bar", "A", "m³/h")[number % 4], low=-300, high=300)
    key = uuid5(_SPACE, str(number))
    pen = Pen(number, Tag(key, number, key, key, key, "k", TagKind.ANALOG, "level", revision))
    asked = Coverage(START_US, START_US + 2 * SPAN_US, 1.0)
    pen.series.take_history(PenData.of_readings(number, times, values, float("nan")), asked)
    return pen


def _ours(app: object, curves: list[tuple[np.ndarray, np.ndarray]], emphasised: int | None) -> Callable[[int], None]:
    from PySide6.QtWidgets import QApplication

    from hmi.panes.trend.chart.chart import Chart
    from hmi.panes.trend.drawing.picture import Painter, Wishes
    from hmi.ui.theme import Theme

    assert isinstance(app, QApplication)
    chart = Chart(Theme(app))
    chart.resize(WIDTH_PX, HEIGHT_PX)
    chart.show()
    painter = Painter()
    pens = [_pen(number + 1, *curve) for number, curve in enumerate(curves)]

    def frame(number: int) -> None:
        """A new reading a pen, the window moved on, everything decimated and painted anew."""
        now_us = START_US + SPAN_US + (number + 1) * SECOND_US // 2
        for pen in pens:
            pen.series.take_live(float(number % 7), Quality.GOOD, now_us, now_us)
        window = TimeWindow(now_us, SPAN_US)
        chart.show_picture(painter.paint(pens, window, now_us, (chart.columns, chart.rows), Wishes(emphasised)))
        chart.viewport().repaint()

    return frame


def _plain(app: object, curves: list[tuple[np.ndarray, np.ndarray]]) -> Callable[[int], None]:
    import pyqtgraph as pg

    widget = pg.PlotWidget()
    widget.resize(WIDTH_PX, HEIGHT_PX)
    items = [widget.plot(pen=pg.intColor(number)) for number in range(PENS)]
    widget.show()
    seconds = curves[0][0] / 1e6

    def frame(number: int) -> None:
        for item, (_, values) in zip(items, curves, strict=True):
            item.setData(seconds, values + number)
        widget.viewport().repaint()

    return frame


def _median_ms(app: object, frames: int, frame: Callable[[int], None]) -> float:
    from PySide6.QtWidgets import QApplication

    taken = []
    for number in range(frames + 2):
        QApplication.processEvents()
        started = time.perf_counter()
        frame(number)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken[2:])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run("--quick" in sys.argv), indent=2) + "\n")
