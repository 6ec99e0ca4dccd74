"""What every layer of the map paints with."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QColor, QFont, QPolygonF
from PySide6.QtWidgets import QApplication

from hmi.panes.map.projection import Points


def polygon(points: Points) -> QPolygonF:
    """Return points as Qt's, in one piece as Qt stores a polygon: one by one they cost a microsecond each."""
    shape = QPolygonF()
    stored = QByteArray(len(points).to_bytes(4, "big") + points.astype(">f8").tobytes())
    QDataStream(stored) >> shape
    return shape


def see_through(colour: str, share: float) -> QColor:
    """Return a colour of which only a share (0…1) covers."""
    found = QColor(colour)
    found.setAlphaF(share)
    return found


def map_font(size: float = 1.0, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the window's font at a share of its size."""
    font = QFont(QApplication.font())
    font.setPointSizeF(font.pointSizeF() * size)
    font.setWeight(weight)
    return font
