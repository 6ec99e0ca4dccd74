"""Faults in an order of chance, for as long as wanted: every link comes back, and nothing grows.

    ROAMS_SOAK_S=1800 ROAMS_SOAK_SEED=7 pytest tests/drivers/opcua/test_soak.py -s

Two minutes without the variable. One server of each kind behind a fault proxy, two links to each. In a process of its
own: what a thousand tests before it left in pieces in this one's allocator is no growth of the links'.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import psutil
import pytest

from hmi.services.supervisor import IS_UP
from tests.conftest import Warnings
from tests.support.asyncua_server import AsyncuaServer
from tests.support.fault_proxy import FaultProxy
from tests.support.link import Link, proxied
from tests.support.node_opcua import NodeServer
from tests.support.peer import Peer
from tests.support.waiting import until

SOAK_S = float(os.environ.get("ROAMS_SOAK_S", "120"))
SEED = int(os.environ.get("ROAMS_SOAK_SEED", str(time.time_ns() % 1_000_000)))
WARM_UP = 0.25
BACK_S = 30.0
GROWTH_MOST_BYTES = 5_000_000
LONGEST_FAULT_S = 6.0
LINKS_EACH = 2
ITEMS = ("Item0001", "Item0002", "Item0003")
COMES_AND_GOES = ITEMS[1]

IS_ALONE = "ROAMS_SOAK_ALONE" in os.environ

pytestmark = pytest.mark.timeout(SOAK_S + 180)


@dataclass
class Rig:
    """One server, the proxy before it and the links through it."""

    peer: Peer
    proxy: FaultProxy
    links: list[Link] = field(default_factory=list)
    outages: int = 0

    def count_outages(self) -> None:
        """Count how often a link went from up to away since the last count, and forget what it heard."""
        for link in self.links:
            states = [status.state in IS_UP for status in link.statuses]
            self.outages += sum(before and not now for before, now in pairwise(states))
            del link.statuses[:-1]
            link.batches.clear()

    def is_live(self, since_us: int) -> bool:
        """Whether every item of every link has a value that was made since then."""
        return all(
            link.is_up
            and len(ITEMS) == len({tag for b in link.batches for tag in b.tag[b.source_us >= since_us].tolist()})
            for link in self.links
        )


def kill(rig: Rig, _chance: random.Random) -> Callable[[], None]:
    rig.peer.kill()
    return rig.peer.start


def freeze(rig: Rig, _chance: random.Random) -> Callable[[], None]:
    rig.peer.freeze()
    return rig.peer.thaw


def reset(rig: Rig, _chance: random.Random) -> Callable[[], None]:
    rig.proxy.reset_links()
    return rig.proxy.heal


def finish(rig: Rig, chance: random.Random) -> Callable[[], None]:
    rig.proxy.finish_links(chance.choice([None, "to_client", "to_server"]))
    return rig.proxy.heal


def half_open(rig: Rig, _chance: random.Random) -> Callable[[], None]:
    rig.proxy.set("half_open")
    return rig.proxy.heal


def one_way(rig: Rig, chance: random.Random) -> Callable[[], None]:
    rig.proxy.set("one_way", direction=chance.choice(["to_client", "to_server"]))
    return rig.proxy.heal


def delay(rig: Rig, chance: random.Random) -> Callable[[], None]:
    rig.proxy.set("delay", seconds=chance.uniform(0.1, 1.5))
    return rig.proxy.heal


def refuse(rig: Rig, _chance: random.Random) -> Callable[[], None]:
    rig.proxy.set("refuse")
    rig.proxy.reset_links()
    return rig.proxy.heal


def black_hole(rig: Rig, _chance: random.Random) -> Callable[[], None]:
    rig.proxy.set("black_hole")
    rig.proxy.reset_links()
    return rig.proxy.heal


def remove_node(rig: Rig, _chance: random.Random) -> Callable[[], None]:
    rig.peer.remove(COMES_AND_GOES)
    return lambda: rig.peer.add(COMES_AND_GOES)


FAULTS = (kill, freeze, reset, finish, half_open, one_way, delay, refuse, black_hole, remove_node)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that went and came back is looked for more often than half a minute."""
    monkeypatch.setattr("drivers.opcua.items.RETRY_SOON_S", 2.0)
    monkeypatch.setattr("drivers.opcua.acquiring.QUIET_S", 3.0)
    monkeypatch.setattr("drivers.opcua.acquiring.QUIET_EVERY_S", 1.0)


