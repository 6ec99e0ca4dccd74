"""Versions: each keeps what it changed, any can be read again, and an earlier one taken up as it was."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hmi.config.catalogue import CatalogueStore, ConflictError, InvalidError
from hmi.config.objects import KINDS, changed_objects, definition_of, key_of, said
from hmi.domain.alarm_drafts import alarm_draft_of
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import SafetyLevel
from hmi.domain.drafts import ConnectionDraft, StationDraft, TagDraft, draft_of
from hmi.domain.plant import Pipe
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.storage.errors import StorageError
from hmi.storage.local import configuration
from hmi.storage.local.database import open_database
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import CATALOGUE, CONNECTION, LEVEL, LOW_LEVEL, PUMP, STATION

LINK = ConnectionDraft(UUID(int=901), "New server", "fake", "fake://new")
NEW = StationDraft(
    UUID(int=900),
    "New well",
    "West",
    latitude="39.5",
    longitude="3.1",
    connection=LINK,
    tags=(TagDraft(UUID(int=902), "Level", "s=Level", unit="m"),),
)
SEQUENCE = CommandSequence(
    UUID(int=700), STATION.id, "Start up", (SequenceStep(PUMP.id, 1.0), SequenceStep(None, 0, "?"))
)
DRIVERS = (FakeDrivers().type,)
EVER = 1_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogueStore]:
    store = CatalogueStore(open_database(tmp_path / "roams.db"))
    store.put_plant(replace(CATALOGUE, sequences=(SEQUENCE,)), "Ann", "Plant")
    yield store
    store.close()


def comparable(catalogue: Catalogue) -> dict[str, Any]:
    """Return what a catalogue means: without the dates of meanings and the numbers of revisions."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        for entity in getattr(catalogue, kind.attribute):
            definition = definition_of(kind.name, entity)
            definition.get("revision", {}) if kind.name != "tag" else definition["revision"].pop("valid_from_us")
            for unsaid in ("revision", "approved_by", "approved_us") if kind.name == "alarm" else ():
                definition.pop(unsaid)
            found[f"{kind.name} {key_of(entity)}"] = definition
    return found


def test_every_kind_of_object_reads_back_as_it_was_written() -> None:
    pipe = Pipe(STATION.id, UUID(int=9), LEVEL, ((39.5, 2.5), (39.6, 2.6)))
    plant = replace(CATALOGUE, sequences=(SEQUENCE,), pipes=(pipe,))
    for kind in KINDS:
        from hmi.config.objects import entity_of

        for entity in getattr(plant, kind.attribute):
            assert entity_of(kind.name, json.loads(json.dumps(definition_of(kind.name, entity)))) == entity


def test_each_version_says_who_when_why_and_what(store: CatalogueStore) -> None:
    store.save_station(DRIVERS, NEW, "Ben")
    store.save_station(DRIVERS, replace(NEW, name="Old well"), "Cem")
    newest, added, first = store.versions(EVER, "", 10)
    assert (newest.user, newest.reason, newest.objects) == ("Cem", "Changed station Old well", 1)
    assert (added.user, added.objects) == ("Ben", 6)  # area, station, equipment, connection, its alarm, tag
    assert first.reason == "Plant"
    assert [row.version for row in store.versions(EVER, "Old well", 10)] == [newest.version]
    assert store.versions(EVER, "100%", 10) == []
    assert [row.version for row in store.versions(newest.version, "", 1)] == [added.version]


def test_an_object_has_a_history_of_its_own(store: CatalogueStore) -> None:
    store.save_station(DRIVERS, NEW, "Ben")
    store.save_station(DRIVERS, replace(NEW, name="Old well"), "Cem")
    store.delete_station(NEW.id, "Dan")
    history = store.object_history("station", str(NEW.id), 10)
    assert [(version.user, row.name) for version, row in history] == [
        ("Dan", "Old well"),
        ("Cem", "Old well"),
        ("Ben", "New well"),
    ]
    assert [row.definition is None for _, row in history] == [True, False, False]


def test_what_a_profile_had_before_it_kept_versions_is_the_first(store: CatalogueStore) -> None:
    with store._engine.begin() as database:
        database.execute(text("DELETE FROM object_revision"))
    before = store.load()
    store.set_enabled(CONNECTION.id, False, "Ann")
    assert comparable(store.at(before.version)) == comparable(before)


