"""A program that does nothing but record, move and seal as fast as it can, to be killed at any moment.

Prints `N` after the commit of row N (numbers from 0 without a hole), unbuffered. Row N has the value N and lies N
minutes after T0; the clock that seals runs with the rows.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from pathlib import Path

import numpy as np

from drivers.api import Batch
from hmi.storage.history.records import HOUR_US, SECOND_US
from hmi.storage.history.store import Store
from tests.support.readings import T0

MINUTE_US = 60 * SECOND_US


def begin(store: Store) -> int:
    """Return the number of the next row: one more than the history has."""
    return sum(len(batch) for batch in store.rows(1, T0, T0 + 10**15, 100_000))


def main(folder: Path, seed: int, rows_most: int) -> None:
    """Record until killed, or until so many rows are written."""
    chance, store = random.Random(seed), Store(folder)
    row, is_over = begin(store), threading.Event()
    now_us = [T0 + row * MINUTE_US]

    def keep() -> None:
        while not is_over.is_set():
            store.swap()
            store.tend(now_us[0] + 2 * HOUR_US)

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    while row < rows_most:
        rows = np.arange(row, row + chance.randint(1, 400))
        store.write(Batch.of(np.ones(len(rows)), rows, T0 + rows * MINUTE_US))
        row = int(rows[-1]) + 1
        os.write(1, f"{row - 1}\n".encode())
        now_us[0] = T0 + row * MINUTE_US
    is_over.set()
    keeper.join()
    store.swap()  # whatever the keeper had time for, every finished day is sealed in a run that is let go to its end
    store.tend(now_us[0] + 2 * HOUR_US)
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
