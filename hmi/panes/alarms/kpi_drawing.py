"""The figures drawn: how many alarms came when, and bars of shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.alarms.figures import DAY_US, HOUR_US, TEN_MINUTES_US, AlarmFigures
from hmi.domain.language import tr
from hmi.ui.painting import painting
from hmi.ui.symbols import draw_alarm
from hmi.ui.theme import Theme
from hmi.ui.words import local_time

BUSY: Final = {TEN_MINUTES_US: 10, HOUR_US: 30, DAY_US: 300}
"""Above this a stretch is more than a person can handle (ISA-18.2: 300 a day, 30 an hour, 10 in ten minutes)."""

NAMES: Final = {TEN_MINUTES_US: "Alarms in each ten minutes", HOUR_US: "Alarms in each hour", DAY_US: "Alarms each day"}
MARGIN: Final = 40
SHARE_ROW_PX: Final = 28


class TimeBars(QWidget):
    """A bar for each stretch of time; too many in one stand out in colour, above a dashed line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._found: AlarmFigures | None = None
        self.setMinimumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_figures(self, found: AlarmFigures | None) -> None:
        """Draw other figures."""
        self._found = found
        if found is not None:
            most = max(found.per_bucket, default=0)
            self.setAccessibleName(tr(NAMES[found.bucket_us]) + f": {tr('at most')} {most}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        found, tokens = self._found, self._theme.tokens
        if found is None or not found.per_bucket:
            return
        metrics = QFontMetricsF(self.font())
        painter.setPen(QColor(tokens.second))
        painter.drawText(QRectF(0, 0, self.width(), 20), tr(NAMES[found.bucket_us]))
        room = QRectF(MARGIN, 24, self.width() - MARGIN - 8, self.height() - 24 - metrics.height() - 6)
        busy = BUSY[found.bucket_us]
        most = max(*found.per_bucket, busy + 1) if max(found.per_bucket) > busy / 2 else max(4, *found.per_bucket)
        width = room.width() / len(found.per_bucket)
        for number, count in enumerate(found.per_bucket):
            if not count:
                continue
            height = room.height() * count / most
            bar = QRectF(room.left() + number * width, room.bottom() - height, max(1.0, width - 1), height)
            painter.fillRect(bar, QColor(tokens.priority_fill[1] if count > busy else tokens.live))
        painter.setPen(QPen(QColor(tokens.outline), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        self._paint_scale(painter, room, most, busy)
        self._paint_times(painter, room, found)

    def _paint_scale(self, painter: QPainter, room: QRectF, most: int, busy: int) -> None:
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._theme.tokens.second))
        for count in (0, most):
            y = room.bottom() - room.height() * count / most
            painter.drawText(QRectF(0, y - 8, MARGIN - 6, 16), align, str(count))
        if busy >= most:
            return
        y = room.bottom() - room.height() * busy / most
        painter.setPen(QPen(QColor(self._theme.tokens.outline), 1, Qt.PenStyle.DashLine))
        painter.drawLine(int(room.left()), int(y), int(room.right()), int(y))
        painter.drawText(QRectF(0, y - 8, MARGIN - 6, 16), align, str(busy))

    def _paint_times(self, painter: QPainter, room: QRectF, found: AlarmFigures) -> None:
        first = found.start_us // found.bucket_us * found.bucket_us
        pattern = "%H:%M" if found.end_us - found.start_us <= 2 * DAY_US else "%m-%d"
        painter.setPen(QColor(self._theme.tokens.second))
        shown = 6
        for place in range(shown + 1):
            at_us = first + len(found.per_bucket) * found.bucket_us * place // shown
            text = local_time(at_us).strftime(pattern)
            x = room.left() + room.width() * place / shown
            where = QRectF(x - 40, room.bottom() + 3, 80, 18)
            where.moveLeft(max(0.0, min(where.left(), self.width() - 84.0)))
            painter.drawText(where, Qt.AlignmentFlag.AlignHCenter, text)


class PriorityBars(QWidget):
    """The share of each priority, and a tick where it should be about."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: Sequence[tuple[Priority, str, float, float]] = ()
        self.setFixedHeight(SHARE_ROW_PX * len(Priority) + 4)

    def show_shares(self, rows: Sequence[tuple[Priority, str, float, float]]) -> None:
        """Draw other shares: (priority, name, share, about what it should be)."""
        self._rows = rows
        words = (f"{name} {share:.0%}" for _, name, share, _ in rows)
        self.setAccessibleName(tr("Shares of the priorities") + ": " + ", ".join(words))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        left, right = 104.0, self.width() - 150.0
        for number, (priority, name, share, target) in enumerate(self._rows):
            top = number * SHARE_ROW_PX + 4.0
            draw_alarm(painter, tokens, QRectF(2, top + 1, 17, 17), priority, AlarmState.UNACK)
            painter.setFont(self.font())
            painter.setPen(QColor(tokens.text))
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(28, top, left - 32, 20), align, name)
            painter.fillRect(QRectF(left, top + 3, right - left, 14), QColor(tokens.band))
            painter.fillRect(QRectF(left, top + 3, (right - left) * share, 14), QColor(tokens.live))
            x = left + (right - left) * target
            painter.setPen(QPen(QColor(tokens.text), 2))
            painter.drawLine(int(x), int(top), int(x), int(top + 20))
            painter.setPen(QColor(tokens.text))
            words = tr("{share:.0%}, about {target:.0%}").format(share=share, target=target)
            painter.drawText(QRectF(right + 10, top, 140, 20), align, words)
