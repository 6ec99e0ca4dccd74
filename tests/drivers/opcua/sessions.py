"""Sessions with real servers, for tests of what one asks of a session."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import psutil
import pytest

from drivers.api import Certificate, Credentials
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.session import Session
from drivers.opcua.trust import facts_of
from tests.support.asyncua_server import AsyncuaServer
from tests.support.node_opcua import NodeServer
from tests.support.peer import Peer
from tests.support.waiting import until

PEERS: dict[str, Callable[..., Peer]] = {"node-opcua": NodeServer, "asyncua": AsyncuaServer}
QUICK = OpcUaConfig(request_timeout_s=1.0)


async def believe(der: bytes, _uri: str, _host: str) -> Certificate:
    """Judge as somebody does who accepts everything."""
    return facts_of(der)


@asynccontextmanager
async def connected(url: str, config: OpcUaConfig = QUICK, login: Credentials | None = None) -> AsyncIterator[Session]:
    """Run a session; at its end tasks and sockets are what they were."""
    before, sockets = asyncio.all_tasks(), open_sockets()
    session = Session(url, config, login)
    try:
        await session.connect(believe)
        yield session
    finally:
        await session.close()
    await until(lambda: asyncio.all_tasks() <= before)
    await until(lambda: open_sockets() == sockets)


def open_sockets() -> int:
    return len(psutil.Process().net_connections("tcp"))


def counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return a count of the requests that go out from now on, by the name of their type."""
    calls: Counter[str] = Counter()
    send = session.services._send_request

    async def count(request: Any, *arguments: Any, **options: Any) -> Any:
        calls[type(request).__name__] += 1
        return await send(request, *arguments, **options)

    monkeypatch.setattr(session.services, "_send_request", count)
    return calls
