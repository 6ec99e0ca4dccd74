"""The hatched strip above the time axis: where no value can be trusted, and where none was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from hmi.domain.language import tr
from hmi.ui.theme import Tokens

STRIP_PX: Final = 7
LEAST_PX: Final = 2.0
Share = tuple[float, float]


class GapStrip(pg.GraphicsWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Gaps are given in shares of the width."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens: Tokens | None = None
        self.gaps: Sequence[Share] = ()
        self.unrecorded: Sequence[Share] = ()
        self.setFixedHeight(STRIP_PX)
        self.setToolTip(
            tr(
                "Hatched in colour: no value that can be trusted. Hatched in grey, the other way: nothing recorded yet."
                " Select a pen to see only its own."
            )
        )

    def show_gaps(self, tokens: Tokens, gaps: Sequence[Share], unrecorded: Sequence[Share] = ()) -> None:
        """Show gaps of bad quality, and stretches before anything was recorded."""
        if (tokens, gaps, unrecorded) != (self._tokens, self.gaps, self.unrecorded):
            self._tokens, self.gaps, self.unrecorded = tokens, gaps, unrecorded
            self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if self._tokens is None:
            return
        # What is bad stands over what is only missing.
        self._hatch(painter, self.unrecorded, QColor(self._tokens.outline), Qt.BrushStyle.FDiagPattern)
        self._hatch(painter, self.gaps, QColor(self._tokens.bad_fill), Qt.BrushStyle.BDiagPattern)

    def _hatch(self, painter: QPainter, shares: Sequence[Share], colour: QColor, style: Qt.BrushStyle) -> None:
        width, height = self.size().width(), self.size().height()
        for begin, end in shares:
            left = min(begin * width, width - LEAST_PX)
            at = QRectF(left, 1, max(LEAST_PX, (end - begin) * width), height - 2)
            painter.fillRect(at, QBrush(colour, style))
            painter.fillRect(QRectF(at.left(), at.bottom() - 1, at.width(), 1), colour)
