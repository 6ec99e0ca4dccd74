"""Engineering's requests against real services: stations saved, moved and removed while others go on."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.api import LinkState, Trust
from drivers.registry import DRIVERS
from hmi.config.profile import open_profile
from hmi.domain.drafts import ConnectionDraft, StationDraft, TagDraft, draft_of
from hmi.domain.roles import LOCAL_ADMIN, VISITOR, User
from hmi.services import port
from hmi.services.services import Services, Setup
from tests.conftest import Warnings
from tests.support.asyncua_server import AsyncuaServer
from tests.support.link import address
from tests.support.peer import PASSWORD, USER
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[AsyncuaServer, AsyncuaServer, AsyncuaServer]]:
    with (
        AsyncuaServer(items=5, rate_hz=5) as first,
        AsyncuaServer(items=5, rate_hz=5) as second,
        AsyncuaServer(items=5, rate_hz=5, users=True) as guarded,
    ):
        yield first, second, guarded


async def running(folder: Path, user: User) -> Services:
    services = Services(Setup(open_profile(folder), user, lambda: DRIVERS))
    await services.start()
    return services


@pytest_asyncio.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    made = await running(tmp_path, LOCAL_ADMIN)
    yield made
    await made.stop()


def draft(name: str, server: AsyncuaServer, items: int = 2, **link: object) -> StationDraft:
    return StationDraft(
        name=name,
        area="Test",
        latitude="39",
        longitude="3",
        connection=replace(ConnectionDraft(name=f"{name} server", endpoint=server.url), **link),  # type: ignore[arg-type]  # named fields
        tags=tuple(TagDraft(name=f"Item {n}", address=address(f"Item{n:04d}")) for n in range(1, items + 1)),
    )


def link_of(services: Services, station: StationDraft) -> port.LinkStatus:
    return next(each for each in services.acquisition.statuses() if each.connection_id == station.connection.id)


async def up(services: Services, station: StationDraft) -> None:
    await until(lambda: link_of(services, station).state is LinkState.UP, 10)


async def test_saving_editing_and_deleting_touches_no_other_link(
    services: Services, servers: tuple[AsyncuaServer, AsyncuaServer, AsyncuaServer]
) -> None:
    stays, changes = draft("Stays", servers[0]), draft("Changes", servers[1])
    for station in (stays, changes):
        started = time.perf_counter()
        await services.handle(port.SaveStation(station))
        assert time.perf_counter() - started < 1.0, "no network is waited for"
    await up(services, stays)
    await up(services, changes)
    since = link_of(services, stays).since_us
    more = replace(changes, tags=draft("Changes", servers[1], 4).tags)
    await services.handle(port.SaveStation(more))
    moved = replace(more, connection=replace(more.connection, name="Renamed server"))
    await services.handle(port.SaveStation(moved))
    await services.handle(port.EnableConnection(changes.connection.id, False))
    await services.handle(port.EnableConnection(changes.connection.id, True))
    await services.handle(port.DeleteStation(changes.id))
    assert [each.connection_id for each in services.acquisition.statuses()] == [stays.connection.id]
    status = link_of(services, stays)
    assert (status.reconnects, status.since_us, status.state) == (0, since, LinkState.UP)


async def test_a_station_taken_off_a_shared_link_leaves_it_up(
    services: Services, servers: tuple[AsyncuaServer, AsyncuaServer, AsyncuaServer]
) -> None:
    one = draft("One", servers[0], 2)
    two = replace(draft("Two", servers[0], 4), connection=one.connection)
    await services.handle(port.SaveStation(one))
    await services.handle(port.SaveStation(two))
    await up(services, one)
    await until(lambda: link_of(services, one).tags == 6)
    await services.handle(port.DeleteStation(two.id))
    await until(lambda: link_of(services, one).tags == 2)
    assert (link_of(services, one).reconnects, link_of(services, one).state) == (0, LinkState.UP)


async def test_what_was_accepted_for_this_run_holds_for_the_saved_link(
    services: Services,
    servers: tuple[AsyncuaServer, AsyncuaServer, AsyncuaServer],
    log_warnings: Warnings,
) -> None:
    station = draft("Guarded", servers[2], options={"security": "basic256sha256"}, user=USER)
    looked = await services.handle(port.OpenExploration(station.connection, PASSWORD))
    assert looked.certificate is not None
    await services.handle(port.TrustCertificate(looked.id, looked.certificate.thumbprint, Trust.ONCE))
    looked = await services.handle(port.OpenExploration(station.connection, PASSWORD, looked.id))
    assert looked.is_open
    services.secrets.hold(str(station.connection.id), PASSWORD)
    await services.handle(port.SaveStation(station))
    await up(services, station)
    log_warnings.take("link lost", "link back")


async def test_every_fault_is_said_and_nothing_is_half_done(
    services: Services, servers: tuple[AsyncuaServer, AsyncuaServer, AsyncuaServer]
) -> None:
    wrong = replace(draft("Wrong", servers[0]), name="", latitude="95")
    faults = await services.handle(port.CheckStation(wrong))
    assert {fault.field for fault in faults} == {"name", "latitude"}
    with pytest.raises(port.RefusedError, match="Latitude"):
        await services.handle(port.SaveStation(wrong))
    assert services.acquisition.statuses() == ()


async def test_stations_go_out_and_come_in_with_the_differences_first(
    services: Services, servers: tuple[AsyncuaServer, AsyncuaServer, AsyncuaServer]
) -> None:
    station = draft("Travels", servers[0])
    await services.handle(port.SaveStation(station))
    text = await services.handle(port.ExportStations((station.id,)))
    assert await services.handle(port.CompareStations(text)) == ()
    renamed = replace(draft_of(services._catalogue, station.id), name="Renamed")
    await services.handle(port.SaveStation(renamed))
    (change,) = await services.handle(port.CompareStations(text))
    assert (change.what, change.change) == ("Station", "name: Renamed → Travels")
    assert await services.handle(port.ImportStations(text)) == 1
    assert services._catalogue.station_by_id[station.id].name == "Travels"
    with pytest.raises(port.RefusedError, match="not JSON"):
        await services.handle(port.ImportStations("rubbish"))


async def test_a_visitor_may_look_around_nowhere_and_change_nothing(tmp_path: Path) -> None:
    services = await running(tmp_path, VISITOR)
    for request in (
        port.Discover("opcua", "plc"),
        port.OpenExploration(ConnectionDraft(endpoint="plc")),
        port.StartConnectionTest(ConnectionDraft(endpoint="plc")),
        port.SaveStation(StationDraft()),
        port.DeleteStation(StationDraft().id),
        port.EnableConnection(StationDraft().id, False),
        port.ImportStations("{}"),
        port.TrustCertificate(StationDraft().id, "", Trust.ALWAYS),
    ):
        with pytest.raises(port.RefusedError, match="may not"):
            await services.handle(request)
    await services.stop()
