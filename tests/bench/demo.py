"""The demo at rest and under 2,000 values a second; and twelve stations added while three hosts are dead."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hmi.config.logs import start_logging
from hmi.config.profile import open_profile
from hmi.domain.drafts import ConnectionDraft, StationDraft, TagDraft
from hmi.domain.roles import ADMIN, User
from hmi.services.port import SaveStation
from hmi.services.services import Services, Setup
from tests.bench.result import Result
from tests.support.demo_server import demo_plant
from tests.support.waiting import until
from tests.support.whole_program import report_of

STARTED_S = 3.0
"""Before the first station is added: right after the start, what comes behind it still takes the processor."""


def run(*, quick: bool) -> dict[str, object]:
    """Run the window process twice and the services once."""
    result = Result("demo")
    _steady(result, 20 if quick else 60)
    _loaded(result, 20 if quick else 60)
    asyncio.run(_add_stations(result))
    return result.as_dict()


def _steady(result: Result, seconds: float) -> None:
    """CPU over the steady part: the difference of a long and a short run, so that the start does not count."""
    with tempfile.TemporaryDirectory() as folder:
        short, long = (report_of(12, Path(folder)), report_of(12 + seconds, Path(folder)))
    share = (long["cpu_s"] - short["cpu_s"]) / (long["seconds"] - short["seconds"])
    result.at_most("steady state, share of one core", share * 100, 25, "%")
    result.at_most("steady state, window process", long["rss_mb"], 350, "MB")
    result.figure("steady state, values received", long["values_received"] / long["seconds"], "1/s")
    result.figure("steady state, ticks over 50 ms", long["ticks_over_50_ms_share"] * 100, "%")


def _loaded(result: Result, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = report_of(12 + seconds, Path(folder), "--demo-load", "40x50@1")
    result.at_most("2,000 values/s, ticks over 50 ms", report["ticks_over_50_ms_share"] * 100, 1.0, "%")
    result.figure("2,000 values/s, values received", report["values_received"] / report["seconds"], "1/s")
    result.figure("2,000 values/s, tick lateness p99", report["tick_late_p99_ms"], "ms")
    result.figure("2,000 values/s, window process", report["rss_mb"], "MB")
    result.figure("2,000 values/s, CPU from the start", report["cpu_s"] / report["seconds"] * 100, "%")


async def _add_stations(result: Result) -> None:
    """Time each add, from the request to its answer, on services whose other links are dead or live."""
    from drivers.registry import DRIVERS

    with tempfile.TemporaryDirectory() as folder, demo_plant() as (_, endpoints), black_hole() as hole:
        dead = (hole, "opc.tcp://no-such-host.invalid:4840", "opc.tcp://127.0.0.1:9")
        start_logging(Path(folder))
        services = Services(Setup(open_profile(Path(folder)), User("Bench", ADMIN), lambda: DRIVERS))
        await services.start()
        await asyncio.sleep(STARTED_S)
        live = endpoints["North"].url
        times = []
        for number in range(12):
            endpoint = dead[number] if number < len(dead) else f"{live}/{number}"  # the server takes any path
            draft = StationDraft(
                name=f"Station {number}",
                area="Bench",
                latitude="39",
                longitude="3",
                connection=ConnectionDraft(name=f"Server {number}", endpoint=endpoint),
                tags=(TagDraft(name="Level", address="nsu=urn:roams:demo-plant:north;s=North.BH1.Well.Level"),),
            )
            started = time.perf_counter()
            await services.handle(SaveStation(draft))
            times.append((time.perf_counter() - started) * 1000)
        result.at_most("12 stations added with 3 dead hosts, slowest", max(times), 100, "ms")
        await until(lambda: services.stations_up >= 9, 10)
        result.at_least("stations up beside the dead ones", services.stations_up, 9, "")
        await services.stop()


@contextmanager
def black_hole() -> Iterator[str]:
    """Yield an endpoint that swallows connections: a listener whose queue is full and that never accepts."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"opc.tcp://127.0.0.1:{listener.getsockname()[1]}"
