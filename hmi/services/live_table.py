"""The live table: the newest reading of every tag, in columns that never tear.

One lock guards all columns. Both sides hold it for one vectorised copy only (about 20 µs for 1,000 rows), so a writer
never waits for a painter; unlocked copies were seen torn in more than half of the pulls under a constant writer.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Quality, Text
from hmi.services.port import LiveDelta

_GROW = 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """One tag's newest reading. Times in UTC µs, 0 when there never was one."""

    value: float
    quality: Quality
    source_us: int
    received_us: int
    text: Text | None = None


NO_READING = Reading(float("nan"), Quality.STALE, 0, 0)


class LiveTable:
    """Columns by dense tag index. `apply` and `mark` on the I/O thread; `pull` and `reading` on any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._change = 0
        self._value = np.full(_GROW, np.nan)
        self._quality = np.full(_GROW, Quality.STALE, np.uint16)
        self._source_us = np.zeros(_GROW, np.int64)
        self._received_us = np.zeros(_GROW, np.int64)
        self._changed = np.zeros(_GROW, np.int64)
        self._texts: dict[int, Text] = {}
        self._text_changes: dict[int, int] = {}

    def apply(self, batch: Batch) -> None:
        """Take a batch; of several rows of one tag the last wins."""
        if not len(batch):
            return
        with self._lock:
            self._reserve(int(batch.tag.max()) + 1)
            self._change += 1
            tag = batch.tag
            self._value[tag] = batch.value
            self._quality[tag] = batch.quality
            self._source_us[tag] = batch.source_us
            self._received_us[tag] = batch.received_us
            self._changed[tag] = self._change
            for row, text in batch.texts.items():
                self._texts[int(tag[row])] = text
                self._text_changes[int(tag[row])] = self._change

    def mark(self, tags: npt.NDArray[np.uint32], quality: Quality, at_us: int) -> None:
        """Give tags a quality and leave their last values in place, as a lost link does."""
        if not len(tags):
            return
        with self._lock:
            self._reserve(int(tags.max()) + 1)
            self._change += 1
            self._quality[tags] = quality
            self._received_us[tags] = at_us
            self._changed[tags] = self._change

    def pull(self, since: int) -> tuple[int, LiveDelta | None]:
        """Return the present change number, to pass next time, and the rows that changed after `since`."""
        with self._lock:
            if self._change == since:
                return since, None
            tags = np.flatnonzero(self._changed > since)
            return self._change, LiveDelta(
                tag=tags.astype(np.uint32),
                value=self._value[tags],
                quality=self._quality[tags],
                source_us=self._source_us[tags],
                texts={tag: self._texts[tag] for tag, change in self._text_changes.items() if change > since},
            )

    def qualities(self, tags: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint16]:
        """Return the quality of each tag, uint16 of `Quality`."""
        with self._lock:
            if len(tags):
                self._reserve(int(tags.max()) + 1)
            return self._quality[tags]

    def reading(self, tag: int) -> Reading:
        """Return one tag's newest reading."""
        with self._lock:
            if tag >= len(self._value):
                return NO_READING
            return Reading(
                float(self._value[tag]),
                Quality(int(self._quality[tag])),
                int(self._source_us[tag]),
                int(self._received_us[tag]),
                self._texts.get(tag),
            )

    def _reserve(self, size: int) -> None:
        have = len(self._value)
        if size <= have:
            return
        more = max(size, 2 * have) - have
        self._value = np.concatenate([self._value, np.full(more, np.nan)])
        self._quality = np.concatenate([self._quality, np.full(more, Quality.STALE, np.uint16)])
        self._source_us = np.concatenate([self._source_us, np.zeros(more, np.int64)])
        self._received_us = np.concatenate([self._received_us, np.zeros(more, np.int64)])
        self._changed = np.concatenate([self._changed, np.zeros(more, np.int64)])
