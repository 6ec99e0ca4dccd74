"""A centrifugal pump with its motor: head and flow, run-up and coast-down, heat, trips."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drivers.simulated.physics.noise import approach, ramp

GRAVITY_KN_M3 = 9.81
BAR_PER_M = 0.0981

_SPEED_OF_RUNNING = 0.3
_MOTOR_EFFICIENCY = 0.92
_POWER_FACTOR = 0.86
_VOLTAGE_KV = 0.4
_OVERLOAD_AFTER_S = 10.0
_DRY_RUN_AFTER_S = 5.0
_HEATING_S = 600.0
_RISE_AT_RATED_K = 45.0


@dataclass(frozen=True, slots=True)
class PumpDesign:
    """What the maker says: head at no flow, flow at no head, motor rating, times of the soft starter."""

    shutoff_head_m: float
    runout_flow_m3h: float
    rated_kw: float
    run_up_s: float = 4.0
    coast_down_s: float = 6.0

    @property
    def curve(self) -> float:
        """Head lost a (m³/h)²: head = shutoff head · speed² - curve · flow²."""
        return self.shutoff_head_m / self.runout_flow_m3h**2

    @property
    def rated_current_a(self) -> float:
        return motor_current(self.rated_kw / _MOTOR_EFFICIENCY)


def motor_current(electrical_kw: float) -> float:
    """Return the current in A that a three-phase motor draws from 400 V."""
    return electrical_kw / (math.sqrt(3.0) * _VOLTAGE_KV * _POWER_FACTOR)


class Pump:
    """One pump. It runs while it is requested, has power and has not tripped; speeds are fractions of the rated speed.

    An operator's start or stop puts it in manual; in automatic `requested` belongs to its station's control.
    """

    def __init__(self, design: PumpDesign, *, hours: float = 0.0, starts: int = 0) -> None:
        self.design = design
        self.is_auto = True
        self.requested = False
        self.is_tripped = False
        self.has_suction = True
        self.has_power = True
        self.is_jammed = False
        self.wanted_speed = 1.0
        self.speed = 0.0
        self.flow_m3h = 0.0
        self.head_m = 0.0
        self.power_kw = 0.0
        self.current_a = 0.0
        self.temperature_c = 25.0
        self.hours = hours
        self.starts = starts
        self._overload_s = 0.0
        self._dry_s = 0.0

    @property
    def is_energised(self) -> bool:
        return self.requested and self.has_power and not self.is_tripped

    @property
    def is_running(self) -> bool:
        """What the starter reports back: energised and turning."""
        return self.is_energised and self.speed >= _SPEED_OF_RUNNING * min(1.0, self.wanted_speed)

    @property
    def is_ready(self) -> bool:
        return self.has_power and self.has_suction and not self.is_tripped

    def operate(self, start: bool) -> None:
        """Take an operator's start or stop: the pump is in manual from then on. A start when not ready is lost."""
        self.is_auto = False
        self.requested = start and self.is_ready

    def trip(self) -> None:
        """Drop out; the request is lost too, so that a reset alone never starts the pump in manual."""
        self.is_tripped = True
        self.requested = False
        self.is_jammed = False
        self._overload_s = self._dry_s = 0.0

    def reset(self) -> None:
        """Clear a trip."""
        self.is_tripped = False

    def step(self, dt_s: float, ambient_c: float) -> None:
        """Move speed, heat and counters; the duty comes from `set_duty` in the same step."""
        was_still = self.speed <= 0.0
        if self.is_energised:
            self.speed = ramp(self.speed, self.wanted_speed, 1.0 / self.design.run_up_s, dt_s)
            self.hours += dt_s / 3600.0
            self.starts += was_still
        else:
            self.speed = ramp(self.speed, 0.0, 1.0 / self.design.coast_down_s, dt_s)
        load = self.current_a / self.design.rated_current_a
        self.temperature_c = approach(self.temperature_c, ambient_c + _RISE_AT_RATED_K * load * load, dt_s, _HEATING_S)
        self._protect(dt_s, load)

    def flow_into(self, static_m: float, resistance: float, turning: float = 1.0) -> float:
        """Return the flow into a main: static head in m, resistance in m a (m³/h)².

        turning: how many pumps share the main. Each lifts the whole head but carries its share of the flow.
        """
        lift = self.design.shutoff_head_m * self.speed**2 - static_m
        if lift <= 0.0:
            return 0.0
        return math.sqrt(lift / (self.design.curve + resistance * max(1.0, turning) ** 2))

    def set_duty(self, flow_m3h: float) -> None:
        """Set what the pump carries; head, power and current follow from it and the speed."""
        self.flow_m3h = flow_m3h
        self.head_m = max(0.0, self.design.shutoff_head_m * self.speed**2 - self.design.curve * flow_m3h**2)
        best_flow = 0.55 * self.design.runout_flow_m3h * max(self.speed, 0.1)
        efficiency = max(0.25, 0.76 * (1.0 - 0.8 * (flow_m3h / best_flow - 1.0) ** 2))
        water_kw = GRAVITY_KN_M3 * flow_m3h / 3600.0 * self.head_m
        self.set_load(water_kw / efficiency + 0.08 * self.design.rated_kw * self.speed**3)

    def set_load(self, shaft_kw: float) -> None:
        """Set what the shaft takes; power and current follow. A jammed pump takes half as much again as it is rated."""
        if self.is_jammed:
            shaft_kw = 1.5 * self.design.rated_kw
        self.power_kw = shaft_kw / _MOTOR_EFFICIENCY if self.is_energised else 0.0
        self.current_a = motor_current(self.power_kw)

    def _protect(self, dt_s: float, load: float) -> None:
        """Trip on overload and on running dry, each after its delay."""
        self._overload_s = self._overload_s + dt_s if load > 1.2 else 0.0
        self._dry_s = self._dry_s + dt_s if self.is_energised and not self.has_suction else 0.0
        if self._overload_s > _OVERLOAD_AFTER_S or self._dry_s > _DRY_RUN_AFTER_S:
            self.trip()
