"""One pen's readings: what history answered, and the live tail after it, joined without a seam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.api import Quality
from hmi.panes.trend.history.records import Records
from hmi.panes.trend.history.ring import CAPACITY, Ring
from hmi.services.port import PenData
from hmi.ui.points import EMPTY, Points

SHOWN = frozenset({Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED})
"""A value of another quality is not drawn: there the line has a gap."""

SPARE_ROWS: Final = 1024


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a query asked for. width_us: of one of its pixels; 0 when it answered every single reading."""

    start_us: int
    end_us: int
    width_us: float


class Series:
    """Readings of one pen. Times in UTC µs."""

    def __init__(self) -> None:
        self._ring = Ring()
        self._history = EMPTY
        self._joined = _Growing(EMPTY)
        self._buckets: PenData | None = None
        self.coverage: Coverage | None = None
        self._is_first = False
        self._first_us = 0

    def take_live(self, value: float, quality: Quality, source_us: int, now_us: int) -> None:
        """Add a reading of a frame."""
        is_shown = quality in SHOWN
        if not is_shown and not len(self._ring):
            # The reading is old news of an unknown age; nothing is known to hold now.
            source_us = now_us
        added = self._ring.append(source_us, value if is_shown else float("nan"), now_us)
        if added is None or (len(self._joined) and added[0] <= self._joined.last_us):
            return
        if len(self._joined) > len(self._history) + 2 * CAPACITY:
            self._joined = _Growing(self._join())
        else:
            self._joined.append(*added)

    def take_history(self, answer: PenData, asked: Coverage) -> None:
        """Replace what is known of the past."""
        self._is_first = answer.before is None
        self._first_us = int(answer.time_us[0]) if len(answer.time_us) else asked.end_us
        start = Points.of([asked.start_us], [answer.held])
        self._history = Points.joined([start, Points(answer.time_us, answer.low, answer.high, answer.last)])
        self.coverage = Coverage(asked.start_us, asked.end_us, 0.0 if answer.is_raw else asked.width_us)
        self._buckets = None if answer.is_raw or not len(answer.time_us) else answer
        if len(answer.time_us):
            self._ring.forget_before(int(answer.time_us[-1]))
        self._joined = _Growing(self._join())

    def reaches(self, now_us: int) -> int:
        """Return up to when the readings are known: now, when the live tail begins inside what history answered."""
        if self.coverage is None:
            return 0
        is_whole = len(self._ring) and self._ring.first_us <= self.coverage.end_us
        return now_us if is_whole else self.coverage.end_us

    @property
    def begins_us(self) -> int:
        """Before this nothing was ever recorded; 0 where that is not known."""
        if not self._is_first:
            return 0
        return min(self._first_us, self._ring.first_us) if len(self._ring) else self._first_us

    @property
    def tail_rows(self) -> int:
        """How many readings the live tail holds."""
        return len(self._ring)

    def points(self) -> Points:
        """Return everything that is known, in order of time."""
        return self._joined.points()

    def records(self, start_us: int, end_us: int) -> Records:
        """Return what held between two times; exact where history answered every reading."""
        points, buckets = self.points(), self._buckets
        if buckets is None or self.coverage is None:
            return Records.of_points(points.within(start_us, end_us), end_us)
        last_us = int(buckets.time_us[-1])
        tail = points.rows(int(np.searchsorted(points.time_us, last_us, "right")), len(points))
        past_end_us = int(tail.time_us[0]) if len(tail) else end_us
        past = Records.of_buckets(buckets, self.coverage.width_us, past_end_us)
        start = Records.of_points(Points.of([self.coverage.start_us], [buckets.held]), int(past.begin_us[0]))
        return Records.joined([start, past, Records.of_points(tail, end_us)])

    def _join(self) -> Points:
        coverage = self.coverage
        if coverage is None:
            return self._ring.points(0)
        end_us = int(self._history.time_us[-1])
        tail = self._ring.points(end_us)
        if not len(tail) or self._ring.first_us <= coverage.end_us:
            return Points.joined([self._history, tail])
        # Nothing is known between the end of the one and the beginning of the other.
        hole_us = max(end_us, coverage.end_us)
        return Points.joined([self._history, Points.of([hole_us, hole_us], [self._history.last[-1], np.nan]), tail])


class _Growing:
    """Points that rows are added to; the columns have room to spare, so that adding one copies nothing."""

    def __init__(self, points: Points) -> None:
        self._rows = len(points)
        self._columns = _with_room(points)

    def __len__(self) -> int:
        return self._rows

    @property
    def last_us(self) -> int:
        """Time of the last row; only when there is one."""
        return int(self._columns.time_us[self._rows - 1])

    def append(self, time_us: int, value: float) -> None:
        if self._rows == len(self._columns):
            self._columns = _with_room(self._columns)
        columns, row = self._columns, self._rows
        columns.time_us[row] = time_us
        columns.low[row] = columns.high[row] = columns.last[row] = value
        self._rows += 1

    def points(self) -> Points:
        """Return the rows, without a copy."""
        return self._columns.rows(0, self._rows)


def _with_room(points: Points) -> Points:
    room = np.zeros(max(SPARE_ROWS, len(points) // 4))
    return Points.joined([points, Points.of(room, room)])
