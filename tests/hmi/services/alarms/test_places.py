from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hmi.domain.catalogue import Catalogue
from hmi.domain.tags import TagRevision
from hmi.services.alarms.places import fresh_rows, places_of
from tests.support.plants import CATALOGUE, LEVEL, LOW_LEVEL, RUN, STATION


def edited(index: int, edit: Callable[[TagRevision], TagRevision]) -> Catalogue:
    tags = list(CATALOGUE.tags)
    tags[index] = replace(tags[index], revision=edit(tags[index].revision))
    return replace(CATALOGUE, tags=tuple(tags))


def renamed(index: int, name: str) -> Catalogue:
    return edited(index, lambda revision: replace(revision, name=name))


def ids(after: Catalogue) -> set[str]:
    """Return whose words are written after a change."""
    were = places_of(CATALOGUE, {})
    return {row.alarm_id for row in fresh_rows(after, places_of(after, were), CATALOGUE, were)}


def test_at_first_all_words_are_written() -> None:
    places = places_of(CATALOGUE, {})
    assert len(fresh_rows(CATALOGUE, places, Catalogue(), {})) == len(CATALOGUE.every_alarm)
    assert len(fresh_rows(CATALOGUE, places, CATALOGUE, {})) == len(CATALOGUE.every_alarm), "the journal took none"


def test_a_change_writes_the_words_of_what_it_changes_only() -> None:
    assert ids(CATALOGUE) == set()
    of_level = {str(each.id) for each in CATALOGUE.every_alarm if each.subject == CATALOGUE.tags[LEVEL].id}
    assert ids(renamed(LEVEL, "Depth")) == of_level
    assert ids(edited(LEVEL, lambda revision: replace(revision, unit="ft"))) == of_level, (
        "the journal keeps the unit, too"
    )
    assert str(LOW_LEVEL.id) not in ids(renamed(RUN, "Turns"))


def test_a_station_that_is_renamed_renames_all_that_is_there() -> None:
    stations = tuple(replace(each, name="Well") if each.id == STATION.id else each for each in CATALOGUE.stations)
    assert str(LOW_LEVEL.id) in ids(replace(CATALOGUE, stations=stations))


def test_words_that_stay_are_the_same_objects() -> None:
    were = places_of(CATALOGUE, {})
    now = places_of(renamed(LEVEL, "Depth"), were)
    assert now[LOW_LEVEL.id] is not were[LOW_LEVEL.id]
    assert all(now[key] is were[key] for key in now if key in were and now[key] == were[key])
