"""A list of readings: name, bar, value, unit, quality and alarm on one line each; one click opens the trend.

One painted widget, not a widget a row: fifty rows cost about a millisecond and nothing jumps when values change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from hmi.domain.alarms import UNACKNOWLEDGED_STATES
from hmi.ui.painting import painting
from hmi.ui.readings import ReadingRow
from hmi.ui.sparkline import Sparklines, draw_sparkline
from hmi.ui.symbols import draw_alarm, draw_bad_quality
from hmi.ui.tag_drag import mime_of
from hmi.ui.theme import Theme

ROW_PX: Final = 28
LINED_ROW_PX: Final = 36
"""Of a row that has a sparkline over its bar."""

LINE_PX: Final = 14
BAR_PX: Final = 56
VALUE_PX: Final = 90
SYMBOL_PX: Final = 16

SUBSTITUTED_MARK: Final = "✎"
"""Beside a value that a person put in the place of the measured one."""


class ReadingList(QWidget):
    """Shows rows; `activated` carries the tag of a row that was clicked or entered."""

    activated = Signal(int)

    def __init__(self, theme: Theme, lines: Sparklines | None = None) -> None:
        """lines: where the rows' sparklines are; None for rows without."""
        super().__init__()
        self._theme = theme
        self._lines = lines
        self._row_px = ROW_PX if lines is None else LINED_ROW_PX
        self._pressed: QPoint | None = None
        self._rows: Sequence[ReadingRow] = ()
        self._current = -1
        self._is_lit = True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_rows(self, rows: Sequence[ReadingRow]) -> None:
        """Show these rows; repaints only when something differs."""
        if rows == self._rows:
            return
        has_resized = len(rows) != len(self._rows)
        self._rows = rows
        self.setAccessibleDescription("; ".join(f"{row.name} {row.text} {row.unit} {row.quality}" for row in rows))
        if has_resized:
            self.updateGeometry()
        self.update()

    def set_lit(self, is_lit: bool) -> None:
        """Show the light or the dark half of the flash of unacknowledged symbols."""
        if is_lit != self._is_lit:
            self._is_lit = is_lit
            if any(row.alarm and row.alarm[1] in UNACKNOWLEDGED_STATES for row in self._rows):
                self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, max(1, len(self._rows)) * self._row_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, max(1, len(self._rows)) * self._row_px)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and row is not None:
            self._current = row
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pressed = self._pressed
        if pressed is None or (event.position().toPoint() - pressed).manhattanLength() < _drag_px():
            return
        row, self._pressed = self._row_at(pressed), None
        if row is not None:
            drag = QDrag(self)
            drag.setMimeData(mime_of([self._rows[row].tag]))
            drag.exec(Qt.DropAction.CopyAction)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        row = self._row_at(pressed) if pressed is not None else None
        if row is not None and self._row_at(event.position().toPoint()) == row:
            self.activated.emit(self._rows[row].tag)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._row_at(event.pos())
            QToolTip.showText(event.globalPos(), self._rows[row].name if row is not None else "", self)
            return True
        return super().event(event)

    def _row_at(self, at: QPoint) -> int | None:
        row = at.y() // self._row_px
        return row if 0 <= row < len(self._rows) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self._rows:
            self._current = min(len(self._rows) - 1, max(0, self._current + step))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._current < len(self._rows):
            self.activated.emit(self._rows[self._current].tag)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        row_px = self._row_px
        first = max(0, event.rect().top() // row_px)
        last = min(len(self._rows), event.rect().bottom() // row_px + 1)
        with painting(self) as painter:
            for number in range(first, last):
                self._paint_row(painter, number, QRectF(0, number * row_px, self.width(), row_px))

    def _paint_row(self, painter: QPainter, number: int, at: QRectF) -> None:
        tokens, row = self._theme.tokens, self._rows[number]
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawLine(at.bottomLeft(), at.bottomRight())
        if self.hasFocus() and number == self._current:
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.drawRect(at.adjusted(1, 1, -1, -1))
        symbol = QRectF(at.left() + 2, at.center().y() - SYMBOL_PX / 2, SYMBOL_PX, SYMBOL_PX)
        if row.alarm is not None:
            draw_alarm(painter, tokens, symbol, *row.alarm, is_lit=self._is_lit)
        elif not row.is_good:
            draw_bad_quality(painter, tokens, symbol)
        painter.setFont(self.font())
        value_left = at.right() - VALUE_PX
        has_strip = row.fraction is not None or self._lines is not None
        bar_left = value_left - (BAR_PX + 8 if has_strip else 0)
        name = QRectF(at.left() + SYMBOL_PX + 8, at.top(), bar_left - at.left() - SYMBOL_PX - 14, at.height())
        painter.setPen(QColor(tokens.text))
        most = 2 if self._row_px >= LINED_ROW_PX else 1
        fitted = fit_name(row.name, QFontMetrics(self.font()), int(name.width()), most)
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitted)
        if row.fraction is not None:
            middle = at.center().y() + (LINE_PX / 2 if self._lines is not None else 0)
            self._paint_bar(painter, row, QRectF(bar_left, middle - 5, BAR_PX, 10))
        if self._lines is not None:
            top = at.top() + 4 if row.fraction is not None else at.center().y() - LINE_PX / 2
            self._paint_line(painter, self._lines, row, QRectF(bar_left, top, BAR_PX, LINE_PX - 3))
        self._paint_value(painter, row, QRectF(value_left, at.top(), VALUE_PX - 4, at.height()))

    def _paint_line(self, painter: QPainter, lines: Sparklines, row: ReadingRow, at: QRectF) -> None:
        line = lines.line(row.tag)
        if line is not None:
            draw_sparkline(
                painter, line, at, QColor(self._theme.tokens.outline), lines.now_us(), lines.least_of(row.tag)
            )

    def _paint_bar(self, painter: QPainter, row: ReadingRow, at: QRectF) -> None:
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRect(at)
        low, high = row.band
        painter.fillRect(
            QRectF(at.left() + at.width() * low, at.top() + 1, at.width() * (high - low), at.height() - 2),
            QColor(tokens.band),
        )
        painter.setPen(QPen(QColor(tokens.outline), 1))
        for mark in row.marks:
            x = at.left() + at.width() * mark
            painter.drawLine(QPointF(x, at.top()), QPointF(x, at.bottom()))
        x = at.left() + at.width() * (row.fraction or 0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.live if row.is_good else tokens.off))
        painter.drawPolygon(
            QPolygonF([QPointF(x, at.top() + 1), QPointF(x - 5, at.bottom() + 4), QPointF(x + 5, at.bottom() + 4)])
        )

    def _paint_value(self, painter: QPainter, row: ReadingRow, at: QRectF) -> None:
        tokens = self._theme.tokens
        bold = QFont(self.font())
        bold.setBold(True)
        small = QFont(self.font())
        small.setPointSizeF(self.font().pointSizeF() * 0.85)
        unit = row.unit if row.is_good else row.quality or row.unit
        if row.is_substituted:
            unit = f"{unit} {SUBSTITUTED_MARK}".strip()
        unit_width = QFontMetrics(small).horizontalAdvance(unit) + (4 if unit else 0)
        painter.setFont(small)
        painter.setPen(QColor(tokens.second if row.is_good else tokens.bad_text))
        painter.drawText(at, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, unit)
        painter.setFont(bold)
        trusted = tokens.manual if row.is_substituted else tokens.live
        painter.setPen(QColor(trusted if row.is_good else tokens.second))
        room = at.adjusted(0, 0, -unit_width, 0)
        text = QFontMetrics(bold).elidedText(row.text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)


def fit_name(name: str, metrics: QFontMetrics, width: int, lines: int) -> str:
    """Return a name that fits into one or two lines of so many pixels.

    What is too long loses its middle: names of one piece of equipment begin alike, and differ at their end.
    """
    if lines < 2 or metrics.horizontalAdvance(name) <= width:
        return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, width)
    words = name.split()
    count = len(words) - 1
    while count > 1 and metrics.horizontalAdvance(" ".join(words[:count])) > width:
        count -= 1
    parts = (" ".join(words[:count]), " ".join(words[count:])) if count else (name, "")
    fitted = [metrics.elidedText(part, Qt.TextElideMode.ElideMiddle, width) for part in parts if part]
    return "\n".join(fitted)


def _drag_px() -> int:
    return QApplication.startDragDistance()
