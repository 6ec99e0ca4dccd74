"""How far back a comparison lies, and bringing its times to the present ones: by calendar days, or by a plain length.

A day back means the same local time on the day before, also where a clock change makes that 23 or 25 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final

import numpy as np

from hmi.panes.trend.timeline.ticks import local, offset_stretches
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow
from hmi.ui.points import Int64

DAY_US: Final = 86_400 * SECOND_US
MOST_DAYS: Final = 3660


@dataclass(frozen=True, slots=True)
class Shift:
    """days, months: by the calendar, in local time; rest_us: beyond them, as time passes. zone None: this machine's.

    A month back from a window is that month's length in days for all of it, so that days stay days.
    """

    days: int = 0
    months: int = 0
    rest_us: int = 0

    def source(self, window: TimeWindow, zone: tzinfo | None = None) -> TimeWindow:
        """Return the window that lies that far back, standing still."""
        days = self._days_at(window, zone)
        start_us, end_us = (self._back(each, days, zone) for each in (window.start_us, window.end_us))
        return TimeWindow(end_us, max(1, end_us - start_us), is_live=False)

    def source_time(self, time_us: int, window: TimeWindow, zone: tzinfo | None = None) -> int:
        """Return the moment back then that stands at a moment of the window."""
        return self._back(time_us, self._days_at(window, zone), zone)

    def brought(self, time_us: Int64, window: TimeWindow, zone: tzinfo | None = None) -> Int64:
        """Return times from back then at their places in the window: ascending, int64, UTC µs."""
        if not len(time_us):
            return time_us
        days = self._days_at(window, zone)
        wall_us = time_us + _offsets(time_us, zone) + days * DAY_US
        # The offset there is looked up by wall time less the offset here: no zone changes by more than a few hours.
        guess_us = wall_us - _offsets(time_us, zone)
        there_us = wall_us - _offsets(guess_us, zone)
        again_us = wall_us - _offsets(there_us, zone)
        return np.maximum.accumulate(again_us + self.rest_us)

    def _days_at(self, window: TimeWindow, zone: tzinfo | None) -> int:
        if not self.months:
            return self.days
        end = local(window.end_us, zone).date()
        return self.days + (end - _months_before(end, self.months)).days

    def _back(self, time_us: int, days: int, zone: tzinfo | None) -> int:
        wall_us = time_us + _offset(time_us, zone) - days * DAY_US
        guess_us = wall_us - _offset(time_us, zone)
        return wall_us - _offset(wall_us - _offset(guess_us, zone), zone) - self.rest_us


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last_day = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last_day))


def _offset(time_us: int, zone: tzinfo | None) -> int:
    offset = local(time_us, zone).utcoffset()
    return round(offset.total_seconds()) * SECOND_US if offset is not None else 0


def _offsets(time_us: Int64, zone: tzinfo | None) -> Int64:
    """Return the zone's offset from UTC at each of ascending times, in µs."""
    first, last = int(time_us.min()), int(time_us.max())
    stretches = list(offset_stretches(first, last + 1, zone))
    begins = np.array([begin for begin, _, _ in stretches], np.int64)
    offsets = np.array([offset * SECOND_US for _, _, offset in stretches], np.int64)
    return offsets[np.searchsorted(begins, time_us, "right") - 1]
