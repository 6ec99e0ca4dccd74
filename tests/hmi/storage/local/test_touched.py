"""Reading back what a transaction wrote: the same as reading all of it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection as Database
from sqlalchemy import insert

from hmi.config.catalogue import CatalogueStore
from hmi.domain.catalogue import Catalogue
from hmi.storage.local import configuration, schema, touched
from hmi.storage.local.database import open_database
from tests.support.plants import second_station

ROUNDS = 60


def put(database: Database, plant: Catalogue) -> None:
    for table, entities in (
        (schema.area, plant.areas),
        (schema.station, plant.stations),
        (schema.asset, plant.assets),
        (schema.connection, plant.connections),
    ):
        configuration.put(database, table, entities)
    configuration.put_tags(database, plant.tags)
    configuration.put(database, schema.alarm, plant.alarms)


def change(database: Database, now: Catalogue, plant: Catalogue, chance: random.Random) -> None:
    """Do one thing of chance to what is configured; `plant` brings back what is gone."""
    what = chance.randrange(8)
    if what == 0 and now.tags:
        tag = chance.choice(now.tags)
        configuration.put_tags(database, [replace(tag, revision=replace(tag.revision, name=f"{chance.random()}"))])
    elif what == 1 and now.tags:
        configuration.delete_tags(database, [chance.choice(now.tags).index])
    elif what == 2 and now.alarms:
        configuration.put(database, schema.alarm, [replace(chance.choice(now.alarms), limit=chance.random())])
    elif what == 3 and now.alarms:
        configuration.delete_alarms(database, [chance.choice(now.alarms).id])
    elif what == 4 and now.alarms:
        alarm = chance.choice(now.alarms)  # gone and back: the newest now
        configuration.delete_alarms(database, [alarm.id])
        configuration.put(database, schema.alarm, [alarm])
    elif what == 5 and now.alarms:
        configuration.put(database, schema.alarm, [replace(chance.choice(now.alarms), id=uuid4())])
    elif what == 6 and now.stations:
        configuration.delete_station(database, chance.choice(now.stations).id)
    elif what == 7:
        put(database, plant)


def test_what_is_read_again_is_all_there_is_whatever_was_done(tmp_path: Path) -> None:
    engine, chance = open_database(tmp_path / "roams.db"), random.Random(7)
    plant = second_station(1)
    plant = CatalogueStore(engine).put_plant(plant, "Ann", "Plant")
    for _ in range(ROUNDS):
        with engine.begin() as database:
            touched.watch(database)
            before = configuration.load(database)
            now = before
            for _ in range(chance.randrange(4)):
                change(database, now, plant, chance)
                now = configuration.load_again(database, before)
                assert now == configuration.load(database)
    engine.dispose()


def test_what_was_not_written_is_one_and_the_same_object(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "roams.db")
    with engine.begin() as database:
        put(database, second_station(1))
    with engine.begin() as database:
        touched.watch(database)
        before = configuration.load(database)
        tag, alarm = before.tags[1], before.alarms[0]
        configuration.put_tags(database, [replace(tag, revision=replace(tag.revision, name="Other"))])
        configuration.put(database, schema.alarm, [replace(alarm, limit=alarm.limit + 1)])
        after = configuration.load_again(database, before)
    assert [new is old for new, old in zip(after.tags, before.tags, strict=True)].count(False) == 1
    assert [new is old for new, old in zip(after.alarms, before.alarms, strict=True)].count(False) == 1
    engine.dispose()


def test_what_an_earlier_transaction_wrote_is_forgotten(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "roams.db")
    with engine.begin() as database:
        touched.watch(database)
        put(database, second_station(1))
    with engine.begin() as database:
        touched.watch(database)
        before = configuration.load(database)
        configuration.add_version(database, "Ann", "Nothing")
        after = configuration.load_again(database, before)
        assert (after.tags, after.alarms) == (before.tags, before.alarms)
        assert after.tags is before.tags
        database.execute(insert(schema.area).values(id=str(uuid4()), name="New"))
        assert len(configuration.load_again(database, before).areas) == len(before.areas) + 1
    engine.dispose()
