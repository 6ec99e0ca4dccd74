from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from hmi.config.catalogue import CatalogueStore
from hmi.storage.errors import DamagedError, NewerError
from hmi.storage.local import configuration, database, schema
from tests.support.plants import CATALOGUE, LEVEL, LEVEL_SETPOINT, STATION, TAGS, second_station

SAVED = Path(__file__).parent / "saved"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogueStore]:
    opened = CatalogueStore(database.open_database(tmp_path / "roams.db"))
    yield opened
    opened.close()


def layout(path: Path) -> dict[str, object]:
    """Return every table's columns, keys and indices as SQLite has them."""
    connection = sqlite3.connect(path)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found: dict[str, object] = {
        table: (
            connection.execute(f"PRAGMA table_info('{table}')").fetchall(),
            sorted(connection.execute(f"PRAGMA foreign_key_list('{table}')").fetchall()),
            sorted(row[1:] for row in connection.execute(f"PRAGMA index_list('{table}')")),
        )
        for table in tables
    }
    connection.close()
    return found


def test_the_migrations_arrive_at_the_schema(tmp_path: Path) -> None:
    database.open_database(tmp_path / "migrated.db").dispose()
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    schema.METADATA.create_all(engine)
    engine.dispose()
    assert layout(tmp_path / "migrated.db") == layout(tmp_path / "made.db")
    assert len(database.STEPS) == schema.VERSION


@pytest.mark.parametrize("version", range(1, schema.VERSION + 1))
def test_a_database_of_each_version_opens_and_has_its_station(tmp_path: Path, version: int) -> None:
    copy = tmp_path / "roams.db"
    copy.write_bytes((SAVED / f"roams-{version}.db").read_bytes())
    store = CatalogueStore(database.open_database(copy))
    assert [station.name for station in store.load().stations] == ["Hill borehole"]
    store.close()


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "STEPS", (("CREATE TABLE one (x)", "CREATE TABLE one (x)"),))
    with pytest.raises(Exception, match="one already exists"):
        database.open_database(tmp_path / "roams.db")
    assert layout(tmp_path / "roams.db") == {}


def test_files_that_cannot_be_used_are_said(tmp_path: Path) -> None:
    (tmp_path / "damaged.db").write_bytes(b"no database" * 500)
    with pytest.raises(DamagedError, match=r"damaged\.db is damaged"):
        database.open_database(tmp_path / "damaged.db")
    connection = sqlite3.connect(tmp_path / "newer.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(NewerError, match="newer version"):
        database.open_database(tmp_path / "newer.db")


def test_everything_comes_back_as_it_was_put(store: CatalogueStore) -> None:
    found = store.put_plant(CATALOGUE, "Ann", "First plant")
    assert found.version == 1
    assert (found.areas, found.stations, found.assets) == (CATALOGUE.areas, CATALOGUE.stations, CATALOGUE.assets)
    assert (found.connections, found.alarms) == (CATALOGUE.connections, CATALOGUE.alarms)
    assert [replace(tag, index=0) for tag in found.tags] == [replace(tag, index=0) for tag in TAGS]
    by_id = found.tag_by_id
    setpoint = found.control_by_id[LEVEL_SETPOINT.id]
    assert setpoint.command == by_id[TAGS[LEVEL_SETPOINT.command].id].index
    assert setpoint.readback == by_id[TAGS[LEVEL_SETPOINT.readback].id].index


def test_putting_it_again_changes_nothing_but_the_version(store: CatalogueStore) -> None:
    first = store.put_plant(CATALOGUE, "Ann", "First plant")
    assert replace(store.put_plant(CATALOGUE, "Ann", "Again"), version=1) == first


def test_an_index_is_never_given_twice(store: CatalogueStore) -> None:
    before = store.put_plant(second_station(1), "Ann", "Two")
    used = {tag.index for tag in before.tags}
    store.delete_station(before.stations[1].id, "Ann")
    after = store.put_plant(second_station(2), "Ann", "Another")
    fresh = {tag.index for tag in after.tags} - used
    assert len(fresh) == 1
    assert min(fresh) > max(used)


def test_a_changed_meaning_begins_a_dated_revision_and_keeps_the_old(store: CatalogueStore, tmp_path: Path) -> None:
    first = store.put_plant(CATALOGUE, "Ann", "First")
    in_bar = replace(TAGS[LEVEL], revision=replace(TAGS[LEVEL].revision, unit="bar", valid_from_us=500))
    store.put_plant(replace(CATALOGUE, tags=(*TAGS[:LEVEL], in_bar, *TAGS[LEVEL + 1 :])), "Ann", "Unit")
    index = first.tag_by_id[TAGS[LEVEL].id].index
    assert store.load().tag_by_index[index].unit == "bar"
    engine = database.open_database(tmp_path / "roams.db")
    with engine.connect() as connection:
        revisions = configuration.revisions(connection, index)
    engine.dispose()
    assert [(each.valid_from_us, each.unit) for each in revisions] == [(1, "m"), (500, "bar")]


def test_deleting_a_station_takes_its_own_and_an_unused_connection(store: CatalogueStore) -> None:
    both = store.put_plant(second_station(1), "Ann", "Two")
    left = store.delete_station(STATION.id, "Ann")
    assert [station.name for station in left.stations] == ["Station 1"]
    assert left.connections == both.connections[1:]
    assert {tag.station_id for tag in left.tags} == {left.stations[0].id}
    assert (left.alarms, left.controls) == ((), ())
