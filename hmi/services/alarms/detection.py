"""Detection: batches of readings in, edges of alarm conditions out; one detector for each way of looking at a value.

Event time throughout: the source's, or ours where the source's clock was found off. A value that is NaN, infinite or
not trusted neither raises nor clears a process alarm; it has a quality alarm of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self
from uuid import UUID

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Quality
from hmi.domain.alarms import LIMIT_TYPES, AlarmDefinition, AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.edges import Comparisons, Edge, Edges, Timing
from hmi.services.alarms.tag_rows import TagRows

_TRUSTED: Final = np.array([Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED], np.uint16)
_SOUND: Final = np.array([Quality.GOOD, Quality.SUBSTITUTED], np.uint16)
_FALLING: Final = frozenset({AlarmType.LOW, AlarmType.LOW_LOW})
HALF: Final = 0.5
RATE_POINTS_LEAST: Final = 3
RATE_POINTS_MOST: Final = 200
"""Readings of a window that are kept: more say nothing new of its slope."""

NEVER: Final = np.iinfo(np.int64).max
MINUTE_US: Final = 60_000_000


@dataclass(frozen=True, slots=True)
class Held:
    """What a tag shows now: value, whether it is trusted, when it was made (UTC µs), and whether its link is there."""

    value: float
    is_trusted: bool
    at_us: int
    is_linked: bool = True


HeldOf = Callable[[int], Held]
_Seen = tuple[int, int, int, float, float, bool]
"""One line of Comparisons."""


class Detector(Protocol):
    """One way of looking at readings. All on the I/O thread."""

    edges: Edges

    def go_on(self, before: Self) -> list[int]:
        """Go on where the detector of an older catalogue stood; return the rows that are new or were edited."""

    def take(self, batch: Batch) -> list[Edge]:
        """Return the edges of a batch."""

    def due(self, now_us: int) -> list[Edge]:
        """Return the edges of delays that ran out by now (our clock)."""

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        """Compare what is held with conditions that changed."""


class Detection:
    """Every detector over one catalogue."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition], now_us: int) -> None:
        """alarms: those of the catalogue and those that it implies."""
        given = tuple(alarms)
        self._detectors: tuple[Detector, ...] = (
            LimitDetector(catalogue, given),
            DeviationDetector(catalogue, given),
            RateDetector(catalogue, given),
            QualityDetector(catalogue, given),
            StaleDetector(catalogue, given, now_us),
        )

    def take_over(self, before: Detection, held: HeldOf, now_us: int) -> list[Edge]:
        """Go on where the detection of an older catalogue stood; return the edges of alarms that were edited."""
        edges: list[Edge] = []
        for detector, old in zip(self._detectors, before._detectors, strict=True):  # in the same order
            edges += detector.look_again(detector.go_on(old), held, now_us)
        return _in_time(edges)

    def set_active(self, alarm_id: UUID) -> None:
        """Take an alarm as active, as after a restart."""
        for detector in self._detectors:
            row = detector.edges.row_of.get(alarm_id)
            if row is not None:
                detector.edges.is_active[row] = True

    def clock_jumped(self, by_us: int) -> None:
        """Let what waits wait as long as before, although our clock has jumped."""
        for detector in self._detectors:
            detector.edges.clock_jumped(by_us)
            if isinstance(detector, StaleDetector | RateDetector):
                detector.heard_us += by_us

    def link_came(self, tags: npt.NDArray[np.uint32], now_us: int, *, is_off: bool) -> list[Edge]:
        """Return the edges that end what a link's silence raised; is_off: the link is switched off for good."""
        return [
            edge
            for detector in self._detectors
            if isinstance(detector, StaleDetector) or (is_off and isinstance(detector, QualityDetector))
            for edge in detector.link_came(tags, now_us)
        ]

    def take(self, batch: Batch) -> list[Edge]:
        """Return the edges of a batch, in the order of time."""
        return _in_time([edge for detector in self._detectors for edge in detector.take(batch)])

    def due(self, now_us: int) -> list[Edge]:
        """Return the edges of delays that ran out by now; to be asked before each batch and while none comes."""
        return _in_time([edge for detector in self._detectors for edge in detector.due(now_us)])


