"""What is wrong between the alarms of one tag: limits out of order, deadbands that reach too far, the same twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from hmi.domain.alarm_drafts import AlarmFault
from hmi.domain.alarms import LIMIT_TYPES, TYPE_LABELS, AlarmDefinition, AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.tags import TagKind

HIGH_TYPES: Final = (AlarmType.HIGH_HIGH, AlarmType.HIGH)
ONCE: Final = frozenset({*LIMIT_TYPES, AlarmType.DISCRETE, AlarmType.QUALITY, AlarmType.STALE})
"""Types of which a tag has one at most."""


def neighbour_faults(
    given: Sequence[AlarmDefinition], kept: Sequence[AlarmDefinition], catalogue: Catalogue
) -> Iterator[AlarmFault]:
    """Yield what is wrong with the given records among themselves and with those that stay."""
    of_tag: dict[UUID, list[AlarmDefinition]] = {alarm.subject: [] for alarm in given}
    for alarm in (*kept, *given):
        if alarm.subject in of_tag and alarm.subject in catalogue.tag_by_id:
            of_tag[alarm.subject].append(alarm)
    judged = {alarm.id for alarm in given}
    for subject, alarms in of_tag.items():
        tag = catalogue.tag_by_id.get(subject)
        if tag is None:
            continue
        yield from (fault for fault in _repeated(alarms) if fault.alarm_id in judged)
        limits: dict[AlarmType, AlarmDefinition] = {alarm.type: alarm for alarm in alarms if alarm.type in LIMIT_TYPES}
        for alarm in limits.values():
            if alarm.id in judged:
                low = tag.revision.low if tag.kind is TagKind.ANALOG else None
                high = tag.revision.high if tag.kind is TagKind.ANALOG else None
                yield from _order(alarm, limits)
                yield from _reach(alarm, limits, low, high)


def _repeated(alarms: Sequence[AlarmDefinition]) -> Iterator[AlarmFault]:
    for alarm in alarms:
        if alarm.type in ONCE and any(other.type is alarm.type and other.id != alarm.id for other in alarms):
            words = tr("The tag has another alarm of the type {type}; change that one.")
            yield AlarmFault(alarm.id, "type", words.format(type=TYPE_LABELS[alarm.type]))


def _order(alarm: AlarmDefinition, limits: dict[AlarmType, AlarmDefinition]) -> Iterator[AlarmFault]:
    place = LIMIT_TYPES.index(alarm.type)
    for other in limits.values():
        at = LIMIT_TYPES.index(other.type)
        words = ""
        if at < place and other.limit <= alarm.limit:
            words = tr("It must be below the limit of {type}, {limit:g}.")
        elif at > place and other.limit >= alarm.limit:
            words = tr("It must be above the limit of {type}, {limit:g}.")
        if words:
            text = words.format(type=TYPE_LABELS[other.type], limit=other.limit)
            yield AlarmFault(alarm.id, "limit", text)
            return


def _reach(
    alarm: AlarmDefinition, limits: dict[AlarmType, AlarmDefinition], low: float | None, high: float | None
) -> Iterator[AlarmFault]:
    """Yield what is wrong with the value at which an alarm returns to normal."""
    place = LIMIT_TYPES.index(alarm.type)
    is_high = alarm.type in HIGH_TYPES
    beyond = LIMIT_TYPES[place + 1 :] if is_high else LIMIT_TYPES[:place][::-1]
    back = alarm.limit - alarm.deadband if is_high else alarm.limit + alarm.deadband
    neighbour = next((limits[each] for each in beyond if each in limits), None)
    if neighbour is not None:
        is_between = (neighbour.limit < alarm.limit) if is_high else (neighbour.limit > alarm.limit)
        if is_between and (back <= neighbour.limit if is_high else back >= neighbour.limit):
            words = tr("It reaches over the limit of {type}, {limit:g}; make it narrower.")
            text = words.format(type=TYPE_LABELS[neighbour.type], limit=neighbour.limit)
            yield AlarmFault(alarm.id, "deadband", text)
            return
    end = low if is_high else high
    if end is not None and (back <= end if is_high else back >= end) and alarm.limit != end:
        words = tr("It reaches to the end of the range, {end:g}: the alarm would never return; make it narrower.")
        yield AlarmFault(alarm.id, "deadband", words.format(end=end))
