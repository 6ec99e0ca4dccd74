"""Engineering: the requests with which stations and connections are found, tried, saved, moved and removed.

Looking around on a server needs the right to test stations, changing anything the right to edit them, there; checking a
draft, which shows nothing new, needs none.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from drivers.api import BrowsedNode, Certificate, Description, DriverType, Endpoint, TestStep, Trust
from hmi.config import package
from hmi.config.catalogue import CatalogueStore
from hmi.config.checks import faults_of
from hmi.config.secrets import Secrets
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import FieldFault
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.domain.tags import Tag
from hmi.services import port
from hmi.services.acquisition import Acquisition
from hmi.services.exploring import Explorer, give_trust

STATIONS_NAMED: Final = 5

Handlers = Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]


class Change(Protocol):
    """Runs a function of the store on its thread and brings everything to the catalogue it returns."""

    async def __call__(self, function: Callable[..., Catalogue], /, *arguments: object) -> None: ...


class Require(Protocol):
    """Raises RefusedError for who lacks a permission, at one of the stations when any are given."""

    def __call__(self, permission: Permission, *stations: UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class Configuration:
    """What engineering needs of the services around it. user: who acts now.

    require_somewhere: for what changes nothing, asks whether the permission is held at any station.
    """

    catalogue: Callable[[], Catalogue]
    change: Change
    require: Require
    require_somewhere: Callable[[Permission], None]
    user: Callable[[], str]


class Engineering:
    """Answers engineering's requests. All on the I/O thread; what blocks is handed to others."""

    def __init__(
        self,
        driver_types: Sequence[DriverType],
        explorer: Explorer,
        acquisition: Acquisition,
        store: CatalogueStore,
        secrets: Secrets,
        configuration: Configuration,
    ) -> None:
        self._driver_types = tuple(driver_types)
        self._explorer = explorer
        self._acquisition = acquisition
        self._store = store
        self._secrets = secrets
        self._configuration = configuration

    def handlers(self) -> Handlers:
        """Return what answers each request."""
        return {
            port.ListDrivers: self._list_drivers,
            port.Discover: self._discover,
            port.OpenExploration: self._open_exploration,
            port.CloseExploration: lambda request: self._explorer.close(request.exploration),
            port.BrowseLevel: self._browse,
            port.SearchNodes: self._search,
            port.DescribeNodes: self._describe,
            port.StartConnectionTest: self._start_test,
            port.NextTestStep: self._next_step,
            port.TrustCertificate: self._trust,
            port.CheckStation: self._check_station,
            port.SaveStation: self._save_station,
            port.ExportStations: self._export_stations,
            port.CompareStations: self._compare_stations,
            port.ImportStations: self._import_stations,
            port.DeleteStation: self._delete_station,
            port.EnableConnection: self._enable_connection,
            port.EnterCredentials: self._enter_credentials,
        }

    def link_changed(self, status: port.LinkStatus, _tags: Sequence[Tag]) -> None:
        """Let a link hear at once what a person accepted for this run while looking around."""
        if status.certificate is not None and self._explorer.has_accepted(status.certificate):
            # After the supervisor has begun to wait: it takes no hurry before that.
            asyncio.get_running_loop().call_soon(self._trust_again, status.connection_id, status.certificate)

    def _trust_again(self, connection_id: UUID, certificate: Certificate) -> None:
        with contextlib.suppress(KeyError, port.RefusedError):  # it is gone, or shows another one by now
            give_trust(self._acquisition.driver(connection_id), certificate.thumbprint, Trust.ONCE)
            self._acquisition.try_now(connection_id)

    async def _list_drivers(self, _request: port.ListDrivers) -> tuple[port.DriverChoice, ...]:
        return tuple(port.DriverChoice(each.kind, each.label, each.settings) for each in self._driver_types)

    async def _discover(self, request: port.Discover) -> tuple[Endpoint, ...]:
        self._configuration.require(Permission.TEST_STATIONS)
        return await self._explorer.discover(request.driver, request.address)

    async def _open_exploration(self, request: port.OpenExploration) -> port.Exploration:
        self._configuration.require(Permission.TEST_STATIONS)
        return await self._explorer.open(request.connection, request.password, request.exploration)

    async def _start_test(self, request: port.StartConnectionTest) -> UUID:
        self._configuration.require(Permission.TEST_STATIONS)
        return await self._explorer.start_test(request.connection, request.password)

    async def _browse(self, request: port.BrowseLevel) -> tuple[BrowsedNode, ...]:
        self._configuration.require(Permission.TEST_STATIONS)
        return await self._explorer.browse(request.exploration, request.address)

    async def _search(self, request: port.SearchNodes) -> port.FoundNodes:
        self._configuration.require(Permission.TEST_STATIONS)
        return await self._explorer.search(request.exploration, request.text, request.under)

    async def _describe(self, request: port.DescribeNodes) -> tuple[Description, ...]:
        self._configuration.require(Permission.TEST_STATIONS)
        return await self._explorer.describe(request.exploration, request.addresses)

    async def _next_step(self, request: port.NextTestStep) -> TestStep | None:
        self._configuration.require(Permission.TEST_STATIONS)
        return await self._explorer.next_step(request.test)

    async def _trust(self, request: port.TrustCertificate) -> None:
        if stations := self._stations_of(request.owner):
            self._configuration.require(Permission.EDIT_CERTIFICATES, *stations)
        else:
            self._configuration.require_somewhere(Permission.EDIT_CERTIFICATES)
        if self._explorer.trust(request.owner, request.thumbprint, request.decision):
            return
        try:
            driver = self._acquisition.driver(request.owner)
        except KeyError:
            raise port.RefusedError("There is no such connection any more.") from None
        give_trust(driver, request.thumbprint, request.decision)
        for status in self._acquisition.statuses():
            is_once = status.connection_id == request.owner and request.decision is Trust.ONCE
            if is_once and status.certificate is not None:
                self._explorer.accept(status.certificate)
        self._acquisition.try_now(request.owner)

    async def _check_station(self, request: port.CheckStation) -> tuple[FieldFault, ...]:
        return faults_of(request.draft, self._configuration.catalogue(), self._driver_types)

    async def _save_station(self, request: port.SaveStation) -> UUID:
        self._configuration.require(Permission.EDIT_STATIONS, request.draft.id)
        connection = request.draft.connection
        if request.password:
            await self._secrets.store(str(connection.id), request.password)
        try:
            await self._configuration.change(
                self._store.save_station, self._driver_types, request.draft, self._configuration.user()
            )
        except Exception:
            if request.password and connection.id not in self._configuration.catalogue().connection_by_id:
                await self._secrets.delete(str(connection.id))  # nobody else would
            raise
        if request.password:
            self._acquisition.try_now(connection.id)
        return request.draft.id

    async def _export_stations(self, request: port.ExportStations) -> str:
        return await asyncio.to_thread(package.export, self._configuration.catalogue(), request.station_ids)

    async def _compare_stations(self, request: port.CompareStations) -> tuple[port.PackageChange, ...]:
        given = await asyncio.to_thread(package.read, request.text)
        found = package.compare(given, self._configuration.catalogue(), self._driver_types)
        return tuple(port.PackageChange(each.what, each.name, each.change) for each in found)

    async def _import_stations(self, request: port.ImportStations) -> int:
        self._configuration.require_somewhere(Permission.EDIT_STATIONS)
        given = await asyncio.to_thread(package.read, request.text)
        self._configuration.require(Permission.EDIT_STATIONS, *(station.id for station in given.stations))
        package.compare(given, self._configuration.catalogue(), self._driver_types)
        names = ", ".join(station.name for station in given.stations[:STATIONS_NAMED])
        plant, user = package.as_plant(given), self._configuration.user()
        await self._configuration.change(
            self._store.put_plant, plant, user, f"Imported {len(given.stations)} stations: {names}"
        )
        return len(given.stations)

    async def _delete_station(self, request: port.DeleteStation) -> None:
        self._configuration.require(Permission.EDIT_STATIONS, request.station_id)
        await self._configuration.change(self._store.delete_station, request.station_id, self._configuration.user())

    async def _enable_connection(self, request: port.EnableConnection) -> None:
        self._configuration.require(Permission.EDIT_STATIONS, *self._stations_of(request.connection_id))
        change = (self._store.set_enabled, request.connection_id, request.enabled, self._configuration.user())
        await self._configuration.change(*change)

    async def _enter_credentials(self, request: port.EnterCredentials) -> str:
        self._configuration.require(Permission.ENTER_CREDENTIALS, *self._stations_of(request.connection_id))
        if request.connection_id not in self._configuration.catalogue().connection_by_id:
            raise port.RefusedError(tr("There is no such connection any more."))
        kept = await self._secrets.store(str(request.connection_id), request.password)
        connection = self._configuration.catalogue().connection_by_id.get(request.connection_id)
        if connection is None:  # deleted while the password was being kept: nobody else would forget it
            await self._secrets.delete(str(request.connection_id))
            raise port.RefusedError(tr("There is no such connection any more."))
        if connection.user == request.user:
            self._acquisition.try_now(request.connection_id)
        else:
            change = (self._store.set_user, request.connection_id, request.user, self._configuration.user())
            await self._configuration.change(*change)
        return kept.words

    def _stations_of(self, connection_id: UUID) -> tuple[UUID, ...]:
        """Return the stations whose tags come over a connection."""
        links = self._configuration.catalogue().connections_of_station
        return tuple(station for station, connections in links.items() if connection_id in connections)
