"""Packages: what goes out comes in alike, what differs is shown first, and a file that is none is refused in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from drivers.api import DriverType
from hmi.config import package
from hmi.config.catalogue import CatalogueStore
from hmi.config.package import PackageError
from hmi.domain.catalogue import Catalogue
from hmi.domain.plant import Pipe
from hmi.domain.sequences import CommandSequence, SequenceStep
from hmi.storage.local.database import open_database
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import CATALOGUE, LEVEL, PUMP, STATION, TAGS, second_station

TYPES: tuple[DriverType, ...] = (FakeDrivers().type,)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[CatalogueStore, CatalogueStore]]:
    """A control room, which has the plant, and a laptop, which has nothing."""
    both = CatalogueStore(open_database(tmp_path / "room.db")), CatalogueStore(open_database(tmp_path / "laptop.db"))
    both[0].put_plant(CATALOGUE, "Ann", "Plant")
    yield both
    for store in both:
        store.close()


def changes(text: str, catalogue: Catalogue) -> dict[tuple[str, str], str]:
    found = package.compare(package.read(text), catalogue, TYPES)
    return {(each.what, each.name): each.change for each in found}


def test_a_package_carries_stations_to_another_workstation(stores: tuple[CatalogueStore, CatalogueStore]) -> None:
    room, laptop = stores
    text = package.export(room.load(), [STATION.id])
    assert set(changes(text, laptop.load()).values()) == {"added"}
    laptop.put_plant(package.as_plant(package.read(text)), "Bob", "Import")
    before, after = room.load(), laptop.load()
    assert after.stations == before.stations
    assert after.connections == before.connections
    assert {tag.id: tag.revision.address for tag in after.tags} == {
        tag.id: tag.revision.address for tag in before.tags if tag.station_id == STATION.id
    }
    assert len(after.alarms) == len(before.alarms)
    for control in after.controls:
        twin = before.control_by_id[control.id]
        assert after.tag_by_index[control.command].id == before.tag_by_index[twin.command].id
    assert changes(text, after) == {}, "a second import changes nothing"


def test_differences_are_said_field_by_field(stores: tuple[CatalogueStore, CatalogueStore]) -> None:
    room, _ = stores
    text = package.export(room.load(), [STATION.id])
    tag = CATALOGUE.tags[0]
    renamed = replace(tag, revision=replace(tag.revision, name="Other name", unit="ft"))
    room.put_plant(replace(CATALOGUE, tags=(renamed, *CATALOGUE.tags[1:])), "Ann", "Renamed")
    ((what, change),) = changes(text, room.load()).items()
    assert what == ("Tag", tag.name)
    assert f"name: Other name → {tag.name}" in change
    assert "unit: ft → " in change


def test_no_secret_is_in_a_package(stores: tuple[CatalogueStore, CatalogueStore]) -> None:
    text = package.export(stores[0].load(), [STATION.id])
    assert "password" not in text.lower()
    assert "pki" not in text.lower()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "no station package"),
        ("{}", "no station package"),
        ('{"format": "other"}', "no station package"),
        ("x" * (50 * 1024 * 1024 + 1), "50 MB"),
    ],
)
def test_a_file_that_is_no_package_is_refused(text: str, words: str) -> None:
    with pytest.raises(PackageError, match=words):
        package.read(text)


def damaged(text: str, change: Any) -> str:
    found = json.loads(text)
    change(found)
    return json.dumps(found)


def test_every_truncation_and_missing_part_is_refused(stores: tuple[CatalogueStore, CatalogueStore]) -> None:
    text = package.export(stores[0].load(), [STATION.id])
    for end in range(0, len(text) - 1, max(1, len(text) // 200)):
        with pytest.raises(PackageError):
            package.read(text[:end])
    for part in ("areas", "assets", "connections", "tags", "stations"):
        with pytest.raises(PackageError):
            package.read(damaged(text, lambda found, part=part: found.update({part: []})))
    with pytest.raises(PackageError, match="newer"):
        package.read(damaged(text, lambda found: found.update(version=3)))
    with pytest.raises(PackageError, match="damaged"):
        package.read(damaged(text, lambda found: found.update(extra=1)))


@pytest.mark.parametrize(
    ("field", "value", "words"), [("latitude", 91.0, "latitude"), ("name", "", "name"), ("longitude", 1e9, "longitude")]
)
def test_a_station_that_a_form_would_refuse_is_refused(
    stores: tuple[CatalogueStore, CatalogueStore], field: str, value: object, words: str
) -> None:
    room, laptop = stores
    text = package.export(room.load(), [STATION.id])
    wrong = damaged(text, lambda found: found["stations"][0].update({field: value}))
    with pytest.raises(PackageError, match=words):
        package.compare(package.read(wrong), laptop.load(), TYPES)


def test_an_export_of_nothing_is_refused() -> None:
    with pytest.raises(PackageError, match="at least one"):
        package.export(CATALOGUE, [])


def test_a_package_carries_all_of_an_alarm_record_and_an_older_one_the_usual(
    stores: tuple[CatalogueStore, CatalogueStore],
) -> None:
    room, laptop = stores
    full = replace(
        CATALOGUE.alarms[0], cause="A leak.", respond_s=60.0, suppression="[Pump 1 running] = 0", owner="Ann"
    )
    approved = replace(full, approved_by="Eve", approved_us=5)
    room.put_plant(replace(CATALOGUE, alarms=(approved,)), "Ann", "Rationalised")
    text = package.export(room.load(), [STATION.id])
    laptop.put_plant(package.as_plant(package.read(text)), "Bob", "Import")
    assert laptop.load().alarm_by_id[full.id] == room.load().alarm_by_id[full.id]
    assert laptop.load().alarm_by_id[full.id].approved_by == "Eve"
    found = json.loads(text)
    known = ("id", "subject", "type", "priority", "limit", "deadband", "on_delay_s", "off_delay_s")
    found["alarms"] = [{name: alarm[name] for name in (*known, "consequence", "action")} for alarm in found["alarms"]]
    older = package.read(json.dumps(found))
    assert older.alarms[0] == CATALOGUE.alarms[0]


def test_an_alarm_of_something_that_is_not_in_the_file_is_refused(
    stores: tuple[CatalogueStore, CatalogueStore],
) -> None:
    text = package.export(stores[0].load(), [STATION.id])
    other = "00000000-0000-0000-0000-00000000ffff"
    with pytest.raises(PackageError, match="subject of an alarm"):
        package.read(damaged(text, lambda found: found["alarms"][0].update(subject=other)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"limit": 9.0}, "Alarm Tank level Low, limit: It must lie in the tag's range"),
        ({"on_delay_s": -1.0}, "on_delay_s"),
        ({"shelve_most_s": 1e9}, "shelve_most_s"),
        ({"type": "discrete"}, "Tank level is a measured value"),
        ({"type": "deviation", "setpoint": "00000000-0000-0000-0000-00000000ffff"}, "setpoint"),
    ],
)
def test_an_alarm_that_a_form_would_refuse_is_refused(
    stores: tuple[CatalogueStore, CatalogueStore], change: dict[str, object], words: str
) -> None:
    room, laptop = stores
    text = package.export(room.load(), [STATION.id])
    wrong = damaged(text, lambda found: found["alarms"][0].update(change))
    with pytest.raises(PackageError, match=words):
        package.compare(package.read(wrong), laptop.load(), TYPES)


def test_a_suppression_by_a_station_that_is_not_here_yet_is_taken(
    stores: tuple[CatalogueStore, CatalogueStore],
) -> None:
    room, laptop = stores
    text = package.export(room.load(), [STATION.id])
    later = damaged(text, lambda found: found["alarms"][0].update(suppression="[South · Flow] > 1"))
    assert package.compare(package.read(later), laptop.load(), TYPES)


STEPS = (SequenceStep(PUMP.id, 1.0), SequenceStep(None, 0, "?"))
SEQUENCE = CommandSequence(UUID(int=700), STATION.id, "Start up", STEPS)


def test_sequences_and_pipes_travel_along(stores: tuple[CatalogueStore, CatalogueStore]) -> None:
    here, there = stores
    two = second_station(1)
    pipe = Pipe(STATION.id, two.stations[1].id, LEVEL, ((39.5, 2.5),))
    here.put_plant(replace(two, sequences=(SEQUENCE,), pipes=(pipe,)), "Ann", "More")
    text = package.export(here.load(), [station.id for station in here.load().stations])
    given = package.read(text)
    assert [each.what for each in package.compare(given, Catalogue(), (FakeDrivers().type,))].count("Sequence") == 1
    after = there.put_plant(package.as_plant(given), "Ben", "Imported")
    assert after.sequences == (SEQUENCE,)
    assert after.tag_by_index[after.pipes[0].flow_tag].id == TAGS[LEVEL].id
    alone = package.read(package.export(here.load(), [STATION.id]))
    assert alone.pipes == (), "a pipe to a station that is not in the file"


def test_a_control_does_not_travel_without_what_it_hangs_on() -> None:
    two = second_station(1)
    pump = replace(PUMP, interlocks=(two.tags[-1].index,))
    with pytest.raises(PackageError, match="Pump 1 hangs on Tank level of Station 1"):
        package.export(replace(two, controls=(pump,)), [STATION.id])


def test_a_sequence_of_a_control_that_is_not_in_the_file_is_refused() -> None:
    text = package.export(replace(CATALOGUE, sequences=(SEQUENCE,)), [STATION.id])
    with pytest.raises(PackageError, match="points at a control"):
        package.read(text.replace(f'"control_id": "{PUMP.id}"', f'"control_id": "{UUID(int=5)}"'))
