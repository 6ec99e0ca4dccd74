"""The fonts of the map, how much room its texts take, and the drawing of them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText

from hmi.panes.map.marks import ShownValue
from hmi.panes.map.paint_tools import map_font
from hmi.panes.map.places import StationPlace
from hmi.ui.symbols import draw_bad_quality
from hmi.ui.theme import Tokens

PAD_PX: Final = 3
UNIT_GAP_PX: Final = 3
DIAMOND_PX: Final = 13
DIAMOND_ROOM_PX: Final = DIAMOND_PX + 2
COUNT_PX: Final = 30
"""Room of one priority's symbol and number in a group's label."""
TEXTS_KEPT: Final = 5000


class Face:
    """One font with its measures; texts are laid out once, which is most of the cost of drawing them."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetricsF(font)
        self.height = self.metrics.height()
        self.ascent = self.metrics.ascent()
        self._laid_out: dict[str, tuple[QStaticText, float]] = {}

    def width(self, text: str) -> float:
        """Return a text's width."""
        return self._text(text)[1]

    def draw(self, painter: QPainter, colour: str, x: float, top: float, text: str) -> None:
        """Draw a text; x and top are its upper left corner, brought to whole pixels so that letters stay sharp."""
        painter.setFont(self.font)
        painter.setPen(colour)
        painter.drawStaticText(QPointF(round(x), round(top)), self._text(text)[0])

    def _text(self, text: str) -> tuple[QStaticText, float]:
        found = self._laid_out.get(text)
        if found is None:
            if len(self._laid_out) >= TEXTS_KEPT:
                self._laid_out.clear()
            laid_out = QStaticText(text)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)
            laid_out.prepare(font=self.font)
            found = self._laid_out[text] = laid_out, self.metrics.horizontalAdvance(text)
        return found


class MapLettering:
    """Measures and draws what is written on the map."""

    def __init__(self) -> None:
        self.name = Face(map_font(0.92, QFont.Weight.Medium))
        self.number = Face(map_font(0.95, QFont.Weight.Bold))
        self.unit = Face(map_font(0.8))
        self.count = Face(map_font(1.05, QFont.Weight.Bold))
        area = map_font(1.1)
        area.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 130)
        self.area = Face(area)

    def station_label(self, place: StationPlace) -> tuple[float, float]:
        """Return width and height of a station's name with its value."""
        width, height = self.name.width(place.name), self.name.height
        if place.tag is not None:
            width = max(width, self._measured(place.widest) + DIAMOND_ROOM_PX)
            height += self.number.height
        return width + 2 * PAD_PX, height + 1

    def counts_label(self, priorities: int) -> tuple[float, float]:
        """Return width and height of a group's counts for so many priorities."""
        return priorities * COUNT_PX + 2 * PAD_PX, self.number.height + 2

    def flow_label(self, text: str) -> tuple[float, float]:
        """Return width and height of a pipe's flow."""
        return self._measured(text) + 2 * PAD_PX + 4, self.number.height + 2

    def area_label(self, name: str) -> tuple[float, float]:
        """Return width and height of an area's name."""
        return self.area.width(name.upper()) + 4, self.area.height

    def value_width(self, value: ShownValue) -> float:
        """Return the width of a live value as it is drawn."""
        width = self.number.width(value.text) + (0 if value.is_trusted else DIAMOND_ROOM_PX)
        return width + (UNIT_GAP_PX + self.unit.width(value.unit) if value.unit else 0)

    def draw_value(self, painter: QPainter, tokens: Tokens, x: float, top: float, value: ShownValue) -> None:
        """Draw a live value with its unit; one that is not trusted has the diamond before it."""
        if not value.is_trusted:
            diamond = QRectF(x, top + (self.number.height - DIAMOND_PX) / 2, DIAMOND_PX, DIAMOND_PX)
            draw_bad_quality(painter, tokens, diamond)
            x += DIAMOND_ROOM_PX
        self.number.draw(painter, tokens.live if value.is_trusted else tokens.bad_text, x, top, value.text)
        if value.unit:
            base = round(top) + self.number.ascent
            x = round(x) + self.number.width(value.text) + UNIT_GAP_PX
            self.unit.draw(painter, tokens.second, x, base - self.unit.ascent, value.unit)

    def _measured(self, widest: str) -> float:
        number, _space, unit = widest.rpartition(" ")
        return self.number.width(number or unit) + (UNIT_GAP_PX + self.unit.width(unit) if number else 0)
