"""The strip above the chart: alarms by the shape of their priority, commands as arrows, notes as sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsSceneHoverEvent, QGraphicsSceneMouseEvent, QStyleOptionGraphicsItem, QWidget

from hmi.domain.alarms import AlarmEvent, AlarmState
from hmi.panes.trend.overlay import EventMark, event_text
from hmi.services.port import EventKind
from hmi.ui.label import tip
from hmi.ui.symbols import draw_alarm
from hmi.ui.theme import Tokens

STRIP_PX: Final = 19
SYMBOL_PX: Final = 14
SMALL_PX: Final = 11
NEAR_PX: Final = 9
APART_PX: Final = 4


class EventStrip(pg.GraphicsWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """`chosen` carries the event that was clicked."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._tokens: Tokens | None = None
        self.marks: Sequence[EventMark] = ()
        self.setFixedHeight(STRIP_PX)
        self.setAcceptHoverEvents(True)

    def show_marks(self, tokens: Tokens, marks: Sequence[EventMark]) -> None:
        """Show these; of many at one place the last few."""
        if (tokens, marks) != (self._tokens, self.marks):
            self._tokens, self.marks = tokens, marks
            self.update()

    def at(self, x: float) -> EventMark | None:
        """Return the mark nearest to a place in pixels, when it is near."""
        width = max(1.0, self.size().width())
        near = min(self.marks, key=lambda mark: abs(mark.share * width - x), default=None)
        return near if near is not None and abs(near.share * width - x) <= NEAR_PX else None

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if self._tokens is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, last_x = self.size().width(), -1e9
        for mark in self.marks:
            x = mark.share * width
            if x - last_x >= APART_PX or mark.is_chosen:
                self._paint_mark(painter, self._tokens, mark, x)
                last_x = x

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        mark = self.at(event.pos().x())
        self.setToolTip(tip(event_text(mark.event) if mark else ""))

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        mark = self.at(event.pos().x())
        event.setAccepted(mark is not None)
        if mark is not None:
            self.chosen.emit(mark.event)

    def _paint_mark(self, painter: QPainter, tokens: Tokens, mark: EventMark, x: float) -> None:
        found = mark.event
        is_small = found.event in (AlarmEvent.CLEAR, AlarmEvent.ACKNOWLEDGE)
        px = SMALL_PX if is_small else SYMBOL_PX
        at = QRectF(x - px / 2, (STRIP_PX - px) / 2, px, px)
        if mark.is_chosen:
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(at.adjusted(-2, -2, 2, 2))
        if found.kind is EventKind.ALARM and found.priority is not None:
            state = AlarmState.ACKED if is_small else AlarmState.UNACK
            draw_alarm(painter, tokens, at, found.priority, state)
        elif found.kind is EventKind.COMMAND:
            painter.setPen(QPen(QColor(tokens.text), 1.5))
            painter.setBrush(QColor(tokens.manual))
            points = [at.topLeft(), QPointF(at.right(), at.center().y()), at.bottomLeft()]
            painter.drawPolygon(QPolygonF(points))
        else:
            _paint_sheet(painter, tokens, at)


def _paint_sheet(painter: QPainter, tokens: Tokens, at: QRectF) -> None:
    sheet = at.adjusted(2, 0.5, -2, -0.5)
    painter.setPen(QPen(QColor(tokens.text), 1.5))
    painter.setBrush(QColor(tokens.on if tokens.name == "light" else tokens.band))
    painter.drawRect(sheet)
    for row in (0.3, 0.55, 0.8):
        y = sheet.top() + row * sheet.height()
        painter.drawLine(QPointF(sheet.left() + 2, y), QPointF(sheet.right() - 2, y))
