"""People's notes: to a moment of a station or a tag, or to the shift itself. Rows are only ever added."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from hmi.storage.journal.journal import Journal, JournalReader


class NoteRow(NamedTuple):
    """One person's note. at_us: the moment it is to, written_us: when it was written.

    station_id, tag_id: empty for none. place: what station and tag were called then; empty in rows that are older than
    the column. kind: "note" or "handover". corrects: the seq of the note that this one corrects. handing_over,
    taking_over: people, of a handover.
    """

    at_us: int
    written_us: int
    station_id: str
    tag_id: str
    user: str
    text: str
    place: str = ""
    kind: str = "note"
    corrects: int | None = None
    handing_over: str = ""
    taking_over: str = ""


class CorrectedNote(NamedTuple):
    """What a correction says of the note that it corrects."""

    seq: int
    at_us: int
    user: str
    text: str


class ToldNote(NamedTuple):
    """A note with the one that it corrects, and the seq of the newest one that corrects it, 0 for none."""

    seq: int
    row: NoteRow
    corrected: CorrectedNote | None
    corrected_by: int


@dataclass(frozen=True, slots=True)
class NoteFilter:
    """Which notes are wanted; empty means any. stations: ids, and an empty one for those to the shift itself.

    text: in the note or its place, any case. is_written_too: also those that were written in that time to another one.
    """

    start_us: int
    end_us: int
    stations: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    user: str = ""
    text: str = ""
    kinds: tuple[str, ...] = ()
    is_written_too: bool = False


_COLUMNS: Final = ", ".join(f"note.{name}" for name in NoteRow._fields)
_OLD: Final = ", ".join(f"old.{name}" for name in CorrectedNote._fields)


class NoteReader:
    """Statements that read; one thread at a time."""

    def __init__(self, journal: Journal | JournalReader) -> None:
        self._connection = journal.connection

    def find(self, wanted: NoteFilter, most: int, before: tuple[int, int] | None = None) -> list[ToldNote]:
        """Return at most so many notes, newest first; before: (at_us, seq) of the oldest one that is known already."""
        condition, values = _condition(wanted)
        if before is not None:
            condition, values = f"{condition} AND (note.at_us, note.seq) < (?, ?)", [*values, *before]
        found = self._connection.execute(
            f"""SELECT note.seq, (SELECT max(seq) FROM note AS later WHERE later.corrects = note.seq),
                       {_COLUMNS}, {_OLD}
                FROM note LEFT JOIN note AS old ON old.seq = note.corrects
                WHERE {condition} ORDER BY note.at_us DESC, note.seq DESC LIMIT ?""",
            (*values, most),
        )
        return [_told(row) for row in found]

    def count(self, wanted: NoteFilter) -> int:
        """Return how many notes there are."""
        condition, values = _condition(wanted)
        return int(self._connection.execute(f"SELECT count(*) FROM note WHERE {condition}", values).fetchone()[0])

    def authors(self) -> list[str]:
        """Return who has ever written a note."""
        return [row[0] for row in self._connection.execute("SELECT DISTINCT user FROM note ORDER BY user")]

    def has(self, seq: int) -> bool:
        """Whether there is such a note."""
        return self._connection.execute("SELECT 1 FROM note WHERE seq = ?", (seq,)).fetchone() is not None


class Notes(NoteReader):
    """Statements that write, too; all calls on the journal thread."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self._journal = journal

    def append(self, rows: Sequence[NoteRow]) -> None:
        """Commit rows together. Raises StorageError, and then none is stored."""
        names, places = ", ".join(NoteRow._fields), ", ".join("?" * len(NoteRow._fields))
        self._journal.append(f"INSERT INTO note ({names}) VALUES ({places})", rows)


def _condition(wanted: NoteFilter) -> tuple[str, list[Any]]:
    """Return the WHERE of a filter and its values."""
    span: list[Any] = [wanted.start_us, wanted.end_us]
    parts, values = ["note.at_us BETWEEN ? AND ?"], list(span)
    if wanted.is_written_too:
        parts, values = ["(note.at_us BETWEEN ? AND ? OR note.written_us BETWEEN ? AND ?)"], [*span, *span]
    for column, choices in (("station_id", wanted.stations), ("tag_id", wanted.tags), ("kind", wanted.kinds)):
        if choices:
            parts.append(f"note.{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(choices)))
    if wanted.user:
        parts.append("note.user = ?")
        values.append(wanted.user)
    if wanted.text:
        parts.append("instr(fold(note.text || ' ' || note.place), ?) > 0")
        values.append(wanted.text.casefold())
    return " AND ".join(parts), values


def _told(row: tuple[Any, ...]) -> ToldNote:
    split = 2 + len(NoteRow._fields)
    corrected = CorrectedNote(*row[split:]) if row[split] is not None else None
    return ToldNote(row[0], NoteRow(*row[2:split]), corrected, row[1] or 0)
