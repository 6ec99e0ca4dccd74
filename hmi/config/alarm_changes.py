"""What putting alarm records into the configuration makes of their revisions and approvals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from hmi.domain.alarm_revision import same_content
from hmi.domain.alarms import AlarmDefinition
from hmi.domain.alarms.wording import alarm_station
from hmi.domain.catalogue import Catalogue
from hmi.domain.expressions import ExpressionError, renamed
from hmi.domain.tag_paths import TagPaths, full_name


def revised(
    known: Mapping[UUID, AlarmDefinition], given: Iterable[AlarmDefinition], last: Mapping[UUID, int]
) -> tuple[AlarmDefinition, ...]:
    """Return those of the given records that change something, each with the revision that it is to have.

    known: the records as they stand. last: the highest revision that each ever had. A record that says the same keeps
    its revision, and takes an approval where it had none. Approvals are as given: who edits a record takes it away.
    """
    return tuple(found for each in given if (found := _revised(known.get(each.id), each, last.get(each.id, 0))))


def untouched_here(given: Iterable[AlarmDefinition], last: Mapping[UUID, int]) -> tuple[AlarmDefinition, ...]:
    """Return those of the given records that nobody has edited or deleted here since they were put."""
    return tuple(each for each in given if last.get(each.id, 0) <= each.revision)


def follow_names(
    before: Catalogue, after: Catalogue, last: Callable[[Collection[UUID]], Mapping[UUID, int]]
) -> tuple[AlarmDefinition, ...]:
    """Return the records whose suppression names a tag that is called otherwise now, each put right.

    last: returns the highest revision that each of some records ever had. They mean what they meant, so that their
    approval stays.
    """
    suppressed = [alarm for alarm in after.alarms if alarm.suppression]
    moved = _moved(before, after) if suppressed else set()
    if not moved:
        return ()
    paths = TagPaths(before)
    found = []
    for alarm in suppressed:
        text = renamed(alarm.suppression, _naming(paths, after, alarm_station(alarm, after), moved))
        if text != renamed(alarm.suppression, str):
            found.append(replace(alarm, suppression=text))
    revisions = last([alarm.id for alarm in found])
    return tuple(replace(alarm, revision=max(alarm.revision, revisions.get(alarm.id, 0)) + 1) for alarm in found)


def _moved(before: Catalogue, after: Catalogue) -> set[UUID]:
    """Return the tags that are called otherwise now, by themselves or with their station."""
    stations = before.station_by_id
    renamed_stations = {
        each.id for each in after.stations if each.id in stations and stations[each.id].name != each.name
    }
    found = set()
    for tag in after.tags:
        known = before.tag_by_id.get(tag.id)
        is_same = known is tag and tag.station_id not in renamed_stations
        if known is not None and not is_same and full_name(before, known) != full_name(after, tag):
            found.add(tag.id)
    return found


def _naming(
    paths: TagPaths, after: Catalogue, station_id: UUID | None, moved: Collection[UUID]
) -> Callable[[str], str]:
    """Return what gives each name of an expression as it is now; one that nobody had stays as it is."""

    def name_for(name: str) -> str:
        try:
            known = paths.find(name, station_id)
        except (KeyError, ExpressionError):
            return name
        tag = after.tag_by_id.get(known.id)
        if tag is None or tag.id not in moved:
            return name
        return tag.name if paths.is_own(name, station_id) else full_name(after, tag)

    return name_for


def _revised(known: AlarmDefinition | None, given: AlarmDefinition, last: int) -> AlarmDefinition | None:
    if known is None:
        return replace(given, revision=max(given.revision, last + 1))
    if not same_content(known, given):
        return replace(given, revision=max(known.revision, last) + 1)
    if given.approved_by and not known.approved_by:
        return replace(known, approved_by=given.approved_by, approved_us=given.approved_us)
    return None
