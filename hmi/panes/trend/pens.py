"""The pens of a trend: which tags, under which number, and what is known of their queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hmi.domain.tags import Tag, TagKind
from hmi.panes.trend.history.series import Series
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.ui.decimation import Line, decimate

MOST_PENS: Final = 8


@dataclass(slots=True, eq=False)
class Pen:
    """One pen. number: 1…8, its name and its colour for as long as it is there. Times in UTC µs."""

    number: int
    tag: Tag
    series: Series = field(default_factory=Series)
    is_hidden: bool = False
    is_loading: bool = False
    asked_us: int = 0
    failure: str = ""

    @property
    def is_lane(self) -> bool:
        """Whether it is drawn in a narrow lane with words instead of on a value axis."""
        return self.tag.kind is TagKind.DISCRETE

    @property
    def is_drawn(self) -> bool:
        """Whether it has a line: not when it is hidden, and texts have none."""
        return not self.is_hidden and self.tag.kind is not TagKind.TEXT

    def line(self, window: TimeWindow, now_us: int, columns: int) -> Line:
        """Return its line in a window so many pixels wide, the last value held until now."""
        known = self.series.points().within(window.start_us, window.end_us)
        points = known.stepped() if self.tag.is_stepped else known
        line = decimate(points, window.start_us, window.end_us, columns)
        return line.held_until(min(window.end_us, now_us)).clipped(window.start_us, window.end_us)


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
