"""What customers draw over the day."""

from __future__ import annotations

from random import Random

from drivers.simulated.physics.noise import Wander

_BY_HOUR = (
    0.45, 0.38, 0.35, 0.35, 0.40, 0.60, 1.00, 1.45, 1.55, 1.35, 1.20, 1.15,
    1.20, 1.30, 1.25, 1.05, 0.95, 1.00, 1.15, 1.35, 1.45, 1.25, 0.95, 0.65,
)  # fmt: skip
"""Share of the mean demand at each full hour: the morning and evening peaks of a Mediterranean town."""


def daily_share(hour: float) -> float:
    """Return the share of the mean demand at an hour of the day, between full hours linearly."""
    before = int(hour) % 24
    part = hour - int(hour)
    return _BY_HOUR[before] * (1.0 - part) + _BY_HOUR[(before + 1) % 24] * part


class Demand:
    """The draw of one town in m³/h."""

    def __init__(self, random: Random, mean_m3h: float) -> None:
        self.flow_m3h = mean_m3h
        self._mean_m3h = mean_m3h
        self._slow = Wander(random, 0.08, 1_800.0)
        self._quick = Wander(random, 0.05, 20.0)

    def step(self, dt_s: float, hour: float) -> float:
        """Return the draw dt_s later."""
        spread = 1.0 + self._slow.step(dt_s) + self._quick.step(dt_s)
        self.flow_m3h = max(0.0, self._mean_m3h * daily_share(hour) * spread)
        return self.flow_m3h
