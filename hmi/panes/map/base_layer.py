"""The base under everything: water, land, borders, graticule, names of countries; a picture larger than the view.

Panning moves the picture; it is painted anew only when the view leaves its margin or the zoom changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from hmi.panes.map.base_data import BaseData, Detail, Lines, Names
from hmi.panes.map.clipping import clip_ring, runs_near, thin
from hmi.panes.map.graticule import latitudes, longitudes, step_of
from hmi.panes.map.label_board import LabelBoard, Rect
from hmi.panes.map.paint_tools import map_font, polygon, see_through
from hmi.panes.map.projection import Points, Viewport, to_world
from hmi.ui.theme import Tokens

MARGIN_PX: Final = 192
NEAR_ZOOM: Final = 5.0
"""From here on the coarse coast's corners can be seen, and the fine one is wanted."""
NAMES_ZOOM: Final = 7.5
SMALLEST_PX: Final = 1.5
THIN_PX: Final = 0.75
CLIP_PX: Final = 8
"""How far beyond the picture rings are cut, so that the cut itself is never seen."""


class BaseLayer:
    """Paints the base from whatever detail has been read so far."""

    def __init__(self) -> None:
        self._data: dict[Detail, BaseData] = {}
        self._names: Names | None = None
        self._picture = QPixmap()
        self._made_for: tuple[Viewport, float, str] | None = None

    def add(self, detail: Detail, data: BaseData) -> None:
        """Use data from now on."""
        self._data[detail] = data
        self.forget()

    def add_names(self, names: Names) -> None:
        """Show names of countries from now on."""
        self._names = names
        self.forget()

    def forget(self) -> None:
        """Paint the picture anew at the next chance."""
        self._made_for = None

    def paint(self, painter: QPainter, tokens: Tokens, view: Viewport, scale: float) -> None:
        """Paint the view. scale: device pixels a pixel."""
        offset = self._offset(tokens, view, scale)
        if offset is None or max(map(abs, offset)) > MARGIN_PX:
            self._make(tokens, view, scale)
            offset = 0, 0
        # Whole device pixels: a picture between two of them would be blurred.
        x, y = (round((-each - MARGIN_PX) * scale) / scale for each in offset)
        painter.drawPixmap(QPointF(x, y), self._picture)

    def prepare(self, tokens: Tokens, view: Viewport, scale: float) -> bool:
        """Paint the picture anew when the view nears its edge; return whether it was. Called between two frames."""
        offset = self._offset(tokens, view, scale)
        if offset is None or max(map(abs, offset)) < MARGIN_PX / 2:
            return False
        self._make(tokens, view, scale)
        return True

    def _offset(self, tokens: Tokens, view: Viewport, scale: float) -> tuple[float, float] | None:
        """Return how far the view has moved since the picture was made, None when the picture is another one."""
        if self._made_for is None:
            return None
        made, made_scale, look = self._made_for
        same = (made.zoom, made.width, made.height, made_scale, look)
        if same != (view.zoom, view.width, view.height, scale, tokens.name):
            return None
        return view.offset_from(made)

    def _make(self, tokens: Tokens, view: Viewport, scale: float) -> None:
        wide = replace(view, width=view.width + 2 * MARGIN_PX, height=view.height + 2 * MARGIN_PX)
        if self._picture.size() != (size := _device_size(wide, scale)):
            self._picture = QPixmap(*size)
        self._picture.setDevicePixelRatio(scale)
        self._picture.fill(QColor(tokens.water))
        with QPainter(self._picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            data = self._data_for(view.zoom)
            if data is not None:
                self._paint_land(painter, tokens, wide, data)
            _paint_graticule(painter, tokens, wide)
            if self._names is not None and view.zoom < NAMES_ZOOM:
                _paint_names(painter, tokens, wide, self._names)
        self._made_for = (view, scale, tokens.name)

    def _data_for(self, zoom: float) -> BaseData | None:
        wanted: Detail = "10m" if zoom >= NEAR_ZOOM else "50m"
        return self._data.get(wanted) or next(iter(self._data.values()), None)

    def _paint_land(self, painter: QPainter, tokens: Tokens, view: Viewport, data: BaseData) -> None:
        box = (-CLIP_PX, -CLIP_PX, view.width + CLIP_PX, view.height + CLIP_PX)
        land = QPainterPath()
        for ring, is_whole in _on_screen(data.land, view):
            shown = ring if is_whole else clip_ring(ring[:-1], box)
            if len(shown) > 2:
                land.addPolygon(polygon(thin(shown, THIN_PX)))
                land.closeSubpath()
        # A large path filled with smooth edges takes 50 ms, filled without and drawn round smoothly it takes 6.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillPath(land, QColor(tokens.land))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.strokePath(land, QPen(QColor(tokens.border), 1))
        painter.setPen(QPen(see_through(tokens.border, 0.8), 1))
        for line, is_whole in _on_screen(data.borders, view):
            for run in [line] if is_whole else runs_near(line, box):
                painter.drawPolyline(polygon(thin(run, THIN_PX)))


def _device_size(view: Viewport, scale: float) -> tuple[int, int]:
    return round(view.width * scale), round(view.height * scale)


def _on_screen(lines: Lines, view: Viewport) -> Iterator[tuple[Points, bool]]:
    """Yield, in pixels, each line that meets the view and is large enough to see, and whether all of it is inside.

    Lines are turned round the world as needed.
    """
    west, north, east, south = view.box(CLIP_PX)
    box = lines.box
    is_visible = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) * view.scale >= SMALLEST_PX
    is_visible &= (box[:, 3] >= north) & (box[:, 1] <= south)
    corner = (view.x - view.width / 2 / view.scale, view.y - view.height / 2 / view.scale)
    for turn in (-1, 0, 1):
        meets = is_visible & (box[:, 2] + turn >= west) & (box[:, 0] + turn <= east)
        whole = (box[:, 0] + turn >= west) & (box[:, 2] + turn <= east) & (box[:, 1] >= north) & (box[:, 3] <= south)
        for number in np.flatnonzero(meets).tolist():
            points = lines.points[lines.offsets[number] : lines.offsets[number + 1]]
            yield (points - (corner[0] - turn, corner[1])) * view.scale, bool(whole[number])


