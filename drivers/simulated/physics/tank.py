"""A tank: what flows in, what flows out, what runs over the weir, and the chlorine in it."""

from __future__ import annotations

import math

_DECAY_A_HOUR = 0.03
"""Free chlorine lost in clean water at 18 °C; tap water studies find 0.01 to 0.1."""


class Tank:
    """An upright tank, ideally mixed. Volumes in m³, flows in m³/h, chlorine in mg/L."""

    def __init__(self, area_m2: float, height_m: float, level_m: float, chlorine: float = 0.0) -> None:
        self.area_m2 = area_m2
        self.height_m = height_m
        self.volume_m3 = area_m2 * level_m
        self.spilled_m3 = 0.0
        self.chlorine = chlorine

    @property
    def level_m(self) -> float:
        return self.volume_m3 / self.area_m2

    def set_level(self, level_m: float) -> None:
        self.volume_m3 = self.area_m2 * level_m

    def can_give(self, flow_m3h: float) -> float:
        """Return what of a wanted outflow the tank can give: the outlet draws air in the lowest 0.2 m."""
        return flow_m3h * min(1.0, max(0.0, self.level_m / 0.2))

    def step(self, dt_s: float, inflow_m3h: float, outflow_m3h: float, chlorine_in: float = 0.0) -> None:
        """Balance the mass over dt_s seconds."""
        hours = dt_s / 3600.0
        entering = inflow_m3h * hours
        after = self.volume_m3 + entering
        if after > 0.0:
            self.chlorine += (chlorine_in - self.chlorine) * entering / after
        self.chlorine *= math.exp(-_DECAY_A_HOUR * hours)
        volume = max(0.0, after - outflow_m3h * hours)
        full = self.area_m2 * self.height_m
        self.spilled_m3 += max(0.0, volume - full)
        self.volume_m3 = min(volume, full)
