"""What happened in a stretch of time, added up: alarms by priority, the most frequent, who did how much."""

from __future__ import annotations

from typing import Final, NamedTuple

from hmi.storage.journal.journal import CommandEventRow, Journal, JournalReader

_CALLED: Final = """alarm_event LEFT JOIN alarm_record ON alarm_record.seq = coalesce(alarm_event.record,
    (SELECT min(seq) FROM alarm_record AS first WHERE first.alarm_id = alarm_event.alarm_id))
    WHERE alarm_event.at_us >= ? AND alarm_event.at_us < ? AND is_annunciated AND coalesce(is_event, 0) = 0"""


class FrequentRow(NamedTuple):
    """One alarm and how often it called, called what it was called last in that time."""

    alarm_id: str
    source: str
    text: str
    priority: int
    calls: int


class PersonRow(NamedTuple):
    """What one person did: notes written, commands ordered, alarms answered in any way."""

    name: str
    notes: int
    commands: int
    alarms: int


class ShiftSums:
    """Statements that read, from start_us up to, but not at, end_us (UTC µs); one thread at a time."""

    def __init__(self, journal: Journal | JournalReader) -> None:
        self._connection = journal.connection

    def by_priority(self, start_us: int, end_us: int) -> dict[int, int]:
        """Return how many alarms of each priority called."""
        found = self._connection.execute(
            f"SELECT coalesce(priority, 4), count(*) FROM {_CALLED} GROUP BY 1", (start_us, end_us)
        )
        return {int(priority): int(count) for priority, count in found}

    def most_frequent(self, start_us: int, end_us: int, most: int) -> list[FrequentRow]:
        """Return the alarms that called most often, the most frequent first."""
        found = self._connection.execute(
            f"""SELECT alarm_event.alarm_id, coalesce(source, ''), coalesce(text, ''), coalesce(priority, 4), count(*),
                       max(alarm_event.seq)
                FROM {_CALLED} GROUP BY alarm_event.alarm_id ORDER BY 5 DESC, 4, 6 DESC LIMIT ?""",
            (start_us, end_us, most),
        )
        return [FrequentRow(*row[:5]) for row in found]

    def people(self, start_us: int, end_us: int) -> list[PersonRow]:
        """Return who did something, by name."""
        span = (start_us, end_us)
        found = self._connection.execute(
            """SELECT user, sum(what = 'note'), sum(what = 'command'), sum(what = 'alarm') FROM (
                   SELECT user, 'note' AS what FROM note WHERE written_us >= ? AND written_us < ?
                   UNION ALL
                   SELECT user, 'command' FROM command_event AS ordered WHERE at_us >= ? AND at_us < ?
                       AND seq = (SELECT min(seq) FROM command_event WHERE command_id = ordered.command_id)
                   UNION ALL
                   SELECT user, 'alarm' FROM alarm_event WHERE at_us >= ? AND at_us < ?)
               WHERE user <> '' GROUP BY user ORDER BY user""",
            (*span, *span, *span),
        )
        return [PersonRow(*row) for row in found]

    def commands(self, start_us: int, end_us: int, most: int) -> list[CommandEventRow]:
        """Return the commands that were ordered, newest first: latest state, time of the order."""
        names = ("command_id", "control_id", "station_id", "name", "state", "value", "label", "user")
        columns = ", ".join(f"latest.{name}" for name in (*names, "detail"))
        found = self._connection.execute(
            f"""SELECT ordered.at_us, {columns} FROM command_event AS ordered
                JOIN command_event AS latest ON latest.seq =
                    (SELECT max(seq) FROM command_event WHERE command_id = ordered.command_id)
                WHERE ordered.at_us >= ? AND ordered.at_us < ?
                  AND ordered.seq = (SELECT min(seq) FROM command_event WHERE command_id = ordered.command_id)
                ORDER BY ordered.at_us DESC, ordered.seq DESC LIMIT ?""",
            (start_us, end_us, most),
        )
        return [CommandEventRow(*row) for row in found]

    def count_commands(self, start_us: int, end_us: int) -> int:
        """Return how many commands were ordered."""
        found = self._connection.execute(
            """SELECT count(*) FROM command_event AS ordered WHERE at_us >= ? AND at_us < ?
               AND seq = (SELECT min(seq) FROM command_event WHERE command_id = ordered.command_id)""",
            (start_us, end_us),
        )
        return int(found.fetchone()[0])
