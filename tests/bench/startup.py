"""How soon the first window and the first live value come, warm: a first run is thrown away."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.bench.result import Result
from tests.support.whole_program import report_of

SECONDS = 9.0


def run(*, quick: bool) -> dict[str, object]:
    """Start the demo several times on one profile and take the medians."""
    result = Result("startup")
    with tempfile.TemporaryDirectory() as folder:
        reports = [report_of(SECONDS, Path(folder)) for _ in range(3 if quick else 6)][1:]

    def median(name: str) -> float:
        return float(statistics.median(report[name] for report in reports))

    result.at_most("first window, CPU", median("first_window_cpu_s"), 0.6, "s")
    result.figure("first window, wall", median("first_window_s"), "s")
    result.at_most("first live value, wall", median("first_value_s"), 4.0, "s")
    result.figure("runs", len(reports), "")
    return result.as_dict()
