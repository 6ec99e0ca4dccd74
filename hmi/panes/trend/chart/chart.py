"""The chart: curves, axes, grid and cursor from a picture. Raster painting; nothing here knows a tag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsGridLayout

from hmi.panes.trend.chart.number_marks import NumberGutter, NumberMark, pen_colour
from hmi.panes.trend.chart.value_axis import ValueAxis
from hmi.panes.trend.drawing.picture import Axis, Picture, Trace
from hmi.panes.trend.timeline.ticks import ticks
from hmi.panes.trend.timeline.window import SECOND_US
from hmi.ui.theme import Theme

TICK_PX: Final = 72
BAND_SHARE: Final = 0.3
"""Of the pen's colour in its band's. Opaque: to blend eight bands costs half a frame."""

AXIS_POINTS: Final = 9
TIME_AXIS_PX: Final = 22
TITLE_GAP_PX: Final = 5
GRID_SHARE: Final = 0.45
ZOOM: Final = 1.25
SIDES: Final = ("left", "right", "left", "right")
COLUMNS: Final = (1, 4, 0, 5)
"""Of the four value axes in the layout: inner left, inner right, outer left, outer right. The lines are in column 2."""


class TimeBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Turns mouse moves into wishes about time; never moves by itself."""

    panned = Signal(float)
    zoomed = Signal(float, float)
    clicked = Signal(float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0)
        self.setMouseEnabled(x=False, y=False)
        self.disableAutoRange()
        # A little more than the scale: a pen that lies at its end is drawn beside the frame, not under it.
        self.setYRange(-0.012, 1.012, padding=0)

    def mouseDragEvent(self, ev: object, axis: int | None = None) -> None:
        event: pg.GraphicsScene.mouseEvents.MouseDragEvent = ev
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self.panned.emit((event.lastPos().x() - event.pos().x()) / max(1.0, self.width()))

    def mouseClickEvent(self, ev: object) -> None:
        event: pg.GraphicsScene.mouseEvents.MouseClickEvent = ev
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.clicked.emit(event.pos().x() / max(1.0, self.width()))

    def wheelEvent(self, ev: object, axis: int | None = None) -> None:
        event: pg.QtWidgets.QGraphicsSceneWheelEvent = ev
        event.accept()
        share = event.pos().x() / max(1.0, self.width())
        self.zoomed.emit(ZOOM ** (-event.delta() / 120), share)


