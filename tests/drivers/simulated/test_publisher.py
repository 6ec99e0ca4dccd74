"""Published values reach subscribers: changed ones only, failed instruments even behind a deadband."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, Node, ua
from asyncua.server.address_space import AddressSpace

from drivers.simulated.model import Trust
from drivers.simulated.plant_description import describe
from drivers.simulated.server import AreaServer, open_area

FIRST, SECOND = "North.S001.M.T001", "North.S001.M.T002"
DEADLINE_S = 10.0


class Received:
    """Queues what a subscription brings."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    def datachange_notification(self, node: Node, _value: object, data: Any) -> None:
        self.queue.put_nowait((str(node.nodeid.Identifier), data.monitored_item.Value))

    async def next(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.queue.get(), DEADLINE_S)


@pytest_asyncio.fixture
async def area() -> AsyncIterator[AreaServer]:
    server = await open_area(
        describe(1, 2).areas[0], AddressSpace(), lambda _identifier, _value: None, 0, needs_password=False
    )
    yield server
    await server.close()


async def publish(area: AreaServer, first: float, trust: Trust = Trust.GOOD) -> ua.DateTime:
    now = ua.DateTime.now(UTC)
    await area.publish({FIRST: first, SECOND: 7.0}, {FIRST: trust}, now, with_analogs=True)
    return now


@pytest.mark.asyncio
async def test_a_failure_is_told_behind_a_deadband_and_still_values_are_not_repeated(area: AreaServer) -> None:
    await publish(area, 1.0)
    async with Client(area.endpoint.url) as client:
        received = Received()
        subscription = await client.create_subscription(50, received)
        await subscription.deadband_monitor([client.get_node(f"ns=2;s={FIRST}")], ua.Double(0.5))
        await subscription.subscribe_data_change(client.get_node(f"ns=2;s={SECOND}"))
        assert {(await received.next())[0], (await received.next())[0]} == {FIRST, SECOND}

        stamp = await publish(area, 3.0)
        identifier, value = await received.next()
        assert (identifier, value.Value.Value) == (FIRST, 3.0)
        assert value.SourceTimestamp == stamp.replace(tzinfo=UTC)

        await publish(area, 5.0, Trust.SENSOR_FAILURE)
        identifier, value = await received.next()
        assert (identifier, value.StatusCode.name) == (FIRST, "BadSensorFailure")
        assert received.queue.empty(), "the second point has not changed"
        await subscription.delete()
