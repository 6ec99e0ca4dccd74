from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from hmi.config.alarm_changes import follow_names, revised, untouched_here
from hmi.domain.catalogue import Catalogue
from tests.support.plants import CATALOGUE, LEVEL, LINK_LOST, LOW_LEVEL, RUN, TAGS, second_station

KNOWN = {LOW_LEVEL.id: replace(LOW_LEVEL, revision=2)}


def renamed_tag(catalogue: Catalogue, index: int, name: str) -> Catalogue:
    tags = list(catalogue.tags)
    tags[index] = replace(tags[index], revision=replace(tags[index].revision, name=name))
    return replace(catalogue, tags=tuple(tags))


def no_revisions(_ids: Collection[UUID]) -> dict[UUID, int]:
    return {}


def test_revisions_count_up_and_are_never_given_twice() -> None:
    changed = replace(LOW_LEVEL, limit=2.0)
    assert [each.revision for each in revised(KNOWN, [changed], {})] == [3]
    assert [each.revision for each in revised(KNOWN, [changed], {LOW_LEVEL.id: 7})] == [8]
    assert [each.revision for each in revised({}, [changed], {LOW_LEVEL.id: 7})] == [8]
    assert [each.revision for each in revised({}, [replace(changed, revision=4)], {})] == [4]


def test_what_says_the_same_is_left_but_for_an_approval() -> None:
    assert revised(KNOWN, [LOW_LEVEL], {}) == ()
    (approved,) = revised(KNOWN, [replace(LOW_LEVEL, approved_by="Eve", approved_us=5)], {})
    assert (approved.revision, approved.approved_by, approved.approved_us) == (2, "Eve", 5)


def test_what_was_edited_here_is_known_by_its_revision() -> None:
    assert untouched_here([LOW_LEVEL, LINK_LOST], {LOW_LEVEL.id: 2, LINK_LOST.id: 1}) == (LINK_LOST,)


def test_a_suppression_follows_the_names_of_tags_and_stations() -> None:
    text = "[Pump 1 running] = 0 or [Hill borehole · Tank level] > [Station 1 · Tank level] or [Gone] = 1"
    alarm = replace(LOW_LEVEL, suppression=text, approved_by="Eve", approved_us=5)
    before = replace(second_station(1), alarms=(alarm, LINK_LOST))
    after = renamed_tag(before, RUN, "Pump 1 [on]")
    after = replace(after, stations=(after.stations[0], replace(after.stations[1], name="South")))
    (found,) = follow_names(before, after, no_revisions)
    assert (
        found.suppression == "[Pump 1 [[on]]] = 0 or [Hill borehole · Tank level] > [South · Tank level] or [Gone] = 1"
    )
    assert (found.revision, found.approved_by) == (2, "Eve")


def test_other_names_touch_no_record() -> None:
    alarm = replace(LOW_LEVEL, suppression="[ Pump 1 running ] = 0")
    before = replace(CATALOGUE, alarms=(alarm,))
    assert follow_names(before, renamed_tag(before, LEVEL, "Level"), no_revisions) == ()
    assert follow_names(before, before, no_revisions) == ()
    without = replace(before, tags=tuple(tag for tag in TAGS if tag.index != RUN))
    assert follow_names(before, without, no_revisions) == ()
