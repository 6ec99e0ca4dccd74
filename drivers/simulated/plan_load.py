"""The plan of a generated plant for load: any number of stations with any number of analog points, on a grid."""

from __future__ import annotations

import math

from drivers.simulated.description import Area, StationDescription
from drivers.simulated.plan_templates import analog, area, meter, station

_AREAS = ("North", "Plain", "East")
_CORNER = (39.40, 2.60)
_SPREAD = (0.45, 0.75)
"""South-west corner and extent, in degrees, of the rectangle over Mallorca that the stations fill."""

_QUANTITIES = (
    ("level", "m", 10.0),
    ("flow", "m³/h", 400.0),
    ("pressure", "bar", 16.0),
    ("temperature", "°C", 100.0),
    ("power", "kW", 200.0),
)


def load_areas(stations: int, tags_per_station: int) -> tuple[Area, ...]:
    """Return the areas; an area that would have no station is left out."""
    columns = math.ceil(math.sqrt(stations))
    made = [_station(number, columns, tags_per_station) for number in range(stations)]
    return tuple(
        area(key, key, f"urn:roams:demo-plant:{key.lower()}", *made[index :: len(_AREAS)])
        for index, key in enumerate(_AREAS)
        if made[index :: len(_AREAS)]
    )


def _station(number: int, columns: int, tags: int) -> StationDescription:
    row, column = divmod(number, columns)
    place = (_CORNER[0] + _SPREAD[0] * row / columns, _CORNER[1] + _SPREAD[1] * column / columns)
    points = []
    for index in range(tags):
        quantity, unit, high = _QUANTITIES[index % len(_QUANTITIES)]
        name = f"{quantity.capitalize()} {index + 1}"
        points.append(analog(f"M.T{index + 1:03}", name, quantity, unit, (0.0, high), 2))
    return station(f"S{number + 1:03}", f"Station {number + 1}", "booster", place, meter("M", "Meters", points))