def test_any_earlier_version_is_taken_up_again(store: CatalogueStore) -> None:
    """Sixty random changes, and versions at random, each the same as it was, dense indices and all."""
    seed = random.randrange(2**32)
    print("seed", seed)
    dice = random.Random(seed)
    kept = {store.load().version: store.load()}
    for step in range(60):
        changed = _random_change(store, dice, step)
        kept[changed.version] = changed
        if dice.random() < 0.3:
            version = dice.choice(list(kept))
            now = store.load()
            after = store.roll_back(version, now.version, "Ann", "Trial")
            assert comparable(after) == comparable(kept[version]), f"seed {seed}, step {step}, version {version}"
            kept[after.version] = after
    for version, catalogue in kept.items():
        assert comparable(store.at(version)) == comparable(catalogue), f"seed {seed}, version {version}"


def _random_change(store: CatalogueStore, dice: random.Random, step: int) -> Catalogue:
    now = store.load()
    kind = dice.randrange(6)
    if kind == 0:
        number = 10_000 + dice.randrange(5) * 100
        tags = tuple(
            TagDraft(UUID(int=number + each), f"Tag {each} {dice.randrange(99)}", f"s=T{each}")
            for each in range(1, 1 + dice.randrange(1, 4))
        )
        link = replace(LINK, id=UUID(int=number + 50), name=f"Server {number}", endpoint=f"fake://{number}")
        draft = replace(NEW, id=UUID(int=number), name=f"Station {number} {step}", connection=link, tags=tags)
        return store.save_station(DRIVERS, draft, "Ann")
    if kind == 1 and len(now.stations) > 1:
        return store.delete_station(dice.choice(now.stations).id, "Ann")
    if kind == 2 and now.alarms:
        alarm = dice.choice(now.alarms)
        draft_ = replace(alarm_draft_of(alarm), consequence=f"Consequence {step}")
        return store.change_alarms([draft_], [], "Ann", "Alarm")
    if kind == 3 and now.stations:
        station = dice.choice(now.stations)
        if now.connections_of_station.get(station.id):
            return store.save_station(
                DRIVERS, replace(draft_of(now, station.id), latitude=f"{dice.random():.6f}"), "Ann"
            )
    if kind == 4 and now.connections:
        link_ = dice.choice(now.connections)
        return store.set_enabled(link_.id, not link_.enabled, "Ann")
    level = dice.choice(list(SafetyLevel))
    controls = (replace(CATALOGUE.controls[0], level=level), CATALOGUE.controls[1])
    return store.put_plant(replace(CATALOGUE, controls=controls, sequences=(SEQUENCE,)), "Ann", "Plant again")


def test_a_tag_that_comes_back_has_its_index_and_so_its_history(store: CatalogueStore) -> None:
    before = store.save_station(DRIVERS, NEW, "Ann")
    index = before.tag_by_id[NEW.tags[0].id].index
    gone = store.delete_station(NEW.id, "Ann")
    other = replace(NEW, id=UUID(int=950), tags=(replace(NEW.tags[0], id=UUID(int=951)),))
    after = store.save_station(DRIVERS, replace(other, connection=replace(LINK, id=UUID(int=952))), "Ann")
    assert after.tag_by_id[UUID(int=951)].index > index
    back = store.roll_back(before.version, after.version, "Ann", "It was right")
    assert back.tag_by_id[NEW.tags[0].id].index == index
    assert UUID(int=951) not in back.tag_by_id
    assert gone.version in {row.version for row in store.versions(EVER, "New well", 10)}


def test_a_plant_that_is_put_again_has_its_indices_and_so_its_history(store: CatalogueStore) -> None:
    before = store.load()
    store.delete_station(STATION.id, "Ann")
    assert store.load().tags == ()
    after = store.put_plant(CATALOGUE, "Ann", "Imported again")
    assert {tag.id: tag.index for tag in after.tags} == {tag.id: tag.index for tag in before.tags}


def test_an_alarm_that_comes_back_has_a_new_revision_and_no_approval(store: CatalogueStore) -> None:
    first = store.load()
    changed = store.change_alarms([replace(alarm_draft_of(LOW_LEVEL), consequence="Dry.")], [], "Ann", "Consequence")
    approved = store.approve_alarms({LOW_LEVEL.id: changed.alarm_by_id[LOW_LEVEL.id].revision}, "Ann", 1)
    back = store.roll_back(first.version, approved.version, "Ann", "It was right")
    alarm = back.alarm_by_id[LOW_LEVEL.id]
    assert alarm.consequence == LOW_LEVEL.consequence
    assert alarm.revision == changed.alarm_by_id[LOW_LEVEL.id].revision + 1


