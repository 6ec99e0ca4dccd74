"""A hydraulic press that works its cycle: close, press, hold, release, open, change the part."""

from __future__ import annotations

from drivers.simulated.physics.noise import approach, ramp
from drivers.simulated.physics.pump import Pump, PumpDesign
from drivers.simulated.stations.panel import Now, Panel
from drivers.simulated.stations.site import Site

_DRIVE = PumpDesign(shutoff_head_m=100.0, runout_flow_m3h=10.0, rated_kw=22.0, run_up_s=2.0, coast_down_s=2.0)
_OPEN_MM = 380.0
_CLOSED_MM = 40.0
_CYCLE = (("Close", 3.0), ("Press", 5.0), ("Hold", 3.0), ("Release", 1.0), ("Open", 3.0), ("Change part", 4.0))
"""The steps of the cycle with their length in seconds."""

_COOLER_ON_C = 52.0
_COOLER_OFF_C = 46.0
_OIL_S = 700.0


class Press:
    """In automatic it works round the clock; in manual while its hydraulic pump runs."""

    def __init__(self) -> None:
        self.pump = Pump(_DRIVE, hours=14_050.0, starts=1_730)
        self.pressure_bar = 0.0
        self.position_mm = _OPEN_MM
        self.parts = 418_223
        self.oil_c = 48.0
        self.oil_level = 78.0
        self.is_cooling = False
        self.cooler_failed_s = 0.0
        self.cycle_s = sum(length for _, length in _CYCLE)
        self._step = 0
        self._in_step_s = 0.0
        self._this_cycle_s = 0.0
        self.panel = Panel()
        self.panel.add_pump("P1", self.pump, power=True)
        self.setpoint = self.panel.add_setpoint("Press.PressureSP", 200.0)
        self.panel.show(
            Press__Pressure=lambda: self.pressure_bar,
            Press__Position=lambda: self.position_mm,
            Press__Cycle=lambda: self.cycle_s,
            Press__Parts=lambda: self.parts,
            Press__Step=lambda: _CYCLE[self._step][0] if self.pump.is_running else "Idle",
            Oil__Temp=lambda: self.oil_c,
            Oil__Level=lambda: self.oil_level,
            Oil__Cooler=lambda: self.is_cooling,
        )
        self.site = Site(self.panel)

    def step(self, now: Now) -> None:
        """Move through the cycle."""
        self.site.step(now)
        if self.pump.is_auto:
            self.pump.requested = self.pump.is_ready
        self.pump.step(now.dt_s, now.air_c + 8.0)
        if self.pump.is_running:
            self._cycle(now.dt_s)
        else:
            self.pressure_bar = ramp(self.pressure_bar, 0.0, 60.0, now.dt_s)
        self.pump.set_load((5.0 + 14.0 * self.pressure_bar / 250.0) * self.pump.speed)
        self._oil(now)

    def _cycle(self, dt_s: float) -> None:
        self._in_step_s += dt_s
        self._this_cycle_s += dt_s
        name, length_s = _CYCLE[self._step]
        if name == "Close":
            self.position_mm = ramp(self.position_mm, _CLOSED_MM, (_OPEN_MM - _CLOSED_MM) / 2.8, dt_s)
        elif name == "Open":
            self.position_mm = ramp(self.position_mm, _OPEN_MM, (_OPEN_MM - _CLOSED_MM) / 2.8, dt_s)
        wanted_bar = {"Close": 25.0, "Press": self.setpoint.in_use, "Hold": self.setpoint.in_use}.get(name, 8.0)
        self.pressure_bar = approach(self.pressure_bar, wanted_bar, dt_s, 0.8)
        if self._in_step_s >= length_s:
            self._in_step_s = 0.0
            self._step = (self._step + 1) % len(_CYCLE)
            if self._step == 0:
                self.parts += 1
                self.cycle_s, self._this_cycle_s = self._this_cycle_s, 0.0

    def _oil(self, now: Now) -> None:
        self.cooler_failed_s = max(0.0, self.cooler_failed_s - now.dt_s)
        if self.oil_c > _COOLER_ON_C:
            self.is_cooling = True
        elif self.oil_c < _COOLER_OFF_C:
            self.is_cooling = False
        self.is_cooling &= self.cooler_failed_s <= 0.0
        heated = now.air_c + 3.5 * self.pump.power_kw
        target = heated - 30.0 if self.is_cooling else heated
        self.oil_c = approach(self.oil_c, target, now.dt_s, _OIL_S)
        self.oil_level = max(45.0, self.oil_level - 0.02 * now.dt_s / 3600.0)
