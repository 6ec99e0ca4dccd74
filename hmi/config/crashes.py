"""Crash files: what Python or a library died of, kept on this machine only."""

from __future__ import annotations

import faulthandler
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final

import structlog

FILES_KEPT: Final = 20

_log = structlog.get_logger(__name__)
_native: list[IO[str]] = []
_counts: dict[str, int] = {}
"""How often a crash came from a place, by its trace."""


def watch_for_crashes(folder: Path) -> None:
    """Write every exception that nobody caught, and every native crash, to a file in the folder."""
    for old in sorted(folder.glob("*.txt"))[:-FILES_KEPT]:
        old.unlink(missing_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    native = (folder / f"native-{stamp}.txt").open("w", encoding="utf-8")
    _native.append(native)  # faulthandler writes to the descriptor, so the file must stay open
    faulthandler.enable(native)

    def keep(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        write_crash(folder, kind, error, trace)

    def keep_from_thread(found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None and found.exc_type is not SystemExit:
            write_crash(folder, found.exc_type, found.exc_value, found.exc_traceback)

    sys.excepthook = keep
    threading.excepthook = keep_from_thread


def stop_watching() -> None:
    """Close the native crash file and remove it when nothing crashed."""
    faulthandler.disable()
    while _native:
        file = _native.pop()
        path = Path(file.name)
        file.close()
        if path.exists() and not path.stat().st_size:
            path.unlink()


def write_crash(
    folder: Path, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> Path | None:
    """Write one crash file and a log line; return its path, or None when none was."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return None
    text = "".join(traceback.format_exception(kind, error, trace))
    place = "".join(traceback.format_tb(trace))
    _counts[place] = _counts.get(place, 0) + 1
    if _counts[place] > 1:
        return None  # one that comes with every repaint is written once
    _log.error("crash", error=repr(error), trace=text)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder / f"python-{stamp}.txt"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        return None
    return path
