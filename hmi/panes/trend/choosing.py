"""What an operator chooses of a chart: which pens, which of them stands out, and how they are drawn."""

from __future__ import annotations

from collections.abc import Callable

from hmi.panes.trend.comparing import Comparison
from hmi.panes.trend.drawing.limits import LimitsOf
from hmi.panes.trend.drawing.ranges import RangeMode
from hmi.panes.trend.drawing.scales import MOST_AXES
from hmi.panes.trend.pens import Draws, Pen, PenSet
from hmi.panes.trend.steering import Steering
from hmi.panes.trend.timeline.shift import Shift


class Choosing(Steering):
    """The third of a trend's presenter that chooses. now_us: the clock, UTC µs."""

    def __init__(self, now_us: Callable[[], int]) -> None:
        super().__init__(now_us)
        self.comparison = Comparison()
        self.default_range = RangeMode.AUTO
        self.limits = LimitsOf.CHOSEN
        self.has_bands = True
        self.pens = PenSet()
        self.emphasised: int | None = None

    def remove(self, number: int) -> None:
        """Take a pen away."""
        pen = self.pens.by_number(number)
        if pen is None:
            return
        self.pens.remove(pen)
        self.notice = ""
        if self.emphasised == number:
            self.emphasised = None
        self._changed()

    def emphasise(self, number: int | None) -> None:
        """Draw one pen stronger than the others, or none."""
        if number != self.emphasised:
            self.emphasised = number
            self.notice = ""
            self._changed()

    @property
    def chosen_pen(self) -> Pen | None:
        """The emphasised pen, or the only one."""
        pens = list(self.pens)
        return next((pen for pen in pens if pen.number == self.emphasised), pens[0] if len(pens) == 1 else None)

    def say(self, sentence: str) -> None:
        """Put a sentence where the chart's message is, until the chart is moved."""
        self.notice = sentence
        self._changed()

    def hide(self, number: int, is_hidden: bool) -> None:
        """Leave a pen out of the picture, or take it back in."""
        pen = self.pens.by_number(number)
        if pen is not None:
            pen.is_hidden = is_hidden
            self._changed()

    def set_drawing(self, number: int, draws: Draws) -> None:
        """Draw a pen as a line or in steps."""
        pen = self.pens.by_number(number)
        if pen is not None:
            pen.draws = draws
            self._changed()

    def set_axis(self, number: int, axis: int) -> None:
        """Give a pen one of the axes 1…4, or 0 for that of its unit; one too many is a sentence."""
        pen = self.pens.by_number(number)
        if pen is None or not 0 <= axis <= MOST_AXES:
            return
        pen.axis = axis
        self.notice = ""
        self._changed()

    @property
    def is_full_range(self) -> bool:
        return self.default_range is RangeMode.FULL

    def set_full_range(self, is_full: bool) -> None:
        """Show the tags' whole ranges, or what fits the visible data, on axes without an own range."""
        self.default_range = RangeMode.FULL if is_full else RangeMode.AUTO
        self._changed()

    def set_limits(self, limits_of_which: LimitsOf) -> None:
        """Draw the alarm limits of these pens."""
        self.limits = limits_of_which
        self._changed()

    def set_bands(self, has_bands: bool) -> None:
        """Draw the band from lowest to highest where a pixel holds many readings, or not."""
        self.has_bands = has_bands
        self._changed()

    def compare(self, shift: Shift | None) -> None:
        """Draw the pens of an earlier period too, or no longer."""
        self.comparison.set_shift(shift)
        self._changed()
