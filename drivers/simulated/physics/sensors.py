"""What instruments make of the truth: noise, resolution, low-flow cut-off, and faults now and then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

from drivers.simulated.description import Point
from drivers.simulated.model import PointValue, Trust

_NOISE_OF_SPAN = {
    "level": 0.0004,
    "flow": 0.0015,
    "pressure": 0.0008,
    "chlorine": 0.002,
    "turbidity": 0.002,
    "ph": 0.001,
    "temperature": 0.0005,
    "current": 0.001,
    "power": 0.001,
    "speed": 0.0008,
    "position": 0.0003,
    "irradiance": 0.001,
    "voltage": 0.001,
    "mass": 0.003,
}
"""One standard deviation of the noise as a share of the span, by quantity."""

_REST = 0.002
"""Below this share of its span an instrument shows a clean end of its range: a still pipe, a motor that is off."""

_CUT_OFF = frozenset({"flow", "current", "power", "speed", "irradiance", "voltage", "position"})


class Instruments:
    """Shows true values as instruments would. Identifiers without noise pass through."""

    def __init__(self, random: Random, points: Iterable[Point]) -> None:
        self._random = random
        self._noisy = {
            point.identifier: (point, _NOISE_OF_SPAN[point.quantity] * (point.high - point.low))
            for point in points
            if point.kind == "analog"
            and not point.writable
            and not point.key.endswith("InUse")
            and point.quantity in _NOISE_OF_SPAN
        }
        self._rounded = {point.identifier: point.decimals + 1 for point in points if point.kind == "analog"}
        self._faults: dict[str, tuple[Trust, float]] = {}
        self._frozen: dict[str, PointValue] = {}

    def fail(self, identifier: str, trust: Trust, for_s: float) -> None:
        """Let an instrument fail for a while: it keeps its last value, and GOOD means that it does not say so."""
        self._faults[identifier] = (trust, for_s)

    def step(self, dt_s: float) -> None:
        """Let faults pass."""
        for identifier, (trust, left_s) in list(self._faults.items()):
            if left_s <= dt_s:
                del self._faults[identifier]
                self._frozen.pop(identifier, None)
            else:
                self._faults[identifier] = (trust, left_s - dt_s)

    def distrusted(self) -> Mapping[str, Trust]:
        """Return the instruments that say they have failed."""
        return {key: trust for key, (trust, _) in self._faults.items() if trust is not Trust.GOOD}

    def show(self, truth: dict[str, PointValue]) -> dict[str, PointValue]:
        """Replace true values by what is shown; changes and returns `truth`."""
        for identifier, (point, deviation) in self._noisy.items():
            value = float(truth[identifier])
            if value > _REST * point.high or point.quantity not in _CUT_OFF:
                value += self._random.gauss(0.0, deviation)
            elif point.quantity in _CUT_OFF:
                value = 0.0
            truth[identifier] = min(point.high, max(point.low, value))
        for identifier, decimals in self._rounded.items():
            truth[identifier] = round(float(truth[identifier]), decimals)
        for identifier in self._faults:
            truth[identifier] = self._frozen.setdefault(identifier, truth[identifier])
        return truth
