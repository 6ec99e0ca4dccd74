"""Alarm limits: dashed lines across the chart with their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from hmi.panes.trend.drawing.picture import LimitLine
from hmi.ui.theme import Tokens

LABEL_AT: Final = 0.01


class LimitLines:
    """Keeps a few lines and uses them again and again."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._box = box
        self.lines: list[pg.InfiniteLine] = []
        self._shown: object = None

    def show(self, tokens: Tokens, font: QFont, limits: Sequence[LimitLine]) -> None:
        """Show these."""
        if (tokens.name, limits) == self._shown:
            return
        self._shown = (tokens.name, limits)
        while len(self.lines) < len(limits):
            options = {"position": LABEL_AT, "anchors": [(0, 1), (0, 1)]}
            line = pg.InfiniteLine(angle=0, movable=False, label="", labelOpts=options)
            line.setZValue(12)
            self._box.addItem(line, ignoreBounds=True)
            self.lines.append(line)
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(limits))
            if place < len(limits):
                colour = tokens.alarm_text(limits[place].priority)
                line.setPen(pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine))
                line.setValue(limits[place].y)
                line.label.setFont(font)
                line.label.setColor(colour)
                line.label.setFormat(limits[place].text.replace("{", "(").replace("}", ")"))
