"""The side file: what was recorded, known without the database, so that a history which lost rows cannot hide it.

A bit flip in the middle of DuckDB's write-ahead log, or a log that is missing, opens without an error and without the
rows after it. So the last number that was committed is also written here, forced to the disk, every few seconds.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "recorded.json"


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
