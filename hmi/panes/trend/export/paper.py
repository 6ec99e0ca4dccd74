"""One chart on paper: title, window, lines, the pens' figures, when it was printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from hmi.panes.trend.chart.chart import Chart
from hmi.panes.trend.chart.number_marks import draw_number
from hmi.panes.trend.drawing.picture import Picture
from hmi.panes.trend.overlay import EventMark
from hmi.panes.trend.rows import StatisticsRow
from hmi.ui.theme import LIGHT, Tokens

DPI: Final = 96
"""As on a screen: pyqtgraph keeps its axes as recordings, which Qt blows up on a finer device. Lines stay lines."""

CHART_PX: Final = QSize(1150, 600)
"""The chart is laid out as on a screen of this size and then drawn as lines, not as pixels."""

TITLE_POINTS: Final = 13
TEXT_POINTS: Final = 8
COLUMNS: Final = (0.03, 0.30, 0.06, 0.09, 0.09, 0.10, 0.09, 0.09, 0.08, 0.07)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper besides the picture."""

    title: str
    window: str
    printed: str
    heads: tuple[str, ...]
    rows: Sequence[StatisticsRow]
    marks: Sequence[EventMark] = ()


@dataclass(frozen=True, slots=True)
class PaperLook:
    """Paper is white whatever the screen's look is."""

    tokens: Tokens = LIGHT


def pdf_of(picture: Picture, sheet: Sheet) -> bytes:
    """Return one page, A4 across, as the content of a file. On the GUI thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(DPI)
    writer.setTitle(sheet.title)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    writer.setPageMargins(QMarginsF(12, 12, 12, 12), QPageLayout.Unit.Millimeter)
    painter = QPainter(writer)
    try:
        page = QRectF(0, 0, writer.width(), writer.height())
        line = DPI * TEXT_POINTS / 72 * 1.7
        top = _head(painter, page, sheet, line)
        foot = (len(sheet.rows) + 1) * line + line
        area = QRectF(0, top, page.width(), page.height() - top - foot - line)
        _draw_chart(painter, picture, sheet.marks, area)
        _draw_table(painter, QRectF(0, area.bottom() + line / 2, page.width(), foot), sheet, line)
        _text(painter, QRectF(0, page.height() - line, page.width(), line), sheet.printed, TEXT_POINTS)
    finally:
        painter.end()
    buffer.close()
    return bytes(buffer.data().data())


def _head(painter: QPainter, page: QRectF, sheet: Sheet, line: float) -> float:
    title = DPI * TITLE_POINTS / 72 * 1.6
    _text(painter, QRectF(0, 0, page.width(), title), sheet.title, TITLE_POINTS, is_bold=True)
    _text(painter, QRectF(0, title, page.width(), line), sheet.window, TEXT_POINTS)
    return title + 1.5 * line


def _draw_chart(painter: QPainter, picture: Picture, marks: Sequence[EventMark], area: QRectF) -> None:
    chart = Chart(PaperLook())
    chart.resize(QSize(CHART_PX.width(), round(CHART_PX.width() * area.height() / area.width())))
    # Only what is shown has its layout done; this one is never seen.
    chart.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    chart.show()
    chart.centralWidget.layout().activate()
    chart.show_picture(picture)
    chart.events.show_marks(LIGHT, marks)
    # The lines' part gets its place only when the layout has run; then the marks of the time axis fit it.
    chart.centralWidget.layout().activate()
    chart.show_picture(picture)
    chart.scene().render(painter, area, QRectF(chart.viewport().rect()), Qt.AspectRatioMode.KeepAspectRatio)
    chart.close()
    chart.deleteLater()


def _draw_table(painter: QPainter, area: QRectF, sheet: Sheet, line: float) -> None:
    lefts = [sum(COLUMNS[:number]) * area.width() for number in range(len(COLUMNS))]
    cells = [sheet.heads, *(_cells(row) for row in sheet.rows)]
    for row, texts in enumerate(cells):
        y = area.top() + row * line
        for column, (text, left) in enumerate(zip(texts, lefts, strict=True)):
            at = QRectF(left, y, COLUMNS[column] * area.width() - DPI * 0.03, line)
            if column == 0 and row:
                box = QRectF(at.left(), at.top() + line * 0.1, line * 0.8, line * 0.8)
                number = sheet.rows[row - 1]
                draw_number(painter, LIGHT, box, number.number, is_hollow=number.is_past)
                continue
            side = Qt.AlignmentFlag.AlignRight if column > 2 else Qt.AlignmentFlag.AlignLeft
            _text(painter, at, text, TEXT_POINTS, is_bold=not row, side=side)
    painter.setPen(QPen(QColor(LIGHT.border), 0.7))
    painter.drawLine(QPointF(area.left(), area.top() + line), QPointF(area.right(), area.top() + line))


def _cells(row: StatisticsRow) -> tuple[str, ...]:
    return ("", row.name, row.unit, row.low, row.high, row.mean or row.on, row.first, row.last, row.change, row.good)


def _text(
    painter: QPainter,
    at: QRectF,
    text: str,
    points: int,
    *,
    is_bold: bool = False,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    font = QFont(painter.font())
    font.setPointSizeF(points)
    font.setBold(is_bold)
    painter.setFont(font)
    painter.setPen(QColor(LIGHT.text))
    text = QFontMetricsF(font, painter.device()).elidedText(text, Qt.TextElideMode.ElideRight, at.width() + 1)
    painter.drawText(at, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