def _paint_graticule(painter: QPainter, tokens: Tokens, view: Viewport) -> None:
    # Filled rectangles: as lines they take ten times as long.
    colour = see_through(tokens.border, 0.45)
    step = step_of(view)
    for longitude in longitudes(view, step):
        x = (longitude / 360 + 0.5 - view.x) * view.scale + view.width / 2
        painter.fillRect(QRectF(round(x), 0, 1, view.height), colour)
    for latitude in latitudes(view, step):
        y = (float(to_world(0, latitude)[1]) - view.y) * view.scale + view.height / 2
        painter.fillRect(QRectF(0, round(y), view.width, 1), colour)


def _paint_names(painter: QPainter, tokens: Tokens, view: Viewport, names: Names) -> None:
    """Name the countries that have room for it, the largest first."""
    font = map_font(0.85)
    painter.setFont(font)
    painter.setPen(see_through(tokens.second, 0.75))
    metrics = QFontMetricsF(font)
    board = LabelBoard(view.width, view.height, np.empty((0, 2)))
    for text, (x, y), size in zip(names.text, view.to_screen(names.at), names.size, strict=True):
        if not (0 < x < view.width and 0 < y < view.height):
            continue
        room = Rect(0, 0, metrics.horizontalAdvance(text), metrics.height()).around(x, y)
        if room.width < size * view.scale and board.place([room]) is not None:
            painter.drawText(QPointF(round(room.x), round(room.y + metrics.ascent())), text)
