"""The table's rows: every record and built-in alarm in words, filtered and sorted. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Final
from uuid import UUID

from hmi.domain.alarm_drafts import PRIORITY_LABELS, AlarmDraft, applies
from hmi.domain.alarms import TYPE_LABELS, AlarmDefinition, AlarmType, Priority
from hmi.domain.alarms.subjects import subject_name
from hmi.domain.alarms.wording import OWN_SOURCE
from hmi.domain.catalogue import Catalogue
from hmi.domain.durations import seconds_of
from hmi.domain.language import tr
from hmi.ui.words import local_time, number_of


class Column(IntEnum):
    """The table's columns."""

    STATION = 0
    TAG = 1
    TYPE = 2
    LIMIT = 3
    DEADBAND = 4
    DELAYS = 5
    PRIORITY = 6
    KIND = 7
    SUPPRESSION = 8
    REVISION = 9
    APPROVED = 10


HEADINGS: Final = {
    Column.STATION: tr("Station"),
    Column.TAG: tr("Tag"),
    Column.TYPE: tr("Type"),
    Column.LIMIT: tr("Limit"),
    Column.DEADBAND: tr("Deadband"),
    Column.DELAYS: tr("Delays"),
    Column.PRIORITY: tr("Priority"),
    Column.KIND: tr("Kind"),
    Column.SUPPRESSION: tr("Suppressed while"),
    Column.REVISION: tr("Rev."),
    Column.APPROVED: tr("Approved"),
}
CHANGED_MARK: Final = "• "
NEW_MARK: Final = "+ "
FAULT_MARK: Final = "◆ "
NONE_TEXT: Final = "–"
_TYPES: Final = tuple(AlarmType)


class Show(StrEnum):
    """Which records are listed."""

    ALL = "all"
    WRITTEN = "written"
    BUILT_IN = "built_in"
    NOT_APPROVED = "not_approved"
    EVENTS = "events"
    CHANGED = "changed"
    FAULTY = "faulty"


