"""A subscriber in a process of its own that says what it cost: asyncua's own handler, or our driver into a live table.

    python -m tests.support.load_client asyncua|roams --endpoint URL --items N --publishing MS --sampling MS
        --queue N --seconds S

The counterpart of tests/peers/node_opcua/load_client.js, and prints the same line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import time
from typing import Any

import numpy as np
import psutil
from asyncua import Client

from drivers.api import Batch, Item
from drivers.opcua.driver import create
from drivers.opcua.values import microseconds
from hmi.services.live_table import LiveTable
from tests.support.child import ROOT, ChildError
from tests.support.node_opcua import CONNECT_S, Load
from tests.support.peer import NAMESPACE

FIRST_VALUES_S = 60.0
MIXED_TYPES = 6
"""Items of the peers have so many types in turn; the first of them is Double."""


class Count:
    """What came while it was measured."""

    def __init__(self, items: int) -> None:
        self.items = items
        self.seen: set[int] = set()
        self.values = 0
        self.latencies_us: list[np.ndarray[Any, np.dtype[np.int64]]] = []
        self.is_measuring = False
        self.has_all = asyncio.Event()
        self.missed = 0
        self._last: dict[int, float] = {}

    def add(self, batch: Batch) -> None:
        """Take a batch, which may be of one row. Doubles count up by one, so a step of more is a value missed."""
        tags = batch.tag
        for row in np.flatnonzero(tags % MIXED_TYPES == 1).tolist():
            tag, value = int(tags[row]), float(batch.value[row])
            before = self._last.get(tag)
            if before is not None and self.is_measuring and value > before:
                self.missed += round(value - before) - 1
            self._last[tag] = value
        if not self.is_measuring:
            self.seen.update(tags.tolist())
            if len(self.seen) >= self.items:
                self.has_all.set()
            return
        self.values += len(tags)
        self.latencies_us.append(batch.received_us - batch.source_us)


class Handler:
    """asyncua's way: a call a value."""

    def __init__(self, count: Count, tags: dict[str, int]) -> None:
        self._count = count
        self._tags = tags

    def datachange_notification(self, node: Any, found: object, data: Any) -> None:
        source = microseconds(data.monitored_item.Value.SourceTimestamp) or 0
        value = found if isinstance(found, float) else 0.0
        received = time.time_ns() // 1000
        self._count.add(Batch.of(self._tags[node.nodeid.Identifier], value, source, received_us=received))


async def run_asyncua(options: argparse.Namespace, count: Count) -> dict[str, float]:
    """Subscribe as asyncua's documentation shows it, in calls of 1,000 as servers want them."""
    async with Client(options.endpoint) as client:
        index = await client.get_namespace_index(NAMESPACE)
        names = {f"Item{number:04d}": number for number in range(1, options.items + 1)}
        nodes = [client.get_node(f"ns={index};s={name}") for name in names]
        started = time.monotonic()
        subscription = await client.create_subscription(options.publishing, Handler(count, names))
        for start in range(0, len(nodes), 1000):
            await subscription.subscribe_data_change(
                nodes[start : start + 1000], queuesize=options.queue, sampling_interval=options.sampling
            )
        create_s = time.monotonic() - started
        return await measured(options, count, create_s)


async def run_roams(options: argparse.Namespace, count: Count) -> dict[str, float]:
    """Subscribe with our driver and put every batch into a live table."""
    live = LiveTable()

    def take(batch: Batch) -> None:
        live.apply(batch)
        count.add(batch)

    driver: Any = create(options.endpoint, {"publishing_ms": int(options.publishing), "queue_size": int(options.queue)})
    await driver.open(None)
    items = [
        Item(number, f"nsu={NAMESPACE};s=Item{number:04d}", int(options.sampling))
        for number in range(1, options.items + 1)
    ]
    started = time.monotonic()
    await driver.subscribe(items, take)
    create_s = time.monotonic() - started
    found = await measured(options, count, create_s)
    await driver.close()
    return found


async def measured(options: argparse.Namespace, count: Count, create_s: float) -> dict[str, float]:
    """Wait for a value of every item, then measure for so many seconds."""
    process = psutil.Process()
    try:
        async with asyncio.timeout(FIRST_VALUES_S):
            await count.has_all.wait()
    except TimeoutError:
        pass  # some clients never show every item; what they show is what counts
    count.is_measuring = True
    started, cpu = time.monotonic(), time.process_time()
    await asyncio.sleep(options.seconds)
    cpu_s, seconds = time.process_time() - cpu, time.monotonic() - started
    latencies = np.concatenate(count.latencies_us) / 1000 if count.latencies_us else np.array([np.nan])
    return {
        "values": count.values,
        "distinct_items": len(count.seen),
        "seconds": seconds,
        "cpu_s": cpu_s,
        "latency_p50_ms": float(np.percentile(latencies, 50)),
        "latency_p95_ms": float(np.percentile(latencies, 95)),
        "rss_mb": process.memory_info().rss / 1e6,
        "create_s": create_s,
        "missed": count.missed,
    }


def run_python_client(
    kind: str,
    endpoint: str,
    *,
    items: int,
    publishing: int = 250,
    sampling: int = 100,
    queue: int = 10,
    seconds: float = 10,
) -> Load:
    """Run it in a child process. Blocks; raises ChildError."""
    given = {"endpoint": endpoint, "items": items, "publishing": publishing, "sampling": sampling, "queue": queue}
    command = [sys.executable, "-m", "tests.support.load_client", kind, "--seconds", str(seconds)]
    command += [part for name, value in given.items() for part in (f"--{name}", str(value))]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=seconds + FIRST_VALUES_S + CONNECT_S, check=False
    )
    if done.returncode != 0:
        raise ChildError(f"the {kind} client failed\n{done.stderr[-4000:]}")
    return Load(**json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("asyncua", "roams"))
    parser.add_argument("--endpoint", required=True)
    for name in ("items", "publishing", "sampling", "queue"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
    runs = {"asyncua": run_asyncua, "roams": run_roams}

    async def run() -> dict[str, float]:
        return await runs[options.kind](options, Count(options.items))

    print(json.dumps(asyncio.run(run())))


if __name__ == "__main__":
    main()
