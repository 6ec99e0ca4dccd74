"""Lines of equal longitude and latitude, and the length of the scale bar, at round figures; no Qt."""

from __future__ import annotations

import math
from typing import Final

from hmi.panes.map.projection import Viewport, to_degrees

_STEPS_S: Final = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800)
STEPS: Final = (*(seconds / 3600 for seconds in _STEPS_S), 1, 2, 5, 10, 15, 30, 60)
"""Degrees between two lines: round figures of degrees, minutes and seconds."""
LEAST_PX: Final = 150


def step_of(view: Viewport) -> float:
    """Return the degrees between two lines so that they stand apart."""
    degrees = LEAST_PX / view.scale * 360
    return next((step for step in STEPS if step >= degrees), float(STEPS[-1]))


def longitudes(view: Viewport, step: float) -> list[float]:
    """Return the longitudes to draw; beyond ±180 where the view is."""
    west, _north, east, _south = view.box()
    return _between((west - 0.5) * 360, (east - 0.5) * 360, step)


def latitudes(view: Viewport, step: float) -> list[float]:
    """Return the latitudes to draw."""
    _west, north, _east, south = view.box()
    return _between(to_degrees(0, south)[1], to_degrees(0, north)[1], step)


def angle_text(degrees: float, step: float, letters: str) -> str:
    """Return an angle as people write it, with as many parts as the step needs: 39°40′N. letters: as in "NS"."""
    if letters == "EW":
        degrees = (degrees + 180) % 360 - 180
    letter = letters[degrees < 0] if abs(degrees) > 1e-9 else ""
    seconds = round(abs(degrees) * 3600)
    text = f"{seconds // 3600}°"
    if step < 1:
        text += f"{seconds // 60 % 60:02d}′"
    if step < 1 / 60:
        text += f"{seconds % 60:02d}″"
    return text + letter


def scale_bar(view: Viewport, most_px: float) -> tuple[float, str]:
    """Return length in pixels and text of the longest round distance that is no longer than most_px."""
    most_m = most_px * view.metres_per_px
    power = 10.0 ** math.floor(math.log10(most_m))
    metres = next(factor for factor in (5, 2, 1) if factor * power <= most_m) * power
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    return metres / view.metres_per_px, text


def _between(low: float, high: float, step: float) -> list[float]:
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
