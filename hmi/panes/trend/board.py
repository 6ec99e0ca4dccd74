"""Several charts side by side: each with its own pens and window, or all with one common window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Final

from hmi.panes.trend.presenter import TrendPresenter
from hmi.services.mirror import Mirror
from hmi.services.port import Port
from hmi.ui.navigator import Navigator
from hmi.ui.pane_facts import Listen, all_of

MOST_CHARTS: Final = 4


class Layout(StrEnum):
    """How the charts stand."""

    ONE = "one"
    BESIDE = "beside"
    BELOW = "below"
    GRID = "grid"


SHOWN: Final = {Layout.ONE: 1, Layout.BESIDE: 2, Layout.BELOW: 2, Layout.GRID: 4}


class Board:
    """Holds four charts, of which the layout shows the first few; those that are not shown keep what they have."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator, now_us: Callable[[], int]) -> None:
        self.charts: Sequence[TrendPresenter] = tuple(
            TrendPresenter(mirror, port, navigator, now_us, is_active=not number) for number in range(MOST_CHARTS)
        )
        self.layout = Layout.ONE
        self.is_time_common = False
        self._changed: Callable[[], None] = lambda: None
        self._is_following = False
        for chart in self.charts:
            chart.moved = partial(self._follow, chart)

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when something other than live values differs; return what removes it."""
        self._changed = changed
        return all_of(*(chart.listen(listen, changed) for chart in self.charts))

    @property
    def shown(self) -> Sequence[TrendPresenter]:
        return self.charts[: SHOWN[self.layout]]

    @property
    def active(self) -> TrendPresenter:
        """The chart that keys, buttons and opened values mean."""
        return next(chart for chart in self.charts if chart.is_active)

    def activate(self, chart: TrendPresenter) -> None:
        """Let keys, buttons and opened values mean this chart."""
        if not chart.is_active:
            for each in self.charts:
                each.is_active = each is chart
            self._changed()

    def activate_next(self) -> None:
        """Go on to the next chart that is shown."""
        shown = self.shown
        place = shown.index(self.active)
        self.activate(shown[(place + 1) % len(shown)])

    def lay_out(self, layout: Layout) -> None:
        """Show more or fewer charts."""
        self.layout = layout
        if self.active not in self.shown:
            self.activate(self.charts[0])
        if self.is_time_common:
            self._follow(self.active)
        self._changed()

    def share_time(self, is_common: bool) -> None:
        """Let all charts have the active one's window, and move with it, or go their own ways."""
        self.is_time_common = is_common
        if is_common:
            self._follow(self.active)
        self._changed()

    def state(self) -> dict[str, object]:
        """Return everything as plain data."""
        return {
            "charts": [chart.state() for chart in self.charts],
            "layout": str(self.layout),
            "is_time_common": self.is_time_common,
            "active": self.charts.index(self.active),
        }

    def restore(self, state: Mapping[str, object]) -> None:
        """Take up a state, or one chart's alone; what does not fit is passed over."""
        kept = state.get("charts")
        states = kept if isinstance(kept, list) else [state]
        for chart, each in zip(self.charts, states, strict=False):
            if isinstance(each, Mapping):
                chart.restore(each)
        layout, active = state.get("layout"), state.get("active")
        self.layout = Layout(str(layout)) if layout in list(Layout) else Layout.ONE
        self.is_time_common = state.get("is_time_common") is True
        if isinstance(active, int) and 0 <= active < len(self.shown):
            self.activate(self.charts[active])
        self._changed()

    def _follow(self, leader: TrendPresenter) -> None:
        if not self.is_time_common or self._is_following:
            return
        self._is_following = True  # what follows says so too
        for chart in self.shown:
            if chart is not leader:
                chart.travel.follow(leader.window)
        self._is_following = False
