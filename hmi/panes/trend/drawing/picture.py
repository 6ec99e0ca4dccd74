"""What the chart draws: everything already in places, x in UTC seconds and y from 0 (bottom) to 1 (top)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from hmi.panes.trend.drawing.scales import DIVISIONS, MOST_AXES, Scale, fitted_scale, full_scale, scale_key
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.ui.decimation import Line
from hmi.ui.points import Float64

LANE_PX: Final = 34
LANE_ONLY_PX: Final = 56
LANES_MOST: Final = 0.5
LANE_GAP: Final = 0.025
_WORDS_AT: Final = (0.2, 0.76)
"""Where in its lane the line of 0 and that of 1 lie."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One pen's line, NaN in y where it is broken. band: a loop to fill, or empty. end_y: where its number stands."""

    number: int
    is_emphasised: bool
    x: Float64
    y: Float64
    band_x: Float64
    band_y: Float64
    end_y: float
    is_ended: bool
    """Whether it has no value at the right edge."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One value axis: unit, the numbers of its pens, and (y, text) of its marks."""

    unit: str
    numbers: tuple[int, ...]
    marks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """One discrete pen's lane: (y, word) of its two states."""

    number: int
    marks: tuple[tuple[float, str], tuple[float, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One frame of the chart. extremes: pen number to lowest and highest visible value. base_y: top of the lanes."""

    window: TimeWindow
    traces: tuple[Trace, ...] = ()
    axes: tuple[Axis, ...] = ()
    lanes: tuple[Lane, ...] = ()
    grid_y: tuple[float, ...] = ()
    base_y: float = 0.0
    cursor_us: int | None = None
    extremes: Mapping[int, tuple[float, float]] = field(default_factory=dict)


@dataclass(slots=True)
class Painter:
    """Makes pictures; remembers the scales so that they do not twitch."""

    is_full_range: bool = False
    _scales: dict[str, Scale] = field(default_factory=dict)

    def paint(
        self,
        pens: Sequence[Pen],
        window: TimeWindow,
        now_us: int,
        size: tuple[int, int],
        emphasised: int | None,
    ) -> Picture:
        """Return the picture of the pens that have a line; size: width and height of the chart in pixels."""
        columns, rows = size
        shown = [pen for pen in pens if pen.is_drawn]
        lines = {pen.number: pen.line(window, now_us, columns) for pen in shown}
        extremes = {number: line.extremes for number, line in lines.items()}
        lanes = [pen for pen in shown if pen.is_lane]
        by_scale: dict[str, list[Pen]] = {}
        for pen in shown:
            if not pen.is_lane:
                by_scale.setdefault(scale_key(pen.tag), []).append(pen)
        self._scales = {key: self._scale(key, group, extremes) for key, group in by_scale.items()}
        height, base = _lane_height(len(lanes), rows, bool(by_scale))
        traces = []
        for pen in shown:
            line = lines[pen.number]
            if pen.is_lane:
                bottom = height * (len(lanes) - 1 - lanes.index(pen))
                low, high = (bottom + at * height for at in _WORDS_AT)
                traces.append(_trace(pen, line, Scale(0.0, 1 / DIVISIONS), (low, high), emphasised))
            else:
                traces.append(_trace(pen, line, self._scales[scale_key(pen.tag)], (base, 1.0), emphasised))
        divisions = tuple(base + (1 - base) * number / DIVISIONS for number in range(DIVISIONS + 1))
        return Picture(
            window,
            tuple(traces),
            self._axes(by_scale, divisions, emphasised),
            tuple(_lane(pen, height * (len(lanes) - 1 - place), height) for place, pen in enumerate(lanes)),
            divisions if by_scale else (),
            base if by_scale else 0.0,
            extremes=extremes,
        )

    def _scale(self, key: str, pens: Sequence[Pen], extremes: Mapping[int, tuple[float, float]]) -> Scale:
        tags = [pen.tag for pen in pens]
        seen = [extremes[pen.number] for pen in pens if np.isfinite(extremes[pen.number][0])]
        if not seen:
            return self._scales.get(key) or full_scale(tags)
        low, high = min(low for low, _ in seen), max(high for _, high in seen)
        if self.is_full_range:
            return full_scale(tags)
        return fitted_scale(tags, low, high, self._scales.get(key))

    def _axes(
        self, by_scale: Mapping[str, Sequence[Pen]], divisions: tuple[float, ...], emphasised: int | None
    ) -> tuple[Axis, ...]:
        keys = list(by_scale)
        # More units than axes: that of the emphasised pen always has one.
        wanted = sorted(keys, key=lambda key: not any(pen.number == emphasised for pen in by_scale[key]))[:MOST_AXES]
        return tuple(
            Axis(
                by_scale[key][0].tag.unit,
                tuple(pen.number for pen in by_scale[key]),
                tuple(zip(divisions, self._scales[key].labels(), strict=True)),
            )
            for key in keys
            if key in wanted
        )


def _lane_height(lanes: int, rows: int, has_axes: bool) -> tuple[float, float]:
    """Return a lane's height and where the value axes begin."""
    if not lanes:
        return 0.0, 0.0
    if not has_axes:
        return min(LANE_ONLY_PX / rows, 1 / lanes), 1.0
    height = min(LANE_PX / rows, LANES_MOST / lanes)
    return height, height * lanes + LANE_GAP


def _lane(pen: Pen, bottom: float, height: float) -> Lane:
    off, on = pen.tag.revision.states
    return Lane(pen.number, ((bottom + _WORDS_AT[0] * height, off), (bottom + _WORDS_AT[1] * height, on)))


def _trace(pen: Pen, line: Line, scale: Scale, span: tuple[float, float], emphasised: int | None) -> Trace:
    bottom, top = span

    def place(value: Float64) -> Float64:
        return bottom + (top - bottom) * scale.share(value)

    y = place(line.value)
    finite = np.flatnonzero(~np.isnan(y))
    band_x, band_y = _loop(line.band_us / 1e6, place(line.band_low), place(line.band_high))
    return Trace(
        pen.number,
        pen.number == emphasised,
        line.time_us / 1e6,
        y,
        band_x,
        band_y,
        float(y[finite[-1]]) if len(finite) else float("nan"),
        is_ended=not len(y) or bool(np.isnan(y[-1])),
    )


def _loop(x: Float64, low: Float64, high: Float64) -> tuple[Float64, Float64]:
    """Return the outline of a band: each unbroken piece forward along the top, back along the bottom, then NaN."""
    edges = np.flatnonzero(np.isnan(low))
    if not len(x):
        return x, x
    xs: list[Float64] = []
    ys: list[Float64] = []
    gap = np.array([np.nan])
    for start, stop in zip(np.append(0, edges + 1), np.append(edges, len(x)), strict=True):
        if stop - start > 1:
            piece = slice(start, stop)
            xs += [x[piece], x[piece][::-1], gap]
            ys += [high[piece], low[piece][::-1], gap]
    return (np.concatenate(xs), np.concatenate(ys)) if xs else (x[:0], x[:0])
