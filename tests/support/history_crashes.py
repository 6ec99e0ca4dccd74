"""Killing a recording program, and cutting its power, again and again: what was committed is there, once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from drivers.api import Batch
from hmi.storage.history.imports import remove_unfinished
from hmi.storage.history.store import Store
from tests.support.history_child import MINUTE_US
from tests.support.power_cuts import Step, after_cut, said
from tests.support.readings import T0

ENDLESS = 1 << 40


class LostError(AssertionError):
    """Rows that were committed are missing, or there twice."""


def check(folder: Path, committed: int) -> float:
    """Open a history and compare it with what was committed; return how long opening took, s. Raises LostError."""
    started = time.perf_counter()
    store = Store(folder)
    taken = time.perf_counter() - started
    try:
        remove_unfinished(store)
        batches = list(store.rows(1, T0, T0 + 10**16, 100_000))
        values = Batch.concatenate(batches).value if batches else np.empty(0)
        if store.note and "last seconds" not in store.note:
            raise LostError(store.note)
        if len(values) <= committed:
            raise LostError(f"{committed + 1} rows were committed and {len(values)} are there")
        if not np.array_equal(values, np.arange(len(values))):
            raise LostError("rows are missing or there twice")
        times = T0 + np.arange(len(values)) * MINUTE_US
        buckets = store.read(1, T0, int(times[-1]) + 1, 50) if len(values) else None
        if buckets is not None and int(buckets.count.sum()) != len(values):
            raise LostError("readings and averages differ")
    finally:
        store.close()
    return taken


def kill_again_and_again(folder: Path, kills: int, seed: int) -> list[float]:
    """Kill the recording program at random moments, on what the last one left; return the opening times, s."""
    chance, committed, taken = random.Random(seed), -1, []
    for number in range(kills):
        command = [sys.executable, "-m", "tests.support.history_child", str(folder), str(seed + number), str(ENDLESS)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as child:
            assert child.stdout is not None
            committed = max(committed, int(child.stdout.readline()))
            time.sleep(chance.uniform(0, 0.8))
            child.kill()
            printed = child.stdout.read().split(b"\n")
        committed = max([committed, *(int(line) for line in printed[:-1] if line)])
        taken.append(check(folder, committed))
    return taken


def cut_again_and_again(steps: Sequence[Step], folder: Path, cuts: int, seed: int) -> None:
    """Make the folder that a power cut leaves, at random steps of one recorded run, and check each."""
    chance = random.Random(seed)
    first = next(number for number, step in enumerate(steps) if step.kind == "said")
    for number in range(cuts):
        at = chance.randint(first + 1, len(steps))
        target = folder / f"cut-{number}"
        target.mkdir()
        for name, content in after_cut(steps, at, chance).items():
            (target / name).write_bytes(content)
        try:
            check(target, said(steps, at))
        except Exception as error:
            raise LostError(f"cut {number} after step {at} of {len(steps)}, seed {seed}: {error}") from error
