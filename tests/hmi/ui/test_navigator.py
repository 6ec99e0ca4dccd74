from __future__ import annotations

from uuid import uuid4

from hmi.ui.navigator import PLACES_KEPT, Navigator, Place, Workspace


def test_everyone_hears_of_a_selection_until_they_stop_listening() -> None:
    navigator, heard = Navigator(), list[Place]()
    remove = navigator.on_place(heard.append)
    station = uuid4()
    navigator.select_station(station)
    navigator.select_station(station)
    remove()
    navigator.home()
    assert heard == [Place(Workspace.MAP, station)]


def test_back_goes_the_way_one_came() -> None:
    navigator, station = Navigator(), uuid4()
    navigator.open_station(station, Workspace.CONTROL)
    navigator.show(Workspace.ALARMS)
    navigator.back()
    assert navigator.place == Place(Workspace.CONTROL, station)
    navigator.back()
    assert navigator.place == Place()
    assert not navigator.can_go_back
    navigator.back()
    assert navigator.place == Place()


def test_a_trend_is_asked_for_each_time_even_from_the_trend_itself() -> None:
    navigator, asked = Navigator(), list[int]()
    navigator.on_trend(asked.append)
    navigator.open_trend(7)
    navigator.open_trend(7)
    assert asked == [7, 7]
    assert navigator.place.workspace is Workspace.TRENDS


def test_the_way_back_is_bounded() -> None:
    navigator = Navigator()
    for _ in range(PLACES_KEPT * 3):
        navigator.select_station(uuid4())
    steps = 0
    while navigator.can_go_back:
        navigator.back()
        steps += 1
    assert steps == PLACES_KEPT + 1
