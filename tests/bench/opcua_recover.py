"""How soon a link notices and is back, fault by fault, and what many kills of the server leave behind.

Times are from the fault, or from its end, to the link's state or to the first live value. Both servers, in turn.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Callable
from statistics import median

import psutil
import structlog

from tests.bench.result import Result
from tests.support.asyncua_server import AsyncuaServer
from tests.support.fault_proxy import FaultProxy
from tests.support.link import Link, linked, proxied
from tests.support.node_opcua import NodeServer
from tests.support.peer import Peer

LONG_OUTAGE_S = 12.0


class LogLines(logging.Handler):
    """Counts lines of WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, _record: logging.LogRecord) -> None:
        self.count += 1


def run(*, quick: bool) -> dict[str, object]:
    """Run each fault a few times on both servers, then the kills on asyncua's, which starts quickly."""
    lines = _quiet_log()
    result = Result("opcua_recover")
    rounds = 1 if quick else 5
    peers: dict[str, Callable[..., Peer]] = {"node-opcua": NodeServer, "asyncua": AsyncuaServer}
    for name, make in peers.items():
        with make(items=20, rate_hz=10) as peer, FaultProxy(peer.port) as proxy:
            asyncio.run(_faults(result, name, peer, proxy, rounds))
    kills = 10 if quick else 100
    with AsyncuaServer(items=20, rate_hz=10) as peer:
        asyncio.run(_kills(result, peer, kills, lines))
    return result.as_dict()


async def _faults(result: Result, name: str, peer: Peer, proxy: FaultProxy, rounds: int) -> None:
    async with linked(proxied(proxy.port), [f"Item{number:04d}" for number in range(1, 21)]) as link:
        await link.live()
        cut = [await _cut(link, proxy) for _ in range(rounds)]
        result.at_most(f"{name}, link cut, live again", median(cut), 1.0, "s")
        seen = [await _freeze(link, peer) for _ in range(rounds)]
        result.at_most(f"{name}, frozen server, seen", max(seen), 5.0, "s")
        short = [await _restart(link, peer, 0.0) for _ in range(rounds)]
        result.at_most(f"{name}, restarted server, live after it accepts", median(short), 1.5, "s")
        long = [await _restart(link, peer, LONG_OUTAGE_S) for _ in range(max(1, rounds // 2))]
        result.at_most(f"{name}, after {LONG_OUTAGE_S:.0f} s away, live after it accepts", max(long), 5.5, "s")


async def _cut(link: Link, proxy: FaultProxy) -> float:
    started = time.monotonic()
    proxy.reset_links()
    await link.lost()
    await link.live()
    return time.monotonic() - started


async def _freeze(link: Link, peer: Peer) -> float:
    peer.freeze()
    seen_s = await link.lost(20)
    peer.thaw()
    await link.live(30)
    return seen_s


async def _restart(link: Link, peer: Peer, away_s: float) -> float:
    peer.kill()
    await link.lost()
    await asyncio.sleep(away_s)
    await asyncio.to_thread(peer.start)
    return await link.live(30)


async def _kills(result: Result, peer: Peer, kills: int, lines: LogLines) -> None:
    process = psutil.Process()
    async with linked(peer.url, [f"Item{number:04d}" for number in range(1, 21)]) as link:
        await link.live()
        tasks = len(asyncio.all_tasks())
        for kill in range(kills):
            if kill == kills // 5:
                gc.collect()
                before, counted, started = process.memory_info().rss, lines.count, kill
            await _restart(link, peer, 0.0)
            link.batches.clear()
            link.statuses.clear()
        gc.collect()
        grown_mb = (process.memory_info().rss - before) / 1e6
        result.figure("kills of the server", kills, "")
        result.at_most("kills, growth after the first fifth", grown_mb, 5, "MB")
        result.at_most("kills, log lines an outage", (lines.count - counted) / (kills - started), 2, "")
        result.at_most("kills, tasks left over", len(asyncio.all_tasks()) - tasks, 0, "")


def _quiet_log() -> LogLines:
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    lines = LogLines()
    logging.getLogger().handlers[:] = [lines]
    return lines
