"""Readings or buckets of them as stretches that each held for a while; what statistics and tables are made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hmi.services.port import PenData
from hmi.ui.points import Float64, Int64, Points


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Columns of equal length, one row a stretch, ascending.

    begin_us, end_us: int64, UTC µs. low, high, mean, first, last: float64, all the same for a single reading, NaN in
    a gap. good: float64, the share of its time that can be trusted. is_exact: whether every row is one reading.
    """

    begin_us: Int64
    end_us: Int64
    low: Float64
    high: Float64
    mean: Float64
    first: Float64
    last: Float64
    good: Float64
    is_exact: bool

    def __len__(self) -> int:
        return len(self.begin_us)

    @classmethod
    def of_points(cls, points: Points, end_us: int) -> Records:
        """Return single readings, each holding until the next one and the last until `end_us`."""
        value = points.last
        end = np.append(points.time_us[1:], end_us) if len(points) else points.time_us
        good = np.isfinite(value).astype(np.float64)
        return cls(points.time_us, np.maximum(end, points.time_us), value, value, value, value, value, good, True)

    @classmethod
    def of_buckets(cls, data: PenData, width_us: float, end_us: int) -> Records:
        """Return buckets, and between two that are apart the last value of the first one as it held."""
        rows = len(data.time_us)
        gaps = np.diff(data.time_us)
        width = int(gaps.min()) if len(gaps) and gaps.min() > 0 else max(1, round(width_us))
        begin = data.time_us - width // 2
        stop = begin + width
        good = 1.0 - data.bad / np.maximum(1, data.count)
        hold_end = np.maximum(stop, np.append(begin[1:], max(end_us, int(stop[-1]) if rows else 0)))
        held = np.where(np.isfinite(data.last), 1.0, 0.0)
        return cls(
            _woven(begin, stop),
            _woven(stop, hold_end),
            _woven(data.low, data.last),
            _woven(data.high, data.last),
            _woven(data.mean, data.last),
            _woven(data.first, data.last),
            _woven(data.last, data.last),
            _woven(np.where(np.isfinite(data.mean), good, 0.0), held),
            is_exact=False,
        )

    @classmethod
    def joined(cls, parts: list[Records]) -> Records:
        """Return the parts one after the other."""
        names = ("begin_us", "end_us", "low", "high", "mean", "first", "last", "good")
        columns = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
        is_exact = all(part.is_exact for part in parts)
        begin, end, low, high, mean, first, last, good = columns
        return cls(begin, end, low, high, mean, first, last, good, is_exact)

    def clipped(self, start_us: int, end_us: int) -> Records:
        """Return what lies between two times, the rows at the ends cut short."""
        # The end is not part of it: what begins just then is of the next stretch.
        inside = (self.end_us >= start_us) & (self.begin_us < end_us)
        begin, end = np.maximum(self.begin_us[inside], start_us), np.minimum(self.end_us[inside], end_us)
        # What ended just as the stretch begins was before it; only a reading that began there counts.
        is_part = (end > begin) | (self.begin_us[inside] >= start_us)
        rest = (self.low, self.high, self.mean, self.first, self.last, self.good)
        low, high, mean, first, last, good = (each[inside][is_part] for each in rest)
        return Records(begin[is_part], end[is_part], low, high, mean, first, last, good, self.is_exact)

    def course(self) -> Float64:
        """Return the values it went through, in order, without gaps.

        Of a bucket the first and the last, and between equal ones of a state that changed in between, the other.
        """
        if self.is_exact:
            return self.last[np.isfinite(self.last)]
        is_turn = (self.first == self.last) & (self.low < 0.5) & (self.high >= 0.5) & (self.high <= 1.0)
        middle = np.where(is_turn, np.where(self.first >= 0.5, self.low, self.high), self.first)
        values = np.stack([self.first, middle, self.last], axis=1).ravel()
        known: Float64 = values[np.isfinite(values)]
        return known


def _woven(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.stack([one, other], axis=1).ravel()
