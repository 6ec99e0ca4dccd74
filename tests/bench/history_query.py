"""How long a trend waits for its data: ours, SQLite and embedded ClickHouse over the same plant data, side by side.

400 tags every 10 s: 30 days, about 104 million rows; 3 days, about 10 million, when quick. SQLite has 3 days in both.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from hmi.storage.history.records import DAY_US
from tests.bench.result import Result
from tests.support.peers_of_history import Ours, arriving, peers
from tests.support.readings import T0

PIXELS = 2000
ROUNDS = 9
QUICK_DAYS = 3


def run(*, quick: bool) -> dict[str, object]:
    """Fill each peer and ask it; medians, a different tag each time so that nothing is answered from the last."""
    result = Result("history_query")
    days = QUICK_DAYS if quick else 30
    with tempfile.TemporaryDirectory() as folder:
        places: dict[str, Any] = {}
        for name, make in peers().items():
            path = Path(folder) / name
            path.mkdir()
            places[name] = make(path)
            has_days = min(days, QUICK_DAYS) if name == "sqlite" else days
            _fill(places[name], has_days)
            if name == "ours":  # the peers share this process, and its memory
                _pens(result, places["ours"], days)
                result.at_most("resident", psutil.Process().memory_info().rss / 1e6, 400, "MB")
        for name, peer in places.items():
            span = min(days, QUICK_DAYS) if name == "sqlite" else days
            _note(result, name, "24h", _median(_trend(peer, 1)), 30)
            _note(result, name, f"{span}d", _median(_trend(peer, span)), 100)
        for peer in places.values():
            peer.close()
        started = time.perf_counter()
        Ours(Path(folder) / "ours").close()
        result.at_most("reopen", time.perf_counter() - started, 1, "s")
    return result.as_dict()


def _fill(peer: Any, days: int) -> None:
    for hour, batch in enumerate(arriving(days)):
        peer.write(batch)
        if isinstance(peer, Ours) and hour % 24 == 23:
            peer.end_day(hour // 24)
    if not isinstance(peer, Ours):
        peer.settle()
    else:
        peer.end_day(days)


def _trend(peer: Any, days: int) -> Callable[[int], int]:
    return lambda tag: int(peer.trend(tag, T0, T0 + days * DAY_US, PIXELS))


def _median(ask: Callable[[int], int]) -> float:
    taken = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        if not ask(7 + 41 * number % 400):
            raise AssertionError("an empty answer")
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def _note(result: Result, name: str, span: str, ms: float, limit: float) -> None:
    if name == "ours":
        result.at_most(f"{span}_{name}", ms, limit, "ms")
    else:
        result.figure(f"{span}_{name}", ms, "ms")


def _pens(result: Result, ours: Ours, days: int) -> None:
    """Ask for eight pens, one after the other as one core would: readings of a day, and of all days from averages."""
    end_us = T0 + days * DAY_US

    def pens(pixels: int, start_us: int) -> Callable[[int], int]:
        return lambda tag: sum(ours.trend((tag + 50 * pen) % 400, start_us, end_us, pixels) for pen in range(8))

    result.at_most("8_pens_readings", _median(pens(1_000_000, T0)), 500, "ms")
    result.at_most("8_pens_averages", _median(pens(700, T0)), 100, "ms")
