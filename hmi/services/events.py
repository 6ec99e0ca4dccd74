"""What happened to stations beside their values: alarms and commands from the journal, and people's notes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from hmi.domain.alarms import LIMIT_TYPES, AlarmDefinition, AlarmEvent, AlarmState
from hmi.domain.alarms.wording import alarm_station, alarm_tag, alarm_text
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import CommandState
from hmi.domain.language import tr
from hmi.services import port
from hmi.storage.journal.alarm_events import AlarmEventReader, AlarmEventRow, AlarmFilter, ToldEvent
from hmi.storage.journal.journal import CommandEventRow, JournalReader, reading
from hmi.storage.journal.notes import NoteFilter, NoteReader, ToldNote

HAPPENED: Final = {
    AlarmEvent.ACTIVATE: "",
    AlarmEvent.CLEAR: "gone",
    AlarmEvent.ACKNOWLEDGE: "acknowledged",
    AlarmEvent.RESET: "reset",
    AlarmEvent.SHELVE: "shelved",
    AlarmEvent.ONE_SHOT: "shelved until it clears",
    AlarmEvent.UNSHELVE: "no longer shelved",
    AlarmEvent.TIME: "no longer shelved, its time was over",
    AlarmEvent.SUPPRESS: "suppressed by design",
    AlarmEvent.UNSUPPRESS: "no longer suppressed",
    AlarmEvent.REMOVE: "out of service",
    AlarmEvent.RETURN: "back in service",
}


class Events:
    """Answers requests on the I/O thread; the journal is read beside who writes it, however long that takes."""

    def __init__(self, journal: Path, catalogue: Callable[[], Catalogue]) -> None:
        self._path = journal
        self._catalogue = catalogue

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {port.ReadEvents: self._read}

    async def _read(self, request: port.ReadEvents) -> port.PlantEvents:
        return await asyncio.to_thread(self._events, request, self._catalogue())

    def _events(self, request: port.ReadEvents, catalogue: Catalogue) -> port.PlantEvents:
        alarms = {str(alarm.id): alarm for alarm in _alarms_of(catalogue, request.stations)}
        with reading(self._path) as journal:
            alarm_rows, command_rows, note_rows = _rows(journal, request, tuple(alarms))
        most = port.MOST_EVENTS
        found = [_alarm_event(catalogue, alarms[told.event.alarm_id], told.event) for told in alarm_rows[:most]]
        found += [_command_event(catalogue, row) for row in command_rows[:most]]
        found += [_note_event(catalogue, told) for told in note_rows[:most]]
        is_cut = max(len(alarm_rows), len(command_rows), len(note_rows)) > most
        return port.PlantEvents(tuple(sorted(found, key=lambda each: each.at_us)), is_cut)


def _rows(
    journal: JournalReader, request: port.ReadEvents, alarms: tuple[str, ...]
) -> tuple[list[ToldEvent], list[CommandEventRow], list[ToldNote]]:
    """Return one row more than are shown of each kind: so it is known whether that is all."""
    span, most = (request.start_us, request.end_us), port.MOST_EVENTS + 1
    stations = tuple(str(each) for each in request.stations)
    alarm_rows: list[ToldEvent] = []
    if alarms:  # a filter without any would let all through
        alarm_rows = AlarmEventReader(journal).find(AlarmFilter(*span, alarms=alarms), most)
    command_rows = journal.commands_between(*span, stations, most)
    note_rows: list[ToldNote] = []
    if stations:
        note_rows = NoteReader(journal).find(NoteFilter(*span, stations=stations), most)
    return alarm_rows, command_rows, note_rows


def _alarms_of(catalogue: Catalogue, stations: Iterable[UUID]) -> Iterable[AlarmDefinition]:
    """Return the alarms of the stations' tags, and those of the links that they come over."""
    wanted = set(stations)
    for alarm in catalogue.every_alarm:
        station = alarm_station(alarm, catalogue)
        owners = {station} if station else set(catalogue.stations_of_connection.get(alarm.subject, ()))
        if wanted & owners:
            yield alarm


def _alarm_event(catalogue: Catalogue, alarm: AlarmDefinition, row: AlarmEventRow) -> port.PlantEvent:
    tag = catalogue.tag_by_index.get(alarm_tag(alarm, catalogue))
    event = AlarmEvent(row.event)
    title = " ".join(each for each in (alarm_text(alarm, catalogue), HAPPENED[event]) if each)
    value = f"{tag.text(row.value)} {tag.unit}".strip() if tag and row.value is not None else ""
    limit = f"limit {tag.text(alarm.limit)} {tag.unit}".strip() if tag and value and _has_limit(alarm) else ""
    return port.PlantEvent(
        port.EventKind.ALARM,
        row.at_us,
        tag.station_id if tag else None,
        tag.index if tag else -1,
        title,
        ", ".join(each for each in (value, limit, row.comment) if each),
        row.user,
        alarm.priority,
        AlarmState(row.state),
        event,
    )


def _command_event(catalogue: Catalogue, row: CommandEventRow) -> port.PlantEvent:
    control = catalogue.control_by_id.get(UUID(row.control_id))
    state = CommandState(row.state)
    words = state.value.lower() if not row.detail else f"{state.value.lower()}: {row.detail}"
    return port.PlantEvent(
        port.EventKind.COMMAND,
        row.at_us,
        UUID(row.station_id),
        control.readback if control else -1,
        f"{row.name}: {row.label}",
        words,
        row.user,
    )


def _note_event(catalogue: Catalogue, told: ToldNote) -> port.PlantEvent:
    row = told.row
    tag = catalogue.tag_by_id.get(UUID(row.tag_id)) if row.tag_id else None
    remarks = (
        tag.name if tag else "",
        tr("a correction") if told.corrected else "",
        tr("corrected by a later note") if told.corrected_by else "",
    )
    return port.PlantEvent(
        port.EventKind.NOTE,
        row.at_us,
        UUID(row.station_id),
        tag.index if tag else -1,
        row.text,
        ", ".join(remark for remark in remarks if remark),
        row.user,
    )


def _has_limit(alarm: AlarmDefinition) -> bool:
    return alarm.type in LIMIT_TYPES
