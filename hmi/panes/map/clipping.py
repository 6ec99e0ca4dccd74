"""Cutting lines down to what a window shows, in numpy: raster painting slows down, and at last fails, on far points."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from hmi.panes.map.projection import Points

Box: TypeAlias = tuple[float, float, float, float]
"""West, north, east, south."""


def clip_ring(ring: Points, box: Box) -> Points:
    """Return a closed ring cut to a box (Sutherland and Hodgman, 1974); empty when nothing is left.

    Where the ring leaves the box the result runs along the box's edge, so the box must be larger than what is seen.
    """
    for axis, limit, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        if len(ring) == 0:
            break
        ring = _clip_side(ring, axis, limit, sign)
    return ring


def _clip_side(ring: Points, axis: int, limit: float, sign: int) -> Points:
    """Return the part of a ring on one side of a line; sign 1 keeps what is above the limit, −1 what is below."""
    inside = (ring[:, axis] - limit) * sign >= 0
    if inside.all():
        return ring
    following = np.roll(ring, -1, axis=0)
    crosses = inside != np.roll(inside, -1)
    if not crosses.any():
        return ring[:0]
    start, end = ring[crosses], following[crosses]
    share = ((limit - start[:, axis]) / (end[:, axis] - start[:, axis]))[:, None]
    cut = start + share * (end - start)
    cut[:, axis] = limit
    kept = np.flatnonzero(inside)
    at = np.concatenate([kept * 2, np.flatnonzero(crosses) * 2 + 1])
    return np.concatenate([ring[kept], cut])[np.argsort(at)]


def clip_line(line: Points, box: Box) -> Iterator[tuple[Points, float]]:
    """Yield the parts of a short line that lie in a box (Liang and Barsky, 1984), each with how far along it begins."""
    low, high = np.array(box[:2]), np.array(box[2:])
    passed = 0.0
    for start, end in pairwise(line):
        step = end - start
        length = float(np.hypot(*step))
        if length == 0:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            first, second = (low - start) / step, (high - start) / step
        still = step == 0
        enter = np.where(still, np.where((start < low) | (start > high), 2.0, 0.0), np.minimum(first, second))
        leave = np.where(still, 1.0, np.maximum(first, second))
        begin, finish = max(0.0, float(enter.max())), min(1.0, float(leave.min()))
        if begin < finish:
            yield np.stack([start + begin * step, start + finish * step]), passed + begin * length
        passed += length


def runs_near(line: Points, box: Box) -> Iterator[Points]:
    """Yield the stretches of a long line whose segments may touch a box."""
    low, high = np.minimum(line[:-1], line[1:]), np.maximum(line[:-1], line[1:])
    near = (high[:, 0] >= box[0]) & (low[:, 0] <= box[2]) & (high[:, 1] >= box[1]) & (low[:, 1] <= box[3])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(np.int8), [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield line[start : stop + 1]


def thin(line: Points, step: float) -> Points:
    """Return a line without the points that lie in the same square of side `step` as the point before."""
    if len(line) < 3:
        return line
    square = np.floor(line / step)
    keep = np.empty(len(line), np.bool_)
    keep[0] = keep[-1] = True
    keep[1:-1] = (square[1:-1] != square[:-2]).any(axis=1)
    return line[keep]
