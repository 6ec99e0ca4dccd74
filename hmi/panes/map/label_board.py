"""Finding room for labels: each takes the best free place of a few, or none; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hmi.panes.map.projection import Points


class Rect(NamedTuple):
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, dx: float, dy: float) -> Rect:
        """Return the rectangle elsewhere."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def grown(self, by: float) -> Rect:
        """Return the rectangle with a margin around it."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def holds(self, x: float, y: float) -> bool:
        """Return whether a pixel lies inside."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


class LabelBoard:
    """What is taken already. Labels never cover what is blocked; they would rather not cover `soft` points."""

    def __init__(self, soft: Points) -> None:
        self._soft = soft
        self._taken = np.empty((64, 4))
        self._count = 0

    def block(self, rect: Rect) -> None:
        """Take a place."""
        if self._count == len(self._taken):
            self._taken = np.concatenate([self._taken, np.empty_like(self._taken)])
        self._taken[self._count] = rect.x, rect.y, rect.x + rect.width, rect.y + rect.height
        self._count += 1

    def place(self, candidates: Sequence[Rect]) -> Rect | None:
        """Take and return the free candidate that covers the fewest soft points, the first of equals."""
        best: Rect | None = None
        least = np.inf
        for rect in candidates:
            if not self.is_free(rect):
                continue
            covered = self._covered(rect)
            if covered < least:
                best, least = rect, covered
            if least == 0:
                break
        if best is not None:
            self.block(best)
        return best

    def is_free(self, rect: Rect) -> bool:
        """Return whether nothing that is taken is touched."""
        taken = self._taken[: self._count]
        return not (
            (taken[:, 0] < rect.x + rect.width)
            & (taken[:, 2] > rect.x)
            & (taken[:, 1] < rect.y + rect.height)
            & (taken[:, 3] > rect.y)
        ).any()

    def _covered(self, rect: Rect) -> int:
        x, y = self._soft[:, 0], self._soft[:, 1]
        inside = (x >= rect.x) & (x <= rect.x + rect.width) & (y >= rect.y) & (y <= rect.y + rect.height)
        return int(np.count_nonzero(inside))
