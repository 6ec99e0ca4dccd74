"""One running instance a profile: a lock that the operating system lets go of when its process ends."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO


class TakenError(Exception):
    """Another process runs on the profile; pid is 0 where it cannot be read."""

    def __init__(self, pid: int, *, has_window: bool) -> None:
        super().__init__(f"Roams already runs on this profile (process {pid or 'unknown'}).")
        self.pid = pid
        self.has_window = has_window


class InstanceLock:
    """Held from construction to `release`."""

    def __init__(self, path: Path, *, has_window: bool) -> None:
        """Take the lock. Raises TakenError when another process holds it."""
        self._path = path
        self._file: IO[str] = path.open("a+", encoding="utf-8")
        try:
            _lock(self._file)
        except OSError:
            self._file.close()
            holder = _read(path)
            raise TakenError(holder.get("pid", 0), has_window=bool(holder.get("has_window"))) from None
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), "has_window": has_window}, self._file)
        self._file.flush()

    def release(self) -> None:
        """Let another process have the profile."""
        self._file.close()


def _read(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        # A byte far behind the text, so that others can still read who holds the lock.
        file.seek(1 << 20)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