class LimitDetector:
    """High-high, high, low, low-low and discrete alarms."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition]) -> None:
        found = _of_tags(catalogue, alarms, {*LIMIT_TYPES, AlarmType.DISCRETE})
        self._rows = TagRows([tag for tag, _ in found])
        # A low limit is a high one seen in a mirror: with sign −1 every limit is raised at or above.
        self._sign = np.array([_sign(alarm) for _, alarm in found], np.float64)
        self.edges = Edges([_timing(alarm, alarm.limit * _sign(alarm)) for _, alarm in found])

    def go_on(self, before: Self) -> list[int]:
        return self.edges.take_over(before.edges)

    def take(self, batch: Batch) -> list[Edge]:
        position, row = self._rows.find(batch.tag)
        if not len(row):
            return []
        value = batch.value[position]
        return self.edges.take(
            Comparisons(
                row,
                batch.source_us[position],
                batch.received_us[position],
                value * self._sign[row],
                value,
                is_trusted(batch)[position],
            )
        )

    def due(self, now_us: int) -> list[Edge]:
        return self.edges.due(now_us)

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        return _compare_held(self.edges, rows, self._rows.tag, self._sign, held, now_us)


class DeviationDetector:
    """Deviation alarms: the distance of a value from another tag's, its setpoint."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition]) -> None:
        found = [
            (tag, catalogue.tag_by_id[alarm.setpoint].index, alarm)
            for tag, alarm in _of_tags(catalogue, alarms, {AlarmType.DEVIATION})
            if alarm.setpoint is not None and alarm.setpoint in catalogue.tag_by_id
        ]
        self.edges = Edges([_timing(alarm, alarm.limit) for _, _, alarm in found])
        self._pairs = [(tag, setpoint) for tag, setpoint, _ in found]
        self._rows_of: dict[int, list[int]] = {}
        for row, pair in enumerate(self._pairs):
            for tag in pair:
                self._rows_of.setdefault(tag, []).append(row)
        self._watched = np.array(sorted(self._rows_of), np.uint32)
        self._held: dict[int, Held] = {}

    def go_on(self, before: Self) -> list[int]:
        return self.edges.take_over(before.edges)

    def take(self, batch: Batch) -> list[Edge]:
        if not len(self._watched):
            return []
        positions = np.flatnonzero(np.isin(batch.tag, self._watched))
        trusted = is_trusted(batch)
        found: list[_Seen] = []
        for position in positions.tolist():
            tag, at_us = int(batch.tag[position]), int(batch.source_us[position])
            self._held[tag] = Held(float(batch.value[position]), bool(trusted[position]), at_us)
            received_us = int(batch.received_us[position])
            found += [(row, at_us, received_us, *self._seen(row)) for row in self._rows_of[tag]]
        return self.edges.take(_columns(found)) if found else []

    def due(self, now_us: int) -> list[Edge]:
        return self.edges.due(now_us)

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        self._held = {tag: held(tag) for tag in self._watched.tolist()}
        found = [(row, now_us, now_us, *self._seen(row)) for row in rows]
        return self.edges.take(_columns(found)) if found else []

    def _seen(self, row: int) -> tuple[float, float, bool]:
        value, setpoint = (self._held.get(tag) for tag in self._pairs[row])
        if value is None or setpoint is None:
            return 0.0, float("nan"), False
        return abs(value.value - setpoint.value), value.value, value.is_trusted and setpoint.is_trusted


