from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from hmi.domain.tags import Tag, TagKind, TagRevision
from hmi.panes.trend.drawing.scales import DIVISIONS, fitted_scale, full_scale, scale_over
from tests.hmi.panes.trend.conftest import tag_of

finite = st.floats(-1e9, 1e9, allow_subnormal=False)


@given(finite, finite)
def test_a_scale_holds_its_range_and_wastes_at_most_two_thirds(low: float, high: float) -> None:
    assume(high - low > 1e-6 * max(abs(low), abs(high), 1e-3))
    scale = scale_over(low, high)
    slack = 1e-6 * (high - low)
    assert scale.low <= low + slack
    assert scale.high >= high - slack
    assert scale.high - scale.low <= 3 * (high - low)
    assert len(scale.labels()) == DIVISIONS + 1


def test_labels_have_the_digits_that_the_step_needs() -> None:
    assert scale_over(0, 10).labels() == ("0", "2", "4", "6", "8", "10")
    assert scale_over(0, 7.2).labels() == ("0.0", "1.5", "3.0", "4.5", "6.0", "7.5")
    assert scale_over(-1, 1).labels()[0] == "\u22121.0"
    assert scale_over(0, 100_000).labels()[-1] == "100\u202f000"


def test_a_fitted_scale_does_not_twitch() -> None:
    tags = [tag_of(0, TagKind.ANALOG, "m")]
    first = fitted_scale(tags, 40.0, 60.0, None)
    assert fitted_scale(tags, 41.0, 59.0, first) == first
    assert fitted_scale(tags, 40.0, first.high + 1, first).holds(40.0, first.high + 1)
    assert fitted_scale(tags, 50.0, 51.0, first) != first, "and comes nearer when the data have become small"


def test_a_flat_line_is_not_blown_up() -> None:
    scale = fitted_scale([tag_of(0, TagKind.ANALOG, "m")], 50.0, 50.0, None)
    assert scale.high - scale.low >= 2.0
    assert 0 < float(scale.share(np.array([50.0]))[0]) < 1


def test_a_counter_is_not_a_flat_line_however_far_it_can_count() -> None:
    counter = tag_of(0, TagKind.COUNTER, "m³")
    counter = replace(counter, revision=replace(counter.revision, high=1e8, decimals=0))
    scale = fitted_scale([counter], 998_800.0, 999_050.0, None)
    assert scale.high - scale.low < 1000
    assert fitted_scale([counter], 999_050.0, 999_050.0, None).high - 999_050.0 >= 2


def test_a_full_scale_covers_the_ranges_of_all_its_tags() -> None:
    narrow = tag_of(0, TagKind.ANALOG, "m")
    wide = Tag(
        narrow.id,
        1,
        narrow.id,
        narrow.id,
        narrow.id,
        "k",
        TagKind.ANALOG,
        "level",
        TagRevision(0, "n", "a", "m", -50, 150),
    )
    scale = full_scale([narrow, wide])
    assert scale.low <= -50
    assert scale.high >= 150
