"""Crash files: what Python, Qt or a library died of, kept on this machine only.

python-…  an exception that nobody caught; the program may have gone on
qt-…      what Qt called fatal
native-…  traces of the threads when a library crashed
ended-…   the program was gone without a word: killed, or the computer lost its power
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final

import structlog

FILES_KEPT: Final = 20
READ_BYTES: Final = 400_000
SEEN: Final = "seen"
"""The file with the time (UTC µs) up to which somebody has seen what happened."""
ENDINGS: Final = ("ended", "native", "qt")
"""Kinds of files after which the program was gone."""
GONE: Final = "The program was gone without a word: it was killed, or the computer lost its power.\n"

_log = structlog.get_logger(__name__)
_native: list[IO[str]] = []
_counts: dict[str, int] = {}
"""How often a crash came from a place, by its trace."""


@dataclass(frozen=True, slots=True)
class Crash:
    """One crash file. at_us: UTC µs."""

    name: str
    kind: str
    at_us: int
    bytes: int


def watch_for_crashes(folder: Path) -> None:
    """Write every exception that nobody caught, and every native crash, to a file in the folder.

    What the run before left open is closed first: only one run at a time has the folder.
    """
    _close_last_run(folder)
    for old in crashes_in(folder)[FILES_KEPT:]:
        (folder / old.name).unlink(missing_ok=True)
    native = (folder / f"native-{_stamp('%Y%m%dT%H%M%SZ')}.txt").open("w", encoding="utf-8")
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
    return write_text(folder, "python", text)


def write_text(folder: Path, kind: str, text: str) -> Path | None:
    """Write a crash file of a kind; return its path, or None where the disk refused."""
    path = folder / f"{kind}-{_stamp('%Y%m%dT%H%M%S.%fZ')}.txt"
    try:
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError:
        return None
    return path


# ── looked at ─────────────────────────────────────────────────────────────────────────────────────────────────────


def crashes_in(folder: Path) -> list[Crash]:
    """Return the crash files, newest first; the one of this run, which is empty, is none."""
    found = []
    for path in folder.glob("*-*.txt"):
        try:
            facts = path.stat()
        except OSError:
            continue
        if facts.st_size:
            found.append(Crash(path.name, path.name.partition("-")[0], facts.st_mtime_ns // 1000, facts.st_size))
    return sorted(found, key=lambda each: each.at_us, reverse=True)


def read_crash(folder: Path, name: str) -> str:
    """Return a crash file's text, its end where it is long. Raises KeyError for one that is not there, and OSError."""
    if name not in {each.name for each in crashes_in(folder)}:
        raise KeyError(name)
    with (folder / name).open("rb") as file:
        file.seek(max(0, (folder / name).stat().st_size - READ_BYTES))
        return file.read(READ_BYTES).decode("utf-8", "replace")


def unseen(folder: Path) -> list[Crash]:
    """Return the crash files that nobody has dismissed yet, newest first."""
    try:
        seen_us = int((folder / SEEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        seen_us = 0
    return [each for each in crashes_in(folder) if each.at_us > seen_us]


def dismiss(folder: Path) -> None:
    """Remember that somebody has seen all crash files there are. Raises OSError."""
    newest_us = max((each.at_us for each in crashes_in(folder)), default=0)
    (folder / SEEN).write_text(str(newest_us), encoding="utf-8")


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _close_last_run(folder: Path) -> None:
    """Say of a run that left its native file empty and open when it was last alive."""
    for path in folder.glob("native-*.txt"):
        try:
            if path.stat().st_size:
                continue
            alive = datetime.fromtimestamp(max(_signs_of_life(folder.parent, path)), UTC)
            ended = folder / f"ended-{alive:%Y%m%dT%H%M%S.%fZ}.txt"
            ended.write_text(f"{GONE}Last sign of life: {alive:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
            os.utime(ended, (alive.timestamp(), alive.timestamp()))
            path.unlink()
        except OSError as error:
            _log.warning("crash file not closed", file=path.name, reason=str(error))


def _signs_of_life(profile: Path, started: Path) -> Iterator[float]:
    """Return when the last run wrote something, s since the epoch."""
    yield started.stat().st_mtime
    for pattern in ("*.db", "*.db-wal", "session.json", "history/*", "logs/roams.log"):
        for path in profile.glob(pattern):
            yield path.stat().st_mtime


def _stamp(form: str) -> str:
    return datetime.now(UTC).strftime(form)
