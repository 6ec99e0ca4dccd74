"""Looking around on servers: an unknown server's way to tags, what is refused, and what is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from drivers.api import Trust
from drivers.registry import DRIVERS
from hmi.domain.drafts import ConnectionDraft
from hmi.services.exploring import EXPLORATIONS_MOST, Explorer
from hmi.services.port import RefusedError
from tests.support.asyncua_server import AsyncuaServer
from tests.support.fault_proxy import FaultProxy
from tests.support.peer import PASSWORD, USER
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio
NOBODY = uuid4()


@pytest.fixture(scope="module")
def server() -> Iterator[AsyncuaServer]:
    with AsyncuaServer(items=30) as running:
        yield running


@pytest.fixture(scope="module")
def guarded() -> Iterator[AsyncuaServer]:
    with AsyncuaServer(items=1, users=True) as running:
        yield running


@pytest_asyncio.fixture
async def explorer(tmp_path: Path) -> AsyncIterator[Explorer]:
    async def password_of(owner: UUID) -> str | None:
        return PASSWORD if owner != NOBODY else None

    made = Explorer(DRIVERS, {"pki_folder": tmp_path}, password_of)
    yield made
    await made.stop()


def draft(server: AsyncuaServer) -> ConnectionDraft:
    return ConnectionDraft(endpoint=server.url)


async def test_a_typed_host_and_port_leads_to_the_ways_in(explorer: Explorer, server: AsyncuaServer) -> None:
    found = await explorer.discover("opcua", f"127.0.0.1:{server.port}")
    assert [each.options["security"] for each in found] == ["basic256sha256", "none"], "the safest first"
    assert all(each.address.startswith(f"opc.tcp://127.0.0.1:{server.port}") for each in found)
    assert found[0].certificate is not None


@pytest.mark.parametrize(
    ("address", "words"),
    [("", "host name"), ("http://plc", "opc.tcp"), ("plc:x", "port"), ("no-such-host.invalid", "name")],
)
async def test_an_address_that_leads_nowhere_is_refused_in_words(explorer: Explorer, address: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        await explorer.discover("opcua", address)
    with pytest.raises(RefusedError, match="no kind of connection"):
        await explorer.discover("abacus", "plc")


async def test_a_secured_server_is_opened_after_a_word_on_its_certificate(
    explorer: Explorer, guarded: AsyncuaServer
) -> None:
    connection = ConnectionDraft(endpoint=guarded.url, options={"security": "basic256sha256"}, user=USER)
    first = await explorer.open(connection, "", None)
    assert not first.is_open
    assert first.certificate is not None
    with pytest.raises(RefusedError, match="another certificate"):
        explorer.trust(first.id, "00", Trust.ALWAYS)
    assert explorer.trust(first.id, first.certificate.thumbprint, Trust.ONCE)
    again = await explorer.open(connection, "", first.id)
    assert again.is_open
    assert again.id == first.id


async def test_a_wrong_password_is_refused_and_leaves_nothing(explorer: Explorer, guarded: AsyncuaServer) -> None:
    connection = ConnectionDraft(id=NOBODY, endpoint=guarded.url, options={"security": "basic256sha256"}, user=USER)
    first = await explorer.open(connection, "wrong", None)
    assert first.certificate is not None
    explorer.trust(first.id, first.certificate.thumbprint, Trust.ONCE)
    with pytest.raises(RefusedError, match="password"):
        await explorer.open(connection, "wrong", first.id)
    with pytest.raises(RefusedError, match="closed"):
        await explorer.browse(first.id, None)


async def test_a_password_that_is_nowhere_is_not_tried_as_an_empty_one(
    explorer: Explorer, guarded: AsyncuaServer
) -> None:
    """Servers count wrong ones, and lock the user out."""
    unknown = ConnectionDraft(id=NOBODY, endpoint=guarded.url, user=USER)
    with pytest.raises(RefusedError, match=f"Type the password of {USER}"):
        await explorer.open(unknown, "", None)
    with pytest.raises(RefusedError, match=f"Type the password of {USER}"):
        await explorer.start_test(unknown, "")
    assert explorer._looks == {}


async def test_the_tree_is_walked_searched_and_described(explorer: Explorer, server: AsyncuaServer) -> None:
    key = (await explorer.open(draft(server), "", None)).id
    top = {node.name: node for node in await explorer.browse(key, None)}
    assert {"Server", "Peer"} <= set(top)
    assert not top["Server"].is_plant
    inside = {node.name: node for node in await explorer.browse(key, top["Peer"].address)}
    assert inside["Item0001"].is_value
    assert inside["Add"].is_method
    found = await explorer.search(key, "item000", None)
    assert [each.node.name for each in found.nodes] == [f"Item000{number}" for number in range(1, 10)]
    assert found.nodes[0].path == "Peer › Item0001"
    assert found.is_whole
    everything = await explorer.search(key, "", top["Peer"].address)
    assert len(everything.nodes) >= 30
    analog, running = await explorer.describe(key, [inside["Analog"].address, inside["Running"].address])
    assert (analog.unit, analog.low, analog.high, analog.kind) == ("°C", -10.0, 90.0, "analog")
    assert (running.kind, running.states) == ("discrete", ("Off", "On"))


async def test_a_connection_test_names_the_step_that_fails(explorer: Explorer, server: AsyncuaServer) -> None:
    async def steps(connection: ConnectionDraft) -> list[tuple[str, bool | None]]:
        key = await explorer.start_test(connection, "")
        found = []
        while (step := await explorer.next_step(key)) is not None:
            found.append((step.name, step.is_ok))
        return [(name, is_ok) for name, is_ok in found if is_ok is not None]

    names = ["Name", "TCP", "Secure channel", "Session", "Browse"]
    assert await steps(draft(server)) == [(name, True) for name in names]
    assert await steps(ConnectionDraft(endpoint="no-such-host.invalid")) == [("Name", False)]
    assert await steps(ConnectionDraft(endpoint="127.0.0.1:9")) == [("Name", True), ("TCP", False)]
    secured = ConnectionDraft(endpoint=server.url, options={"security": "basic256sha256"})
    assert (await steps(secured))[-1] == ("Secure channel", False)


async def test_closing_cancels_what_hangs_and_leaves_no_task(explorer: Explorer, server: AsyncuaServer) -> None:
    before = asyncio.all_tasks()
    with FaultProxy(server.port) as proxy:
        proxy.set("black_hole")
        opening = asyncio.create_task(explorer.open(ConnectionDraft(endpoint=f"127.0.0.1:{proxy.port}"), "", None))
        await until(lambda: len(explorer._looks) == 1)
        await asyncio.sleep(0)
        await explorer.close(next(iter(explorer._looks)))
        with pytest.raises(RefusedError):
            await opening
    await until(lambda: asyncio.all_tasks() <= before)


async def test_the_one_unused_for_longest_gives_way(explorer: Explorer, server: AsyncuaServer) -> None:
    keys = [(await explorer.open(draft(server), "", None)).id for _ in range(EXPLORATIONS_MOST + 1)]
    with pytest.raises(RefusedError, match="closed"):
        await explorer.browse(keys[0], None)
    assert await explorer.browse(keys[-1], None)


async def test_a_certificate_accepted_for_this_run_is_not_asked_for_again(
    explorer: Explorer, guarded: AsyncuaServer
) -> None:
    connection = ConnectionDraft(endpoint=guarded.url, options={"security": "basic256sha256"}, user=USER)
    first = await explorer.open(connection, "", None)
    assert first.certificate is not None
    explorer.trust(first.id, first.certificate.thumbprint, Trust.ONCE)
    await explorer.close(first.id)
    assert (await explorer.open(connection, "", None)).is_open
    test = await explorer.start_test(connection, "")
    steps = []
    while (step := await explorer.next_step(test)) is not None:
        steps.append(step)
    assert steps[-1].name == "Browse"
    assert all(step.is_ok is not False for step in steps)


async def test_what_is_cancelled_while_it_opens_stays_open_nowhere(explorer: Explorer, server: AsyncuaServer) -> None:
    with FaultProxy(server.port) as proxy:
        proxy.set("black_hole")
        connection = ConnectionDraft(endpoint=f"opc.tcp://127.0.0.1:{proxy.port}")
        opening = asyncio.create_task(explorer.open(connection, "", None))
        await until(lambda: bool(explorer._looks) and any(look.tasks for look in explorer._looks.values()))
        opening.cancel()
        await asyncio.wait([opening])
        assert opening.cancelled()
        assert not explorer._looks


async def test_a_link_that_was_lost_while_a_person_thought_is_mended_by_the_next_click(
    explorer: Explorer, server: AsyncuaServer
) -> None:
    with FaultProxy(server.port) as proxy:
        key = (await explorer.open(ConnectionDraft(endpoint=f"127.0.0.1:{proxy.port}"), "", None)).id
        proxy.reset_links()
        await until(lambda: not explorer._looks[key].driver._session.is_up)  # type: ignore[attr-defined]  # OPC UA's
        assert {node.name for node in await explorer.browse(key, None)} >= {"Peer"}
