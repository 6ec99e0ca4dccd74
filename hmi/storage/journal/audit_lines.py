"""Rows of the audit record in a file of their own: JSON lines that can be checked without the journal.

One line a row: {"seq", "body", "previous_mac", "mac"}, the body as the very text that the code was made from. The last
line tells the head that the rows belong to, and whether they are an unbroken stretch (else each proves itself only).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any, Final

from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_chain import Head
from hmi.storage.journal.audit_check import Finding, Verdict, Walk
from hmi.storage.journal.audit_rows import AuditRow

HOW_TO_CHECK: Final = (
    "mac is HMAC-SHA256(key, previous_mac + body) where the body's method is hmac-sha256, else SHA-256(previous_mac + "
    "body); previous_mac and mac are hexadecimal here and bytes there, body is UTF-8; previous_mac is the mac of the "
    "row before."
)


def line_of(row: AuditRow) -> str:
    """Return a row's line."""
    facts = {"seq": row.seq, "body": row.body, "previous_mac": _hex(row.previous_mac), "mac": _hex(row.mac)}
    return json.dumps(facts, ensure_ascii=False) + "\n"


def last_line(head: Head, installation: str, at_us: int, rows: int, *, is_whole: bool) -> str:
    """Return the last line. at_us: when the file was written, UTC µs."""
    facts = {
        "head": {"installation": installation, "count": head.count, "mac": head.mac.hex(), "at_us": at_us},
        "rows": rows,
        "is_whole": is_whole,
        "how_to_check": HOW_TO_CHECK,
    }
    return json.dumps(facts, ensure_ascii=False) + "\n"


def write_lines(file: IO[str], rows: Iterable[AuditRow]) -> int:
    """Write rows and return how many they were."""
    count = 0
    for row in rows:
        file.write(line_of(row))
        count += 1
    return count


def verify_lines(path: Path, keys: Mapping[str, bytes]) -> Verdict:
    """Check a file that holds an unbroken stretch. keys: by their id. Raises StorageError for one that is none."""
    walk, rows, told = None, 0, None
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                facts = json.loads(line)
                if "head" in facts:
                    told = facts
                    continue
                row = _row(facts)
                walk = walk or Walk(row.seq, keys, [])
                if (finding := walk.look_at(*row)) is not None:
                    return walk.verdict(finding)
                rows += 1
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StorageError(f"{path.name} is no export of the audit record: {error}.") from error
    walk = walk or Walk(1, keys, [])
    if told is None or told["rows"] != rows:
        return walk.verdict(Finding(walk.seq + 1, "the file is not whole"))
    return walk.verdict(None)


def _row(facts: dict[str, Any]) -> AuditRow:
    return AuditRow(
        int(facts["seq"]), str(facts["body"]), bytes.fromhex(facts["previous_mac"]), bytes.fromhex(facts["mac"])
    )


def _hex(code: object) -> str:
    return code.hex() if isinstance(code, bytes) else str(code)
