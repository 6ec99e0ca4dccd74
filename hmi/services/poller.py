"""Polling, for sources that cannot push: reads all items in turn and passes on what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, BatchSink, Item, Reads

POLL_INTERVAL_S: Final = 1.0


async def poll(
    source: Reads, items: Callable[[], Sequence[Item]], sink: BatchSink, interval_s: float = POLL_INTERVAL_S
) -> None:
    """Read the items every interval until cancelled. Raises the driver's errors; a slow answer delays the next read.

    items: asked before each read, so that they can change.
    """
    loop = asyncio.get_running_loop()
    due = loop.time()
    last: Batch | None = None
    while True:
        batch = await source.read(items())
        is_alike = last is not None and np.array_equal(last.tag, batch.tag)
        changed = batch.select(_differs(last, batch)) if last is not None and is_alike else batch
        if len(changed):
            sink(changed)
        last = batch
        due = max(due + interval_s, loop.time())
        await asyncio.sleep(due - loop.time())


def _differs(last: Batch, batch: Batch) -> npt.NDArray[np.bool_]:
    """Return a mask of the rows that changed; two NaN are alike unless they stand for different texts."""
    is_same_value = (batch.value == last.value) | (np.isnan(batch.value) & np.isnan(last.value))
    differs: npt.NDArray[np.bool_] = ~is_same_value | (batch.quality != last.quality)
    for row, text in batch.texts.items():
        if last.texts.get(row) != text:
            differs[row] = True
    return differs
