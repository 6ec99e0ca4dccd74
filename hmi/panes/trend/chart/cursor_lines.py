"""The two cursors' lines, to be dragged with the mouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont

from hmi.panes.trend.cursors import Cursor
from hmi.panes.trend.timeline.window import SECOND_US
from hmi.ui.theme import Tokens

LABEL_AT: Final = {Cursor.A: 0.97, Cursor.B: 0.91}


class CursorLines(QObject):
    """`dragged` carries the cursor and its new time in UTC µs."""

    dragged = Signal(object, object)

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__()
        self.lines = {
            cursor: pg.InfiniteLine(angle=90, movable=True, label="", labelOpts={"position": LABEL_AT[cursor]})
            for cursor in Cursor
        }
        for cursor, line in self.lines.items():
            line.setZValue(20)
            line.setVisible(False)
            line.sigDragged.connect(lambda moved, cursor=cursor: self._tell(cursor, moved.value()))
            box.addItem(line, ignoreBounds=True)

    def restyle(self, tokens: Tokens, font: QFont) -> None:
        """Take the colours of a look."""
        for cursor, line in self.lines.items():
            style = Qt.PenStyle.DashLine if cursor is Cursor.A else Qt.PenStyle.DotLine
            line.setPen(pg.mkPen(tokens.text, width=1, style=style))
            line.setHoverPen(pg.mkPen(tokens.focus, width=2))
            label = line.label
            label.setFont(font)
            label.setColor(tokens.text)
            label.fill = pg.mkBrush(tokens.panel)
            label.border = pg.mkPen(tokens.border)

    def show(self, places: Mapping[Cursor, tuple[int, str]]) -> None:
        """Put the lines on times with their texts; those that are not named go away."""
        for cursor, line in self.lines.items():
            found = places.get(cursor)
            line.setVisible(found is not None)
            if found is not None:
                if not line.moving:
                    line.setValue(found[0] / SECOND_US)
                line.label.setFormat(found[1])

    def _tell(self, cursor: Cursor, seconds: float) -> None:
        self.dragged.emit(cursor, round(seconds * SECOND_US))
