from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from drivers.api import LinkState, Quality
from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.catalogue import Catalogue
from hmi.panes.map.marks import AlarmMark, Flow, ShownValue, Status, together
from hmi.panes.map.presenter import MapChange, MapPresenter
from hmi.services.mirror import Mirror
from hmi.services.port import Frame
from hmi.ui.navigator import Navigator, Workspace
from tests.hmi.panes.map.small_plant import alarm, alarms, identity, link, live, small_plant

NAMES = ("Tank", "Tower", "Well", "Works")
TANK, TOWER, WELL, WORKS = range(4)


@pytest.fixture
def presenter(mirror: Mirror, navigator: Navigator) -> MapPresenter:
    return MapPresenter(mirror, navigator)


@pytest.fixture
def changes(presenter: MapPresenter, mirror: Mirror) -> Iterator[list[MapChange]]:
    found: list[MapChange] = []
    remove = presenter.listen(mirror.listen, found.append)
    yield found
    remove()


def test_stations_are_in_the_order_of_the_tree(presenter: MapPresenter) -> None:
    assert tuple(station.name for station in presenter.places.stations) == NAMES


def test_each_station_shows_its_key_value(presenter: MapPresenter) -> None:
    assert presenter.values[WELL] == ShownValue("2.0", "m³/h", True)
    assert presenter.values[TOWER] == ShownValue("4.0", "m", True)


def test_bad_quality_is_seen(presenter: MapPresenter, mirror: Mirror, changes: list[MapChange]) -> None:
    mirror.take(live((3, 4.0, Quality.BAD)))
    assert presenter.values[TOWER] == ShownValue("4.0", "m", False)
    assert changes == [MapChange.VALUES]


def test_a_value_by_hand_is_trusted(presenter: MapPresenter, mirror: Mirror, changes: list[MapChange]) -> None:
    mirror.take(live((1, 2.0, Quality.SUBSTITUTED)))
    assert presenter.values[WELL] == ShownValue("2.0", "m³/h", True)
    assert not changes


@pytest.mark.parametrize("reading", [(1, 2.04, Quality.GOOD), (0, 55.0, Quality.GOOD)])
def test_what_does_not_show_changes_nothing(
    changes: list[MapChange], mirror: Mirror, reading: tuple[int, float, Quality]
) -> None:
    mirror.take(live(reading))
    assert not changes


def test_a_tag_that_the_catalogue_does_not_know_yet_changes_nothing(changes: list[MapChange], mirror: Mirror) -> None:
    mirror.take(live((900, 1.0, Quality.GOOD)))
    assert not changes


@pytest.mark.parametrize(
    ("value", "quality", "flow"),
    [
        (50, Quality.GOOD, Flow.FORWARD),
        (-50, Quality.GOOD, Flow.BACKWARD),
        (0.4, Quality.GOOD, Flow.STILL),
        (50, Quality.NOT_CONNECTED, Flow.UNKNOWN),
        (np.nan, Quality.GOOD, Flow.UNKNOWN),
    ],
)
def test_a_pipe_says_whether_it_flows(
    presenter: MapPresenter,
    mirror: Mirror,
    changes: list[MapChange],
    value: float,
    quality: Quality,
    flow: Flow,
) -> None:
    mirror.take(live((1, value, quality)))
    assert presenter.pipes[0].flow is flow
    assert changes == [MapChange.VALUES]


def test_a_pipe_that_nothing_measures_is_not_known(mirror: Mirror, navigator: Navigator) -> None:
    plant = small_plant()
    pipes = tuple(type(pipe)(pipe.start_id, pipe.end_id) for pipe in plant.pipes)
    mirror.take(Frame(catalogue=Catalogue(2, plant.areas, plant.stations, pipes=pipes)))
    presenter = MapPresenter(mirror, navigator)
    assert [pipe.flow for pipe in presenter.pipes] == [Flow.UNKNOWN, Flow.UNKNOWN]
    assert presenter.values == (None, None, None, None)


def test_a_flow_that_no_station_shows_is_heard_too(mirror: Mirror, navigator: Navigator) -> None:
    plant = small_plant()
    pipe = replace(plant.pipes[0], flow_tag=0)
    mirror.take(Frame(catalogue=replace(plant, version=2, pipes=(pipe,))))
    presenter = MapPresenter(mirror, navigator)
    found: list[MapChange] = []
    remove = presenter.listen(mirror.listen, found.append)
    mirror.take(live((0, 55.0, Quality.GOOD)))
    assert found == [MapChange.VALUES]
    remove()


def test_a_pipe_to_a_station_that_is_gone_is_left_out(mirror: Mirror, navigator: Navigator) -> None:
    plant = small_plant()
    mirror.take(Frame(catalogue=Catalogue(2, plant.areas, plant.stations[:2], pipes=plant.pipes)))
    assert len(MapPresenter(mirror, navigator).places.pipes) == 1


