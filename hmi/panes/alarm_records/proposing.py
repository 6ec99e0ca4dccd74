"""Templates: chosen tags, the template that fits each, and the records it proposes. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hmi.config.alarm_proposing import fitting, propose, suits
from hmi.config.alarm_templates import AlarmTemplate, AlarmTemplates
from hmi.domain.alarm_drafts import AlarmDraft
from hmi.domain.alarms import TYPE_LABELS
from hmi.domain.language import tr
from hmi.domain.tag_paths import full_name
from hmi.domain.tags import Tag
from hmi.panes.alarm_records.template_draft import TemplateDraft
from hmi.panes.alarm_records.words import records_text, tags_text
from hmi.services.mirror import Mirror
from hmi.services.port import Port, ReadAlarmTemplates, RefusedError, SaveAlarmTemplates

BY_MEASUREMENT: Final = -1
"""Choose for each tag the template of its kind of measurement."""


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag that templates suit: name, its template's name, what records are there."""

    id: UUID
    cells: tuple[str, str, str]
    is_bad: bool = False


class ProposeFlow:
    """From choosing tags to drafts of records."""

    def __init__(self, mirror: Mirror, port: Port, changed: Callable[[], None]) -> None:
        self._mirror = mirror
        self._port = port
        self._changed = changed
        self.templates = AlarmTemplates()
        self.number = BY_MEASUREMENT
        self.edited: TemplateDraft | None = None
        self.station_id: UUID | None = None
        self.search = ""
        self.selected: tuple[UUID, ...] = ()
        self.message = ""
        self._made: tuple[tuple[object, ...], tuple[AlarmDraft, ...]] = ((), ())

    async def load(self) -> None:
        """Ask for the templates."""
        try:
            self.templates, self.message = await self._port.request(ReadAlarmTemplates()), ""
        except RefusedError as error:
            self.message = str(error)
        self._changed()

    def choose(self, number: int) -> None:
        """Use one template for all tags, or each tag's own."""
        self.number = number
        self.edited = None if number == BY_MEASUREMENT else TemplateDraft(self.templates.templates[number])
        self._changed()

    def set_tags(self, *, station_id: UUID | None, search: str) -> None:
        """List the tags of a station, None for all, whose names have the words."""
        self.station_id, self.search = station_id, search
        self._changed()

    def select(self, tags: Sequence[UUID]) -> None:
        """Choose tags."""
        self.selected = tuple(tags)
        self._changed()

    async def save_template(self) -> None:
        """Keep the template as it was edited."""
        template = self.edited.template if self.edited is not None else None
        if template is None:
            return
        kept = list(self.templates.templates)
        kept[self.number] = template
        try:
            await self._port.request(SaveAlarmTemplates(AlarmTemplates(templates=tuple(kept))))
        except RefusedError as error:
            self.message = str(error)
        else:
            self.templates = AlarmTemplates(templates=tuple(kept))
            self.message = ""
            self.choose(self.number)
        self._changed()

    def rows(self) -> tuple[TagRow, ...]:
        """Return the tags that are listed."""
        words = self.search.casefold().split()
        found = []
        for tag in self._mirror.catalogue.tags:
            if self.station_id is not None and tag.station_id != self.station_id:
                continue
            name = full_name(self._mirror.catalogue, tag)
            template = self._template_for(tag)
            if template is None or not all(word in name.casefold() for word in words):
                continue
            there = self._mirror.catalogue.alarms_of_tag.get(tag.id, ())
            types = ", ".join(TYPE_LABELS[alarm.type] for alarm in there)
            found.append(TagRow(tag.id, (name, template.name, types or "–")))
        return tuple(found)

    def drafts(self) -> tuple[AlarmDraft, ...]:
        """Return the records that are proposed for the chosen tags."""
        edited = self.edited.template if self.edited is not None else None
        made_of = (self._mirror.catalogue.version, self.templates, self.number, edited, self.selected)
        if made_of != self._made[0]:
            self._made = (made_of, self._propose())
        return self._made[1]

    def _propose(self) -> tuple[AlarmDraft, ...]:
        found: list[AlarmDraft] = []
        for tag_id in self.selected:
            tag = self._mirror.catalogue.tag_by_id.get(tag_id)
            template = self._template_for(tag) if tag is not None else None
            if tag is not None and template is not None:
                found += propose(template, [tag], self._mirror.catalogue)
        return tuple(found)

    @property
    def summary(self) -> str:
        """What would be proposed, in words."""
        if not self.selected:
            return tr("Choose tags. What is there already is never changed.")
        count = len(self.drafts())
        if not count:
            return tr("These tags have all that the template proposes.")
        words = tr("Proposed: {what} for {tags}.")
        return words.format(what=records_text(count), tags=tags_text(len(self.selected)))

    def _template_for(self, tag: Tag) -> AlarmTemplate | None:
        if self.number == BY_MEASUREMENT:
            return fitting(self.templates, tag)
        template = (self.edited.template if self.edited is not None else None) or self.templates.templates[self.number]
        return template if suits(template, tag) else None
