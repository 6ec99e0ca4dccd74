"""Changing a large plant's configuration: how long it takes, and what waits for it meanwhile.

Alarms, audit and control share the program with the configuration: an acknowledgement or a command's intent, written
while a change is made, must be on the disk as fast as ever, and the loop that hears the plant must not stand.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from hmi.app import garbage
from hmi.config.logs import start_logging
from hmi.config.profile import open_profile
from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import draft_of
from hmi.domain.roles import LOCAL_ADMIN
from hmi.services.port import ApplyTagCsv, CompareTagCsv, ExportTagCsv, SaveStation
from hmi.services.services import Services, Setup
from tests.bench.result import Result
from tests.support.big_plant import big_plant
from tests.support.fake_driver import FakeDrivers

SIZES = 10_000, 64_000
TIMES = 5


def run(*, quick: bool) -> dict[str, object]:
    """Rename one tag of a plant, several times, then all its tags by CSV; quick: only in the smaller plant."""
    result = Result("configuration_change")
    garbage.begin()
    for tags in SIZES[:1] if quick else SIZES:
        asyncio.run(_measure(result, tags))
    return result.as_dict()


async def _measure(result: Result, tags: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        start_logging(Path(folder))
        services = Services(Setup(open_profile(Path(folder) / "p"), LOCAL_ADMIN, lambda: (FakeDrivers().type,)))
        plant = big_plant(tags)
        idle = tuple(replace(each, enabled=False) for each in plant.connections)
        try:
            await services.start(replace(plant, connections=idle))
            garbage.leave_out_what_stays()
            await _saves(result, services, tags)
            await _import(result, services, tags, Path(folder) / "tags.csv")
        finally:
            await services.stop()


async def _saves(result: Result, services: Services, tags: int) -> None:
    async def rename(number: int) -> None:
        catalogue: Catalogue = services._catalogue
        draft = draft_of(catalogue, catalogue.stations[number].id)
        first = replace(draft.tags[0], name=f"Renamed {number}")
        await services.handle(SaveStation(replace(draft, tags=(first, *draft.tags[1:]))))

    await rename(0)  # the first one writes down what there was before it
    found = [await _beside(services, partial(rename, number)) for number in range(1, TIMES + 1)]
    result.at_most(f"{tags}: one tag renamed", max(each[0] for each in found), 1000, "ms")
    result.at_most(f"{tags}: audit row beside it", max(each[1] for each in found), 100, "ms")
    result.at_most(f"{tags}: I/O loop stands", max(each[2] for each in found), 100, "ms")


async def _import(result: Result, services: Services, tags: int, path: Path) -> None:
    await services.handle(ExportTagCsv(path))
    await asyncio.to_thread(_rename_all, path)
    preview = await services.handle(CompareTagCsv(path))
    assert len(preview.differences.changes) > tags / 2, preview.differences.faults[:3]
    took, row, stood = await _beside(services, lambda: services.handle(ApplyTagCsv(path, preview.seal)))
    result.figure(f"{tags}: all tags by CSV", took, "ms")
    result.at_most(f"{tags}: audit row beside the CSV", row, 100, "ms")
    result.at_most(f"{tags}: I/O loop stands for the CSV", stood, 100, "ms")


def _rename_all(path: Path) -> None:
    path.write_text(path.read_text("utf-8-sig").replace(",Level ", ",Depth "), "utf-8-sig")


async def _beside(services: Services, work: Callable[[], Coroutine[Any, Any, object]]) -> tuple[float, float, float]:
    """Return how long work took, the slowest audit row written meanwhile, and the longest the loop stood; in ms."""
    rows: list[float] = []
    ticks: list[float] = []

    async def write() -> None:
        while True:
            begun = time.perf_counter()
            await services.audit.trail.write(AuditEntry(AuditAction.ALARM, "Ann"))
            rows.append(time.perf_counter() - begun)
            await asyncio.sleep(0.01)

    async def tick() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.005)
            now = time.perf_counter()
            ticks.append(now - last - 0.005)
            last = now

    beside = [asyncio.create_task(write()), asyncio.create_task(tick())]
    begun = time.perf_counter()
    try:
        await work()
        took = time.perf_counter() - begun
        await asyncio.sleep(0.05)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    return took * 1000, max(rows, default=0.0) * 1000, max(ticks, default=0.0) * 1000
