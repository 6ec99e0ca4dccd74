"""How late ticks come: the one figure that says whether a thread is kept busy too long at a stretch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

EDGES_MS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
"""Upper edges of the histogram's bars; the last bar is everything later."""


@dataclass(frozen=True, slots=True)
class LatenessFigures:
    """Lateness over all ticks since the start, in ms; late_share is the part of ticks later than 50 ms, 0…1."""

    ticks: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    late_share: float
    counts: tuple[int, ...]
    sum_ms: float = 0.0


class Lateness:
    """Counts ticks by their lateness in bounded memory; percentiles are of the last 20,000 ticks. One thread."""

    def __init__(self) -> None:
        self._counts = np.zeros(len(EDGES_MS) + 1, np.int64)
        self._recent = np.zeros(20_000)
        self._ticks = 0
        self._max = 0.0
        self._sum = 0.0

    def add(self, late_ms: float) -> None:
        """Count one tick."""
        late_ms = max(0.0, late_ms)
        self._counts[int(np.searchsorted(EDGES_MS, late_ms))] += 1
        self._recent[self._ticks % len(self._recent)] = late_ms
        self._ticks += 1
        self._sum += late_ms
        self._max = max(self._max, late_ms)

    def figures(self) -> LatenessFigures:
        """Return what was counted."""
        recent = self._recent[: min(self._ticks, len(self._recent))]
        p50, p99 = np.percentile(recent, [50, 99]) if len(recent) else (0.0, 0.0)
        late = int(self._counts[EDGES_MS.index(50) + 1 :].sum())
        share = late / max(1, self._ticks)
        counts = tuple(self._counts.tolist())
        return LatenessFigures(self._ticks, float(p50), float(p99), self._max, share, counts, self._sum)
