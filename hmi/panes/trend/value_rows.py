"""The visible readings as a table: one row a time, one column a pen. Columns of numbers, no objects a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.ui.points import Float64, Int64

MOST_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class ValueRows:
    """time_us: int64, ascending. values: float64, row × pen, NaN where there is none or a gap.

    is_read: bool, row × pen: whether the pen has a reading at this very time; elsewhere the value is the one it held.
    is_cut: there were more than MOST_ROWS; these are the newest. is_exact: single readings, not buckets of them.
    """

    pens: tuple[Pen, ...]
    time_us: Int64
    values: Float64
    is_read: npt.NDArray[np.bool_]
    is_cut: bool = False
    is_exact: bool = True

    def __len__(self) -> int:
        return len(self.time_us)


def value_rows(pens: Sequence[Pen], window: TimeWindow, now_us: int) -> ValueRows:
    """Return the table of a window."""
    end_us = min(window.end_us, now_us)
    columns = [(pen, pen.known(window)) for pen in pens if pen.is_drawn]
    inside = [points.time_us[(points.time_us >= window.start_us) & (points.time_us <= end_us)] for _, points in columns]
    times = np.unique(np.concatenate(inside)) if inside else np.zeros(0, np.int64)
    is_cut = len(times) > MOST_ROWS
    times = times[-MOST_ROWS:]
    values = np.full((len(times), len(columns)), np.nan)
    is_read = np.zeros(values.shape, bool)
    for number, (_, points) in enumerate(columns):
        if not len(points):
            continue
        row = np.searchsorted(points.time_us, times, "right") - 1
        is_there = row >= 0
        values[is_there, number] = points.last[row[is_there]]
        is_read[is_there, number] = points.time_us[row[is_there]] == times[is_there]
    coverages = [pen.series.coverage for pen, _ in columns]
    is_exact = all(each is None or each.width_us == 0 for each in coverages)
    return ValueRows(tuple(pen for pen, _ in columns), times, values, is_read, is_cut, is_exact)
