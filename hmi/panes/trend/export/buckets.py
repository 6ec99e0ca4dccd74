"""What is in sight for a file: every reading where there are few, else low, mean and high of equal stretches of time.

A chart's own answer is as wide as its pixels; a file asks anew, ten thousand stretches at most, of a round width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hmi.panes.trend.history.series import Coverage
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.ticks import local
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow
from hmi.panes.trend.value_rows import ValueRows, value_rows
from hmi.services.port import PenData, Port, ReadHistory
from hmi.ui.points import Float64, Int64

MOST_BUCKETS: Final = 10_000
_SECONDS: Final = (1, 2, 5, 10, 15, 30)
_MINUTES: Final = (60, 120, 300, 600, 900, 1800)
_HOURS: Final = (3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800)
WIDTHS_US: Final = (
    *(each * 1000 for each in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(each * SECOND_US for each in (*_SECONDS, *_MINUTES, *_HOURS)),
)


@dataclass(frozen=True, slots=True, eq=False)
class BucketRows:
    """Stretches of time of one width. begin_us: int64, ascending, of the present window, also for an earlier period.

    low, mean, high, last: float64, row × pen, in the tag's unit; NaN where there is no reading that can be trusted.
    """

    pens: tuple[Pen, ...]
    width_us: int
    begin_us: Int64
    low: Float64
    mean: Float64
    high: Float64
    last: Float64

    def __len__(self) -> int:
        return len(self.begin_us)


async def file_rows(port: Port, pens: Sequence[Pen], window: TimeWindow, now_us: int) -> ValueRows | BucketRows:
    """Ask for what the pens were in a window. now_us: the clock, UTC µs. Raises RefusedError."""
    drawn = [pen for pen in pens if pen.is_drawn]
    grid, width_us = _grid(window, now_us)
    answers: list[PenData] = []
    for pen in drawn:
        source = pen.source(grid)
        pixels = max(1, round(source.span_us / width_us))
        request = ReadHistory((pen.tag.index,), source.start_us, source.end_us, pixels)
        answers += await port.request(request)
    if all(answer.is_raw for answer in answers):
        return value_rows([_copy(pen, each, grid) for pen, each in zip(drawn, answers, strict=True)], window, now_us)
    for pen, answer in zip(drawn, answers, strict=True):
        width_us = max(width_us, _width_of(answer, pen.source(grid).start_us, width_us))
    return bucket_rows(drawn, answers, grid, width_us)


def bucket_rows(pens: Sequence[Pen], answers: Sequence[PenData], grid: TimeWindow, width_us: int) -> BucketRows:
    """Return answers, one a pen, added up to stretches of a width, the first of which begins with the window."""
    cells = [_cells(pen, answer, grid, width_us) for pen, answer in zip(pens, answers, strict=True)]
    numbers = np.unique(np.concatenate([number for number, _ in cells])) if cells else np.zeros(0, np.int64)
    columns = np.full((4, len(numbers), len(cells)), np.nan)
    for place, (number, values) in enumerate(cells):
        columns[:, np.searchsorted(numbers, number), place] = values
    low, mean, high, last = columns
    return BucketRows(tuple(pens), width_us, grid.start_us + numbers * width_us, low, mean, high, last)


def _grid(window: TimeWindow, now_us: int) -> tuple[TimeWindow, int]:
    """Return the window widened to round local times, and the width of its stretches."""
    end_us = min(window.end_us, now_us)
    span_us = max(1, end_us - window.start_us)
    width_us = next((each for each in WIDTHS_US if each * MOST_BUCKETS >= span_us), WIDTHS_US[-1])
    offset = local(window.start_us).utcoffset()
    offset_us = round(offset.total_seconds()) * SECOND_US if offset is not None else 0
    start_us = window.start_us - (window.start_us + offset_us) % width_us
    stop_us = start_us - (start_us - end_us) // width_us * width_us
    return TimeWindow(stop_us, stop_us - start_us, is_live=False), width_us


def _width_of(answer: PenData, start_us: int, asked_us: int) -> int:
    """Return how wide an answer's buckets are: of old days only wider ones may be left than were asked for."""
    middle_us = answer.time_us[answer.count > 0] - start_us
    if answer.is_raw or len(middle_us) < 2:
        return asked_us
    apart_us = int(np.diff(middle_us).min())
    # The widest that all middles fit: those of five-minute buckets fit one-minute buckets too.
    fitting = (each for each in reversed(WIDTHS_US) if asked_us <= each <= apart_us)
    found = (each for each in fitting if not ((middle_us - each // 2) % each).any())
    return next(found, max(asked_us, apart_us))


def _cells(pen: Pen, answer: PenData, grid: TimeWindow, width_us: int) -> tuple[Int64, npt.NDArray[np.float64]]:
    """Return the numbers of the stretches that have a reading, and their low, mean, high and last."""
    is_there = answer.count > 0
    time_us = answer.time_us[is_there]
    if pen.shift is not None:
        time_us = pen.shift.brought(time_us, grid)
    number = (time_us - grid.start_us) // width_us
    if not len(number):
        return number, np.zeros((4, 0))
    first = np.flatnonzero(np.append(True, np.diff(number) > 0))
    good = (answer.count - answer.bad)[is_there]
    total = np.where(good > 0, np.nan_to_num(answer.mean[is_there]) * good, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.fmin.reduceat(answer.low[is_there], first)
        high = np.fmax.reduceat(answer.high[is_there], first)
        mean = np.add.reduceat(total, first) / np.add.reduceat(good, first)
    last = answer.last[is_there][np.append(first[1:], len(number)) - 1]
    return number[first], np.stack([low, mean, high, last])


def _copy(pen: Pen, answer: PenData, grid: TimeWindow) -> Pen:
    """Return a pen that knows an answer and nothing else."""
    copy = Pen(pen.number, pen.tag, shift=pen.shift)
    source = pen.source(grid)
    # What held before stands at the beginning: one µs earlier it is no reading of the window.
    copy.series.take_history(answer, Coverage(source.start_us - 1, source.end_us, 0.0))
    return copy
