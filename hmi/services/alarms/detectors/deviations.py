"""Deviation alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np

from drivers.api import Batch
from hmi.domain.alarms import AlarmDefinition, AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.detectors.detector import Held, HeldOf, Seen, columns, is_trusted, of_tags, timing
from hmi.services.alarms.edges import Edge, Edges


class DeviationDetector:
    """Deviation alarms: the distance of a value from another tag's, its setpoint."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition]) -> None:
        found = [
            (tag, catalogue.tag_by_id[alarm.setpoint].index, alarm)
            for tag, alarm in of_tags(catalogue, alarms, {AlarmType.DEVIATION})
            if alarm.setpoint is not None and alarm.setpoint in catalogue.tag_by_id
        ]
        self.edges = Edges([timing(alarm, alarm.limit) for _, _, alarm in found])
        self._pairs = [(tag, setpoint) for tag, setpoint, _ in found]
        self._rows_of: dict[int, list[int]] = {}
        for row, pair in enumerate(self._pairs):
            for tag in pair:
                self._rows_of.setdefault(tag, []).append(row)
        self._watched = np.array(sorted(self._rows_of), np.uint32)
        self._held: dict[int, Held] = {}

    def go_on(self, before: Self) -> list[int]:
        return self.edges.take_over(before.edges)

    def take(self, batch: Batch) -> list[Edge]:
        if not len(self._watched):
            return []
        positions = np.flatnonzero(np.isin(batch.tag, self._watched))
        trusted = is_trusted(batch)
        found: list[Seen] = []
        for position in positions.tolist():
            tag, at_us = int(batch.tag[position]), int(batch.source_us[position])
            self._held[tag] = Held(float(batch.value[position]), bool(trusted[position]), at_us)
            received_us = int(batch.received_us[position])
            found += [(row, at_us, received_us, *self._seen(row)) for row in self._rows_of[tag]]
        return self.edges.take(columns(found)) if found else []

    def due(self, now_us: int) -> list[Edge]:
        return self.edges.due(now_us)

    def look_again(self, rows: Sequence[int], held: HeldOf, now_us: int) -> list[Edge]:
        self._held = {tag: held(tag) for tag in self._watched.tolist()}
        found = [(row, now_us, now_us, *self._seen(row)) for row in rows]
        return self.edges.take(columns(found)) if found else []

    def _seen(self, row: int) -> tuple[float, float, bool]:
        value, setpoint = (self._held.get(tag) for tag in self._pairs[row])
        if value is None or setpoint is None:
            return 0.0, float("nan"), False
        return abs(value.value - setpoint.value), value.value, value.is_trusted and setpoint.is_trusted