def test_nothing_is_taken_up_over_a_change_that_was_not_seen(store: CatalogueStore) -> None:
    first = store.load()
    seen = store.save_station(DRIVERS, NEW, "Ben")
    now = store.set_enabled(CONNECTION.id, False, "Cem")
    with pytest.raises(InvalidError, match="changed meanwhile"):
        store.roll_back(first.version, seen.version, "Ann", "x")
    assert store.load() == now


def test_a_version_that_makes_no_sense_is_said_and_nothing_is_changed(store: CatalogueStore) -> None:
    now = store.load()
    with store._engine.begin() as database:
        database.execute(text("UPDATE object_revision SET definition = '{\"id\": 7}' WHERE kind = 'station'"))
    with pytest.raises(StorageError, match=f"Version {now.version} cannot be read"):
        store.roll_back(now.version, now.version, "Ann", "x")
    assert store.load() == now


def test_a_change_is_said_in_words(store: CatalogueStore) -> None:
    before = store.load()
    after = store.save_station(DRIVERS, replace(draft_of(before, STATION.id), name="Dale borehole"), "Ann")
    words = {change.name: said(change) for change in changed_objects(before, after) if change.kind == "station"}
    assert words == {"Dale borehole": "name: Hill borehole → Dale borehole"}
    names = {tag.index: tag.name for tag in before.tags}
    pump = replace(before.controls[0], permissives=(), level=SafetyLevel.PASSWORD)
    change = next(changed_objects(before, replace(before, controls=(pump, *before.controls[1:]))))
    assert said(change, names) == "permissives: Pump 1 ready → none; level: confirm → password"


def test_a_draft_of_an_older_version_never_goes_over_what_it_has_not_seen(store: CatalogueStore) -> None:
    mine = draft_of(store.load(), STATION.id)
    store.set_enabled(CONNECTION.id, False, "Cem")
    theirs = draft_of(store.load(), STATION.id)
    store.save_station(DRIVERS, replace(theirs, name="Dale borehole", tags=theirs.tags[1:]), "Ben")
    with pytest.raises(ConflictError) as refused:
        store.save_station(DRIVERS, replace(mine, latitude="40"), "Ann")
    words = str(refused.value)
    assert "Dale borehole by Ben (name: Hill borehole → Dale borehole)" in words
    assert "North server by Cem (enabled: True → False)" in words
    assert "Pump 1 start by Ben (deleted)" in words
    assert store.load().station_by_id[STATION.id].name == "Dale borehole"
    seen = replace(mine, latitude="40", version=refused.value.version)
    after = store.save_station(DRIVERS, seen, "Ann")
    assert after.station_by_id[STATION.id].name == "Hill borehole"


def test_a_change_elsewhere_is_no_conflict(store: CatalogueStore) -> None:
    mine = draft_of(store.load(), STATION.id)
    store.save_station(DRIVERS, NEW, "Ben")
    store.change_alarms([replace(alarm_draft_of(LOW_LEVEL), consequence="Dry.")], [], "Ben", "x")
    assert store.save_station(DRIVERS, replace(mine, latitude="40"), "Ann")


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_was_never_kept_does_not_empty_the_plant(store: CatalogueStore, version: int) -> None:
    now = store.load()
    with pytest.raises(StorageError, match="older than what is kept"):
        store.roll_back(version, now.version, "Ann", "x")
    assert store.load() == now


def test_a_tag_that_comes_back_has_meant_all_that_it_meant(store: CatalogueStore) -> None:
    saved = store.save_station(DRIVERS, NEW, "Ann")
    tag = replace(NEW.tags[0], unit="cm", high="500")
    changed = store.save_station(DRIVERS, replace(NEW, tags=(tag,)), "Ann")
    index = saved.tag_by_id[NEW.tags[0].id].index
    gone = store.delete_station(NEW.id, "Ann")
    store.roll_back(changed.version, gone.version, "Ann", "It was right")
    with store._engine.connect() as database:
        assert [each.unit for each in configuration.revisions(database, index)] == ["m", "cm"]
