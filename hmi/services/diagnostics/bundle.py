"""The support bundle: one file for those who help, made where the administrator wants it. Nothing is sent anywhere.

It holds the log, crash files, versions, settings and configuration, figures, and how links and files do; no password,
no key, no reading. Every text goes through the redaction, and the manifest says what is in it and how much was blotted
out. It is made of files only where the program does not run, so that it can be made when it no longer starts.
"""

from __future__ import annotations

import json
import platform
import sqlite3
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from hmi.config.crashes import crashes_in, read_crash
from hmi.config.log_tail import files_in
from hmi.config.profile import Profile
from hmi.config.redaction import redact, redact_tree
from hmi.domain.language import tr
from hmi.services.diagnostics.facts import Facts
from hmi.services.diagnostics.files import file_states, program_version
from hmi.services.jobs import Progress
from hmi.services.port.audit import AuditCheck
from hmi.services.port.diagnostics import BundleFile

LOG_BYTES: Final = 5_000_000
"""Of each log file, its end."""
LINE_CHARACTERS: Final = 65_536
KEY_LINES: Final = 100
"""The most that a key in PEM goes over."""
ROWS_MOST: Final = 20_000
MANIFEST: Final = "manifest.json"
TABLES: Final = (
    "configuration",
    "area",
    "station",
    "asset",
    "connection",
    "tag",
    "tag_revision",
    "alarm",
    "control",
    "sequence",
    "pipe",
    "role",
    "trend_group",
)
"""Of roams.db. What is not named here, such as accounts and substituted values, never leaves."""
SETTINGS: Final = "setting"


@dataclass(frozen=True, slots=True)
class Live:
    """What only a running program knows."""

    facts: Facts
    check: AuditCheck


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a bundle: its name, what it is, and what makes its text, with the secrets blotted out."""

    name: str
    about: str
    make: Callable[[], tuple[str, int]]


def files_of(profile: Profile, live: Sequence[Part] = ()) -> list[Part]:
    """Return the files of a bundle, to be made on a worker."""
    database = profile.configuration
    found = [
        Part("versions.json", tr("program, libraries, system"), lambda: _json(versions())),
        Part(
            "files.json",
            tr("sizes and schema versions"),
            lambda: _json([asdict(each) for each in file_states(profile)]),
        ),
        Part("settings.json", tr("settings"), partial(_table, database, SETTINGS)),
    ]
    found += [
        Part(f"configuration/{table}.json", tr("configuration"), partial(_table, database, table)) for table in TABLES
    ]
    found += [
        Part(f"logs/{path.name}", tr("log, its end where it is long"), partial(_log, path))
        for path in files_in(profile.logs)
    ]
    found += [
        Part(f"crashes/{each.name}", tr("crash file"), partial(_crash, profile.crashes, each.name))
        for each in crashes_in(profile.crashes)
    ]
    return [*found, *live]


def live_files(live: Live) -> list[Part]:
    """Return what a running program adds: links, figures and the last check of the audit record."""
    facts = asdict(live.facts)
    links = facts.pop("links")
    facts["alarms"] = {f"{priority}/{state}": count for (priority, state), count in live.facts.alarms.items()}
    return [
        Part("links.json", tr("links as they stand"), lambda: _json(links)),
        Part("figures.json", tr("what was counted"), lambda: _json(facts)),
        Part("audit_check.json", tr("last check of the audit record"), lambda: _json(asdict(live.check))),
    ]


def plan(parts: Sequence[Part]) -> tuple[BundleFile, ...]:
    """Return what a bundle would hold, made once to know."""
    return tuple(_made(part)[0] for part in parts)


def save(parts: Sequence[Part], path: Path, progress: Progress) -> str:
    """Write a bundle beside its place and put it there whole; return how it ended. Raises OSError and Stopped."""
    beginning = path.with_name(f"{path.name}.part")
    listed: list[BundleFile] = []
    try:
        with zipfile.ZipFile(beginning, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, part in enumerate(parts):
                progress(number, len(parts))
                found, text = _made(part)
                archive.writestr(part.name, text)
                listed.append(found)
            archive.writestr(MANIFEST, manifest(listed))
        beginning.replace(path)
    finally:
        with suppress(OSError):
            beginning.unlink(missing_ok=True)
    blotted = sum(each.blotted for each in listed)
    return tr("Saved {count} files as {path}. Secrets blotted out: {blotted}.").format(
        count=len(listed), path=path, blotted=blotted
    )


def manifest(listed: Sequence[BundleFile]) -> str:
    """Return the text that says what a bundle holds."""
    return json.dumps(
        {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "program": program_version(),
            "holds_no": ["passwords", "keys", "tokens", "readings", "accounts"],
            "files": [asdict(each) for each in listed],
        },
        indent=1,
        ensure_ascii=False,
    )


def versions() -> dict[str, object]:
    """Return the versions of the program, its libraries and the system."""
    libraries = {f"{each.name} {each.version}" for each in metadata.distributions() if each.name}
    return {
        "program": program_version(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "zone": time.strftime("%Z"),
        "libraries": sorted(libraries, key=str.casefold),
    }


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _made(part: Part) -> tuple[BundleFile, str]:
    """Make a file; one that cannot be made says why, and the others go on."""
    try:
        text, blotted = part.make()
    except (OSError, KeyError, ValueError, sqlite3.Error) as error:
        text, blotted = redact(tr("This could not be read: {error}\n").format(error=error))
    return BundleFile(part.name, part.about, len(text.encode("utf-8", "replace")), blotted), text


def _json(value: object) -> tuple[str, int]:
    plain, blotted = redact_tree(_plain(value))
    return json.dumps(plain, indent=1, ensure_ascii=False), blotted


def _plain(value: Any) -> Any:
    """Return what JSON can hold; bytes are left out, since nobody can tell what they are."""
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.name if isinstance(value.value, int) else value.value
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _log(path: Path) -> tuple[str, int]:
    """Return the end of a log, redacted line by line, so that other threads have their turn."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - LOG_BYTES))
        lines = file.read(LOG_BYTES).decode("utf-8", "replace").splitlines(keepends=True)
    if size > LOG_BYTES:
        del lines[0]  # the end of a line whose beginning, and what it names, is not known
    found = [redact(line) for line in _without_keys(lines)]
    return "".join(line for line, _ in found), sum(count for _, count in found)


def _without_keys(lines: Sequence[str]) -> Iterator[str]:
    """Return lines, at most LINE_CHARACTERS of each, without those of a key that goes over several."""
    within = 0
    for line in lines:
        if within and not line.startswith("{"):
            within = 0 if "-----END" in line else within - 1
            continue
        within = KEY_LINES if "PRIVATE KEY-----" in line and "-----END" not in line else 0
        yield line if len(line) <= LINE_CHARACTERS else f"{line[:LINE_CHARACTERS]}…\n"


def _crash(folder: Path, name: str) -> tuple[str, int]:
    return redact(read_crash(folder, name))


def _table(path: Path, table: str) -> tuple[str, int]:
    """Return a table's rows by column, settings by key; JSON within is opened. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        cursor = database.execute(f'SELECT * FROM "{table}" LIMIT {ROWS_MOST}')  # noqa: S608  # names of this module
        names = [each[0] for each in cursor.description]
        rows = list(_opened(cursor))
    if table == SETTINGS:
        return _json(dict(rows))
    return _json([dict(zip(names, row, strict=True)) for row in rows])


def _opened(rows: Any) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(_open(value) for value in row)


def _open(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in "[{":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
