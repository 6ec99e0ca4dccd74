"""Reading the audit record for a screen: a page at a time, over a connection of its own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from hmi.domain.language import tr
from hmi.services.port import AUDIT_PAGE, AuditPage, AuditQuestion, AuditRecord, ReadAudit
from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_rows import AuditReader, AuditRow
from hmi.storage.journal.audit_search import COUNTED_MOST, AuditFilter, AuditSearch, FoundRow
from hmi.storage.journal.journal import JournalReader

T = TypeVar("T")


def with_search(path: Path, work: Callable[[AuditSearch], T]) -> T:
    """Return what `work` makes of the record in a journal. Blocks. Raises StorageError."""
    with closing(JournalReader(path)) as reader:
        try:
            return work(AuditSearch(reader))
        except sqlite3.Error as error:
            raise StorageError(tr("The audit record cannot be read: {error}.").format(error=error)) from error


def ends_of(path: Path) -> tuple[int, int]:
    """Return the numbers of the first and the last row. Blocks. Raises StorageError."""
    with closing(JournalReader(path)) as reader:
        return AuditReader(reader).ends()


def filter_of(question: AuditQuestion) -> AuditFilter:
    """Return a question as the statements take it."""
    return AuditFilter(
        question.start_us,
        question.end_us,
        question.users,
        tuple(action.value for action in question.actions),
        question.stations,
        question.text.strip(),
        question.result.strip(),
    )


def page_of(search: AuditSearch, request: ReadAudit) -> AuditPage:
    """Return the page that was asked for."""
    wanted = filter_of(request.question)
    if request.after is not None:
        found = search.newer_page(wanted, AUDIT_PAGE + 1, request.after)
        has_newer, found = len(found) > AUDIT_PAGE, found[-AUDIT_PAGE:]
        has_older = True
    else:
        found = search.page(wanted, AUDIT_PAGE + 1, request.before)
        has_older, found = len(found) > AUDIT_PAGE, found[:AUDIT_PAGE]
        has_newer = request.before is not None
    total = search.count(wanted)
    return AuditPage(
        tuple(record_of(row) for row in found),
        None if total > COUNTED_MOST else total,
        tuple(search.users()),
        tuple(search.stations()),
        has_older,
        has_newer,
    )


def record_of(found: FoundRow) -> AuditRecord:
    """Return a row as a screen shows it; what somebody altered is shown as it is."""
    at_us, row = found
    facts = facts_of(row)
    return AuditRecord(
        seq=int(row.seq),
        at_us=int(at_us),
        code=row.mac.hex() if isinstance(row.mac, bytes) else str(row.mac),
        facts=tuple((name, _text(value)) for name, value in facts.items()),
        marks=tuple(str(each) for each in facts.get("marks") or ()),
        **{
            name: _text(facts.get(name, ""))
            for name in ("action", "user", "role", "target", "station", "old", "new", "reason", "result")
        },
    )


def facts_of(row: AuditRow) -> dict[str, Any]:
    """Return what a row says; nothing for a text that cannot be read."""
    try:
        facts = json.loads(row.body)
    except (ValueError, TypeError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
