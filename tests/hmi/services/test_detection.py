"""The detector against a plain per-reading oracle, and the rules that the oracle shares with nobody."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.api import Batch, Quality
from hmi.domain.alarms import AlarmDefinition, AlarmType, Priority
from hmi.domain.tags import Tag, TagKind, TagRevision
from hmi.services.detection import Edge, LimitDetector

S = 1_000_000


def tag(index: int) -> Tag:
    return Tag(
        uuid4(), index, uuid4(), uuid4(), uuid4(), f"T{index}", TagKind.ANALOG, "level", TagRevision(0, "T", "s=T")
    )


def alarm(
    of: Tag, kind: AlarmType, limit: float, deadband: float = 0.0, on_s: float = 0.0, off_s: float = 0.0
) -> AlarmDefinition:
    return AlarmDefinition(uuid4(), of.id, kind, Priority.MEDIUM, limit, deadband, on_s, off_s)


@dataclass
class Oracle:
    """One limit, one reading at a time, no arrays."""

    definition: AlarmDefinition
    is_active: bool = False
    since: int | None = None
    edges: list[tuple[bool, int]] = field(default_factory=list)

    def see(self, value: float, at_us: int) -> None:
        if not math.isfinite(value):
            return
        is_high = self.definition.type in (AlarmType.HIGH, AlarmType.HIGH_HIGH, AlarmType.DISCRETE)
        limit, deadband = self.definition.limit, self.definition.deadband
        if self.is_active:
            is_toward = value < limit - deadband if is_high else value > limit + deadband
            delay = self.definition.off_delay_s
        else:
            is_toward = value >= limit if is_high else value <= limit
            delay = self.definition.on_delay_s
        if not is_toward:
            self.since = None
            return
        if self.since is None:
            self.since = at_us
        if at_us - self.since >= delay * S:
            self.is_active = not self.is_active
            self.since = None
            self.edges.append((self.is_active, at_us))


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
@given(readings, st.lists(limits, min_size=1, max_size=4), st.integers(1, 20))
def test_batches_of_any_size_agree_with_the_oracle(
    rows: list[tuple[int, float, int]],
    wanted: list[tuple[AlarmType, float, float, float, float]],
    batch_rows: int,
) -> None:
    tags = [tag(index) for index in range(3)]
    alarms = [alarm(tags[number % 3], *each) for number, each in enumerate(wanted)]
    detector = LimitDetector(tags, alarms)
    oracles = {each.id: Oracle(each) for each in alarms}
    found: dict[UUID, list[tuple[bool, int]]] = {each.id: [] for each in alarms}
    now, stamped = 0, []
    for index, value, pause_s in rows:
        now += pause_s * S
        stamped.append((index, value, now))
    for start in range(0, len(stamped), batch_rows):
        part = stamped[start : start + batch_rows]
        batch = Batch.of([row[0] for row in part], [row[1] for row in part], [row[2] for row in part])
        for edge in detector.process(batch):
            found[edge.alarm_id].append((edge.is_raised, edge.at_us))
    for index, value, at_us in stamped:
        for each in alarms:
            if each.subject == tags[index].id:
                oracles[each.id].see(value, at_us)
    assert found == {key: oracle.edges for key, oracle in oracles.items()}


def test_a_bad_reading_freezes_the_alarm() -> None:
    level = tag(1)
    detector = LimitDetector([level], [alarm(level, AlarmType.HIGH, 10)])
    assert raised(detector.process(Batch.of([1], [12.0], 0)))
    assert detector.process(Batch.of([1], [0.0], S, quality=Quality.BAD)) == []
    assert detector.process(Batch.of([1], [np.nan], 2 * S)) == []
    assert not raised(detector.process(Batch.of([1], [0.0], 3 * S)))


def test_a_delay_runs_out_without_a_further_reading() -> None:
    level = tag(1)
    definition = alarm(level, AlarmType.LOW, 2.0, on_s=30)
    detector = LimitDetector([level], [definition])
    assert detector.process(Batch.of([1], [1.0], 0)) == []
    assert detector.due(29 * S) == []
    assert detector.due(31 * S) == [Edge(definition.id, True, 30 * S, 1.0)]
    assert detector.due(90 * S) == []


def test_tags_without_limits_and_unknown_tags_pass_by() -> None:
    level = tag(1)
    detector = LimitDetector([level], [alarm(level, AlarmType.HIGH, 10)])
    assert detector.process(Batch.of([0, 2, 5000], [99.0, 99.0, 99.0], 0)) == []
    assert LimitDetector([], []).process(Batch.of([0], [1.0], 0)) == []


def test_a_restored_alarm_clears_with_the_first_good_reading() -> None:
    level = tag(1)
    definition = alarm(level, AlarmType.HIGH, 10)
    detector = LimitDetector([level], [definition])
    detector.set_active(definition.id)
    assert detector.process(Batch.of([1], [3.0], S)) == [Edge(definition.id, False, S, 3.0)]


def raised(edges: list[Edge]) -> bool:
    assert len(edges) == 1
    return edges[0].is_raised
