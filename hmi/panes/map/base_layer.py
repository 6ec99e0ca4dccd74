"""The base under everything: water, land, borders, graticule, names of countries; a picture larger than the view.

Panning moves the picture; it is painted anew only when the view leaves its margin or the zoom changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from hmi.panes.map.base_data import BaseData, Detail, Lines, Names
from hmi.panes.map.clipping import clip_ring, runs_near, thin
from hmi.panes.map.graticule import latitudes, longitudes, step_of
from hmi.panes.map.paint_tools import map_font, polygon, see_through
from hmi.panes.map.projection import Points, Viewport, to_world
from hmi.ui.theme import Tokens

MARGIN_PX: Final = 192
NEAR_ZOOM: Final = 5.0
"""From here on the coarse coast's corners can be seen, and the fine one is wanted."""
NAMES_ZOOM: Final = 7.5
SMALLEST_PX: Final = 1.2
THIN_PX: Final = 0.6
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
        at = self._place_of_picture(tokens, view, scale)
        if at is None:
            self._make(tokens, view, scale)
            at = QPointF(-MARGIN_PX, -MARGIN_PX)
        painter.drawPixmap(at, self._picture)

    def _place_of_picture(self, tokens: Tokens, view: Viewport, scale: float) -> QPointF | None:
        """Return where the picture's corner comes to lie, or None when it does not cover the view."""
        if self._made_for is None:
            return None
        made, made_scale, look = self._made_for
        same = (made.zoom, made.width, made.height, made_scale, look)
        if same != (view.zoom, view.width, view.height, scale, tokens.name):
            return None
        turn = view.x - made.x
        dx = (turn - round(turn)) * view.scale
        dy = (view.y - made.y) * view.scale
        if abs(dx) > MARGIN_PX or abs(dy) > MARGIN_PX:
            return None
        # Whole device pixels: a picture between two of them would be blurred.
        return QPointF(round((-dx - MARGIN_PX) * scale) / scale, round((-dy - MARGIN_PX) * scale) / scale)

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
        for ring in _on_screen(data.land, view):
            cut = clip_ring(ring[:-1], box)
            if len(cut) > 2:
                land.addPolygon(polygon(thin(cut, THIN_PX)))
                land.closeSubpath()
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.land))
        painter.drawPath(land)
        painter.setPen(QPen(QColor(tokens.border), 1, Qt.PenStyle.DashLine))
        for line in _on_screen(data.borders, view):
            for run in runs_near(line, box):
                painter.drawPolyline(polygon(thin(run, THIN_PX)))


def _device_size(view: Viewport, scale: float) -> tuple[int, int]:
    return round(view.width * scale), round(view.height * scale)


def _on_screen(lines: Lines, view: Viewport) -> Iterator[Points]:
    """Yield, in pixels, each line that meets the view and is large enough to see; turned round the world as needed."""
    west, north, east, south = view.box(CLIP_PX)
    box = lines.box
    is_visible = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) * view.scale >= SMALLEST_PX
    is_visible &= (box[:, 3] >= north) & (box[:, 1] <= south)
    corner = (view.x - view.width / 2 / view.scale, view.y - view.height / 2 / view.scale)
    for turn in (-1, 0, 1):
        meets = is_visible & (box[:, 2] + turn >= west) & (box[:, 0] + turn <= east)
        for number in np.flatnonzero(meets).tolist():
            points = lines.points[lines.offsets[number] : lines.offsets[number + 1]]
            yield (points - (corner[0] - turn, corner[1])) * view.scale


def _paint_graticule(painter: QPainter, tokens: Tokens, view: Viewport) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(see_through(tokens.border, 0.45), 1))
    step = step_of(view)
    for longitude in longitudes(view, step):
        x = (longitude / 360 + 0.5 - view.x) * view.scale + view.width / 2
        painter.drawLine(QLineF(x, 0, x, view.height))
    for latitude in latitudes(view, step):
        y = (float(to_world(0, latitude)[1]) - view.y) * view.scale + view.height / 2
        painter.drawLine(QLineF(0, y, view.width, y))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_names(painter: QPainter, tokens: Tokens, view: Viewport, names: Names) -> None:
    """Name the countries that have room for it, the largest first."""
    font = map_font(0.85)
    painter.setFont(font)
    painter.setPen(see_through(tokens.second, 0.75))
    metrics = QFontMetricsF(font)
    for text, at, size in zip(names.text, view.to_screen(names.at), names.size, strict=True):
        width = metrics.horizontalAdvance(text)
        if width > size * view.scale * 1.3:
            continue
        if 0 < at[0] < view.width and 0 < at[1] < view.height:
            painter.drawText(QPointF(at[0] - width / 2, at[1] + metrics.ascent() / 2), text)
