"""The journal's file and its named statements."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hmi.storage.errors import DamagedError, NewerError, StorageError
from hmi.storage.journal import schema


@dataclass(frozen=True, slots=True)
class CommandEventRow:
    """One state that a command reached."""

    at_us: int
    command_id: str
    control_id: str
    station_id: str
    name: str
    state: str
    value: float
    label: str
    user: str
    detail: str = ""


INSERT_COMMAND_EVENT: Final = """INSERT INTO command_event
    (at_us, command_id, control_id, station_id, name, state, value, label, user, detail)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def command_event_values(row: CommandEventRow) -> tuple[object, ...]:
    """Return a row as INSERT_COMMAND_EVENT takes it."""
    return astuple(row)


class JournalReader:
    """The journal for those who only read, beside who writes it; one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises StorageError."""
        try:
            self.connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            _add_functions(self.connection)
        except sqlite3.Error as error:
            raise StorageError(f"The journal {path} cannot be read: {error}.") from error

    def commands(self, limit: int) -> list[CommandEventRow]:
        """Return the latest state of the latest commands, newest command first, at the time they were ordered."""
        found = self.connection.execute(
            """SELECT (SELECT min(first.at_us) FROM command_event AS first
                       WHERE first.command_id = command_event.command_id),
                      command_id, control_id, station_id, name, state, value, label, user, detail
               FROM command_event
               WHERE seq IN (SELECT max(seq) FROM command_event GROUP BY command_id ORDER BY max(seq) DESC LIMIT ?)
               ORDER BY seq DESC""",
            (limit,),
        )
        return [CommandEventRow(*row) for row in found]

    def commands_between(
        self, start_us: int, end_us: int, station_ids: Sequence[str], limit: int
    ) -> list[CommandEventRow]:
        """Return the commands of stations that were ordered between two times: latest state, time of the order."""
        found = self.connection.execute(
            """SELECT ordered.at_us, latest.command_id, latest.control_id, latest.station_id, latest.name, latest.state,
                      latest.value, latest.label, latest.user, latest.detail
               FROM command_event AS ordered
               JOIN command_event AS latest ON latest.seq =
                   (SELECT max(seq) FROM command_event WHERE command_id = ordered.command_id)
               WHERE ordered.at_us BETWEEN ? AND ?
                 AND ordered.seq = (SELECT min(seq) FROM command_event WHERE command_id = ordered.command_id)
                 AND ordered.station_id IN (SELECT value FROM json_each(?))
               ORDER BY ordered.at_us DESC LIMIT ?""",
            (start_us, end_us, json.dumps(list(station_ids)), limit),
        )
        return [CommandEventRow(*row) for row in found]

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


@contextmanager
def reading(path: Path) -> Iterator[JournalReader]:
    """Open the journal to read, and close it. Raises StorageError, also for what goes wrong while it is read."""
    with closing(JournalReader(path)) as reader:
        try:
            yield reader
        except sqlite3.Error as error:
            raise StorageError(f"The journal cannot be read: {error}.") from error


class Journal:
    """One open journal; all calls on the journal thread. A call that returned has survived a power cut."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises StorageError and its children."""
        self.path = path
        try:
            self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            _add_functions(self.connection)
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            self._prepare(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StorageError(f"The journal {path} cannot be written: {error}.") from error
            raise DamagedError(f"The journal {path.name} is damaged: {error}.") from error

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def append_command_events(self, rows: Sequence[CommandEventRow]) -> None:
        """Commit rows together. Raises StorageError, and then none is stored."""
        self.append(INSERT_COMMAND_EVENT, [command_event_values(row) for row in rows])

    def open_commands(self) -> list[CommandEventRow]:
        """Return the commands whose outcome was never written."""
        found = self.connection.execute(
            """SELECT at_us, command_id, control_id, station_id, name, state, value, label, user, detail
               FROM command_event
               WHERE seq IN (SELECT max(seq) FROM command_event GROUP BY command_id)
                 AND state IN ('PENDING', 'SENT')"""
        )
        return [CommandEventRow(*row) for row in found]

    def append(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Commit one statement for many rows together. Raises StorageError, and then none is stored."""
        self.append_all([(statement, rows)])

    def append_all(self, parts: Sequence[tuple[str, Sequence[tuple[object, ...]]]]) -> None:
        """Commit statements, each for its rows, together. Raises StorageError, and then none is stored."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                for statement, rows in parts:
                    self.connection.executemany(statement, rows)
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # on a full disk SQLite has rolled back by itself
                    self.connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StorageError(f"The journal cannot be written: {error}. Free some space on the disk.") from error

    def probe(self) -> None:
        """Begin a write and take it back. Raises StorageError when the file takes none."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise StorageError(f"The journal cannot be written: {error}.") from error

    def _prepare(self, path: Path) -> None:
        version = int(self.connection.execute("PRAGMA user_version").fetchone()[0])
        if version > schema.VERSION:
            raise NewerError(f"The journal {path.name} was written by a newer version of Roams; update this one.")
        for number, statements in enumerate(schema.STEPS[version:], version + 1):
            self.connection.execute("BEGIN IMMEDIATE")
            for statement in statements:
                self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {number}")
            self.connection.execute("COMMIT")


def _add_functions(connection: sqlite3.Connection) -> None:
    """Add what statements use: now, since it is refused while another thread runs a statement.

    fold: SQLite's own lower() knows no letter beyond z.
    """
    connection.create_function("fold", 1, lambda text: str(text or "").casefold(), deterministic=True)


def open_journal(path: Path) -> tuple[Journal, str]:
    """Open the journal; return it and what is to be said, empty for nothing. Raises StorageError, also NewerError.

    A file that is damaged is set aside and a new one begun: the plant must be seen and operated, whatever has become of
    the record of yesterday, and the file that was set aside still holds what can be read of it.
    """
    try:
        return Journal(path), ""
    except DamagedError as error:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        aside = path.with_name(f"{path.name}.damaged-{stamp}")
        try:
            for suffix in ("-wal", "-shm", ""):
                part = path.with_name(path.name + suffix)
                if part.exists():
                    part.rename(aside.with_name(aside.name + suffix))
        except OSError as refused:
            raise StorageError(f"{error} It cannot be set aside: {refused.strerror}.") from error
        said = f"{error} It was set aside as {aside.name}; what stood and was acknowledged before is not known here."
        return Journal(path), said
