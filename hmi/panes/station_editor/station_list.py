"""The list of stations for those who edit them, and what is asked before one is switched off or deleted; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from drivers.api import LinkState
from hmi.domain.language import tr
from hmi.domain.plant import Connection, StationKind
from hmi.domain.roles import Permission
from hmi.panes.station_editor.words import alarms_text, controls_text, tags_text
from hmi.panes.station_editor.work import Work
from hmi.services.mirror import Mirror
from hmi.services.port import DeleteStation, EnableConnection, Port, RefusedError
from hmi.ui.words import link_text


@dataclass(frozen=True, slots=True)
class StationRow:
    """One station. link_text: its link's state in words. servers: names of the connections it comes over."""

    id: UUID
    name: str
    area: str
    kind: StationKind
    link: LinkState
    link_text: str
    servers: str
    tags: int
    is_on: bool


class Act(StrEnum):
    """What is asked about before it is done."""

    SWITCH_OFF = "switch_off"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before something goes. lines: what it means, each a sentence."""

    act: Act
    station_id: UUID
    title: str
    lines: tuple[str, ...]
    yes: str


class StationList:
    """Reads the catalogue and takes wishes to the port."""

    def __init__(self, mirror: Mirror, port: Port, changed: Callable[[], None]) -> None:
        self._mirror = mirror
        self._port = port
        self._changed = changed
        self.question: Question | None = None
        self.message = ""
        self.work = Work(changed)

    @property
    def may_edit(self) -> bool:
        return self._mirror.user.may(Permission.EDIT_STATIONS)

    @property
    def why_not(self) -> str:
        """Why nothing here can be changed; empty when it can."""
        return "" if self.may_edit else tr("Only an administrator may edit stations.")

    def rows(self) -> tuple[StationRow, ...]:
        """Return the stations by area and name."""
        catalogue = self._mirror.catalogue
        rows = []
        for station in catalogue.stations:
            link = self._mirror.link_of_station(station.id)
            connections = self._connections(station.id)
            rows.append(
                StationRow(
                    station.id,
                    station.name,
                    catalogue.area_by_id[station.area_id].name,
                    station.kind,
                    link,
                    link_text(link),
                    ", ".join(each.name for each in connections) or "–",
                    len(catalogue.tags_of_station.get(station.id, ())),
                    any(each.enabled for each in connections),
                )
            )
        return tuple(sorted(rows, key=lambda row: (row.area.casefold(), row.name.casefold())))

    def ask_delete(self, station_id: UUID) -> None:
        """Ask whether a station may go, and say what goes with it."""
        catalogue = self._mirror.catalogue
        station = catalogue.station_by_id.get(station_id)
        if station is None or not self.may_edit:
            return
        tags = catalogue.tags_of_station.get(station_id, ())
        alarms = sum(len(catalogue.alarms_of_tag.get(tag.id, ())) for tag in tags)
        controls = len(catalogue.controls_of_station.get(station_id, ()))
        lines = [
            tr("With it go {tags}, {alarms} and {controls}.").format(
                tags=tags_text(len(tags)), alarms=alarms_text(alarms), controls=controls_text(controls)
            )
        ]
        alone = [each for each in self._connections(station_id) if not self._others(each, station_id)]
        lines += [tr("So does the connection {name}; nothing else uses it.").format(name=each.name) for each in alone]
        lines.append(tr("Its history is kept."))
        self._ask(Question(Act.DELETE, station_id, _titled(Act.DELETE, station.name), tuple(lines), tr("Delete")))

    def ask_switch_off(self, station_id: UUID) -> None:
        """Ask whether a station's links may be switched off, and say which others lose theirs."""
        station = self._mirror.catalogue.station_by_id.get(station_id)
        if station is None or not self.may_edit:
            return
        lines = []
        for each in self._connections(station_id):
            lines.append(tr("The connection {name} is switched off.").format(name=each.name))
            if others := self._others(each, station_id):
                lines.append(tr("It also serves {names}.").format(names=", ".join(others)))
        lines.append(tr("There are no values and no alarms until it is switched on again."))
        question = _titled(Act.SWITCH_OFF, station.name)
        self._ask(Question(Act.SWITCH_OFF, station_id, question, tuple(lines), tr("Switch off")))

    def is_on(self, station_id: UUID) -> bool:
        """Whether any of a station's connections is switched on."""
        return any(each.enabled for each in self._connections(station_id))

    def let_go(self) -> None:
        """Answer the question with no."""
        self.question = None
        self._changed()

    async def confirm(self) -> None:
        """Answer the question with yes."""
        question, self.question = self.question, None
        if question is None:
            return
        if question.act is Act.DELETE:
            await self._delete(question.station_id)
        else:
            await self.switch(question.station_id, is_on=False)

    async def switch(self, station_id: UUID, *, is_on: bool) -> None:
        """Switch a station's connections on or off."""
        self.message = ""
        with self.work.doing(tr("Switching…")):
            try:
                for each in self._connections(station_id):
                    if each.enabled is not is_on:
                        await self._port.request(EnableConnection(each.id, is_on))
            except RefusedError as error:
                self.message = str(error)

    async def _delete(self, station_id: UUID) -> None:
        name = self._mirror.catalogue.station_by_id[station_id].name
        self.message = ""
        with self.work.doing(tr("Deleting {name}…").format(name=name)):
            try:
                await self._port.request(DeleteStation(station_id))
            except RefusedError as error:
                self.message = f"{name}: {error}"

    def _ask(self, question: Question) -> None:
        self.question, self.message = question, ""
        self._changed()

    def _connections(self, station_id: UUID) -> list[Connection]:
        catalogue = self._mirror.catalogue
        found = catalogue.connections_of_station.get(station_id, ())
        return [catalogue.connection_by_id[each] for each in found]

    def _others(self, connection: Connection, station_id: UUID) -> list[str]:
        catalogue = self._mirror.catalogue
        others = catalogue.stations_of_connection.get(connection.id, ())
        return sorted(catalogue.station_by_id[each].name for each in others if each != station_id)


def _titled(act: Act, name: str) -> str:
    if act is Act.DELETE:
        return tr("Delete {name}?").format(name=name)
    return tr("Switch {name} off?").format(name=name)
