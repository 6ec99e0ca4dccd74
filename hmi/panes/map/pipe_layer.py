"""Pipes under the markers: wide and light where water flows, thin where it stands, dashed where nobody knows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from hmi.panes.map.clipping import Box, clip_line
from hmi.panes.map.marks import Flow, PipeMark, ShownValue
from hmi.panes.map.paint_tools import see_through
from hmi.panes.map.projection import Points
from hmi.panes.map.sheet import Sheet
from hmi.ui.theme import Tokens

FLOWING_PX: Final = 4.0
CASING_PX: Final = 1.2
STILL_PX: Final = 1.8
DASHES: Final = (4.0, 3.0)
ARROW_EVERY_PX: Final = 110
ARROW_PX: Final = 6.0
CLIP_PX: Final = 60


def paint_pipes(sheet: Sheet, marks: Sequence[PipeMark]) -> None:
    """Paint all pipes, then the flows that have room."""
    view = sheet.view
    box = (-CLIP_PX, -CLIP_PX, view.width + CLIP_PX, view.height + CLIP_PX)
    for line, mark in zip(sheet.plan.lines, marks, strict=True):
        if len(line):
            _paint_pipe(sheet.painter, sheet.tokens, view.line_to_screen(line), mark.flow, box)
    for number, place in sheet.plan.flows.items():
        value = marks[number].value
        if value is not None:
            _paint_flow(sheet, place, value)


def _paint_pipe(painter: QPainter, tokens: Tokens, line: Points, flow: Flow, box: Box) -> None:
    is_flowing = flow in (Flow.FORWARD, Flow.BACKWARD)
    parts = [(QLineF(*part.ravel().tolist()), passed) for part, passed in clip_line(line, box)]
    if not parts:
        return
    lines = [part for part, _passed in parts]
    round_cap = Qt.PenCapStyle.RoundCap
    if is_flowing:
        for colour, width in ((tokens.outline, FLOWING_PX + 2 * CASING_PX), (tokens.on, FLOWING_PX)):
            painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, round_cap))
            painter.drawLines(lines)
    elif flow is Flow.STILL:
        painter.setPen(QPen(QColor(tokens.off), STILL_PX, Qt.PenStyle.SolidLine, round_cap))
        painter.drawLines(lines)
    else:
        pen = QPen(QColor(tokens.off), STILL_PX, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(DASHES)
        for part, passed in parts:
            # Dashes are counted from the pipe's start, or they would run as the view is panned.
            pen.setDashOffset(passed / STILL_PX % sum(DASHES))
            painter.setPen(pen)
            painter.drawLine(part)
    _paint_arrows(painter, tokens, line, box, is_flowing=is_flowing, is_backward=flow is Flow.BACKWARD)


def _paint_arrows(
    painter: QPainter, tokens: Tokens, line: Points, box: Box, *, is_flowing: bool, is_backward: bool
) -> None:
    """Paint arrow heads at even distances along the pipe, as many as it has room for."""
    steps = np.diff(line, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    ends = np.concatenate([[0], np.cumsum(lengths)])
    if ends[-1] < 30:
        return
    every = max(ARROW_EVERY_PX, ends[-1] / 400)
    count = max(1, round(float(ends[-1] / every)))
    painter.setPen(QPen(QColor(tokens.outline if is_flowing else tokens.off), 1))
    painter.setBrush(QColor(tokens.outline if is_flowing else tokens.off))
    for at in (np.arange(count) + 0.5) * ends[-1] / count:
        stretch = min(int(np.searchsorted(ends, at, "right")) - 1, len(steps) - 1)
        x, y = line[stretch] + steps[stretch] * ((at - ends[stretch]) / max(lengths[stretch], 1e-9))
        if box[0] < x < box[2] and box[1] < y < box[3]:
            angle = math.atan2(steps[stretch, 1], steps[stretch, 0]) + (math.pi if is_backward else 0)
            painter.drawPolygon(_arrow(float(x), float(y), angle, ARROW_PX if is_flowing else ARROW_PX * 0.8))


def _arrow(x: float, y: float, angle: float, size: float) -> QPolygonF:
    along = QPointF(math.cos(angle), math.sin(angle)) * size
    across = QPointF(-along.y(), along.x())
    middle = QPointF(x, y)
    return QPolygonF([middle + along, middle - along * 0.7 + across * 0.85, middle - along * 0.7 - across * 0.85])


def _paint_flow(sheet: Sheet, place: tuple[float, float], value: ShownValue) -> None:
    x, y = sheet.view.to_screen(np.array([place]))[0]
    width, height = sheet.lettering.value_width(value), sheet.lettering.number.height
    at = QRectF(round(x - width / 2) - 5, round(y - height / 2) - 1, round(width) + 10, height + 2)
    sheet.painter.setPen(QPen(QColor(sheet.tokens.border), 1))
    sheet.painter.setBrush(see_through(sheet.tokens.card, 0.95))
    sheet.painter.drawRoundedRect(at, 4, 4)
    sheet.lettering.draw_value(sheet.painter, sheet.tokens, at.left() + 5, at.top() + 1, value)
