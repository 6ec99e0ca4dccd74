from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.domain.durations import seconds_of, typed_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15", 15.0),
        (" 15 s ", 15.0),
        ("1,5 min", 90.0),
        ("8h", 28_800.0),
        ("200 ms", 0.2),
        ("2 D", 172_800.0),
        ("−3", -3.0),
        (".5", 0.5),
    ],
)
def test_lengths_of_time_are_read(text: str, seconds: float) -> None:
    assert seconds_of(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "15 weeks", "1 h 5 min", "1.2.3", "nan", "inf", "1e999", "٣", "five"])
def test_what_is_none_is_not_read(text: str) -> None:
    assert seconds_of(text) is None


@given(st.integers(0, 10**7).map(lambda tenths: tenths / 10))
def test_what_is_shown_can_be_typed(seconds: float) -> None:
    assert seconds_of(typed_duration(seconds)) == pytest.approx(seconds)


def test_the_largest_unit_that_it_is_whole_in() -> None:
    assert [typed_duration(each) for each in (0, 15, 90, 600, 28_800, 86_400, 0.2)] == [
        "0 s",
        "15 s",
        "90 s",
        "10 min",
        "8 h",
        "1 d",
        "0.2 s",
    ]
