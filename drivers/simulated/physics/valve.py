"""A motor valve that travels."""

from __future__ import annotations

from drivers.simulated.physics.noise import ramp

FULL_TRAVEL_S = 40.0


class Valve:
    """Positions in percent. An operator's command puts it in manual; in automatic `commanded` is its station's."""

    def __init__(self, position: float = 100.0) -> None:
        self.is_auto = True
        self.commanded = position
        self.position = position

    def operate(self, position: float) -> None:
        """Take an operator's position command: the valve is in manual from then on."""
        self.is_auto = False
        self.commanded = position

    def follow(self, wanted: float, step: float = 10.0) -> None:
        """Take the automatic's wish in whole steps: a motor valve that moves all the time wears out."""
        if self.is_auto and abs(wanted - self.commanded) >= step:
            self.commanded = min(100.0, max(0.0, round(wanted / step) * step))

    def step(self, dt_s: float) -> None:
        """Travel toward the commanded position."""
        self.position = ramp(self.position, self.commanded, 100.0 / FULL_TRAVEL_S, dt_s)

    @property
    def opening(self) -> float:
        """How far it is open, 0 to 1."""
        return self.position / 100.0
