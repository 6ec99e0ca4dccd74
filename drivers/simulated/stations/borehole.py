"""A borehole station: one or two submersible pumps in a well."""

from __future__ import annotations

from drivers.simulated.physics.pump import BAR_PER_M, Pump, PumpDesign
from drivers.simulated.physics.well import Well
from drivers.simulated.stations.duty import DutyPumps
from drivers.simulated.stations.panel import Now, Panel
from drivers.simulated.stations.site import Site

_DESIGN = PumpDesign(shutoff_head_m=130.0, runout_flow_m3h=160.0, rated_kw=45.0, run_up_s=3.0, coast_down_s=2.0)
_STATIC_M = 70.0
_LIFT_TO_HEAD_M = 35.0
"""Metres of the static head that lie below the well head and do not show in its pressure."""
_RESISTANCE = 0.0006


class Borehole:
    """Raw water; its pumps are called by the tank they fill."""

    def __init__(self, pumps: int, hours: float) -> None:
        self.pumps = [Pump(_DESIGN, hours=hours + 311.0 * number, starts=2_100) for number in range(pumps)]
        self.well = Well(rest_level_m=38.0, drawdown=0.09)
        self.flow_m3h = 0.0
        self.total_m3 = 1_000_000.0
        self._duty = DutyPumps(self.pumps)
        self.panel = Panel()
        for number, pump in enumerate(self.pumps, start=1):
            self.panel.add_pump(f"P{number}", pump, temperature=True)
        self.panel.show(
            Well__Level=lambda: self.well.level_m,
            Out__Flow=lambda: self.flow_m3h,
            Out__Pressure=self._pressure_bar,
            Out__Total=lambda: int(self.total_m3),
        )
        self.site = Site(self.panel, self.pumps)

    def step(self, now: Now) -> None:
        """Pump what is requested."""
        self.site.step(now)
        for pump in self.pumps:
            pump.has_suction = self.well.covers_pump
            pump.step(now.dt_s, 17.0)
        # As the well falls the pumps lift higher, so that the flow of a drawn-down well is less.
        drawn_m = self.well.rest_level_m - self.well.level_m
        self.flow_m3h = self._duty.lift(_STATIC_M + drawn_m, _RESISTANCE)
        self.well.step(now.dt_s, self.flow_m3h)
        self.total_m3 += self.flow_m3h * now.dt_s / 3600.0

    def _pressure_bar(self) -> float:
        """Return the pressure at the well head; a check valve holds the main's."""
        return BAR_PER_M * (_STATIC_M - _LIFT_TO_HEAD_M + _RESISTANCE * self.flow_m3h**2)
