"""The demo plant's catalogue holds together and is the same one at every start."""

from __future__ import annotations

import pytest

from drivers.simulated.description import AreaEndpoint
from drivers.simulated.plant_description import describe
from hmi.config.demo import demo_catalogue
from hmi.domain.alarms import AlarmType
from hmi.domain.catalogue import Catalogue

PASSWORD = "correct horse battery"
ENDPOINTS = {
    area.key: AreaEndpoint(area.key, f"opc.tcp://127.0.0.1:{number}", "operator" if number == 1 else "", PASSWORD)
    for number, area in enumerate(describe().areas, 1)
}


@pytest.fixture(scope="module")
def plant() -> Catalogue:
    return demo_catalogue(describe(), ENDPOINTS)


def test_ids_are_the_same_at_every_start(plant: Catalogue) -> None:
    again = demo_catalogue(describe(), ENDPOINTS)
    for name in ("areas", "stations", "assets", "connections", "tags", "alarms", "controls"):
        ids = [entity.id for entity in getattr(plant, name)]
        assert ids == [entity.id for entity in getattr(again, name)]
        assert len(set(ids)) == len(ids) > 0, name


def test_every_position_is_one_of_the_tags_of_the_same_station(plant: Catalogue) -> None:
    for control in plant.controls:
        positions = (control.command, control.readback, *control.permissives, *control.interlocks)
        assert min(positions) >= 0
        assert {plant.tags[position].station_id for position in positions} == {control.station_id}, control.name
        assert plant.tags[control.command].writable, control.name
    stations = {station.id for station in plant.stations}
    for pipe in plant.pipes:
        assert {pipe.start_id, pipe.end_id} <= stations
        assert -1 <= pipe.flow_tag < len(plant.tags)


def test_every_connection_has_its_communication_alarm(plant: Catalogue) -> None:
    subjects = [alarm.subject for alarm in plant.alarms if alarm.type is AlarmType.COMMUNICATION]
    assert subjects == [connection.id for connection in plant.connections]


def test_every_other_alarm_is_of_a_tag(plant: Catalogue) -> None:
    tags = {tag.id for tag in plant.tags}
    assert all(alarm.subject in tags for alarm in plant.alarms if alarm.type is not AlarmType.COMMUNICATION)


def test_no_password_gets_in(plant: Catalogue) -> None:
    assert [bool(connection.user) for connection in plant.connections].count(True) == 1
    assert PASSWORD not in repr(plant)
