from __future__ import annotations

from dataclasses import replace

from drivers.simulated.description import AreaEndpoint
from drivers.simulated.plant_description import describe
from hmi.config.demo import demo_catalogue
from hmi.domain.plant import StationKind
from hmi.domain.tags import TagKind
from hmi.panes.map.key_values import measures
from hmi.panes.map.places import places_of
from tests.hmi.panes.map.small_plant import tag


def test_the_demo_plant_shows_what_leaves_each_station() -> None:
    described = describe()
    endpoints = {area.key: AreaEndpoint(area.key, "opc.tcp://localhost:1") for area in described.areas}
    catalogue = demo_catalogue(described, endpoints)
    dense = replace(catalogue, tags=tuple(replace(tag, index=at) for at, tag in enumerate(catalogue.tags)))
    shown = {station.name: station.tag.key for station in places_of(dense).stations if station.tag}
    assert shown["Sóller boreholes"] == "Out.Flow"
    assert shown["Inca treatment works"] in {"Out.Flow", "Palma.Flow"}
    assert shown["Pollença booster"] == "Out.Pressure"
    assert shown["Sa Pobla reservoir"] == "T1.Level"
    assert shown["Campos chlorination"] == "Out.Chlorine"
    assert len(shown) == len(dense.stations)


def test_a_value_that_can_be_written_is_a_setpoint_and_not_shown() -> None:
    setpoint = replace(tag(0, "Tower", "level", "m", 9), writable=True)
    level = tag(1, "Tower", "level", "m", 5)
    assert measures(StationKind.ELEVATED_RESERVOIR, [setpoint, level], ()) == (level,)


def test_states_and_texts_are_not_measures() -> None:
    state = replace(tag(0, "Well", "state", "", 1), kind=TagKind.DISCRETE)
    assert measures(StationKind.BOREHOLE, [state], ()) == ()


def test_what_a_pipe_is_drawn_from_comes_first() -> None:
    wide, piped = tag(0, "Works", "flow", "m³/h", 900), tag(1, "Works", "flow", "m³/h", 100)
    assert measures(StationKind.TREATMENT, [wide, piped], {1})[0] is piped
    assert measures(StationKind.TREATMENT, [wide, piped], ())[0] is wide


def test_a_station_that_an_operator_added_shows_its_first_value() -> None:
    first, second = tag(0, "New", "", "m", 5), tag(1, "New", "", "m", 500)
    assert measures(StationKind.OTHER, [first, second], ()) == (first, second)
