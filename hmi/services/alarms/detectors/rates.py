"""Rate-of-change alarms."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, Self

import numpy as np

from drivers.api import Batch
from hmi.domain.alarms import AlarmDefinition, AlarmType
from hmi.domain.alarms.figures import MINUTE_US
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.detectors.detector import HeldOf, Seen, columns, is_trusted, of_tags, timing
from hmi.services.alarms.edges import Edge, Edges
from hmi.services.alarms.tag_rows import TagRows

RATE_POINTS_LEAST: Final = 3
RATE_POINTS_MOST: Final = 200
"""Readings of a window that are kept: more say nothing new of its slope."""

NEVER: Final = np.iinfo(np.int64).max


class RateDetector:
    """Rate-of-change alarms: the slope of the line through the readings of a window, by least squares, per minute.

    A source that reports by exception is silent while its value rests: a window without a reading is a slope of 0.
    """

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition]) -> None:
        found = of_tags(catalogue, alarms, {AlarmType.RATE_OF_CHANGE})
        self._rows = TagRows([tag for tag, _ in found])
        self.edges = Edges([timing(alarm, alarm.limit) for _, alarm in found])
        self._windows = [_Window(round(alarm.window_s * 1e6)) for _, alarm in found]
        self._length_us = np.array([window.length_us for window in self._windows], np.int64)
        self.heard_us = np.full(len(found), NEVER, np.int64)
        """When each tag last had a value that is trusted, by our clock; NEVER where it has none."""

    def go_on(self, before: Self) -> list[int]:
        match = self.edges.match(before.edges)
        for row, old in zip(match.rows.tolist(), match.olds.tolist(), strict=True):
            if before._windows[old].length_us == self._windows[row].length_us:
                self._windows[row] = before._windows[old]
                self.heard_us[row] = before.heard_us[old]
        return self.edges.take_over(before.edges)

    def take(self, batch: Batch) -> list[Edge]:
        position, row = self._rows.find(batch.tag)
        if not len(row):
            return []
        trusted = is_trusted(batch)
        found: list[Seen] = []
        for at, each in zip(position.tolist(), row.tolist(), strict=True):
            at_us, value, received_us = int(batch.source_us[at]), float(batch.value[at]), int(batch.received_us[at])
            slope = self._windows[each].slope(at_us, value) if trusted[at] else self._windows[each].restart()
            self.heard_us[each] = received_us if trusted[at] else NEVER
            found.append((each, at_us, received_us, abs(slope), value, slope == slope))  # NaN ≠ itself
        return self.edges.take(columns(found))

    def due(self, now_us: int) -> list[Edge]:
        rests = np.flatnonzero(self.edges.is_active & (now_us - self._length_us >= self.heard_us))
        found: list[Seen] = []
        for row in rests.tolist():
            window = self._windows[row]
            at_us, value = window.last[0] + window.length_us, window.last[1]
            window.restart()
            self.heard_us[row] = NEVER
            found.append((row, at_us, now_us, 0.0, value, True))
        return [*(self.edges.take(columns(found)) if found else ()), *self.edges.due(now_us)]

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        return []  # the next readings say how fast the value changes


class _Window:
    """The readings of the last stretch of time of one tag, thinned; a gap longer than the window begins it anew."""

    def __init__(self, length_us: int) -> None:
        self.length_us = length_us
        self.last = (0, float("nan"))
        self._points: deque[tuple[int, float]] = deque()

    def restart(self) -> float:
        self._points.clear()
        return float("nan")

    def slope(self, at_us: int, value: float) -> float:
        """Return the slope a minute with this reading; NaN before three readings fill half of the window."""
        points = self._points
        self.last = (at_us, value)
        if points and not 0 <= at_us - points[-1][0] <= self.length_us:
            points.clear()
        if len(points) > 1 and at_us - points[-2][0] < self.length_us // RATE_POINTS_MOST:
            points.pop()  # the newest always counts, the one before it only where there is room
        points.append((at_us, value))
        while points[0][0] < at_us - self.length_us:
            points.popleft()
        if len(points) < RATE_POINTS_LEAST or at_us - points[0][0] < self.length_us // 2:
            return float("nan")
        column = np.array(points, np.float64)
        minutes = (column[:, 0] - at_us) / MINUTE_US
        minutes -= minutes.mean()
        return float((minutes * (column[:, 1] - column[:, 1].mean())).sum() / (minutes * minutes).sum())
