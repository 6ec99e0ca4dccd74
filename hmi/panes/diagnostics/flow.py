"""The pipeline as a picture: what is received, stored, waiting and dropped, and the histogram of late ticks."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from hmi.domain.language import tr
from hmi.services.lateness import EDGES_MS, LatenessFigures
from hmi.services.port import PipelineFigures
from hmi.ui.painting import painting
from hmi.ui.theme import Theme
from hmi.ui.words import rate_text

BOX_PX: Final = 74
GAP_PX: Final = 24


class FlowPicture(QWidget):
    """Boxes from the plant to the disk."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._boxes: tuple[tuple[str, str, str], ...] = ()
        self.setFixedHeight(BOX_PX + 4)

    def show_figures(self, figures: PipelineFigures, links_up: int, links: int) -> None:
        """Show what flows now."""
        self._boxes = (
            (tr("Links"), f"{links_up} / {links}", tr("up")),
            (tr("Received"), rate_text(figures.received_rate), f"{figures.received:,}"),
            (tr("Waiting"), f"{figures.waiting:,}", tr("{count} dropped").format(count=f"{figures.dropped:,}")),
            (tr("Stored"), rate_text(figures.stored_rate), f"{figures.stored:,}"),
            (tr("Commit"), f"{figures.flush_ms:.0f} ms", tr("of 500 ms")),
            (tr("Alarms"), f"{figures.alarms_raised:,}", tr("raised")),
        )
        self.setAccessibleName("; ".join(" ".join(box) for box in self._boxes))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._boxes:
            with painting(self) as painter:
                self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        t = self._theme.tokens
        width = (self.width() - GAP_PX * (len(self._boxes) - 1)) / len(self._boxes)
        bold = QFont(self.font())
        bold.setBold(True)
        bold.setPointSizeF(self.font().pointSizeF() * 1.3)
        for number, (title, value, note) in enumerate(self._boxes):
            at = QRectF(number * (width + GAP_PX) + 1, 1, width - 2, BOX_PX)
            painter.setPen(QPen(QColor(t.border), 1))
            painter.setBrush(QColor(t.card))
            painter.drawRoundedRect(at, 4, 4)
            painter.setFont(self.font())
            painter.setPen(QColor(t.second))
            inner = at.adjusted(9, 6, -4, -6)
            painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
            painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, note)
            painter.setFont(bold)
            painter.setPen(QColor(t.live))
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, value)
            if number < len(self._boxes) - 1:
                self._draw_arrow(painter, at.right() + 4, at.center().y())

    def _draw_arrow(self, painter: QPainter, x: float, y: float) -> None:
        painter.setPen(QPen(QColor(self._theme.tokens.outline), 2))
        painter.setBrush(QColor(self._theme.tokens.outline))
        end = x + GAP_PX - 8
        painter.drawLine(QPointF(x, y), QPointF(end - 6, y))
        painter.drawPolygon(QPolygonF([QPointF(end, y), QPointF(end - 8, y - 5), QPointF(end - 8, y + 5)]))


class LatenessPicture(QWidget):
    """Bars of how late the window's ticks came; those later than 50 ms are hatched as the ones that are felt."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._figures: LatenessFigures | None = None
        self.setMinimumHeight(130)

    def show_figures(self, figures: LatenessFigures) -> None:
        """Show the histogram."""
        self._figures = figures
        self.setAccessibleName(
            tr("Ticks later than 50 ms: {share} %, 99 % within {p99} ms").format(
                share=round(figures.late_share * 100, 2), p99=round(figures.p99_ms)
            )
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._figures is not None and self._figures.ticks:
            with painting(self) as painter:
                self._paint(painter, self._figures)

    def _paint(self, painter: QPainter, figures: LatenessFigures) -> None:
        t = self._theme.tokens
        width = self.width() / len(figures.counts)
        floor = self.height() - 20
        for number, count in enumerate(figures.counts):
            share = count / figures.ticks
            # The square root makes the rare late tick visible beside the many punctual ones.
            height = (share**0.5) * (floor - 22)
            bar = QRectF(number * width + 3, floor - height, width - 6, height)
            is_felt = number > EDGES_MS.index(50)
            painter.setPen(QPen(QColor(t.outline), 1))
            painter.setBrush(QColor(t.band))
            if is_felt:
                painter.setBrush(Qt.BrushStyle.BDiagPattern)
            if count:
                painter.drawRect(bar)
                painter.setPen(QColor(t.text))
                label = f"{share * 100:.1f} %" if share >= 0.0005 else str(count)
                painter.drawText(
                    QRectF(bar.left() - 10, bar.top() - 18, width + 14, 16), Qt.AlignmentFlag.AlignCenter, label
                )
            painter.setPen(QColor(t.second))
            edge = f"≤{EDGES_MS[number]}" if number < len(EDGES_MS) else f">{EDGES_MS[-1]}"
            painter.drawText(QRectF(number * width, floor + 2, width, 18), Qt.AlignmentFlag.AlignCenter, edge)
        painter.setPen(QPen(QColor(t.border), 1))
        painter.drawLine(QPointF(0, floor), QPointF(self.width(), floor))
