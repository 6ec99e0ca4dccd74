"""A recording program whose files may not grow any more for a while, as on a full disk. Prints what it saw as JSON.

The operating system's limit on a file's size makes every write beyond it fail, in this process only.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

from drivers.api import Batch
from hmi.services import recording
from hmi.services.history import History
from hmi.storage.errors import StorageError
from tests.support.readings import DAY_US, SECOND_US, T0

ROWS = 2000
WAIT_S = 20.0


def put(history: History, first: int) -> None:
    """Hand over ROWS rows, the value of each its number."""
    rows = np.arange(first, first + ROWS)
    history.append(Batch.of(np.ones(ROWS), rows, T0 + rows * SECOND_US))


def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


def count(history: History) -> int:
    """Return how many rows can be read, each once and in order; −1 when not."""
    found = [batch.value for batch in history.rows([1], T0, T0 + 100 * DAY_US)]
    values = np.concatenate(found) if found else np.empty(0)
    return len(values) if np.array_equal(values, np.arange(len(values))) else -1


def main(folder: Path) -> None:
    """Record, run into the limit, read and try to move meanwhile, and go on when there is room again."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    recording.RETRY_S = 0.05  # type: ignore[misc]  # a test's pace
    history = History(folder)
    history.start()
    put(history, 0)
    until(lambda: history.figures().stored == ROWS)
    size = max(path.stat().st_size for path in folder.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10_000, resource.RLIM_INFINITY))
    for number in range(1, 6):
        put(history, number * ROWS)
    until(lambda: bool(history.figures().note))
    seen: dict[str, object] = {"note": history.figures().note, "readable_while_full": count(history)}
    try:
        history.seal()
    except (StorageError, duckdb.Error) as error:
        seen["sealing_while_full"] = str(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    until(lambda: history.figures().stored == 6 * ROWS)
    seen |= {"readable_after": count(history), "note_after": history.figures().note}
    history.seal()
    seen |= {"readable_when_sealed": count(history), "dropped": history.figures().dropped}
    history.stop()
    print(json.dumps(seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
