"""A bottling line: its conveyor, its counters, and how effective it is (ISO 22400-2)."""

from __future__ import annotations

from random import Random

from drivers.simulated.physics.noise import Wander, approach, ramp
from drivers.simulated.physics.pump import Pump, PumpDesign
from drivers.simulated.stations.panel import Now, Panel
from drivers.simulated.stations.site import Site

_DRIVE = PumpDesign(shutoff_head_m=100.0, runout_flow_m3h=10.0, rated_kw=5.5, run_up_s=3.0, coast_down_s=2.0)
_BEST_SPEED = 100.0
_SHIFT_S = 1_800.0
_BATCH = 20_000
_BOTTLE_L = 0.5
_SECONDS_BETWEEN_STOPS = 420.0
_AIR_BAR = 6.3
_AIR_ENOUGH_BAR = 5.5


class Bottling:
    """Stops for half a minute now and then, as lines do; short of air it drops bottles."""

    def __init__(self, random: Random) -> None:
        self.drive = Pump(_DRIVE, hours=8_900.0, starts=15_200)
        self.speed = 0.0
        self.good = 5_012_345_678
        self.rejected = 61_204_417
        self.air_bar = _AIR_BAR
        self.air_lost_s = 0.0
        self.flow_m3h = 0.0
        self._random = random
        self._weight = Wander(random, 2.0, 300.0)
        self._air = Wander(random, 0.08, 60.0)
        self._stopped_s = 0.0
        self._unfinished = 0.0
        self._available = 0.93
        self._performing = 0.9
        self._flawless = 0.985
        self.panel = Panel()
        self.panel.add_pump("M1", self.drive)
        self.setpoint = self.panel.add_setpoint("Line.SpeedSP", 90.0)
        self.panel.show(
            Line__Speed=lambda: self.speed,
            Line__Good=lambda: self.good,
            Line__Rejected=lambda: self.rejected,
            Line__Weight=lambda: 500.0 + self._weight.value,
            Line__Batch=lambda: f"B{self.good // _BATCH:07}",
            Line__Product=lambda: "Still water 0.5 L",
            OEE__Availability=lambda: 100.0 * self._available,
            OEE__Performance=lambda: 100.0 * self._performing,
            OEE__Quality=lambda: 100.0 * self._flawless,
            OEE__OEE=lambda: 100.0 * self._available * self._performing * self._flawless,
            Supply__Flow=lambda: self.flow_m3h,
            Supply__Air=lambda: self.air_bar,
        )
        self.site = Site(self.panel)

    def step(self, now: Now) -> None:
        """Fill bottles."""
        self.site.step(now)
        if self.drive.is_auto:
            self.drive.requested = self.drive.is_ready
        self.drive.step(now.dt_s, now.air_c + 4.0)
        self._weight.step(now.dt_s)
        self.air_lost_s = max(0.0, self.air_lost_s - now.dt_s)
        air = 4.7 if self.air_lost_s > 0.0 else _AIR_BAR + self._air.step(now.dt_s)
        self.air_bar = approach(self.air_bar, air, now.dt_s, 12.0)

        self._stopped_s = max(0.0, self._stopped_s - now.dt_s)
        if self._stopped_s <= 0.0 and self._random.random() < now.dt_s / _SECONDS_BETWEEN_STOPS:
            self._stopped_s = self._random.uniform(15.0, 45.0)
        is_moving = self.drive.is_running and self._stopped_s <= 0.0
        self.speed = ramp(self.speed, self.setpoint.in_use if is_moving else 0.0, 15.0, now.dt_s)
        self.drive.set_load((0.6 + 3.4 * self.speed / 120.0) * self.drive.speed)
        self.flow_m3h = self.speed * _BOTTLE_L * 60.0 / 1_000.0
        self._count(now.dt_s)
        self._rate(now.dt_s, is_moving=is_moving)

    def _count(self, dt_s: float) -> None:
        """Count whole bottles, each good or rejected."""
        self._unfinished += self.speed / 60.0 * dt_s
        share = 0.015 if self.air_bar > _AIR_ENOUGH_BAR else 0.15
        while self._unfinished >= 1.0:
            self._unfinished -= 1.0
            is_rejected = self._random.random() < share
            self.rejected += is_rejected
            self.good += not is_rejected
            self._flawless = approach(self._flawless, 0.0 if is_rejected else 1.0, 60.0 / _BEST_SPEED, _SHIFT_S)

    def _rate(self, dt_s: float, *, is_moving: bool) -> None:
        """Let availability and performance follow the last half hour."""
        self._available = approach(self._available, float(is_moving), dt_s, _SHIFT_S)
        if is_moving:
            self._performing = approach(self._performing, min(1.0, self.speed / _BEST_SPEED), dt_s, _SHIFT_S)
