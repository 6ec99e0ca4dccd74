"""The audit record in files: what somebody filtered, what is new each day, and what is cut off."""

from __future__ import annotations

import contextlib
import csv
import os
import re
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from hmi.config.csv_files.cells import guarded
from hmi.domain.language import tr
from hmi.services.audit.asking import filter_of, record_of
from hmi.services.jobs import Progress
from hmi.services.port import ExportAudit
from hmi.storage.errors import StorageError
from hmi.storage.exchange.part_file import part_file
from hmi.storage.journal.audit_chain import Head
from hmi.storage.journal.audit_lines import HOW_TO_CHECK, last_line, line_of, write_lines
from hmi.storage.journal.audit_rows import AuditReader, AuditRow
from hmi.storage.journal.audit_search import AuditSearch, FoundRow
from hmi.storage.journal.journal import JournalReader

COLUMNS: Final = (
    "seq",
    "time_utc",
    "action",
    "user",
    "role",
    "second_user",
    "workstation",
    "session",
    "station",
    "target",
    "target_id",
    "old",
    "old_quality",
    "new",
    "reason",
    "result",
    "readback",
    "latency_ms",
    "marks",
    "reference",
    "code",
)
_NAME: Final = re.compile(r"rows-(?P<installation>[0-9a-f-]{36})-(?P<first>\d+)-(?P<last>\d+)\.jsonl")


def write_question(search: AuditSearch, request: ExportAudit, head: Head, installation: str, progress: Progress) -> str:
    """Write what was asked for; return the sentence it ends with. Raises StorageError; then there is no file."""
    wanted, total, done = filter_of(request.question), 0, 0
    is_csv = request.path.suffix.lower() == ".csv"
    with (
        part_file(request.path) as part,
        part.open("w", encoding="utf-8-sig" if is_csv else "utf-8", newline="") as file,
    ):
        writer = csv.writer(file)
        if is_csv:
            writer.writerow(COLUMNS)
        for block in search.blocks(wanted):
            progress(done, total)
            if is_csv:
                writer.writerows(_cells(found) for found in block)
            else:
                file.writelines(line_of(row) for _, row in block)
            done += len(block)
        if is_csv:
            writer.writerow(["# head", str(head.count), head.mac.hex(), installation])
            writer.writerow(
                [
                    "# "
                    + tr("The JSON lines hold the texts that the codes are made from: {how}").format(how=HOW_TO_CHECK)
                ]
            )
        else:
            file.write(last_line(head, installation, time.time_ns() // 1000, done, is_whole=False))
    return tr("{rows:,} rows written to {path}.").format(rows=done, path=request.path)


def write_stretch(journal: Path, folder: Path, installation: str, ends: tuple[int, int], head: Head) -> Path:
    """Write an unbroken stretch of rows to a new file of a folder, durably, and return its path.

    ends: the first and last row. Raises StorageError.
    """
    first, last = ends
    path = folder / f"rows-{installation}-{first:012d}-{last:012d}.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return path
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file, closing(JournalReader(journal)) as reader:
            _write_rows(file, AuditReader(reader), ends, head, installation)
        part.rename(path)
        path.chmod(0o444)
    except OSError as error:
        with contextlib.suppress(OSError):
            path.with_suffix(".part").unlink(missing_ok=True)
        words = tr("The audit record was not exported to {folder} ({reason}).")
        raise StorageError(words.format(folder=folder, reason=error.strerror or error)) from error
    return path


def exported(folder: Path, installation: str) -> tuple[int, float]:
    """Return the last row that a folder's files hold, and when the newest was written, s since 1970; 0 for none."""
    last, at_s = 0, 0.0
    if folder.is_dir():
        for path in folder.glob("rows-*.jsonl"):
            found = _NAME.fullmatch(path.name)
            if found is not None and found["installation"] == installation and int(found["last"]) > last:
                last, at_s = int(found["last"]), path.stat().st_mtime
    return last, at_s


def _write_rows(file: IO[str], reader: AuditReader, ends: tuple[int, int], head: Head, installation: str) -> None:
    rows = 0
    for block in reader.blocks(*ends):
        rows += write_lines(file, _as_rows(block))
    file.write(last_line(head, installation, time.time_ns() // 1000, rows, is_whole=True))
    file.flush()
    os.fsync(file.fileno())


def _as_rows(block: Iterable[tuple[object, ...]]) -> Iterable[AuditRow]:
    return (AuditRow(*row) for row in block)  # type: ignore[arg-type]  # as stored; the check says when they are not


def _cells(found: FoundRow) -> list[str]:
    record = record_of(found)
    facts = dict(record.facts)
    moment = datetime.fromtimestamp(record.at_us / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    own = {"seq": str(record.seq), "time_utc": moment, "code": record.code, "marks": " ".join(record.marks)}
    return [own[name] if name in own else guarded(facts.get(name, "")) for name in COLUMNS]
