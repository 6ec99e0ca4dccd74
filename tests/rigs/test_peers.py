from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, Node, ua

from tests.support.asyncua_server import AsyncuaServer
from tests.support.child import ChildError
from tests.support.node_opcua import HAS_NODE, NodeServer, run_load_client
from tests.support.peer import PASSWORD, USER, Peer
from tests.support.waiting import until

needs_node = pytest.mark.skipif(not HAS_NODE, reason="this machine has no node-opcua")
EVERY_PEER: list[Any] = [
    pytest.param(AsyncuaServer, id="asyncua"),
    pytest.param(NodeServer, id="node", marks=needs_node),
]
OPEN_S = 20.0
SESSION_MS = 600_000


class Session:
    """A plain asyncua client's session with a peer."""

    def __init__(self, peer: Peer, client: Client, namespaces: list[str]) -> None:
        self._peer = peer
        self.client = client
        self.namespaces = namespaces

    def node(self, item: str) -> Node:
        return self.client.get_node(self._peer.node_id(item, self.namespaces))

    async def value(self, item: str) -> Any:
        return await self.node(item).read_value()


@asynccontextmanager
async def session_with(peer: Peer, prepare: Callable[[Client], None] = lambda _: None) -> AsyncIterator[Session]:
    client = Client(peer.url, timeout=OPEN_S)
    client.session_timeout = SESSION_MS
    prepare(client)
    async with client:
        yield Session(peer, client, await client.get_namespace_array())


@pytest.fixture(scope="module", params=EVERY_PEER)
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """A server whose items stand still until they are set."""
    with request.param(items=6, mixed=True, namespaces="b,a", history=True) as found:
        yield found


@pytest.mark.asyncio
async def test_items_of_six_types_are_served(peer: Peer) -> None:
    async with session_with(peer) as session:
        types = [(await session.node(f"Item{n:04d}").read_data_type()).Identifier for n in range(1, 7)]
        assert types == [11, 10, 1, 6, 5, 12]
        assert await session.value("Item0001") == 1.0
        assert session.namespaces[2:] == ["urn:peer:b", "urn:peer:a"]


@pytest.mark.asyncio
async def test_a_value_is_set_with_its_status_and_time(peer: Peer) -> None:
    async with session_with(peer) as session:
        peer.set_value("Item0001", 3.5)
        assert await session.value("Item0001") == 3.5
        assert peer.read("Item0001") == 3.5
        peer.set_value("Item0001", 4.5, status="UncertainLastUsableValue", source_time="1999-12-31T00:00:00+00:00")
        found = await session.node("Item0001").read_data_value(raise_on_bad_status=False)
        assert found.StatusCode is not None
        assert (found.StatusCode.name, found.SourceTimestamp) == (
            "UncertainLastUsableValue",
            datetime(1999, 12, 31, tzinfo=UTC),
        )


@pytest.mark.asyncio
async def test_a_client_writes_the_setpoint_and_nothing_else(peer: Peer) -> None:
    async with session_with(peer) as session:
        await session.node("Setpoint").write_value(42.5)
        assert peer.read("Setpoint") == 42.5
        with pytest.raises(ua.UaStatusCodeError):
            await session.node("Level").write_value(1.0)


@pytest.mark.asyncio
async def test_units_range_and_state_names_are_there(peer: Peer) -> None:
    async with session_with(peer) as session:
        span = await (await session.node("Analog").get_child("0:EURange")).read_value()
        units = await (await session.node("Analog").get_child("0:EngineeringUnits")).read_value()
        state = await (await session.node("Running").get_child("0:TrueState")).read_value()
        assert (span.Low, span.High, units.DisplayName.Text, state.Text) == (-10.0, 90.0, "°C", "On")


@pytest.mark.asyncio
async def test_the_method_adds(peer: Peer) -> None:
    async with session_with(peer) as session:
        assert await session.node("Peer").call_method(session.node("Add").nodeid, 1.5, 2.0) == 3.5


@pytest.mark.asyncio
async def test_history_is_read_back(peer: Peer) -> None:
    now = datetime.now(UTC)
    async with session_with(peer) as session:
        for value in (1.0, 2.0, 3.0):
            peer.set_value("Historic", value)
        kept: list[float] = []
        async with asyncio.timeout(5):
            while kept[-3:] != [1.0, 2.0, 3.0]:
                found = await session.node("Historic").read_raw_history(
                    now - timedelta(minutes=1), now.replace(year=2999)
                )
                kept = [row.Value.Value for row in found if row.Value is not None]


@pytest.mark.asyncio
async def test_a_removed_node_is_gone_until_it_is_added(peer: Peer) -> None:
    async with session_with(peer) as session:
        peer.remove("Item0002")
        with pytest.raises(ua.UaStatusCodeError, match="BadNodeIdUnknown"):
            await session.value("Item0002")
        peer.add("Item0002")
        assert await session.value("Item0002") == 2.0
        peer.add_items(2)
        assert await session.value("Item0008") is not None


@pytest.mark.asyncio
async def test_the_service_level_is_told(peer: Peer) -> None:
    async with session_with(peer) as session:
        peer.set_service_level(100)
        assert await session.client.get_node("i=2267").read_value() == 100
        peer.set_service_level(255)


def test_a_wrong_command_is_an_error_and_the_peer_goes_on(peer: Peer) -> None:
    with pytest.raises(ChildError, match="read: "):
        peer.read("Item9999")
    assert peer.read("Level") == 0.0


