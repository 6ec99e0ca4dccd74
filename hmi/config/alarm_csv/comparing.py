"""What importing a file of alarm records would do, and what it cannot take."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from uuid import UUID

from hmi.config.alarm_checks import alarm_faults, definition_of
from hmi.config.alarm_csv.columns import COLUMNS, LABELS, TAG
from hmi.config.alarm_csv.matching import Matcher
from hmi.config.alarm_texts import changed_fields
from hmi.config.csv_files.comparing import compared
from hmi.config.csv_files.differences import CsvChange, CsvDifferences, CsvFault
from hmi.config.csv_files.reading import read
from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.alarm_revision import same_content
from hmi.domain.alarms.wording import alarm_station
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr


def compare(content: bytes, catalogue: Catalogue, *, removes: bool = False) -> CsvDifferences[AlarmDraft]:
    """Return what importing a file would do. Raises CsvError when it is no file of alarm records.

    removes: take away the records of the file's stations that it leaves out; not while a line cannot be taken, which
    may be just that record.
    """
    return compared(read(content, COLUMNS), _AlarmComparison(catalogue), removes=removes)


class _AlarmComparison:
    """Alarm records of one catalogue."""

    labels = LABELS
    twice = tr("It is the same record as line {line}.")

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.draft_of = Matcher(catalogue).draft_of

    def keys_of(self, draft: AlarmDraft) -> Iterable[Hashable]:
        return (draft.id,)

    def differs(self, draft: AlarmDraft) -> bool:
        known = self._catalogue.every_alarm_by_id.get(draft.id)
        if known is None:
            return True
        try:
            return not same_content(known, definition_of(draft, known))
        except (TypeError, ValueError):
            return True

    def left_out(self, drafts: Iterable[AlarmDraft]) -> tuple[UUID, ...]:
        drafts, catalogue = tuple(drafts), self._catalogue
        named = {draft.id for draft in drafts}
        tags = (catalogue.tag_by_id.get(draft.subject) for draft in drafts if draft.subject is not None)
        stations = {tag.station_id for tag in tags if tag is not None}
        return tuple(
            alarm.id
            for alarm in catalogue.alarms
            if alarm.id not in named
            and alarm.subject in catalogue.tag_by_id
            and alarm_station(alarm, catalogue) in stations
        )

    def faults(self, drafts: Mapping[int, AlarmDraft], removed: Sequence[UUID]) -> list[CsvFault]:
        line_of = {draft.id: line for line, draft in drafts.items()}
        found = []
        for fault in alarm_faults(list(drafts.values()), self._catalogue, removed):
            column = TAG if fault.field == "subject" else fault.field
            found.append(CsvFault(line_of[fault.alarm_id], LABELS.get(column, ""), fault.sentence))
        return found

    def change(self, line: int, draft: AlarmDraft) -> CsvChange[AlarmDraft]:
        known = self._catalogue.every_alarm_by_id.get(draft.id)
        if known is None:
            return CsvChange(line, draft, is_new=True)
        return CsvChange(line, draft, False, changed_fields(known, definition_of(draft, known), self._catalogue))

    def notes(self, _drafts: Iterable[AlarmDraft], _removed: Sequence[UUID]) -> tuple[str, ...]:
        return ()
