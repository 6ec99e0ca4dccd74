"""What of the map changes only with the catalogue: where stations, areas and pipes are; no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
import numpy.typing as npt

from hmi.domain.catalogue import Catalogue
from hmi.domain.plant import Station, StationKind
from hmi.domain.tags import Tag
from hmi.panes.map.key_values import measures
from hmi.panes.map.projection import Points, to_world


@dataclass(frozen=True, slots=True, eq=False)
class StationPlace:
    """A station. measures: its main values, the one shown on the map first. widest: the longest text of that one."""

    id: UUID
    name: str
    kind: StationKind
    measures: tuple[Tag, ...]
    widest: str

    @property
    def tag(self) -> Tag | None:
        """The tag whose value is shown."""
        return self.measures[0] if self.measures else None


@dataclass(frozen=True, slots=True, eq=False)
class AreaPlace:
    """An area's name and the places of its stations in world coordinates."""

    name: str
    points: Points


@dataclass(frozen=True, slots=True, eq=False)
class PipePath:
    """A pipe's course in world coordinates, the tag that measures its flow, and the flow's longest text.

    start, end: rows of the stations at its ends.
    """

    points: Points
    start: int
    end: int
    tag: Tag | None
    widest: str


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Everything in its place. A station's row is its place in the tree's order, by area and then by name.

    positions: (N, 2) in world coordinates. watched: by tag index, whether the map shows something of the tag.
    """

    stations: tuple[StationPlace, ...] = ()
    areas: tuple[AreaPlace, ...] = ()
    pipes: tuple[PipePath, ...] = ()
    positions: Points = field(default_factory=lambda: np.empty((0, 2)))
    row_of: dict[UUID, int] = field(default_factory=dict)
    watched: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))


def places_of(catalogue: Catalogue) -> Places:
    """Return where everything of a catalogue is."""
    area_name = {area.id: area.name for area in catalogue.areas}
    stations = sorted(catalogue.stations, key=lambda each: (area_name.get(each.area_id, ""), each.name))
    positions = to_world([station.longitude for station in stations], [station.latitude for station in stations])
    row_of = {station.id: row for row, station in enumerate(stations)}
    places = tuple(_station_places(catalogue, stations))
    pipes = tuple(_pipe_paths(catalogue, positions, row_of))
    shown = [each.index for each in (*(one.tag for one in places), *(one.tag for one in pipes)) if each is not None]
    watched = np.zeros(max(shown, default=-1) + 1, np.bool_)
    watched[shown] = True
    areas = tuple(
        AreaPlace(area.name, positions[rows])
        for area in catalogue.areas
        if (rows := [row for row, station in enumerate(stations) if station.area_id == area.id])
    )
    return Places(places, areas, pipes, positions, row_of, watched)


def widest_text(tag: Tag) -> str:
    """Return the longest text that a tag's value takes, with its unit."""
    longest = max((tag.text(tag.revision.low), tag.text(tag.revision.high)), key=len)
    return f"{longest} {tag.unit}".strip()


def _station_places(catalogue: Catalogue, stations: Sequence[Station]) -> Iterator[StationPlace]:
    pipe_tags = {pipe.flow_tag for pipe in catalogue.pipes}
    for station in stations:
        found = measures(station.kind, catalogue.tags_of_station.get(station.id, ()), pipe_tags)
        widest = widest_text(found[0]) if found else ""
        yield StationPlace(station.id, station.name, station.kind, found, widest)


def _pipe_paths(catalogue: Catalogue, positions: Points, row_of: dict[UUID, int]) -> Iterator[PipePath]:
    for pipe in catalogue.pipes:
        if pipe.start_id not in row_of or pipe.end_id not in row_of:
            continue
        start, end = row_of[pipe.start_id], row_of[pipe.end_id]
        via = to_world([at[1] for at in pipe.via], [at[0] for at in pipe.via])
        line = np.concatenate([positions[[start]], via, positions[[end]]])
        # A pipe takes the short way, also across 180°.
        line[:, 0] = np.unwrap(line[:, 0], period=1.0)
        tag = catalogue.tag_by_index.get(pipe.flow_tag)
        yield PipePath(line, start, end, tag, widest_text(tag) if tag else "")
