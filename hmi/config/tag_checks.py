"""What is wrong with drafts of tags of many stations, judged together in the plant as it would be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from drivers.api import DriverType
from hmi.config.checks import TAGS_MOST, tags_faults, too_many
from hmi.domain.alarms import TYPE_LABELS
from hmi.domain.alarms.subjects import subject_name
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control
from hmi.domain.drafts import PlacedTagDraft, TagDraft, tag_draft_of
from hmi.domain.language import tr

Group = tuple[UUID, UUID]
"""A station, and one of the connections that its tags come over."""


@dataclass(frozen=True, slots=True)
class TagFault:
    """What is wrong with one field of a tag; an empty field: with the tag as a whole."""

    tag_id: UUID
    field: str
    sentence: str


def tag_faults(
    drafts: Sequence[PlacedTagDraft],
    catalogue: Catalogue,
    driver_types: Sequence[DriverType],
    removed: Collection[UUID] = (),
) -> tuple[TagFault, ...]:
    """Return all that speaks against bringing tags to their drafts and deleting others, in one step.

    Only what the drafts bring: what is wrong with tags, connections and stations as they are is not theirs.
    """
    given = {draft.tag.id for draft in drafts}
    gone = set(removed)
    groups = _groups(drafts, catalogue, given | gone)
    found = [fault for group, tags in groups.items() for fault in _faults(group, tags, given, catalogue, driver_types)]
    return (*found, *_deletion_faults(gone, catalogue))


def _groups(
    drafts: Sequence[PlacedTagDraft], catalogue: Catalogue, other: Collection[UUID]
) -> dict[Group, list[TagDraft]]:
    """Return the tags that each station would have over each connection that a draft is about."""
    groups: dict[Group, list[TagDraft]] = {(draft.station_id, draft.connection_id): [] for draft in drafts}
    for tag in catalogue.tags:
        group = (tag.station_id, tag.connection_id)
        if group in groups and tag.id not in other:
            groups[group].append(tag_draft_of(tag))
    for draft in drafts:
        groups[draft.station_id, draft.connection_id].append(draft.tag)
    return groups


def _faults(
    group: Group,
    tags: Sequence[TagDraft],
    given: Collection[UUID],
    catalogue: Catalogue,
    driver_types: Sequence[DriverType],
) -> Iterator[TagFault]:
    station, connection = catalogue.station_by_id.get(group[0]), catalogue.connection_by_id.get(group[1])
    if station is None or connection is None:
        words = tr("Its station or its connection is not there any more.")
        yield from (TagFault(tag.id, "", words) for tag in tags if tag.id in given)
        return
    new = [tag.id for tag in tags if tag.id in given and tag.id not in catalogue.tag_by_id]
    if len(tags) > TAGS_MOST and new:
        yield from (TagFault(each, "", too_many(len(tags))) for each in new)
        return
    driver_type = next((each for each in driver_types if each.kind == connection.driver), None)
    for fault in tags_faults(tags, driver_type):
        if tags[fault.tag].id in given:
            yield TagFault(tags[fault.tag].id, fault.field, fault.sentence)


def _deletion_faults(gone: Collection[UUID], catalogue: Catalogue) -> Iterator[TagFault]:
    """Refuse to delete what a start or an alarm of another tag hangs on, and what is a step of a sequence."""
    if not gone:
        return
    indices = {catalogue.tag_by_id[each].index: each for each in gone if each in catalogue.tag_by_id}
    for control in catalogue.controls:
        ends = [indices[each] for each in (control.command, control.readback) if each in indices]
        conditions = [indices[each] for each in (*control.permissives, *control.interlocks) if each in indices]
        if ends:
            yield from _steps_of(control, ends[0], catalogue)
        elif conditions:
            words = tr("{control} must not start without it. Change that control first.")
            yield TagFault(conditions[0], "", words.format(control=control.name))
    for alarm in catalogue.alarms:
        if alarm.setpoint is not None and alarm.setpoint in gone and alarm.subject not in gone:
            words = tr("The alarm {name} compares with it. Change that alarm first.")
            name = f"{subject_name(catalogue, alarm)} {TYPE_LABELS[alarm.type]}"
            yield TagFault(alarm.setpoint, "", words.format(name=name))


def _steps_of(control: Control, tag_id: UUID, catalogue: Catalogue) -> Iterator[TagFault]:
    for sequence in catalogue.sequences:
        if any(step.control_id == control.id for step in sequence.steps):
            words = tr("With it would go {control}, which the sequence {sequence} uses. Change that first.")
            yield TagFault(tag_id, "", words.format(control=control.name, sequence=sequence.name))
