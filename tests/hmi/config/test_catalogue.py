"""Saving a station: what is stored, what keeps its identity, and what a refused draft leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from hmi.config.catalogue import CatalogueStore, InvalidError
from hmi.config.catalogue_change import CatalogueChange
from hmi.domain.alarms import AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import (
    ConnectionDraft,
    StationDraft,
    TagDraft,
    connection_draft_of,
    draft_of,
    duplicate_of,
)
from hmi.storage.local import configuration
from hmi.storage.local.database import open_database
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import CATALOGUE, CONNECTION, STATION

LINK = ConnectionDraft(UUID(int=901), "New server", "fake", "fake://new")
LEVEL = TagDraft(UUID(int=902), "Level", "s=Level", unit="m")
FLOW = TagDraft(UUID(int=903), "Flow", "s=Flow", unit="l/s")
NEW = StationDraft(
    UUID(int=900), "New well", "West", latitude="39.5", longitude="3.1", connection=LINK, tags=(LEVEL, FLOW)
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogueStore]:
    store = CatalogueStore(open_database(tmp_path / "roams.db"))
    store.put_plant(CATALOGUE, "Ann", "Plant")
    yield store
    store.close()


def save(store: CatalogueStore, draft: StationDraft) -> Catalogue:
    return store.save_station((FakeDrivers().type,), draft, "Ann")


def test_every_fault_is_said_and_nothing_is_stored(store: CatalogueStore) -> None:
    before = store.load()
    wrong = replace(NEW, name="", latitude="91", tags=(replace(LEVEL, low="x"),))
    with pytest.raises(InvalidError, match=r"Name: .* Latitude: .* Level, low: .*\.$"):
        save(store, wrong)
    assert store.load() == before


def test_a_station_comes_with_its_link_its_alarm_and_dated_tags(store: CatalogueStore) -> None:
    before = store.load()
    after = save(store, NEW)
    assert after.version == before.version + 1
    station = after.station_by_id[NEW.id]
    assert (station.name, station.latitude, station.longitude) == ("New well", 39.5, 3.1)
    assert after.area_by_id[station.area_id].name == "West"
    assert after.connection_by_id[LINK.id].endpoint == "fake://new"
    assert after.alarm_by_id[LINK.id].type is AlarmType.COMMUNICATION
    level, flow = after.tags_of_station[NEW.id]
    assert (level.id, level.name, level.unit, level.connection_id) == (LEVEL.id, "Level", "m", LINK.id)
    assert level.revision.valid_from_us > 0
    assert min(level.index, flow.index) > max(other.index for other in before.tags)
    expected = replace(NEW, latitude="39.500000", longitude="3.100000", version=after.version)
    assert draft_of(after, NEW.id) == expected


def test_a_station_on_a_known_link_makes_no_second_alarm(store: CatalogueStore) -> None:
    known = connection_draft_of(CONNECTION)
    after = save(store, replace(NEW, connection=known))
    assert len(after.connections) == 1
    assert len([alarm for alarm in after.alarms if alarm.type is AlarmType.COMMUNICATION]) == 1


def test_a_tag_that_is_renamed_and_readdressed_keeps_its_index_and_gets_a_dated_revision(
    store: CatalogueStore, tmp_path: Path
) -> None:
    first = save(store, NEW)
    changed = replace(LEVEL, name="Well level", address="s=Well.Level", unit="ft", high="40")
    after = save(store, replace(NEW, tags=(changed, FLOW)))
    old, new = first.tag_by_id[LEVEL.id], after.tag_by_id[LEVEL.id]
    assert (new.index, new.key) == (old.index, old.key)
    assert (new.name, new.revision.address, new.unit, new.revision.high) == ("Well level", "s=Well.Level", "ft", 40.0)
    engine = open_database(tmp_path / "roams.db")
    with engine.connect() as database:
        assert [each.unit for each in configuration.revisions(database, new.index)] == ["m", "ft"]
        assert len(configuration.revisions(database, after.tag_by_id[FLOW.id].index)) == 1
    engine.dispose()


def test_a_tag_left_out_is_deleted_and_its_index_never_comes_back(store: CatalogueStore) -> None:
    first = save(store, NEW)
    after = save(store, replace(NEW, tags=(LEVEL,)))
    assert [tag.id for tag in after.tags_of_station[NEW.id]] == [LEVEL.id]
    again = save(store, replace(NEW, tags=(LEVEL, replace(FLOW, id=UUID(int=904)))))
    assert again.tag_by_id[UUID(int=904)].index > first.tag_by_id[FLOW.id].index


def test_tags_over_another_link_stay_when_a_station_is_edited(store: CatalogueStore) -> None:
    draft = replace(NEW, id=STATION.id, name=STATION.name, area="North")
    before = store.load().tags_of_station[STATION.id]
    after = save(store, draft)
    assert {tag.id for tag in after.tags_of_station[STATION.id]} == {tag.id for tag in before} | {LEVEL.id, FLOW.id}


def test_a_station_moved_to_another_link_leaves_an_unused_one_behind_deleted(store: CatalogueStore) -> None:
    save(store, NEW)
    other = ConnectionDraft(UUID(int=905), "Other server", "fake", "fake://other")
    after = save(store, replace(NEW, connection=other))
    assert LINK.id not in after.connection_by_id
    assert LINK.id not in after.alarm_by_id
    assert {tag.connection_id for tag in after.tags_of_station[NEW.id]} == {other.id}


def test_a_duplicate_is_another_station_on_the_same_link(store: CatalogueStore) -> None:
    first = save(store, NEW)
    after = save(store, duplicate_of(draft_of(first, NEW.id), "Second well"))
    second = next(station for station in after.stations if station.name == "Second well")
    assert len(after.tags_of_station[second.id]) == len(NEW.tags)
    assert {tag.id for tag in after.tags_of_station[second.id]}.isdisjoint({LEVEL.id, FLOW.id})
    assert len(after.connections) == len(first.connections)


def test_what_failed_or_came_from_elsewhere_is_not_taken_for_what_is_there(
    store: CatalogueStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, NEW)
    with monkeypatch.context() as broken:
        broken.setattr("hmi.config.versions.note_objects", fail)
        with pytest.raises(OSError, match="disk"):
            store.set_enabled(CONNECTION.id, False, "Ann")
    with store._engine.begin() as database:  # as an import of the whole configuration does
        change = CatalogueChange(database)
        configuration.set_user(database, LINK.id, "elsewhere")
        change.end("Bo", "Imported")
    after = store.set_user(CONNECTION.id, "eve", "Ann")
    assert after == store.load()
    assert after.connection_by_id[LINK.id].user == "elsewhere"
    assert after.connection_by_id[CONNECTION.id].enabled


def fail(*_: object) -> None:
    raise OSError("disk")


def test_a_change_reads_of_the_tags_only_what_it_writes(store: CatalogueStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = store.set_user(CONNECTION.id, "eve", "Ann")
    with monkeypatch.context() as watched:
        watched.setattr(configuration, "load", fail)
        after = store.set_user(CONNECTION.id, "mia", "Ann")
    assert after == store.load()
    assert all(new is old for new, old in zip(after.tags, before.tags, strict=True))
