from __future__ import annotations

import pytest

from hmi.panes.trend.finding import Finder, folded

LABELS = ("Sóller boreholes · Delivered flow", "Sóller boreholes · Delivered flow 2", "Pollença plant · Level")
FINDER = Finder({label: number for number, label in enumerate(LABELS)})


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("soller", [0, 1]),
        ("delivered flow soll", [0, 1]),
        ("SÓLLER", [0, 1]),
        ("level pollenca", [2]),
        ("2 flow", [1]),
        ("valve", []),
        ("  ", []),
    ],
)
def test_words_are_found_in_any_order_without_accents(text: str, places: list[int]) -> None:
    assert [LABELS.index(label) for label in FINDER.found(text)] == places


def test_the_very_label_is_meant_though_another_begins_like_it() -> None:
    assert FINDER.one("soller boreholes · delivered FLOW") == LABELS[0]
    assert FINDER.one("flow 2") == LABELS[1]
    assert FINDER.one("flow") is None


def test_why_nothing_was_taken_is_said() -> None:
    assert FINDER.remark("flow").startswith("2 tags fit")
    assert FINDER.remark("valve").startswith("No tag fits")
    assert FINDER.remark(" ") == ""


def test_a_letter_with_its_accent_apart_is_the_same() -> None:
    assert folded("So\u0301ller") == folded("Sóller") == "soller"
