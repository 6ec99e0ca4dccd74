"""The chart: curves, axes, grid and cursor from a picture. Raster painting; nothing here knows a tag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsGridLayout

from hmi.panes.trend.chart.cursor_lines import CursorLines
from hmi.panes.trend.chart.event_strip import EventStrip
from hmi.panes.trend.chart.gap_strip import GapStrip
from hmi.panes.trend.chart.limit_lines import LimitLines
from hmi.panes.trend.chart.number_marks import NumberGutter, NumberMark, pen_colour
from hmi.panes.trend.chart.time_box import TimeBox
from hmi.panes.trend.chart.value_axis import ValueAxis
from hmi.panes.trend.drawing.picture import Axis, Picture, Trace
from hmi.panes.trend.drawing.scales import MOST_AXES
from hmi.panes.trend.timeline.ticks import ticks
from hmi.panes.trend.timeline.window import SECOND_US
from hmi.ui.theme import Tokens

TICK_PX: Final = 72
BAND_SHARE: Final = 0.3
"""Of the pen's colour in its band's. Opaque: to blend eight bands costs half a frame."""

AXIS_POINTS: Final = 9
TIME_AXIS_PX: Final = 22
TITLE_GAP_PX: Final = 5
GRID_SHARE: Final = 0.45
PAST_SHARE: Final = 0.55
DASHED_MOST: Final = 400
NARROW_PX: Final = 640
FEW_AXES: Final = 2
"""Of a narrow chart; that of an emphasised pen is one of them."""

SIDES: Final = ("left", "right", "left", "right")
COLUMNS: Final = (1, 4, 0, 5)
"""Of the four value axes in the layout: inner left, inner right, outer left, outer right. The lines are in column 2."""


class Look(Protocol):
    """Whatever has colours: the look in use, or that of paper."""

    @property
    def tokens(self) -> Tokens: ...


class Chart(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """Shows a picture. Signals carry shares of the width, 0 the left edge and 1 the right one (see TimeBox)."""

    panned = Signal(float)
    zoomed = Signal(float, float)
    clicked = Signal(float, bool)
    double_clicked = Signal()
    boxed = Signal(float, float, float, float)
    axis_wheeled = Signal(str, float, float)
    axis_asked = Signal(str)
    axis_freed = Signal(str)
    cursor_dragged = Signal(object, object)
    resized = Signal()

    def __init__(self, theme: Look) -> None:
        super().__init__(useOpenGL=False, background=theme.tokens.card)
        self._theme = theme
        self._curves: list[pg.PlotCurveItem] = []
        self._bands: list[pg.PlotCurveItem] = []
        self._box = TimeBox()
        self._box.panned.connect(self.panned)
        self._box.zoomed.connect(self.zoomed)
        self._box.clicked.connect(self.clicked)
        self._box.double_clicked.connect(self.double_clicked)
        self._box.boxed.connect(self.boxed)
        self._grid = pg.PlotCurveItem(connect="pairs", antialias=False)
        self._grid.setZValue(-10)
        self._box.addItem(self._grid)
        self.cursors = CursorLines(self._box)
        self.cursors.dragged.connect(self.cursor_dragged)
        self.limits = LimitLines(self._box)
        self.gaps = GapStrip()
        self.events = EventStrip()
        self._time_axis = pg.AxisItem("bottom")
        self._axes = [ValueAxis(side) for side in SIDES]
        for axis in self._axes:
            axis.wheeled.connect(self.axis_wheeled)
            axis.asked.connect(self.axis_asked)
            axis.freed.connect(self.axis_freed)
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

    @property
    def lines_rect(self) -> QRect:
        """The lines' part, in pixels of this widget."""
        box = self._box.mapRectToScene(self._box.boundingRect())
        return QRect(self.mapFromScene(box).boundingRect())

    @property
    def most_axes(self) -> int:
        """How many value axes leave the lines enough room."""
        return FEW_AXES if self.width() < NARROW_PX else MOST_AXES

    def restyle(self) -> None:
        """Take the colours of the look in use."""
        tokens = self._theme.tokens
        self.setBackground(QColor(tokens.card))
        self._box.setBorder(pg.mkPen(tokens.border, width=1))
        grid = _mixed(QColor(tokens.border), QColor(tokens.card), GRID_SHARE)
        self._grid.setPen(pg.mkPen(grid, width=1))
        font = self._axis_font()
        self._box.restyle(tokens.focus)
        self.cursors.restyle(tokens, font)
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
        width = max(1, window.span_us)
        gaps, unrecorded = (
            [((begin - window.start_us) / width, (end - window.start_us) / width) for begin, end in each]
            for each in (picture.gaps, picture.unrecorded)
        )
        self.gaps.show_gaps(self._theme.tokens, gaps, unrecorded)
        self.limits.show(self._theme.tokens, self._axis_font(), picture.limits)
        marks = [
            NumberMark(trace.number, trace.end_y, trace.is_ended, trace.is_emphasised)
            for trace in picture.traces
            if np.isfinite(trace.end_y) and not trace.is_past
        ]
        self._gutter.show_marks(self._theme.tokens, marks)

    @property
    def is_boxing(self) -> bool:
        return bool(self._box.is_boxing)

    @is_boxing.setter
    def is_boxing(self, is_boxing: bool) -> None:
        """Let every drag draw a rectangle to zoom to, as with Shift."""
        self._box.is_boxing = is_boxing
        self._box.setCursor(Qt.CursorShape.CrossCursor if is_boxing else Qt.CursorShape.ArrowCursor)

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
            axis.follow(self._box)
        layout.addItem(self.events, 0, 2)
        layout.addItem(self._box, 1, 2)
        layout.addItem(self._gutter, 1, 3)
        layout.addItem(self.gaps, 2, 2)
        layout.addItem(self._time_axis, 3, 2)
        layout.setColumnStretchFactor(2, 1)
        layout.setRowStretchFactor(1, 1)
        self._time_axis.setHeight(TIME_AXIS_PX)
        self._time_axis.setStyle(tickLength=-4, tickTextOffset=4, hideOverlappingLabels=False)
        self._time_axis.linkToView(self._box)
        self.setCentralItem(centre)

    def _axis_font(self) -> QFont:
        font = QFont(self.font())
        # In pixels: on paper, points would be those of the printer and the chart those of the screen.
        font.setPixelSize(round(AXIS_POINTS * self.logicalDpiY() / 72))
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
            curve.setData(trace.x, trace.y, pen=self._line_pen(trace, colour), antialias=is_strong)
            curve.setZValue(10 if is_strong else -1 if trace.is_past else 0)
            band.setZValue(-1 if is_strong else -2)
            fill = _mixed(colour, QColor(tokens.card), BAND_SHARE)
            band.setData(trace.band_x, trace.band_y, brush=pg.mkBrush(fill))

    def _line_pen(self, trace: Trace, colour: QColor) -> QPen:
        if not trace.is_past:
            return pg.mkPen(colour, width=2 if trace.is_emphasised else 1)  # type: ignore[no-any-return]
        # Dashes of many points cost ten times a plain line; a paler one tells the past from the present as well.
        style = Qt.PenStyle.DashLine if len(trace.x) <= DASHED_MOST else Qt.PenStyle.SolidLine
        pale = _mixed(colour, QColor(self._theme.tokens.card), PAST_SHARE)
        return pg.mkPen(pale, width=1, style=style)  # type: ignore[no-any-return]

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
