"""What the map remembers from one session to the next: where it looked; no Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping

from hmi.panes.map.projection import Viewport, to_degrees, to_world


def saved(view: Viewport) -> dict[str, float]:
    """Return a view as figures that people could read."""
    longitude, latitude = to_degrees(view.x, view.y)
    return {"latitude": round(latitude, 6), "longitude": round(longitude, 6), "zoom": round(view.zoom, 3)}


def restored(view: Viewport, state: Mapping[str, object]) -> Viewport | None:
    """Return the view that was kept in a window of the present size, or None for figures that make no sense."""
    found = [state.get(key) for key in ("latitude", "longitude", "zoom")]
    figures = [float(each) for each in found if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(figures) != len(found) or not all(map(math.isfinite, figures)):
        return None
    latitude, longitude, zoom = figures
    if abs(latitude) > 90 or abs(longitude) > 360:
        return None
    x, y = to_world(longitude, latitude)
    return view.centred(float(x), float(y), zoom)
