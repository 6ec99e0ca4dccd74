"""The alarms' part of the journal: one row a change of one alarm, and what the alarm was called when it changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Any, Final, NamedTuple

from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import Journal, JournalReader

BLOCK_ROWS: Final = 5000
"""Rows that are read at a time when many are wanted."""


class Regions(IntFlag):
    """What an alarm was beside its times, as bits of one column."""

    ACTIVE = 1
    ACKNOWLEDGED = 2
    LATCHED = 4
    ONE_SHOT = 8
    SUPPRESSED = 16
    OUT_OF_SERVICE = 32


class AlarmEventRow(NamedTuple):
    """One change of one alarm and the state it left; ids as text, times in UTC µs, 0 for none.

    regions: of Regions. until_us: the end of a shelving. record: what it was called, a number from `put_records`.
    """

    at_us: int
    alarm_id: str
    activated_us: int
    event: str
    state: str
    value: float | None = None
    user: str = ""
    comment: str = ""
    regions: int = int(Regions.ACKNOWLEDGED)
    until_us: int = 0
    is_annunciated: int = 0
    record: int | None = None


class AlarmRecordRow(NamedTuple):
    """What one alarm was called. station_id: empty for none; tag: dense index, −1 for none.

    states: what 0 and 1 mean, with a line break between them; empty for a value that is a number.
    """

    alarm_id: str
    subject: str
    station_id: str
    tag: int
    type: str
    priority: int
    source: str
    text: str
    unit: str
    decimals: int
    limit_value: float
    states: str
    is_event: int


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """Which rows of the journal are wanted; empty means any.

    text: words of the station's or the alarm's name, any case.
    """

    start_us: int
    end_us: int
    stations: tuple[str, ...] = ()
    tags: tuple[int, ...] = ()
    priorities: tuple[int, ...] = ()
    events: tuple[str, ...] = ()
    user: str = ""
    text: str = ""
    alarms: tuple[str, ...] = ()


class ToldEvent(NamedTuple):
    """A row with what the alarm was called then; `record` is None for rows that nobody can name any more."""

    seq: int
    event: AlarmEventRow
    record: AlarmRecordRow | None


_EVENT: Final = ", ".join(f"alarm_event.{name}" for name in AlarmEventRow._fields)
_RECORD: Final = ", ".join(f"alarm_record.{name}" for name in AlarmRecordRow._fields)
_JOINED: Final = """alarm_event LEFT JOIN alarm_record ON alarm_record.seq = coalesce(alarm_event.record,
    (SELECT min(seq) FROM alarm_record AS first WHERE first.alarm_id = alarm_event.alarm_id))"""


class AlarmEventReader:
    """Statements that read; one thread at a time."""

    def __init__(self, journal: Journal | JournalReader) -> None:
        self._connection = journal.connection

    def first_us(self) -> int:
        """Return when the oldest row happened, UTC µs; 0 for an empty journal."""
        return int(self._all("SELECT coalesce(min(at_us), 0) FROM alarm_event")[0][0])

    def _stream(self, statement: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield a statement's rows. Raises StorageError."""
        try:
            yield from self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise StorageError(f"The journal cannot be read: {error}.") from error

    def _all(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return a statement's rows. Raises StorageError."""
        return list(self._stream(statement, values))

    def last(self) -> list[AlarmEventRow]:
        """Return the latest row of every alarm: its state when the program ended.

        The alarms are found by hopping over the index from one to the next: a scan would take seconds after years.
        """
        found = self._all(
            f"""WITH RECURSIVE alarm (id) AS (
                    SELECT min(alarm_id) FROM alarm_event
                    UNION ALL
                    SELECT (SELECT min(alarm_id) FROM alarm_event WHERE alarm_id > id) FROM alarm WHERE id IS NOT NULL)
                SELECT {_EVENT} FROM alarm JOIN alarm_event
                    ON seq = (SELECT max(seq) FROM alarm_event AS newest WHERE newest.alarm_id = alarm.id)"""
        )
        return [AlarmEventRow(*row) for row in found]

    def newest(self, alarm_id: str, most: int = 100) -> list[AlarmEventRow]:
        """Return the latest rows of one alarm, newest first."""
        found = self._all(
            f"SELECT {_EVENT} FROM alarm_event WHERE alarm_id = ? ORDER BY seq DESC LIMIT ?", (alarm_id, most)
        )
        return [AlarmEventRow(*row) for row in found]

    def last_of(self, events: Sequence[str], alarm_ids: Sequence[str]) -> dict[str, AlarmEventRow]:
        """Return the latest row of some events for each of some alarms."""
        found = self._all(
            f"""SELECT {_EVENT} FROM alarm_event WHERE seq IN (
                    SELECT max(seq) FROM alarm_event
                    WHERE event IN (SELECT value FROM json_each(?)) AND alarm_id IN (SELECT value FROM json_each(?))
                    GROUP BY alarm_id)""",
            (json.dumps(list(events)), json.dumps(list(alarm_ids))),
        )
        return {row[1]: AlarmEventRow(*row) for row in found}

    def of_occurrence(self, alarm_id: str, activated_us: int) -> list[AlarmEventRow]:
        """Return all that happened to one occurrence, oldest first."""
        found = self._all(
            f"SELECT {_EVENT} FROM alarm_event WHERE alarm_id = ? AND activated_us = ? ORDER BY seq",
            (alarm_id, activated_us),
        )
        return [AlarmEventRow(*row) for row in found]

    def of_occurrences(self, keys: Sequence[tuple[str, int]]) -> dict[str, list[AlarmEventRow]]:
        """Return all that happened to some occurrences (alarm, activated_us), oldest first, by alarm."""
        found = self._all(
            f"""SELECT {_EVENT} FROM json_each(?) AS wanted
                JOIN alarm_event ON alarm_event.alarm_id = wanted.value ->> 0
                    AND alarm_event.activated_us = wanted.value ->> 1
                ORDER BY alarm_event.seq""",
            (json.dumps(list(keys)),),
        )
        rows: dict[str, list[AlarmEventRow]] = {}
        for row in found:
            event = AlarmEventRow(*row)
            rows.setdefault(event.alarm_id, []).append(event)
        return rows

    def all_rows(self) -> Iterator[AlarmEventRow]:
        """Yield every row, oldest first."""
        for row in self._stream(f"SELECT {_EVENT} FROM alarm_event ORDER BY seq"):
            yield AlarmEventRow(*row)

    def find(self, wanted: AlarmFilter, most: int, before: tuple[int, int] | None = None) -> list[ToldEvent]:
        """Return at most so many rows, newest first; before: only those after that (time, number) in this order."""
        condition, values = _condition(wanted)
        if before is not None:  # by time first: a delay that ended a while ago is written late
            condition, values = f"{condition} AND (alarm_event.at_us, alarm_event.seq) < (?, ?)", [*values, *before]
        found = self._all(
            f"""SELECT alarm_event.seq, {_EVENT}, {_RECORD} FROM {_JOINED} WHERE {condition}
                ORDER BY alarm_event.at_us DESC, alarm_event.seq DESC LIMIT ?""",
            (*values, most),
        )
        return [_told(row) for row in found]

    def count(self, wanted: AlarmFilter) -> int:
        """Return how many rows there are."""
        condition, values = _condition(wanted)
        statement = f"SELECT count(*) FROM {_JOINED} WHERE {condition}"
        return int(self._all(statement, values)[0][0])

    def blocks(self, wanted: AlarmFilter) -> Iterator[list[ToldEvent]]:
        """Yield the rows, oldest first, a block at a time; what is added meanwhile may or may not be among them."""
        condition, values = _condition(wanted)
        seq, at_us = 0, wanted.start_us
        while True:
            found = self._all(
                f"""SELECT alarm_event.seq, {_EVENT}, {_RECORD} FROM {_JOINED}
                    WHERE {condition} AND (alarm_event.at_us, alarm_event.seq) > (?, ?)
                    ORDER BY alarm_event.at_us, alarm_event.seq LIMIT ?""",
                (*values, at_us, seq, BLOCK_ROWS),
            )
            rows = [_told(row) for row in found]
            if not rows:
                return
            yield rows
            seq, at_us = rows[-1].seq, rows[-1].event.at_us

    def changes(self, start_us: int, end_us: int) -> Iterator[tuple[Any, ...]]:
        """Yield (at_us, alarm_id, activated_us, event, state, is_annunciated, priority, source, text) as written.

        Of alarms only, not of events; in the order in which they were written.
        """
        yield from self._stream(
            f"""SELECT alarm_event.at_us, alarm_event.alarm_id, activated_us, event, state, is_annunciated,
                    coalesce(priority, 4), coalesce(source, ''), coalesce(text, '')
                FROM {_JOINED} WHERE alarm_event.at_us BETWEEN ? AND ? AND coalesce(is_event, 0) = 0
                ORDER BY alarm_event.seq""",
            (start_us, end_us),
        )

    def users(self) -> list[str]:
        """Return who has ever done something to an alarm."""
        found = self._all("SELECT DISTINCT user FROM alarm_event WHERE user <> '' ORDER BY user")
        return [row[0] for row in found]


class AlarmEvents(AlarmEventReader):
    """Statements that write, too; all calls on the journal thread."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self._journal = journal

    def append(self, rows: Sequence[AlarmEventRow]) -> None:
        """Commit rows together. Raises StorageError, and then none is stored."""
        names = ", ".join(AlarmEventRow._fields)
        places = ", ".join("?" * len(AlarmEventRow._fields))
        self._journal.append(f"INSERT INTO alarm_event ({names}) VALUES ({places})", rows)  # our names

    def put_records(self, rows: Sequence[AlarmRecordRow]) -> dict[str, int]:
        """Write down what alarms are called where it is not what they were called last; return alarm → number."""
        ids = [row.alarm_id for row in rows]
        newest = self._records(ids)
        fresh = [row for row in rows if newest.get(row.alarm_id, (0, None))[1] != row]
        if fresh:
            names, places = ", ".join(AlarmRecordRow._fields), ", ".join("?" * len(AlarmRecordRow._fields))
            self._journal.append(f"INSERT INTO alarm_record ({names}) VALUES ({places})", fresh)
            newest = self._records(ids)
        return {each: newest[each][0] for each in ids}

    def _records(self, ids: Sequence[str]) -> dict[str, tuple[int, AlarmRecordRow]]:
        found = self._all(
            f"""SELECT seq, {_RECORD} FROM alarm_record
                WHERE seq IN (SELECT max(seq) FROM alarm_record
                              WHERE alarm_id IN (SELECT value FROM json_each(?)) GROUP BY alarm_id)""",
            [json.dumps(ids)],
        )
        return {row[1]: (row[0], AlarmRecordRow(*row[1:])) for row in found}


def _condition(wanted: AlarmFilter) -> tuple[str, list[Any]]:
    """Return the WHERE of a filter and its values."""
    parts, values = ["alarm_event.at_us BETWEEN ? AND ?"], [wanted.start_us, wanted.end_us]
    of: list[Any] = list(values)
    for column, choices in (
        ("alarm_record.station_id", wanted.stations),
        ("alarm_record.tag", wanted.tags),
        ("alarm_record.priority", wanted.priorities),
        ("alarm_event.event", wanted.events),
        ("alarm_event.alarm_id", wanted.alarms),
    ):
        if choices:
            parts.append(f"{column} IN (SELECT value FROM json_each(?))")
            of.append(json.dumps(list(choices)))
    if wanted.user:
        parts.append("alarm_event.user = ?")
        of.append(wanted.user)
    if wanted.text:
        for word in wanted.text.casefold().split():
            parts.append("instr(fold(alarm_record.source || ' ' || alarm_record.text), ?) > 0")
            of.append(word)
    return " AND ".join(parts), of


def _told(row: tuple[Any, ...]) -> ToldEvent:
    split = 1 + len(AlarmEventRow._fields)
    record = AlarmRecordRow(*row[split:]) if row[split] is not None else None
    return ToldEvent(row[0], AlarmEventRow(*row[1:split]), record)
