"""What every layer of the map paints with."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QColor, QFont, QPolygonF
from PySide6.QtWidgets import QApplication
from shiboken6 import VoidPtr

from hmi.panes.map.projection import Points


def polygon(points: Points) -> QPolygonF:
    """Return points as Qt's, copied in one piece: one by one they cost a microsecond each."""
    shape = QPolygonF()
    if len(points):
        shape.resize(len(points))
        # The stubs know neither this way of making a VoidPtr nor that it is a buffer; pyqtgraph does the same.
        pointer: Any = VoidPtr(shape.data(), len(points) * 16, True)  # type: ignore[call-arg, arg-type]
        np.frombuffer(pointer, np.float64)[:] = points.ravel()
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
