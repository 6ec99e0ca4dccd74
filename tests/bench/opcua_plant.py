"""The whole window on 200 stations of 50 tags that change every second: 10,000 values a second."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.result import Result
from tests.support.whole_program import report_of

STATIONS, TAGS = 200, 50
START_S = 15.0


def run(*, quick: bool) -> dict[str, object]:
    """Run the window twice; the difference of the runs is the steady part, without the start."""
    result = Result("opcua_plant")
    seconds = 20.0 if quick else 60.0
    load = ("--demo-load", f"{STATIONS}x{TAGS}@1")
    with tempfile.TemporaryDirectory() as folder:
        short = report_of(START_S, Path(folder), *load)
        long = report_of(START_S + seconds, Path(folder), *load)
    steady_s = long["seconds"] - short["seconds"]
    values = (long["values_received"] - short["values_received"]) / steady_s
    result.figure("stations up", long["stations_up"], "")
    result.at_least("values received", values, STATIONS * TAGS * 0.99, "1/s")
    lost = max(0, long["values_received"] - long["values_stored"])  # what ends a line is stored too
    result.at_most("values not stored", lost, 0, "values")
    result.at_most("window process, share of one core", (long["cpu_s"] - short["cpu_s"]) / steady_s * 100, 60, "%")
    result.at_most("ticks over 50 ms", long["ticks_over_50_ms_share"] * 100, 1.0, "%")
    result.figure("tick lateness p99", long["tick_late_p99_ms"], "ms")
    result.figure("window process", long["rss_mb"], "MB")
    return result.as_dict()
