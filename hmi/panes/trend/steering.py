"""Moving a chart in the operator's terms: windows typed and named, rectangles, axes, cursors."""

from __future__ import annotations

from collections.abc import Callable

from hmi.domain.language import tr
from hmi.panes.trend.cursors import Cursor, Cursors
from hmi.panes.trend.drawing.picture import Picture
from hmi.panes.trend.drawing.ranges import AxisRange, RangeMode
from hmi.panes.trend.timeline.moments import Named, checked, field_remarks, named, typed_moment
from hmi.panes.trend.timeline.ticks import local
from hmi.panes.trend.timeline.travel import Travel
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.ui.words import number_of


class Steering:
    """The half of a trend's presenter that moves. now_us: the clock, UTC µs. notice: a sentence for the operator."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self._changed: Callable[[], None] = lambda: None
        self.moved: Callable[[], None] = lambda: None
        """Called when the window has been moved, before the chart is drawn anew."""
        self.travel = Travel(now_us, self._moved)
        self.cursors = Cursors()
        self.picture = Picture(self.window)
        self.notice = ""

    @property
    def window(self) -> TimeWindow:
        return self.travel.window

    def set_span(self, span_us: int) -> None:
        """Show a stretch of this length around the cursor, or up to the right edge."""
        self.travel.set_span(span_us, 1.0 if self.window.is_live else self._cursor_share(1.0))

    def zoom_in_place(self, factor: float) -> None:
        """Zoom around the cursor where there is one; else live at its right edge, paused around the middle."""
        self.travel.zoom(factor, self._cursor_share(1.0 if self.window.is_live else 0.5))

    def zoom_box(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show a rectangle of the picture: shares of its width, and places from 0 at the bottom to 1 at the top."""
        window, base = self.window, self.picture.base_y
        low, high = ((max(base, each) - base) / max(1e-9, 1 - base) for each in y)
        ranges = {
            axis.key: AxisRange(RangeMode.TYPED, axis.low, axis.high).part(low, min(1.0, high))
            for axis in self.picture.axes
            if high > low
        }
        start_us, end_us = (window.start_us + round(each * window.span_us) for each in x)
        self.travel.zoom_to(start_us, end_us, {key: each for key, each in ranges.items() if each.is_usable})

    def zoom_axis(self, key: str, factor: float, at_y: float) -> None:
        """Show `factor` times as much of a value axis around a place, 0 the bottom of the picture and 1 its top."""
        axis = next((axis for axis in self.picture.axes if axis.key == key), None)
        if axis is None:
            return
        share = (at_y - self.picture.base_y) / max(1e-9, 1 - self.picture.base_y)
        wanted = AxisRange(RangeMode.TYPED, axis.low, axis.high).zoomed(factor, min(1.0, max(0.0, share)))
        if wanted.is_usable:
            self.travel.set_range(key, wanted, "wheel ")

    def type_range(self, key: str, low: str, high: str) -> str:
        """Give an axis the range that was typed; return what is wrong with it, or nothing."""
        ends = number_of(low), number_of(high)
        if ends[0] is None or ends[1] is None:
            return tr("Type two numbers, such as 0 and 10.")
        wanted = AxisRange(RangeMode.TYPED, ends[0], ends[1])
        if not wanted.is_usable:
            return tr("The upper end must be above the lower one.")
        self.travel.set_range(key, wanted)
        return ""

    def show_typed(self, start: str, end: str) -> str:
        """Show from one typed local time to another; return what is wrong with them, or nothing."""
        today = local(self._now_us()).date()
        moments = typed_moment(start, today=today), typed_moment(end, today=today)
        remarks = field_remarks(*moments)
        if moments[0].time_us is None or moments[1].time_us is None:
            return remarks
        found = checked(moments[0].time_us, moments[1].time_us, self._now_us())
        if found.stretch is None:
            return found.remark
        self.travel.show(found.stretch)
        self.notice = " ".join(each for each in (remarks, found.remark) if each)
        self._changed()
        return ""

    def set_range(self, key: str, wanted: AxisRange | None) -> None:
        """Give a value axis its own range, or none."""
        self.travel.set_range(key, wanted)

    def step(self, direction: int) -> None:
        """Show the stretch of the same length before (−1) or after (1)."""
        self.travel.step(direction)

    def show_named(self, name: Named) -> None:
        """Show today, yesterday or another stretch that has a name."""
        self.travel.show(named(name, self._now_us()))

    def go_to(self, time_us: int) -> None:
        """Show a moment in the middle, with the cursor on it."""
        self.cursors.put(min(time_us, self._now_us()))
        self.travel.go_to(time_us)

    @property
    def cursor_us(self) -> int | None:
        """Where the active cursor is."""
        return self.cursors.active_us

    def set_cursor(self, time_us: int | None, cursor: Cursor | None = None) -> None:
        """Put a cursor, or the active one, on a time, or take it away."""
        self.cursors.put(time_us, cursor)
        self._changed()

    def choose_cursor(self, cursor: Cursor) -> None:
        """Let the keys move this cursor; one that is not in sight comes to the window's middle."""
        self.cursors.active = cursor
        window, at_us = self.window, self.cursors.active_us
        if at_us is None or not window.start_us <= at_us <= window.end_us:
            self.cursors.put(window.start_us + window.span_us // 2)
        self._changed()

    def move_cursor(self, by_us: int) -> None:
        """Move the active cursor, within the window."""
        if self.cursor_us is not None:
            window = self.window
            self.set_cursor(min(window.end_us, max(window.start_us, self.cursor_us + by_us)))

    def drop_cursor(self) -> bool:
        """Take B away, else A; whether there was one."""
        was_there = self.cursors.take_away()
        self._changed()
        return was_there

    def _cursor_share(self, otherwise: float) -> float:
        """Return where the cursor is in the window, 0 the left edge and 1 the right one."""
        window = self.window
        if self.cursor_us is None or not window.start_us <= self.cursor_us <= window.end_us:
            return otherwise
        return (self.cursor_us - window.start_us) / window.span_us

    def _moved(self) -> None:
        self.notice = ""
        self.moved()
        self._changed()
