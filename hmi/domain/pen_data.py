"""What the history answers of one tag between two times, as a chart needs it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PenData:
    """One tag's history between two times, at most a few points a pixel.

    time_us: int64, ascending: of one reading, or of a bucket. low, high, mean, first, last: float64 of the same
    length; where every row is one reading (is_raw) they are equal. NaN marks a gap: bad quality or no link, never
    bridged. count, bad: int64, readings in the bucket and how many of them were not to be trusted. before: the value
    that held at the start, NaN when it was not to be trusted, None when nothing was ever recorded before. mean is of
    the good readings, not weighted by time.
    """

    tag: int
    time_us: Int64
    low: Float64
    high: Float64
    mean: Float64
    first: Float64
    last: Float64
    count: Int64
    bad: Int64
    before: float | None
    is_raw: bool

    @classmethod
    def of_readings(cls, tag: int, time_us: Int64, value: Float64, before: float | None) -> PenData:
        """Return the data of single readings; NaN where one may not be drawn."""
        bad = np.isnan(value).astype(np.int64)
        count = np.ones(len(value), np.int64)
        return cls(tag, time_us, value, value, value, value, value, count, bad, before, is_raw=True)

    @property
    def held(self) -> float:
        """The value that held at the start, or NaN."""
        return float("nan") if self.before is None else self.before
