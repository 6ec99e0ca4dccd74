"""Quality alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Quality
from hmi.domain.alarms import AlarmDefinition, AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.detectors.detector import HeldOf, of_tags, timing
from hmi.services.alarms.edges import Comparisons, Edge, Edges
from hmi.services.alarms.tag_rows import TagRows

_SOUND: Final = np.array([Quality.GOOD, Quality.SUBSTITUTED], np.uint16)


class QualityDetector:
    """Quality alarms: a value that cannot be trusted. A tag whose link is down is the link's alarm, and freezes."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition]) -> None:
        found = of_tags(catalogue, alarms, {AlarmType.QUALITY})
        self._rows = TagRows([tag for tag, _ in found])
        self.edges = Edges([timing(alarm, 1.0) for _, alarm in found])

    def go_on(self, before: Self) -> list[int]:
        return self.edges.take_over(before.edges)

    def take(self, batch: Batch) -> list[Edge]:
        position, row = self._rows.find(batch.tag)
        if not len(row):
            return []
        quality, value = batch.quality[position], batch.value[position]
        is_text = np.isin(position, list(batch.texts)) if batch.texts else np.zeros(len(position), bool)
        is_bad = ~np.isin(quality, _SOUND) | ~(np.isfinite(value) | is_text)
        times = batch.source_us[position], batch.received_us[position]
        is_linked = quality != Quality.NOT_CONNECTED
        return self.edges.take(Comparisons(row, *times, is_bad.astype(np.float64), value, is_linked))

    def link_came(self, tags: npt.NDArray[np.uint32], now_us: int) -> list[Edge]:
        """Return the edges that clear what stands of some tags."""
        return self.edges.clear(self._rows.find(tags)[1], now_us)

    def due(self, now_us: int) -> list[Edge]:
        return self.edges.due(now_us)

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        return []  # quality comes with the next reading; a new record must not call a link's loss a bad sensor
