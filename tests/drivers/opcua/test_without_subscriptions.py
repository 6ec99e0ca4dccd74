"""A real server that offers no subscriptions is polled, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asyncua import Server, ua
from asyncua.server.internal_session import InternalSession

from drivers.api import Batch, Credentials, Item, LinkState
from drivers.opcua.driver import OPCUA
from hmi.domain.plant import Connection
from hmi.services.port import LinkStatus
from hmi.services.supervisor import Supervisor
from tests.support.plants import CONNECTION
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio
URI = "urn:test:plain"


class PlainServer:
    """asyncua's own server with one variable."""

    def __init__(self, server: Server, level: str) -> None:
        self.server = server
        self.level = level

    @property
    def endpoint(self) -> str:
        assert self.server.bserver is not None
        return f"opc.tcp://127.0.0.1:{self.server.bserver.port}"

    async def write(self, value: float) -> None:
        index = await self.server.get_namespace_index(URI)
        await self.server.get_node(ua.NodeId.from_string(f"ns={index};s=Level")).write_value(value)


@pytest_asyncio.fixture
async def plain_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PlainServer]:
    async def refuse(*_: object, **__: object) -> None:
        raise ua.uaerrors.BadServiceUnsupported

    monkeypatch.setattr(InternalSession, "create_subscription", refuse)
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    index = await server.register_namespace(URI)
    await server.nodes.objects.add_variable(ua.NodeId.from_string(f"ns={index};s=Level"), "Level", 1.5)
    async with server:
        yield PlainServer(server, f"nsu={URI};s=Level")


async def test_a_server_without_subscriptions_is_polled(
    plain_server: PlainServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hmi.services.poller.POLL_INTERVAL_S", 0.05)
    statuses: list[LinkStatus] = []
    batches: list[Batch] = []

    async def nobody(_connection: Connection) -> Credentials | None:
        return None

    supervisor = Supervisor(
        CONNECTION,
        OPCUA.create(plain_server.endpoint, {}),
        [Item(3, plain_server.level)],
        credentials=nobody,
        handshakes=asyncio.Semaphore(1),
        on_batch=batches.append,
        on_status=statuses.append,
        on_conditions=lambda _: None,
    )
    supervisor.start()
    await until(lambda: bool(batches))
    assert batches[0].value.tolist() == [1.5]
    assert supervisor.status.state is LinkState.UP
    assert supervisor.status.is_polled
    await plain_server.write(2.5)
    await until(lambda: batches[-1].value.tolist() == [2.5])
    assert len(batches) == 2, "what has not changed is not sent again"
    await supervisor.stop()
