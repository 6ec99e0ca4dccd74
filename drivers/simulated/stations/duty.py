"""The automatic of pumps: how many a level calls for, and which of them take their turn."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.simulated.physics.pump import Pump
from drivers.simulated.stations.panel import Panel, Setpoint

_ASSIST_BELOW_START_M = 0.3


class LevelCall:
    """Calls for pumps between a start and a stop level, and for one more while the level still falls."""

    def __init__(self, start: Setpoint, stop: Setpoint, *, pumps: int = 1) -> None:
        self._start = start
        self._stop = stop
        self._pumps = pumps
        self._is_filling = True
        self._is_assisting = False

    @classmethod
    def on_panel(cls, panel: Panel, start_m: float, stop_m: float, *, pumps: int = 1) -> LevelCall:
        """Return a call whose levels are setpoints of a panel."""
        return cls(panel.add_setpoint("Fill.Start", start_m), panel.add_setpoint("Fill.Stop", stop_m), pumps=pumps)

    def count(self, level_m: float) -> int:
        """Return how many pumps the level calls for now."""
        if level_m <= self._start.in_use:
            self._is_filling = True
        elif level_m >= self._stop.in_use:
            self._is_filling = False
        if level_m <= self._start.in_use - _ASSIST_BELOW_START_M:
            self._is_assisting = True
        elif level_m >= self._start.in_use + _ASSIST_BELOW_START_M:
            self._is_assisting = False
        return (self._pumps + self._is_assisting) if self._is_filling else 0


class DutyPumps:
    """Pumps that take turns: the one with the fewest hours starts first, a ready one replaces a tripped one."""

    def __init__(self, pumps: Sequence[Pump]) -> None:
        self.pumps = tuple(pumps)

    def call(self, count: int) -> None:
        """Request as many as called for; one that an operator runs in manual counts too."""
        automatic = [pump for pump in self.pumps if pump.is_auto]
        count -= sum(pump.requested for pump in self.pumps if not pump.is_auto)
        ready = sorted((pump for pump in automatic if pump.is_ready), key=lambda pump: (not pump.requested, pump.hours))
        for pump in automatic:
            pump.requested = False
        for pump in ready[: max(0, count)]:
            pump.requested = True

    def lift(self, static_m: float, resistance: float) -> float:
        """Let the pumps deliver into their common main; returns the whole flow in m³/h."""
        fastest = max(pump.speed for pump in self.pumps)
        turning = sum(pump.speed for pump in self.pumps) / fastest if fastest > 0.0 else 1.0
        for pump in self.pumps:
            pump.set_duty(pump.flow_into(static_m, resistance, turning))
        return sum(pump.flow_m3h for pump in self.pumps)
