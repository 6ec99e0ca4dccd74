"""Asking for history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True, eq=False)
class PenData:
    """One tag's history between two times, at most a few points a pixel.

    time_us: int64, ascending: of one reading, or the middle of a bucket. low, high, mean, first, last: float64 of the
    same length; where every row is one reading (is_raw) they are equal. NaN marks a gap: bad quality or no link,
    never bridged. count, bad: int64, readings in the bucket and how many of them were not to be trusted. before: the
    value that held at the start, or NaN. mean is of the good readings, not weighted by time.
    """

    tag: int
    time_us: npt.NDArray[np.int64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]
    first: npt.NDArray[np.float64]
    last: npt.NDArray[np.float64]
    count: npt.NDArray[np.int64]
    bad: npt.NDArray[np.int64]
    before: float
    is_raw: bool

    @classmethod
    def of_readings(
        cls, tag: int, time_us: npt.NDArray[np.int64], value: npt.NDArray[np.float64], before: float
    ) -> PenData:
        """Return the data of single readings; NaN where one may not be drawn."""
        is_bad = np.isnan(value).astype(np.int64)
        count = np.ones(len(value), np.int64)
        return cls(tag, time_us, value, value, value, value, value, count, is_bad, before, is_raw=True)


@dataclass(frozen=True, slots=True)
class ReadHistory(Request[tuple[PenData, ...]]):
    """Ask for the history of tags from start_us to end_us (UTC µs) for a chart `pixels` wide."""

    tags: tuple[int, ...]
    start_us: int
    end_us: int
    pixels: int
