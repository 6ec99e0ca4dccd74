"""Facts of the station tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from drivers.api import LinkState
from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.plant import StationKind
from hmi.domain.roles import Permission
from hmi.domain.tags import TagKind
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame
from hmi.ui.navigator import EditWish, Navigator, Place
from hmi.ui.pane_facts import Listen, all_of

Worst = tuple[Priority, AlarmState] | None


@dataclass(frozen=True, slots=True)
class StationRow:
    """One station of the tree. worst: its first standing alarm."""

    id: UUID
    name: str
    kind: StationKind
    link: LinkState
    worst: Worst
    alarms: int


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area with the roll-up of its stations."""

    id: UUID
    name: str
    worst: Worst
    links_down: int
    stations: tuple[StationRow, ...]


TRENDED: Final = 4
"""Values that a station brings along when it is dragged into a trend."""


class StationsPresenter:
    """Rolls alarms and links up the tree."""

    def __init__(self, mirror: Mirror, navigator: Navigator) -> None:
        self._mirror = mirror
        self._navigator = navigator

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when a row may differ or another station is selected; return what removes it."""

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.CATALOGUE | Change.ALARMS | Change.LINKS | Change.USER):
                changed()

        def on_place(_place: Place) -> None:
            changed()

        return all_of(listen(on_change), self._navigator.on_place(on_place))

    @property
    def selected(self) -> UUID | None:
        return self._navigator.place.station_id

    def select(self, station_id: UUID) -> None:
        """Select a station everywhere."""
        self._navigator.select_station(station_id)

    def trend_tags(self, station_id: UUID) -> tuple[int, ...]:
        """Return a station's first measured values, for a trend that the station is dragged into."""
        tags = self._mirror.catalogue.tags_of_station.get(station_id, ())
        measured = [tag.index for tag in tags if tag.kind is TagKind.ANALOG and not tag.writable]
        return tuple(measured[:TRENDED])

    @property
    def may_edit(self) -> bool:
        return self._mirror.user.may(Permission.EDIT_STATIONS)

    def is_on(self, station_id: UUID) -> bool:
        """Whether any of a station's connections is switched on."""
        catalogue = self._mirror.catalogue
        found = catalogue.connections_of_station.get(station_id, ())
        return any(catalogue.connection_by_id[each].enabled for each in found)

    def wish(self, wish: EditWish, station_id: UUID | None = None) -> None:
        """Have a station edited in the workspace for that."""
        self._navigator.edit_stations(wish, station_id)

    def areas(self) -> tuple[AreaRow, ...]:
        """Return the tree as it stands."""
        rows: dict[UUID, list[StationRow]] = {}
        for station in self._mirror.catalogue.stations:
            alarms = self._mirror.alarms_of_station(station.id)
            rows.setdefault(station.area_id, []).append(
                StationRow(
                    station.id,
                    station.name,
                    station.kind,
                    self._mirror.link_of_station(station.id),
                    (alarms[0].priority, alarms[0].state) if alarms else None,
                    len(alarms),
                )
            )
        return tuple(
            self._area(area.id, area.name, sorted(rows.get(area.id, []), key=lambda row: row.name))
            for area in sorted(self._mirror.catalogue.areas, key=lambda area: area.name)
        )

    def _area(self, area_id: UUID, name: str, stations: list[StationRow]) -> AreaRow:
        first = self._mirror.board.worst_of(station.id for station in stations)
        return AreaRow(
            area_id,
            name,
            (first.priority, first.state) if first else None,
            sum(station.link in (LinkState.DOWN, LinkState.CONNECTING) for station in stations),
            tuple(stations),
        )
