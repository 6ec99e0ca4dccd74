"""Finding rows of the audit record: by time, user, action, station, and words; a page at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_rows import BLOCK_ROWS, AuditRow
from hmi.storage.journal.journal import Journal, JournalReader

COUNTED_MOST: Final = 10_000
"""Rows of a filter are counted up to here: counting a million takes longer than anybody waits."""

_ROW: Final = ", ".join(AuditRow._fields)
_READ: Final = " || ' ' || ".join(
    f"coalesce(body ->> '{name}', '')"
    for name in (
        "user",
        "second_user",
        "role",
        "workstation",
        "session",
        "station",
        "target",
        "old",
        "new",
        "reason",
        "result",
        "readback",
        "reference",
        "marks",
    )
)
FoundRow = tuple[int, AuditRow]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are wanted; empty means any. text: words anywhere in a row, any case; result: in how it ended."""

    start_us: int
    end_us: int
    users: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    text: str = ""
    result: str = ""


class AuditSearch:
    """Statements that read; one thread at a time."""

    def __init__(self, journal: Journal | JournalReader) -> None:
        self._connection = journal.connection

    def page(self, wanted: AuditFilter, most: int, before: tuple[int, int] | None = None) -> list[FoundRow]:
        """Return (at_us, row), newest first; before: (at_us, seq) of a row, for those after it in this order."""
        if before is not None:  # by time first: what was spooled is written late
            wanted = replace(wanted, end_us=min(wanted.end_us, before[0]))  # SQLite seeks by one bound only
        condition, values = _condition(wanted)
        if before is not None:
            condition, values = f"{condition} AND (at_us, seq) < (?, ?)", [*values, *before]
        return self._rows(
            f"SELECT at_us, {_ROW} FROM audit WHERE {condition} ORDER BY at_us DESC, seq DESC LIMIT ?", [*values, most]
        )

    def newer_page(self, wanted: AuditFilter, most: int, after: tuple[int, int]) -> list[FoundRow]:
        """Return at most so many rows that come just after one, newest first."""
        return self._after(wanted, most, after)[::-1]

    def count(self, wanted: AuditFilter) -> int:
        """Return how many rows there are, COUNTED_MOST + 1 for more than that."""
        condition, values = _condition(wanted)
        statement = f"SELECT count(*) FROM (SELECT 1 FROM audit WHERE {condition} LIMIT {COUNTED_MOST + 1})"
        return int(self._all(statement, values)[0][0])

    def blocks(self, wanted: AuditFilter) -> Iterator[list[FoundRow]]:
        """Yield (at_us, row), oldest first, a block at a time; what is added meanwhile may or may not be among them."""
        after = (wanted.start_us, 0)
        while rows := self._after(wanted, BLOCK_ROWS, after):
            yield rows
            after = (rows[-1][0], rows[-1][1].seq)

    def users(self) -> list[str]:
        """Return who is named by any row."""
        return self._distinct("user")

    def stations(self) -> list[str]:
        """Return which stations are named by any row."""
        return self._distinct("station")

    def _distinct(self, column: str) -> list[str]:
        """Return a column's values by hopping over its index: a scan would take seconds after years."""
        found = self._all(
            f"""WITH RECURSIVE each (name) AS (
                    SELECT min({column}) FROM audit
                    UNION ALL
                    SELECT (SELECT min({column}) FROM audit WHERE {column} > name) FROM each WHERE name IS NOT NULL)
                SELECT name FROM each WHERE name <> '' LIMIT 1000"""
        )
        return [str(name) for (name,) in found]

    def _after(self, wanted: AuditFilter, most: int, after: tuple[int, int]) -> list[FoundRow]:
        condition, values = _condition(replace(wanted, start_us=max(wanted.start_us, after[0])))
        return self._rows(
            f"SELECT at_us, {_ROW} FROM audit WHERE {condition} AND (at_us, seq) > (?, ?) ORDER BY at_us, seq LIMIT ?",
            [*values, *after, most],
        )

    def _rows(self, statement: str, values: Sequence[Any]) -> list[FoundRow]:
        return [(at_us, AuditRow(*row)) for at_us, *row in self._all(statement, values)]

    def _all(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StorageError(f"The audit record cannot be read: {error}.") from error


def _condition(wanted: AuditFilter) -> tuple[str, list[Any]]:
    """Return the WHERE of a filter and its values."""
    parts, values = ["at_us BETWEEN ? AND ?"], [wanted.start_us, wanted.end_us]
    of: list[Any] = list(values)
    for column, choices in (("user", wanted.users), ("action", wanted.actions), ("station", wanted.stations)):
        if choices:
            parts.append(f"{column} IN (SELECT value FROM json_each(?))")
            of.append(json.dumps(list(choices)))
    for word in wanted.text.casefold().split():
        # The whole text first, which is quick and leaves few rows; then only what a person reads of it.
        parts.append(f"instr(fold(body), ?) > 0 AND instr(fold({_READ}), ?) > 0")
        of += [json.dumps(word, ensure_ascii=False)[1:-1], word]
    for word in wanted.result.casefold().split():
        parts.append("instr(fold(result), ?) > 0")
        of.append(word)
    return " AND ".join(parts), of
