"""The treatment works: raw water tank, sand filter, chlorine, treated water tank, transfer pumps, main to Palma."""

from __future__ import annotations

import math
from random import Random

from drivers.simulated.physics.noise import Wander, approach
from drivers.simulated.physics.pump import BAR_PER_M, Pump, PumpDesign
from drivers.simulated.physics.tank import Tank
from drivers.simulated.physics.valve import Valve
from drivers.simulated.stations.duty import DutyPumps, LevelCall
from drivers.simulated.stations.panel import Now, Panel
from drivers.simulated.stations.site import Site

_TRANSFER = PumpDesign(shutoff_head_m=95.0, runout_flow_m3h=330.0, rated_kw=75.0, run_up_s=6.0, coast_down_s=9.0)
_STATIC_M = 45.0
_RESISTANCE = 0.0006
_FILTER_M3H = 330.0
_PALMA_M3H = 190.0
_KPA_CLEAN = 18.0
_KPA_BACKWASH = 58.0
_CLOGGING_KPA_A_M3 = 0.012
_BACKWASH_S = 480.0
_TURBIDITY_PASSED = 0.07
_CHLORINE_USED = 0.12
_HYPOCHLORITE_G_L = 120.0


class Treatment:
    """Level-controlled through and through; the operator sets the dose and may take any valve or pump in manual."""

    def __init__(self, random: Random) -> None:
        self.raw = Tank(150.0, 4.0, 2.6)
        self.clear = Tank(150.0, 4.0, 2.7, chlorine=0.6)
        self.inlet = Valve(80.0)
        self.palma = Valve(60.0)
        self.pumps = [Pump(_TRANSFER, hours=21_300.0 + 150.0 * number, starts=9_800) for number in range(2)]
        self.filter_m3h = 0.0
        self.palma_m3h = 0.0
        self.flow_m3h = 0.0
        self.total_m3 = 9_000_000.0
        self.loss_kpa = _KPA_CLEAN + 22.0
        self.raw_turbidity = 3.5
        self.clear_turbidity = 0.3
        self.cloudiness = 0.0
        """NTU that a disturbance adds to the raw water."""
        self._backwash_s = 0.0
        self._duty = DutyPumps(self.pumps)
        self._turbidity = Wander(random, 0.5, 600.0)
        self._ph = Wander(random, 0.07, 1_200.0)
        self._water_c = 17.5
        self.panel = self._make_panel()
        self.dose = self.panel.add_setpoint("Dose.SP", 0.72)
        self.call = LevelCall.on_panel(self.panel, 2.2, 3.3, pumps=2)
        self.site = Site(self.panel, self.pumps, watches_power=True, measures_temperature=True)

    def _make_panel(self) -> Panel:
        panel = Panel()
        panel.add_tank("Raw", self.raw)
        panel.add_tank("Clear", self.clear)
        panel.add_valve("V1", self.inlet)
        panel.add_valve("V2", self.palma)
        for number, pump in enumerate(self.pumps, start=1):
            panel.add_pump(f"P{number}", pump, power=True, temperature=True)
        panel.show(
            Filter__Flow=lambda: self.filter_m3h,
            Filter__Loss=self._filter_loss_kpa,
            Filter__State=lambda: "Backwash" if self._backwash_s > 0.0 else "Filtering",
            Raw__Turbidity=lambda: self.raw_turbidity,
            Clear__Turbidity=lambda: self.clear_turbidity,
            Clear__PH=lambda: 7.45 + self._ph.value,
            Clear__Temp=lambda: self._water_c,
            Clear__Chlorine=lambda: self.clear.chlorine,
            Dose__Flow=lambda: self.dose.in_use * self.filter_m3h / _HYPOCHLORITE_G_L,
            Out__Flow=lambda: self.flow_m3h,
            Out__Pressure=lambda: BAR_PER_M * (_STATIC_M + _RESISTANCE * self.flow_m3h**2),
            Out__Total=lambda: int(self.total_m3),
            Palma__Flow=lambda: self.palma_m3h,
        )
        return panel

    def step(self, now: Now, raw_m3h: float, transfers: int, palma_level_m: float) -> None:
        """Treat raw_m3h; transfers is how many transfer pumps the next reservoir calls for."""
        self.site.step(now)
        self._filter(now)
        self._quality(now)
        for pump in self.pumps:
            pump.has_suction = self.clear.level_m > 0.4
        self._duty.call(transfers)
        for pump in self.pumps:
            pump.step(now.dt_s, now.air_c + 6.0)
        self.flow_m3h = self._duty.lift(_STATIC_M, _RESISTANCE)
        self.total_m3 += self.flow_m3h * now.dt_s / 3600.0

        self.palma.follow(100.0 * (3.3 - palma_level_m) / 0.8, step=20.0)
        self.palma.step(now.dt_s)
        self.palma_m3h = self.clear.can_give(_PALMA_M3H * self.palma.opening)

        self.raw.step(now.dt_s, raw_m3h, self.filter_m3h)
        chlorine = max(0.0, self.dose.in_use - _CHLORINE_USED - 0.05 * self.clear_turbidity)
        self.clear.step(now.dt_s, self.filter_m3h, self.flow_m3h + self.palma_m3h, chlorine)

    def _filter(self, now: Now) -> None:
        """Pass what the valve lets through; dirt stays in the sand until a backwash."""
        wanted = 100.0 * (3.6 - self.clear.level_m) / 0.9
        self.inlet.follow(0.0 if self._backwash_s > 0.0 else wanted, step=20.0)
        self.inlet.step(now.dt_s)
        drive = math.sqrt(max(0.0, self.raw.level_m + 1.0) / 3.6)
        clogging = 1.0 - 0.3 * (self.loss_kpa - _KPA_CLEAN) / (_KPA_BACKWASH - _KPA_CLEAN)
        self.filter_m3h = self.raw.can_give(_FILTER_M3H * self.inlet.opening * drive * clogging)

        self.loss_kpa += _CLOGGING_KPA_A_M3 * self.filter_m3h * now.dt_s / 3600.0 * self.raw_turbidity / 3.5
        if self._backwash_s > 0.0:
            self._backwash_s = max(0.0, self._backwash_s - now.dt_s)
            self.loss_kpa = approach(self.loss_kpa, _KPA_CLEAN, now.dt_s, 120.0)
        elif self.loss_kpa >= _KPA_BACKWASH:
            self._backwash_s = _BACKWASH_S

    def _filter_loss_kpa(self) -> float:
        """Return the head lost in the sand: it falls with the square of the flow."""
        return self.loss_kpa * min(1.5, (self.filter_m3h / 220.0) ** 2)

    def _quality(self, now: Now) -> None:
        raw = max(0.5, 3.5 + self._turbidity.step(now.dt_s) + self.cloudiness)
        self.raw_turbidity = approach(self.raw_turbidity, raw, now.dt_s, 40.0)
        passed = _TURBIDITY_PASSED * self.raw_turbidity
        self.clear_turbidity = approach(self.clear_turbidity, passed, now.dt_s, 60.0)
        self._ph.step(now.dt_s)
        self._water_c = approach(self._water_c, 17.0 + 0.1 * (now.air_c - 17.0), now.dt_s, 7_200.0)
