"""What importing a file would do: new records, changed fields, records that are gone; and what it cannot take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hmi.config.alarm_checks import alarm_faults, definition_of
from hmi.config.alarm_csv.columns import LABELS, TAG
from hmi.config.alarm_csv.matching import CellError, Matcher
from hmi.config.alarm_csv.reading import CsvLine, read
from hmi.config.alarm_texts import FieldChange, changed_fields
from hmi.domain.alarm_drafts import AlarmDraft, AlarmFault
from hmi.domain.alarm_revision import same_content
from hmi.domain.alarms.wording import alarm_station
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr

ROUNDS_MOST: Final = 10
"""How often what is left is judged again after lines were taken out; then nothing is left."""


@dataclass(frozen=True, slots=True)
class CsvFault:
    """Why a line, or one field of it, is not taken. field: the column's heading, empty for the line as a whole."""

    line: int
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CsvChange:
    """One record that the import would add or change. fields: none for a new one."""

    line: int
    draft: AlarmDraft
    is_new: bool
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class CsvDifferences:
    """What an import would do. removed: records that the file leaves out, where that was asked."""

    changes: tuple[CsvChange, ...] = ()
    removed: tuple[UUID, ...] = ()
    unchanged: int = 0
    faults: tuple[CsvFault, ...] = ()
    unknown: tuple[str, ...] = ()


def compare(content: bytes, catalogue: Catalogue, *, removes: bool = False) -> CsvDifferences:
    """Return what importing a file would do. Raises CsvError when it is no file of alarm records.

    removes: take away the records of the file's stations that it leaves out; not while a line cannot be taken, which
    may be just that record.
    """
    file = read(content)
    matched, faults = _matched(file.lines, catalogue)
    changed = {line: draft for line, draft in matched.items() if _differs(draft, catalogue)}
    removed = _left_out(matched, catalogue) if removes and not faults else ()
    refused = _judge(changed, catalogue, removed)
    if refused and removed:
        removed = ()
        refused = _judge(changed, catalogue, removed)
    faults += refused
    bad = {fault.line for fault in refused}
    changes = tuple(_change(line, draft, catalogue) for line, draft in changed.items() if line not in bad)
    unchanged = len(matched) - len(changed)
    in_order = tuple(sorted(faults, key=lambda fault: fault.line))
    return CsvDifferences(changes, tuple(removed), unchanged, in_order, file.unknown)


def _matched(lines: Sequence[CsvLine], catalogue: Catalogue) -> tuple[dict[int, AlarmDraft], list[CsvFault]]:
    """Return the draft of each line that could be read, and why others could not."""
    matcher = Matcher(catalogue)
    found: dict[int, AlarmDraft] = {}
    faults: list[CsvFault] = []
    seen: dict[UUID, int] = {}
    for line in lines:
        if line.fault:
            faults.append(CsvFault(line.number, "", line.fault))
            continue
        try:
            draft = matcher.draft_of(line.cells)
        except CellError as error:
            faults.append(CsvFault(line.number, LABELS.get(error.column, ""), str(error)))
            continue
        if draft.id in seen:
            words = tr("It is the same record as line {line}.").format(line=seen[draft.id])
            faults.append(CsvFault(line.number, "", words))
            continue
        seen[draft.id] = line.number
        found[line.number] = draft
    return found, faults


def _judge(drafts: dict[int, AlarmDraft], catalogue: Catalogue, removed: Sequence[UUID]) -> list[CsvFault]:
    """Return why lines cannot be taken; the others are judged again without them, until all that is left is sound."""
    line_of = {draft.id: line for line, draft in drafts.items()}
    left = dict(drafts)
    found: list[CsvFault] = []
    for _ in range(ROUNDS_MOST):
        faults = alarm_faults(list(left.values()), catalogue, removed)
        if not faults:
            return found
        found += [_fault(fault, line_of[fault.alarm_id]) for fault in faults]
        for fault in faults:
            left.pop(line_of[fault.alarm_id], None)
    words = tr("It does not fit with other lines that cannot be taken.")
    return [*found, *(CsvFault(line, "", words) for line in left)]


def _fault(fault: AlarmFault, line: int) -> CsvFault:
    column = TAG if fault.field == "subject" else fault.field
    return CsvFault(line, LABELS.get(column, ""), fault.sentence)


def _differs(draft: AlarmDraft, catalogue: Catalogue) -> bool:
    known = catalogue.every_alarm_by_id.get(draft.id)
    if known is None:
        return True
    try:
        return not same_content(known, definition_of(draft, known))
    except (TypeError, ValueError):
        return True


def _change(line: int, draft: AlarmDraft, catalogue: Catalogue) -> CsvChange:
    known = catalogue.every_alarm_by_id.get(draft.id)
    if known is None:
        return CsvChange(line, draft, is_new=True)
    return CsvChange(line, draft, False, changed_fields(known, definition_of(draft, known), catalogue))


def _left_out(matched: dict[int, AlarmDraft], catalogue: Catalogue) -> tuple[UUID, ...]:
    named = {draft.id for draft in matched.values()}
    tags = (catalogue.tag_by_id.get(draft.subject) for draft in matched.values() if draft.subject is not None)
    stations = {tag.station_id for tag in tags if tag is not None}
    return tuple(
        alarm.id
        for alarm in catalogue.alarms
        if alarm.id not in named
        and alarm.subject in catalogue.tag_by_id
        and alarm_station(alarm, catalogue) in stations
    )
