"""One pen's readings: what history answered, and the live tail after it, joined without a seam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drivers.api import Quality
from hmi.panes.trend.points import EMPTY, Points
from hmi.panes.trend.ring import Ring
from hmi.services.port import PenData

SHOWN = frozenset({Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED})
"""A value of another quality is not drawn: there the line has a gap."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a query asked for. width_us: of one of its pixels; 0 when it answered every single reading."""

    start_us: int
    end_us: int
    width_us: float

    def suits(self, start_us: int, end_us: int, width_us: float) -> bool:
        """Whether a window can be drawn from it as finely as its pixels allow."""
        return self.start_us <= start_us and end_us <= self.end_us and self.width_us <= 1.5 * width_us


class Series:
    """Readings of one pen. Times in UTC µs."""

    def __init__(self) -> None:
        self._ring = Ring()
        self._history = EMPTY
        self._joined: Points | None = None
        self.coverage: Coverage | None = None

    def take_live(self, value: float, quality: Quality, source_us: int, now_us: int) -> None:
        """Add a reading of a frame."""
        is_shown = quality in SHOWN
        if not is_shown and not len(self._ring):
            # The reading is old news of an unknown age; nothing is known to hold now.
            source_us = now_us
        self._ring.append(source_us, value if is_shown else float("nan"), now_us)
        self._joined = None

    def take_history(self, answer: PenData, asked: Coverage) -> None:
        """Replace what is known of the past."""
        start = Points.of([asked.start_us], [answer.before])
        read = Points(answer.time_us, answer.low, answer.high, answer.last)
        self._history = Points.joined([start, read])
        self.coverage = Coverage(asked.start_us, asked.end_us, 0.0 if answer.is_raw else asked.width_us)
        if len(read):
            self._ring.forget_before(int(read.time_us[-1]))
        self._joined = None

    def reaches(self, now_us: int) -> int:
        """Return up to when the readings are known: now, when the live tail begins inside what history answered."""
        if self.coverage is None:
            return 0
        is_whole = len(self._ring) and self._ring.first_us <= self.coverage.end_us
        return now_us if is_whole else self.coverage.end_us

    @property
    def tail_rows(self) -> int:
        """How many readings the live tail holds."""
        return len(self._ring)

    def points(self) -> Points:
        """Return everything that is known, in order of time."""
        if self._joined is None:
            self._joined = self._join()
        return self._joined

    def _join(self) -> Points:
        if self.coverage is None or not len(self._history):
            return self._ring.points(0)
        end_us = int(self._history.time_us[-1])
        tail = self._ring.points(end_us)
        if not len(tail):
            return self._history
        parts = [self._history]
        is_hole = self._ring.first_us > self.coverage.end_us
        if is_hole:
            hole_us = max(end_us, self.coverage.end_us)
            parts.append(Points.of([hole_us, hole_us], [self._history.last[-1], np.nan]))
        return Points.joined([*parts, tail])
