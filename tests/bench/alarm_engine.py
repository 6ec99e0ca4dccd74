"""The alarm engine alone: readings through detection, transitions into the journal, a restart with many standing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from drivers.api import Batch
from hmi.domain.roles import DEMO_OPERATOR
from hmi.services.alarms.detection import Detection
from tests.bench.result import Result
from tests.support.alarm_rig import START_US, AlarmRig
from tests.support.big_plant import big_plant
from tests.support.whole_program import ROOT

TAGS = 10_000
RESTART = """
import asyncio, gc, sys, time
from pathlib import Path
from hmi.app.garbage import GARBAGE
from tests.support.alarm_rig import AlarmRig
from tests.support.big_plant import big_plant

async def main():
    gc.set_threshold(*GARBAGE)
    rig, plant = AlarmRig(Path(sys.argv[1]), checks=False), big_plant(10_000)
    started = time.perf_counter()
    await rig.start(plant)
    print(time.perf_counter() - started)
    assert len(rig.engine.rows()) == 10_000
    await rig.stop()
    rig.thread.stop()

asyncio.run(main())
"""
BATCH = 1000


def run(*, quick: bool) -> dict[str, object]:
    """Measure detection, then the engine over a journal on this disk."""
    result = Result("alarm_engine")
    _detect(result, 100 if quick else 1000)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_transit(result, Path(folder), 2 if quick else 5))
        restart = subprocess.run(  # a new process, as a restart is
            [sys.executable, "-c", RESTART, folder], check=True, capture_output=True, text=True, cwd=ROOT
        )
        result.at_most("restart with 10,000 standing", float(restart.stdout), 1.0, "s")
    return result.as_dict()


def _detect(result: Result, batches: int) -> None:
    """Two limits a tag; one reading in a thousand crosses one of them."""
    plant = big_plant(TAGS, limits_of_tag=2)
    detection = Detection(plant, plant.every_alarm, 0)
    dice = np.random.default_rng(1)
    given = []
    for number in range(batches):
        tags = (np.arange(BATCH) + number * BATCH) % TAGS
        values = np.where(dice.random(BATCH) < 0.001, 11.5, 5.0 + dice.normal(size=BATCH))
        given.append(Batch.of(tags, values, START_US + number * 1000))
    edges, started = 0, time.perf_counter()
    for batch in given:
        edges += len(detection.take(batch))
    elapsed = time.perf_counter() - started
    result.at_least("readings through detection", batches * BATCH / elapsed, 1_000_000, "1/s")
    result.figure("edges found", edges, "")


async def _transit(result: Result, folder: Path, rounds: int) -> None:
    """Every tag over its limit and back, again and again: from the batch until the journal has every row."""
    plant = big_plant(TAGS)
    rig = AlarmRig(folder, checks=False)
    await rig.start(plant)
    tags = np.arange(TAGS)
    started, transitions = time.perf_counter(), 0
    for number in range(rounds):
        for value in (12.0, 5.0):
            rig.now_us += 1_000_000
            batch = Batch.of(tags, np.full(TAGS, value), rig.now_us)
            rig.live.apply(batch)
            rig.engine.process(batch)
            transitions += TAGS
            await asyncio.sleep(0)
        if number == 0:
            result.figure("10,000 activations and returns, on the screen after", _ms(started), "ms")
    await rig.engine._writer._queue.join()
    result.at_least("transitions, journalled", transitions / (time.perf_counter() - started), 5000, "1/s")
    batch = Batch.of(tags, np.full(TAGS, 12.0), rig.now_us + 1_000_000)
    rig.engine.process(batch)
    occurrences = [row.occurrence for row in rig.engine.rows()]
    started = time.perf_counter()
    await rig.engine.acknowledge(occurrences, DEMO_OPERATOR, "")
    result.figure("10,000 acknowledged at once, durable", _ms(started), "ms")
    await rig.stop()
    rig.thread.stop()


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000
