"""The audit record's rows in the journal: added at the end, cut from the front by order, otherwise never touched."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from hmi.domain.audit import AuditAction
from hmi.storage.errors import StorageError
from hmi.storage.journal import schema
from hmi.storage.journal.audit_chain import Head, Method, body_of
from hmi.storage.journal.journal import Journal, JournalReader

BLOCK_ROWS: Final = 5_000
"""Rows that are read at a time when many are wanted."""
INSERT: Final = "INSERT INTO audit (seq, body, previous_mac, mac) VALUES (?, ?, ?, ?)"

Facts = Mapping[str, Any]
Part = tuple[str, Sequence[tuple[object, ...]]]


class AuditRow(NamedTuple):
    """One row as it is stored."""

    seq: int
    body: str
    previous_mac: bytes
    mac: bytes


class AuditChain:
    """The end of the chain, where rows are added. All calls on the journal thread."""

    def __init__(self, journal: Journal) -> None:
        """Find the end. Raises StorageError."""
        self._journal = journal
        self.head = Head()
        self.key_id = ""
        """Under which key the newest row was made; empty for the plain chain."""
        newest = self._read("SELECT seq, mac, body FROM audit ORDER BY seq DESC LIMIT 1")
        if newest:
            seq, mac, body = newest[0]
            self.head = Head(seq, mac if isinstance(mac, bytes) else str(mac).encode())
            self.key_id = str(_read_body(body).get("key", ""))

    @property
    def known_key_id(self) -> str:
        """The key that the chain was last proven by, if it ever was."""
        return self.key_id or self._last_key_id()

    def append(self, facts: Sequence[Facts], method: Method, beside: Sequence[Part] = ()) -> None:
        """Commit entries at the end, with further statements. Raises StorageError, and then none is stored.

        The end is the one that was written last: who altered it meanwhile shows in the next check.
        """
        seq, mac = max(self.head.count, self._last_seq()), self.head.mac
        rows = []
        for each in facts:
            seq += 1
            body = body_of(each, seq, method)
            previous, mac = mac, method.mac(mac, body)
            rows.append(AuditRow(seq, body, previous, mac))
        self._journal.append_all([(INSERT, rows), *beside])
        self.head = Head(seq, mac)
        self.key_id = method.key_id

    def cut(self, facts: Facts, method: Method, before: int) -> None:
        """Remove the rows before one, and write that down, in one. Raises StorageError, and then nothing changed."""
        self.append([facts], method, [("DELETE FROM audit WHERE seq < ?", [(before,)])])

    def set_aside(self) -> str:
        """Begin anew: the rows stay in a table of another name, which is returned. Raises StorageError."""
        database = self._journal.connection
        taken = self._read("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name GLOB 'audit_[0-9]*'")
        name = f"audit_{int(taken[0][0]) + 1}"
        indexes = self._read("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'audit' AND sql <> ''")
        try:
            database.execute("BEGIN IMMEDIATE")
            try:
                for (index,) in indexes:
                    database.execute(f'DROP INDEX "{index}"')
                database.execute(f"ALTER TABLE audit RENAME TO {name}")
                for statement in schema.AUDIT:
                    database.execute(statement)
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StorageError(f"The audit record was not set aside: {error}.") from error
        self.head, self.key_id = Head(), ""
        return name

    def spooled(self, spool: str) -> frozenset[int]:
        """Return which entries of a spool are in the chain."""
        found = self._read("SELECT spool FROM audit WHERE spool >= ? AND spool < ?", (f"{spool}:", f"{spool};"))
        return frozenset(int(name.rpartition(":")[2]) for (name,) in found)

    def outcomes(self, references: Sequence[str], since_us: int) -> Mapping[str, str]:
        """Return the results of commands since a time, by their reference; of several the last. Raises StorageError."""
        found = self._read(
            """SELECT body ->> 'reference', result FROM audit WHERE action = ? AND at_us >= ?
               AND body ->> 'reference' IN (SELECT value FROM json_each(?)) ORDER BY seq""",
            (AuditAction.COMMAND_OUTCOME, since_us, json.dumps(list(references))),
        )
        return dict(found)

    def _last_key_id(self) -> str:
        """Return the key of the last row about the chain itself that was proven by one, or told of one."""
        for (body,) in self._read("SELECT body FROM audit WHERE action = 'audit' ORDER BY seq DESC"):
            facts = _read_body(body)
            chain = facts.get("chain")
            if key := facts.get("key") or (chain.get("from") if isinstance(chain, dict) else ""):
                return str(key)
        return ""

    def _last_seq(self) -> int:
        return int(self._read("SELECT coalesce(max(seq), 0) FROM audit")[0][0])

    def _read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._journal.connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StorageError(f"The audit record cannot be read: {error}.") from error


class AuditReader:
    """Statements that read; one thread at a time."""

    def __init__(self, journal: Journal | JournalReader) -> None:
        self._connection = journal.connection

    def ends(self) -> tuple[int, int]:
        """Return the numbers of the first and the last row; zeros for an empty record."""
        first, last = self._all("SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM audit")[0]
        return int(first), int(last)

    def first_since(self, at_us: int) -> int:
        """Return the first row, in the order of the chain, that is not older than a time; 0 for none."""
        found = self._all("SELECT seq FROM audit WHERE +at_us >= ? ORDER BY seq LIMIT 1", (at_us,))
        return int(found[0][0]) if found else 0

    def blocks(self, first: int, last: int) -> Iterator[list[tuple[Any, ...]]]:
        """Yield rows (seq, body, previous_mac, mac) in order, a block at a time, as whatever kind they are stored."""
        after = first - 1
        while rows := self._all(
            f"""SELECT seq, body, previous_mac, mac FROM audit WHERE seq > ? AND seq <= ?
                ORDER BY seq LIMIT {BLOCK_ROWS}""",
            (after, last),
        ):
            yield rows
            after = rows[-1][0]

    def _all(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StorageError(f"The audit record cannot be read: {error}.") from error


def _read_body(body: object) -> dict[str, Any]:
    try:
        found = json.loads(str(body))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
