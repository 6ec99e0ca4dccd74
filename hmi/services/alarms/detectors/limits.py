"""High-high, high, low, low-low and discrete alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from drivers.api import Batch
from hmi.domain.alarms import LIMIT_TYPES, AlarmDefinition, AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.detectors.detector import HeldOf, Seen, columns, is_trusted, of_tags, timing
from hmi.services.alarms.edges import Comparisons, Edge, Edges
from hmi.services.alarms.tag_rows import TagRows

_FALLING: Final = frozenset({AlarmType.LOW, AlarmType.LOW_LOW})
HALF: Final = 0.5


class LimitDetector:
    """High-high, high, low, low-low and discrete alarms."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition]) -> None:
        found = of_tags(catalogue, alarms, {*LIMIT_TYPES, AlarmType.DISCRETE})
        self._rows = TagRows([tag for tag, _ in found])
        # A low limit is a high one seen in a mirror: with sign −1 every limit is raised at or above.
        self._sign = np.array([_sign(alarm) for _, alarm in found], np.float64)
        self.edges = Edges([timing(alarm, alarm.limit * _sign(alarm)) for _, alarm in found])

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


def _sign(alarm: AlarmDefinition) -> float:
    if alarm.type is AlarmType.DISCRETE:
        return 1.0 if alarm.limit >= HALF else -1.0
    return -1.0 if alarm.type in _FALLING else 1.0


def _compare_held(
    edges: Edges,
    rows: Sequence[int],
    tags: npt.NDArray[np.int64],
    sign: npt.NDArray[np.float64],
    held: HeldOf,
    now_us: int,
) -> list[Edge]:
    """Look at the values that are held as if they had come now: a delay begins when the limit was changed."""
    found: list[Seen] = []
    for row in rows:
        now = held(int(tags[row]))
        found.append((row, now_us, now_us, now.value * float(sign[row]), now.value, now.is_trusted))
    return edges.take(columns(found)) if found else []
