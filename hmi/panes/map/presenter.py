"""Facts of the map: stations and pipes, what each shows, and what an operator can do from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag, auto
from typing import Final
from uuid import UUID

import numpy as np

from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.tags import Tag
from hmi.panes.map.key_values import measures
from hmi.panes.map.marks import (
    AreaPlace,
    PipeMark,
    PipePath,
    ShownValue,
    StationPlace,
    Status,
    pipe_mark,
    shown_value,
    status_of,
    widest_text,
)
from hmi.panes.map.projection import Points, to_world
from hmi.services.mirror import Change, Mirror
from hmi.services.port import AlarmRow, Frame
from hmi.ui.navigator import Navigator, Place, Workspace
from hmi.ui.pane_facts import Listen, all_of
from hmi.ui.words import link_text, quality_text


class MapChange(IntFlag):
    """What of the map changed."""

    STATIONS = auto()
    STATUS = auto()
    VALUES = auto()
    SELECTION = auto()


@dataclass(frozen=True, slots=True)
class _Shown:
    """All that is on the map, by station and by pipe, to be compared with what was."""

    statuses: tuple[Status, ...]
    values: tuple[ShownValue | None, ...]
    pipes: tuple[PipeMark, ...]


NOTHING: Final = _Shown((), (), ())


class MapPresenter:
    """Stations are named by their row: their place in the tree's order, by area and then by name."""

    def __init__(self, mirror: Mirror, navigator: Navigator) -> None:
        self._mirror = mirror
        self._navigator = navigator
        self._ids: tuple[UUID, ...] = ()
        self._row_of: dict[UUID, int] = {}
        self._measures: tuple[tuple[Tag, ...], ...] = ()
        self._watched = np.zeros(0, np.bool_)
        self._shown = NOTHING
        self.places: tuple[StationPlace, ...] = ()
        self.areas: tuple[AreaPlace, ...] = ()
        self.paths: tuple[PipePath, ...] = ()
        self.positions: Points = np.empty((0, 2))
        self._take_catalogue(mirror.catalogue)

    def listen(self, listen: Listen, changed: Callable[[MapChange], None]) -> Callable[[], None]:
        """Call `changed` only when something shown differs; return what removes it."""

        def on_change(change: Change, frame: Frame) -> None:
            found = self._take(change, frame)
            if found:
                changed(found)

        def on_place(_place: Place) -> None:
            changed(MapChange.SELECTION)

        return all_of(listen(on_change), self._navigator.on_place(on_place))

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def statuses(self) -> tuple[Status, ...]:
        return self._shown.statuses

    @property
    def values(self) -> tuple[ShownValue | None, ...]:
        return self._shown.values

    @property
    def pipes(self) -> tuple[PipeMark, ...]:
        return self._shown.pipes

    @property
    def selected(self) -> int:
        """Row of the selected station, −1 for none."""
        station_id = self._navigator.place.station_id
        return self._row_of.get(station_id, -1) if station_id is not None else -1

    def measures(self, row: int) -> tuple[Tag, ...]:
        """Return the values whose trends are offered."""
        return self._measures[row]

    def sentence(self, row: int) -> str:
        """Return a station in words, as a screen reader says it."""
        status, value = self.statuses[row], self.values[row]
        parts = [self.places[row].name, tr("link {state}").format(state=link_text(status.link).lower())]
        if value is not None and (tag := self.places[row].tag) is not None:
            quality = quality_text(self._mirror.reading(tag.index).quality)
            parts.append(f"{tag.name} {value.text} {value.unit}".strip() + (f" ({quality})" if quality else ""))
        alarms = sum(status.counts)
        if status.alarm is not None:
            parts.append(
                tr("{count} alarms, the worst of priority {priority}").format(
                    count=alarms, priority=int(status.alarm.priority)
                )
            )
        else:
            parts.append(tr("no alarm"))
        return ", ".join(parts)

    # ── what an operator does ─────────────────────────────────────────────────────────────────────────────────────

    def select(self, row: int) -> None:
        """Select a station everywhere; −1 selects none."""
        self._navigator.select_station(self._ids[row] if row >= 0 else None)

    def open_control(self, row: int) -> None:
        """Open a station's controls."""
        self._navigator.open_station(self._ids[row], Workspace.CONTROL)

    def open_trend(self, row: int, tag: Tag) -> None:
        """Show the trend of one of a station's values."""
        self._navigator.open_trend(tag.index, self._ids[row])

    def find(self, text: str) -> int:
        """Return the station that a typed text means, −1 for none: one that begins so before one that holds it."""
        wanted = text.strip().casefold()
        if not wanted:
            return -1
        names = [place.name.casefold() for place in self.places]
        for fits in (str.startswith, str.__contains__):
            found = next((row for row, name in enumerate(names) if fits(name, wanted)), -1)
            if found >= 0:
                return found
        return -1

    # ── what arrives ──────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, change: Change, frame: Frame) -> MapChange:
        if change & Change.CATALOGUE:
            self._take_catalogue(self._mirror.catalogue)
            return MapChange.STATIONS | MapChange.STATUS | MapChange.VALUES
        before, statuses, values, pipes = self._shown, self.statuses, self.values, self.pipes
        if change & (Change.ALARMS | Change.LINKS):
            statuses = self._statuses()
        if change & Change.LIVE and frame.live is not None:
            known = frame.live.tag[frame.live.tag < len(self._watched)]
            if self._watched[known].any():
                values, pipes = self._values(), self._pipe_marks()
        self._shown = _Shown(statuses, values, pipes)
        found = MapChange(0)
        if statuses != before.statuses:
            found |= MapChange.STATUS
        if values != before.values or pipes != before.pipes:
            found |= MapChange.VALUES
        return found

    def _take_catalogue(self, catalogue: Catalogue) -> None:
        area_name = {area.id: area.name for area in catalogue.areas}
        stations = sorted(catalogue.stations, key=lambda each: (area_name.get(each.area_id, ""), each.name))
        self._ids = tuple(station.id for station in stations)
        self._row_of = {station_id: row for row, station_id in enumerate(self._ids)}
        self.positions = to_world(
            [station.longitude for station in stations], [station.latitude for station in stations]
        )
        pipe_tags = {pipe.flow_tag for pipe in catalogue.pipes}
        self._measures = tuple(
            measures(station.kind, catalogue.tags_of_station.get(station.id, ()), pipe_tags) for station in stations
        )
        self.places = tuple(
            StationPlace(
                station.name, station.kind, found[0] if found else None, widest_text(found[0]) if found else ""
            )
            for station, found in zip(stations, self._measures, strict=True)
        )
        self.areas = tuple(
            AreaPlace(area.name, self.positions[rows])
            for area in catalogue.areas
            if (rows := [row for row, station in enumerate(stations) if station.area_id == area.id])
        )
        self.paths = tuple(self._paths(catalogue))
        tags = [*(place.tag for place in self.places), *(path.tag for path in self.paths)]
        watched = [tag.index for tag in tags if tag is not None]
        self._watched = np.zeros(max(watched, default=-1) + 1, np.bool_)
        self._watched[watched] = True
        self._shown = _Shown(self._statuses(), self._values(), self._pipe_marks())

    def _paths(self, catalogue: Catalogue) -> list[PipePath]:
        paths = []
        for pipe in catalogue.pipes:
            if pipe.start_id not in self._row_of or pipe.end_id not in self._row_of:
                continue
            start, end = self._row_of[pipe.start_id], self._row_of[pipe.end_id]
            via = to_world([at[1] for at in pipe.via], [at[0] for at in pipe.via])
            line = np.concatenate([self.positions[[start]], via, self.positions[[end]]])
            # A pipe takes the short way, also across 180°.
            line[:, 0] = np.unwrap(line[:, 0], period=1.0)
            tag = catalogue.tag_by_index.get(pipe.flow_tag)
            paths.append(PipePath(line, start, end, tag, widest_text(tag) if tag else ""))
        return paths

    def _statuses(self) -> tuple[Status, ...]:
        alarms: dict[UUID, list[AlarmRow]] = {}
        for alarm in self._mirror.alarms:
            if alarm.station_id is not None:
                alarms.setdefault(alarm.station_id, []).append(alarm)
        return tuple(
            status_of(self._mirror.link_of_station(station_id), alarms.get(station_id, ())) for station_id in self._ids
        )

    def _values(self) -> tuple[ShownValue | None, ...]:
        return tuple(shown_value(self._mirror, place.tag) if place.tag else None for place in self.places)

    def _pipe_marks(self) -> tuple[PipeMark, ...]:
        return tuple(pipe_mark(self._mirror, path.tag) for path in self.paths)
