"""A program that writes audit entries until it is killed; prints the number of each that was accepted.

Modes: "chain" writes to the journal; "spool" has a journal that takes nothing, so that entries go to the spool; "full"
may not let files grow any more after a while, says what it saw as JSON, and goes on when there is room again.
"""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import sys
from pathlib import Path

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.services.audit import trail as trail_module
from hmi.services.audit.trail import AuditTrail
from hmi.services.database_thread import DatabaseThread
from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import Journal
from tests.support.audit import INSTALLATION, KEYED

ENOUGH = 5_000


def entry(number: int) -> AuditEntry:
    return AuditEntry(AuditAction.ALARM, "Ann", target=f"act {number}", reason="why " * 20)


async def write_until_killed(trail: AuditTrail) -> None:
    """Write one entry, then five at once, and so on."""
    number = 0
    while number < ENOUGH:
        many = 1 if number % 6 else 5
        await asyncio.gather(*(trail.write(entry(number + each)) for each in range(many)))
        number += many
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


async def write_on_a_full_disk(trail: AuditTrail, journal: Journal) -> dict[str, object]:
    """Run into a full disk, write on, fill the spool too, and go on when there is room."""
    for number in range(20):
        await trail.write(entry(number))
    wal = journal.path.with_name(journal.path.name + "-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + 30_000, resource.RLIM_INFINITY))
    number = 20
    while not trail.is_failing:
        await trail.write(entry(number))
        number += 1
    note = trail.note
    for _ in range(30):
        await trail.write(entry(number))
        number += 1
    kept = number
    lost = ""
    while not lost:
        try:
            await trail.write(entry(number))
            number += 1
            kept = number
        except StorageError as error:
            lost = str(error)
    was_lost = trail.is_lost
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    is_well = asyncio.Event()
    trail.on_change(lambda: None if trail.is_failing else is_well.set())
    async with asyncio.timeout(20):
        await is_well.wait()
    await trail.write(entry(number))
    return {"note": note, "kept": kept, "lost": lost, "was_lost": was_lost, "is_failing": trail.is_failing}


async def main(mode: str, folder: Path) -> None:
    """Do what the mode says."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    trail_module.RETRY_S = 0.05  # type: ignore[misc]  # a test's pace
    thread = DatabaseThread()
    journal = await thread.run(Journal, folder / "journal.db")
    trail = AuditTrail(journal, thread, folder / "audit.spool", INSTALLATION)
    await trail.start()
    await trail.use(KEYED)
    if mode == "spool":
        await trail.write(entry(-1))
        trail_module.RETRY_S = 1e6  # type: ignore[misc]  # the journal is not tried again
        journal.connection.execute("PRAGMA query_only = 1")
    if mode == "full":
        sys.stdout.write(json.dumps(await write_on_a_full_disk(trail, journal)) + "\n")
    else:
        await write_until_killed(trail)
    await trail.stop()
    await thread.run(journal.close)
    thread.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
