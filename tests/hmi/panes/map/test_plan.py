from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from hmi.panes.map.label_board import Rect
from hmi.panes.map.places import Places, StationPlace, places_of
from hmi.panes.map.plan import FOOTPRINT, MARGIN_PX, Plan, make_grouping, make_plan
from hmi.panes.map.projection import Viewport
from tests.hmi.panes.map.small_plant import small_plant, view_of

FAR, NEAR = 10.0, 15.0


class EightPixelLetters:
    """A font without Qt: every letter is 8 pixels wide."""

    def station_label(self, place: StationPlace) -> tuple[float, float]:
        return 8.0 * max(len(place.name), len(place.widest)), 30

    def counts_label(self, priorities: int) -> tuple[float, float]:
        return 30.0 * priorities, 16

    def flow_label(self, text: str) -> tuple[float, float]:
        return 8.0 * len(text), 16

    def area_label(self, name: str) -> tuple[float, float]:
        return 12.0 * len(name), 20


@pytest.fixture
def places() -> Places:
    return places_of(small_plant())


def row(places: Places, name: str) -> int:
    return [station.name for station in places.stations].index(name)


def plan_at(places: Places, zoom: float, width: int = 900, height: int = 640) -> Plan:
    view = Viewport(width=width, height=height).fitted(places.positions, 80)
    view = view.centred(view.x, view.y, zoom)
    return make_plan(view, make_grouping(places.positions, zoom), places, EightPixelLetters())


def test_two_stations_on_one_hill_share_a_marker_until_one_is_near(places: Places) -> None:
    tower, tank = row(places, "Tower"), row(places, "Tank")
    far, near = make_grouping(places.positions, FAR), make_grouping(places.positions, 19)
    assert far.of_row[tower] == far.of_row[tank]
    assert near.of_row[tower] != near.of_row[tank]
    assert sorted(sum(far.members, ())) == [0, 1, 2, 3]


def test_no_label_covers_a_marker_or_another_label(places: Places) -> None:
    plan = plan_at(places, FAR)
    at = plan.view.to_screen(plan.grouping.middle)
    markers = [FOOTPRINT.moved(*each) for each in at]
    labels = [room.moved(*at[number]) for number, room in plan.labels.items()]
    assert len(labels) == len(markers) == 3
    assert not any(one.touches(other) for one, other in combinations([*markers, *labels], 2))


def test_names_give_way_to_the_markers_beside_them(places: Places) -> None:
    view = view_of(3.0, 39.6, 12)
    row_of_stations = np.array([view.at(200 + 50 * number, 300) for number in range(6)])
    crowded = replace(places, stations=places.stations[:1] * 6, positions=row_of_stations, pipes=(), areas=())
    plan = make_plan(view, make_grouping(row_of_stations, 12), crowded, EightPixelLetters())
    at = view.to_screen(plan.grouping.middle)
    labels = [room.moved(*at[number]) for number, room in plan.labels.items()]
    assert len(plan.grouping.members) == 6
    assert labels
    assert not any(label.touches(FOOTPRINT.moved(*each)) for label in labels for each in at)


def test_a_label_at_the_edge_turns_inwards(places: Places) -> None:
    narrow = Viewport(width=420, height=640).fitted(places.positions, 24)
    plan = make_plan(narrow, make_grouping(places.positions, narrow.zoom), places, EightPixelLetters())
    at = plan.view.to_screen(plan.grouping.middle)
    for number, room in plan.labels.items():
        label = room.moved(*at[number])
        assert label.x >= 0
        assert label.x + label.width <= 420


def test_a_flow_that_is_read_beside_its_station_is_not_written_twice(places: Places) -> None:
    assert not plan_at(places, FAR).flows
    without_measures = replace(places, stations=tuple(replace(one, measures=()) for one in places.stations))
    assert set(plan_at(without_measures, FAR).flows) == {0, 1}


def test_a_pipe_ends_at_the_marker_of_the_group_that_its_station_is_in(places: Places) -> None:
    plan = plan_at(places, FAR)
    number = plan.grouping.of_row[row(places, "Tower")]
    assert plan.lines[1][-1] == pytest.approx(plan.grouping.middle[number])
    assert plan.lines[0][1] == pytest.approx(places.pipes[0].points[1])


def test_a_pipe_inside_a_group_is_not_drawn(places: Places) -> None:
    assert all(len(line) == 0 for line in plan_at(places, 3.0).lines)


def test_areas_are_named_among_their_stations(places: Places) -> None:
    plan = plan_at(places, FAR)
    assert set(plan.areas) == {[area.name for area in places.areas].index("West")}


def test_a_plan_holds_while_the_view_stays_within_its_margin(places: Places) -> None:
    plan = plan_at(places, FAR)
    assert plan.holds_for(plan.view.moved(MARGIN_PX - 1, 1 - MARGIN_PX))
    assert not plan.holds_for(plan.view.moved(MARGIN_PX + 1, 0))
    assert not plan.holds_for(plan.view.zoomed(0.5, 0, 0))
    assert not plan.holds_for(plan.view.resized(901, 640))


def test_labels_of_stations_beyond_the_margin_are_not_placed(places: Places) -> None:
    plan = plan_at(places, NEAR)
    assert not plan.labels


def test_rectangles_that_only_meet_do_not_touch() -> None:
    assert not Rect(0, 0, 10, 10).touches(Rect(10, 0, 10, 10))
    assert Rect(0, 0, 10, 10).touches(Rect(9, 9, 10, 10))
