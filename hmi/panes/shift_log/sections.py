"""The sections of a handover: what stands now, and what happened in the shift; no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from drivers.api import LinkState
from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.language import tr
from hmi.panes.shift_log.words import back_text, note_text, people_text, place_text
from hmi.services.mirror import Mirror
from hmi.services.port import AlarmRow, CommandStatus, ShiftRecord
from hmi.ui.alarm_words import PRIORITY_NAMES, acknowledged_text, presence_text, state_text
from hmi.ui.words import link_text, moment_text, outcome_text

MOST_ROWS: Final = 100
"""Rows of one section, on the screen and on paper; of what is more only the number is told."""
SYMBOL_PX: Final = 44
TIME_PX: Final = 84
"""Of another day date and time stand below one another."""
STATION_PX: Final = 130
STATE_PX: Final = 124
BY_PX: Final = 116
NARROW_PX: Final = 96
GOOD_LINKS: Final = (LinkState.UP, LinkState.DEGRADED, LinkState.DISABLED)


@dataclass(frozen=True, slots=True)
class Row:
    """One line. mark: the symbol in its first cell, which then is the priority's number."""

    cells: tuple[str, ...]
    mark: tuple[Priority, AlarmState] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A title and a table. heads: (text, width in px, 0 for what is left). total: of which `rows` are the first.

    is_counted: how many there are is worth saying.
    """

    title: str
    heads: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    empty: str
    total: int
    is_counted: bool = True

    @property
    def more(self) -> str:
        """What has to be said of the rows that are left out."""
        left = self.total - len(self.rows)
        return tr("{count:,} more are not shown here.").format(count=left) if left > 0 else ""


def sections_of(mirror: Mirror, record: ShiftRecord, now_us: int) -> tuple[Section, ...]:
    """Return all sections in the order in which a shift is handed over; now_us: UTC µs."""
    return (
        _last_handover(record),
        _standing(mirror),
        _shelved(mirror, now_us),
        _suppressed(mirror),
        _links_down(mirror),
        _commands(mirror, record),
        _notes(record),
        _figures(mirror, record),
        _most_frequent(record),
        _people(record),
    )


def _last_handover(record: ShiftRecord) -> Section:
    note = record.handed_over
    rows = [Row((moment_text(note.at_us), people_text(note) or note.user, note.text))] if note else []
    heads = ((tr("Time"), TIME_PX), (tr("From → to"), 180), (tr("To the next shift"), 0))
    return _section(tr("Last handover"), heads, rows, tr("Nothing was handed over yet."), is_counted=False)


def _figures(mirror: Mirror, record: ShiftRecord) -> Section:
    rows = []
    for priority in Priority:
        fresh, standing = mirror.board.counts[priority]
        called = record.alarms.get(priority, 0)
        cells = (str(int(priority)), tr(PRIORITY_NAMES[priority]), f"{called:,}", f"{standing:,}", f"{fresh:,}")
        rows.append(Row(cells, (priority, AlarmState.UNACK if fresh else AlarmState.ACKED)))
    heads = (
        (tr("P"), SYMBOL_PX),
        (tr("Priority"), 0),
        (tr("Came in the shift"), 150),
        (tr("Stand now"), 110),
        (tr("Unacknowledged"), 150),
    )
    return _section(tr("Alarms in figures"), heads, rows, "", is_counted=False)


def _most_frequent(record: ShiftRecord) -> Section:
    rows = [
        Row((str(int(each.priority)), each.source, each.text, f"{each.count:,}"), (each.priority, AlarmState.UNACK))
        for each in record.most_frequent
    ]
    heads = ((tr("P"), SYMBOL_PX), (tr("Station"), STATION_PX), (tr("Alarm"), 0), (tr("Times"), NARROW_PX))
    return _section(tr("Most frequent alarms of the shift"), heads, rows, tr("No alarm came."), is_counted=False)


def _standing(mirror: Mirror) -> Section:
    heads = (*_ALARM_HEADS, (tr("State"), STATE_PX), (tr("Acknowledged"), 0))
    rows = (
        _alarm(row, moment_text(row.occurrence.activated_us), state_text(row), acknowledged_text(row))
        for row in mirror.board.standing[:MOST_ROWS]
    )
    return _section(tr("Standing alarms"), heads, rows, tr("No alarms stand."), len(mirror.board.standing))


def _shelved(mirror: Mirror, now_us: int) -> Section:
    heads = (*_ALARM_HEADS, (tr("Comes back"), STATE_PX), (tr("By whom, why"), 0))
    rows = (
        _alarm(row, presence_text(row), back_text(row, now_us), _by_and_why(row))
        for row in mirror.board.shelved[:MOST_ROWS]
    )
    heads = (heads[0], (tr("Is"), TIME_PX), *heads[2:])
    return _section(tr("Shelved alarms"), heads, rows, tr("Nothing is shelved."), len(mirror.board.shelved))


def _suppressed(mirror: Mirror) -> Section:
    heads = (*_ALARM_HEADS, (tr("State"), STATE_PX), (tr("By whom, why"), 0))
    rows = (
        _alarm(row, moment_text(row.hidden_us), state_text(row), _by_and_why(row))
        for row in mirror.board.suppressed[:MOST_ROWS]
    )
    empty = tr("Nothing is out of service or suppressed.")
    return _section(tr("Out of service and suppressed"), heads, rows, empty, len(mirror.board.suppressed))


def _links_down(mirror: Mirror) -> Section:
    down = sorted((link for link in mirror.links.values() if link.state not in GOOD_LINKS), key=lambda link: link.name)
    rows = (
        Row((link.name, link_text(link.state), moment_text(link.since_us), link.reason)) for link in down[:MOST_ROWS]
    )
    heads = ((tr("Link"), 200), (tr("State"), NARROW_PX), (tr("Since"), TIME_PX), (tr("Why"), 0))
    return _section(tr("Links down"), heads, rows, tr("Every link is up."), len(down))


def _commands(mirror: Mirror, record: ShiftRecord) -> Section:
    stations = mirror.catalogue.station_by_id

    def row(status: CommandStatus) -> Row:
        station = stations.get(status.station_id)
        name = station.name if station else tr("A station that was deleted")
        ordered = f"{status.name}: {status.label}"
        return Row((moment_text(status.at_us), name, ordered, outcome_text(status), status.user))

    heads = (
        (tr("Time"), TIME_PX),
        (tr("Station"), STATION_PX),
        (tr("Command"), 0),
        (tr("Outcome"), 0),
        (tr("By"), 120),
    )
    rows = map(row, record.commands[:MOST_ROWS])
    return _section(tr("Commands of the shift"), heads, rows, tr("Nothing was operated."), record.command_count)


def _notes(record: ShiftRecord) -> Section:
    rows = (
        Row((moment_text(note.at_us), place_text(note), note_text(note), note.user))
        for note in record.notes[:MOST_ROWS]
    )
    heads = ((tr("Time"), TIME_PX), (tr("Place"), 170), (tr("Note"), 0), (tr("By"), BY_PX))
    return _section(tr("Notes of the shift"), heads, rows, tr("No notes were written."), record.note_count)


def _people(record: ShiftRecord) -> Section:
    rows = [Row((each.name, f"{each.notes}", f"{each.commands}", f"{each.alarms}")) for each in record.people]
    heads = ((tr("Name"), 0), (tr("Notes"), NARROW_PX), (tr("Commands"), NARROW_PX), (tr("Alarms answered"), 150))
    return _section(tr("Who wrote and operated"), heads, rows, tr("Nobody is on record."), is_counted=False)


_ALARM_HEADS: Final = ((tr("P"), SYMBOL_PX), (tr("Since"), TIME_PX), (tr("Station"), STATION_PX), (tr("Alarm"), 0))


def _alarm(row: AlarmRow, when: str, *rest: str) -> Row:
    return Row((str(int(row.priority)), when, row.source, row.text, *rest), (row.priority, row.state))


def _by_and_why(row: AlarmRow) -> str:
    return ": ".join(part for part in (row.hidden_by, row.hidden_why) if part)


def _section(
    title: str,
    heads: Sequence[tuple[str, int]],
    rows: Iterable[Row],
    empty: str,
    total: int | None = None,
    *,
    is_counted: bool = True,
) -> Section:
    found = tuple(rows)
    return Section(title, tuple(heads), found, empty, len(found) if total is None else total, is_counted)
