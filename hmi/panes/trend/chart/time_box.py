"""The part of the chart with the lines: mouse moves become wishes about time and value; it never moves by itself."""

from __future__ import annotations

from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsRectItem

ZOOM: Final = 1.25
LEAST_BOX_PX: Final = 6
MARGIN: Final = 0.012
"""A little more than the scale: a pen that lies at its end is drawn beside the frame, not under it."""


class TimeBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Signals carry shares of the width, 0 left and 1 right, and places in the picture, 0 bottom and 1 top.

    boxed: left, right, bottom, top of a rectangle. clicked: share, and whether Shift was held.
    """

    panned = Signal(float)
    zoomed = Signal(float, float)
    clicked = Signal(float, bool)
    double_clicked = Signal()
    boxed = Signal(float, float, float, float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0)
        self.setMouseEnabled(x=False, y=False)
        self.disableAutoRange()
        self.setYRange(-MARGIN, 1 + MARGIN, padding=0)
        self.is_boxing = False
        self._rubber = QGraphicsRectItem(self)
        self._rubber.setZValue(1000)
        self._rubber.hide()

    def restyle(self, focus: str) -> None:
        """Take the colour of the rectangle."""
        fill = QColor(focus)
        fill.setAlpha(40)
        self._rubber.setPen(pg.mkPen(focus, width=1))
        self._rubber.setBrush(pg.mkBrush(fill))

    def mouseDragEvent(self, ev: object, axis: int | None = None) -> None:
        event: pg.GraphicsScene.mouseEvents.MouseDragEvent = ev
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._rubber.isVisible() or self.is_boxing or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._draw_box(event)
        else:
            self.panned.emit((event.lastPos().x() - event.pos().x()) / max(1.0, self.width()))

    def mouseClickEvent(self, ev: object) -> None:
        event: pg.GraphicsScene.mouseEvents.MouseClickEvent = ev
        if event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        if event.double():
            self.double_clicked.emit()
        else:
            is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.clicked.emit(event.pos().x() / max(1.0, self.width()), is_shifted)

    def wheelEvent(self, ev: object, axis: int | None = None) -> None:
        event: pg.QtWidgets.QGraphicsSceneWheelEvent = ev
        event.accept()
        share = event.pos().x() / max(1.0, self.width())
        self.zoomed.emit(ZOOM ** (-event.delta() / 120), share)

    def _draw_box(self, event: pg.GraphicsScene.mouseEvents.MouseDragEvent) -> None:
        area = QRectF(self.rect())
        box = QRectF(event.buttonDownPos(), event.pos()).normalized().intersected(area)
        self._rubber.setRect(box)
        self._rubber.setVisible(not event.isFinish())
        if event.isFinish() and box.width() >= LEAST_BOX_PX and box.height() >= LEAST_BOX_PX:
            width = max(1.0, area.width())
            self.boxed.emit(box.left() / width, box.right() / width, self._place(box.bottom()), self._place(box.top()))

    def _place(self, y_px: float) -> float:
        return min(1.0, max(0.0, float(self.mapToView(QPointF(0, y_px)).y())))
