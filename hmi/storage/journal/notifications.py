"""Messages on their way out: named statements over the journal's connection, on the journal thread."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, Final, NamedTuple

from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import Journal


class OutgoingState(StrEnum):
    """How a message stands.

    HELD: until the end of quiet hours. MERGED: told by a summary. DEAD: given up until a person says otherwise.
    """

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    MERGED = "merged"
    DEAD = "dead"
    DISCARDED = "discarded"


ENDED: Final = (OutgoingState.SENT, OutgoingState.MERGED, OutgoingState.DEAD, OutgoingState.DISCARDED)


class NewNotification(NamedTuple):
    """A message as it is made. key: what it is about; a second one with the same key is not stored. Ids as text."""

    key: str
    made_us: int
    alarm_id: str
    activated_us: int
    rule: str
    told: str
    priority: int
    place: str
    channel: str
    recipient: str
    name: str
    subject: str
    body: str
    state: str
    next_us: int
    error: str = ""


class NotificationRow(NamedTuple):
    """A message as it stands. recipient: its address; name: its person's. Times in UTC µs, 0 for none."""

    seq: int
    key: str
    made_us: int
    alarm_id: str
    activated_us: int
    rule: str
    told: str
    priority: int
    place: str
    channel: str
    recipient: str
    name: str
    subject: str
    body: str
    state: str
    attempts: int
    next_us: int
    sent_us: int
    error: str
    part_of: int | None


class Attempt(NamedTuple):
    """What became of one message that was not taken."""

    state: str
    next_us: int
    error: str
    seq: int


class Told(NamedTuple):
    """Somebody who was told of an alarm."""

    rule: str
    channel: str
    recipient: str
    name: str


_COLUMNS: Final = ", ".join(NotificationRow._fields)
_NEW: Final = ", ".join(NewNotification._fields)
_PLACES: Final = ", ".join("?" for _ in NewNotification._fields)


