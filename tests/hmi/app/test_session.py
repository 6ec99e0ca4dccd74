from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from hmi.app.demo import parse_load
from hmi.app.session import Session
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
