"""Each user's inbox: the alarms that called since the user last looked. Named statements, on the journal thread."""

from __future__ import annotations

import sqlite3
from typing import Final, NamedTuple

from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import Journal


class MissedRow(NamedTuple):
    """An annunciation. What nobody can name any more has an empty text."""

    seq: int
    at_us: int
    alarm_id: str
    activated_us: int
    value: float | None
    priority: int
    station_id: str
    source: str
    text: str


# Whoever acknowledged an occurrence has not missed it.
_MISSED: Final = """FROM alarm_event AS called WHERE called.is_annunciated AND called.seq > ? AND NOT EXISTS (
    SELECT 1 FROM alarm_event AS answer WHERE answer.alarm_id = called.alarm_id AND answer.seq > called.seq
    AND answer.activated_us = called.activated_us AND answer.event = 'ACKNOWLEDGE' AND answer.user = ?)"""


class Inbox:
    """What each user has seen; the alarms themselves are the journal's."""

    def __init__(self, journal: Journal) -> None:
        self._connection = journal.connection

    def begin(self, user: str) -> None:
        """Let a user who was never here before begin with an empty inbox. Raises StorageError."""
        self._write(
            "INSERT OR IGNORE INTO inbox_seen (user, seq) VALUES (?, (SELECT coalesce(max(seq), 0) FROM alarm_event))",
            (user,),
        )

    def seen(self, user: str, seq: int) -> None:
        """Note that a user has seen everything up to an annunciation. Raises StorageError."""
        self._write(
            """INSERT INTO inbox_seen (user, seq) VALUES (?, ?)
               ON CONFLICT (user) DO UPDATE SET seq = max(seq, excluded.seq)""",
            (user, seq),
        )

    def unread(self, user: str, most: int) -> int:
        """Return how many annunciations a user has missed, `most` at most."""
        found = self._connection.execute(
            f"SELECT count(*) FROM (SELECT 1 {_MISSED} LIMIT ?)", (self._seen(user), user, most)
        )
        return int(found.fetchone()[0])

    def missed(self, user: str, most: int) -> list[MissedRow]:
        """Return what a user has missed, the newest first."""
        found = self._connection.execute(
            f"""SELECT missed.seq, missed.at_us, missed.alarm_id, missed.activated_us, missed.value,
                       coalesce(record.priority, 4), coalesce(record.station_id, ''), coalesce(record.source, ''),
                       coalesce(record.text, '')
                FROM (SELECT called.* {_MISSED} ORDER BY called.seq DESC LIMIT ?) AS missed
                LEFT JOIN alarm_record AS record ON record.seq = coalesce(missed.record,
                    (SELECT min(seq) FROM alarm_record AS first WHERE first.alarm_id = missed.alarm_id))
                ORDER BY missed.seq DESC""",
            (self._seen(user), user, most),
        )
        return [MissedRow(*row) for row in found]

    def _seen(self, user: str) -> int:
        row = self._connection.execute("SELECT seq FROM inbox_seen WHERE user = ?", (user,)).fetchone()
        return int(row[0]) if row else 0

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._connection.execute(statement, values)  # the connection commits each statement by itself
        except sqlite3.Error as error:
            raise StorageError(f"The journal cannot be written: {error}. Free some space on the disk.") from error
