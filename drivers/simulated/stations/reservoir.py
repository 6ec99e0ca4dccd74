"""A reservoir or water tower: a tank with a town behind it."""

from __future__ import annotations

from drivers.simulated.physics.demand import Demand
from drivers.simulated.physics.tank import Tank
from drivers.simulated.physics.valve import Valve
from drivers.simulated.stations.duty import LevelCall
from drivers.simulated.stations.panel import Now, Panel
from drivers.simulated.stations.site import Site


class Reservoir:
    """Its outlet valve, where there is one, saves water for the fire brigade: it throttles a nearly empty tower."""

    def __init__(
        self,
        tank: Tank,
        demand: Demand,
        *,
        fill_between_m: tuple[float, float] | None = None,
        has_valve: bool = False,
        throttle_below_m: float = 0.0,
    ) -> None:
        self.tank = tank
        self.inflow_m3h = 0.0
        self.outflow_m3h = 0.0
        self.panel = Panel()
        self.valve = Valve() if has_valve else None
        self._demand = demand
        self._throttle_below_m = throttle_below_m
        self.panel.add_tank("T1", tank)
        self.call = LevelCall.on_panel(self.panel, *fill_between_m) if fill_between_m else None
        if self.valve:
            self.panel.add_valve("V1", self.valve)
        self.panel.show(
            In__Flow=lambda: self.inflow_m3h,
            Out__Flow=lambda: self.outflow_m3h,
            Water__Chlorine=lambda: tank.chlorine,
        )
        self.site = Site(self.panel)

    def calls(self) -> int:
        """Return how many pumps its level calls for."""
        return self.call.count(self.tank.level_m) if self.call else 0

    def step(self, now: Now, inflow_m3h: float, chlorine_in: float, drawn_m3h: float = 0.0) -> None:
        """Take in, serve the town, and give drawn_m3h to pumps or others downstream."""
        self.site.step(now)
        town_m3h = self._demand.step(now.dt_s, now.hour)
        if self.valve:
            self.valve.follow(30.0 if self.tank.level_m < self._throttle_below_m else 100.0, step=70.0)
            self.valve.step(now.dt_s)
            town_m3h *= min(1.0, 1.2 * self.valve.opening)
        self.inflow_m3h = inflow_m3h
        self.outflow_m3h = self.tank.can_give(town_m3h) + drawn_m3h
        self.tank.step(now.dt_s, inflow_m3h, self.outflow_m3h, chlorine_in)
