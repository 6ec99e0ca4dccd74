"""The stretch of time that the chart shows: live, with its right edge at now, or paused somewhere in the past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

SECOND_US: Final = 1_000_000
MIN_SPAN_US: Final = 2 * SECOND_US
MAX_SPAN_US: Final = 3660 * 86_400 * SECOND_US
DEFAULT_SPAN_US: Final = 900 * SECOND_US

NEAR_NOW: Final = 0.9
"""Zooming with the pointer this far right, as a share of the width, means the present: live stays live."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """end_us: the right edge, UTC µs; while live it is now and moves on. Every change returns a new window."""

    end_us: int
    span_us: int = DEFAULT_SPAN_US
    is_live: bool = True

    @property
    def start_us(self) -> int:
        return self.end_us - self.span_us

    def at(self, now_us: int) -> TimeWindow:
        """Return the window as it is now."""
        return replace(self, end_us=now_us) if self.is_live else self

    def live(self, now_us: int) -> TimeWindow:
        """Return the window at the right edge of time."""
        return replace(self, end_us=now_us, is_live=True)

    def paused(self) -> TimeWindow:
        """Return the window standing still."""
        return replace(self, is_live=False)

    def with_span(self, span_us: int, at_share: float, now_us: int) -> TimeWindow:
        """Return a window of another length. at_share: what stays where it is, 0 the left edge and 1 the right one.

        Live stays live, but for a closer look at what is not at its right edge.
        """
        span_us = min(MAX_SPAN_US, max(MIN_SPAN_US, span_us))
        if self.is_live and (span_us >= self.span_us or at_share >= NEAR_NOW):
            return replace(self, span_us=span_us)
        fixed_us = self.start_us + round(self.span_us * at_share)
        end_us = fixed_us + round(span_us * (1 - at_share))
        return TimeWindow(min(now_us, end_us), span_us, is_live=False)

    def zoomed(self, factor: float, at_share: float, now_us: int) -> TimeWindow:
        """Return a window `factor` times as long."""
        return self.with_span(round(self.span_us * factor), at_share, now_us)

    def panned(self, by_us: int, now_us: int) -> TimeWindow:
        """Return the window moved, later for a positive number; arriving at now makes it live."""
        if self.is_live and by_us >= 0:
            return self
        end_us = self.end_us + by_us
        if by_us > 0 and end_us >= now_us:
            return self.live(now_us)
        return replace(self, end_us=end_us, is_live=False)

    def around(self, time_us: int, now_us: int) -> TimeWindow:
        """Return a paused window with a moment in its middle, or as near to it as now allows."""
        return TimeWindow(min(now_us, time_us + self.span_us // 2), self.span_us, is_live=False)
