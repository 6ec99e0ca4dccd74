"""Opening the live file: settings, version, and setting aside what does not open."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

from hmi.storage.errors import DamagedError, LockedError, NewerError, StorageError
from hmi.storage.history import schema
from hmi.storage.history.transaction import transaction

FILE_NAME: Final = "live.duckdb"


def settings() -> dict[str, str | int | bool | float | list[str]]:
    """Return the connection settings: a bounded share of the machine, and no extension from anywhere."""
    return {
        "memory_limit": "256MB",
        "threads": max(1, (os.cpu_count() or 2) // 2),
        "max_temp_directory_size": "2GB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }


def open_file(path: Path) -> duckdb.DuckDBPyConnection:
    """Open or make the file. Raises LockedError, DamagedError, NewerError or StorageError."""
    is_new = not path.exists()
    try:
        connection = duckdb.connect(path, config=settings())
    except duckdb.IOException as error:
        text = str(error)
        if "lock" in text.lower():
            raise LockedError(f"{path.name} is open in another program: {text.splitlines()[0]}") from error
        if is_new or "Permission" in text or "Read-only" in text:
            raise StorageError(f"The history {path} cannot be written: {text.splitlines()[0]}") from error
        raise DamagedError(f"The history file {path.name} cannot be read: {text.splitlines()[-1]}") from error
    except duckdb.Error as error:
        raise DamagedError(f"The history file {path.name} cannot be read: {str(error).splitlines()[-1]}") from error
    try:
        _check_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_version(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not tables:
        _in_one_transaction(connection, schema.STATEMENTS)
        return
    if "schema_version" not in tables:
        raise DamagedError(f"The file {path.name} is not a history of this program.")
    row = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    version = row[0] if row else None
    if not isinstance(version, int) or version > schema.VERSION:
        raise NewerError(f"The history {path.name} was written by a newer version of Roams; update this one.")
    for number in range(version, schema.VERSION):
        _in_one_transaction(connection, schema.STEPS[number])


def _in_one_transaction(connection: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> None:
    with transaction(connection):
        for statement in statements:
            connection.execute(statement)


def quarantine(path: Path) -> Path:
    """Set the file and its write-ahead log aside under its name and the time; return the new name."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    path.rename(aside)
    wal = path.with_name(path.name + ".wal")
    if wal.exists():
        wal.rename(aside.with_name(aside.name + ".wal"))
    return aside
