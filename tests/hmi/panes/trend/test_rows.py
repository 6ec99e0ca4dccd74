from __future__ import annotations

from dataclasses import replace

import pytest

from hmi.domain.tags import TagKind
from hmi.panes.trend.pens import Pen
from hmi.panes.trend.rows import difference_text, number_text, statistics_row
from hmi.panes.trend.statistics import Statistics
from tests.hmi.panes.trend.conftest import tag_of

COUNTER = tag_of(0, TagKind.COUNTER, "m³")
COUNTER = replace(COUNTER, revision=replace(COUNTER.revision, decimals=0))
FIGURES = Statistics(1.0, 2.0, 1.5, 0.5, 998_000.0, 999_050.0, 1.0, total=1050.0)


def test_all_figures_of_a_counter_are_written_as_its_values_are() -> None:
    row = statistics_row(Pen(1, COUNTER), replace(FIGURES, mean=999_068.3))
    thin = "\u202f"
    assert (row.last, row.mean) == (f"999{thin}050", f"999{thin}068.3")
    assert (row.change, row.total) == (f"+1{thin}050", f"1{thin}050")


@pytest.mark.parametrize(("value", "text"), [(0.04, "0.0"), (-0.04, "0.0"), (-2.5, "\u22122.5"), (2.5, "+2.5")])
def test_a_difference_has_its_sign_but_nothing_has_none(value: float, text: str) -> None:
    assert difference_text(tag_of(0, TagKind.ANALOG), value) == text


def test_an_analog_value_is_not_grouped() -> None:
    assert number_text(tag_of(0, TagKind.ANALOG), 12345.67) == "12345.7"


def test_of_buckets_first_last_and_change_are_about_right_too() -> None:
    row = statistics_row(Pen(1, tag_of(0, TagKind.ANALOG)), replace(FIGURES, is_exact=False))
    assert [text[0] for text in (row.first, row.last, row.change, row.mean)] == ["≈"] * 4
    state = statistics_row(Pen(1, tag_of(0, TagKind.DISCRETE)), Statistics(last=1.0, first=0.0, is_exact=False))
    assert (state.first, state.last, state.change) == ("≈ Stopped", "≈ Running", "")
    assert statistics_row(Pen(1, COUNTER), Statistics(is_exact=False)).last == "–"
