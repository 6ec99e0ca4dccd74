"""Facts of the faceplate: the selected station's state, its equipment and their readings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from drivers.api import LinkState
from hmi.domain.plant import Station
from hmi.domain.tags import Tag
from hmi.panes.faceplate.substitutions import SubstitutionDesk
from hmi.services.mirror import Change, Mirror
from hmi.services.port import AlarmRow, Frame, LinkStatus, Port
from hmi.ui.navigator import Navigator, Place, Workspace
from hmi.ui.pane_facts import Listen, all_of
from hmi.ui.readings import ReadingRow, reading_row

HIDDEN_QUANTITIES = frozenset({"command"})
"""What is written rather than read has its place in the control pane."""


@dataclass(frozen=True, slots=True)
class AssetCard:
    """One piece of equipment with its readings."""

    id: UUID
    name: str
    rows: tuple[ReadingRow, ...]


class FaceplatePresenter:
    """Reads the selected station."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._navigator = navigator
        self.substitutions = SubstitutionDesk(mirror, port)

    def listen(
        self, listen: Listen, changed: Callable[[], None], station_changed: Callable[[], None]
    ) -> Callable[[], None]:
        """Call `changed` when a value may differ and `station_changed` when another is selected."""

        def on_change(change: Change, _frame: Frame) -> None:
            if change & Change.CATALOGUE:
                station_changed()
            elif change & (Change.LIVE | Change.ALARMS | Change.LINKS | Change.UPKEEP | Change.USER):
                changed()

        def on_place(_place: Place) -> None:
            station_changed()

        return all_of(listen(on_change), self._navigator.on_place(on_place))

    @property
    def station(self) -> Station | None:
        found = self._navigator.place.station_id
        return self._mirror.catalogue.station_by_id.get(found) if found else None

    @property
    def area_name(self) -> str:
        station = self.station
        return self._mirror.catalogue.area_by_id[station.area_id].name if station else ""

    @property
    def link(self) -> LinkState:
        return self._mirror.link_of_station(self.station.id) if self.station else LinkState.DISABLED

    @property
    def broken_link(self) -> LinkStatus | None:
        """The first of the station's links that is not up."""
        if self.station is None:
            return None
        for connection_id in self._mirror.catalogue.connections_of_station.get(self.station.id, ()):
            status = self._mirror.links.get(connection_id)
            if status is not None and status.state is not LinkState.UP:
                return status
        return None

    @property
    def alarms(self) -> tuple[AlarmRow, ...]:
        return self._mirror.alarms_of_station(self.station.id) if self.station else ()

    @property
    def has_controls(self) -> bool:
        return bool(self.station and self._mirror.catalogue.controls_of_station.get(self.station.id))

    def cards(self) -> tuple[AssetCard, ...]:
        """Return the station's equipment as it stands."""
        if self.station is None:
            return ()
        catalogue = self._mirror.catalogue
        return tuple(
            AssetCard(
                asset.id, asset.name, tuple(reading_row(self._mirror, tag, asset.name) for tag in self._shown(asset.id))
            )
            for asset in catalogue.assets_of_station.get(self.station.id, ())
        )

    def open_trend(self, tag: int) -> None:
        """Show a tag's trend."""
        self._navigator.open_trend(tag)

    def open_alarms(self) -> None:
        """Show the station's worst alarm in the list of alarms."""
        if self.alarms and self.station is not None:
            self._navigator.open_alarm(self.alarms[0].id, self.station.id)

    def open_control(self) -> None:
        """Show the station's controls."""
        self._navigator.show(Workspace.CONTROL)

    def _shown(self, asset_id: UUID) -> list[Tag]:
        tags = self._mirror.catalogue.tags_of_asset.get(asset_id, ())
        return [tag for tag in tags if tag.quantity not in HIDDEN_QUANTITIES]
