"""The generated plant for load: every analog point moves at every step, at the least cost a value."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from drivers.simulated.description import PlantDescription
from drivers.simulated.model import PointValue, Trust


class LoadModel:
    """Sine waves of different periods with noise, computed in columns."""

    def __init__(self, plant: PlantDescription, seed: int) -> None:
        points = [
            point
            for area in plant.areas
            for station in area.stations
            for equipment in station.equipment
            for point in equipment.points
        ]
        self._identifiers = [point.identifier for point in points]
        self._random = np.random.default_rng(seed)
        low = np.array([point.low for point in points])
        high = np.array([point.high for point in points])
        self._middle = (low + high) / 2
        self._swing = (high - low) * 0.4
        self._period_s = self._random.uniform(20.0, 600.0, len(points))
        self._phase = self._random.uniform(0.0, 2 * np.pi, len(points))
        self._time_s = 0.0

    def advance(self, elapsed_s: float) -> None:
        self._time_s += elapsed_s

    def values(self) -> Mapping[str, PointValue]:
        waves = np.sin(2 * np.pi * self._time_s / self._period_s + self._phase)
        noise = self._random.normal(0.0, 0.01, len(waves))
        return dict(zip(self._identifiers, (self._middle + self._swing * (waves + noise)).tolist(), strict=True))

    def distrusted(self) -> Mapping[str, Trust]:
        return {}

    def command(self, identifier: str, value: PointValue) -> None:
        """Ignore it: nothing in this plant can be commanded."""
