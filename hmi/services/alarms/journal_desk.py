"""Reading the alarm journal: pages for a screen, and the whole of a question into a file of CSV.

Reading has a connection of its own, so that nobody who acknowledges waits for somebody who looks years back.
"""

from __future__ import annotations

import asyncio
import csv
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

from hmi.config.csv_files.cells import guarded
from hmi.domain.alarms import LIMIT_TYPES, AlarmEvent, AlarmState, Priority
from hmi.domain.alarms.figures import DAY_US, TEN_MINUTES_US, AlarmFigures, Moment, figures_of
from hmi.domain.language import tr
from hmi.services.alarms.figures_file import write_figures
from hmi.services.jobs import Progress
from hmi.services.port import (
    AlarmJournal,
    ExportAlarmFigures,
    ExportAlarmJournal,
    JournalQuestion,
    JournalRow,
    ReadAlarmFigures,
    ReadAlarmJournal,
    RefusedError,
)
from hmi.storage.exchange.part_file import part_file
from hmi.storage.journal.alarm_events import AlarmEventReader, AlarmFilter, AlarmRecordRow, ToldEvent
from hmi.storage.journal.journal import reading

T = TypeVar("T")

BEFORE_US: Final = 90 * DAY_US
"""How far before a stretch of time the journal is read, for what stood already."""

COLUMNS: Final = (
    "time_utc",
    "station",
    "alarm",
    "priority",
    "event",
    "state",
    "value",
    "limit",
    "user",
    "comment",
    "alarm_id",
)


class JournalDesk:
    """Answers questions about the journal in one file. On the I/O thread; the reading on worker threads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self, request: ReadAlarmJournal) -> AlarmJournal:
        """Return a page. Raises StorageError."""
        return await asyncio.to_thread(self._with, lambda events: _page(events, request))

    def export(self, request: ExportAlarmJournal, progress: Progress) -> str:
        """Write a file and return the sentence it ends with. Blocks. Raises StorageError; then there is no file."""
        return self._with(lambda events: _write(events, request, progress))

    async def figures(self, request: ReadAlarmFigures) -> AlarmFigures:
        """Return the figures of a stretch of time. Raises StorageError, RefusedError."""
        if request.end_us <= request.start_us:
            raise RefusedError(tr("The end must come after the beginning."))
        return await asyncio.to_thread(self._with, lambda events: _figures(events, request.start_us, request.end_us))

    async def export_figures(self, request: ExportAlarmFigures) -> None:
        """Write the figures to a file. Raises StorageError, RefusedError."""
        found = await self.figures(ReadAlarmFigures(request.start_us, request.end_us))
        await asyncio.to_thread(write_figures, found, request.path)

    def _with(self, work: Callable[[AlarmEventReader], T]) -> T:
        with reading(self._path) as journal:
            return work(AlarmEventReader(journal))


def filter_of(question: JournalQuestion) -> AlarmFilter:
    """Return a question as the journal's statements take it."""
    return AlarmFilter(
        question.start_us,
        question.end_us,
        tuple(str(each) for each in question.stations),
        question.tags,
        tuple(int(each) for each in question.priorities),
        tuple(each.value for each in question.events),
        question.user,
        question.text.strip(),
    )


def _figures(events: AlarmEventReader, start_us: int, end_us: int) -> AlarmFigures:
    first_us = events.first_us()
    if first_us > start_us:  # over time that nobody recorded, nothing can be said; but rates need a little of it
        start_us = max(start_us, min(first_us, end_us - TEN_MINUTES_US))
    until_us = max(end_us, time.time_ns() // 1000)  # an acknowledgement may come long after
    return figures_of(_moments(events, start_us - BEFORE_US, until_us), start_us, end_us)


def _moments(events: AlarmEventReader, start_us: int, end_us: int) -> Iterable[Moment]:
    for at_us, alarm_id, activated_us, event, state, is_annunciated, priority, source, text in events.changes(
        start_us, end_us
    ):
        try:
            name = f"{source}: {text}"
            yield Moment(
                int(at_us),
                alarm_id,
                int(activated_us),
                event,
                state,
                bool(is_annunciated),
                int(Priority(priority)),
                name,
            )
        except (ValueError, TypeError):
            continue  # a damaged row: the journal's own page counts them


def _page(events: AlarmEventReader, request: ReadAlarmJournal) -> AlarmJournal:
    wanted = filter_of(request.question)
    found = events.find(wanted, request.most, request.before)
    rows = tuple(_readable(found))
    return AlarmJournal(rows, events.count(wanted), tuple(events.users()), len(found) - len(rows))


def _readable(found: Iterable[ToldEvent]) -> Iterable[JournalRow]:
    """Return the rows that can be read; one that was damaged is passed over and counted."""
    for told in found:
        try:
            yield _row(told)
        except (ValueError, TypeError):
            continue


def _row(told: ToldEvent) -> JournalRow:
    event, record = told.event, told.record
    return JournalRow(
        told.seq,
        int(event.at_us),
        UUID(event.alarm_id),
        UUID(record.station_id) if record and record.station_id else None,
        record.tag if record else -1,
        Priority(record.priority) if record else Priority.LOW,
        record.source if record else "",
        record.text if record else tr("An alarm that was deleted"),
        AlarmEvent(event.event),
        AlarmState(event.state),
        _figure(event.value, record),
        _figure(record.limit_value, record) if record and record.type in LIMIT_TYPES else "",
        event.user,
        event.comment,
        bool(record and record.is_event),
    )


def _figure(value: float | None, record: AlarmRecordRow | None) -> str:
    if value is None or record is None or record.tag < 0:
        return ""
    if record.states:
        return record.states.splitlines()[1 if value else 0]
    return f"{value:.{record.decimals}f} {record.unit}".strip()


def _write(events: AlarmEventReader, request: ExportAlarmJournal, progress: Progress) -> str:
    wanted = filter_of(request.question)
    total, done, damaged = events.count(wanted), 0, 0
    with part_file(request.path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for block in events.blocks(wanted):
            progress(done, total)
            rows = list(_readable(block))
            writer.writerows(_cells(row) for row in rows)
            done += len(block)
            damaged += len(block) - len(rows)
    words = tr("{rows:,} rows written to {path}.").format(rows=done - damaged, path=request.path)
    return f"{words} " + tr("{count} damaged rows were left out.").format(count=damaged) if damaged else words


def _cells(row: JournalRow) -> list[str]:
    moment = datetime.fromtimestamp(row.at_us / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    texts = (row.source, row.text, str(int(row.priority)), str(row.event), str(row.state), row.value, row.limit)
    return [moment, *(guarded(text) for text in (*texts, row.user, row.comment)), str(row.alarm_id)]
