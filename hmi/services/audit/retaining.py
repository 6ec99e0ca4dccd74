"""Letting old rows of the audit record go: exported and read back first, then cut from the front, which a row says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.language import tr
from hmi.services.audit.exporting import write_stretch
from hmi.services.audit.keeping import PROGRAM
from hmi.services.audit.trail import AuditTrail
from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_chain import key_id_of
from hmi.storage.journal.audit_lines import verify_lines
from hmi.storage.journal.audit_rows import AuditReader
from hmi.storage.journal.journal import JournalReader

AT_ONCE: Final = 5_000
"""Rows that are cut at a time: whoever acknowledges waits no longer than this takes."""
PAUSE_S: Final = 0.05
YEAR_S: Final = 365.25 * 86_400


@dataclass(frozen=True, slots=True)
class Retained:
    """What is cut, and where it is kept. key: empty for none."""

    journal: Path
    archive: Path
    record: Callable[[], str]
    key: Callable[[], bytes]
    now_us: Callable[[], int]


async def retain(trail: AuditTrail, retained: Retained, years: int) -> int:
    """Cut rows that are older; return how many. Raises StorageError, and then what was not cut stays."""
    if not years:
        return 0
    before_us = retained.now_us() - round(years * YEAR_S * 1e6)
    first, before = await asyncio.to_thread(_oldest_kept, retained.journal, before_us)
    if before <= first:
        return 0
    path = await asyncio.to_thread(_export, trail, retained, (first, before - 1))
    day = datetime.fromtimestamp(before_us / 1e6, UTC).date()
    reason = tr("older than {years} years, before {day}; exported to {path}").format(years=years, day=day, path=path)
    at = first
    while at < before:
        until = min(at + AT_ONCE, before)
        mac = await asyncio.to_thread(_mac, retained.journal, until - 1)
        new = tr("rows {first:,} to {last:,}").format(first=at, last=until - 1)
        entry = AuditEntry(
            AuditAction.AUDIT, PROGRAM, target=tr("Old rows of the audit record removed"), new=new, reason=reason
        )
        await trail.cut(entry, until, mac)
        at = until
        await asyncio.sleep(PAUSE_S)
    return before - first


def _oldest_kept(journal: Path, before_us: int) -> tuple[int, int]:
    """Return the first row, and the first that is not older; at least the newest stays."""
    with closing(JournalReader(journal)) as reader:
        rows = AuditReader(reader)
        first, last = rows.ends()
        return first, min(rows.first_since(before_us) or last, last)


def _mac(journal: Path, seq: int) -> str:
    with closing(JournalReader(journal)) as reader:
        for block in AuditReader(reader).blocks(seq, seq):
            return str(bytes(block[0][3]).hex())
    raise StorageError(tr("Row {seq} of the audit record is not there.").format(seq=seq))


def _export(trail: AuditTrail, retained: Retained, ends: tuple[int, int]) -> Path:
    path = write_stretch(retained.journal, retained.archive, retained.record(), ends, trail.head)
    key = retained.key()
    verdict = verify_lines(path, {key_id_of(key): key} if key else {})
    if verdict.finding is not None or verdict.head.count != ends[1]:
        what = verdict.finding.what if verdict.finding is not None else tr("it ends early")
        words = tr("Old rows of the audit record stay: their export is not sound (row {seq}: {what}).")
        raise StorageError(words.format(seq=verdict.finding.seq if verdict.finding else ends[1], what=what))
    return path