def test_links_come_back_from_any_fault_and_nothing_grows(request: pytest.FixtureRequest) -> None:
    if IS_ALONE:
        warnings: Warnings = request.getfixturevalue("log_warnings")
        asyncio.run(soak(warnings))
        return
    around = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-n0", request.node.nodeid],
        env={**around, "ROAMS_SOAK_ALONE": "1", "ROAMS_SOAK_SEED": str(SEED)},
        cwd=request.config.rootpath,
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


async def soak(log_warnings: Warnings) -> None:
    """Do it, and look at what grew. Raises AssertionError."""
    print(f"ROAMS_SOAK_SEED={SEED}")
    chance = random.Random(SEED)
    process, told = psutil.Process(), list[str]()
    tasks_before, sockets_before = asyncio.all_tasks(), len(process.net_connections("tcp"))
    ends_at = time.monotonic() + SOAK_S
    warm_at = time.monotonic() + WARM_UP * SOAK_S
    warm_bytes = removals = 0
    async with contextlib.AsyncExitStack() as running:
        rigs = await start(running)
        await all_live(rigs, told)
        while time.monotonic() < ends_at:
            rig, fault = chance.choice(rigs), chance.choice(FAULTS)
            hold_s = chance.uniform(0.2, LONGEST_FAULT_S)
            told.append(f"{type(rig.peer).__name__} {fault.__name__} {hold_s:.1f} s")
            removals += fault is remove_node
            heal = await asyncio.to_thread(fault, rig, chance)
            await until_passed(hold_s)
            await asyncio.to_thread(heal)
            await all_live(rigs, told)
            assert len(process.net_connections("tcp")) == sockets_before + len(rigs) * LINKS_EACH, told[-5:]
            if not warm_bytes and time.monotonic() > warm_at:
                warm_bytes = resident_bytes(process)
        grown = resident_bytes(process) - warm_bytes
        outages = sum(rig.outages for rig in rigs)
    await until(lambda: asyncio.all_tasks() <= tasks_before)
    await until(lambda: len(process.net_connections("tcp")) == sockets_before)
    lines = log_warnings.take("")
    print(f"{len(told)} faults, {outages} outages, {len(lines)} lines, {grown / 1e6:+.1f} MB")
    assert grown < GROWTH_MOST_BYTES
    assert len(lines) <= 2 * outages + removals * LINKS_EACH, "two an outage, and one for an address that is refused"


async def start(running: contextlib.AsyncExitStack) -> list[Rig]:
    rigs = []
    for make in (NodeServer, AsyncuaServer):
        peer = running.enter_context(make(items=len(ITEMS), rate_hz=5))
        rigs.append(Rig(peer, running.enter_context(FaultProxy(peer.port))))
    for rig in rigs:
        for _ in range(LINKS_EACH):
            link = Link(proxied(rig.proxy.port), ITEMS, {}, None)
            link.supervisor.start()
            running.push_async_callback(link.supervisor.stop)
            rig.links.append(link)
    return rigs


async def all_live(rigs: list[Rig], told: list[str]) -> None:
    """Wait until every item of every link is live again; 30 s are the most."""
    for rig in rigs:
        rig.count_outages()
    since_us, end = time.time_ns() // 1000, time.monotonic() + BACK_S
    for rig in rigs:
        while not rig.is_live(since_us):
            assert time.monotonic() < end, f"seed {SEED}: not back after {told[-5:]}: {standing(rig)}"
            await asyncio.sleep(0.02)
        rig.count_outages()


def standing(rig: Rig) -> list[str]:
    return [
        f"{link.status.state.name} {link.status.reason} {sorted({int(tag) for b in link.batches for tag in b.tag})}"
        for link in rig.links
    ]


async def until_passed(seconds: float) -> None:
    """Let a fault last: its length is what is tested, so no condition ends it."""
    end = time.monotonic() + seconds
    await until(lambda: time.monotonic() > end, seconds + 5)


def resident_bytes(process: psutil.Process) -> int:
    """Return what the process holds: memory that is free and only not given back yet grows without any leak."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    return int(process.memory_info().rss)
