"""Kill −9 at random points, and power cuts replayed from all that a run asked of the disk: nothing lost or doubled."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.bench.result import Result
from tests.support.history_crashes import cut_again_and_again, kill_again_and_again
from tests.support.power_cuts import record


def run(*, quick: bool) -> dict[str, object]:
    """200 kills and 4 × 40 cuts, 20 and 20 when quick; an error ends the run with its seed."""
    result = Result("history_crash")
    seed = random.randrange(1 << 30)
    result.figure("seed", seed, "")
    with tempfile.TemporaryDirectory() as folder:
        taken = kill_again_and_again(Path(folder), 20 if quick else 200, seed)
    result.figure("kills", len(taken), "")
    result.figure("reopened_p50", float(np.percentile(taken, 50)), "s")
    result.at_most("reopened_worst", max(taken), 1, "s")
    cuts = 0
    for run_number in range(1 if quick else 4):
        with tempfile.TemporaryDirectory() as folder:
            history = Path(folder) / "history"
            history.mkdir()
            own = str(seed + run_number)
            command = [sys.executable, "-m", "tests.support.history_child", str(history), own, "8000"]
            steps = record(history, Path(folder) / "log", command)
            wanted = 20 if quick else 40
            cut_again_and_again(steps, Path(folder), wanted, seed + run_number)
            cuts += wanted
    result.figure("power_cuts", cuts, "")
    result.at_most("committed_rows_lost_or_doubled", 0, 0, "rows")
    return result.as_dict()
