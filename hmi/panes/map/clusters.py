"""Which markers stand together: stations that would cover each other share one marker; no Qt."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from hmi.panes.map.projection import Points

Groups: TypeAlias = npt.NDArray[np.intp]
"""(N,) the group of each station, from 0 and without gaps."""


def group(pixels: Points, apart_px: float) -> Groups:
    """Return groups so that the middles of no two are nearer than apart_px in both x and y.

    pixels: on a fixed grid of the zoom, not of the view, so that panning never regroups. First by the squares of a
    grid, which is one pass over any number of stations; then the nearest pairs across the squares' edges, until none
    is left.
    """
    groups = _by_square(pixels, apart_px)
    while True:
        middle = middles(pixels, groups)
        partner = _nearest(middle, apart_px)
        # Only pairs that choose each other are merged: a chain of near ones would swallow a whole coast.
        own = np.arange(len(middle))
        is_second = (partner >= 0) & (partner[partner] == own) & (partner < own)
        if not is_second.any():
            return groups
        merged = np.where(is_second, partner, own)
        groups = np.unique(merged[groups], return_inverse=True)[1].reshape(-1)


def middles(points: Points, groups: Groups) -> Points:
    """Return the mean place of each group."""
    count = np.bincount(groups)
    return np.stack([np.bincount(groups, points[:, axis]) / count for axis in (0, 1)], axis=1)


def _by_square(pixels: Points, side: float) -> Groups:
    if len(pixels) == 0:
        return np.empty(0, np.intp)
    return np.unique(np.floor(pixels / side), axis=0, return_inverse=True)[1].reshape(-1)


def _nearest(points: Points, apart: float) -> Groups:
    """Return for each point the one nearest to it, or −1 when none is nearer than `apart` in both directions."""
    order = np.argsort(points[:, 0])
    x, y = points[order].T
    best = np.full(len(points), np.inf)
    partner = np.full(len(points), -1, np.intp)
    for step in range(1, len(points)):
        dx, dy = x[step:] - x[:-step], np.abs(y[step:] - y[:-step])
        if dx.min() >= apart:
            break
        distance = np.where((dx < apart) & (dy < apart), np.hypot(dx, dy), np.inf)
        left, right = order[:-step], order[step:]
        for one, other in ((left, right), (right, left)):
            is_nearer = distance < best[one]
            best[one[is_nearer]] = distance[is_nearer]
            partner[one[is_nearer]] = other[is_nearer]
    return partner
