"""A driver without a network that keeps the contract, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence

from drivers.api import (
    Batch,
    BatchSink,
    Credentials,
    Driver,
    DriverError,
    DriverType,
    Item,
    NotConnectedError,
    Rejected,
    Value,
)


class FakeDriver:
    """Subscribes and Writes in memory."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.opened = 0
        self.closed = 0
        self.refusal: DriverError | None = None
        self.reach_refusal: DriverError | None = None
        self.is_hanging = False
        self.write_refusal: DriverError | None = None
        self.is_write_hanging = False
        self.credentials: Credentials | None = None
        self.written: list[tuple[str, Value]] = []
        self.items: Sequence[Item] = ()
        self.refused: Sequence[Rejected] = ()
        self.troubled = ""
        self.subscribes = 0
        self._sink: BatchSink | None = None
        self._lost: asyncio.Future[DriverError] | None = None
        self.subscribed = asyncio.Event()

    async def reach(self) -> None:
        if self.is_hanging:
            await asyncio.Event().wait()
        if self.reach_refusal is not None:
            raise self.reach_refusal

    async def open(self, credentials: Credentials | None) -> None:
        self.opened += 1
        self.credentials = credentials
        if self.refusal is not None:
            raise self.refusal
        self._lost = asyncio.get_running_loop().create_future()

    async def wait_lost(self) -> DriverError:
        if self._lost is None:
            return NotConnectedError("The link is not open.")
        return await asyncio.shield(self._lost)

    async def close(self) -> None:
        self.closed += 1
        self.subscribed.clear()
        self.lose("The link was closed.")

    def diagnostics(self) -> Mapping[str, str]:
        return {"Endpoint": self.endpoint}

    async def subscribe(self, items: Sequence[Item], sink: BatchSink) -> Sequence[Rejected]:
        self.items, self._sink = items, sink
        self.subscribes += 1
        self.subscribed.set()
        return self.refused

    def rejected(self) -> Sequence[Rejected]:
        return self.refused

    def trouble(self) -> str:
        return self.troubled

    def dropped(self) -> int:
        return 0

    async def write(self, address: str, value: Value) -> None:
        if self.is_write_hanging:
            await asyncio.Event().wait()
        if self.write_refusal is not None:
            raise self.write_refusal
        self.written.append((address, value))

    def pass_on(self, batch: Batch) -> None:
        """Send a whole batch."""
        assert self._sink is not None
        self._sink(batch)

    def send(self, tag: int, value: float) -> None:
        """Send one reading, made now."""
        now_us = time.time_ns() // 1000
        assert self._sink is not None
        self._sink(Batch.of(tag, value, now_us))

    def lose(self, reason: str) -> None:
        """Lose the link."""
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(NotConnectedError(reason))


class FakeDrivers:
    """The registry of a test: keeps each driver by its endpoint."""

    def __init__(self) -> None:
        self.made: dict[str, FakeDriver] = {}
        self.count = 0
        self.hanging: set[str] = set()

    @property
    def type(self) -> DriverType:
        return DriverType("fake", "Fake", self.create)

    def create(self, endpoint: str, _options: Mapping[str, object]) -> Driver:
        self.count += 1
        driver = self.made[endpoint] = FakeDriver(endpoint)
        driver.is_hanging = endpoint in self.hanging
        return driver
