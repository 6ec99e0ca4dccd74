"""What stays in place while the map moves: scale bar, degrees at the edges, attribution; and the names of areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from hmi.domain.language import tr
from hmi.panes.map.graticule import angle_text, latitudes, longitudes, scale_bar, step_of
from hmi.panes.map.lettering import Face
from hmi.panes.map.paint_tools import see_through
from hmi.panes.map.places import AreaPlace
from hmi.panes.map.projection import Viewport, to_world
from hmi.panes.map.sheet import Sheet
from hmi.ui.theme import Tokens

EDGE_PX: Final = 12
BAR_PX: Final = 150
CORNER_FREE_PX: Final = 210
"""Length of the lower edge at each end that scale bar and attribution need."""
TOP_FREE_PX: Final = 56


def paint_areas(sheet: Sheet, areas: Sequence[AreaPlace]) -> None:
    """Write the names of areas, quietly."""
    face = sheet.lettering.area
    for number, place in sheet.plan.areas.items():
        name = areas[number].name.upper()
        x, y = sheet.view.to_screen(np.array([place]))[0]
        face.draw(sheet.painter, sheet.tokens.second, x - face.width(name) / 2, y - face.height / 2, name)


def paint_chrome(sheet: Sheet) -> None:
    """Paint what belongs to the window rather than to the map."""
    painter, tokens, view, face = sheet.painter, sheet.tokens, sheet.view, sheet.lettering.unit
    _paint_degrees(painter, tokens, view, face)
    _paint_scale(painter, tokens, view, face)
    text = tr("Natural Earth")
    width = face.width(text)
    at = QRectF(view.width - width - 14, view.height - face.height - 6, width + 8, face.height + 2)
    _backing(painter, tokens, at)
    face.draw(painter, tokens.second, at.left() + 4, at.top() + 1, text)


def _paint_scale(painter: QPainter, tokens: Tokens, view: Viewport, face: Face) -> None:
    length, text = scale_bar(view, BAR_PX)
    left, base = EDGE_PX + 0.5, round(view.height - EDGE_PX) - 0.5
    _backing(
        painter, tokens, QRectF(left - 6, base - face.height - 7, max(length, face.width(text)) + 12, face.height + 13)
    )
    painter.setPen(QPen(QColor(tokens.text), 1.5))
    painter.drawPolyline(
        [QPointF(left, base - 5), QPointF(left, base), QPointF(left + length, base), QPointF(left + length, base - 5)]
    )
    face.draw(painter, tokens.text, left + (length - face.width(text)) / 2, base - face.height - 4, text)


def _paint_degrees(painter: QPainter, tokens: Tokens, view: Viewport, face: Face) -> None:
    step = step_of(view)
    painter.setPen(QPen(QColor(tokens.second), 1))
    for longitude in longitudes(view, step):
        text = angle_text(longitude, step, "EW")
        x = (longitude / 360 + 0.5 - view.x) * view.scale + view.width / 2
        if CORNER_FREE_PX < x < view.width - CORNER_FREE_PX:
            painter.drawLine(QLineF(round(x), view.height - 4, round(x), view.height))
            face.draw(painter, tokens.second, x - face.width(text) / 2, view.height - face.height - 5, text)
    for latitude in latitudes(view, step):
        text = angle_text(latitude, step, "NS")
        y = (float(to_world(0, latitude)[1]) - view.y) * view.scale + view.height / 2
        if TOP_FREE_PX < y < view.height - TOP_FREE_PX:
            painter.setPen(QPen(QColor(tokens.second), 1))
            painter.drawLine(QLineF(0, round(y), 4, round(y)))
            face.draw(painter, tokens.second, 7, y - face.height / 2, text)


def _backing(painter: QPainter, tokens: Tokens, at: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(see_through(tokens.panel, 0.8))
    painter.drawRoundedRect(at, 3, 3)
