from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from hmi.app.demo import parse_load
from hmi.app.session import USERS_KEPT, OwnView, Session
from hmi.ui.navigator import Place, Workspace


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    place = Place(Workspace.TRENDS, uuid4(), 7)
    Session(tmp_path / "session.json").save("dark", {"geometry": "x"}, place, {"map": {"zoom": 3}})
    again = Session(tmp_path / "session.json")
    assert (again.theme, again.window, again.panes) == ("dark", {"geometry": "x"}, {"map": {"zoom": 3}})
    assert again.place == Place(Workspace.TRENDS, place.station_id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"place": 3, "window": [], "theme": 1, "panes": "x"}',
        '{"place": {"workspace": "moon"}}',
        '{"place": {"workspace": "map", "station_id": "no id"}}',
    ],
)
def test_rubbish_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "session.json").write_text(text)
    session = Session(tmp_path / "session.json")
    assert (session.theme, session.window, session.panes, session.place) == ("light", {}, {}, Place())


def test_a_folder_that_is_gone_is_no_reason_to_complain(tmp_path: Path) -> None:
    Session(tmp_path / "gone" / "session.json").save("light", {}, Place(), {})


@pytest.mark.parametrize("text", ["", "40", "x50@1", "40x50", "40x50@", "40x50@1x", "-1x50@1", None])
def test_a_load_that_makes_no_sense_is_none(text: str | None) -> None:
    assert parse_load(text) is None
    assert parse_load("40x50@0.5") == (40, 50, "0.5")


def test_each_user_has_a_view_of_their_own_and_no_name_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    place = Place(Workspace.TRENDS, uuid4())
    session = Session(path)
    session.keep_user("Ana", OwnView("dark", place, {"map": {"zoom": 3}}))
    session.save("light", {}, Place(), {})
    again = Session(path)
    assert again.of_user(" ANA") == OwnView("dark", place, {"map": {"zoom": 3}})
    assert again.of_user("Bo") is None
    assert "ana" not in path.read_text().casefold()


def test_only_so_many_users_views_are_kept(tmp_path: Path) -> None:
    session = Session(tmp_path / "session.json")
    for number in range(USERS_KEPT + 5):
        session.keep_user(f"user {number}", OwnView("light", Place(), {}))
    session.keep_user("user 5", OwnView("dark", Place(), {}))
    session.keep_user("another", OwnView("light", Place(), {}))
    assert session.of_user("user 4") is None
    assert session.of_user("user 5") is not None
    assert session.of_user("user 6") is None


def test_a_view_that_makes_no_sense_is_the_first_view(tmp_path: Path) -> None:
    session = Session(tmp_path / "session.json")
    session.keep_user("Ana", OwnView("dark", Place(), {}))
    (key,) = session._users
    session._users[key] = {"theme": 3, "place": "x", "panes": []}
    assert session.of_user("Ana") == OwnView("light", Place(), {})