class Notifications:
    """The table of messages. Every call that changes it has survived a power cut, or raises StorageError."""

    def __init__(self, journal: Journal) -> None:
        self._connection = journal.connection

    def put(self, rows: Sequence[NewNotification]) -> int:
        """Store messages, those that are there already left out; return how many were new."""
        with self._transaction() as connection:
            before = connection.total_changes
            connection.executemany(f"INSERT OR IGNORE INTO notification ({_NEW}) VALUES ({_PLACES})", rows)
            return connection.total_changes - before

    def told_of(self, alarm_id: str, activated_us: int) -> list[Told]:
        """Return who was told, or is going to be, that an alarm came."""
        found = self._connection.execute(
            """SELECT DISTINCT rule, channel, recipient, name FROM notification
               WHERE alarm_id = ? AND activated_us = ? AND told IN ('came', 'still') AND state <> 'discarded'""",
            (alarm_id, activated_us),
        )
        return [Told(*row) for row in found]

    def due(self, channel: str, now_us: int, most: int) -> list[NotificationRow]:
        """Return a channel's messages that may go now, the most urgent and oldest first."""
        return self._rows(
            "state = 'waiting' AND channel = ? AND next_us <= ? ORDER BY priority, seq LIMIT ?", (channel, now_us, most)
        )

    def next_us(self, channel: str) -> int | None:
        """Return when the next message of a channel may go, or None."""
        found = self._connection.execute(
            "SELECT min(next_us) FROM notification WHERE state = 'waiting' AND channel = ?", (channel,)
        ).fetchone()
        return None if found[0] is None else int(found[0])

    def held(self, now_us: int, most: int) -> list[NotificationRow]:
        """Return messages whose quiet hours have ended, by rule, channel and recipient."""
        return self._rows(
            "state = 'held' AND next_us <= ? ORDER BY rule, channel, recipient, seq LIMIT ?", (now_us, most)
        )

    def next_held_us(self) -> int | None:
        """Return when the next quiet hours end that something waits for, or None."""
        found = self._connection.execute("SELECT min(next_us) FROM notification WHERE state = 'held'").fetchone()
        return None if found[0] is None else int(found[0])

    def merge(self, seqs: Sequence[int], summary: NewNotification) -> None:
        """Let one message tell what several would have told."""
        with self._transaction() as connection:
            cursor = connection.execute(f"INSERT INTO notification ({_NEW}) VALUES ({_PLACES})", summary)
            connection.execute(
                f"UPDATE notification SET state = 'merged', part_of = ? WHERE {_AMONG}",
                (cursor.lastrowid, json.dumps(list(seqs))),
            )

    def release(self, seqs: Sequence[int], now_us: int) -> None:
        """Let held messages go as they are."""
        self._change("state = 'waiting', next_us = ?", (now_us,), f"{_AMONG} AND state = 'held'", seqs)

    def sent(self, seqs: Sequence[int], now_us: int) -> None:
        """Note that messages were taken."""
        self._change("state = 'sent', sent_us = ?, attempts = attempts + 1, error = ''", (now_us,), _AMONG, seqs)

    def failed(self, attempts: Sequence[Attempt]) -> None:
        """Note that messages were not taken."""
        with self._transaction() as connection:
            connection.executemany(
                """UPDATE notification SET attempts = attempts + 1, state = ?, next_us = ?, error = ?
                   WHERE seq = ? AND state = 'waiting'""",  # a person may have discarded it meanwhile
                attempts,
            )

    def hurry(self, channel: str, now_us: int) -> None:
        """Let what failed on a channel go now: it works again."""
        with self._transaction() as connection:
            connection.execute(
                """UPDATE notification SET next_us = ?
                   WHERE state = 'waiting' AND channel = ? AND attempts > 0 AND next_us > ?""",
                (now_us, channel, now_us),
            )

    def give_up_all_but(self, channels: Sequence[str], error: str) -> int:
        """Lay aside what waits for a channel that is not there any more; return how many that were."""
        with self._transaction() as connection:
            return connection.execute(
                """UPDATE notification SET state = 'dead', error = ?
                   WHERE state IN ('waiting', 'held') AND channel NOT IN (SELECT value FROM json_each(?))""",
                (error, json.dumps(list(channels))),
            ).rowcount

    def retry(self, seqs: Sequence[int], now_us: int) -> int:
        """Let messages that were given up go again; return how many there were."""
        where = f"{_AMONG} AND state = 'dead'"
        return self._change("state = 'waiting', attempts = 0, next_us = ?", (now_us,), where, seqs)

    def discard(self, seqs: Sequence[int], error: str) -> int:
        """Send messages never; return how many there were. error: who said so."""
        where = f"{_AMONG} AND state IN ('dead', 'waiting', 'held')"
        return self._change("state = 'discarded', error = ?", (error,), where, seqs)

    def listed(self, states: Sequence[str], most: int) -> list[NotificationRow]:
        """Return messages, the newest first. states: those wanted, none for all."""
        wanted = json.dumps(list(states) or list(OutgoingState))
        return self._rows("state IN (SELECT value FROM json_each(?)) ORDER BY seq DESC LIMIT ?", (wanted, most))

    def counts(self) -> dict[str, int]:
        """Return how many messages wait, are held and are dead."""
        found = self._connection.execute(
            "SELECT state, count(*) FROM notification WHERE state IN ('waiting', 'held', 'dead') GROUP BY state"
        )
        return {str(state): int(count) for state, count in found}

    def forget(self, before_us: int, most: int) -> int:
        """Delete what has ended and is older than a time, and the oldest that have ended beyond a number."""
        ended = json.dumps(list(ENDED))
        with self._transaction() as connection:
            return connection.execute(
                """DELETE FROM notification WHERE state IN (SELECT value FROM json_each(?)) AND
                   (made_us < ? OR seq <= (SELECT max(seq) FROM notification) - ?)""",
                (ended, before_us, most),
            ).rowcount

    def _change(self, what: str, values: tuple[object, ...], where: str, seqs: Sequence[int]) -> int:
        with self._transaction() as connection:
            statement = f"UPDATE notification SET {what} WHERE {where}"
            return connection.execute(statement, (*values, json.dumps(list(seqs)))).rowcount

    def _rows(self, rest: str, values: tuple[Any, ...]) -> list[NotificationRow]:
        found = self._connection.execute(f"SELECT {_COLUMNS} FROM notification WHERE {rest}", values)
        return [NotificationRow(*row) for row in found]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # on a full disk SQLite has rolled back by itself
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StorageError(f"The journal cannot be written: {error}. Free some space on the disk.") from error


_AMONG: Final = "seq IN (SELECT value FROM json_each(?))"
