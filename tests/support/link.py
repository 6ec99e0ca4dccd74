"""One supervised OPC UA link to a peer, as the program runs it, and what came over it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import numpy as np

from drivers.api import Batch, Condition, Credentials, Flag, Item, LinkState, Quality
from drivers.opcua.driver import OPCUA
from hmi.domain.plant import Connection
from hmi.services.port import LinkStatus
from hmi.services.supervisor import IS_UP, Supervisor
from tests.support.peer import NAMESPACE
from tests.support.waiting import until

SAMPLING_MS = 100


def address(item: str, namespace: str = NAMESPACE) -> str:
    return f"nsu={namespace};s={item}"


class Link:
    """Items are given by name; the tag of the first is 1."""

    def __init__(
        self, url: str, items: Sequence[str], options: Mapping[str, object], login: Credentials | None
    ) -> None:
        self.names = list(items)
        self.statuses: list[LinkStatus] = []
        self.batches: list[Batch] = []
        self.conditions: list[Condition] = []
        self.login = login
        self.driver = OPCUA.create(url, options)
        self.supervisor = Supervisor(
            Connection(uuid4(), "peer", "opcua", url, options),
            self.driver,
            [Item(tag, address(name), SAMPLING_MS) for tag, name in enumerate(items, 1)],
            credentials=self._credentials,
            handshakes=asyncio.Semaphore(8),
            on_batch=self.batches.append,
            on_status=self.statuses.append,
            on_conditions=self.conditions.extend,
        )

    @property
    def status(self) -> LinkStatus:
        return self.supervisor.status

    @property
    def is_up(self) -> bool:
        return self.status.state in IS_UP

    def values(self, tag: int, *, historical: bool = False) -> list[float]:
        """Return a tag's good values in the order of arrival, live ones or those read from the server's history."""
        found: list[float] = []
        for batch in self.batches:
            is_wanted = (batch.tag == tag) & (batch.quality == Quality.GOOD)
            is_wanted &= ((batch.flags & np.uint16(Flag.HISTORICAL)) != 0) == historical
            found += batch.value[is_wanted].tolist()
        return found

    def quality(self, tag: int) -> Quality | None:
        """Return the quality of a tag's newest value."""
        for batch in reversed(self.batches):
            rows = np.flatnonzero(batch.tag == tag)
            if len(rows):
                return Quality(int(batch.quality[rows[-1]]))
        return None

    async def live(self, within_s: float = 15.0) -> float:
        """Wait until the link is up and a value made after now came for every tag seen changing; return seconds."""
        started, mark = time.monotonic(), len(self.batches)
        began_us = time.time_ns() // 1000
        await until(lambda: self.is_up and any(int(b.source_us[-1]) >= began_us for b in self.batches[mark:]), within_s)
        return time.monotonic() - started

    async def lost(self, within_s: float = 5.0) -> float:
        """Wait until the loss is shown; return seconds."""
        started = time.monotonic()
        await until(lambda: not self.is_up, within_s)
        return time.monotonic() - started

    async def _credentials(self, _connection: Connection) -> Credentials | None:
        return self.login


@asynccontextmanager
async def linked(
    url: str,
    items: Sequence[str] = ("Item0001",),
    options: Mapping[str, object] | None = None,
    login: Credentials | None = None,
) -> AsyncIterator[Link]:
    """Run a link; at the end it leaves no task behind."""
    before = asyncio.all_tasks()
    link = Link(url, items, options or {}, login)
    link.supervisor.start()
    try:
        yield link
    finally:
        await link.supervisor.stop()
    await until(lambda: asyncio.all_tasks() <= before)


def proxied(port: int) -> str:
    return f"opc.tcp://127.0.0.1:{port}"


LOST = (LinkState.DOWN, LinkState.CONNECTING)
