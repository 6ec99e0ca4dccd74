"""Facts of the trend: pens, window, cursor, and when history has to be asked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from drivers.api import Quality
from hmi.domain.language import tr
from hmi.domain.tags import Tag
from hmi.panes.trend.pens import MOST_PENS, Pen, PenSet
from hmi.panes.trend.picture import Painter, Picture
from hmi.panes.trend.ring import CAPACITY
from hmi.panes.trend.series import Coverage
from hmi.panes.trend.window import SECOND_US, TimeWindow
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, LiveDelta, Port, ReadHistory, RefusedError
from hmi.ui.navigator import Navigator, Workspace
from hmi.ui.pane_facts import Listen, all_of
from hmi.ui.words import quality_text

MARGIN: Final = 0.25
"""How much more than the window a query asks for on either side, so that a small pan shows something at once."""

AHEAD_US: Final = 10 * SECOND_US
"""How far source times may run ahead of our clock; acquisition replaces those that run further."""

REFRESH_US: Final = 10 * SECOND_US
REFRESH_SHARE: Final = 0.01
"""In live mode history is asked again this often: ten seconds, or a hundredth of a longer window."""

RETRY_US: Final = 10 * SECOND_US


@dataclass(frozen=True, slots=True)
class PenRow:
    """One pen as the table shows it."""

    number: int
    station: str
    name: str
    value: str
    quality: str
    is_good: bool
    unit: str
    at_cursor: str
    low: str
    high: str
    is_hidden: bool
    is_emphasised: bool


class TrendPresenter:
    """Holds the trend of one window. now_us: the clock, UTC µs."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator, now_us: Callable[[], int]) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self._now_us = now_us
        self._changed: Callable[[], None] = lambda: None
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
        """Show a stretch of this length."""
        self._move(self.window.with_span(span_us, self._now_us()))

    def zoom(self, factor: float, at_share: float) -> None:
        """Show a stretch `factor` times as long around a place, 0 the left edge and 1 the right one."""
        self._move(self.window.zoomed(factor, at_share, self._now_us()))

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
        return tuple(self._row(pen) for pen in self.pens)

    @property
    def message(self) -> str:
        """What the operator should know of the trend, or nothing."""
        failed = [pen for pen in self.pens if pen.failure]
        if self.notice:
            return self.notice
        if failed:
            return tr("No history for pen {number}: {reason}").format(number=failed[0].number, reason=failed[0].failure)
        if any(pen.is_loading and not self._is_covered(pen, 0.0) for pen in self.pens):
            return tr("Loading history…")
        return ""

    # ── history ───────────────────────────────────────────────────────────────────────────────────────────────────

    def due(self, columns: int) -> tuple[Pen, ...]:
        """Return the pens whose history has to be asked for now; each is loaded by one `load` at a time."""
        width_us = self._window.span_us / max(1, columns)
        return tuple(pen for pen in self.pens if not pen.is_loading and self._is_due(pen, width_us))

    async def load(self, pen: Pen, columns: int) -> None:
        """Ask for a pen's history of the window; a refusal is kept as the pen's failure and tried again later."""
        window = self.window
        width_us = window.span_us / max(1, columns)
        margin_us = round(MARGIN * window.span_us)
        now_us = self._now_us()
        asked = Coverage(
            window.start_us - margin_us, min(window.end_us + margin_us, now_us + AHEAD_US), max(1.0, width_us)
        )
        pixels = max(1, round((asked.end_us - asked.start_us) / asked.width_us))
        pen.is_loading, pen.asked_us = True, now_us
        try:
            (answer,) = await self._port.request(ReadHistory((pen.tag.index,), asked.start_us, asked.end_us, pixels))
        except RefusedError as error:
            pen.failure = str(error)
        else:
            pen.failure = ""
            pen.series.take_history(answer, asked)
        finally:
            pen.is_loading = False
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
            self._window = self.window.with_span(round(min(abs(span_s), 1e10) * SECOND_US), self._now_us())
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

    def _is_covered(self, pen: Pen, width_us: float) -> bool:
        """Whether the window can be drawn from what is known; width_us: of a pixel, 0 for however coarse."""
        known, window = pen.series.coverage, self.window
        if known is None:
            return False
        reach_us = max(known.end_us, pen.series.reaches(self._now_us()))
        is_fine = not width_us or known.width_us <= 1.5 * width_us
        return is_fine and known.start_us <= window.start_us and window.end_us <= reach_us

    def _is_due(self, pen: Pen, width_us: float) -> bool:
        age_us = self._now_us() - pen.asked_us
        if pen.failure:
            return age_us >= RETRY_US
        if not self._is_covered(pen, width_us):
            return True
        is_long = pen.series.tail_rows > CAPACITY // 2
        patience_us = REFRESH_US if is_long else max(REFRESH_US, REFRESH_SHARE * self._window.span_us)
        return self._window.is_live and age_us >= patience_us

    def _row(self, pen: Pen) -> PenRow:
        tag = pen.tag
        station = self._mirror.catalogue.station_by_id.get(tag.station_id)
        now = self._mirror.reading(tag.index)
        low, high = self.picture.extremes.get(pen.number, (float("nan"), float("nan")))
        at_cursor = "" if self.cursor_us is None else tag.text(pen.series.points().at(self.cursor_us))
        return PenRow(
            number=pen.number,
            station=station.name if station else "",
            name=tag.name,
            value=self._mirror.text_of(tag),
            quality=quality_text(now.quality),
            is_good=now.quality in (Quality.GOOD, Quality.SUBSTITUTED),
            unit=tag.unit,
            at_cursor=at_cursor,
            low=tag.text(low),
            high=tag.text(high),
            is_hidden=pen.is_hidden,
            is_emphasised=pen.number == self.emphasised,
        )


def _ids(given: object) -> list[UUID]:
    """Return the UUIDs of a list, whatever else is in it."""
    found = []
    for each in given if isinstance(given, list) else []:
        try:
            found.append(UUID(str(each)))
        except ValueError:
            continue
    return found
