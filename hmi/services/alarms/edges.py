"""From comparisons to edges: hysteresis and delays of many alarm conditions, kept in columns.

Columns decide which comparisons can matter at all; a plain loop takes those few one after another. What a condition
goes through depends on the order and the times of its readings only, never on how they were cut into batches:

- a condition is raised when the value has been at or beyond the limit for on_delay, and cleared when it has been on the
  good side by more than the deadband for off_delay; its edge lies at the moment the delay ended, in event time;
- a delay that ended before the next reading ends before that reading is looked at;
- a reading that is not trusted freezes: what is raised stays, and a delay that runs stands still until the next one
  that is trusted. (Begun anew each time, it would never end behind a sensor that flickers.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt

NONE: Final = np.int64(-1)
"""No delay runs."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One alarm condition that came or went, at a time in UTC µs, with the value that did it."""

    alarm_id: UUID
    is_raised: bool
    at_us: int
    value: float


@dataclass(frozen=True, slots=True)
class Timing:
    """One condition: `seen` is compared with limit (and limit − deadband), all in one unit; delays in µs."""

    alarm_id: UUID
    limit: float
    deadband: float
    on_us: int
    off_us: int


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Columns of equal length, in the order of time for each condition.

    row: int64, of the condition. at_us, received_us: int64, UTC µs. seen: float64, what is compared with the limit.
    value: float64, what a person is shown. is_trusted: bool.
    """

    row: npt.NDArray[np.int64]
    at_us: npt.NDArray[np.int64]
    received_us: npt.NDArray[np.int64]
    seen: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    is_trusted: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Match:
    """Which conditions of two edges are the same ones.

    rows, olds: int64, of equal length; rows here and there. is_same: bool, with the same limit, deadband and delays.
    changed: rows here that are new, or not the same.
    """

    rows: npt.NDArray[np.int64]
    olds: npt.NDArray[np.int64]
    is_same: npt.NDArray[np.bool_]
    changed: list[int]


class Edges:
    """The conditions of one kind of detector. I/O thread only."""

    def __init__(self, timings: Sequence[Timing]) -> None:
        self.alarm_ids = [timing.alarm_id for timing in timings]
        self.row_of = {alarm_id: row for row, alarm_id in enumerate(self.alarm_ids)}
        self.timings = tuple(timings)
        self._limit = np.array([timing.limit for timing in timings], np.float64)
        self._back = np.array([timing.limit - timing.deadband for timing in timings], np.float64)
        self._on_us = np.array([timing.on_us for timing in timings], np.int64)
        self._off_us = np.array([timing.off_us for timing in timings], np.int64)
        self.is_active = np.zeros(len(timings), bool)
        self._since_us = np.full(len(timings), NONE)
        self._wake_us = np.full(len(timings), np.iinfo(np.int64).max)
        self._value = np.full(len(timings), np.nan)
        self._frozen_us = np.full(len(timings), NONE)
        self._matched: tuple[Edges, Match] | None = None

    def __len__(self) -> int:
        return len(self.alarm_ids)

    def match(self, before: Edges) -> Match:
        """Find the conditions of other edges here. Looks at nothing that changes, so that any thread may ask first."""
        if self._matched is None or self._matched[0] is not before:
            found = [(row, before.row_of[key]) for key, row in self.row_of.items() if key in before.row_of]
            same = [self.timings[row] == before.timings[old] for row, old in found]
            kept = {row for (row, _), is_same in zip(found, same, strict=True) if is_same}
            pairs = np.array(found, np.int64).reshape(-1, 2)
            changed = [row for row in range(len(self)) if row not in kept]
            self._matched = before, Match(pairs[:, 0], pairs[:, 1], np.array(same, bool), changed)
        return self._matched[1]

    def take_over(self, before: Edges) -> list[int]:
        """Go on where other edges stood; return the rows that are new or whose limit, deadband or delays differ."""
        match, self._matched = self.match(before), None  # or each would keep all before it
        self.is_active[match.rows] = before.is_active[match.olds]
        self._value[match.rows] = before._value[match.olds]
        rows, olds = match.rows[match.is_same], match.olds[match.is_same]
        self._since_us[rows] = before._since_us[olds]
        self._wake_us[rows] = before._wake_us[olds]
        self._frozen_us[rows] = before._frozen_us[olds]
        return match.changed

    def take(self, given: Comparisons) -> list[Edge]:
        """Return the edges that readings bring, in the order of the readings of each condition."""
        keep = self._can_matter(given)
        passed = given.is_trusted & ~keep
        self._value[given.row[passed]] = given.value[passed]  # of several of one condition the last stays
        edges: list[Edge] = []
        columns = (given.row, given.at_us, given.received_us, given.seen, given.value, given.is_trusted)
        for row, at_us, received_us, seen, value, is_trusted in zip(
            *(column[keep].tolist() for column in columns), strict=True
        ):
            self._take_one(edges, row, at_us, received_us, seen, value, is_trusted)
        return edges

    def clock_jumped(self, by_us: int) -> None:
        """Move delays that run along with our clock: a source that is now far off it is timed by ours."""
        runs = self._since_us != NONE
        self._since_us[runs] += by_us
        self._frozen_us[self._frozen_us != NONE] += by_us
        wakes = self._wake_us != np.iinfo(np.int64).max
        self._wake_us[wakes] += by_us

    def clear(self, rows: npt.NDArray[np.int64], at_us: int) -> list[Edge]:
        """Clear rows that are raised, now, and forget what runs."""
        edges: list[Edge] = []
        for row in rows.tolist():
            self._forget_delay(row)
            if self.is_active[row]:
                self.is_active[row] = False
                edges.append(Edge(self.alarm_ids[row], False, at_us, float(self._value[row])))
        return edges

    def due(self, now_us: int) -> list[Edge]:
        """Return the edges whose delay has run out by now, without a newer reading."""
        edges: list[Edge] = []
        for row in np.flatnonzero(self._wake_us <= now_us).tolist():
            self._flip(edges, row)
        return edges

    def _can_matter(self, given: Comparisons) -> npt.NDArray[np.bool_]:
        """Mark what may begin, end or freeze a delay; in the middle of a run of its like a reading changes nothing."""
        row = given.row
        is_beyond = given.seen >= self._limit[row]
        is_back = given.seen < self._back[row]
        is_toward = np.where(self.is_active[row], is_back, is_beyond) & given.is_trusted
        is_stirred = self._since_us != NONE
        is_stirred[row[is_toward]] = True
        keep: npt.NDArray[np.bool_] = is_stirred[row]
        if keep.any():
            keep &= _first_of_runs(row, np.where(given.is_trusted, is_beyond * np.int8(2) + is_back, np.int8(-1)))
        return keep

    def _take_one(
        self, edges: list[Edge], row: int, at_us: int, received_us: int, seen: float, value: float, is_trusted: bool
    ) -> None:
        self._thaw(row, at_us, received_us)
        since_us = int(self._since_us[row])
        if since_us >= 0 and at_us - since_us >= self._delay_us(row):
            self._flip(edges, row)
            since_us = -1
        if not is_trusted:
            self._freeze(row, at_us)
            return
        self._value[row] = value
        is_toward = seen < self._back[row] if self.is_active[row] else seen >= self._limit[row]
        if not is_toward:
            self._forget_delay(row)
            return
        if since_us < 0:
            self._since_us[row] = at_us
            # The source's clock may be off by seconds: the wake-up goes by ours, the edge lies at the source's.
            self._wake_us[row] = received_us + self._delay_us(row)
        if at_us - int(self._since_us[row]) >= self._delay_us(row):
            self._flip(edges, row)

    def _freeze(self, row: int, at_us: int) -> None:
        if self._since_us[row] != NONE:
            self._frozen_us[row] = at_us
            self._wake_us[row] = np.iinfo(np.int64).max

    def _thaw(self, row: int, at_us: int, received_us: int) -> None:
        """Let a delay that stood still go on: the time between does not count."""
        frozen_us = int(self._frozen_us[row])
        if frozen_us == NONE:
            return
        self._since_us[row] += max(0, at_us - frozen_us)
        self._frozen_us[row] = NONE
        ran_us = frozen_us - (int(self._since_us[row]) - max(0, at_us - frozen_us))
        self._wake_us[row] = received_us + self._delay_us(row) - ran_us

    def _delay_us(self, row: int) -> int:
        return int(self._off_us[row] if self.is_active[row] else self._on_us[row])

    def _forget_delay(self, row: int) -> None:
        self._since_us[row] = NONE
        self._frozen_us[row] = NONE
        self._wake_us[row] = np.iinfo(np.int64).max

    def _flip(self, edges: list[Edge], row: int) -> None:
        at_us = int(self._since_us[row]) + self._delay_us(row)
        is_raised = not self.is_active[row]
        self.is_active[row] = is_raised
        self._forget_delay(row)
        edges.append(Edge(self.alarm_ids[row], is_raised, at_us, float(self._value[row])))


def _first_of_runs(row: npt.NDArray[np.int64], kind: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Mark the first of each run of equal kinds of one row, and the last of the row, which tells how long it lasted."""
    if len(row) < 2 or len(np.unique(row)) == len(row):
        return np.ones(len(row), bool)
    order = np.argsort(row, kind="stable")
    of, like = row[order], kind[order]
    is_first = np.r_[True, (of[1:] != of[:-1]) | (like[1:] != like[:-1])]
    is_last = np.r_[of[1:] != of[:-1], True]
    found = np.empty(len(row), bool)
    found[order] = is_first | is_last
    return found
