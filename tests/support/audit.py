"""Audit records to check and to tamper with: in a journal of a test's own, without the program around them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.storage.journal.audit_chain import Head, Method, Stamp, facts_of
from hmi.storage.journal.audit_check import KnownHead, Verdict, verify
from hmi.storage.journal.audit_rows import AuditChain, AuditReader, Facts
from hmi.storage.journal.journal import Journal, JournalReader

KEY = b"k" * 32
KEYED = Method(KEY)
T0 = 1_767_268_800_000_000
SECOND_US = 1_000_000
INSTALLATION = "0b1c0b1c-1111-4222-8333-000000000001"


def facts(number: int, **others: Any) -> Facts:
    """Return what the program writes of one act."""
    entry = AuditEntry(
        AuditAction.ALARM,
        f"Ann {number % 3}",
        role="operator",
        target=f"Pump {number}: Level high",
        station=f"Station {number % 5}",
        result="done",
        reason="Seen from the window",
    )
    stamp = Stamp(T0 + number * SECOND_US, number, "host", INSTALLATION)
    return {**facts_of(entry, stamp), **others}


def fill(journal: Journal, rows: int, method: Method = KEYED) -> list[Head]:
    """Add rows one after another and return the head after each."""
    chain = AuditChain(journal)
    heads = []
    for _ in range(rows):
        chain.append([facts(chain.head.count + 1)], method)
        heads.append(chain.head)
    return heads


def check(
    path: Path, known: Sequence[Head] = (), *, key: bytes = KEY, running: Head | None = None, where: str = "the folder"
) -> Verdict:
    """Check the record of a journal against heads that are kept elsewhere."""
    keys = {Method(key).key_id: key} if key else {}
    with closing(JournalReader(path)) as reader:
        heads = [KnownHead(head, where) for head in known]
        return verify(AuditReader(reader), keys, heads, lambda _done, _total: None, running or Head())


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return what each row says, in order."""
    with closing(JournalReader(path)) as reader:
        return [json.loads(body) for (body,) in reader.connection.execute("SELECT body FROM audit ORDER BY seq")]
