"""People's notes, the latest commands and what happened in a shift: written on the journal thread, read beside it.

Reading has a connection of its own, so that nobody who acknowledges waits for somebody who looks years back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

from hmi.domain.alarms import Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import CommandState
from hmi.domain.language import tr
from hmi.domain.roles import User
from hmi.services import port
from hmi.services.database_thread import DatabaseThread
from hmi.storage.journal.journal import CommandEventRow, Journal, JournalReader, reading
from hmi.storage.journal.notes import NoteFilter, NoteReader, NoteRow, Notes, ToldNote
from hmi.storage.journal.shift_sums import FrequentRow, ShiftSums

FUTURE_US: Final = 60_000_000
FREQUENT: Final = 3

T = TypeVar("T")


class NoteDesk:
    """Answers requests on the I/O thread."""

    def __init__(
        self, journal: Journal, thread: DatabaseThread, catalogue: Callable[[], Catalogue], user: Callable[[], User]
    ) -> None:
        self._path: Path = journal.path
        self._notes = Notes(journal)
        self._thread = thread
        self._catalogue = catalogue
        self._user = user

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.AddNote: self._add,
            port.ReadNotes: self._read,
            port.ReadShift: self._read_shift,
            port.ReadCommands: self._read_commands,
        }

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _add(self, request: port.AddNote) -> None:
        user, catalogue = self._user(), self._catalogue()
        if not user.works_here:
            raise port.RefusedError(tr("{name} may not write notes.").format(name=user.name))
        text = _checked_text(request)
        now_us = time.time_ns() // 1000
        if request.at_us > now_us + FUTURE_US:
            raise port.RefusedError(tr("A note cannot lie in the future."))
        station = catalogue.station_by_id.get(request.station_id) if request.station_id else None
        tag = catalogue.tag_by_index.get(request.tag)
        if request.station_id and station is None:
            raise port.RefusedError(tr("The station is no longer there."))
        if request.corrects and not await self._thread.run(self._notes.has, request.corrects):
            raise port.RefusedError(tr("The note that is to be corrected is not there."))
        row = NoteRow(
            request.at_us,
            now_us,
            str(station.id) if station else "",
            str(tag.id) if tag and station else "",
            user.name,
            text,
            " · ".join(each.name for each in (station, tag if station else None) if each),
            request.kind.value,
            request.corrects or None,
            _checked_name(request.handing_over),
            _checked_name(request.taking_over),
        )
        await self._thread.run(self._notes.append, [row])

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _read(self, request: port.ReadNotes) -> port.NotePage:
        catalogue = self._catalogue()
        wanted = _filter_of(request.question, catalogue)

        def work(journal: JournalReader) -> port.NotePage:
            reader = NoteReader(journal)
            found = reader.find(wanted, request.most, request.before)
            notes = tuple(_note(told, catalogue) for told in found)
            return port.NotePage(notes, reader.count(wanted), tuple(reader.authors()))

        return await asyncio.to_thread(self._with, work)

    async def _read_shift(self, request: port.ReadShift) -> port.ShiftRecord:
        catalogue, span = self._catalogue(), (request.start_us, request.end_us)
        if request.end_us <= request.start_us:
            raise port.RefusedError(tr("The end must come after the beginning."))
        return await asyncio.to_thread(self._with, lambda journal: _shift_record(journal, catalogue, *span))

    async def _read_commands(self, request: port.ReadCommands) -> tuple[port.CommandStatus, ...]:
        rows = await asyncio.to_thread(self._with, lambda journal: journal.commands(request.limit))
        return tuple(command_status(row) for row in rows)

    def _with(self, work: Callable[[JournalReader], T]) -> T:
        with reading(self._path) as journal:
            return work(journal)


def command_status(row: CommandEventRow) -> port.CommandStatus:
    """Return a command of the journal as windows see it."""
    return port.CommandStatus(
        UUID(row.command_id),
        UUID(row.control_id),
        UUID(row.station_id),
        row.name,
        CommandState(row.state),
        row.value,
        row.label,
        row.user,
        row.at_us,
        row.detail,
    )


def _checked_text(request: port.AddNote) -> str:
    text = request.text.strip()
    most = port.MOST_HANDOVER if request.kind is port.NoteKind.HANDOVER else port.MOST_NOTE
    if not text:
        raise port.RefusedError(tr("Type the note first."))
    if len(text) > most:
        raise port.RefusedError(tr("The note is too long: {most} characters are the most.").format(most=most))
    return text


def _checked_name(name: str) -> str:
    text = " ".join(name.split())
    if len(text) > port.MOST_PERSON:
        raise port.RefusedError(
            tr("The name is too long: {most} characters are the most.").format(most=port.MOST_PERSON)
        )
    return text


def _filter_of(question: port.NoteQuestion, catalogue: Catalogue) -> NoteFilter:
    tags = (catalogue.tag_by_index.get(each) for each in question.tags)
    return NoteFilter(
        question.start_us,
        question.end_us,
        tuple(str(each) if each else "" for each in question.stations),
        tuple(str(tag.id) for tag in tags if tag),
        question.user,
        question.text.strip(),
        tuple(each.value for each in question.kinds),
    )


def _note(told: ToldNote, catalogue: Catalogue) -> port.Note:
    row, old = told.row, told.corrected
    tag = catalogue.tag_by_id.get(UUID(row.tag_id)) if row.tag_id else None
    return port.Note(
        told.seq,
        row.at_us,
        row.written_us,
        UUID(row.station_id) if row.station_id else None,
        tag.index if tag else -1,
        _place(row, catalogue),
        row.user,
        row.text,
        port.NoteKind(row.kind),
        port.OldNote(*old) if old else None,
        told.corrected_by,
        row.handing_over,
        row.taking_over,
    )


def _place(row: NoteRow, catalogue: Catalogue) -> str:
    """Return what station and tag are called now, or were when the note was written where they are gone."""
    if not row.station_id:
        return ""
    station = catalogue.station_by_id.get(UUID(row.station_id))
    tag = catalogue.tag_by_id.get(UUID(row.tag_id)) if row.tag_id else None
    if station is None or (row.tag_id and tag is None and row.place):
        return row.place or tr("A station that was deleted")
    return f"{station.name} · {tag.name}" if tag else station.name


def _shift_record(journal: JournalReader, catalogue: Catalogue, start_us: int, end_us: int) -> port.ShiftRecord:
    sums, notes, most = ShiftSums(journal), NoteReader(journal), port.MOST_SHIFT_ROWS
    of_shift = NoteFilter(start_us, end_us - 1, is_written_too=True)
    handovers = notes.find(NoteFilter(0, end_us - 1, kinds=(port.NoteKind.HANDOVER.value,)), 1)
    return port.ShiftRecord(
        start_us,
        end_us,
        tuple(command_status(row) for row in sums.commands(start_us, end_us, most)),
        sums.count_commands(start_us, end_us),
        tuple(_note(told, catalogue) for told in notes.find(of_shift, most)),
        notes.count(of_shift),
        {Priority(each): count for each, count in sums.by_priority(start_us, end_us).items()},
        tuple(_frequent(row) for row in sums.most_frequent(start_us, end_us, FREQUENT)),
        tuple(port.PersonRecord(*row) for row in sums.people(start_us, end_us)),
        _note(handovers[0], catalogue) if handovers else None,
    )


def _frequent(row: FrequentRow) -> port.FrequentAlarm:
    text = row.text or tr("An alarm that was deleted")
    return port.FrequentAlarm(UUID(row.alarm_id), row.source, text, Priority(row.priority), row.calls)
