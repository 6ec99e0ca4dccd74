"""Values a client takes in per second of its own processor time: asyncua's handler, node-opcua's client, ours.

One server from npm makes the load; every client runs in a process of its own, in turn, in each round. Ours puts the
values into a live table, the others only count them. The clients that are Python count what they miss; node-opcua's
does not.
"""

from __future__ import annotations

from statistics import median

from tests.bench.result import Result
from tests.support.load_client import run_python_client
from tests.support.node_opcua import Load, NodeServer, run_load_client

PUBLISHING_MS = 250
SAMPLING_MS = 0
"""Every change: a server that samples would step over some by itself."""

RATE_HZ = 10


def run(*, quick: bool) -> dict[str, object]:
    """Run 1,000 and 5,000 mixed items at 10 Hz, and ours alone at 50,000 values a second for a minute."""
    result = Result("opcua_throughput")
    rounds, seconds = (1, 5.0) if quick else (3, 10.0)
    for items in (1000, 5000):
        with NodeServer(items=items, rate_hz=RATE_HZ, mixed=True) as server:
            _compare(result, server.url, items, rounds, seconds)
            if items == 5000:
                _hold(result, server.url, items, 10.0 if quick else 60.0)
    return result.as_dict()


def _compare(result: Result, url: str, items: int, rounds: int, seconds: float) -> None:
    loads: dict[str, list[Load]] = {"asyncua": [], "node-opcua": [], "ours": []}
    for _ in range(rounds):
        loads["asyncua"].append(_python("asyncua", url, items, seconds))
        loads["node-opcua"].append(
            run_load_client(url, items=items, publishing=PUBLISHING_MS, sampling=SAMPLING_MS, seconds=seconds)
        )
        loads["ours"].append(_python("roams", url, items, seconds))
    rate = {name: median(load.values_per_cpu_s for load in found) for name, found in loads.items()}
    label = f"{items:,} items at {RATE_HZ} Hz"
    for name, found in loads.items():
        result.figure(f"{label}, {name}", rate[name], "values/CPU s")
        result.figure(f"{label}, {name}, latency p95", median(each.latency_p95_ms or 0 for each in found), "ms")
        result.figure(f"{label}, {name}, memory", median(each.rss_mb for each in found), "MB")
    result.figure(f"{label}, asyncua, missed", sum(each.missed for each in loads["asyncua"]), "values")
    result.at_most(f"{label}, ours, missed", sum(each.missed for each in loads["ours"]), 0, "values")
    result.at_least(f"{label}, ours", rate["ours"], 500_000, "values/CPU s")
    result.at_least(f"{label}, ours over asyncua", rate["ours"] / rate["asyncua"], 10, "x")
    result.at_least(f"{label}, ours over node-opcua", rate["ours"] / rate["node-opcua"], 3, "x")


def _hold(result: Result, url: str, items: int, seconds: float) -> None:
    load = _python("roams", url, items, seconds)
    result.figure("held, values a second", load.values / load.seconds, "1/s")
    result.at_most("held, missed", load.missed, 0, "values")
    result.at_most("held, latency p95 from source time", load.latency_p95_ms or 0, PUBLISHING_MS + 20, "ms")


def _python(kind: str, url: str, items: int, seconds: float) -> Load:
    return run_python_client(kind, url, items=items, publishing=PUBLISHING_MS, sampling=SAMPLING_MS, seconds=seconds)