def test_the_worst_alarm_and_the_counts_are_a_stations(
    presenter: MapPresenter, mirror: Mirror, changes: list[MapChange]
) -> None:
    mirror.take(
        alarms(
            alarm("Well", Priority.CRITICAL, AlarmState.ACKED),
            alarm("Well", Priority.MEDIUM, AlarmState.RTNUN),
            alarm("Well", Priority.LOW),
        )
    )
    status = presenter.statuses[WELL]
    assert status.alarm == AlarmMark(Priority.MEDIUM, AlarmState.RTNUN)
    assert status.counts == (1, 0, 1, 1)
    assert status.unacknowledged == (0, 0, 1, 1)
    assert status.flashes
    assert not presenter.statuses[WORKS].flashes
    assert changes == [MapChange.STATUS]


def test_a_lost_link_cuts_its_stations_off(presenter: MapPresenter, mirror: Mirror, changes: list[MapChange]) -> None:
    mirror.take(Frame(links=(link("one", LinkState.UP), link("two", LinkState.DOWN))))
    assert [status.is_cut_off for status in presenter.statuses] == [True, True, False, False]
    assert changes == [MapChange.STATUS]


def test_a_group_shows_the_worst_of_its_stations() -> None:
    up = Status(LinkState.UP, AlarmMark(Priority.CRITICAL, AlarmState.ACKED), (1, 0, 0, 0), (0, 0, 0, 0), False)
    down = Status(LinkState.DOWN, AlarmMark(Priority.LOW, AlarmState.UNACK), (0, 0, 0, 2), (0, 0, 0, 1), True)
    both = together([up, down])
    assert both == Status(LinkState.DOWN, AlarmMark(Priority.LOW, AlarmState.UNACK), (1, 0, 0, 2), (0, 0, 0, 1), False)
    assert together([down, down]).is_cut_off


def test_selection_goes_through_the_navigator(
    presenter: MapPresenter, navigator: Navigator, changes: list[MapChange]
) -> None:
    assert presenter.selected == -1
    presenter.select(WELL)
    assert navigator.place.station_id == identity("Well")
    assert presenter.selected == WELL
    presenter.select(-1)
    assert presenter.selected == -1
    assert changes == [MapChange.SELECTION] * 2


def test_a_selected_station_that_the_map_does_not_know_is_none(presenter: MapPresenter, navigator: Navigator) -> None:
    navigator.select_station(identity("Elsewhere"))
    assert presenter.selected == -1


def test_control_and_trend_open_from_the_map(presenter: MapPresenter, navigator: Navigator) -> None:
    asked: list[int] = []
    navigator.on_trend(lambda tag, _at_us: asked.append(tag))
    presenter.open_control(WORKS)
    assert (navigator.place.workspace, navigator.place.station_id) == (Workspace.CONTROL, identity("Works"))
    presenter.open_trend(WELL, presenter.places.stations[WELL].measures[0])
    assert (navigator.place.workspace, navigator.place.station_id, asked) == (Workspace.TRENDS, identity("Well"), [1])


@pytest.mark.parametrize(
    ("text", "row"),
    [("w", WELL), ("wo", WORKS), ("TOWE", TOWER), (" tank ", TANK), ("", -1), ("  ", -1), ("nothing", -1)],
)
def test_stations_are_found_as_typed(presenter: MapPresenter, text: str, row: int) -> None:
    assert presenter.find(text) == row


@pytest.mark.usefixtures("changes")
def test_a_station_can_be_read_aloud(presenter: MapPresenter, mirror: Mirror) -> None:
    mirror.take(alarms(alarm("Tower", Priority.HIGH)))
    mirror.take(live((3, 4.0, Quality.STALE)))
    assert presenter.sentence(TOWER) == "Tower, link up, Tower level 4.0 m (Stale), alarms 1, worst priority 2"
    assert presenter.sentence(WELL).endswith("no alarm")


def test_a_new_catalogue_changes_the_stations(
    presenter: MapPresenter, mirror: Mirror, changes: list[MapChange]
) -> None:
    plant = small_plant()
    mirror.take(Frame(catalogue=Catalogue(2, plant.areas, plant.stations[:1])))
    assert len(presenter.places.positions) == len(presenter.statuses) == len(presenter.values) == 1
    assert changes[0] & MapChange.STATIONS


def test_an_empty_plant_is_no_error(navigator: Navigator) -> None:
    presenter = MapPresenter(Mirror(), navigator)
    assert presenter.places.positions.shape == (0, 2)
    assert presenter.selected == -1


def test_nothing_is_heard_after_removal(presenter: MapPresenter, mirror: Mirror, navigator: Navigator) -> None:
    found: list[MapChange] = []
    presenter.listen(mirror.listen, found.append)()
    mirror.take(live((1, 90.0, Quality.GOOD)))
    navigator.select_station(identity("Well"))
    assert not found
