"""Where lines of the history were broken by a lost link, and what comes after a break although it was made before it.

A link is known to be lost some seconds after it was. What comes when it is back is of three kinds: values made after
the break, which need nothing; values that the source kept for us and that were made before it, which belong where they
were made; and the value that still holds, made long before and known already. The last two also say what holds after
the break: without a row behind it a tag that then never changes would look unrecorded for as long as it holds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Flag, Quality


class Gaps:
    """The last break and the last value of each tag, by dense index; times in UTC µs."""

    def __init__(self) -> None:
        self._gap_us = np.zeros(0, np.int64)
        self._last_us = np.zeros(0, np.int64)
        self._has_value = np.zeros(0, bool)

    def begin(self, tags: npt.NDArray[np.uint32], now_us: int) -> Batch:
        """Return the rows that break the lines of tags which had a value in this run."""
        self._reserve(int(tags.max()) + 1)
        self._gap_us[tags] = now_us
        broken = tags[self._has_value[tags]]
        self._has_value[tags] = False
        return Batch.of(broken, np.full(len(broken), np.nan), now_us, quality=Quality.NOT_CONNECTED)

    def after(self, batch: Batch) -> Batch:
        """Return the batch without what is known already, and with what holds now restated behind each tag's break."""
        self._reserve(int(batch.tag.max()) + 1)
        self._has_value[batch.tag] = True
        is_before = batch.source_us <= self._gap_us[batch.tag]
        is_known = is_before & (batch.source_us <= self._last_us[batch.tag])
        self._last_us[batch.tag] = batch.source_us
        return self._restated(batch, is_before, is_known) if is_before.any() else batch

    def _restated(self, batch: Batch, is_before: npt.NDArray[np.bool_], is_known: npt.NDArray[np.bool_]) -> Batch:
        # The newest row of a tag comes last; where that one was made before the break, it is what holds behind it.
        _, from_the_end = np.unique(batch.tag[::-1], return_index=True)
        newest = len(batch) - 1 - from_the_end
        held = newest[is_before[newest]]
        self._gap_us[batch.tag[held]] += 1
        again = batch.select(held)
        again = replace(
            again,
            source_us=self._gap_us[again.tag],
            flags=again.flags | np.uint16(Flag.TIME_REPLACED),
        )
        return Batch.concatenate([batch.select(~is_known), again])

    def _reserve(self, size: int) -> None:
        more = size - len(self._gap_us)
        if more > 0:
            self._gap_us = np.concatenate([self._gap_us, np.zeros(more, np.int64)])
            self._last_us = np.concatenate([self._last_us, np.zeros(more, np.int64)])
            self._has_value = np.concatenate([self._has_value, np.zeros(more, bool)])
