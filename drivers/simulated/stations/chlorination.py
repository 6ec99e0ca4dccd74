"""A chlorination point: a contact tank whose outflow is dosed up to a residual before the town drinks it."""

from __future__ import annotations

from drivers.simulated.physics.demand import Demand
from drivers.simulated.physics.noise import approach
from drivers.simulated.physics.pump import Pump, PumpDesign
from drivers.simulated.physics.tank import Tank
from drivers.simulated.stations.duty import LevelCall
from drivers.simulated.stations.panel import Now, Panel, Setpoint
from drivers.simulated.stations.site import Site

_DOSING = PumpDesign(shutoff_head_m=60.0, runout_flow_m3h=4.0, rated_kw=0.37, run_up_s=1.0, coast_down_s=1.0)
_DOSING_LOAD_KW = 0.26
_HYPOCHLORITE_G_L = 120.0
_STOCK_L = 60.0
_REFILL_BELOW_PERCENT = 15.0
_ANALYSER_S = 25.0
_LOST_ON_THE_WAY = 0.45
"""Share of the chlorine that a long main leaves."""


class Chlorination:
    """Doses in proportion to the flow; without its pump, or with air in it, the residual falls within a minute."""

    def __init__(self, demand: Demand) -> None:
        self.tank = Tank(60.0, 4.0, 2.6, chlorine=0.22)
        self.pump = Pump(_DOSING, hours=31_000.0, starts=420)
        self.call = LevelCall(Setpoint(2.0), Setpoint(3.3))
        self.chlorine = 0.5
        self.flow_m3h = 0.0
        self.dose_l_h = 0.0
        self.stock_percent = 62.0
        self.airlock_s = 0.0
        self._demand = demand
        self._water_c = 18.0
        self.panel = Panel()
        self.panel.add_pump("P1", self.pump)
        self.panel.add_tank("T1", self.tank)
        self.dose = self.panel.add_setpoint("Dose.SP", 0.5)
        self.panel.show(
            Dose__Flow=lambda: self.dose_l_h,
            Dose__Stock=lambda: self.stock_percent,
            In__Chlorine=lambda: self.tank.chlorine,
            Out__Chlorine=lambda: self.chlorine,
            Out__Flow=lambda: self.flow_m3h,
            Out__Temp=lambda: self._water_c,
        )
        self.site = Site(self.panel)

    def calls(self) -> int:
        """Return how many pumps its level calls for."""
        return self.call.count(self.tank.level_m)

    def step(self, now: Now, inflow_m3h: float, chlorine_upstream: float) -> None:
        """Take in what the booster sends, dose, and serve the town."""
        self.site.step(now)
        self.flow_m3h = self.tank.can_give(self._demand.step(now.dt_s, now.hour))
        self.tank.step(now.dt_s, inflow_m3h, self.flow_m3h, chlorine_upstream * _LOST_ON_THE_WAY)

        if self.pump.is_auto:
            self.pump.requested = self.flow_m3h > 1.0 and self.pump.is_ready
        self.pump.step(now.dt_s, now.air_c)
        self.pump.set_load(_DOSING_LOAD_KW * self.pump.speed)
        self.airlock_s = max(0.0, self.airlock_s - now.dt_s)
        missing = max(0.0, self.dose.in_use - self.tank.chlorine)
        added = missing * self.pump.speed if self.airlock_s <= 0.0 and self.stock_percent > 0.0 else 0.0
        self.dose_l_h = added * self.flow_m3h / _HYPOCHLORITE_G_L
        self.chlorine = approach(self.chlorine, self.tank.chlorine + added, now.dt_s, _ANALYSER_S)
        self.stock_percent = max(0.0, self.stock_percent - 100.0 * self.dose_l_h / _STOCK_L * now.dt_s / 3600.0)
        if self.stock_percent < _REFILL_BELOW_PERCENT:
            self.stock_percent = 95.0
        self._water_c = approach(self._water_c, 17.0 + 0.15 * (now.air_c - 17.0), now.dt_s, 7_200.0)
