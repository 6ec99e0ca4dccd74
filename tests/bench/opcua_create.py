"""Monitored items created a second, by asyncua and by us, on node-opcua's server and on asyncua's own."""

from __future__ import annotations

import asyncio
import logging
import time
from statistics import median
from typing import Any

from asyncua import Client, ua

from drivers.api import Item
from drivers.opcua.driver import create
from tests.bench.result import Result
from tests.support.asyncua_server import AsyncuaServer
from tests.support.node_opcua import NodeServer
from tests.support.peer import NAMESPACE


class Ignored:
    """asyncua wants a handler."""

    def datachange_notification(self, _node: Any, _value: object, _data: Any) -> None:
        return


def run(*, quick: bool) -> dict[str, object]:
    """Create 5,000 items in turn, four times; who begins alternates."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
    result = Result("opcua_create")
    items, rounds = (1000, 2) if quick else (5000, 4)
    for name, make in (("node-opcua's server", NodeServer), ("asyncua's server", AsyncuaServer)):
        with make(items=items) as server:
            times = [asyncio.run(_both(server.url, items, ours_first=bool(turn % 2))) for turn in range(rounds)]
        theirs, ours = (items / median(each[side] for each in times) for side in (0, 1))
        result.figure(f"{name}, asyncua", theirs, "items/s")
        result.at_least(f"{name}, ours", ours, 5000, "items/s")
        result.figure(f"{name}, ours, client CPU", median(each[2] for each in times) / items * 1e6, "µs an item")
    return result.as_dict()


async def _both(url: str, items: int, *, ours_first: bool) -> tuple[float, float, float]:
    """Return the seconds that asyncua took, that we took, and our processor seconds."""
    if ours_first:
        ours_s, cpu_s = await _ours(url, items)
        return await _theirs(url, items), ours_s, cpu_s
    theirs_s = await _theirs(url, items)
    return theirs_s, *await _ours(url, items)


async def _theirs(url: str, items: int) -> float:
    async with Client(url) as client:
        index = await client.get_namespace_index(NAMESPACE)
        nodes = [client.get_node(f"ns={index};s=Item{number:04d}") for number in range(1, items + 1)]
        subscription = await client.create_subscription(250, Ignored())
        started = time.perf_counter()
        for start in range(0, items, 1000):
            await subscription.subscribe_data_change(
                nodes[start : start + 1000], queuesize=10, sampling_interval=ua.Double(250)
            )
        return time.perf_counter() - started


async def _ours(url: str, items: int) -> tuple[float, float]:
    driver: Any = create(url, {})
    await driver.open(None)
    wanted = [Item(number, f"nsu={NAMESPACE};s=Item{number:04d}") for number in range(1, items + 1)]
    started, cpu = time.perf_counter(), time.process_time()
    rejected = await driver.subscribe(wanted, lambda _batch: None)
    took_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    await driver.close()
    if rejected:
        raise RuntimeError(f"{len(rejected)} items were refused: {rejected[0]}")
    return took_s, cpu_s
