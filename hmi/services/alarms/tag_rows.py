"""Which rows of a detector a tag concerns, for whole batches of tags at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class TagRows:
    """From dense tag indices to row numbers: rows are numbered in the order of `tags`, which must ascend."""

    def __init__(self, tags: Sequence[int]) -> None:
        self.tag = np.array(tags, np.int64)
        self._size = int(self.tag[-1]) + 1 if len(self.tag) else 0
        self._first = np.searchsorted(self.tag, np.arange(self._size + 1))

    def __len__(self) -> int:
        return len(self.tag)

    def find(self, tags: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return (position in `tags`, row) of every pair that belongs together, by position, then row."""
        position = np.flatnonzero(tags < self._size)
        tag = tags[position].astype(np.int64)
        first = self._first[tag]
        count = self._first[tag + 1] - first
        has_rows = count > 0
        if not has_rows.all():
            position, first, count = position[has_rows], first[has_rows], count[has_rows]
        if (count == 1).all():
            return position, first
        starts = np.cumsum(count) - count
        within = np.arange(int(count.sum())) - np.repeat(starts, count)
        return np.repeat(position, count), np.repeat(first, count) + within