class RateDetector:
    """Rate-of-change alarms: the slope of the line through the readings of a window, by least squares, per minute.

    A source that reports by exception is silent while its value rests: a window without a reading is a slope of 0.
    """

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition]) -> None:
        found = _of_tags(catalogue, alarms, {AlarmType.RATE_OF_CHANGE})
        self._rows = TagRows([tag for tag, _ in found])
        self.edges = Edges([_timing(alarm, alarm.limit) for _, alarm in found])
        self._windows = [_Window(round(alarm.window_s * 1e6)) for _, alarm in found]
        self._length_us = np.array([window.length_us for window in self._windows], np.int64)
        self.heard_us = np.full(len(found), NEVER, np.int64)
        """When each tag last had a value that is trusted, by our clock; NEVER where it has none."""

    def go_on(self, before: Self) -> list[int]:
        for row, old in self.edges.pairs(before.edges):
            if before._windows[old].length_us == self._windows[row].length_us:
                self._windows[row] = before._windows[old]
                self.heard_us[row] = before.heard_us[old]
        return self.edges.take_over(before.edges)

    def take(self, batch: Batch) -> list[Edge]:
        position, row = self._rows.find(batch.tag)
        if not len(row):
            return []
        trusted = is_trusted(batch)
        found: list[_Seen] = []
        for at, each in zip(position.tolist(), row.tolist(), strict=True):
            at_us, value, received_us = int(batch.source_us[at]), float(batch.value[at]), int(batch.received_us[at])
            slope = self._windows[each].slope(at_us, value) if trusted[at] else self._windows[each].restart()
            self.heard_us[each] = received_us if trusted[at] else NEVER
            found.append((each, at_us, received_us, abs(slope), value, slope == slope))  # NaN ≠ itself
        return self.edges.take(_columns(found))

    def due(self, now_us: int) -> list[Edge]:
        rests = np.flatnonzero(self.edges.is_active & (now_us - self._length_us >= self.heard_us))
        found: list[_Seen] = []
        for row in rests.tolist():
            window = self._windows[row]
            at_us, value = window.last[0] + window.length_us, window.last[1]
            window.restart()
            self.heard_us[row] = NEVER
            found.append((row, at_us, now_us, 0.0, value, True))
        return [*(self.edges.take(_columns(found)) if found else ()), *self.edges.due(now_us)]

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


class QualityDetector:
    """Quality alarms: a value that cannot be trusted. A tag whose link is down is the link's alarm, and freezes."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition]) -> None:
        found = _of_tags(catalogue, alarms, {AlarmType.QUALITY})
        self._rows = TagRows([tag for tag, _ in found])
        self.edges = Edges([_timing(alarm, 1.0) for _, alarm in found])

    def go_on(self, before: Self) -> list[int]:
        return self.edges.take_over(before.edges)

    def take(self, batch: Batch) -> list[Edge]:
        position, row = self._rows.find(batch.tag)
        if not len(row):
            return []
        quality, value = batch.quality[position], batch.value[position]
        is_text = np.isin(position, list(batch.texts)) if batch.texts else np.zeros(len(position), bool)
        is_bad = ~np.isin(quality, _SOUND) | ~(np.isfinite(value) | is_text)
        times = batch.source_us[position], batch.received_us[position]
        is_linked = quality != Quality.NOT_CONNECTED
        return self.edges.take(Comparisons(row, *times, is_bad.astype(np.float64), value, is_linked))

    def link_came(self, tags: npt.NDArray[np.uint32], now_us: int) -> list[Edge]:
        """Return the edges that clear what stands of some tags."""
        return self.edges.clear(self._rows.find(tags)[1], now_us)

    def due(self, now_us: int) -> list[Edge]:
        return self.edges.due(now_us)

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        return []  # quality comes with the next reading; a new record must not call a link's loss a bad sensor


class StaleDetector:
    """Stale alarms: no update for so many of the periods that one is expected in, by our clock."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition], now_us: int) -> None:
        found = _of_tags(catalogue, alarms, {AlarmType.STALE})
        self._rows = TagRows([tag for tag, _ in found])
        self.edges = Edges([_timing(alarm, 1.0) for _, alarm in found])
        self._allowed_us = np.array([round(alarm.limit * alarm.window_s * 1e6) for _, alarm in found], np.int64)
        self.heard_us = np.full(len(found), now_us, np.int64)

    def go_on(self, before: Self) -> list[int]:
        for row, old in self.edges.pairs(before.edges):
            self.heard_us[row] = before.heard_us[old]
        return self.edges.take_over(before.edges)

    def take(self, batch: Batch) -> list[Edge]:
        position, row = self._rows.find(batch.tag)
        heard = batch.quality[position] != Quality.NOT_CONNECTED  # our own word that nothing is heard
        position, row = position[heard], row[heard]
        if not len(row):
            return []
        received_us = batch.received_us[position]
        self.heard_us[row] = received_us
        zero = np.zeros(len(row))
        yes = np.ones(len(row), bool)
        return self.edges.take(Comparisons(row, received_us, received_us, zero, batch.value[position], yes))

    def link_came(self, tags: npt.NDArray[np.uint32], now_us: int) -> list[Edge]:
        """Begin to wait anew for some tags; return the edges that clear what stands of them."""
        row = self._rows.find(tags)[1]
        self.heard_us[row] = now_us
        return self.edges.clear(row, now_us)

    def due(self, now_us: int) -> list[Edge]:
        late = np.flatnonzero((now_us - self.heard_us >= self._allowed_us) & ~self.edges.is_active)
        at_us = self.heard_us[late] + self._allowed_us[late]
        ones = np.ones(len(late))
        raised = Comparisons(late, at_us, at_us, ones, ones * np.nan, np.ones(len(late), bool))
        return [*self.edges.take(raised), *self.edges.due(now_us)]

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        for row in rows:
            now = held(int(self._rows.tag[row]))
            self.heard_us[row] = now.at_us if now.at_us and now.is_linked else now_us
        return []


