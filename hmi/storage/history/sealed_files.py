"""Sealed files: finding, attaching and reading what they say of themselves. They are never written again.

A file is made under another name and renamed when it is whole, so a file that is there is whole. Where two files hold
the same day the one of the higher generation counts, and the other is a leftover of a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb
import structlog

from hmi.storage.errors import DamagedError, LockedError, NewerError, StorageError
from hmi.storage.history import schema
from hmi.storage.history.shelf import Sealed

PART: Final = ".part"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC).date()

_log = structlog.get_logger(__name__)


def file_name(first_day: int, end_day: int, generation: int) -> str:
    """Return the name of a file over whole days: `2026-11-01_2026-11-30.7.duckdb`; of a single day once."""
    first, last = (_EPOCH + timedelta(days=day) for day in (first_day, end_day - 1))
    days = f"{first}" if first == last else f"{first}_{last}"
    return f"{days}.{generation}.duckdb"


def attach(connection: duckdb.DuckDBPyConnection, path: Path) -> Sealed:
    """Attach a file for reading and return what it holds. Raises StorageError and its children."""
    alias = _alias(path)
    try:
        connection.execute(f"ATTACH '{_quoted(path)}' AS {alias} (READ_ONLY)")
    except duckdb.Error as error:
        text = str(error).splitlines()[0]
        if "lock" in text.lower():
            raise LockedError(f"{path.name} is open for writing in another program: {text}") from error
        if "serialization" in text.lower() or "newer" in text.lower():
            raise NewerError(f"The history {path.name} was written by a newer version of Roams.") from error
        raise DamagedError(f"The history file {path.name} cannot be read: {text}") from error
    try:
        return _described(connection, path, alias)
    except StorageError:
        connection.execute(f"DETACH {alias}")
        raise
    except duckdb.Error as error:
        connection.execute(f"DETACH {alias}")
        raise DamagedError(f"The file {path.name} is not a history of this program.") from error


def find(
    connection: duckdb.DuckDBPyConnection, folder: Path, on_fault: Callable[[Path, StorageError], None]
) -> tuple[Sealed, ...]:
    """Attach all files of a folder that count, delete leftovers; a file that cannot be used is told and passed over."""
    for left in folder.glob(f"*{PART}*"):
        left.unlink(missing_ok=True)
    found: list[Sealed] = []
    for path in sorted(folder.glob("[0-9-]*.*.duckdb")):
        try:
            found.append(attach(connection, path))
        except StorageError as error:
            on_fault(path, error)
    current = [each for each in found if not any(_replaces(other, each) for other in found)]
    for each in found:
        if each not in current:
            _log.info("superseded history file deleted", file=each.path.name)
            forget(connection, each)
    return tuple(sorted(current, key=lambda each: each.first_day))


def forget(connection: duckdb.DuckDBPyConnection, sealed: Sealed) -> None:
    """Detach a file that nobody reads any more, and delete it."""
    connection.execute(f"DETACH {sealed.alias}")
    sealed.path.unlink(missing_ok=True)


def runs_in(connection: duckdb.DuckDBPyConnection, sealed: Iterable[Sealed]) -> set[tuple[int, int]]:
    """Return the (run, day) pairs that sealed files say they hold."""
    pairs: set[tuple[int, int]] = set()
    for each in sealed:
        pairs.update(connection.execute(f"SELECT run, day FROM {each.alias}.of_run").fetchall())
    return pairs


def next_generation(sealed: Sequence[Sealed]) -> int:
    """Return a generation above all that are there."""
    return max((each.generation for each in sealed), default=0) + 1


def _described(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> Sealed:
    row = connection.execute(
        f"""SELECT version, generation, first_day, end_day, row_count, text_count, first_seq, last_seq
            FROM {alias}.sealed"""
    ).fetchone()
    if row is None:
        raise DamagedError(f"The file {path.name} is not a history of this program.")
    version, generation, first_day, end_day, rows, texts, first_seq, last_seq = row
    if version > schema.SEALED_VERSION:
        raise NewerError(f"The history {path.name} was written by a newer version of Roams; update this one.")
    names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = ?", [alias]).fetchall()
    return Sealed(
        path,
        alias,
        generation,
        first_day,
        end_day,
        rows,
        texts,
        first_seq,
        last_seq,
        tuple(name for name in schema.SEALED_TABLES if (name,) in names),
        path.stat().st_size,
    )


def _replaces(one: Sealed, other: Sealed) -> bool:
    return one.generation > other.generation and one.first_day <= other.first_day and other.end_day <= one.end_day


def _alias(path: Path) -> str:
    return "sealed_" + "".join(letter if letter.isalnum() else "_" for letter in path.stem)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
