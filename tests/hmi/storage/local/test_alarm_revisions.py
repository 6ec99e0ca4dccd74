from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from hmi.config.catalogue import CatalogueStore
from hmi.domain.alarm_revision import AlarmRevision
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.catalogue import Catalogue
from hmi.storage.local import alarm_revisions, database
from tests.support.plants import CATALOGUE, LEVEL, LOW_LEVEL, SETPOINT, STATION, TAGS

SAVED = Path(__file__).parent / "saved"
FULL = AlarmDefinition(
    UUID(int=900),
    TAGS[LEVEL].id,
    AlarmType.DEVIATION,
    Priority.LOW,
    0.5,
    0.1,
    10.0,
    20.0,
    "It runs dry.",
    "Look.",
    setpoint=TAGS[SETPOINT].id,
    window_s=30.0,
    cause="A leak.",
    respond_s=600.0,
    alarm_class="Environment",
    is_latching=True,
    needs_acknowledgement=False,
    needs_comment=True,
    may_shelve=False,
    shelve_most_s=3600.0,
    suppression="[Pump 1 running] = 0",
    owner="Operations",
    advice="See the book.",
    display="station",
    revision=3,
    approved_by="Ann",
    approved_us=77,
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = database.open_database(tmp_path / "roams.db")
    yield opened
    opened.dispose()


def history(engine: Engine, alarm_id: UUID) -> list[AlarmRevision]:
    with engine.connect() as connection:
        return alarm_revisions.revisions_of(connection, alarm_id)


def with_alarms(*alarms: AlarmDefinition) -> Catalogue:
    return replace(CATALOGUE, alarms=alarms)


def test_every_field_comes_back_as_it_was_put(engine: Engine) -> None:
    found = CatalogueStore(engine).put_plant(with_alarms(LOW_LEVEL, FULL), "Ann", "Plant")
    assert found.alarms == (LOW_LEVEL, FULL)
    assert history(engine, FULL.id)[0].definition == FULL


def test_a_record_of_schema_3_has_the_usual_of_what_it_did_not_know(tmp_path: Path) -> None:
    copy = tmp_path / "roams.db"
    copy.write_bytes((SAVED / "roams-3.db").read_bytes())
    opened = database.open_database(copy)
    store = CatalogueStore(opened)
    known = store.load().alarm_by_id[LOW_LEVEL.id]
    assert known == LOW_LEVEL
    assert history(opened, LOW_LEVEL.id) == []
    store.put_plant(with_alarms(replace(LOW_LEVEL, limit=1.5)), "Bob", "Higher")
    newest, oldest = history(opened, LOW_LEVEL.id)
    assert (newest.definition.limit, newest.definition.revision, newest.user, newest.reason) == (
        1.5,
        2,
        "Bob",
        "Higher",
    )
    assert (oldest.definition, oldest.user, oldest.at_us) == (LOW_LEVEL, "", 0), "what it said before is kept"
    opened.dispose()


def test_each_change_is_a_revision_and_no_change_is_none(engine: Engine) -> None:
    store = CatalogueStore(engine)
    store.put_plant(CATALOGUE, "Ann", "Plant")
    for limit in (1.2, 1.4, 1.4):
        store.put_plant(with_alarms(replace(LOW_LEVEL, limit=limit)), "Bob", f"Limit {limit}")
    found = history(engine, LOW_LEVEL.id)
    assert [(each.definition.revision, each.definition.limit, each.user, each.reason) for each in found] == [
        (3, 1.4, "Bob", "Limit 1.4"),
        (2, 1.2, "Bob", "Limit 1.2"),
        (1, 1.0, "Ann", "Plant"),
    ]
    assert all(each.at_us > 0 for each in found)
    assert store.load().alarm_by_id[LOW_LEVEL.id].revision == 3


def test_an_approval_is_no_revision_and_is_kept_with_the_one_it_is_for(engine: Engine) -> None:
    store = CatalogueStore(engine)
    store.put_plant(CATALOGUE, "Ann", "Plant")
    approved = replace(LOW_LEVEL, approved_by="Eve", approved_us=5)
    assert store.put_plant(with_alarms(approved), "Eve", "Approved").alarm_by_id[LOW_LEVEL.id] == approved
    (only,) = history(engine, LOW_LEVEL.id)
    assert (only.definition, only.user, only.reason) == (approved, "Ann", "Plant")
    store.put_plant(with_alarms(replace(LOW_LEVEL, limit=2.0)), "Bob", "Higher")
    assert [each.definition.approved_by for each in history(engine, LOW_LEVEL.id)] == ["", "Eve"]


def test_a_deleted_record_is_still_known_and_its_numbers_are_not_given_again(engine: Engine) -> None:
    store = CatalogueStore(engine)
    store.put_plant(CATALOGUE, "Ann", "Plant")
    store.delete_station(STATION.id, "Bob")
    newest, oldest = history(engine, LOW_LEVEL.id)
    assert newest.is_deleted
    assert (newest.user, newest.reason) == ("Bob", "Deleted station Hill borehole")
    assert newest.definition.limit == oldest.definition.limit
    assert not oldest.is_deleted
    assert store.put_plant(CATALOGUE, "Ann", "Again").alarm_by_id[LOW_LEVEL.id].revision == 3


def test_a_demo_plant_leaves_alone_what_was_edited_or_deleted_here(engine: Engine) -> None:
    store = CatalogueStore(engine)
    other = replace(LOW_LEVEL, id=UUID(int=901), type=AlarmType.HIGH)
    store.put_plant(with_alarms(LOW_LEVEL, other), "Ann", "Plant")
    store.put_plant(with_alarms(replace(LOW_LEVEL, limit=1.5)), "Bob", "Edited")
    newer = with_alarms(replace(LOW_LEVEL, limit=9.0), replace(other, limit=9.0))
    found = store.put_plant(newer, "Ann", "Demo plant", keeps_edited_alarms=True).alarm_by_id
    assert found[LOW_LEVEL.id].limit == 1.5
    assert found[other.id].limit == 9.0