class Values:
    """What a subscription brought."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    def datachange_notification(self, _node: Node, value: Any, _data: Any) -> None:
        self.got.append(value)

    def event_notification(self, event: Any) -> None:
        self.got.append(event)


@pytest.mark.parametrize("make", EVERY_PEER)
@pytest.mark.asyncio
async def test_items_change_at_their_rate_until_frozen_and_restart_on_the_same_port(make: Callable[..., Peer]) -> None:
    with make(items=2, rate_hz=20.0) as peer:
        port = peer.port
        async with session_with(peer) as session:
            values = Values()
            async with await session.client.create_subscription(50, values) as subscription:
                await subscription.subscribe_data_change([session.node("Item0001"), session.node("Item0002")])
                await until(lambda: len(set(values.got)) > 10)
                peer.freeze()
                with pytest.raises(ChildError, match="said nothing"):
                    peer.command("read", item="Item0001", within_s=0.2)
                peer.thaw()
                assert peer.read("Level") == 0.0
                count = len(values.got)
                await until(lambda: len(values.got) > count + 4)
        peer.kill()
        assert not peer.is_running
        peer.restart(namespaces="b,a")
        assert peer.port == port
        async with session_with(peer) as session:
            assert session.namespaces[2:] == ["urn:peer:b", "urn:peer:a"]
            assert await session.value("Item0002") is not None


@pytest.mark.parametrize("make", EVERY_PEER)
@pytest.mark.asyncio
async def test_a_fresh_folder_gives_another_certificate_and_the_user_needs_a_password(
    make: Callable[..., Peer], tmp_path: Path
) -> None:
    with make(users=True, pki=tmp_path / "one") as peer:
        before = await certificate_of(peer)
        peer.restart()
        assert await certificate_of(peer) == before
        peer.restart(pki=tmp_path / "two")
        assert await certificate_of(peer) != before
        with pytest.raises(ua.UaStatusCodeError):
            async with session_with(peer):
                pass
        async with session_with(peer, give_password) as session:
            assert await session.value("Level") == 0.0


def give_password(client: Client) -> None:
    client.set_user(USER)
    client.set_password(PASSWORD)


async def certificate_of(peer: Peer) -> object:
    endpoints = await Client(peer.url).connect_and_get_server_endpoints()
    return next(found.ServerCertificate for found in endpoints if found.ServerCertificate)


@pytest.mark.asyncio
async def test_hostile_values_are_served_as_they_are() -> None:
    with AsyncuaServer(items=1) as server:
        async with session_with(server) as session:
            server.send_hostile("Item0001", "huge_string")
            assert len(await session.value("Item0001")) == 20_000_000
            server.send_hostile("Item0001", "long_array")
            assert len(await session.value("Item0001")) == 100_000
            server.send_hostile("Item0001", "inf")
            assert await session.value("Item0001") == float("inf")
            server.send_hostile("Item0001", "year_1601")
            found = await session.node("Item0001").read_data_value()
            assert found.SourceTimestamp == datetime(1601, 1, 1, tzinfo=UTC)
            server.send_hostile("Item0001", "changed_type")
            assert (await session.node("Item0001").read_data_type()).Identifier == ua.ObjectIds.String


@needs_node
@pytest.mark.asyncio
async def test_node_opcua_enforces_its_limits_and_offers_every_policy() -> None:
    with NodeServer(items=20, max_items_per_call=10, max_nodes_per_read=5) as server:
        endpoints = await Client(server.url).connect_and_get_server_endpoints()
        policies = {(found.SecurityPolicyUri or "").rpartition("#")[2] for found in endpoints}
        assert policies == {"None", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"}
        async with session_with(server) as session:
            nodes = [session.node(f"Item{number:04d}") for number in range(1, 12)]
            with pytest.raises(ua.UaStatusCodeError, match="BadTooManyOperations"):
                await session.client.read_values(nodes)
            async with await session.client.create_subscription(50, Values()) as subscription:
                with pytest.raises(ua.UaStatusCodeError, match="BadTooManyOperations"):
                    await subscription.subscribe_data_change(nodes)


@needs_node
@pytest.mark.asyncio
async def test_node_opcua_raises_its_limit_alarm_and_takes_the_acknowledgement() -> None:
    with NodeServer() as server:
        async with session_with(server) as session:
            alarms = Values()
            async with await session.client.create_subscription(50, alarms) as subscription:
                await subscription.subscribe_events(ua.ObjectIds.Server, ua.ObjectIds.ExclusiveLimitAlarmType)
                server.set_value("Level", 70.0)
                await until(lambda: len(alarms.got) > 0)
                event = alarms.got[-1]
                assert (event.ConditionName, event.Retain) == ("LevelAlarm", True)
                acknowledge = [ua.Variant(event.EventId, ua.VariantType.ByteString), ua.LocalizedText("seen")]
                await session.node("LevelAlarm").call_method("0:Acknowledge", *acknowledge)
                state = await session.node("LevelAlarm").get_child(["0:AckedState", "0:Id"])
                assert await state.read_value() is True


@needs_node
def test_the_load_client_counts_what_it_receives() -> None:
    with NodeServer(items=50, rate_hz=20.0) as server:
        load = run_load_client(server.url, items=50, publishing=50, sampling=20, seconds=1)
    assert load.distinct_items == 50
    assert 500 <= load.values <= 1_100
    assert load.latency_p95_ms is not None
    assert 0 <= load.latency_p95_ms < 1_000
    assert load.cpu_s > 0


@needs_node
def test_a_load_client_without_a_server_says_so() -> None:
    with NodeServer() as server:
        url = server.url
    with pytest.raises(ChildError, match="ECONNREFUSED"):
        run_load_client(url, items=1, seconds=1)