def is_trusted(batch: Batch) -> npt.NDArray[np.bool_]:
    """Mark the readings that a process alarm may go by."""
    found: npt.NDArray[np.bool_] = np.isin(batch.quality, _TRUSTED)
    return found & np.isfinite(batch.value)


def _of_tags(
    catalogue: Catalogue, alarms: Iterable[AlarmDefinition], types: Iterable[AlarmType]
) -> list[tuple[int, AlarmDefinition]]:
    """Return the alarms of some types with the dense index of their tag, by index."""
    wanted, tags = frozenset(types), catalogue.tag_by_id
    found = [(tags[each.subject].index, each) for each in alarms if each.type in wanted and each.subject in tags]
    return sorted(found, key=lambda pair: pair[0])


def _sign(alarm: AlarmDefinition) -> float:
    if alarm.type is AlarmType.DISCRETE:
        return 1.0 if alarm.limit >= HALF else -1.0
    return -1.0 if alarm.type in _FALLING else 1.0


def _timing(alarm: AlarmDefinition, limit: float) -> Timing:
    return Timing(alarm.id, limit, alarm.deadband, round(alarm.on_delay_s * 1e6), round(alarm.off_delay_s * 1e6))


def _compare_held(
    edges: Edges,
    rows: Sequence[int],
    tags: npt.NDArray[np.int64],
    sign: npt.NDArray[np.float64],
    held: HeldOf,
    now_us: int,
) -> list[Edge]:
    """Look at the values that are held as if they had come now: a delay begins when the limit was changed."""
    found: list[_Seen] = []
    for row in rows:
        now = held(int(tags[row]))
        found.append((row, now_us, now_us, now.value * float(sign[row]), now.value, now.is_trusted))
    return edges.take(_columns(found)) if found else []


def _columns(found: Sequence[_Seen]) -> Comparisons:
    row, at_us, received_us, seen, value, trusted = zip(*found, strict=True)
    return Comparisons(
        np.array(row, np.int64),
        np.array(at_us, np.int64),
        np.array(received_us, np.int64),
        np.array(seen, np.float64),
        np.array(value, np.float64),
        np.array(trusted, bool),
    )


def _in_time(edges: list[Edge]) -> list[Edge]:
    if len(edges) > 1:
        edges.sort(key=lambda edge: edge.at_us)
    return edges
