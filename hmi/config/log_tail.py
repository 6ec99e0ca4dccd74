"""The newest lines of the log, read backwards from the files' end; whatever stands in them, and while they rotate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hmi.config.logs import FILE_NAME, FILES_KEPT

BLOCK_BYTES: Final = 65_536
LINE_BYTES: Final = 65_536
"""A longer line is cut, and its beginning not looked for any further."""
LEVELS: Final = ("debug", "info", "warning", "error", "critical")
FIRST_FIELDS: Final = frozenset({"event", "level", "logger", "timestamp"})
FACT_CHARACTERS: Final = 20_000
LONG_FACTS: Final = ("exception", "trace", "stack")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line. at_us: UTC µs, 0 where it does not say. level: empty for a line that is none of ours.

    facts: what else it says, by name; a trace is the last one.
    """

    at_us: int
    level: str
    logger: str
    event: str
    facts: tuple[tuple[str, str], ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Tail:
    """Lines, newest first. is_whole: there are no older ones. read_bytes: looked through for them."""

    lines: tuple[LogLine, ...]
    is_whole: bool
    read_bytes: int


def files_in(folder: Path) -> list[Path]:
    """Return the log's files that are there, newest first."""
    names = [FILE_NAME, *(f"{FILE_NAME}.{number}" for number in range(1, FILES_KEPT + 1))]
    return [folder / name for name in names if (folder / name).exists()]


def stamp_of(folder: Path) -> str:
    """Return what changes whenever a line is written."""
    try:
        facts = (folder / FILE_NAME).stat()
    except OSError:
        return ""
    return f"{facts.st_ino}/{facts.st_size}/{facts.st_mtime_ns}"


def tail(folder: Path, limit: int, level: str = "", text: str = "", most_bytes: int = 4_000_000) -> Tail:
    """Return the newest lines of a level or above with a text in them; on a worker.

    most_bytes: to be looked through, whatever was found by then.
    """
    wanted, words = _levels_from(level), text.casefold().encode()
    found: list[LogLine] = []
    read = 0
    for path in files_in(folder):
        for raw in lines_backwards(path):
            read += len(raw) + 1
            if len(found) >= limit or read > most_bytes:
                return Tail(tuple(found), is_whole=False, read_bytes=read)
            if not raw.strip(b" \r\0") or (words and words not in raw.decode("utf-8", "replace").casefold().encode()):
                continue
            line = parse(raw)
            if line.level in wanted:
                found.append(line)
    return Tail(tuple(found), is_whole=True, read_bytes=read)


def lines_backwards(path: Path) -> Iterator[bytes]:
    """Return a file's lines from the last to the first, each at most LINE_BYTES; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            at = file.seek(0, 2)
            rest = b""
            while at > 0:
                size = min(BLOCK_BYTES, at)
                at -= size
                file.seek(at)
                rest, *lines = (file.read(size) + rest).split(b"\n")
                yield from (line[:LINE_BYTES] for line in reversed(lines) if line)
                rest = rest[:LINE_BYTES]  # the beginning of a line whose end is long: no more of it is kept
            if rest:
                yield rest
    except OSError:
        return


def parse(raw: bytes) -> LogLine:
    """Return what a line says; one that is no JSON of ours says itself."""
    text = raw.decode("utf-8", "replace").strip("\r\0 ")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return LogLine(0, "", "", text, raw=text)
    if not isinstance(found, dict) or "event" not in found:
        return LogLine(0, "", "", text, raw=text)
    facts = {str(key): _text(value) for key, value in found.items() if key not in FIRST_FIELDS}
    ordered = sorted(facts.items(), key=lambda fact: fact[0] in LONG_FACTS)
    level = str(found.get("level", "")).lower()
    return LogLine(
        _time_us(found.get("timestamp")),
        level if level in LEVELS else "",
        str(found.get("logger", "")),
        _text(found["event"]),
        tuple(ordered),
        text,
    )


def _levels_from(level: str) -> frozenset[str]:
    """Return a level and those above it; what is no line of ours is looked at among all of them only."""
    if level not in LEVELS:
        return frozenset({"", *LEVELS})
    return frozenset(LEVELS[LEVELS.index(level) :])


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:FACT_CHARACTERS]


def _time_us(value: object) -> int:
    try:
        return round(datetime.fromisoformat(str(value)).timestamp() * 1e6)
    except (ValueError, OverflowError, OSError):
        return 0
