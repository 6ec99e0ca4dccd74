"""The hatched strip above the time axis: where there is no value that can be trusted."""

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


class GapStrip(pg.GraphicsWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Gaps are given in shares of the width."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens: Tokens | None = None
        self.gaps: Sequence[tuple[float, float]] = ()
        self.setFixedHeight(STRIP_PX)
        self.setToolTip(tr("Hatched: no value that can be trusted. Select a pen to see only its own gaps."))

    def show_gaps(self, tokens: Tokens, gaps: Sequence[tuple[float, float]]) -> None:
        """Show these."""
        if (tokens, gaps) != (self._tokens, self.gaps):
            self._tokens, self.gaps = tokens, gaps
            self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if self._tokens is None:
            return
        width, height = self.size().width(), self.size().height()
        colour = QColor(self._tokens.bad_fill)
        for begin, end in self.gaps:
            left = min(begin * width, width - LEAST_PX)
            at = QRectF(left, 1, max(LEAST_PX, (end - begin) * width), height - 2)
            painter.fillRect(at, QBrush(colour, Qt.BrushStyle.BDiagPattern))
            painter.fillRect(QRectF(at.left(), at.bottom() - 1, at.width(), 1), colour)
