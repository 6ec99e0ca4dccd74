from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drivers.api import Batch, Quality
from hmi.domain.tags import Tag
from hmi.services.exception_logging import ExceptionLogging
from tests.support.plants import TAGS

S = 1_000_000


def tag(index: int, deadband: float = 0.0, least_s: float = 0.0, most_s: float = 0.0) -> Tag:
    rule = replace(TAGS[0].revision, log_deadband=deadband, log_least_s=least_s, log_most_s=most_s)
    return replace(TAGS[0], index=index, revision=rule)


def kept(logging: ExceptionLogging, *rows: tuple[float, float]) -> list[tuple[float, float]]:
    """Feed (seconds, value) rows of tag 0 as one batch and return those that are kept."""
    batch = logging.keep(Batch.of([0] * len(rows), [row[1] for row in rows], [round(row[0] * S) for row in rows]))
    return [(at / S, float(value)) for at, value in zip(batch.source_us.tolist(), batch.value, strict=True)]


def test_without_a_rule_everything_is_kept_as_it_came() -> None:
    batch = Batch.of([0, 0, 5], [1.0, 1.0, 1.0], [1, 2, 3])
    assert ExceptionLogging((tag(0),)).keep(batch) is batch
    assert ExceptionLogging().keep(batch) is batch


def test_small_changes_are_passed_over_and_the_last_of_them_comes_before_the_next_kept() -> None:
    logging = ExceptionLogging((tag(0, deadband=1.0),))
    assert kept(logging, (0, 10.0), (1, 10.5), (2, 9.5), (3, 10.2), (4, 20.0)) == [(0, 10.0), (3, 10.2), (4, 20.0)]
    assert kept(logging, (5, 20.5)) == []
    assert kept(logging, (6, 30.0)) == [(5, 20.5), (6, 30.0)]


def test_a_slow_drift_is_kept_whenever_it_has_gone_far_enough() -> None:
    logging = ExceptionLogging((tag(0, deadband=1.0),))
    found = kept(logging, *[(float(number), number * 0.1) for number in range(100)])
    assert max(np.diff([value for _, value in found])) <= 1.11
    assert len(found) < 30


def test_the_longest_time_keeps_a_value_that_stands_still() -> None:
    logging = ExceptionLogging((tag(0, deadband=1.0, most_s=10),))
    found = kept(logging, *[(float(number), 5.0) for number in range(25)])
    assert [at for at, _ in found] == [0.0, 9.0, 10.0, 19.0, 20.0]


def test_the_shortest_time_passes_over_what_comes_too_soon() -> None:
    logging = ExceptionLogging((tag(0, least_s=2),))
    found = kept(logging, (0, 1.0), (1, 50.0), (2, 2.0), (2.5, 3.0), (4, 4.0))
    assert found == [(0, 1.0), (1, 50.0), (2, 2.0), (2.5, 3.0), (4, 4.0)]
    assert kept(logging, (4.5, 9.0), (5, 8.0)) == []


def test_changes_of_quality_gaps_texts_and_old_values_are_never_passed_over() -> None:
    logging = ExceptionLogging((tag(0, deadband=100.0),))
    kept(logging, (10, 1.0))
    bad = logging.keep(Batch.of([0], [1.0], [11 * S], quality=Quality.UNCERTAIN))
    gap = logging.keep(Batch.of([0], [np.nan], [12 * S], quality=Quality.NOT_CONNECTED))
    back = logging.keep(Batch.of([0], [1.0], [13 * S]))
    text = logging.keep(Batch.of([0], [np.nan], [14 * S], texts={0: "x"}))
    late = logging.keep(Batch.of([0], [1.0], [5 * S]))
    assert [len(each) for each in (bad, gap, back, text, late)] == [1] * 5


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-10, 10)), max_size=60), st.integers(1, 7))
def test_batches_cut_anywhere_give_the_same_rows(rows: list[tuple[int, float]], size: int) -> None:
    tags = (tag(0, deadband=2.0), tag(1), tag(2, deadband=1.0, most_s=9), tag(3, least_s=3))
    whole, parts = ExceptionLogging(tags), ExceptionLogging(tags)
    batch = Batch.of([row[0] for row in rows], [row[1] for row in rows], np.arange(len(rows)) * S) if rows else None
    if batch is None:
        return
    at_once = whole.keep(batch)
    cut = [parts.keep(batch.select(np.arange(at, min(at + size, len(rows))))) for at in range(0, len(rows), size)]
    joined = Batch.concatenate([part for part in cut if len(part)])
    for number in range(4):
        one, other = at_once.tag == number, joined.tag == number
        assert at_once.source_us[one].tolist() == joined.source_us[other].tolist()
        assert at_once.value[one].tolist() == joined.value[other].tolist()


def test_a_change_of_the_configuration_forgets_nothing_of_a_tag_that_means_the_same() -> None:
    before = ExceptionLogging((tag(0, deadband=1.0), tag(1, deadband=1.0)))
    assert kept(before, (0, 10.0), (1, 10.5)) == [(0, 10.0)]
    after = ExceptionLogging((tag(0, deadband=1.0), tag(1, deadband=2.0), tag(2)), before)
    assert kept(after, (2, 10.2)) == []
    assert kept(after, (3, 20.0)) == [(2, 10.2), (3, 20.0)]


def test_a_value_in_another_unit_says_nothing_of_the_next_one() -> None:
    feet = tag(0, deadband=1.0)
    before = ExceptionLogging((feet,))
    assert kept(before, (0, 10.0), (1, 10.5)) == [(0, 10.0)]
    metres = replace(feet, revision=replace(feet.revision, unit="m", scale=0.3048))
    assert kept(ExceptionLogging((metres,), before), (2, 10.2)) == [(2, 10.2)]
