"""Many readings to at most two points a pixel column, so that a frame costs the same however long the window is.

The lowest and the highest reading of every column are kept, never a selection "by shape" such as LTTB, which drops
spikes. Columns lie on a grid of absolute time: a window that moves on leaves finished columns as they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from hmi.ui.points import Float64, Int64, Points

CROWDED: Final = 0.5
"""The share of columns with several values from which a line alone would be a solid bar: then a band is drawn."""

TALL: Final = 3.0
"""A column this many times as tall as the usual one is a spike, and is drawn in full strength."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What to draw of one pen: the line with NaN between its pieces, and the band around it, empty when it has none.

    time_us: ascending. band_us, band_low, band_high: one row a column, NaN where there is a gap.
    """

    time_us: Int64
    value: Float64
    band_us: Int64
    band_low: Float64
    band_high: Float64

    @property
    def has_band(self) -> bool:
        return bool(len(self.band_us))

    @property
    def extremes(self) -> tuple[float, float]:
        """The lowest and the highest value, NaN for none."""
        if not len(self.value):
            return float("nan"), float("nan")
        low, high = float(np.fmin.reduce(self.value)), float(np.fmax.reduce(self.value))
        if not self.has_band:
            return low, high
        return float(np.fmin(low, np.fmin.reduce(self.band_low))), float(np.fmax(high, np.fmax.reduce(self.band_high)))

    def without_band(self) -> Line:
        """Return the line alone; where there is a band it is the last reading of each column."""
        nothing = self.band_low[:0]
        return replace(self, band_us=self.band_us[:0], band_low=nothing, band_high=nothing)

    def held_until(self, end_us: int) -> Line:
        """Return the line with its last value held until a time, when that is later and the line is not broken."""
        if not len(self.value) or self.time_us[-1] >= end_us or np.isnan(self.value[-1]):
            return self
        return replace(self, time_us=np.append(self.time_us, end_us), value=np.append(self.value, self.value[-1]))

    def clipped(self, start_us: int, end_us: int) -> Line:
        """Return the line with what lies outside a window moved to its edges, along the line."""
        first = max(0, int(np.searchsorted(self.time_us, start_us, "left")) - 1)
        stop = min(len(self.value), int(np.searchsorted(self.time_us, end_us, "right")) + 1)
        time_us, value = self.time_us[first:stop].copy(), self.value[first:stop].copy()
        if len(value) > 1:
            ends = (_between(time_us, value, 0, start_us), _between(time_us, value, len(value) - 2, end_us))
            if time_us[0] < start_us:
                time_us[0], value[0] = start_us, ends[0]
            if time_us[-1] > end_us:
                time_us[-1], value[-1] = end_us, ends[1]
        inside = (self.band_us >= start_us) & (self.band_us <= end_us)
        return Line(time_us, value, self.band_us[inside], self.band_low[inside], self.band_high[inside])


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Rows grouped by pixel column; empty columns are left out. first, last: row numbers of each group."""

    first: npt.NDArray[np.intp]
    last: npt.NDArray[np.intp]
    low: Float64
    high: Float64
    has_gap: npt.NDArray[np.bool_]


