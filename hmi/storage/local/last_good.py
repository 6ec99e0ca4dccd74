"""The last good copy of roams.db: taken whole, beside it, and taken up when the file itself is damaged."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from hmi.storage.errors import DamagedError, StorageError
from hmi.storage.local.database import open_database

SUFFIX: Final = ".last-good"
HEADER_BYTES: Final = 100


def copy_of(path: Path) -> Path:
    """Return where the copy of a configuration lies."""
    return path.with_name(path.name + SUFFIX)


def open_or_restore(path: Path) -> tuple[Engine, str]:
    """Open the configuration, or the last good copy of a damaged one; return it and what is to be said.

    The damaged file is set aside and kept. Raises StorageError and its children: a newer file stays as it is, and a
    damaged one without a copy is for a person to judge.
    """
    try:
        return _opened(path), ""
    except DamagedError as error:
        copy = copy_of(path)
        if not copy.exists():
            raise
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        aside = path.with_name(f"{path.name}.damaged-{stamp}")
        try:
            for suffix in ("-wal", "-shm", ""):
                part = path.with_name(path.name + suffix)
                if part.exists():
                    part.rename(aside.with_name(aside.name + suffix))
            _take_up(copy, path)
        except OSError as refused:
            raise StorageError(f"{error} The last good copy cannot be taken up: {refused.strerror}.") from error
        made = datetime.fromtimestamp(copy.stat().st_mtime, UTC).astimezone()
        said = f"The configuration was damaged and is as it was on {made:%Y-%m-%d %H:%M}. "
        said += "Check the lock-out tags and the users: what was changed of them since is not in it. "
        return _opened(path), said + f"The damaged file is kept as {aside.name}."


def keep_copy(engine: Engine, path: Path) -> None:
    """Take a copy of the open configuration; the one before stays until it is whole. Raises StorageError."""
    copy, part = copy_of(path), path.with_name(path.name + SUFFIX + ".part")
    try:
        part.unlink(missing_ok=True)
        with engine.connect() as database:
            database.execution_options(isolation_level="AUTOCOMMIT").execute(
                text("VACUUM INTO :target"), {"target": str(part)}
            )
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(copy)
    except (OSError, DatabaseError) as error:
        raise StorageError(f"No copy of the configuration was taken: {error}.") from error


def _take_up(copy: Path, path: Path) -> None:
    """Put the copy in the file's place, whole or not at all."""
    part = path.with_name(path.name + ".part")
    shutil.copyfile(copy, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def _opened(path: Path) -> Engine:
    """Open a configuration whose every page can be read. Raises StorageError and its children."""
    if copy_of(path).exists() and (not path.exists() or path.stat().st_size < HEADER_BYTES):
        # SQLite would take what is missing, or shorter than a header, for a new file, and begin anew.
        raise DamagedError(f"The configuration {path} is damaged (it is missing, or was cut short).")
    engine = open_database(path)
    try:
        with engine.connect() as database:
            found = str(database.execute(text("PRAGMA quick_check(1)")).scalar_one())
    except DatabaseError as error:
        found = str(error.orig)
    if found == "ok":
        return engine
    engine.dispose()
    raise DamagedError(f"The configuration {path} is damaged ({found}). Restore a copy, or move it away to begin anew.")
