"""What of the values is kept: exception reporting by deadband and time, tag by tag, for whole batches.

A value is passed over when it is within the tag's deadband of the last one kept, or comes sooner after it than the
shortest time, and the longest time has not passed. The last value passed over is kept after all when the next one is
not: without it a line drawn between kept values would begin to rise long before the value did. Changes of quality,
texts, values without a number and those older than what was kept are never passed over.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from drivers.api import Batch
from hmi.domain.tags import Tag


class ExceptionLogging:
    """Keeps, for each tag with a rule, what was kept last and what was passed over since. On one thread."""

    def __init__(self, tags: Sequence[Tag] = (), before: ExceptionLogging | None = None) -> None:
        """before: with the rules that held until now; what was kept last stays so."""
        size = max((tag.index for tag in tags), default=-1) + 1
        self._deadband, self._least_us, self._most_us = np.zeros(size), np.zeros(size), np.full(size, np.inf)
        for tag in tags:
            rule = tag.revision
            self._deadband[tag.index] = rule.log_deadband
            self._least_us[tag.index] = rule.log_least_s * 1e6
            self._most_us[tag.index] = rule.log_most_s * 1e6 or np.inf
        self._has_rule = (self._deadband > 0) | (self._least_us > 0)
        self._value, self._time_us = np.full(size, np.nan), np.full(size, np.iinfo(np.int64).min)
        self._quality = np.zeros(size, np.uint16)
        self._passed: dict[int, Batch] = {}
        self._rules = {tag.index: tag.revision for tag in tags if self._has_rule[tag.index]}
        if before is not None:
            self._go_on(before)

    def _go_on(self, before: ExceptionLogging) -> None:
        """Go on with tags that mean what they meant: a value in another unit says nothing of the next one."""
        same = [index for index, rule in self._rules.items() if before._rules.get(index) == rule]
        self._value[same], self._time_us[same] = before._value[same], before._time_us[same]
        self._quality[same] = before._quality[same]
        self._passed = {index: before._passed[index] for index in same if index in before._passed}

    def keep(self, batch: Batch) -> Batch:
        """Return the rows that are kept, in order, each after the one passed over before it where there is one."""
        is_ruled = batch.tag < len(self._has_rule)
        is_ruled[is_ruled] = self._has_rule[batch.tag[is_ruled]]
        if not is_ruled.any():
            return batch
        kept = ~is_ruled
        before: list[tuple[int, Batch]] = []
        for rows in _rounds(batch.tag, np.flatnonzero(is_ruled)):
            is_kept = self._is_exception(batch, rows)
            kept[rows] = is_kept
            self._remember(batch, rows[is_kept], before)
            for row in rows[~is_kept].tolist():
                self._passed[int(batch.tag[row])] = batch.select(np.array([row]))
        return _with(batch, kept, before)

    def _is_exception(self, batch: Batch, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        tag, value = batch.tag[rows], batch.value[rows]
        since_us = (batch.source_us[rows] - self._time_us[tag].astype(np.float64)).astype(np.float64)
        is_small = np.abs(value - self._value[tag]) <= self._deadband[tag]
        is_soon = since_us < self._least_us[tag]
        is_same = batch.quality[rows] == self._quality[tag]
        has_number = ~np.isnan(value)
        is_late, is_due = since_us < 0, since_us >= self._most_us[tag]
        return np.asarray(~(has_number & is_same & (is_small | is_soon)) | is_late | is_due, bool)

    def _remember(self, batch: Batch, rows: npt.NDArray[np.intp], before: list[tuple[int, Batch]]) -> None:
        tag = batch.tag[rows]
        for row in rows.tolist():
            passed = self._passed.pop(int(batch.tag[row]), None)
            if passed is not None and passed.source_us[0] < batch.source_us[row]:
                before.append((row, passed))
        newer = batch.source_us[rows] >= self._time_us[tag]
        self._value[tag[newer]] = batch.value[rows][newer]
        self._time_us[tag[newer]] = batch.source_us[rows][newer]
        self._quality[tag[newer]] = batch.quality[rows][newer]


def _rounds(tags: npt.NDArray[np.uint32], rows: npt.NDArray[np.intp]) -> list[npt.NDArray[np.intp]]:
    """Split rows so that no round has a tag twice, in order: as many rounds as the busiest tag has rows."""
    rounds = []
    while len(rows):
        _, first = np.unique(tags[rows], return_index=True)
        rounds.append(rows[np.sort(first)])
        rows = np.delete(rows, first)
    return rounds


def _with(batch: Batch, kept: npt.NDArray[np.bool_], before: Sequence[tuple[int, Batch]]) -> Batch:
    """Return the kept rows, with rows passed over earlier put in front of those that they explain."""
    if not before:
        return batch.select(kept)
    parts, at = [], 0
    for row, passed in sorted(before, key=lambda each: each[0]):
        span = np.arange(at, row)
        parts += [batch.select(span[kept[at:row]]), passed]
        at = row
    parts.append(batch.select(np.arange(at, len(batch))[kept[at:]]))
    return Batch.concatenate([part for part in parts if len(part)])
