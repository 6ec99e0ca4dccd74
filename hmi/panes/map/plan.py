"""The plan of one zoom: which stations share a marker, and where each label finds room; no Qt.

It holds while the view is panned within the margin it was made for, so that labels stay where they are under the hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final, Protocol

import numpy as np

from hmi.panes.map.clusters import Groups, group, middles
from hmi.panes.map.label_board import LabelBoard, Rect
from hmi.panes.map.places import AreaPlace, PipePath, Places, StationPlace
from hmi.panes.map.projection import Points, Viewport

MARKER_PX: Final = 30
APART_PX: Final = 42
"""Markers closer than this would cover each other's symbols."""
MARGIN_PX: Final = 256
FOOTPRINT: Final = Rect(-21, -21, 42, 42)
"""A marker with the symbols at its corners."""
GAP_PX: Final = 4
AREA_LEAST_PX: Final = 130
AREA_MOST_PX: Final = 1600
PIPE_LABEL_ROOM_PX: Final = 20
SOFT_STEP_PX: Final = 8


class Lettering(Protocol):
    """How much room texts take, in pixels."""

    def station_label(self, place: StationPlace) -> tuple[float, float]:
        """Return width and height of a station's name with its value."""

    def counts_label(self, priorities: int) -> tuple[float, float]:
        """Return width and height of a group's counts for so many priorities."""

    def flow_label(self, text: str) -> tuple[float, float]:
        """Return width and height of a pipe's flow."""

    def area_label(self, name: str) -> tuple[float, float]:
        """Return width and height of an area's name."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Stations that share a marker at one zoom. middle: in world coordinates; members: rows of each group."""

    zoom: float
    of_row: Groups
    middle: Points
    members: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Places of labels: of groups relative to their marker's middle, of pipes and areas in world coordinates.

    lines: the course of each pipe between markers, empty inside a group. covers: groups whose label lies over a pipe.
    """

    view: Viewport
    grouping: Grouping
    lines: tuple[Points, ...] = ()
    labels: dict[int, Rect] = field(default_factory=dict)
    covers: set[int] = field(default_factory=set)
    flows: dict[int, tuple[float, float]] = field(default_factory=dict)
    areas: dict[int, tuple[float, float]] = field(default_factory=dict)

    def holds_for(self, view: Viewport, margin_px: float = MARGIN_PX) -> bool:
        """Return whether the view has moved no further than the margin since the plan was made."""
        if (view.zoom, view.width, view.height) != (self.view.zoom, self.view.width, self.view.height):
            return False
        return max(map(abs, view.offset_from(self.view))) <= margin_px


def make_grouping(positions: Points, zoom: float) -> Grouping:
    """Return which stations share a marker at a zoom; independent of what the view shows."""
    scale = replace(Viewport(), zoom=zoom).scale
    of_row = group(positions * scale, APART_PX)
    rows: list[list[int]] = [[] for _ in range(int(of_row.max()) + 1 if len(of_row) else 0)]
    for row, number in enumerate(of_row.tolist()):
        rows[number].append(row)
    middle = middles(positions, of_row) if rows else np.empty((0, 2))
    return Grouping(zoom, of_row, middle, tuple(tuple(each) for each in rows))


def make_plan(
    view: Viewport,
    grouping: Grouping,
    places: Places,
    lettering: Lettering,
) -> Plan:
    """Return where labels go: names first, then flows, then areas; who comes late may find no room."""
    screen = view.to_screen(grouping.middle)
    inside = np.flatnonzero(
        (np.abs(screen - (view.width / 2, view.height / 2)) < np.array([view.width, view.height]) / 2 + MARGIN_PX).all(
            axis=1
        )
    ).tolist()
    plan = Plan(view, grouping, tuple(_between_markers(path, grouping) for path in places.pipes))
    lines = [view.line_to_screen(line) for line in plan.lines]
    board = LabelBoard(view.width, view.height, _soft_points(lines, view.width + view.height))
    for number in inside:
        board.block(FOOTPRINT.moved(*screen[number]))
    for number in inside:
        members = grouping.members[number]
        is_single = len(members) == 1
        size = lettering.station_label(places.stations[members[0]]) if is_single else lettering.counts_label(2)
        x, y = screen[number]
        # Counts above a marker would be read as those of the marker above.
        rooms = [room for room in _around(*size) if is_single or room.y > -size[1]]
        found = board.place([room.moved(x, y) for room in rooms])
        if found is not None:
            plan.labels[number] = found[0].moved(-x, -y)
            if found[1]:
                plan.covers.add(number)
    _place_flows(plan, board, lines, places, lettering)
    _place_areas(plan, board, places.areas, lettering)
    return plan


def _around(width: float, height: float) -> tuple[Rect, ...]:
    """Return the places around a marker, the best first: right, left, below, above, then the four corners."""
    beside = MARKER_PX / 2 + GAP_PX + 4
    under = MARKER_PX / 2 + GAP_PX + 3
    return (
        Rect(beside, -height / 2, width, height),
        Rect(-beside - width, -height / 2, width, height),
        Rect(-width / 2, under, width, height),
        Rect(-width / 2, -under - height, width, height),
        Rect(GAP_PX, under, width, height),
        Rect(-GAP_PX - width, under, width, height),
        Rect(GAP_PX, -under - height, width, height),
        Rect(-GAP_PX - width, -under - height, width, height),
    )


def _between_markers(path: PipePath, grouping: Grouping) -> Points:
    """Return a pipe's course with its ends at the markers that stand for its stations."""
    start, end = grouping.of_row[path.start], grouping.of_row[path.end]
    if start == end:
        return np.empty((0, 2))
    line = path.points.copy()
    for place, number in ((0, start), (-1, end)):
        middle = grouping.middle[number]
        # The pipe may have gone round the world.
        line[place] = middle[0] + np.round(line[place, 0] - middle[0]), middle[1]
    return line


