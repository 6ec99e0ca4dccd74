"""Detection against a plain oracle that lives tick by tick, and the rules that the oracle shares with nobody."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.api import Batch, Quality
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.tags import Tag, TagKind, TagRevision
from hmi.services.alarms.detection import Detection
from hmi.services.alarms.detectors.detector import Held
from hmi.services.alarms.edges import Edge

S = 1_000_000
NOTHING = Held(math.nan, False, 0)


def tag(index: int) -> Tag:
    revision = TagRevision(0, "T", "s=T")
    return Tag(uuid4(), index, uuid4(), uuid4(), uuid4(), f"T{index}", TagKind.ANALOG, "level", revision)


def alarm(
    of: Tag, kind: AlarmType, limit: float, deadband: float = 0.0, on_s: float = 0.0, off_s: float = 0.0
) -> AlarmDefinition:
    return AlarmDefinition(uuid4(), of.id, kind, Priority.MEDIUM, limit, deadband, on_s, off_s, action="Look.")


def detection(tags: Sequence[Tag], alarms: Sequence[AlarmDefinition], now_us: int = 0) -> Detection:
    return Detection(Catalogue(tags=tuple(tags), alarms=tuple(alarms)), alarms, now_us)


@dataclass
class Oracle:
    """One limit, looked at every second; no arrays, no skipping. A timer that is due comes before a reading.

    A reading that is not trusted lets a delay stand still.
    """

    definition: AlarmDefinition
    is_active: bool = False
    since: int | None = None
    frozen: int | None = None
    edges: list[tuple[bool, int]] = field(default_factory=list)

    def live(self, readings: dict[int, list[float]], until_s: int) -> None:
        for second in range(until_s + 1):
            self.tick(second * S)
            for value in readings.get(second, []):
                self.see(value, second * S)

    def tick(self, now: int) -> None:
        delay = self.definition.off_delay_s if self.is_active else self.definition.on_delay_s
        if self.frozen is None and self.since is not None and now - self.since >= delay * S:
            self.edges.append((not self.is_active, self.since + round(delay * S)))
            self.is_active = not self.is_active
            self.since = None

    def see(self, value: float, at_us: int) -> None:
        if self.frozen is not None and self.since is not None:
            self.since += at_us - self.frozen
        self.frozen = None
        self.tick(at_us)
        if not math.isfinite(value):
            self.frozen = at_us if self.since is not None else None
            return
        is_high = self.definition.type in (AlarmType.HIGH, AlarmType.HIGH_HIGH)
        limit, deadband = self.definition.limit, self.definition.deadband
        if self.is_active:
            is_toward = value < limit - deadband if is_high else value > limit + deadband
        else:
            is_toward = value >= limit if is_high else value <= limit
        if not is_toward:
            self.since = None
        elif self.since is None:
            self.since = at_us
        self.tick(at_us)


readings = st.lists(
    st.tuples(
        st.integers(0, 2),
        # Close about the limits, where deadbands and comparisons decide.
        st.sampled_from([-0.5, 0.0, 0.5, 4.0, 4.5, 5.0, 5.5, 6.5, 9.0, 9.5, 10.0, 10.5, math.nan, math.inf]),
        st.integers(0, 3),
    ),
    max_size=60,
)
limits = st.tuples(
    st.sampled_from([AlarmType.HIGH, AlarmType.LOW, AlarmType.HIGH_HIGH, AlarmType.LOW_LOW]),
    st.sampled_from([0.0, 5.0, 10.0]),
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([0.0, 2.0]),
    st.sampled_from([0.0, 3.0]),
)


@settings(max_examples=400)
@given(readings, st.lists(limits, min_size=1, max_size=4), st.integers(1, 20), st.booleans())
def test_batches_of_any_size_agree_with_the_oracle(
    rows: list[tuple[int, float, int]],
    wanted: list[tuple[AlarmType, float, float, float, float]],
    batch_rows: int,
    has_timers: bool,
) -> None:
    tags = [tag(index) for index in range(3)]
    alarms = [alarm(tags[number % 3], *each) for number, each in enumerate(wanted)]
    found: dict[UUID, list[tuple[bool, int]]] = {each.id: [] for each in alarms}
    detector = detection(tags, alarms)
    now, stamped = 0, []
    for index, value, pause_s in rows:
        now += pause_s * S
        stamped.append((index, value, now))
    edges: list[Edge] = []
    for start in range(0, len(stamped), batch_rows):
        part = stamped[start : start + batch_rows]
        if has_timers:
            edges += detector.due(part[0][2])
        edges += detector.take(Batch.of([row[0] for row in part], [row[1] for row in part], [row[2] for row in part]))
    edges += detector.due(now + 10 * S)
    for edge in edges:
        found[edge.alarm_id].append((edge.is_raised, edge.at_us))
    for number, each in enumerate(alarms):
        by_second: dict[int, list[float]] = {}
        for index, value, at_us in stamped:
            if index == number % 3:
                by_second.setdefault(at_us // S, []).append(value)
        oracle = Oracle(each)
        oracle.live(by_second, now // S + 10)
        assert found[each.id] == oracle.edges


def test_a_bad_reading_freezes_the_alarm() -> None:
    level = tag(1)
    detector = detection([level], [alarm(level, AlarmType.HIGH, 10)])
    assert raised(detector.take(Batch.of([1], [12.0], 0)))
    assert detector.take(Batch.of([1], [0.0], S, quality=Quality.BAD)) == []
    assert detector.take(Batch.of([1], [np.nan], 2 * S)) == []
    assert not raised(detector.take(Batch.of([1], [0.0], 3 * S)))


def test_a_delay_runs_out_without_a_further_reading() -> None:
    level = tag(1)
    definition = alarm(level, AlarmType.LOW, 2.0, on_s=30)
    detector = detection([level], [definition])
    assert detector.take(Batch.of([1], [1.0], 0)) == []
    assert detector.due(29 * S) == []
    assert detector.due(31 * S) == [Edge(definition.id, True, 30 * S, 1.0)]
    assert detector.due(90 * S) == []


def test_a_delay_that_was_over_comes_before_the_reading_that_ends_it() -> None:
    level = tag(1)
    definition = alarm(level, AlarmType.LOW, 2.0, on_s=30)
    detector = detection([level], [definition])
    detector.take(Batch.of([1], [1.0], 0))
    edges = detector.take(Batch.of([1], [5.0], 31 * S))
    assert [(edge.is_raised, edge.at_us) for edge in edges] == [(True, 30 * S), (False, 31 * S)]


def test_a_source_whose_clock_is_ahead_raises_no_later() -> None:
    level = tag(1)
    definition = alarm(level, AlarmType.LOW, 2.0, on_s=30)
    detector = detection([level], [definition])
    detector.take(replace(Batch.of([1], [1.0], 8 * S), received_us=np.array([0], np.int64)))
    assert detector.due(29 * S) == []
    assert detector.due(30 * S) == [Edge(definition.id, True, 38 * S, 1.0)]


def test_tags_without_limits_and_unknown_tags_pass_by() -> None:
    level = tag(1)
    detector = detection([level], [alarm(level, AlarmType.HIGH, 10)])
    assert detector.take(Batch.of([0, 2, 5000], [99.0, 99.0, 99.0], 0)) == []
    assert detection([], []).take(Batch.of([0], [1.0], 0)) == []


def test_a_restored_alarm_clears_with_the_first_good_reading() -> None:
    level = tag(1)
    definition = alarm(level, AlarmType.HIGH, 10)
    detector = detection([level], [definition])
    detector.set_active(definition.id)
    assert detector.take(Batch.of([1], [3.0], S)) == [Edge(definition.id, False, S, 3.0)]


@pytest.mark.parametrize(("abnormal", "normal"), [(1.0, 0.0), (0.0, 1.0)])
def test_a_state_that_is_not_normal_raises_whichever_it_is(abnormal: float, normal: float) -> None:
    running = tag(1)
    detector = detection([running], [alarm(running, AlarmType.DISCRETE, abnormal)])
    assert detector.take(Batch.of([1], [normal], 0)) == []
    assert raised(detector.take(Batch.of([1], [abnormal], S)))
    assert not raised(detector.take(Batch.of([1], [normal], 2 * S)))


def test_a_deviation_follows_both_the_value_and_its_setpoint() -> None:
    level, setpoint = tag(1), tag(2)
    definition = replace(alarm(level, AlarmType.DEVIATION, 2.0, 0.5), setpoint=setpoint.id)
    detector = detection([level, setpoint], [definition])
    assert detector.take(Batch.of([1], [5.0], 0)) == [], "no setpoint is known"
    assert detector.take(Batch.of([2], [5.0], S)) == []
    assert raised(detector.take(Batch.of([2], [7.0], 2 * S)))
    assert detector.take(Batch.of([2], [99.0], 3 * S, quality=Quality.BAD)) == [], "a bad setpoint freezes"
    assert detector.take(Batch.of([1], [7.0], 4 * S)) == [], "and goes on to"
    assert not raised(detector.take(Batch.of([2], [7.5], 5 * S)))


def test_a_rate_needs_readings_and_begins_anew_after_a_gap() -> None:
    level = tag(1)
    definition = replace(alarm(level, AlarmType.RATE_OF_CHANGE, 6.0, 1.0), window_s=30.0)
    detector = detection([level], [definition])
    rising = Batch.of([1] * 3, [0.0, 1.0, 2.0], [0, 10 * S, 20 * S])  # 6 a minute
    assert raised(detector.take(rising))
    assert detector.take(Batch.of([1], [500.0], 100 * S)) == [], "after a gap nothing is known of the slope"
    falling = Batch.of([1] * 3, [500.0, 500.0, 500.0], [110 * S, 120 * S, 130 * S])
    assert not raised(detector.take(falling))
    bad = Batch.of([1] * 2, [9.0, 9.0], [131 * S, 132 * S], quality=Quality.BAD)
    assert detector.take(bad) == []
    assert detector.take(Batch.of([1] * 2, [900.0, 0.0], [133 * S, 134 * S])) == [], "two readings are no slope"


@pytest.mark.parametrize(("value", "quality"), [(1.0, Quality.BAD), (1.0, Quality.UNCERTAIN), (math.nan, Quality.GOOD)])
def test_a_value_that_is_not_trusted_has_its_own_alarm(value: float, quality: Quality) -> None:
    level = tag(1)
    detector = detection([level], [alarm(level, AlarmType.QUALITY, 1.0, on_s=5)])
    detector.take(Batch.of([1], [value], 0, quality=quality))
    assert raised(detector.due(5 * S))
    lost = Batch.of([1], [math.nan], 6 * S, quality=Quality.NOT_CONNECTED)
    assert detector.take(lost) == [], "a lost link is the link's alarm"
    assert not raised(detector.take(Batch.of([1], [1.0], 7 * S)))


def test_no_update_for_some_periods_is_stale_until_the_next() -> None:
    level = tag(1)
    definition = replace(alarm(level, AlarmType.STALE, 3.0), window_s=10.0)
    detector = detection([level], [definition], now_us=0)
    assert detector.due(29 * S) == []
    assert [(edge.is_raised, edge.at_us) for edge in detector.due(31 * S)] == [(True, 30 * S)]
    assert detector.due(60 * S) == []
    assert not raised(detector.take(Batch.of([1], [1.0], 61 * S)))
    assert detector.due(90 * S) == []
    assert raised(detector.due(92 * S))


def test_an_edited_limit_looks_at_the_value_that_is_held() -> None:
    level = tag(1)
    before = alarm(level, AlarmType.HIGH, 10, on_s=4)
    old = detection([level], [before])
    old.take(Batch.of([1], [8.0], 0))
    new = detection([level], [replace(before, limit=7.0)])
    held = Held(8.0, True, 0)
    assert new.take_over(old, lambda _: held, 100 * S) == [], "its delay begins with the edit"
    assert [(edge.is_raised, edge.at_us) for edge in new.due(104 * S)] == [(True, 104 * S)]
    higher = detection([level], [replace(before, limit=9.0)])
    assert [edge.is_raised for edge in higher.take_over(new, lambda _: held, 200 * S)] == [False]


def test_an_edit_of_one_limit_leaves_the_delay_of_another_running() -> None:
    level = tag(1)
    one, other = alarm(level, AlarmType.LOW, 5, on_s=10), alarm(level, AlarmType.HIGH, 50)
    old = detection([level], [one, other])
    old.take(Batch.of([1], [1.0], 0))
    new = detection([level], [one, replace(other, limit=60.0)])
    assert new.take_over(old, lambda _: NOTHING, 8 * S) == []
    assert [(edge.is_raised, edge.at_us) for edge in new.due(10 * S)] == [(True, 10 * S)]


def raised(edges: list[Edge]) -> bool:
    assert len(edges) == 1, edges
    return edges[0].is_raised


def test_an_edit_forgets_neither_a_slope_nor_when_a_tag_was_last_heard() -> None:
    level = tag(1)
    rate = replace(alarm(level, AlarmType.RATE_OF_CHANGE, 6.0), window_s=30.0)
    stale, other = replace(alarm(level, AlarmType.STALE, 3.0), window_s=10.0), alarm(level, AlarmType.HIGH, 500)
    old = detection([level], [rate, stale, other], now_us=0)
    old.take(Batch.of([1] * 2, [0.0, 1.0], [0, 10 * S]))
    new = detection([level], [rate, stale, replace(other, limit=600.0)], now_us=19 * S)
    new.take_over(old, lambda _: NOTHING, 19 * S)
    assert raised(new.take(Batch.of([1], [2.0], 20 * S))), "three readings in all"
    newer = detection([level], [rate, stale, other], now_us=49 * S)
    newer.take_over(new, lambda _: NOTHING, 49 * S)
    assert [edge.alarm_id for edge in newer.due(50 * S) if edge.is_raised] == [stale.id]


def test_a_value_that_rests_without_readings_has_no_slope() -> None:
    level = tag(1)
    definition = replace(alarm(level, AlarmType.RATE_OF_CHANGE, 6.0), window_s=30.0)
    detector = detection([level], [definition])
    assert raised(detector.take(Batch.of([1] * 3, [0.0, 2.0, 4.0], [0, 10 * S, 20 * S])))
    assert detector.due(49 * S) == []
    assert detector.due(51 * S) == [Edge(definition.id, False, 50 * S, 4.0)]
    lost = detection([level], [definition])
    assert raised(lost.take(Batch.of([1] * 3, [0.0, 2.0, 4.0], [0, 10 * S, 20 * S])))
    lost.take(Batch.of([1], [math.nan], 21 * S, quality=Quality.NOT_CONNECTED))
    assert lost.due(900 * S) == [], "of a value that is not there nobody knows"


def test_a_long_window_keeps_a_bounded_number_of_readings_and_its_slope() -> None:
    level = tag(1)
    definition = replace(alarm(level, AlarmType.RATE_OF_CHANGE, 5.9, 0.2), window_s=3600.0)
    detector = detection([level], [definition])
    seconds = np.arange(0, 4000)
    edges = detector.take(Batch.of(np.ones(4000, int), seconds * 0.1, seconds * S))
    assert raised(edges)
    (window,) = detector._detectors[2]._windows  # type: ignore[attr-defined]  # the rate's
    assert len(window._points) < 250


def test_a_sensor_that_flickers_does_not_blind_an_alarm() -> None:
    level = tag(1)
    definition = alarm(level, AlarmType.HIGH, 10.0, on_s=15)
    detector = detection([level], [definition])
    edges: list[Edge] = []
    for second in range(60):
        quality = Quality.BAD if second % 10 == 9 else Quality.GOOD
        edges += detector.due(second * S)
        edges += detector.take(Batch.of([1], [12.0], second * S, quality=quality))
    assert [(edge.is_raised, edge.at_us) for edge in edges] == [(True, 16 * S)], "but for the second it was bad"


def test_a_link_that_returns_ends_what_its_silence_raised_and_one_that_is_off_what_stands() -> None:
    level = tag(1)
    stale = replace(alarm(level, AlarmType.STALE, 2.0), window_s=10.0)
    bad = alarm(level, AlarmType.QUALITY, 1.0)
    detector = detection([level], [stale, bad])
    detector.take(Batch.of([1], [1.0], S, quality=Quality.BAD))
    detector.due(30 * S)
    tags = np.array([1], np.uint32)
    back = detector.link_came(tags, 31 * S, is_off=False)
    assert [(edge.alarm_id, edge.is_raised) for edge in back] == [(stale.id, False)]
    off = detector.link_came(tags, 32 * S, is_off=True)
    assert [(edge.alarm_id, edge.is_raised) for edge in off] == [(bad.id, False)]