class Chart(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """Shows a picture. Signals carry shares of the width, 0 the left edge and 1 the right one."""

    panned = Signal(float)
    zoomed = Signal(float, float)
    clicked = Signal(float)
    resized = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(useOpenGL=False, background=theme.tokens.card)
        self._theme = theme
        self._curves: list[pg.PlotCurveItem] = []
        self._bands: list[pg.PlotCurveItem] = []
        self._box = TimeBox()
        self._box.panned.connect(self.panned)
        self._box.zoomed.connect(self.zoomed)
        self._box.clicked.connect(self.clicked)
        self._grid = pg.PlotCurveItem(connect="pairs", antialias=False)
        self._grid.setZValue(-10)
        self._box.addItem(self._grid)
        self._cursor = pg.InfiniteLine(angle=90, movable=False, label="", labelOpts={"position": 0.97})
        self._cursor.setZValue(20)
        self._box.addItem(self._cursor)
        self._time_axis = pg.AxisItem("bottom")
        self._axes = [ValueAxis(side) for side in SIDES]
        self._gutter = NumberGutter()
        self._lay_out()
        self.restyle()

    @property
    def columns(self) -> int:
        """How many pixels wide the lines' part is."""
        return max(1, int(self._box.width()))

    @property
    def rows(self) -> int:
        """How many pixels high the lines' part is."""
        return max(1, int(self._box.height()))

    def restyle(self) -> None:
        """Take the colours of the look in use."""
        tokens = self._theme.tokens
        self.setBackground(QColor(tokens.card))
        self._box.setBorder(pg.mkPen(tokens.border, width=1))
        grid = _mixed(QColor(tokens.border), QColor(tokens.card), GRID_SHARE)
        self._grid.setPen(pg.mkPen(grid, width=1))
        self._cursor.setPen(pg.mkPen(tokens.text, width=1, style=Qt.PenStyle.DashLine))
        font = self._axis_font()
        label = self._cursor.label
        label.setFont(font)
        label.setColor(tokens.text)
        label.fill = pg.mkBrush(tokens.panel)
        label.border = pg.mkPen(tokens.border)
        self._time_axis.setTickFont(font)
        self._time_axis.setPen(pg.mkPen(tokens.border))
        self._time_axis.setTextPen(pg.mkPen(tokens.second))
        for axis in self._axes:
            axis.restyle(tokens, font)

    def show_picture(self, picture: Picture) -> None:
        """Draw a picture."""
        window = picture.window
        self._box.setXRange(window.start_us / SECOND_US, window.end_us / SECOND_US, padding=0)
        self._show_time(picture)
        self._show_axes(picture)
        self._show_traces(picture.traces)
        marks = [
            NumberMark(trace.number, trace.end_y, trace.is_ended, trace.is_emphasised)
            for trace in picture.traces
            if np.isfinite(trace.end_y)
        ]
        self._gutter.show_marks(self._theme.tokens, marks)

    def show_cursor(self, time_us: int | None, text: str) -> None:
        """Put the cursor's line with its text on a time, or take it away."""
        self._cursor.setVisible(time_us is not None)
        if time_us is not None:
            self._cursor.setValue(time_us / SECOND_US)
            self._cursor.label.setFormat(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the pane knows what keys mean

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def viewportEvent(self, event: QEvent) -> bool:
        # pyqtgraph's view has no context menu of its own; Qt's would be asked for in vain.
        return event.type() == QEvent.Type.ContextMenu or bool(super().viewportEvent(event))

    def _lay_out(self) -> None:
        centre = pg.GraphicsWidget()
        layout = QGraphicsGridLayout()
        layout.setContentsMargins(6, 4, 4, 2)
        layout.setSpacing(0)
        layout.setRowSpacing(0, TITLE_GAP_PX)
        centre.setLayout(layout)
        for axis, column in zip(self._axes, COLUMNS, strict=True):
            layout.addItem(axis.title, 0, column)
            layout.addItem(axis, 1, column)
            axis.linkToView(self._box)
        layout.addItem(self._box, 1, 2)
        layout.addItem(self._gutter, 1, 3)
        layout.addItem(self._time_axis, 2, 2)
        layout.setColumnStretchFactor(2, 1)
        layout.setRowStretchFactor(1, 1)
        self._time_axis.setHeight(TIME_AXIS_PX)
        self._time_axis.setStyle(tickLength=-4, tickTextOffset=4, hideOverlappingLabels=False)
        self._time_axis.linkToView(self._box)
        self.setCentralItem(centre)

    def _axis_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSize(AXIS_POINTS)
        return font

    def _show_time(self, picture: Picture) -> None:
        window = picture.window
        marks = ticks(window.start_us, window.end_us, max(2, self.columns // TICK_PX))
        # A text that would be cut at an edge is left out; its grid line stays.
        room_us = window.span_us * 26 // self.columns
        self._time_axis.setTicks(
            [
                [
                    (mark.time_us / SECOND_US, mark.text)
                    for mark in marks
                    if window.start_us + room_us <= mark.time_us <= window.end_us - room_us
                ]
            ]
        )
        xs = [mark.time_us / SECOND_US for mark in marks] if picture.traces else []
        left, right = window.start_us / SECOND_US, window.end_us / SECOND_US
        self._grid.setData(
            np.array([each for x in xs for each in (x, x)] + [left, right] * len(picture.grid_y)),
            np.array([0.0, 1.0] * len(xs) + [each for y in picture.grid_y for each in (y, y)]),
        )

    def _show_axes(self, picture: Picture) -> None:
        lanes = [mark for lane in picture.lanes for mark in lane.marks]
        metrics = QFontMetricsF(self._axis_font())
        for place, axis in enumerate(self._axes):
            shown = picture.axes[place] if place < len(picture.axes) else None
            words = lanes if place == 0 else []
            if shown is None and words:
                shown = Axis("", (), ())
            axis.show_axis(shown, words, metrics)

    def _show_traces(self, traces: Sequence[Trace]) -> None:
        tokens = self._theme.tokens
        while len(self._curves) < len(traces):
            self._curves.append(self._add_curve(connect="finite", antialias=False))
            self._bands.append(self._add_curve(connect="finite", antialias=False, fillLevel="enclosed", pen=None))
        for place, (curve, band) in enumerate(zip(self._curves, self._bands, strict=True)):
            if place >= len(traces):
                curve.setData([], [])
                band.setData([], [])
                continue
            trace = traces[place]
            colour = pen_colour(tokens, trace.number)
            is_strong = trace.is_emphasised
            # Antialiasing and a second pixel of width for one line only: for eight they cost thirty times the frame.
            curve.setData(
                trace.x,
                trace.y,
                pen=pg.mkPen(colour, width=2 if is_strong else 1),
                antialias=is_strong,
            )
            curve.setZValue(10 if is_strong else 0)
            band.setZValue(-1 if is_strong else -2)
            fill = _mixed(colour, QColor(tokens.card), BAND_SHARE)
            band.setData(trace.band_x, trace.band_y, brush=pg.mkBrush(fill))

    def _add_curve(self, **options: object) -> pg.PlotCurveItem:
        curve = pg.PlotCurveItem(**options)
        self._box.addItem(curve, ignoreBounds=True)
        return curve


def _mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """Return a colour as it looks when it covers the ground by a share."""
    pairs = (
        (colour.red(), ground.red()),
        (colour.green(), ground.green()),
        (colour.blue(), ground.blue()),
    )
    return QColor(*(round(over * share + under * (1 - share)) for over, under in pairs))
