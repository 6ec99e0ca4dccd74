"""Facts of the trend: pens, window, cursor, and when history has to be asked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

import numpy as np

from drivers.api import Quality
from hmi.domain.language import tr
from hmi.domain.plant import Station
from hmi.domain.tags import Tag
from hmi.panes.trend.choosing import Choosing
from hmi.panes.trend.drawing.limits import Limit, LimitsOf, limits_of
from hmi.panes.trend.drawing.picture import Painter, Picture, Wishes
from hmi.panes.trend.drawing.scales import MOST_AXES
from hmi.panes.trend.export.buckets import BucketRows, file_rows
from hmi.panes.trend.history.loading import Loader
from hmi.panes.trend.kept import KeptChart, kept_chart
from hmi.panes.trend.overlay import Overlay, event_text, stations_of
from hmi.panes.trend.pens import MOST_PENS, Draws, Pen
from hmi.panes.trend.rows import LegendRow, PenRow, StatisticsRow, legend_row, pen_choices, pen_row, statistics_row
from hmi.panes.trend.statistics import statistics
from hmi.panes.trend.timeline.window import SECOND_US
from hmi.panes.trend.value_rows import ValueRows, value_rows
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, LiveDelta, PlantEvent, Port, RefusedError
from hmi.ui.navigator import Navigator, Workspace
from hmi.ui.pane_facts import Listen, all_of

NAN: Final = float("nan")


class TrendPresenter(Choosing):
    """Holds one chart. now_us: the clock, UTC µs."""

    def __init__(
        self, mirror: Mirror, port: Port, navigator: Navigator, now_us: Callable[[], int], *, is_active: bool = True
    ) -> None:
        self._mirror = mirror
        self._navigator = navigator
        self._port = port
        super().__init__(now_us)
        self._loader = Loader(port, now_us)
        self._painter = Painter()
        self._awaited: list[UUID] = []
        self._kept = KeptChart()
        self.overlay = Overlay(port, now_us, self._tell)
        self.is_active = is_active
        """Whether it is the chart that values are opened in."""
        place = navigator.place
        if is_active and place.workspace is Workspace.TRENDS and place.tag >= 0:
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

        def on_trend(tag: int, at_us: int) -> None:
            if self.is_active:
                self.open(tag)
                if at_us:
                    self.travel.go_to(at_us)

        return all_of(listen(on_change), self._navigator.on_trend(on_trend))

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

    def choices(self) -> Mapping[str, int]:
        """Return every tag that can be a pen: what to search for, to its index."""
        return pen_choices(self._mirror.catalogue)

    @property
    def catalogue_version(self) -> int:
        """Changes with `choices`."""
        return self._mirror.catalogue.version

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    def draw(self, columns: int, rows: int, most_axes: int = MOST_AXES) -> Picture:
        """Return the picture as it is now for a chart of so many pixels across and down; kept in `picture`."""
        pens = tuple(self.pens)
        wishes = Wishes(
            self.emphasised,
            self.default_range,
            self.travel.ranges,
            self.comparison.follow(pens),
            self._limits(pens),
            self.has_bands,
            most_axes,
        )
        self.picture = self._painter.paint(pens, self.window, self._now_us(), (max(1, columns), max(1, rows)), wishes)
        return self.picture

    def rows(self) -> Sequence[PenRow]:
        """Return the pens as they stand, with the extremes of the last picture, and below those that look back."""
        nothing = (NAN, NAN)
        past = self.comparison.follow(self.pens)
        return tuple(
            pen_row(
                self._mirror,
                pen,
                (self.picture.past_extremes if pen.shift else self.picture.extremes).get(pen.number, nothing),
                self.cursors,
                self.picture.window,
                is_emphasised=pen.number == self.emphasised and pen.shift is None,
                is_waiting=self._is_waiting(pen),
                label=self.comparison.label if pen.shift else "",
            )
            for pen in (*self.pens, *past)
        )

    def statistics(self, is_between_cursors: bool) -> Sequence[StatisticsRow]:
        """Return the pens' figures over the visible stretch, or from cursor to cursor; nothing without both."""
        window = self.window
        stretch = self.cursors.stretch_us if is_between_cursors else (window.start_us, window.end_us)
        if stretch is None:
            return ()
        start_us, end_us = stretch[0], min(stretch[1], self._now_us())
        rows = []
        for pen in (*self.pens, *self.comparison.follow(self.pens)):
            ends = (pen.shift.source_time(each, window) for each in (start_us, end_us)) if pen.shift else stretch
            begin_us, stop_us = ends
            stop_us = min(stop_us, self._now_us())
            found = statistics(pen.series.records(begin_us, stop_us), begin_us, stop_us, pen.tag.revision.rollover)
            label = self.comparison.label if pen.shift else ""
            rows.append(statistics_row(pen, None if self._is_waiting(pen) else found, label))
        return tuple(rows)

    def _is_waiting(self, pen: Pen) -> bool:
        """Whether history has still to come, so that figures of what is known would mislead."""
        return not pen.failure and not self._loader.is_covered(pen, self.window)

    def legend(self) -> Sequence[LegendRow]:
        """Return which number is which pen, with the last value of the visible stretch; only what has a line."""
        window, label = self.picture.window, self.comparison.label
        at_us = min(window.end_us, self._now_us())
        pens = [pen for pen in (*self.pens, *self.comparison.follow(self.pens)) if pen.is_drawn]
        return tuple(legend_row(self._mirror, pen, at_us, window, label if pen.shift else "") for pen in pens)

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
        return self.overlay.remark

    # ── history ───────────────────────────────────────────────────────────────────────────────────────────────────

    def due(self, columns: int) -> tuple[Pen, ...]:
        """Return the pens whose history has to be asked for now, for a chart of so many pixels across."""
        window = self.window
        pens = (*self.pens, *self.comparison.follow(self.pens))
        return tuple(pen for pen in pens if self._loader.is_due(pen, window, columns))

    async def load(self, pen: Pen, columns: int) -> None:
        """Ask for a pen's history of the window as it is now; a refusal ends up in `message`."""
        await self._loader.load(pen, self.window, columns)
        self._changed()

    @property
    def stations_by_id(self) -> Mapping[UUID, Station]:
        """Every station that is known."""
        return self._mirror.catalogue.station_by_id

    @property
    def stations(self) -> tuple[UUID, ...]:
        """The stations that the pens are of."""
        return stations_of(pen.tag.station_id for pen in self.pens)

    async def rows_for_file(self) -> ValueRows | BucketRows:
        """Return what is in sight as a file has it: readings, else low, mean and high. Raises RefusedError."""
        pens = (*self.pens, *self.comparison.follow(self.pens))
        window, now_us = self.window, self._now_us()
        rows = value_rows(pens, window, now_us)
        if rows.is_exact and all(self._loader.is_covered(pen, window) for pen in rows.pens):
            return rows
        return await file_rows(self._port, pens, window, now_us)

    def is_overlay_due(self) -> bool:
        """Whether the events have to be asked for now."""
        return self.overlay.is_due(self.window, self.stations)

    async def load_overlay(self) -> None:
        """Ask for the events of the window as it is now."""
        await self.overlay.load(self.window, self.stations)

    def show_event(self, event: PlantEvent | None) -> None:
        """Choose an event: the cursor goes there and the message tells it."""
        self.overlay.chosen = event
        if event is not None:
            self.notice = event_text(event)
            self.set_cursor(event.at_us)

    def step_event(self, direction: int) -> None:
        """Choose the next event in the window, or the one before for −1."""
        event = self.overlay.choose_next(self.window, direction)
        if event is None:
            self.notice = tr("Nothing happened in this stretch of time.")
            self._changed()
        else:
            self.show_event(event)

    @property
    def note_place(self) -> tuple[int, Tag] | None:
        """The moment and the tag that a note would be written to: the cursor's, and the emphasised or first pen's."""
        pens = list(self.pens)
        if not pens:
            return None
        pen = next((each for each in pens if each.number == self.emphasised), pens[0])
        return self.cursor_us if self.cursor_us is not None else min(self.window.end_us, self._now_us()), pen.tag

    async def add_note(self, text: str) -> None:
        """Write a note there. Raises RefusedError."""
        place = self.note_place
        if place is None:
            raise RefusedError(tr("Add a pen first: a note belongs to a tag and its station."))
        at_us, tag = place
        await self.overlay.add_note(at_us, tag.station_id, tag.index, text)

    # ── kept for the next time ────────────────────────────────────────────────────────────────────────────────────

    def state(self) -> dict[str, object]:
        """Return the chart as plain data."""
        return {
            "pens": [str(pen.tag.id) for pen in self.pens] + [str(each) for each in self._awaited],
            "hidden": [str(pen.tag.id) for pen in self.pens if pen.is_hidden],
            "drawing": {str(pen.tag.id): str(pen.draws) for pen in self.pens if pen.draws is not Draws.AUTO},
            "axes": {str(pen.tag.id): pen.axis for pen in self.pens if pen.axis},
            "span_s": self.window.span_us / SECOND_US,
            "is_full_range": self.is_full_range,
            "ranges": {key: each.state() for key, each in self.travel.ranges.items()},
            "limits": str(self.limits),
            "has_bands": self.has_bands,
            "compare": self.comparison.state(),
            "events": sorted(str(each) for each in self.overlay.kinds),
        }

    def restore(self, state: Mapping[str, object]) -> None:
        """Take up a state; what does not fit is passed over, tags that are not known yet come with the catalogue."""
        self._kept = kept = kept_chart(state)
        window = self.window
        if kept.span_us is not None:
            window = window.with_span(kept.span_us, 1.0, self._now_us())
        self.travel.restore(window, kept.ranges)
        self.default_range, self.limits, self.has_bands = kept.default_range, kept.limits, kept.has_bands
        self.comparison.restore(state.get("compare"))
        self.overlay.kinds = set(kept.kinds)
        self._awaited = list(kept.pens)
        self._take_catalogue()
        self._changed()

    def replace_pens(self, state: Mapping[str, object]) -> None:
        """Take up a state in place of the pens that are there, as when a saved group is opened."""
        self.pens.clear()
        self.emphasised = None
        self.notice = ""
        self.restore(state)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tell(self) -> None:
        self._changed()

    def _add(self, tag: Tag) -> Pen:
        pen = self.pens.add(tag)
        now = self._mirror.reading(tag.index)
        pen.series.take_live(now.value, now.quality, now.source_us, self._now_us())
        return pen

    def _limits(self, pens: Sequence[Pen]) -> Sequence[Limit]:
        on_axes = [pen for pen in pens if pen.is_drawn and not pen.is_lane]
        if self.limits is LimitsOf.NONE:
            return ()
        if self.limits is LimitsOf.CHOSEN and len(on_axes) > 1:
            on_axes = [pen for pen in on_axes if pen.number == self.emphasised]
        alarms = self._mirror.catalogue.alarms_of_tag
        return limits_of(on_axes, [alarms.get(pen.tag.id, ()) for pen in on_axes])

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
                self._kept.give(self._add(known[tag_id]))
