"""Facts of the trend: pens, window, cursor, and when history has to be asked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import numpy as np

from drivers.api import Quality
from hmi.domain.language import tr
from hmi.domain.tags import Tag
from hmi.panes.trend.drawing.picture import Painter, Picture
from hmi.panes.trend.history.loading import Loader
from hmi.panes.trend.pens import MOST_PENS, Pen, PenSet
from hmi.panes.trend.rows import PenRow, pen_row
from hmi.panes.trend.timeline.window import SECOND_US, TimeWindow
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, LiveDelta, Port
from hmi.ui.navigator import Navigator, Workspace
from hmi.ui.pane_facts import Listen, all_of


class TrendPresenter:
    """Holds the trend of one window. now_us: the clock, UTC µs."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator, now_us: Callable[[], int]) -> None:
        self._mirror = mirror
        self._navigator = navigator
        self._now_us = now_us
        self._changed: Callable[[], None] = lambda: None
        self._loader = Loader(port, now_us)
        self._painter = Painter()
        self._awaited: list[UUID] = []
        self._window = TimeWindow(now_us())
        self.pens = PenSet()
        self.picture = Picture(self._window)
        self.emphasised: int | None = None
        self.cursor_us: int | None = None
        self.notice = ""
        place = navigator.place
        if place.workspace is Workspace.TRENDS and place.tag >= 0:
            self.open(place.tag)

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when something other than live values differs; return what removes it.

        Live values are kept from now on, at any rate; the view draws them at its own pace.
        """
        self._changed = changed

        def on_change(change: Change, frame: Frame) -> None:
            if change & Change.CATALOGUE:
                self._take_catalogue()
            if frame.live is not None:
                self._take_live(frame.live)
            if change & Change.CATALOGUE:
                changed()

        return all_of(listen(on_change), self._navigator.on_trend(self.open))

    # ── pens ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, tag_index: int) -> None:
        """Add a pen for a tag, or emphasise the one that it has; a pen too many is a sentence."""
        tag = self._mirror.catalogue.tag_by_index.get(tag_index)
        if tag is None:
            return
        self.notice = ""
        there = self.pens.of_tag(tag)
        if there is not None:
            self.emphasised = there.number
        elif self.pens.is_full:
            self.notice = tr("{count} pens are the most. Remove one before you add {name}.").format(
                count=MOST_PENS, name=tag.name
            )
        else:
            self._add(tag)
        self._changed()

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

    def hide(self, number: int, is_hidden: bool) -> None:
        """Leave a pen out of the picture, or take it back in."""
        pen = self.pens.by_number(number)
        if pen is not None:
            pen.is_hidden = is_hidden
            self._changed()

    def choices(self) -> Mapping[str, int]:
        """Return every tag that can be a pen: what to search for, to its index."""
        catalogue = self._mirror.catalogue
        found: dict[str, int] = {}
        for tag in catalogue.tags:
            station = catalogue.station_by_id[tag.station_id].name
            label = f"{station} · {tag.name}"
            if label in found:
                label = f"{label} ({tag.key})"
            found[label] = tag.index
        return found

    @property
    def catalogue_version(self) -> int:
        """Changes with `choices`."""
        return self._mirror.catalogue.version

    # ── window and cursor ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def window(self) -> TimeWindow:
        return self._window.at(self._now_us())

    def set_span(self, span_us: int) -> None:
        """Show a stretch of this length around the cursor, or up to the right edge."""
        at_share = 1.0 if self.window.is_live else self._cursor_share(1.0)
        self._move(self.window.with_span(span_us, at_share, self._now_us()))

    def zoom(self, factor: float, at_share: float) -> None:
        """Show a stretch `factor` times as long around a place, 0 the left edge and 1 the right one."""
        self._move(self.window.zoomed(factor, at_share, self._now_us()))

    def zoom_in_place(self, factor: float) -> None:
        """Zoom around the cursor where there is one; else live at its right edge, paused around the middle."""
        self.zoom(factor, self._cursor_share(1.0 if self.window.is_live else 0.5))

    def pan(self, by_us: int) -> None:
        """Move the window, later for a positive number."""
        self._move(self.window.panned(by_us, self._now_us()))

    def pause(self) -> None:
        """Let the window stand still."""
        self._move(self.window.paused())

    def go_live(self) -> None:
        """Let the window follow now."""
        self._move(self.window.live(self._now_us()))

    def go_to(self, time_us: int) -> None:
        """Show a moment in the middle, with the cursor on it."""
        self.cursor_us = min(time_us, self._now_us())
        self._move(self.window.around(time_us, self._now_us()))

    def set_cursor(self, time_us: int | None) -> None:
        """Put the cursor on a time, or take it away."""
        self.cursor_us = time_us
        self._changed()

    def move_cursor(self, by_us: int) -> None:
        """Move the cursor, within the window."""
        if self.cursor_us is not None:
            window = self.window
            self.set_cursor(min(window.end_us, max(window.start_us, self.cursor_us + by_us)))

    @property
    def is_full_range(self) -> bool:
        return self._painter.is_full_range

    def set_full_range(self, is_full: bool) -> None:
        """Show the tags' whole ranges, or what fits the visible data."""
        self._painter.is_full_range = is_full
        self._changed()

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    def draw(self, columns: int, rows: int) -> Picture:
        """Return the picture as it is now for a chart of so many pixels across and down; kept in `picture`."""
        now_us = self._now_us()
        self.picture = self._painter.paint(
            tuple(self.pens), self._window.at(now_us), now_us, (max(1, columns), max(1, rows)), self.emphasised
        )
        return self.picture

    def rows(self) -> Sequence[PenRow]:
        """Return the pens as they stand, with the extremes of the last picture."""
        nothing = (float("nan"), float("nan"))
        return tuple(
            pen_row(
                self._mirror,
                pen,
                self.picture.extremes.get(pen.number, nothing),
                self.cursor_us,
                is_emphasised=pen.number == self.emphasised,
            )
            for pen in self.pens
        )

    @property
    def message(self) -> str:
        """What the operator should know of the trend, or nothing."""
        failed = [pen for pen in self.pens if pen.failure]
        if self.notice:
            return self.notice
        if failed:
            return tr("No history for pen {number}: {reason}").format(number=failed[0].number, reason=failed[0].failure)
        waiting = [pen for pen in self.pens if not self._loader.is_covered(pen, self.window)]
        if any(pen.is_loading for pen in waiting):
            return tr("Loading history…")
        extremes = self.picture.extremes
        if extremes and not waiting and all(low != low for low, _ in extremes.values()):  # only NaN is unlike itself
            return tr("No values were recorded in this stretch of time.")
        return ""

    # ── history ───────────────────────────────────────────────────────────────────────────────────────────────────

    def due(self, columns: int) -> tuple[Pen, ...]:
        """Return the pens whose history has to be asked for now, for a chart of so many pixels across."""
        window = self.window
        return tuple(pen for pen in self.pens if self._loader.is_due(pen, window, columns))

    async def load(self, pen: Pen, columns: int) -> None:
        """Ask for a pen's history of the window as it is now; a refusal ends up in `message`."""
        await self._loader.load(pen, self.window, columns)
        self._changed()

    # ── kept for the next time ────────────────────────────────────────────────────────────────────────────────────

    def state(self) -> dict[str, object]:
        """Return pens, span and range mode as plain data."""
        return {
            "pens": [str(pen.tag.id) for pen in self.pens] + [str(each) for each in self._awaited],
            "hidden": [str(pen.tag.id) for pen in self.pens if pen.is_hidden],
            "span_s": self._window.span_us / SECOND_US,
            "is_full_range": self.is_full_range,
        }

    def restore(self, state: Mapping[str, object]) -> None:
        """Take up a state; what does not fit is passed over, tags that are not known yet come with the catalogue."""
        span_s = state.get("span_s")
        if isinstance(span_s, int | float) and not isinstance(span_s, bool) and np.isfinite(span_s):
            self._window = self.window.with_span(round(min(abs(span_s), 1e10) * SECOND_US), 1.0, self._now_us())
        self._painter.is_full_range = state.get("is_full_range") is True
        self._awaited = _ids(state.get("pens"))
        self._take_catalogue()
        for tag_id in _ids(state.get("hidden")):
            tag = self._mirror.catalogue.tag_by_id.get(tag_id)
            pen = self.pens.of_tag(tag) if tag else None
            if pen is not None:
                pen.is_hidden = True
        self._changed()

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _add(self, tag: Tag) -> None:
        pen = self.pens.add(tag)
        now = self._mirror.reading(tag.index)
        pen.series.take_live(now.value, now.quality, now.source_us, self._now_us())

    def _cursor_share(self, otherwise: float) -> float:
        """Return where the cursor is in the window, 0 the left edge and 1 the right one."""
        window = self.window
        if self.cursor_us is None or not window.start_us <= self.cursor_us <= window.end_us:
            return otherwise
        return (self.cursor_us - window.start_us) / window.span_us

    def _move(self, window: TimeWindow) -> None:
        self._window = window
        self.notice = ""
        self._changed()

    def _take_live(self, live: LiveDelta) -> None:
        now_us = self._now_us()
        for pen in self.pens:
            for row in np.flatnonzero(live.tag == pen.tag.index).tolist():
                quality = Quality(int(live.quality[row]))
                pen.series.take_live(float(live.value[row]), quality, int(live.source_us[row]), now_us)

    def _take_catalogue(self) -> None:
        """Keep pens whose tag is still there, under its present meaning, and add those that were waited for."""
        known = self._mirror.catalogue.tag_by_id
        for pen in self.pens:
            if pen.tag.id in known:
                pen.tag = known[pen.tag.id]
            else:
                self.pens.remove(pen)
        for tag_id in [each for each in self._awaited if each in known]:
            self._awaited.remove(tag_id)
            if self.pens.of_tag(known[tag_id]) is None and not self.pens.is_full:
                self._add(known[tag_id])


def _ids(given: object) -> list[UUID]:
    """Return the UUIDs of a list, whatever else is in it."""
    found = []
    for each in given if isinstance(given, list) else []:
        try:
            found.append(UUID(str(each)))
        except ValueError:
            continue
    return found
