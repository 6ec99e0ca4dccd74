from __future__ import annotations

from uuid import uuid4

from hmi.ui.navigator import PLACES_KEPT, EditWish, Navigator, Place, Workspace


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
    navigator.on_trend(lambda tag, _at_us: asked.append(tag))
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


def test_a_spot_is_chosen_on_the_map_and_the_way_leads_back() -> None:
    navigator, told = Navigator(), list[bool]()
    spots = list[tuple[float, float]]()
    navigator.on_spot(lambda: told.append(navigator.spot_wish is not None))
    navigator.show(Workspace.ADMIN)
    navigator.ask_spot("Well", lambda latitude, longitude: spots.append((latitude, longitude)))
    assert navigator.place.workspace is Workspace.MAP
    navigator.give_spot(1.0, 2.0)
    navigator.give_spot(3.0, 4.0)
    assert spots == [(1.0, 2.0)], "once, and never without being asked"
    assert str(navigator.place.workspace) == Workspace.ADMIN
    navigator.ask_spot("Well", lambda latitude, longitude: spots.append((latitude, longitude)))
    navigator.drop_spot()
    assert len(spots) == 1
    assert told == [True, False, True, False]


def test_a_wish_to_edit_shows_the_workspace_for_it() -> None:
    navigator, wishes = Navigator(), list[EditWish]()
    remove = navigator.on_edit(lambda wish, _station: wishes.append(wish))
    navigator.edit_stations(EditWish.ADD)
    assert navigator.place.workspace is Workspace.ADMIN
    remove()
    navigator.edit_stations(EditWish.ADD)
    assert wishes == [EditWish.ADD]
