"""One value axis: marks at given places, the unit and its pens' numbers above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from hmi.panes.trend.chart.number_marks import pen_colour
from hmi.panes.trend.drawing.picture import Axis
from hmi.ui.theme import Tokens

LEAST_PX: Final = 34
MOST_PX: Final = 92
STEP_PX: Final = 6
"""Widths come in steps, so that a digit more or less does not shift the whole chart."""

TICK_PX: Final = 4


class ValueAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Its places run from 0 at the bottom to 1 at the top, whatever the unit; the texts are given."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.title = pg.LabelItem("", size="9pt")
        self._tokens: Tokens | None = None
        self._shown: object = None
        self.setStyle(tickLength=-TICK_PX, tickTextOffset=3, hideOverlappingLabels=False, autoExpandTextSpace=False)
        self.setZValue(0)

    def restyle(self, tokens: Tokens, font: QFont) -> None:
        """Take the colours of a look."""
        self._tokens = tokens
        self._shown = None
        self.setTickFont(font)
        self.setPen(pg.mkPen(tokens.border))
        self.setTextPen(pg.mkPen(tokens.second))

    def show_axis(self, axis: Axis | None, words: Sequence[tuple[float, str]], metrics: QFontMetricsF) -> None:
        """Show marks and words, or nothing at all for None."""
        if (axis, tuple(words)) == self._shown:
            return
        self._shown = (axis, tuple(words))
        self.setVisible(axis is not None)
        if axis is None or self._tokens is None:
            self.setWidth(0)
            self.title.setText("")
            return
        room = MOST_PX - TICK_PX - 6
        marks = list(axis.marks) + [
            (y, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)) for y, text in words
        ]
        widest = max((metrics.horizontalAdvance(text) for _, text in marks), default=0.0)
        title = " ".join([axis.unit, *map(str, axis.numbers)])
        widest = max(widest, metrics.horizontalAdvance(title) * 0.95)
        self.setWidth(min(MOST_PX, max(LEAST_PX, -(-(widest + TICK_PX + 8) // STEP_PX) * STEP_PX)))
        self.setTicks([marks])
        numbers = " ".join(
            f'<b style="color:{pen_colour(self._tokens, number).name()}">{number}</b>' for number in axis.numbers
        )
        self.title.setText(f'<span style="color:{self._tokens.second}">{axis.unit}</span> {numbers}')
