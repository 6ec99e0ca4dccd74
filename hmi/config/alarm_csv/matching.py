"""From a line's cells to the draft of the record that it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from hmi.config.alarm_csv.cells import priority_of, type_of
from hmi.config.alarm_csv.columns import FIELD_COLUMNS, ID, STATION, TAG
from hmi.config.csv_files.cells import CellError, flag_of, meaningless, plain, text_in, unguarded
from hmi.domain.alarm_drafts import DURATIONS, FLAGS, NUMBERS, AlarmDraft, alarm_draft_of, applies
from hmi.domain.alarms import AlarmDefinition, AlarmType
from hmi.domain.alarms.implied import quality_alarm_id
from hmi.domain.alarms.subjects import subject_name
from hmi.domain.catalogue import Catalogue
from hmi.domain.expressions import ExpressionError
from hmi.domain.language import tr
from hmi.domain.tag_paths import BETWEEN, TagPaths
from hmi.domain.tags import Tag


class Matcher:
    """Finds records and tags of one catalogue by what lines call them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._paths = TagPaths(catalogue)
        self._by_name = {(plain(subject_name(catalogue, alarm)), alarm.type): alarm for alarm in _tagless(catalogue)}

    def draft_of(self, cells: Mapping[str, str]) -> AlarmDraft:
        """Return the record that the cells make of the one they mean, or a new one. Raises CellError."""
        known = self._known(cells)
        if known is not None:
            self._require_same_subject(known, cells)
            draft = alarm_draft_of(known)
        else:
            draft = self._new(cells)
        return self._filled(draft, cells)

    def _known(self, cells: Mapping[str, str]) -> AlarmDefinition | None:
        text = cells.get(ID, "").strip()
        if text:
            try:
                return self._catalogue.every_alarm_by_id.get(UUID(text))
            except ValueError:
                raise CellError(ID, tr("It is no id; leave it empty for a new record.")) from None
        alarm_type = self._type(cells)
        tagless = self._by_name.get((plain(text_in(cells, TAG)), alarm_type))
        if tagless is not None:
            return tagless
        tag = self._tag(cells)
        there = [alarm for alarm in self._catalogue.alarms_of_tag.get(tag.id, ()) if alarm.type is alarm_type]
        if len(there) > 1:
            raise CellError(ID, tr("The tag has several alarms of this type; give the id of the one that is meant."))
        implied = self._catalogue.every_alarm_by_id.get(quality_alarm_id(tag.id))
        return there[0] if there else implied if alarm_type is AlarmType.QUALITY else None

    def _new(self, cells: Mapping[str, str]) -> AlarmDraft:
        tag, alarm_type = self._tag(cells), self._type(cells)
        given = cells.get(ID, "").strip()
        # The same line makes the same record when it is looked at and when it is applied.
        return AlarmDraft(UUID(given) if given else uuid5(tag.id, f"file {alarm_type}"), tag.id, alarm_type)

    def _require_same_subject(self, known: AlarmDefinition, cells: Mapping[str, str]) -> None:
        name = subject_name(self._catalogue, known)
        words = tr("The record of this id is of {name}; empty the id to make another.").format(name=name)
        if known.subject in self._catalogue.tag_by_id:
            if text_in(cells, TAG) and self._tag(cells).id != known.subject:
                raise CellError(TAG, words)
        elif text_in(cells, TAG) and plain(text_in(cells, TAG)) != plain(name):
            raise CellError(TAG, words)
        if cells.get("type", "").strip() and self._type(cells) is not known.type and known.subject == known.id:
            raise CellError("type", words)

    def _tag(self, cells: Mapping[str, str]) -> Tag:
        station, name = text_in(cells, STATION), text_in(cells, TAG)
        if not name:
            raise CellError(TAG, tr("It must not be empty."))
        return self._find(f"{station}{BETWEEN}{name}" if station else name, TAG)

    def _find(self, name: str, column: str, station_id: UUID | None = None) -> Tag:
        try:
            return self._paths.find(name, station_id)
        except KeyError:
            raise CellError(column, tr("There is no tag called {name}.").format(name=name)) from None
        except ExpressionError as error:
            raise CellError(column, str(error)) from None

    def _type(self, cells: Mapping[str, str]) -> AlarmType:
        text = cells.get("type", "")
        found = type_of(text)
        if found is None:
            raise CellError("type", tr("{text} is no type of an alarm.").format(text=text.strip() or tr("Nothing")))
        return found

    def _filled(self, draft: AlarmDraft, cells: Mapping[str, str]) -> AlarmDraft:
        """Return the draft with what the cells say; an empty cell says something in a text only."""
        values: dict[str, Any] = {}
        alarm_type = self._type(cells) if cells.get("type", "").strip() else draft.type
        for name in FIELD_COLUMNS:
            cell = cells.get(name)
            if cell is None or not applies(alarm_type, name):
                continue
            if cell.strip():
                values[name] = self._value(name, cell, draft)
            elif name not in NUMBERS | DURATIONS | FLAGS and name not in ("type", "priority", "setpoint"):
                values[name] = ""
        return replace(draft, **values)

    def _value(self, name: str, cell: str, draft: AlarmDraft) -> object:
        found: object
        if name == "type":
            found = type_of(cell)
        elif name == "priority":
            found = priority_of(cell)
        elif name in FLAGS:
            found = flag_of(cell)
        elif name == "setpoint":
            own = self._catalogue.tag_by_id.get(draft.subject) if draft.subject is not None else None
            found = self._find(unguarded(cell).strip(), name, own.station_id if own is not None else None).id
        else:
            return cell.strip() if name in NUMBERS or name in DURATIONS else unguarded(cell.strip()).strip()
        if found is None:
            wanted = {"priority": tr("Critical, High, Medium or Low")}.get(name, tr("yes or no"))
            raise meaningless(name, cell, wanted)
        return found


def _tagless(catalogue: Catalogue) -> list[AlarmDefinition]:
    return [alarm for alarm in catalogue.every_alarm if alarm.subject not in catalogue.tag_by_id]
