"""A booster: two speed-controlled pumps that hold a discharge pressure while a tank calls for water."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.simulated.physics.pump import BAR_PER_M, Pump, PumpDesign
from drivers.simulated.stations.duty import DutyPumps
from drivers.simulated.stations.panel import Now, Panel
from drivers.simulated.stations.site import Site

_LOWEST_SPEED = 0.5
_GAIN_PER_BAR_S = 0.02
_SUCTION_BAR_AT_EMPTY = 0.07
_SUCTION_OK_BAR = 0.09


@dataclass(frozen=True, slots=True)
class BoosterDesign:
    """Pumps, and the main they deliver into: static head in m, resistance in m a (m³/h)²."""

    pump: PumpDesign
    static_m: float
    resistance: float
    pressure_bar: float


class Booster:
    """Holds its pressure setpoint with the speed of its pumps."""

    def __init__(self, design: BoosterDesign, hours: float, *, measures_temperature: bool, watches_power: bool) -> None:
        self.pumps = [Pump(design.pump, hours=hours + 97.0 * number, starts=5_400) for number in range(2)]
        self.flow_m3h = 0.0
        self.pressure_bar = BAR_PER_M * design.static_m
        self.suction_bar = 0.3
        self.total_m3 = 600_000.0
        self._design = design
        self._duty = DutyPumps(self.pumps)
        self._speed = 0.85
        self.panel = Panel()
        for number, pump in enumerate(self.pumps, start=1):
            self.panel.add_pump(f"P{number}", pump, power=True, temperature=measures_temperature, speed=True)
        self.pressure = self.panel.add_setpoint("Out.PressureSP", design.pressure_bar)
        self.panel.show(
            In__Pressure=lambda: self.suction_bar,
            Out__Flow=lambda: self.flow_m3h,
            Out__Pressure=lambda: self.pressure_bar,
            Out__Total=lambda: int(self.total_m3),
        )
        self.site = Site(self.panel, self.pumps, watches_power=watches_power)

    def step(self, now: Now, suction_level_m: float, count: int) -> None:
        """Deliver from a tank at suction_level_m with as many pumps as are called for."""
        self.site.step(now)
        self.suction_bar = _SUCTION_BAR_AT_EMPTY + BAR_PER_M * suction_level_m
        for pump in self.pumps:
            pump.has_suction = self.suction_bar > _SUCTION_OK_BAR
        self._duty.call(count)
        for pump in self.pumps:
            pump.wanted_speed = self._speed
            pump.step(now.dt_s, now.air_c + 6.0)
        self.flow_m3h = self._duty.lift(self._design.static_m, self._design.resistance)
        self.pressure_bar = BAR_PER_M * (self._design.static_m + self._design.resistance * self.flow_m3h**2)
        self.total_m3 += self.flow_m3h * now.dt_s / 3600.0
        if any(pump.is_running for pump in self.pumps):
            wrong_bar = self.pressure.in_use - self.pressure_bar
            self._speed = min(1.0, max(_LOWEST_SPEED, self._speed + _GAIN_PER_BAR_S * wrong_bar * now.dt_s))
