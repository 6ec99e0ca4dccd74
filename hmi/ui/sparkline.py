"""Sparklines: the last minutes of a value in a small strip, without axes; a gap stays a gap.

One store for all of them: a small ring a tag, filled by the mirror's frames and once from history. No timers: they are
painted when the rows they stand in are.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from drivers.api import Quality
from hmi.services.mirror import Mirror
from hmi.services.port import Frame, PenData, Port, ReadHistory, RefusedError
from hmi.ui.decimation import Line, decimate
from hmi.ui.points import Float64, Int64, Points

SPAN_US: Final = 15 * 60 * 1_000_000
MOST_TAGS: Final = 256
"""Tags kept at a time; of more, those that were not shown for longest are forgotten."""

CAPACITY: Final = 2048
"""Readings kept a tag; history and the live tail are thinned to this when there are more."""

COLUMNS: Final = 60
SMALLEST_SHARE: Final = 0.02
"""Of a tag's range."""

SHOWN: Final = frozenset({Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED})


class _Strip:
    """One tag's readings: ascending times and values, NaN for a gap."""

    def __init__(self) -> None:
        self.time_us: Int64 = np.zeros(CAPACITY, np.int64)
        self.value: Float64 = np.zeros(CAPACITY)
        self.rows = 0
        self.is_asked = False

    def append(self, time_us: int, value: float) -> None:
        if self.rows and time_us <= self.time_us[self.rows - 1]:
            return
        if self.rows == CAPACITY:
            self._keep(CAPACITY // 2)
        self.time_us[self.rows], self.value[self.rows] = time_us, value
        self.rows += 1

    def put_before(self, time_us: Int64, value: Float64) -> None:
        """Put history in front of what is there already."""
        first_us = int(self.time_us[0]) if self.rows else None
        stop = len(time_us) if first_us is None else int(np.searchsorted(time_us, first_us, "left"))
        tail = self.rows
        start = max(0, stop - (CAPACITY - tail))
        count = stop - start
        self.time_us[count : count + tail] = self.time_us[:tail].copy()
        self.value[count : count + tail] = self.value[:tail].copy()
        self.time_us[:count], self.value[:count] = time_us[start:stop], value[start:stop]
        self.rows = count + tail

    def points(self) -> Points:
        return Points.of(self.time_us[: self.rows], self.value[: self.rows])

    def _keep(self, rows: int) -> None:
        first = self.rows - rows
        self.time_us[:rows] = self.time_us[first : self.rows].copy()
        self.value[:rows] = self.value[first : self.rows].copy()
        self.rows = rows


class Sparklines:
    """Keeps the strips of the tags that a pane shows. now_us: the clock, UTC µs. GUI thread."""

    def __init__(self, mirror: Mirror, port: Port, now_us: Callable[[], int]) -> None:
        self._mirror = mirror
        self._port = port
        self.now_us = now_us
        self._strips: OrderedDict[int, _Strip] = OrderedDict()

    def take(self, frame: Frame) -> None:
        """Add the readings of a frame; called by the pane's own listener, so that an error is the pane's."""
        if frame.live is None or not self._strips:
            return
        for row, tag in enumerate(frame.live.tag.tolist()):
            strip = self._strips.get(tag)
            if strip is not None:
                is_shown = Quality(int(frame.live.quality[row])) in SHOWN
                source_us = int(frame.live.source_us[row])
                # What is not to be trusted counts from now: its source time may be that of the last good reading.
                time_us = source_us if is_shown else max(source_us, self.now_us())
                strip.append(time_us, float(frame.live.value[row]) if is_shown else float("nan"))

    def wanted(self, tags: Iterable[int]) -> tuple[int, ...]:
        """Keep these tags from now on; return those whose past has to be asked for."""
        missing = []
        for tag in tags:
            strip = self._strips.pop(tag, None) or _Strip()
            self._strips[tag] = strip
            if not strip.is_asked:
                strip.is_asked = True
                now = self._mirror.reading(tag)
                if now.source_us and now.quality in SHOWN:
                    strip.append(now.source_us, now.value)
                missing.append(tag)
        while len(self._strips) > MOST_TAGS:
            self._strips.popitem(last=False)
        return tuple(missing)

    async def load(self, tags: tuple[int, ...]) -> None:
        """Ask once for the past of tags; a history that refuses leaves the lines to begin now."""
        end_us = self.now_us()
        try:
            answers = await self._port.request(ReadHistory(tags, end_us - SPAN_US, end_us, COLUMNS * 4))
        except RefusedError:
            return
        for answer in answers or ():
            strip = self._strips.get(answer.tag)
            if strip is not None:
                strip.put_before(*_values_of(answer, end_us - SPAN_US))

    def least_of(self, tag: int) -> float:
        """Return the spread of a value below which it does not fill the height."""
        found = self._mirror.catalogue.tag_by_index.get(tag)
        return SMALLEST_SHARE * (found.revision.high - found.revision.low) if found is not None else 0.0

    def line(self, tag: int, columns: int = COLUMNS) -> Line | None:
        """Return a tag's line up to now, None when there is nothing of it."""
        strip = self._strips.get(tag)
        if strip is None or not strip.rows:
            return None
        now_us = self.now_us()
        start_us = now_us - SPAN_US
        known = strip.points().within(start_us, now_us)
        if not len(known):
            return None
        found = self._mirror.catalogue.tag_by_index.get(tag)
        points = known.stepped() if found is not None and found.is_stepped else known
        return decimate(points, start_us, now_us, columns).held_until(now_us).clipped(start_us, now_us)


def draw_sparkline(painter: QPainter, line: Line, at: QRectF, colour: QColor, end_us: int, least: float) -> None:
    """Draw a line in a rectangle, from its lowest to its highest value, SPAN_US wide up to end_us.

    least: a spread up to this, in the value's unit, does not fill the height.
    """
    low, high = line.extremes
    if low != low:  # only NaN is unlike itself
        return
    # Noise is not blown up to a storm.
    spare = max(0.0, (least - (high - low)) / 2)
    low, high = low - spare, high + spare
    x = at.left() + (line.time_us - (end_us - SPAN_US)) / SPAN_US * at.width()
    share = (line.value - low) / (high - low) if high > low else np.where(np.isnan(line.value), np.nan, 0.5)
    y = at.bottom() - share * at.height()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(colour, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edges = np.flatnonzero(np.isnan(y))
    for start, stop in zip(np.append(0, edges + 1), np.append(edges, len(y)), strict=True):
        if stop - start > 1:
            places = zip(x[start:stop].tolist(), y[start:stop].tolist(), strict=True)
            painter.drawPolyline(QPolygonF([QPointF(*place) for place in places]))
    painter.restore()


def _values_of(answer: PenData, start_us: int) -> tuple[Int64, Float64]:
    """Return history as single readings: the value that held at the start, then each, of a bucket low and high."""
    first_us, first = np.array([start_us], np.int64), np.array([answer.held])
    if answer.is_raw:
        return np.concatenate([first_us, answer.time_us]), np.concatenate([first, answer.last])
    pairs = np.stack([answer.low, answer.high], axis=1).ravel()
    times = np.repeat(answer.time_us, 2)
    times[1::2] += 1
    return np.concatenate([first_us, times]), np.concatenate([first, pairs])
