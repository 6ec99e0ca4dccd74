"""Finding room for labels: each takes the best free place of a few, or none; no Qt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from hmi.panes.map.projection import Points

OUTSIDE_COST: Final = 1000
"""A place that the view's edge cuts is worse than any number of covered points."""
CELL_PX: Final = 96


class Rect(NamedTuple):
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, dx: float, dy: float) -> Rect:
        """Return the rectangle elsewhere."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def around(self, x: float, y: float) -> Rect:
        """Return the rectangle with its middle at a pixel."""
        return Rect(x - self.width / 2, y - self.height / 2, self.width, self.height)

    def touches(self, other: Rect) -> bool:
        """Return whether two rectangles have any area in common."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


class LabelBoard:
    """What is taken already. Labels never cover what is blocked; they would rather not cover `soft` points.

    Kept in the squares of a grid, so that a place is compared only with what is near it.
    """

    def __init__(self, width: float, height: float, soft: Points) -> None:
        self._size = width, height
        self._taken: defaultdict[tuple[int, int], list[Rect]] = defaultdict(list)
        self._soft: defaultdict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for x, y in soft.tolist():
            self._soft[int(x // CELL_PX), int(y // CELL_PX)].append((x, y))

    def block(self, rect: Rect) -> None:
        """Take a place."""
        for cell in _cells(rect):
            self._taken[cell].append(rect)

    def place(self, candidates: Sequence[Rect]) -> tuple[Rect, bool] | None:
        """Take the free candidate that covers the fewest soft points, the first of equals; the cut ones come last.

        Return it and whether it covers any.
        """
        best: Rect | None = None
        least, covered_by_best = float("inf"), 0
        for rect in candidates:
            if self._is_taken(rect):
                continue
            covered = self._covered(rect)
            cost = covered + (OUTSIDE_COST if self._is_cut(rect) else 0)
            if cost < least:
                best, least, covered_by_best = rect, cost, covered
            if cost == 0:
                break
        if best is None:
            return None
        self.block(best)
        return best, covered_by_best > 0

    def _is_taken(self, rect: Rect) -> bool:
        return any(rect.touches(other) for cell in _cells(rect) for other in self._taken.get(cell, ()))

    def _is_cut(self, rect: Rect) -> bool:
        width, height = self._size
        return rect.x < 0 or rect.y < 0 or rect.x + rect.width > width or rect.y + rect.height > height

    def _covered(self, rect: Rect) -> int:
        right, bottom = rect.x + rect.width, rect.y + rect.height
        return sum(
            rect.x <= x <= right and rect.y <= y <= bottom for cell in _cells(rect) for x, y in self._soft.get(cell, ())
        )


def _cells(rect: Rect) -> Iterator[tuple[int, int]]:
    for column in range(int(rect.x // CELL_PX), int((rect.x + rect.width) // CELL_PX) + 1):
        for row in range(int(rect.y // CELL_PX), int((rect.y + rect.height) // CELL_PX) + 1):
            yield column, row
