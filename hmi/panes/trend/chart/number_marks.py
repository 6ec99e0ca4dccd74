"""The pens' numbers: small boxes in pen colour, at the right end of each line and in the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from hmi.ui.theme import Tokens

BOX_PX: Final = 15
GUTTER_PX: Final = 22


def pen_colour(tokens: Tokens, number: int) -> QColor:
    """Return the colour of a pen."""
    return QColor(tokens.pens[(number - 1) % len(tokens.pens)])


def draw_number(painter: QPainter, tokens: Tokens, at: QRectF, number: int, *, is_hollow: bool = False) -> None:
    """Draw a pen's number in its box; hollow when its line does not reach so far."""
    colour = pen_colour(tokens, number)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(QColor(tokens.card) if is_hollow else colour)
    painter.drawRoundedRect(at.adjusted(0.75, 0.75, -0.75, -0.75), 2, 2)
    font = QFont(painter.font())
    font.setPixelSize(round(at.height() * 0.73))
    font.setBold(True)
    painter.setFont(font)
    on_colour = QColor("#FFFFFF" if tokens.name == "light" else "#10161B")
    painter.setPen(colour if is_hollow else on_colour)
    painter.drawText(at, Qt.AlignmentFlag.AlignCenter, str(number))


@lru_cache(maxsize=64)
def number_icon(tokens: Tokens, number: int, px: int = BOX_PX + 1, *, is_hollow: bool = False) -> QIcon:
    """Return a pen's number as an icon, the same when its row is selected."""
    pixmap = QPixmap(QSize(px, px) * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_number(painter, tokens, QRectF(0, 0, px, px), number, is_hollow=is_hollow)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


@dataclass(frozen=True, slots=True)
class NumberMark:
    """Where a number stands: y from 0 at the bottom to 1 at the top."""

    number: int
    y: float
    is_hollow: bool
    is_emphasised: bool


class NumberGutter(pg.GraphicsWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """The narrow strip at the right of the chart that the numbers stand in; they make room for each other."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens: Tokens | None = None
        self._marks: Sequence[NumberMark] = ()
        self.setFixedWidth(GUTTER_PX)

    def show_marks(self, tokens: Tokens, marks: Sequence[NumberMark]) -> None:
        """Show these numbers."""
        self._tokens, self._marks = tokens, marks
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if self._tokens is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.size().height()
        wanted = [(1 - min(1.0, max(0.0, mark.y))) * height for mark in self._marks]
        order = sorted(range(len(wanted)), key=lambda place: wanted[place])
        for place, y in zip(order, spread([wanted[each] for each in order], BOX_PX + 1, height), strict=True):
            mark = self._marks[place]
            colour = pen_colour(self._tokens, mark.number)
            painter.setPen(QPen(colour, 2 if mark.is_emphasised else 1))
            painter.drawLine(QPointF(0, wanted[place]), QPointF(5, y))
            box = QRectF(5, y - BOX_PX / 2, BOX_PX, BOX_PX)
            draw_number(painter, self._tokens, box, mark.number, is_hollow=mark.is_hollow)


def spread(wanted: Sequence[float], room: float, height: float) -> list[float]:
    """Return ascending places as near to the wanted ones as can be, `room` apart, within the height."""
    places: list[float] = []
    for y in wanted:
        places.append(max(y, places[-1] + room if places else room / 2))
    limit = height - room / 2
    for number in range(len(places) - 1, -1, -1):
        places[number] = min(places[number], limit)
        limit = places[number] - room
    return places
