"""Opening roams.db and bringing it to the present version, step by step, each step in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError

from hmi.storage.errors import DamagedError, NewerError, StorageError
from hmi.storage.local import schema
from hmi.storage.local.migrations import (
    m0001_first,
    m0002_deadband,
    m0003_logging,
    m0004_alarm_records,
    m0005_controls,
    m0006_accounts,
    m0007_versions,
    m0008_kept_revisions,
    m0009_alarm_proposals,
)

STEPS: Final = (
    m0001_first.STATEMENTS,
    m0002_deadband.STATEMENTS,
    m0003_logging.STATEMENTS,
    m0004_alarm_records.STATEMENTS,
    m0005_controls.STATEMENTS,
    m0006_accounts.STATEMENTS,
    m0007_versions.STATEMENTS,
    m0008_kept_revisions.STATEMENTS,
    m0009_alarm_proposals.STATEMENTS,
)


def open_database(path: Path) -> Engine:
    """Open or make the file. Raises StorageError and its children; the file is then as it was."""
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _durable)
    try:
        _migrate(engine, path)
    except OperationalError as error:
        engine.dispose()
        raise StorageError(f"The configuration {path} cannot be written: {error.orig}.") from error
    except DatabaseError as error:
        engine.dispose()
        raise DamagedError(
            f"The configuration {path} is damaged ({error.orig}). Restore a copy, or move it away to begin anew."
        ) from error
    except StorageError:
        engine.dispose()
        raise
    return engine


def _durable(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what was a secret in the clear once leaves nothing behind


def _migrate(engine: Engine, path: Path) -> None:
    with engine.connect() as connection:
        version = int(connection.execute(text("PRAGMA user_version")).scalar_one())
    if version > schema.VERSION:
        raise NewerError(f"The configuration {path.name} was written by a newer version of Roams; update this one.")
    for number, statements in enumerate(STEPS[version:], version + 1):
        with engine.begin() as connection:
            # pysqlite begins a transaction only before the first INSERT, and tables must not be half made either.
            connection.execute(text("BEGIN IMMEDIATE"))
            for statement in statements:
                connection.execute(text(statement))
            connection.execute(text(f"PRAGMA user_version = {number}"))
