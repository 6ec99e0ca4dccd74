"""What every driver keeps to, whatever it speaks. A driver joins with one line in SERVERS: a real server for it."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from drivers.api import (
    AccessDeniedError,
    Batch,
    Browses,
    Credentials,
    Driver,
    DriverError,
    Item,
    NotConnectedError,
    Quality,
    Reads,
    Subscribes,
    UnknownTagError,
    WriteRejectedError,
    Writes,
)
from drivers.registry import DRIVERS
from tests.support.demo_server import demo_plant
from tests.support.waiting import until


@dataclass(frozen=True)
class Server:
    """A real server: addresses of a moving number, a writable number with its limits, and what it does not have."""

    endpoint: str
    moving: str
    writable: str
    good_value: float
    bad_value: float
    read_only: str
    unknown: str
    secured: str
    secured_options: Mapping[str, object]
    login: Credentials


@contextmanager
def opcua_server() -> Iterator[Server]:
    north = "nsu=urn:roams:demo-plant:north;s=North."
    with demo_plant() as (_, endpoints):
        east = endpoints["East"]
        yield Server(
            endpoint=endpoints["North"].url,
            moving=north + "BH1.P1.Temp",
            writable=north + "BP1.Out.PressureSP",
            good_value=5.5,
            bad_value=1e9,
            read_only=north + "BH1.Out.Flow",
            unknown=north + "Nowhere",
            secured=east.url,
            secured_options={"server_thumbprint": east.thumbprint},
            login=Credentials(east.user, east.password),
        )


SERVERS: dict[str, Callable[[], AbstractContextManager[Server]]] = {"opcua": opcua_server}


def test_every_driver_has_a_server_here() -> None:
    assert {driver.kind for driver in DRIVERS} == set(SERVERS)


@pytest.fixture(scope="module", params=[driver.kind for driver in DRIVERS])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, Server]]:
    with SERVERS[request.param]() as running:
        yield request.param, running


def make(kind: str, endpoint: str, options: Mapping[str, object] | None = None) -> Driver:
    return next(driver for driver in DRIVERS if driver.kind == kind).create(endpoint, options or {})


@pytest_asyncio.fixture
async def driver(server: tuple[str, Server]) -> AsyncIterator[Driver]:
    kind, running = server
    made = make(kind, running.endpoint)
    await made.reach()
    await made.open(None)
    yield made
    await made.close()


@pytest.mark.asyncio
async def test_it_subscribes_with_first_values_and_goes_on(driver: Driver, server: tuple[str, Server]) -> None:
    assert isinstance(driver, Subscribes)
    batches: list[Batch] = []
    items = [Item(7, server[1].moving), Item(8, server[1].writable)]
    rejected = await driver.subscribe(items, batches.append)
    assert list(rejected) == []
    await until(lambda: {7, 8} <= {tag for batch in batches for tag in batch.tag.tolist()})
    await until(lambda: sum((batch.tag == 7).sum() for batch in batches) >= 2)
    newest = batches[-1]
    now_us = time.time_ns() // 1000
    assert abs(int(newest.received_us[-1]) - now_us) < 5_000_000
    assert int(newest.quality[-1]) in (Quality.GOOD, Quality.UNCERTAIN)


@pytest.mark.asyncio
async def test_what_the_server_lacks_is_rejected_and_the_rest_served(
    driver: Driver, server: tuple[str, Server]
) -> None:
    assert isinstance(driver, Subscribes)
    batches: list[Batch] = []
    rejected = await driver.subscribe([Item(1, server[1].unknown), Item(2, server[1].moving)], batches.append)
    assert [(item.tag, item.address) for item in rejected] == [(1, server[1].unknown)]
    assert rejected[0].reason
    await until(lambda: bool(batches))
    assert {tag for batch in batches for tag in batch.tag.tolist()} == {2}


@pytest.mark.asyncio
async def test_it_reads_and_marks_what_is_not_there(driver: Driver, server: tuple[str, Server]) -> None:
    assert isinstance(driver, Reads)
    batch = await driver.read([Item(3, server[1].unknown), Item(4, server[1].writable)])
    by_tag = dict(zip(batch.tag.tolist(), batch.quality.tolist(), strict=True))
    assert by_tag == {3: Quality.CONFIG_ERROR, 4: Quality.GOOD}


@pytest.mark.asyncio
async def test_it_writes_in_the_servers_type(driver: Driver, server: tuple[str, Server]) -> None:
    assert isinstance(driver, Writes)
    assert isinstance(driver, Reads)
    await driver.write(server[1].writable, server[1].good_value)
    batch = await driver.read([Item(4, server[1].writable)])
    assert batch.value.tolist() == [pytest.approx(server[1].good_value, rel=1e-6)]


@pytest.mark.asyncio
async def test_refused_writes_say_why(driver: Driver, server: tuple[str, Server]) -> None:
    assert isinstance(driver, Writes)
    for address, value, kind in (
        (server[1].writable, server[1].bad_value, WriteRejectedError),
        (server[1].writable, "text", WriteRejectedError),
        (server[1].read_only, 1.0, WriteRejectedError),
        (server[1].unknown, 1.0, UnknownTagError),
    ):
        with pytest.raises(kind) as found:
            await driver.write(address, value)
        assert found.value.sentence.endswith(".")


@pytest.mark.asyncio
async def test_it_browses_from_the_top_to_a_value(driver: Driver) -> None:
    assert isinstance(driver, Browses)
    waiting, values = list(await driver.browse()), []
    for _ in range(40):
        node = waiting.pop()
        values = [child for child in await driver.browse(node.address) if child.is_value]
        if values:
            break
        waiting += [child for child in await driver.browse(node.address) if child.has_children]
    assert values
    assert values[0].data_type


@pytest.mark.asyncio
async def test_it_closes_cleanly_twice_and_opens_again(server: tuple[str, Server]) -> None:
    kind, running = server
    made = make(kind, running.endpoint)
    before = asyncio.all_tasks()
    await made.close()
    for _ in range(2):
        await made.open(None)
        await made.close()
        await made.close()
    await until(lambda: asyncio.all_tasks() == before)
    assert isinstance(await made.wait_lost(), DriverError)


@pytest.mark.asyncio
async def test_nobody_home_is_said_in_words(server: tuple[str, Server]) -> None:
    kind, running = server
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    scheme = running.endpoint.split("://")[0]
    for endpoint, words in (
        (f"{scheme}://127.0.0.1:{port}", "Nothing listens"),
        (f"{scheme}://no-such-host.invalid:4840", "name"),
        ("nonsense", ""),
        (f"{scheme}://127.0.0.1:notaport", "address"),
    ):
        with pytest.raises(NotConnectedError) as found:
            await make(kind, endpoint).reach()
        assert words in found.value.sentence


@pytest.mark.asyncio
async def test_a_wrong_login_is_access_denied(server: tuple[str, Server]) -> None:
    kind, running = server
    for login in (None, Credentials(running.login.user, "wrong")):
        made = make(kind, running.secured, running.secured_options)
        with pytest.raises(AccessDeniedError):
            await made.open(login)
        await made.close()
    made = make(kind, running.secured, running.secured_options)
    await made.open(running.login)
    await made.close()


@pytest.mark.asyncio
async def test_a_killed_server_is_noticed_within_a_second(server: tuple[str, Server]) -> None:
    kind, _ = server
    with demo_plant() as (plant, endpoints):
        made = make(kind, endpoints["North"].url)
        await made.open(None)
        losing = asyncio.create_task(made.wait_lost())
        await asyncio.to_thread(plant.stop)
        async with asyncio.timeout(1.0):
            reason = await losing
        assert isinstance(reason, NotConnectedError)
        await made.close()


@pytest.mark.asyncio
async def test_diagnostics_are_words(driver: Driver) -> None:
    assert all(isinstance(key, str) and isinstance(text, str) for key, text in driver.diagnostics().items())
