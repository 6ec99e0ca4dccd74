"""What importing a file of tags would do, and what it cannot take."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from drivers.api import DriverType
from hmi.config.csv_files.cells import plain
from hmi.config.csv_files.comparing import compared
from hmi.config.csv_files.differences import CsvChange, CsvDifferences, CsvFault, FieldChange
from hmi.config.csv_files.reading import read
from hmi.config.tag_checks import tag_faults
from hmi.config.tag_csv.columns import COLUMNS, LABELS, place_texts, text_of
from hmi.config.tag_csv.matching import Matcher
from hmi.config.tag_plan import left_empty
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import PlacedTagDraft, placed_draft_of
from hmi.domain.language import tr
from hmi.domain.tag_fields import FIELD_LABELS
from hmi.domain.tag_paths import full_name


def compare(
    content: bytes, catalogue: Catalogue, driver_types: Sequence[DriverType], *, removes: bool = False
) -> CsvDifferences[PlacedTagDraft]:
    """Return what importing a file would do. Raises CsvError when it is no file of tags.

    removes: delete the tags of the file's stations that it leaves out; not while a line cannot be taken, which may be
    just that tag.
    """
    return compared(read(content, COLUMNS), _TagComparison(catalogue, driver_types), removes=removes)


class _TagComparison:
    """Tags of one catalogue."""

    labels = LABELS
    twice = tr("It is the same tag as line {line}.")

    def __init__(self, catalogue: Catalogue, driver_types: Sequence[DriverType]) -> None:
        self._catalogue = catalogue
        self._driver_types = driver_types
        self.draft_of = Matcher(catalogue).draft_of

    def keys_of(self, draft: PlacedTagDraft) -> Iterable[Hashable]:
        yield draft.tag.id
        if draft.tag.id not in self._catalogue.tag_by_id:
            yield draft.station_id, draft.connection_id, plain(draft.tag.name)

    def differs(self, draft: PlacedTagDraft) -> bool:
        known = self._catalogue.tag_by_id.get(draft.tag.id)
        return known is None or placed_draft_of(known) != draft

    def left_out(self, drafts: Iterable[PlacedTagDraft]) -> tuple[UUID, ...]:
        drafts = tuple(drafts)
        named = {draft.tag.id for draft in drafts}
        stations = dict.fromkeys(draft.station_id for draft in drafts)
        tags = (tag for each in stations for tag in self._catalogue.tags_of_station.get(each, ()))
        return tuple(tag.id for tag in tags if tag.id not in named)

    def faults(self, drafts: Mapping[int, PlacedTagDraft], removed: Sequence[UUID]) -> list[CsvFault]:
        line_of = {draft.tag.id: line for line, draft in drafts.items()}
        return [
            CsvFault(line_of[fault.tag_id], LABELS.get(fault.field, ""), fault.sentence)
            if fault.tag_id in line_of
            else CsvFault(0, "", self._undeletable(fault.tag_id, fault.sentence))
            for fault in tag_faults(list(drafts.values()), self._catalogue, self._driver_types, removed)
        ]

    def change(self, line: int, draft: PlacedTagDraft) -> CsvChange[PlacedTagDraft]:
        known = self._catalogue.tag_by_id.get(draft.tag.id)
        if known is None:
            return CsvChange(line, draft, is_new=True)
        return CsvChange(line, draft, False, tuple(self._fields(placed_draft_of(known), draft)))

    def notes(self, drafts: Iterable[PlacedTagDraft], removed: Sequence[UUID]) -> tuple[str, ...]:
        gone = left_empty(tuple(drafts), removed, self._catalogue)
        names = (self._catalogue.connection_by_id[each].name for each in gone)
        words = tr("The connection {name} goes too; nothing would use it any more.")
        return tuple(words.format(name=name) for name in names)

    def _fields(self, old: PlacedTagDraft, new: PlacedTagDraft) -> Iterator[FieldChange]:
        before, after = place_texts(old, self._catalogue), place_texts(new, self._catalogue)
        for name in before:
            if before[name] != after[name]:
                yield LABELS[name], before[name], after[name]
        for name, label in FIELD_LABELS.items():
            was, now = text_of(old.tag, name), text_of(new.tag, name)
            if was != now:
                yield label, was, now

    def _undeletable(self, tag_id: UUID, sentence: str) -> str:
        tag = self._catalogue.tag_by_id[tag_id]
        name = full_name(self._catalogue, tag)
        return tr("{name} cannot be deleted. {why}").format(name=name, why=sentence)
