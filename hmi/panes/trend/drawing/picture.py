"""What the chart draws: everything already in places, x in UTC seconds and y from 0 (bottom) to 1 (top)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from hmi.domain.alarms import Priority
from hmi.panes.trend.drawing.gaps import Gap, gaps_of, merged, split_at
from hmi.panes.trend.drawing.limits import Limit
from hmi.panes.trend.drawing.ranges import AxisRange, RangeMode
from hmi.panes.trend.drawing.scales import DIVISIONS, MOST_AXES, Scale, fitted_scale, full_scale, scale_key, typed_scale
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.timeline.window import TimeWindow
from hmi.ui.decimation import Line
from hmi.ui.points import Float64

TEXT_PX: Final = 14
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
    is_past: bool = False
    """Whether it is of an earlier period."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One value axis: unit, the numbers of its pens, and (y, text) of its marks. key: what its own range is kept under.

    low, high: its ends, in its unit.
    """

    unit: str
    numbers: tuple[int, ...]
    marks: tuple[tuple[float, str], ...]
    key: str = ""
    low: float = 0.0
    high: float = 1.0
    mode: RangeMode = RangeMode.AUTO


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One alarm limit across the chart."""

    y: float
    text: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class Lane:
    """One discrete pen's lane: (y, word) of its two states."""

    number: int
    marks: tuple[tuple[float, str], tuple[float, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One frame of the chart. extremes: pen number to lowest and highest visible value. base_y: top of the lanes.

    gaps: from and to in UTC µs, where a pen has no value that can be trusted. unrecorded: before its first reading.
    """

    window: TimeWindow
    traces: tuple[Trace, ...] = ()
    axes: tuple[Axis, ...] = ()
    lanes: tuple[Lane, ...] = ()
    grid_y: tuple[float, ...] = ()
    base_y: float = 0.0
    limits: tuple[LimitLine, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unrecorded: tuple[Gap, ...] = ()
    extremes: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    past_extremes: Mapping[int, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the picture is wanted. past: pens that look back, drawn behind. ranges: own ranges of axes, by key."""

    emphasised: int | None = None
    default_range: RangeMode = RangeMode.AUTO
    ranges: Mapping[str, AxisRange] = field(default_factory=dict)
    past: Sequence[Pen] = ()
    limits: Sequence[Limit] = ()
    has_bands: bool = True
    most_axes: int = MOST_AXES


@dataclass(slots=True)
class Painter:
    """Makes pictures; remembers the scales so that they do not twitch."""

    _scales: dict[str, Scale] = field(default_factory=dict)

    def paint(
        self, pens: Sequence[Pen], window: TimeWindow, now_us: int, size: tuple[int, int], wishes: Wishes
    ) -> Picture:
        """Return the picture of the pens that have a line; size: width and height of the chart in pixels."""
        columns, rows = size
        shown = [pen for pen in pens if pen.is_drawn]
        past = [pen for pen in wishes.past if pen.is_drawn]
        lines = {pen: pen.line(window, now_us, columns) for pen in (*past, *shown)}
        axes: dict[str, list[Pen]] = {}
        for pen in shown:
            if not pen.is_lane:
                axes.setdefault(axis_key(pen), []).append(pen)
        ranges = {pen: line.extremes for pen, line in lines.items()}
        self._scales = {key: self._scale(key, group, ranges, wishes) for key, group in axes.items()}
        lanes = [pen for pen in shown if pen.is_lane]
        height, base = _lane_height(len(lanes), rows, bool(axes))
        bottoms = {pen.number: height * (len(lanes) - 1 - place) for place, pen in enumerate(lanes)}
        divisions = tuple(base + (1 - base) * number / DIVISIONS for number in range(DIVISIONS + 1))
        gaps, unrecorded = _gaps(lines, window, now_us, columns, wishes.emphasised)
        traces = tuple(self._trace(pen, line, bottoms, (height, base), wishes) for pen, line in lines.items())
        return Picture(
            window,
            traces,
            _thinned(self._axes(axes, divisions, wishes), (1 - base) * rows),
            tuple(_lane(pen, bottoms[pen.number], height) for pen in lanes),
            divisions if axes else (),
            base if axes else 0.0,
            tuple(self._limit_lines(shown, wishes.limits, base)),
            gaps,
            unrecorded,
            extremes={pen.number: ranges[pen] for pen in shown},
            past_extremes={pen.number: ranges[pen] for pen in past},
        )

    def _trace(
        self, pen: Pen, line: Line, bottoms: Mapping[int, float], lane: tuple[float, float], wishes: Wishes
    ) -> Trace:
        height, base = lane
        is_emphasised = pen.number == wishes.emphasised and pen.shift is None
        if not wishes.has_bands or pen.shift is not None:
            line = line.without_band()
        if not pen.is_lane:
            return _trace(pen, line, self._scales[axis_key(pen)], (base, 1.0), is_emphasised)
        low, high = (bottoms[pen.number] + at * height for at in _WORDS_AT)
        return _trace(pen, line, Scale(0.0, 1 / DIVISIONS), (low, high), is_emphasised)

    def _scale(
        self, key: str, pens: Sequence[Pen], extremes: Mapping[Pen, tuple[float, float]], wishes: Wishes
    ) -> Scale:
        own = wishes.ranges.get(key) or AxisRange(wishes.default_range)
        if own.mode is RangeMode.TYPED and own.is_usable:
            return typed_scale(own.low, own.high)
        tags = [pen.tag for pen in pens]
        if own.mode is RangeMode.FULL:
            return full_scale(tags)
        numbers = {pen.number for pen in pens}
        seen = [found for pen, found in extremes.items() if pen.number in numbers and np.isfinite(found[0])]
        if not seen:
            return self._scales.get(key) or full_scale(tags)
        low, high = min(low for low, _ in seen), max(high for _, high in seen)
        return fitted_scale(tags, low, high, self._scales.get(key))

    def _axes(
        self, groups: Mapping[str, Sequence[Pen]], divisions: tuple[float, ...], wishes: Wishes
    ) -> tuple[Axis, ...]:
        keys = list(groups)
        # More units than axes: that of the emphasised pen always has one.
        is_other = {key: not any(pen.number == wishes.emphasised for pen in groups[key]) for key in keys}
        wanted = sorted(keys, key=lambda key: is_other[key])[: wishes.most_axes]
        return tuple(
            Axis(
                " / ".join(dict.fromkeys(pen.tag.unit for pen in groups[key] if pen.tag.unit)),
                tuple(pen.number for pen in groups[key]),
                tuple(zip(divisions, self._scales[key].labels(), strict=True)),
                key,
                self._scales[key].low,
                self._scales[key].high,
                wishes.ranges[key].mode if key in wishes.ranges else wishes.default_range,
            )
            for key in keys
            if key in wanted
        )

    def _limit_lines(self, pens: Sequence[Pen], limits: Sequence[Limit], base: float) -> Iterator[LimitLine]:
        keys = {pen.number: axis_key(pen) for pen in pens if not pen.is_lane}
        for limit in limits:
            if limit.number in keys:
                share = float(self._scales[keys[limit.number]].share(np.array([limit.value]))[0])
                if 0.0 <= share <= 1.0:
                    yield LimitLine(base + (1 - base) * share, limit.text, limit.priority)


def _thinned(axes: tuple[Axis, ...], height_px: float) -> tuple[Axis, ...]:
    """Return the axes with the texts of the ends only, where those of all divisions would run into each other."""
    if height_px >= TEXT_PX * (DIVISIONS + 1):
        return axes
    return tuple(replace(axis, marks=(axis.marks[0], axis.marks[-1])) for axis in axes)


def axis_key(pen: Pen) -> str:
    """Return what the pens on one axis have in common: the operator's choice, else the unit."""
    return f"axis {pen.axis}" if pen.axis else scale_key(pen.tag)


def _gaps(
    lines: Mapping[Pen, Line], window: TimeWindow, now_us: int, columns: int, emphasised: int | None
) -> tuple[tuple[Gap, ...], tuple[Gap, ...]]:
    """Return the gaps of the emphasised pen, or of all: of bad quality, and before anything was recorded."""
    pens = [pen for pen in lines if pen.shift is None]
    chosen = [pen for pen in pens if pen.number == emphasised] or pens
    bad: list[Gap] = []
    unrecorded: list[Gap] = []
    for pen in chosen:
        known = pen.series.coverage
        if known is None:
            continue  # what has not been answered yet is no gap
        start_us = max(window.start_us, known.start_us)
        end_us = min(window.end_us, now_us, max(known.end_us, pen.series.reaches(now_us)))
        found = gaps_of(lines[pen], start_us, end_us)
        before, after = split_at(found, pen.series.begins_us, 2 * window.span_us // columns)
        bad += after
        unrecorded += before
    return merged(bad), merged(unrecorded)


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


def _trace(pen: Pen, line: Line, scale: Scale, span: tuple[float, float], is_emphasised: bool) -> Trace:
    bottom, top = span

    def place(value: Float64) -> Float64:
        return bottom + (top - bottom) * scale.share(value)

    y = place(line.value)
    finite = np.flatnonzero(~np.isnan(y))
    band_x, band_y = _loop(line.band_us / 1e6, place(line.band_low), place(line.band_high))
    return Trace(
        pen.number,
        is_emphasised,
        line.time_us / 1e6,
        y,
        band_x,
        band_y,
        float(y[finite[-1]]) if len(finite) else float("nan"),
        is_ended=not len(y) or bool(np.isnan(y[-1])),
        is_past=pen.shift is not None,
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
