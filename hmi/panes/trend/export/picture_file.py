"""The charts as a picture that explains itself: title, window and zone, the lines, and which number is which pen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from hmi.panes.trend.chart.number_marks import draw_number
from hmi.panes.trend.rows import LegendRow
from hmi.ui.theme import Tokens

MARGIN_PX: Final = 12
TITLE_PX: Final = 30
LINE_PX: Final = 20
BOX_PX: Final = 15
LEGEND_PX: Final = 460
"""How wide a pen's line in the legend should at least be; several stand beside each other where there is room."""

TITLE_FONT_PX: Final = 18
TEXT_FONT_PX: Final = 13


@dataclass(frozen=True, slots=True)
class PicturePart:
    """One chart: its window in words, and its pens. row, column: where it stands among the others."""

    chart: QWidget
    window: str
    legend: Sequence[LegendRow]
    row: int = 0
    column: int = 0

    @property
    def legend_columns(self) -> int:
        return max(1, self.chart.width() // LEGEND_PX)

    @property
    def size(self) -> QSize:
        lines = -(-len(self.legend) // self.legend_columns)
        return QSize(self.chart.width(), LINE_PX + self.chart.height() + lines * LINE_PX + MARGIN_PX)


def picture_of(title: str, saved: str, parts: Sequence[PicturePart], tokens: Tokens, scale: int) -> QImage:
    """Return the picture, `scale` times as fine as on the screen, in the colours of a look. On the GUI thread."""
    lefts = _begins(MARGIN_PX, [(part.column, part.size.width()) for part in parts])
    tops = _begins(MARGIN_PX + TITLE_PX, [(part.row, part.size.height()) for part in parts])
    size = QSize(lefts[-1], tops[-1] + LINE_PX)
    image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(QColor(tokens.card))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        width = size.width() - 2 * MARGIN_PX
        heading = QRectF(MARGIN_PX, MARGIN_PX, width, TITLE_PX)
        _text(painter, heading, title, tokens.text, TITLE_FONT_PX, is_bold=True)
        for part in parts:
            _draw(painter, part, QPointF(lefts[part.column], tops[part.row]), tokens, scale)
        _text(painter, QRectF(MARGIN_PX, tops[-1], width, LINE_PX), saved, tokens.second)
    finally:
        painter.end()
    return image


def _begins(first: int, lengths: Sequence[tuple[int, int]]) -> list[int]:
    """Return where each row or column of parts begins, and where the last one ends."""
    begins = [first]
    for place in range(max((place for place, _ in lengths), default=-1) + 1):
        longest = max((length for at, length in lengths if at == place), default=-MARGIN_PX)
        begins.append(begins[-1] + longest + MARGIN_PX)
    return begins


def _draw(painter: QPainter, part: PicturePart, at: QPointF, tokens: Tokens, scale: int) -> None:
    size = part.chart.size()
    _text(painter, QRectF(at.x(), at.y(), size.width(), LINE_PX), part.window, tokens.text)
    pixmap = QPixmap(size * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(QColor(tokens.card))
    QWidget.render(part.chart, pixmap, QPoint())  # a chart has its own `render`, of the scene alone
    painter.drawPixmap(at + QPointF(0, LINE_PX), pixmap)
    top = at.y() + LINE_PX + size.height()
    width = size.width() / part.legend_columns
    for place, row in enumerate(part.legend):
        line, column = divmod(place, part.legend_columns)
        _draw_line(painter, QRectF(at.x() + column * width, top + line * LINE_PX, width, LINE_PX), row, tokens)


def _draw_line(painter: QPainter, at: QRectF, row: LegendRow, tokens: Tokens) -> None:
    gap = (LINE_PX - BOX_PX) / 2
    box = QRectF(at.left() + gap, at.top() + gap, BOX_PX, BOX_PX)
    draw_number(painter, tokens, box, row.number, is_hollow=row.is_past)
    value = QFontMetricsF(_font(painter, TEXT_FONT_PX, is_bold=True)).horizontalAdvance(row.value)
    name = at.adjusted(LINE_PX + 4, 0, -value - 3 * MARGIN_PX, 0)
    name_width = QFontMetricsF(_font(painter, TEXT_FONT_PX)).horizontalAdvance(row.name)
    _text(painter, name, row.name, tokens.text)
    left = name.left() + min(name_width, name.width()) + MARGIN_PX
    _text(painter, QRectF(left, at.top(), value + MARGIN_PX, at.height()), row.value, tokens.text, is_bold=True)


def _font(painter: QPainter, pixels: int, *, is_bold: bool = False) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(pixels)
    font.setBold(is_bold)
    return font


def _text(
    painter: QPainter, at: QRectF, text: str, colour: str, pixels: int = TEXT_FONT_PX, *, is_bold: bool = False
) -> None:
    font = _font(painter, pixels, is_bold=is_bold)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    cut = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, at.width())
    side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(at, side, cut)
