"""Stale alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Quality
from hmi.domain.alarms import AlarmDefinition, AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.detectors.detector import HeldOf, of_tags, timing
from hmi.services.alarms.edges import Comparisons, Edge, Edges
from hmi.services.alarms.tag_rows import TagRows


class StaleDetector:
    """Stale alarms: no update for so many of the periods that one is expected in, by our clock."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition], now_us: int) -> None:
        found = of_tags(catalogue, alarms, {AlarmType.STALE})
        self._rows = TagRows([tag for tag, _ in found])
        self.edges = Edges([timing(alarm, 1.0) for _, alarm in found])
        self._allowed_us = np.array([round(alarm.limit * alarm.window_s * 1e6) for _, alarm in found], np.int64)
        self.heard_us = np.full(len(found), now_us, np.int64)

    def go_on(self, before: Self) -> list[int]:
        match = self.edges.match(before.edges)
        self.heard_us[match.rows] = before.heard_us[match.olds]
        return self.edges.take_over(before.edges)

    def take(self, batch: Batch) -> list[Edge]:
        position, row = self._rows.find(batch.tag)
        heard = batch.quality[position] != Quality.NOT_CONNECTED  # our own word that nothing is heard
        position, row = position[heard], row[heard]
        if not len(row):
            return []
        received_us = batch.received_us[position]
        self.heard_us[row] = received_us
        zero = np.zeros(len(row))
        yes = np.ones(len(row), bool)
        return self.edges.take(Comparisons(row, received_us, received_us, zero, batch.value[position], yes))

    def link_came(self, tags: npt.NDArray[np.uint32], now_us: int) -> list[Edge]:
        """Begin to wait anew for some tags; return the edges that clear what stands of them."""
        row = self._rows.find(tags)[1]
        self.heard_us[row] = now_us
        return self.edges.clear(row, now_us)

    def due(self, now_us: int) -> list[Edge]:
        late = np.flatnonzero((now_us - self.heard_us >= self._allowed_us) & ~self.edges.is_active)
        at_us = self.heard_us[late] + self._allowed_us[late]
        ones = np.ones(len(late))
        raised = Comparisons(late, at_us, at_us, ones, ones * np.nan, np.ones(len(late), bool))
        return [*self.edges.take(raised), *self.edges.due(now_us)]

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        for row in rows:
            now = held(int(self._rows.tag[row]))
            self.heard_us[row] = now.at_us if now.at_us and now.is_linked else now_us
        return []
