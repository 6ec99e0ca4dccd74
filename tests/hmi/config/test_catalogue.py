"""What a new station must satisfy, in a sentence a field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hmi.config.catalogue import CatalogueStore, InvalidError
from hmi.domain.alarms import AlarmType
from hmi.domain.catalogue import Catalogue
from hmi.domain.tags import TagRevision
from hmi.storage.local.database import open_database
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import CATALOGUE, CONNECTION, STATION

NEW = replace(STATION, id=UUID(int=900), name="New well")
LINK = replace(CONNECTION, id=UUID(int=901), name="New server", endpoint="fake://new")
TAGS = (("level", TagRevision(0, "Level", "s=Level", "m")),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CatalogueStore]:
    store = CatalogueStore(open_database(tmp_path / "roams.db"))
    store.put_plant(CATALOGUE, "Ann", "Plant")
    yield store
    store.close()


def add(store: CatalogueStore, station: dict[str, Any], link: dict[str, Any]) -> Catalogue:
    return store.add_station((FakeDrivers().type,), replace(NEW, **station), replace(LINK, **link), TAGS, "Ann")


@pytest.mark.parametrize(
    ("station", "link", "sentence"),
    [
        ({"name": ""}, {}, r"^Name: .*\.$"),
        ({"name": "x" * 81}, {}, r"^Name: .*\.$"),
        ({"latitude": 90.1}, {}, r"^Latitude: .*90.*\.$"),
        ({"latitude": float("nan")}, {}, r"^Latitude: .*\.$"),
        ({"longitude": -180.1}, {}, r"^Longitude: .*-180.*\.$"),
        ({}, {"endpoint": ""}, r"^Address: .*\.$"),
        ({}, {"endpoint": "plc.local"}, r"^Address: .*\.$"),
        ({"name": "", "latitude": 91}, {}, r"^Name: .*\. Latitude: .*\.$"),
        ({}, {"driver": "modbus"}, r"^Driver: there is none called modbus\.$"),
        ({"name": STATION.name}, {}, rf"^Name: there is already a station called {STATION.name}\.$"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    store: CatalogueStore, station: dict[str, Any], link: dict[str, Any], sentence: str
) -> None:
    before = store.load()
    with pytest.raises(InvalidError, match=sentence):
        add(store, station, link)
    assert store.load() == before


def test_a_station_comes_with_its_link_its_alarm_and_dated_tags(store: CatalogueStore) -> None:
    before = store.load()
    after = add(store, {}, {})
    assert after.version == before.version + 1
    assert after.station_by_id[NEW.id] == NEW
    assert after.connection_by_id[LINK.id] == LINK
    assert after.alarm_by_id[LINK.id].type is AlarmType.COMMUNICATION
    (tag,) = after.tags_of_station[NEW.id]
    assert (tag.key, tag.name, tag.unit, tag.connection_id) == ("level", "Level", "m", LINK.id)
    assert tag.revision.valid_from_us > 0
    assert tag.index > max(other.index for other in before.tags)


def test_a_station_on_a_known_link_makes_no_second_alarm(store: CatalogueStore) -> None:
    after = store.add_station((FakeDrivers().type,), NEW, CONNECTION, TAGS, "Ann")
    assert len(after.connections) == 1
    assert len([alarm for alarm in after.alarms if alarm.type is AlarmType.COMMUNICATION]) == 1