def _soft_points(lines: Sequence[Points], near: float) -> Points:
    """Return points along the pipes, every few pixels, where they are near the view."""
    found = [np.empty((0, 2))]
    for line in lines:
        for start, end in pairwise(line):
            if max(np.abs(start).max(), np.abs(end).max()) < 3 * near:
                steps = max(2, int(np.hypot(*(end - start)) / SOFT_STEP_PX))
                found.append(start + np.linspace(0, 1, steps)[:, None] * (end - start))
    return np.concatenate(found)


def _place_flows(plan: Plan, board: LabelBoard, lines: Sequence[Points], places: Places, lettering: Lettering) -> None:
    """Put a flow on the longest stretch of its pipe that has room, unless it is read beside a station already."""
    read = {places.stations[plan.grouping.members[number][0]].tag for number in plan.labels}
    for number, (line, path) in enumerate(zip(lines, places.pipes, strict=True)):
        if path.tag is None or path.tag in read or len(line) == 0:
            continue
        size = lettering.flow_label(path.widest)
        steps = np.diff(line, axis=0)
        length = np.hypot(steps[:, 0], steps[:, 1])
        for stretch in np.argsort(-length):
            if length[stretch] < size[0] * 0.6 + PIPE_LABEL_ROOM_PX:
                break
            spots = [line[stretch] + share * steps[stretch] for share in (0.5, 0.35, 0.65)]
            found = board.place([Rect(0, 0, *size).around(*spot) for spot in spots])
            if found is not None:
                plan.flows[number] = _middle_in_world(plan, found[0])
                break


def _place_areas(plan: Plan, board: LabelBoard, areas: Sequence[AreaPlace], lettering: Lettering) -> None:
    """Put an area's name among its stations, as near their middle as there is room."""
    for number, area in enumerate(areas):
        screen = plan.view.to_screen(area.points)
        low, high = screen.min(axis=0), screen.max(axis=0)
        if not AREA_LEAST_PX < max(high - low) < AREA_MOST_PX:
            continue
        x, y = np.meshgrid(*np.linspace(low - 40, high + 40, 9).T)
        spots = np.stack([x.ravel(), y.ravel()], axis=1)
        spots = spots[np.argsort(np.hypot(*(spots - (low + high) / 2).T))]
        found = board.place([Rect(0, 0, *lettering.area_label(area.name)).around(*spot) for spot in spots])
        if found is not None:
            plan.areas[number] = _middle_in_world(plan, found[0])


def _middle_in_world(plan: Plan, rect: Rect) -> tuple[float, float]:
    return plan.view.at(rect.x + rect.width / 2, rect.y + rect.height / 2)
