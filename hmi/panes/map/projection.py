"""Web Mercator, and the view of it that a window shows; no Qt.

Mercator keeps shapes and directions true at every place and zoom, so that a coast drawn once can be zoomed by a plain
factor and a pipe's bearing looks as it does on paper; and raster tiles, wherever they come from, lie on the same grid.
World coordinates: x from 0 at 180° W to 1 at 180° E, y from 0 at 85.05° N to 1 at 85.05° S.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Points: TypeAlias = npt.NDArray[np.float64]
"""(N, 2) x and y: world coordinates, or pixels from the top left of the view."""

MAX_LATITUDE: Final = 85.0511
TILE_PX: Final = 256
"""Width of the world at zoom 0; each zoom level doubles it."""
MAX_ZOOM: Final = 18.0
EQUATOR_M: Final = 40_075_017.0
FIT_ZOOM: Final = 14.0
"""No closer than this when things are fitted into the view: a lone station needs its surroundings."""


def to_world(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> Points:
    """Return world coordinates of degrees; latitudes beyond the projection's edge come to lie on it."""
    angle = np.radians(np.clip(np.asarray(latitude, np.float64), -MAX_LATITUDE, MAX_LATITUDE))
    x = np.asarray(longitude, np.float64) / 360 + 0.5
    y = 0.5 - np.log(np.tan(np.pi / 4 + angle / 2)) / (2 * np.pi)
    return np.stack([x, y], axis=-1)


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude of world coordinates."""
    return (x - 0.5) * 360, math.degrees(math.atan(math.sinh((0.5 - y) * 2 * math.pi)))


@dataclass(frozen=True, slots=True)
class Viewport:
    """What a window of width × height pixels shows: its centre in world coordinates, and the zoom level."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 2.0
    width: int = 1
    height: int = 1

    @property
    def scale(self) -> float:
        """Pixels that the whole world is wide."""
        return float(TILE_PX * 2.0**self.zoom)

    @property
    def metres_per_px(self) -> float:
        """Length of a pixel on the ground, in the middle of the view."""
        latitude = math.radians(to_degrees(self.x, self.y)[1])
        return EQUATOR_M * math.cos(latitude) / self.scale

    def to_screen(self, points: Points) -> Points:
        """Return pixels of world coordinates; a point is shown where the world, turned round, is nearest."""
        offset = points - (self.x, self.y)
        offset[..., 0] -= np.round(offset[..., 0])
        return offset * self.scale + (self.width / 2, self.height / 2)

    def line_to_screen(self, line: Points) -> Points:
        """Return pixels of a line; it stays whole across 180°, nearest the view with its first point."""
        offset = line - (self.x, self.y)
        offset[:, 0] -= np.round(offset[:1, 0])
        return offset * self.scale + (self.width / 2, self.height / 2)

    def at(self, px: float, py: float) -> tuple[float, float]:
        """Return the world coordinates under a pixel; x may lie outside 0…1."""
        return self.x + (px - self.width / 2) / self.scale, self.y + (py - self.height / 2) / self.scale

    def box(self, margin_px: float = 0) -> tuple[float, float, float, float]:
        """Return west, north, east, south of the view and a margin around it, in world coordinates."""
        west, north = self.at(-margin_px, -margin_px)
        east, south = self.at(self.width + margin_px, self.height + margin_px)
        return west, north, east, south

    def offset_from(self, other: Viewport) -> tuple[float, float]:
        """Return the way from another view's middle to this one's, in pixels of this zoom, the short way round."""
        turn = self.x - other.x
        return (turn - round(turn)) * self.scale, (self.y - other.y) * self.scale

    def resized(self, width: int, height: int) -> Viewport:
        """Return the same place in a window of another size."""
        return _inside(replace(self, width=max(1, width), height=max(1, height)))

    def moved(self, dx: float, dy: float) -> Viewport:
        """Return the view after its content was dragged by so many pixels."""
        return _inside(replace(self, x=self.x - dx / self.scale, y=self.y - dy / self.scale))

    def zoomed(self, steps: float, px: float, py: float) -> Viewport:
        """Return the view some levels closer; what is under the pixel stays there."""
        x, y = self.at(px, py)
        zoom = min(MAX_ZOOM, max(self.min_zoom, self.zoom + steps))
        closer = replace(self, zoom=zoom)
        under_x, under_y = closer.at(px, py)
        return _inside(replace(closer, x=self.x + x - under_x, y=self.y + y - under_y))

    def centred(self, x: float, y: float, zoom: float | None = None) -> Viewport:
        """Return the view of another place."""
        return _inside(replace(self, x=x, y=y, zoom=self.zoom if zoom is None else zoom))

    def fitted(self, points: Points, padding_px: float) -> Viewport:
        """Return the view that just holds all points; the whole world when there is none."""
        if len(points) == 0:
            return _inside(replace(self, x=0.5, y=0.4, zoom=0))
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.maximum(high - low, 1e-12)
        room = np.maximum(np.array([self.width, self.height]) - 2 * padding_px, 50)
        zoom = float(np.log2((room / span).min() / TILE_PX))
        middle = (low + high) / 2
        return _inside(replace(self, x=float(middle[0]), y=float(middle[1]), zoom=min(zoom, FIT_ZOOM)))

    @property
    def min_zoom(self) -> float:
        """The zoom at which the world fills the window once and nothing is shown twice."""
        return math.log2(max(self.width, self.height, TILE_PX) / TILE_PX)


def _inside(view: Viewport) -> Viewport:
    """Return the view with its zoom in bounds, x turned into 0…1, and no emptiness beyond the poles."""
    zoom = min(MAX_ZOOM, max(view.min_zoom, view.zoom))
    half = view.height / 2 / (TILE_PX * 2.0**zoom)
    return replace(view, zoom=zoom, x=view.x % 1.0, y=min(1 - half, max(half, view.y)))
