"""The audit record: entries durable on this disk, a million rows checked, and what the rest feels of it meanwhile."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.services.audit.trail import AuditTrail
from hmi.services.database_thread import DatabaseThread
from hmi.storage.journal.audit_chain import Head
from hmi.storage.journal.audit_check import Verdict, verify
from hmi.storage.journal.audit_rows import AuditChain, AuditReader
from hmi.storage.journal.audit_search import AuditFilter, AuditSearch
from hmi.storage.journal.journal import Journal, JournalReader
from tests.bench.result import Result
from tests.support.audit import INSTALLATION, KEY, KEYED, T0, facts

SERIAL = 1_000
GROUPED = 10_000
ROWS = 1_000_000
BLOCK = 5_000
TICK_S = 0.016
LOOP_TICK_S = 0.05
STALL_MS = 50.0


def run(*, quick: bool) -> dict[str, object]:
    """Measure writing, checking and paging."""
    result = Result("audit")
    rows = 50_000 if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_write(result, Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        _fill(path, rows)
        result.figure("bytes a row in the file", path.stat().st_size / rows, "B")
        _check(result, path, rows)
        _page(result, path)
    return result.as_dict()


async def _write(result: Result, folder: Path) -> None:
    thread = DatabaseThread()
    journal = await thread.run(Journal, folder / "journal.db")
    trail = AuditTrail(journal, thread, folder / "audit.spool", INSTALLATION)
    await trail.start()
    await trail.use(KEYED)
    entry = AuditEntry(AuditAction.COMMAND_INTENT, "Ann", "operator", target="Pump 1", station="North", new="Running")
    took = []
    for _ in range(SERIAL):
        started = time.perf_counter()
        await trail.write(entry)
        took.append(time.perf_counter() - started)
    result.at_least("durable rows, one after another", SERIAL / sum(took), 150, "1/s")
    result.figure("a row durable, p95", float(np.percentile(took, 95)) * 1000, "ms")
    started = time.perf_counter()
    await asyncio.gather(*(trail.write(entry) for _ in range(GROUPED)))
    result.at_least("durable rows, many at once", GROUPED / (time.perf_counter() - started), 150, "1/s")
    await _spool(result, trail, thread, journal, entry)
    await trail.stop()
    await thread.run(journal.close)
    await asyncio.to_thread(thread.stop)


async def _spool(
    result: Result, trail: AuditTrail, thread: DatabaseThread, journal: Journal, entry: AuditEntry
) -> None:
    await thread.run(journal.connection.execute, "PRAGMA query_only = 1")
    started, count = time.perf_counter(), 500
    for _ in range(count):
        await trail.write(entry)
    result.at_least(
        "rows into the emergency spool, one after another", count / (time.perf_counter() - started), 150, "1/s"
    )
    await thread.run(journal.connection.execute, "PRAGMA query_only = 0")


def _fill(path: Path, rows: int) -> None:
    with closing(Journal(path)) as journal:
        chain = AuditChain(journal)
        for first in range(0, rows, BLOCK):
            chain.append([facts(number) for number in range(first, min(first + BLOCK, rows))], KEYED)


def _check(result: Result, path: Path, rows: int) -> None:
    """Check in a thread, as a job does, beside a window's thread and the services' loop that want their turns."""
    verdicts: list[Verdict] = []
    late_gui: list[float] = []
    late_loop: list[float] = []
    done = threading.Event()

    def check() -> None:
        with closing(JournalReader(path)) as reader:
            verdicts.append(verify(AuditReader(reader), {KEYED.key_id: KEY}, [], lambda _done, _total: None, Head()))
        done.set()

    async def loop() -> None:
        own = asyncio.get_running_loop()
        while not done.is_set():
            due = own.time() + LOOP_TICK_S
            await asyncio.sleep(LOOP_TICK_S)
            late_loop.append((own.time() - due) * 1000)

    before, most = _rss_mb(), 0.0
    threads = [threading.Thread(target=check), threading.Thread(target=lambda: asyncio.run(loop()))]
    started = time.perf_counter()
    for each in threads:
        each.start()
    while not done.is_set():
        due = time.perf_counter() + TICK_S
        time.sleep(TICK_S)
        late_gui.append((time.perf_counter() - due) * 1000)
        most = max(most, _rss_mb())
    elapsed = time.perf_counter() - started
    for each in threads:
        each.join()
    assert verdicts[0].is_sound
    assert verdicts[0].rows == rows
    result.at_most("check of 1,000,000 rows", elapsed * 1_000_000 / rows, 90, "s")
    result.figure("rows checked", rows / elapsed, "1/s")
    result.figure("more memory while checking", most - before, "MB")
    for name, late in (("window's", late_gui), ("I/O loop's", late_loop)):
        result.figure(f"the {name} ticks late meanwhile, p99", float(np.percentile(late, 99)), "ms")
        share = 100 * sum(each > STALL_MS for each in late) / len(late)
        result.at_most(f"the {name} ticks more than 50 ms late", share, 1.0, "%")


def _page(result: Result, path: Path) -> None:
    ever = AuditFilter(0, 10**17)
    with closing(JournalReader(path)) as reader:
        search = AuditSearch(reader)
        middle = T0 + 20_000 * 1_000_000
        asked = {
            "the newest 200 rows": (ever, None),
            "200 rows far back": (ever, (middle, 20_000)),
            "200 rows of a user at a station": (
                AuditFilter(0, 10**17, users=("Ann 1",), stations=("Station 3",)),
                None,
            ),
            "words that no row has": (AuditFilter(0, 10**17, text="nothing of the kind"), None),
        }
        for name, (wanted, before) in asked.items():
            started = time.perf_counter()
            search.page(wanted, 200, before)
            search.count(wanted)
            result.figure(name, (time.perf_counter() - started) * 1000, "ms")


def _rss_mb() -> float:
    return float(psutil.Process(os.getpid()).memory_info().rss) / 2**20
