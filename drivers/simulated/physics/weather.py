"""Sun, clouds and air over Mallorca."""

from __future__ import annotations

import math
from random import Random

from drivers.simulated.physics.noise import Wander

_LATITUDE_RAD = math.radians(39.6)
_CLEAR_SKY_W_M2 = 1_050.0


class Weather:
    """irradiance in W/m², air_c in °C."""

    def __init__(self, random: Random, day_of_year: int) -> None:
        self.irradiance = 0.0
        self.air_c = 18.0
        self._declination = math.radians(23.44) * math.sin(2 * math.pi * (day_of_year - 81) / 365.0)
        self._season_c = 17.5 - 8.0 * math.cos(2 * math.pi * (day_of_year - 30) / 365.0)
        self._clouds = Wander(random, 0.6, 900.0)
        self._wisps = Wander(random, 0.06, 15.0)

    def step(self, dt_s: float, hour: float) -> None:
        """Move sun and clouds; hour is the local time."""
        height = sun_height(hour, self._declination)
        cover = min(0.75, max(0.0, self._clouds.step(dt_s) - 0.3)) + abs(self._wisps.step(dt_s))
        self.irradiance = max(0.0, _CLEAR_SKY_W_M2 * height**1.15 * (1.0 - cover)) if height > 0.0 else 0.0
        self.air_c = self._season_c + 5.0 * math.cos(2 * math.pi * (hour - 15.0) / 24.0)


def sun_height(hour: float, declination_rad: float) -> float:
    """Return the sine of the sun's elevation; the clock is half an hour to an hour and a half ahead of the sun."""
    hour_angle = math.pi * (hour - 13.0) / 12.0
    return math.sin(_LATITUDE_RAD) * math.sin(declination_rad) + math.cos(_LATITUDE_RAD) * math.cos(
        declination_rad
    ) * math.cos(hour_angle)
