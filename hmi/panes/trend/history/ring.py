"""The newest readings of one pen in bounded memory."""

from __future__ import annotations

from typing import Final

import numpy as np

from hmi.ui.points import Points

CAPACITY: Final = 32_768
"""Rows kept: some 55 minutes at ten readings a second. History is asked for again long before."""


class Ring:
    """Rows in order of time; when full the oldest go. The buffer is twice as long, so rows move rarely."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._time_us = np.zeros(2 * capacity, np.int64)
        self._value = np.zeros(2 * capacity)
        self._start = 0
        self._stop = 0

    def __len__(self) -> int:
        return self._stop - self._start

    @property
    def first_us(self) -> int:
        """Time of the oldest row; only when there is one."""
        return int(self._time_us[self._start])

    def append(self, time_us: int, value: float, now_us: int) -> tuple[int, float] | None:
        """Add a reading and return it as added, or None for one already there; NaN begins a gap. now_us: on arrival.

        A reading that is not newer than the last one, as when a link is lost, counts as of now: it is what is on
        screen from now on.
        """
        if len(self):
            last_us, last = int(self._time_us[self._stop - 1]), float(self._value[self._stop - 1])
            if np.isnan(value) and np.isnan(last):
                return None
            if time_us <= last_us:
                if value == last:
                    return None
                time_us = max(now_us, last_us + 1)
        if self._stop == len(self._value):
            self._compact()
        self._time_us[self._stop] = time_us
        self._value[self._stop] = value
        self._stop += 1
        self._start = max(self._start, self._stop - self._capacity)
        return time_us, value

    def points(self, after_us: int) -> Points:
        """Return a copy of the rows after a time."""
        times = self._time_us[self._start : self._stop]
        first = int(np.searchsorted(times, after_us, "right"))
        return Points.of(times[first:].copy(), self._value[self._start + first : self._stop].copy())

    def forget_before(self, time_us: int) -> None:
        """Let go of rows before a time, but for the one that held then."""
        times = self._time_us[self._start : self._stop]
        held = int(np.searchsorted(times, time_us, "right")) - 1
        self._start += max(0, held)

    def _compact(self) -> None:
        rows = len(self)
        self._time_us[:rows] = self._time_us[self._start : self._stop]
        self._value[:rows] = self._value[self._start : self._stop]
        self._start, self._stop = 0, rows
