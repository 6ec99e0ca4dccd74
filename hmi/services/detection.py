"""Limit detection in columns: a batch in, edges out (raised or cleared, with the reading that did it).

Delays run in event time, the source's. A reading that is NaN or not trusted neither raises nor clears: it freezes the
alarm. A pending delay becomes due by the next reading or by `due`, whichever comes first, and `due` must be called with
the present before a batch is processed, so that a timer that ran out fires before a newer reading takes it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Quality
from hmi.domain.alarms import RISING, AlarmDefinition
from hmi.domain.tags import Tag

_TRUSTED: Final = np.array([Quality.GOOD, Quality.UNCERTAIN, Quality.SUBSTITUTED], np.uint16)


@dataclass(frozen=True, slots=True)
class Edge:
    """One alarm condition that came or went, at a time in UTC µs, with the value that did it."""

    alarm_id: UUID
    is_raised: bool
    at_us: int
    value: float


class LimitDetector:
    """The limits of all tags as parallel arrays, one row a limit, sorted by tag. I/O thread only."""

    def __init__(self, tags: Sequence[Tag], alarms: Sequence[AlarmDefinition]) -> None:
        by_id = {tag.id: tag for tag in tags}
        rows = sorted(
            ((by_id[alarm.subject], alarm) for alarm in alarms if alarm.subject in by_id),
            key=lambda row: row[0].index,
        )
        self.alarm_ids = [alarm.id for _, alarm in rows]
        self._row_of = {alarm_id: row for row, alarm_id in enumerate(self.alarm_ids)}
        self._tag = np.array([tag.index for tag, _ in rows], np.int64)
        # A low limit is a high one seen in a mirror: with sign −1 every limit is raised at or above.
        self._sign = np.array([1.0 if alarm.type in RISING else -1.0 for _, alarm in rows])
        self._limit = np.array([alarm.limit for _, alarm in rows]) * self._sign
        self._deadband = np.array([alarm.deadband for _, alarm in rows])
        self._on_us = np.array([round(alarm.on_delay_s * 1e6) for _, alarm in rows], np.int64)
        self._off_us = np.array([round(alarm.off_delay_s * 1e6) for _, alarm in rows], np.int64)
        self._is_active = np.zeros(len(rows), bool)
        self._since_us = np.full(len(rows), -1, np.int64)
        self._value = np.full(len(rows), np.nan)
        size = int(self._tag.max()) + 1 if rows else 0
        self._first = np.searchsorted(self._tag, np.arange(size + 1))

    def set_active(self, alarm_id: UUID) -> None:
        """Take an alarm as active, as after a restart."""
        row = self._row_of.get(alarm_id)
        if row is not None:
            self._is_active[row] = True

    def process(self, batch: Batch) -> list[Edge]:
        """Return the edges of a batch in the order of its rows; rows of one tag are taken one after another."""
        if not len(self._tag):
            return []
        tag = batch.tag.astype(np.int64)
        has_limit = tag < len(self._first) - 1
        has_limit[has_limit] = self._first[tag[has_limit]] < self._first[tag[has_limit] + 1]
        has_limit &= np.isfinite(batch.value) & np.isin(batch.quality, _TRUSTED)
        rows = np.flatnonzero(has_limit)
        edges: list[Edge] = []
        for layer in _layers(tag[rows]):
            edges.extend(self._process_distinct(batch, rows[layer]))
        edges.sort(key=lambda edge: edge.at_us)
        return edges

    def due(self, now_us: int) -> list[Edge]:
        """Return the edges whose delay has run out by now, without a newer reading."""
        delay = np.where(self._is_active, self._off_us, self._on_us)
        ripe = np.flatnonzero((self._since_us >= 0) & (now_us - self._since_us >= delay))
        return list(self._flip(ripe, self._since_us[ripe] + delay[ripe]))

    def _process_distinct(self, batch: Batch, rows: npt.NDArray[np.intp]) -> Iterator[Edge]:
        """Process rows of which no two have the same tag, all their limits at once."""
        tag = batch.tag[rows].astype(np.int64)
        counts = self._first[tag + 1] - self._first[tag]
        row = np.repeat(rows, counts)
        limit = np.concatenate([np.arange(self._first[t], self._first[t + 1]) for t in tag]) if len(tag) else tag
        value, at_us = batch.value[row], batch.source_us[row]
        seen = value * self._sign[limit]
        active = self._is_active[limit]
        is_toward = np.where(active, seen < self._limit[limit] - self._deadband[limit], seen >= self._limit[limit])
        # With no deadband an active alarm clears as soon as the value is on the good side again.
        self._value[limit] = value
        since = self._since_us[limit]
        self._since_us[limit] = np.where(is_toward, np.where(since < 0, at_us, since), -1)
        delay = np.where(active, self._off_us[limit], self._on_us[limit])
        ripe = is_toward & (at_us - self._since_us[limit] >= delay)
        yield from self._flip(limit[ripe], at_us[ripe])

    def _flip(self, rows: npt.NDArray[np.intp], at_us: npt.NDArray[np.int64]) -> Iterator[Edge]:
        self._is_active[rows] = ~self._is_active[rows]
        self._since_us[rows] = -1
        for row, moment in zip(rows.tolist(), at_us.tolist(), strict=True):
            yield Edge(self.alarm_ids[row], bool(self._is_active[row]), moment, float(self._value[row]))


def _layers(tag: npt.NDArray[np.int64]) -> list[npt.NDArray[np.intp]]:
    """Split positions so that within a layer every tag occurs once and a tag's order is kept."""
    if len(np.unique(tag)) == len(tag):
        return [np.arange(len(tag))]
    order = np.argsort(tag, kind="stable")
    grouped = tag[order]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]])
    rank = np.arange(len(tag)) - np.repeat(starts, np.diff(np.r_[starts, len(tag)]))
    return [np.sort(order[rank == level]) for level in range(int(rank.max()) + 1)]
