"""A solar borehole: the sun decides how fast its pump may turn."""

from __future__ import annotations

from drivers.simulated.physics.noise import approach
from drivers.simulated.physics.pump import Pump, PumpDesign
from drivers.simulated.physics.well import Well
from drivers.simulated.stations.panel import Now, Panel
from drivers.simulated.stations.site import Site

_DESIGN = PumpDesign(shutoff_head_m=80.0, runout_flow_m3h=70.0, rated_kw=9.2, run_up_s=12.0, coast_down_s=3.0)
_STATIC_M = 32.0
_RESISTANCE = 0.004
_FIELD_KW = 16.0
_OPEN_CIRCUIT_V = 720.0
_START_FRACTION = 0.72
_STOP_FRACTION = 0.66
"""Below about two thirds of its speed the pump no longer lifts the water; it waits for more before it starts again."""

_FULL_M = 4.4
_LOW_AGAIN_M = 4.0


class SolarBorehole:
    """Fills a tower by day; the operator may limit the speed."""

    def __init__(self) -> None:
        self.pump = Pump(_DESIGN, hours=6_240.0, starts=3_010)
        self.well = Well(rest_level_m=31.0, drawdown=0.25)
        self.flow_m3h = 0.0
        self.total_m3 = 210_000.0
        self.energy_kwh = 88_000.0
        self.available_kw = 0.0
        self.module_c = 20.0
        self._irradiance = 0.0
        self._is_full = False
        self.panel = Panel()
        self.panel.add_pump("P1", self.pump, power=True, temperature=True, speed=True)
        self.speed = self.panel.add_setpoint("P1.SpeedSP", 95.0)
        self.panel.show(
            Solar__Irradiance=lambda: self._irradiance,
            Solar__Power=self._drawn_kw,
            Solar__Voltage=self._voltage,
            Solar__Temp=lambda: self.module_c,
            Solar__Energy=lambda: int(self.energy_kwh),
            Well__Level=lambda: self.well.level_m,
            Out__Flow=lambda: self.flow_m3h,
            Out__Total=lambda: int(self.total_m3),
        )
        self.site = Site(self.panel)

    def step(self, now: Now, tower_level_m: float) -> None:
        """Pump as fast as the sun, the operator and the tower allow."""
        self.site.step(now)
        self._sun(now)
        allowed = min(1.0, (self.available_kw / (1.15 * _DESIGN.rated_kw)) ** (1 / 3))
        was_powered = self.pump.has_power
        self.pump.has_power = allowed >= (_STOP_FRACTION if was_powered else _START_FRACTION)
        self.pump.has_suction = self.well.covers_pump
        self.pump.wanted_speed = min(allowed, self.speed.in_use / 100.0)
        if tower_level_m >= _FULL_M:
            self._is_full = True
        elif tower_level_m <= _LOW_AGAIN_M:
            self._is_full = False
        if self.pump.is_auto:
            self.pump.requested = self.pump.is_ready and not self._is_full
        elif not self.pump.has_power:
            self.pump.requested = False
        self.pump.step(now.dt_s, 17.0)
        self.flow_m3h = self.pump.flow_into(_STATIC_M, _RESISTANCE)
        self.pump.set_duty(self.flow_m3h)
        self.well.step(now.dt_s, self.flow_m3h)
        self.total_m3 += self.flow_m3h * now.dt_s / 3600.0
        self.energy_kwh += self._drawn_kw() * now.dt_s / 3600.0

    def _sun(self, now: Now) -> None:
        self._irradiance = now.irradiance
        self.module_c = approach(self.module_c, now.air_c + 0.03 * now.irradiance, now.dt_s, 400.0)
        heat_loss = 1.0 - 0.004 * (self.module_c - 25.0)
        self.available_kw = _FIELD_KW * now.irradiance / 1_000.0 * heat_loss

    def _drawn_kw(self) -> float:
        """Return what the inverter takes from the field: never more than the sun gives."""
        return min(self.available_kw, self.pump.power_kw / 0.96)

    def _voltage(self) -> float:
        if self._irradiance < 5.0:
            return 0.0
        used = self._drawn_kw() / self.available_kw if self.available_kw > 0.0 else 0.0
        return _OPEN_CIRCUIT_V * (1.0 - 0.17 * used) * (1.0 - 0.003 * (self.module_c - 25.0))
