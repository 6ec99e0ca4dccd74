"""What a chart looks at, window and value ranges together, every way of moving it, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hmi.panes.trend.drawing.ranges import AxisRange
from hmi.panes.trend.timeline.moments import Stretch, moved_by_its_length
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow

STEPS_KEPT: Final = 50
ONE_MOVE_US: Final = SECOND_US
"""Moves of one kind that follow each other within this are one step back: nobody undoes forty wheel clicks singly."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was looked at: the window, and the own ranges of value axes."""

    window: TimeWindow
    ranges: Mapping[str, AxisRange]


class Travel:
    """Moves the sight. now_us: the clock. moved: called after each change. Times in UTC µs."""

    def __init__(self, now_us: Callable[[], int], moved: Callable[[], None]) -> None:
        self._now_us = now_us
        self._moved = moved
        self._window = TimeWindow(now_us())
        self._trail: list[Sight] = []
        self._last_move = ("", 0)
        self.ranges: Mapping[str, AxisRange] = {}

    @property
    def window(self) -> TimeWindow:
        return self._window.at(self._now_us())

    @property
    def can_go_back(self) -> bool:
        return bool(self._trail)

    def restore(self, window: TimeWindow, ranges: Mapping[str, AxisRange]) -> None:
        """Begin here; there is nothing to go back to."""
        self._window, self.ranges = window, dict(ranges)
        self._trail.clear()

    def follow(self, window: TimeWindow) -> None:
        """Take another chart's window, without a step back."""
        self._window = window
        self._moved()

    def set_span(self, span_us: int, at_share: float) -> None:
        """Show a stretch of this length around a place, 0 the left edge and 1 the right one."""
        self._go(self.window.with_span(span_us, at_share, self._now_us()), "span")

    def zoom(self, factor: float, at_share: float) -> None:
        """Show a stretch `factor` times as long around a place."""
        self._go(self.window.zoomed(factor, at_share, self._now_us()), "zoom")

    def zoom_to(self, start_us: int, end_us: int, ranges: Mapping[str, AxisRange]) -> None:
        """Show a rectangle: a stretch of time, and own ranges of value axes."""
        window = self.window
        span_us = max(end_us - start_us, 1)
        share = (start_us - window.start_us) / max(1, window.span_us - span_us)
        closer = TimeWindow(window.end_us, window.span_us, is_live=False).with_span(span_us, share, self._now_us())
        self._go(closer, "rectangle", {**self.ranges, **ranges})

    def pan(self, by_us: int) -> None:
        """Move the window, later for a positive number."""
        self._go(self.window.panned(by_us, self._now_us()), "pan")

    def step(self, direction: int) -> None:
        """Show the stretch of the same length before (−1) or after (1); whole days go to whole days."""
        window = self.window
        moved = moved_by_its_length(Stretch(window.start_us, window.end_us), direction)
        if moved.end_us >= self._now_us() and direction > 0:
            self._go(window.live(self._now_us()), "step")
        else:
            self._go(TimeWindow(moved.end_us, moved.span_us, is_live=False), "step")

    def show(self, stretch: Stretch) -> None:
        """Show a stretch of time, standing still; it has been checked (see moments.checked)."""
        self._go(TimeWindow(stretch.end_us, stretch.span_us, is_live=False), "stretch")

    def pause(self) -> None:
        """Let the window stand still."""
        self._go(self.window.paused(), "live")

    def go_live(self) -> None:
        """Let the window follow now."""
        self._go(self.window.live(self._now_us()), "live")

    def go_to(self, time_us: int) -> None:
        """Show a moment in the middle."""
        self._go(self.window.around(time_us, self._now_us()), "go to")

    def set_range(self, key: str, wanted: AxisRange | None, kind: str = "range") -> None:
        """Give a value axis its own range, or none."""
        others = {each: kept for each, kept in self.ranges.items() if each != key}
        self._go(self.window, kind + key, others if wanted is None else {**others, key: wanted})

    def fit(self) -> None:
        """Let every axis find its range by itself again."""
        self._go(self.window, "fit", {})

    def back(self) -> bool:
        """Look again at what was looked at before the last move; whether there was anything."""
        if not self._trail:
            return False
        sight = self._trail.pop()
        self._window, self.ranges = sight.window, sight.ranges
        self._last_move = ("", 0)
        self._moved()
        return True

    def _go(self, window: TimeWindow, kind: str, ranges: Mapping[str, AxisRange] | None = None) -> None:
        now_us = self._now_us()
        before = Sight(self._window, self.ranges)
        ranges = self.ranges if ranges is None else ranges
        self._window, self.ranges = window, ranges
        last_kind, last_us = self._last_move
        is_one_move = kind == last_kind and now_us - last_us < ONE_MOVE_US
        is_other = not _same(window, before.window) or ranges != before.ranges
        if is_other and not is_one_move:
            self._trail = [*self._trail[-STEPS_KEPT + 1 :], before]
        self._last_move = (kind, now_us)
        self._moved()


def _same(one: TimeWindow, other: TimeWindow) -> bool:
    """Whether two windows show the same: both live of one length, or the same stretch."""
    if one.is_live and other.is_live:
        return one.span_us == other.span_us
    return one == other
