"""The side file: what was recorded, known without the database, so that a history which lost rows cannot hide it.

A bit flip in the middle of DuckDB's write-ahead log, or a log that is missing, opens without an error and without the
rows after it. So the last number that was committed is also written here, forced to the disk, every few seconds.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

NAME: Final = "recorded.json"

_BROKEN_AT: Final = re.compile(r"entry at byte position (\d+)")


@dataclass(frozen=True, slots=True)
class Mark:
    """What was certain at at_us (UTC µs): rows up to last_seq were committed. is_clean: the program ended by itself."""

    last_seq: int = 0
    at_us: int = 0
    is_clean: bool = True


def read(folder: Path) -> Mark:
    """Return the mark of the last run; an empty one when there is none or it cannot be read."""
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Mark(int(found["last_seq"]), int(found["at_us"]), bool(found["is_clean"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Mark()


def write(folder: Path, mark: Mark) -> None:
    """Replace the mark, durably. Raises OSError."""
    part = folder / f"{NAME}.part"
    with part.open("w", encoding="utf-8") as file:
        json.dump(asdict(mark), file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / NAME)


def keep_log(live: Path) -> Path | None:
    """Copy the write-ahead log aside before it is replayed; return the copy, or None when there is no log.

    One copy is kept: it is of use only to whoever looks into the very last crash.
    """
    log = live.with_name(live.name + ".wal")
    if not log.exists():
        return None
    copy = live.with_name(live.name + ".wal-before")
    copy.write_bytes(log.read_bytes())
    return copy


def mend_log(live: Path, reason: str) -> bool:
    """Cut a write-ahead log off where DuckDB says that it is broken, or set it aside; False when there is none.

    A power cut may keep a later part of a transaction that was not committed yet and lose an earlier one. DuckDB then
    refuses the file, although all that was committed lies before; whether that is so the mark tells.
    """
    log = live.with_name(live.name + ".wal")
    if not log.exists():
        return False
    found = _BROKEN_AT.search(reason)
    if found is not None and 0 < int(found[1]) < log.stat().st_size:
        with log.open("r+b") as file:
            file.truncate(int(found[1]))
            os.fsync(file.fileno())
        return True
    log.rename(log.with_name(log.name + "-broken"))
    return True