SHOW_LABELS: Final = {
    Show.ALL: tr("All"),
    Show.WRITTEN: tr("Without built-in"),
    Show.BUILT_IN: tr("Built in"),
    Show.NOT_APPROVED: tr("Not approved"),
    Show.EVENTS: tr("Events"),
    Show.CHANGED: tr("Not saved"),
    Show.FAULTY: tr("With faults"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What is listed; None means any."""

    search: str = ""
    station_id: UUID | None = None
    type: AlarmType | None = None
    priority: Priority | None = None
    show: Show = Show.ALL


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row is made of besides its draft."""

    catalogue: Catalogue
    record: AlarmDefinition | None
    is_changed: bool
    is_new: bool
    fault: str

    @property
    def is_built_in(self) -> bool:
        return self.record is not None and self.record.id not in self.catalogue.alarm_by_id


class RecordRow:
    """One record in words, each made when it is asked for: of thousands of rows a screen shows some twenty."""

    def __init__(self, draft: AlarmDraft, facts: Facts) -> None:
        self.draft = draft
        self.facts = facts
        self.id = draft.id
        self.type = draft.type
        self.priority = draft.priority
        self.is_event = not draft.action.strip()
        self.is_built_in = facts.is_built_in
        self.is_approved = facts.record is not None and bool(facts.record.approved_by)
        self.is_changed = facts.is_changed
        self.is_new = facts.is_new
        self.fault = facts.fault
        self.station_id = _station_of(draft, facts.catalogue)

    @cached_property
    def name(self) -> str:
        """What the alarm is of."""
        return subject_name(self.facts.catalogue, self.draft) or tr("No tag yet")

    @cached_property
    def station(self) -> str:
        """Where it is."""
        station = self.facts.catalogue.station_by_id.get(self.station_id) if self.station_id is not None else None
        if station is not None:
            return station.name
        return OWN_SOURCE if self.type is AlarmType.SYSTEM else NONE_TEXT

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """What the columns show."""
        mark = FAULT_MARK if self.fault else NEW_MARK if self.is_new else CHANGED_MARK if self.is_changed else ""
        cells = list(_cells(self))
        cells[Column.TAG] = mark + cells[Column.TAG]
        return tuple(cells)

    @cached_property
    def place(self) -> tuple[str, str, int]:
        """What rows are sorted by that are alike otherwise."""
        return self.station.casefold(), self.name.casefold(), _TYPES.index(self.type)

    @cached_property
    def searched(self) -> str:
        """What a search looks in."""
        draft = self.draft
        texts = (self.station, self.name, TYPE_LABELS[self.type], draft.consequence, draft.action, draft.cause)
        return " ".join((*texts, draft.owner)).casefold()

    def key(self, column: Column) -> tuple[float, str]:
        """Return what a column is sorted by."""
        draft, record = self.draft, self.facts.record
        match column:
            case Column.STATION:
                return 0.0, self.place[0]
            case Column.TAG:
                return 0.0, self.place[1]
            case Column.TYPE:
                return float(self.place[2]), ""
            case Column.LIMIT | Column.DEADBAND:
                text = draft.limit if column == Column.LIMIT else draft.deadband
                return _number_key(None if self.cells[column] == NONE_TEXT else number_of(text)), ""
            case Column.DELAYS:
                return _number_key(seconds_of(draft.on_delay_s)), ""
            case Column.PRIORITY:
                return float(self.priority), ""
            case Column.REVISION:
                return float(record.revision if record is not None else 0), ""
            case Column.APPROVED:
                return float(record.approved_us if record is not None else 0), ""
        return 0.0, self.cells[column].casefold()


def listed(rows: Sequence[RecordRow], wanted: Filter, column: Column, *, is_descending: bool) -> tuple[RecordRow, ...]:
    """Return the rows that a filter lets through, sorted; drafts without a record are always there, first."""
    words = wanted.search.casefold().split()
    shown = [row for row in rows if row.is_new or _passes(row, wanted, words)]
    shown.sort(key=lambda row: row.place)
    if column != Column.STATION or is_descending:
        shown.sort(key=lambda row: row.key(column), reverse=is_descending)
    shown.sort(key=lambda row: not row.is_new)
    return tuple(shown)


def _passes(row: RecordRow, wanted: Filter, words: Collection[str]) -> bool:
    return (
        (wanted.station_id is None or row.station_id == wanted.station_id)
        and (wanted.type is None or row.type is wanted.type)
        and (wanted.priority is None or row.priority is wanted.priority)
        and _SHOWN[wanted.show](row)
        and all(word in row.searched for word in words)
    )


_SHOWN: Final[Mapping[Show, Callable[[RecordRow], bool]]] = {
    Show.ALL: lambda _row: True,
    Show.WRITTEN: lambda row: not row.is_built_in,
    Show.BUILT_IN: lambda row: row.is_built_in,
    Show.NOT_APPROVED: lambda row: not row.is_built_in and not row.is_approved,
    Show.EVENTS: lambda row: row.is_event,
    Show.CHANGED: lambda row: row.is_changed,
    Show.FAULTY: lambda row: bool(row.fault),
}


def limit_text(draft: AlarmDraft, catalogue: Catalogue) -> str:
    """Return a limit as it is read, with its unit."""
    tag = catalogue.tag_by_id.get(draft.subject) if draft.subject is not None else None
    if not applies(draft.type, "limit") or tag is None:
        return NONE_TEXT
    value = number_of(draft.limit)
    if draft.type is AlarmType.DISCRETE:
        return tag.revision.states[int(value)] if value in (0, 1) else draft.limit
    text = f"{draft.limit} {tag.unit}".strip()
    if draft.type is AlarmType.STALE:
        return f"{draft.limit} × {draft.window_s}"
    if draft.type is AlarmType.RATE_OF_CHANGE:
        return tr("{rate}/min").format(rate=text)
    return f"± {text}" if draft.type is AlarmType.DEVIATION else text


def _cells(row: RecordRow) -> tuple[str, ...]:
    draft, facts = row.draft, row.facts
    tag = facts.catalogue.tag_by_id.get(draft.subject) if draft.subject is not None else None
    has_deadband = applies(draft.type, "deadband") and tag is not None
    return (
        row.station,
        row.name,
        TYPE_LABELS[draft.type],
        limit_text(draft, facts.catalogue),
        f"{draft.deadband} {tag.unit}".strip() if has_deadband and tag is not None else NONE_TEXT,
        f"{draft.on_delay_s} / {draft.off_delay_s}",
        PRIORITY_LABELS[draft.priority],
        tr("Event") if row.is_event else tr("Alarm"),
        " ".join(draft.suppression.split()),
        str(facts.record.revision) if facts.record is not None and not row.is_built_in else NONE_TEXT,
        tr("Built in") if row.is_built_in else _approval_text(facts.record),
    )


def _approval_text(record: AlarmDefinition | None) -> str:
    if record is None or not record.approved_by:
        return NONE_TEXT
    return f"{local_time(record.approved_us):%Y-%m-%d} {record.approved_by}"


def _number_key(number: float | None) -> float:
    return number if number is not None else float("-inf")


def _station_of(draft: AlarmDraft, catalogue: Catalogue) -> UUID | None:
    if draft.subject is None:
        return None
    owner = catalogue.tag_by_id.get(draft.subject) or catalogue.control_by_id.get(draft.subject)
    if owner is not None:
        return owner.station_id
    stations = catalogue.stations_of_connection.get(draft.subject, ())
    return stations[0] if len(stations) == 1 else None
