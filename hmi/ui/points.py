"""Readings of one tag in columns, as a chart needs them: cut to a window, stepped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Columns of equal length.

    time_us: int64, ascending, UTC µs. low, high, last: float64, of one reading (all the same) or of a bucket of them.
    NaN in all three is a gap that nothing may be drawn across.
    """

    time_us: Int64
    low: Float64
    high: Float64
    last: Float64

    def __len__(self) -> int:
        return len(self.time_us)

    @classmethod
    def of(cls, time_us: npt.ArrayLike, value: npt.ArrayLike) -> Points:
        """Return plain readings."""
        values = np.asarray(value, np.float64)
        return cls(np.asarray(time_us, np.int64), values, values, values)

    @classmethod
    def joined(cls, parts: Sequence[Points]) -> Points:
        """Return the parts one after the other."""
        return cls(
            np.concatenate([part.time_us for part in parts]),
            np.concatenate([part.low for part in parts]),
            np.concatenate([part.high for part in parts]),
            np.concatenate([part.last for part in parts]),
        )

    def rows(self, start: int, stop: int) -> Points:
        """Return some rows, without a copy."""
        return Points(self.time_us[start:stop], self.low[start:stop], self.high[start:stop], self.last[start:stop])

    def within(self, start_us: int, end_us: int) -> Points:
        """Return the rows of a window and one more on either side, so that lines reach its edges."""
        first = int(np.searchsorted(self.time_us, start_us, "left"))
        stop = int(np.searchsorted(self.time_us, end_us, "right"))
        return self.rows(max(0, first - 1), min(len(self), stop + 1))

    def at(self, time_us: int) -> float:
        """Return the reading that held at a time; NaN before the first and in a gap."""
        row = int(np.searchsorted(self.time_us, time_us, "right")) - 1
        return float(self.last[row]) if row >= 0 else float("nan")

    def held_into_gaps(self) -> Points:
        """Return the points with the last value before each gap held until the gap begins: it stood until then."""
        is_gap = np.isnan(self.last)
        before = np.flatnonzero(is_gap[1:] & ~is_gap[:-1])
        if not len(before):
            return self
        value = self.last[before]
        columns = (np.insert(column, before + 1, value) for column in (self.low, self.high, self.last))
        return Points(np.insert(self.time_us, before + 1, self.time_us[before + 1]), *columns)

    def stepped(self) -> Points:
        """Return the points with each value held until the next one."""
        rows = len(self)
        if rows < 2:
            return self
        take = np.repeat(np.arange(rows), 2)[1:]
        is_hold = np.zeros(2 * rows - 1, bool)
        is_hold[1::2] = True
        held = np.repeat(self.last, 2)[: 2 * rows - 1]
        # Row 2k is reading k; row 2k+1 repeats reading k's value at the time of reading k+1.
        time_us = self.time_us[take]
        source = np.repeat(np.arange(rows), 2)[: 2 * rows - 1]
        return Points(
            time_us,
            np.where(is_hold, held, self.low[source]),
            np.where(is_hold, held, self.high[source]),
            held,
        )


EMPTY = Points.of([], [])
