"""Slow random movement, as weather, customers and raw water have it."""

from __future__ import annotations

import math
from random import Random


class Wander:
    """A random walk that always returns to zero (an Ornstein-Uhlenbeck process).

    deviation: how far it strays (one standard deviation). memory_s: how long it remembers where it was.
    """

    def __init__(self, random: Random, deviation: float, memory_s: float) -> None:
        self.value = 0.0
        self._random = random
        self._deviation = deviation
        self._memory_s = memory_s

    def step(self, dt_s: float) -> float:
        """Return the value after dt_s more seconds; exact for steps of any length."""
        kept = math.exp(-dt_s / self._memory_s)
        fresh = self._deviation * math.sqrt(1.0 - kept * kept)
        self.value = self.value * kept + self._random.gauss(0.0, fresh)
        return self.value


def approach(value: float, target: float, dt_s: float, time_constant_s: float) -> float:
    """Return where a first-order lag has got to after dt_s; stable for steps of any length."""
    return target + (value - target) * math.exp(-dt_s / time_constant_s)


def ramp(value: float, target: float, rate: float, dt_s: float) -> float:
    """Return where a movement of constant rate (a second) has got to after dt_s."""
    step = rate * dt_s
    if abs(target - value) <= step * (1.0 + 1e-9):  # or sums of steps would end a hair short of the target
        return target
    return value + step if target > value else value - step
