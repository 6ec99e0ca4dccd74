"""The pens of a trend: which tags, under which number, how they are drawn, and what is known of their queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from hmi.domain.tags import Tag, TagKind
from hmi.panes.trend.history.records import Records
from hmi.panes.trend.history.series import Series
from hmi.panes.trend.timeline.shift import Shift
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.ui.decimation import Line, decimate
from hmi.ui.points import Points

MOST_PENS: Final = 8


class Draws(StrEnum):
    """How the line goes from one reading to the next."""

    AUTO = "auto"
    LINE = "line"
    STEPS = "steps"


@dataclass(slots=True, eq=False)
class Pen:
    """One pen. number: 1…8, its name and its colour for as long as it is there. Times in UTC µs.

    axis: 1…4 for a value axis of the operator's choice, 0 for that of its unit. shift: how far back it looks, for a
    comparison with an earlier period; its times are then those of the present window.
    """

    number: int
    tag: Tag
    series: Series = field(default_factory=Series)
    is_hidden: bool = False
    is_loading: bool = False
    asked_us: int = 0
    failure: str = ""
    draws: Draws = Draws.AUTO
    axis: int = 0
    shift: Shift | None = None

    @property
    def is_lane(self) -> bool:
        """Whether it is drawn in a narrow lane with words instead of on a value axis."""
        return self.tag.kind is TagKind.DISCRETE

    @property
    def is_drawn(self) -> bool:
        """Whether it has a line: not when it is hidden, and texts have none."""
        return not self.is_hidden and self.tag.kind is not TagKind.TEXT

    @property
    def is_stepped(self) -> bool:
        """Whether each value is held until the next one."""
        return self.tag.is_stepped if self.draws is Draws.AUTO else self.draws is Draws.STEPS

    def source(self, window: TimeWindow) -> TimeWindow:
        """Return the stretch of history that it shows in a window."""
        return self.shift.source(window) if self.shift else window

    def known(self, window: TimeWindow) -> Points:
        """Return what is known of a window and one reading on either side, at its places in the window."""
        source = self.source(window)
        points = self.series.points().within(source.start_us, source.end_us)
        if self.shift is None:
            return points
        return replace(points, time_us=self.shift.brought(points.time_us, window))

    def at(self, time_us: int, window: TimeWindow) -> float:
        """Return the reading that held at a moment of the window, NaN for none."""
        return self.series.points().at(self.shift.source_time(time_us, window) if self.shift else time_us)

    def records(self, start_us: int, end_us: int, window: TimeWindow) -> Records:
        """Return what held between two moments of the window."""
        if self.shift is not None:
            start_us, end_us = (self.shift.source_time(each, window) for each in (start_us, end_us))
        return self.series.records(start_us, end_us)

    def line(self, window: TimeWindow, now_us: int, columns: int) -> Line:
        """Return its line in a window so many pixels wide, the last value held until now."""
        known = self.known(window)
        points = known.stepped() if self.is_stepped else known.held_into_gaps()
        line = decimate(points, window.start_us, window.end_us, columns)
        end_us = window.end_us if self.shift else min(window.end_us, now_us)
        return line.held_until(end_us).clipped(window.start_us, window.end_us)

    def compared(self, shift: Shift) -> Pen:
        """Return the same pen looking back."""
        return Pen(self.number, self.tag, draws=self.draws, axis=self.axis, shift=shift)


class PenSet:
    """At most MOST_PENS pens, in order of number; a number that became free is given again."""

    def __init__(self) -> None:
        self._pens: dict[int, Pen] = {}

    def __iter__(self) -> Iterator[Pen]:
        return iter(list(self._pens.values()))

    def __len__(self) -> int:
        return len(self._pens)

    @property
    def is_full(self) -> bool:
        return len(self._pens) >= MOST_PENS

    def by_number(self, number: int) -> Pen | None:
        """Return a pen, if there is one of this number."""
        return self._pens.get(number)

    def of_tag(self, tag: Tag) -> Pen | None:
        """Return the pen of a tag."""
        return next((pen for pen in self if pen.tag.id == tag.id), None)

    def add(self, tag: Tag) -> Pen:
        """Add a pen under the lowest free number; only when the set is not full."""
        number = next(number for number in range(1, MOST_PENS + 1) if number not in self._pens)
        pen = Pen(number, tag)
        self._pens = dict(sorted([*self._pens.items(), (number, pen)]))
        return pen

    def remove(self, pen: Pen) -> None:
        """Take a pen away."""
        self._pens.pop(pen.number, None)

    def clear(self) -> None:
        """Take all pens away."""
        self._pens.clear()