def decimate(points: Points, start_us: int, end_us: int, columns: int) -> Line:
    """Return the line of a window that is `columns` pixels wide."""
    width_us = max(1, (end_us - start_us) // max(1, columns))
    if not len(points):
        return Line(points.time_us, points.last, points.time_us, points.low, points.high)
    grouped = _group(points, start_us, end_us, width_us)
    height = grouped.high - grouped.low
    with np.errstate(invalid="ignore"):
        is_thick = height > 0
    nothing = points.rows(0, 0)
    # A step is two readings at one time: as a line it is drawn exactly, however many steps there are.
    with np.errstate(invalid="ignore"):
        is_bucket = points.high[grouped.first] > points.low[grouped.first]
    is_crowded = is_thick & ((grouped.last - grouped.first > 1) | is_bucket)
    if is_crowded.sum() <= CROWDED * len(height):
        time_us, value = _line(points, grouped, is_thick, width_us)
        return Line(time_us, value, nothing.time_us, nothing.low, nothing.high)
    with np.errstate(invalid="ignore"):
        is_tall = height > TALL * np.median(height[is_thick])
    # The band leaves out columns with a gap; there the line shows all.
    time_us, value = _line(points, grouped, is_tall | (is_thick & grouped.has_gap), width_us)
    middle = (points.time_us[grouped.first] + points.time_us[grouped.last]) // 2
    is_broken = grouped.has_gap
    return Line(
        time_us,
        value,
        middle,
        np.where(is_broken, np.nan, grouped.low),
        np.where(is_broken, np.nan, grouped.high),
    )


def _group(points: Points, start_us: int, end_us: int, width_us: int) -> _Columns:
    edges = np.arange(start_us - start_us % width_us, end_us + width_us, width_us)
    starts = np.append(0, np.searchsorted(points.time_us, edges))
    starts = starts[np.append(True, np.diff(starts) > 0) & (starts < len(points))]
    return _Columns(
        first=starts,
        last=np.append(starts[1:], len(points)) - 1,
        low=np.fmin.reduceat(points.low, starts),
        high=np.fmax.reduceat(points.high, starts),
        has_gap=np.isnan(np.minimum.reduceat(points.last, starts)),  # unlike fmin, this one passes NaN on
    )


def _line(points: Points, grouped: _Columns, is_pair: npt.NDArray[np.bool_], width_us: int) -> tuple[Int64, Float64]:
    """Return the line: low and high of the columns in `is_pair`, one value of the others, gaps kept."""
    entering, leaving = points.last[grouped.first], points.last[grouped.last]
    with np.errstate(invalid="ignore"):
        is_falling = (entering > leaving) | ((grouped.first == grouped.last) & (leaving <= grouped.low))
    one = np.where(np.isnan(leaving), grouped.high, leaving)
    # Four places a column: a gap that begins it, first and second value, a gap that ends it.
    value = np.full((len(one), 4), np.nan)
    value[:, 1] = np.where(is_pair, np.where(is_falling, grouped.high, grouped.low), one)
    value[:, 2] = np.where(is_falling, grouped.low, grouped.high)
    begin_us, end_us = points.time_us[grouped.first], points.time_us[grouped.last]
    # Of two readings each keeps its time; of more the two extremes stand one above the other.
    is_exact = grouped.last - grouped.first < 2
    middle_us = (begin_us + end_us) // 2
    first_us = np.where(is_exact | ~is_pair, begin_us, middle_us)
    second_us = np.where(is_exact, end_us, middle_us)
    time_us = np.stack([begin_us, first_us, second_us, end_us], axis=1)
    begins, ends = np.isnan(entering), np.isnan(leaving)
    is_used = np.empty_like(value, bool)
    is_used[:, 0] = begins
    is_used[:, 1] = ~np.isnan(value[:, 1])
    is_used[:, 2] = is_pair & is_used[:, 1]
    # A gap in the middle of a column breaks the line at its end.
    is_used[:, 3] = grouped.has_gap & (ends | ~begins)
    return _without_lone_points(time_us[is_used], value[is_used], width_us)


def _without_lone_points(time_us: Int64, value: Float64, width_us: int) -> tuple[Int64, Float64]:
    """Return the line with a reading between two gaps drawn one column wide: a line needs two points to be seen."""
    is_gap = np.isnan(value)
    before = np.append(True, is_gap[:-1])
    after = np.append(is_gap[1:], True)
    lone = np.flatnonzero(~is_gap & before & after)
    return np.insert(time_us, lone + 1, time_us[lone] + width_us), np.insert(value, lone + 1, value[lone])


def _between(time_us: Int64, value: Float64, row: int, at_us: int) -> float:
    """Return the value of the line from one row to the next at a time; NaN next to a gap."""
    left, right = int(time_us[row]), int(time_us[row + 1])
    share = min(1.0, max(0.0, (at_us - left) / (right - left))) if right > left else 1.0
    return float(value[row] + (value[row + 1] - value[row]) * share)
