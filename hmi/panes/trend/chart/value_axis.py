"""One value axis: marks at given places, the unit and its pens' numbers above it; the wheel over it zooms it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsSceneMouseEvent

from hmi.domain.language import tr
from hmi.panes.trend.chart.number_marks import pen_colour
from hmi.panes.trend.chart.time_box import ZOOM
from hmi.panes.trend.drawing.picture import Axis
from hmi.panes.trend.drawing.ranges import RangeMode
from hmi.ui.theme import Tokens

LEAST_PX: Final = 34
MOST_PX: Final = 92
STEP_PX: Final = 6
"""Widths come in steps, so that a digit more or less does not shift the whole chart."""

TICK_PX: Final = 4
FIXED: Final = "\u2195"
"""Stands beside the unit of an axis with an own range."""


class ValueAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Its places run from 0 at the bottom to 1 at the top, whatever the unit; the texts are given.

    wheeled: key, factor and place. asked: key, when its range is to be set. freed: key, when it is to be found again.
    """

    wheeled = Signal(str, float, float)
    asked = Signal(str)
    freed = Signal(str)

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.title = pg.LabelItem("", size="9pt")
        self._tokens: Tokens | None = None
        self._shown: object = None
        self._box: pg.ViewBox | None = None
        self.key = ""
        self.setStyle(tickLength=-TICK_PX, tickTextOffset=3, hideOverlappingLabels=False, autoExpandTextSpace=False)
        self.setZValue(0)
        self.setToolTip(tr("Wheel: zoom this axis. Click: set its range. Double click: find it again."))

    def follow(self, box: pg.ViewBox) -> None:
        """Stand beside a box."""
        self._box = box
        self.linkToView(box)

    def restyle(self, tokens: Tokens, font: QFont) -> None:
        """Take the colours of a look."""
        self._tokens = tokens
        self._shown = None
        self.setTickFont(font)
        self.setPen(pg.mkPen(tokens.border))
        self.setTextPen(pg.mkPen(tokens.second))

    def show_axis(self, axis: Axis | None, words: Sequence[tuple[float, str]], metrics: QFontMetricsF) -> None:
        """Show marks and words, or nothing at all for None."""
        if (axis, tuple(words)) == self._shown:
            return
        self._shown = (axis, tuple(words))
        self.key = axis.key if axis else ""
        self.setVisible(axis is not None)
        if axis is None or self._tokens is None:
            self.setWidth(0)
            self.title.setText("")
            return
        room = MOST_PX - TICK_PX - 6
        marks = list(axis.marks) + [
            (y, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)) for y, text in words
        ]
        widest = max((metrics.horizontalAdvance(text) for _, text in marks), default=0.0)
        unit = f"{axis.unit} {FIXED}".strip() if axis.mode is RangeMode.TYPED else axis.unit
        title = " ".join([unit, *map(str, axis.numbers)])
        widest = max(widest, metrics.horizontalAdvance(title) * 0.95)
        self.setWidth(min(MOST_PX, max(LEAST_PX, -(-(widest + TICK_PX + 8) // STEP_PX) * STEP_PX)))
        self.setTicks([marks])
        numbers = " ".join(
            f'<b style="color:{pen_colour(self._tokens, number).name()}">{number}</b>' for number in axis.numbers
        )
        self.title.setText(f'<span style="color:{self._tokens.second}">{html.escape(unit)}</span> {numbers}')

    def wheelEvent(self, event: pg.QtWidgets.QGraphicsSceneWheelEvent) -> None:
        event.accept()
        if self.key and self._box is not None:
            at_y = float(self._box.mapToView(self.mapToItem(self._box, event.pos())).y())
            self.wheeled.emit(self.key, ZOOM ** (-event.delta() / 120), min(1.0, max(0.0, at_y)))

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        event.setAccepted(bool(self.key) and event.button() == Qt.MouseButton.LeftButton)

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        if self.key and self.boundingRect().contains(event.pos()):
            self.asked.emit(self.key)

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        event.accept()
        if self.key:
            self.freed.emit(self.key)

    def mouseDragEvent(self, ev: object) -> None:
        event: pg.GraphicsScene.mouseEvents.MouseDragEvent = ev
        event.ignore()  # pyqtgraph's own would move the box
