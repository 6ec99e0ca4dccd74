"""A drilled well that is drawn down while it is pumped and recovers afterwards."""

from __future__ import annotations

from drivers.simulated.physics.noise import approach

_RECOVERY_S = 1_200.0
_TOO_LOW_M = 4.0


class Well:
    """level_m: water above the pump. drawdown: metres it falls in the end for each m³/h."""

    def __init__(self, rest_level_m: float, drawdown: float) -> None:
        self.rest_level_m = rest_level_m
        self.level_m = rest_level_m
        self._drawdown = drawdown

    @property
    def covers_pump(self) -> bool:
        return self.level_m > _TOO_LOW_M

    def step(self, dt_s: float, flow_m3h: float) -> None:
        """Move the level toward what the flow leaves of it."""
        target = max(0.0, self.rest_level_m - self._drawdown * flow_m3h)
        self.level_m = approach(self.level_m, target, dt_s, _RECOVERY_S)
