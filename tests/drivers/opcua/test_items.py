"""The item table: what lasts, what is tried again when, and where the gaps are; times are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from asyncua import ua
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from drivers.api import Item
from drivers.opcua.items import LONGEST_GAP_US, Gap, ItemState, ItemTable, Slots, refusal
from tests.drivers.opcua.wire import repeatable

UNKNOWN = ua.StatusCodes.BadNodeIdUnknown
NOON_US = 1_772_366_400_000_000
SECOND_US = 1_000_000
WEEK_US = 7 * 86_400 * SECOND_US


def item(tag: int, address: str = "", *, sampling_ms: int = 250, deadband: float = 0.0) -> Item:
    return Item(tag, address or f"s=Tag{tag}", sampling_ms, deadband)


def table_of(*items: Item) -> ItemTable:
    table = ItemTable()
    table.replace(items)
    return table


def accept(table: ItemTable, slots: Sequence[int], now: float = 0.0) -> None:
    wanted = np.array(slots, np.intp)
    table.accept(wanted, [(100 + slot, 250.0, 10) for slot in slots], 7, now)


def hear(table: ItemTable, *values: tuple[int, int], now: float = 0.0) -> None:
    """Note (slot, source time in seconds after noon) in order."""
    slots = np.array([slot for slot, _ in values], np.uint32)
    table.heard(slots, np.array([NOON_US + at * SECOND_US for _, at in values], np.int64), now)


def states(table: ItemTable) -> list[ItemState]:
    return [ItemState(state) for state in table.state[: table.size]]


def spans(table: ItemTable) -> list[tuple[int, float, float]]:
    """Return the closed gaps as (tag, start, end) in seconds after noon."""
    table.close_gaps()
    return [
        (gap.item.tag, (gap.start_us - NOON_US) / SECOND_US, (gap.end_us - NOON_US) / SECOND_US) for gap in table.gaps
    ]


# ── replace ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_stays_keeps_its_slot_and_its_state() -> None:
    table = table_of(item(1), item(2))
    accept(table, [0, 1])
    changes = table.replace([item(2), item(1), item(3)])
    assert (len(changes.removed), len(changes.modified)) == (0, 0)
    assert states(table) == [ItemState.ACTIVE, ItemState.ACTIVE, ItemState.PENDING]
    assert table.tag[:3].tolist() == [1, 2, 3]


def test_only_what_the_server_monitors_is_to_be_deleted_there() -> None:
    table = table_of(item(1), item(2), item(3))
    accept(table, [0])
    table.reject(1, UNKNOWN, "no", 0.0, 0)
    changes = table.replace([])
    assert changes.removed.tolist() == [0]
    assert states(table) == [ItemState.GONE] * 3
    assert table.rejected() == ()


@pytest.mark.parametrize("changed", [item(1, "s=Other"), item(1, deadband=0.5)], ids=["address", "deadband"])
def test_another_address_or_deadband_is_another_item(changed: Item) -> None:
    table = table_of(item(1))
    accept(table, [0])
    changes = table.replace([changed])
    assert changes.removed.tolist() == [0]
    assert states(table) == [ItemState.GONE, ItemState.PENDING]
    assert table.items[1] == changed


def test_another_sampling_interval_is_a_modification_of_what_is_monitored() -> None:
    table = table_of(item(1), item(2))
    accept(table, [0])
    changes = table.replace([item(1, sampling_ms=100), item(2, sampling_ms=100)])
    assert (changes.removed.tolist(), changes.modified.tolist()) == ([], [0])
    assert table.sampling_ms[:2].tolist() == [100.0, 100.0]


def test_two_tags_of_one_address_are_two_items() -> None:
    table = table_of(item(1, "s=Same"), item(2, "s=Same"))
    assert table.tag[:2].tolist() == [1, 2]
    assert table.replace([item(2, "s=Same")]).removed.tolist() == []
    assert states(table) == [ItemState.GONE, ItemState.PENDING]


def test_a_slot_is_not_used_again_before_the_next_session() -> None:
    table = table_of(item(1))
    for round_ in range(1, 6):
        table.replace([])
        table.replace([item(1)])
        assert states(table) == [ItemState.GONE] * round_ + [ItemState.PENDING]
    table.begin_session()
    assert states(table) == [ItemState.PENDING]


def test_it_grows_beyond_its_capacity_and_keeps_what_it_knew() -> None:
    table = table_of(item(1))
    accept(table, [0])
    table.replace([item(tag) for tag in range(1, 1001)])
    table.replace([item(tag) for tag in range(1, 1702)])
    assert table.size == 1701
    assert table.server_id[0] == 100
    assert states(table)[:2] == [ItemState.ACTIVE, ItemState.PENDING]
    assert np.isnan(table.refused_at[: table.size]).all()
    assert len(table.in_state(ItemState.PENDING)) == 1700, "rows that are not in use are in no state"


# ── a tag that is removed while the server answers ────────────────────────────────────────────────────────────────


def test_an_answer_that_comes_after_the_tag_was_removed_brings_nothing_back() -> None:
    table = table_of(item(1), item(2), item(3))
    accept(table, [2])
    table.replace([])
    accept(table, [0])
    table.reject(1, UNKNOWN, "no", 0.0, 0)
    table.make_pending(np.array([0, 1, 2], np.intp))
    assert states(table) == [ItemState.GONE] * 3
    assert table.server_id[0] == 100, "known, so that it can be deleted there"
    assert table.rejected() == ()


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_session_keeps_what_is_of_the_tag_and_forgets_what_was_the_servers() -> None:
    table = table_of(item(1), item(2), item(3))
    accept(table, [0, 1])
    table.reject(2, UNKNOWN, "no", 100.0, NOON_US)
    hear(table, (0, 0), (1, 5))
    table.open_gaps()
    table.replace([item(2), item(3)])
    table.begin_session()
    assert table.tag[: table.size].tolist() == [2, 3]
    assert states(table) == [ItemState.PENDING] * 2
    assert table.server_id[:2].tolist() == [0, 0]
    assert table.source_us[:2].tolist() == [NOON_US + 5 * SECOND_US, 0]
    hear(table, (0, 9))
    assert spans(table) == [(2, 5.0, 9.0)]
    table.reject(1, UNKNOWN, "no", 200.0, NOON_US + SECOND_US)
    assert table.rejected()[0].since_us == NOON_US, "refused since the first time, in whatever session"


def test_gaps_that_nobody_filled_outlast_a_session() -> None:
    table = table_of(item(1), item(2))
    hear(table, (0, 0), (1, 0))
    table.open_gaps()
    hear(table, (0, 10), (1, 11))
    table.open_gaps()
    table.begin_session()
    assert spans(table) == [(1, 0.0, 10.0), (2, 0.0, 11.0)]


# ── refused and tried again ───────────────────────────────────────────────────────────────────────────────────────


def test_what_is_refused_is_tried_every_half_minute_for_ten_minutes_and_then_every_five() -> None:
    table = table_of(item(1))
    now, tried = 1000.0, []
    for _ in range(30):
        table.reject(0, UNKNOWN, "no", now, 0)
        assert not len(table.due(now + 29.9))
        now = float(table.next_try[0])
        assert table.due(now).tolist() == [0]
        table.make_pending(table.due(now))
        assert not len(table.due(now)), "not while it is being tried"
        assert len(table.rejected()) == 1, "refused until it is accepted: what people see does not flicker"
        tried.append(now - 1000.0)
    assert tried[:20] == [30.0 * step for step in range(1, 21)]
    assert np.diff(tried[20:]).tolist() == [300.0] * 9


def test_what_was_accepted_in_between_begins_again_from_the_first_half_minute() -> None:
    table = table_of(item(1))
    table.reject(0, UNKNOWN, "no", 0.0, NOON_US)
    accept(table, [0])
    assert (states(table), table.rejected()) == ([ItemState.ACTIVE], ())
    assert not len(table.due(1e9))
    table.reject(0, UNKNOWN, "again", 5000.0, NOON_US + 1)
    assert table.next_try[0] == 5030.0
    (found,) = table.rejected()
    assert (found.tag, found.address, found.reason, found.code, found.since_us) == (
        1,
        "s=Tag1",
        "again",
        UNKNOWN,
        NOON_US + 1,
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (ua.StatusCodes.BadNodeIdUnknown, "no such address"),
        (ua.StatusCodes.BadNodeIdInvalid, "does not understand"),
        (ua.StatusCodes.BadAttributeIdInvalid, "not a value"),
        (ua.StatusCodes.BadUserAccessDenied, "this user"),
        (ua.StatusCodes.BadNotReadable, "be read"),
        (ua.StatusCodes.BadTooManyMonitoredItems, "no more items"),
        (ua.StatusCodes.BadOutOfMemory, "BadOutOfMemory"),
        (0x80FF0000, "."),
    ],
)
def test_a_refusal_is_said_in_words(code: int, words: str) -> None:
    assert words in refusal(code)
    assert refusal(code).endswith(".")


# ── values and gaps ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_newest_of_several_values_in_a_batch_counts_and_the_first_ends_the_gap() -> None:
    table = table_of(item(1), item(2))
    hear(table, (0, 0), (1, 0))
    table.open_gaps()
    hear(table, (0, 10), (1, 20), (0, 11), (0, 12), (1, 21), now=3.0)
    assert table.source_us[:2].tolist() == [NOON_US + 12 * SECOND_US, NOON_US + 21 * SECOND_US]
    assert table.heard_at[:2].tolist() == [3.0, 3.0]
    assert spans(table) == [(1, 0.0, 10.0), (2, 0.0, 20.0)]


def test_what_was_never_heard_has_no_gap() -> None:
    table = table_of(item(1))
    table.open_gaps()
    hear(table, (0, 10))
    assert spans(table) == []


def test_values_that_go_on_make_no_gap() -> None:
    table = table_of(item(1))
    for second in range(5):
        hear(table, (0, second))
    assert spans(table) == []


def test_a_second_loss_before_a_value_leaves_one_gap_from_the_first() -> None:
    table = table_of(item(1))
    hear(table, (0, 0))
    table.open_gaps()
    table.open_gaps()
    table.begin_session()
    table.open_gaps()
    hear(table, (0, 30))
    assert spans(table) == [(1, 0.0, 30.0)]


def test_a_second_loss_before_the_first_gap_was_filled_leaves_two() -> None:
    table = table_of(item(1))
    hear(table, (0, 0))
    table.open_gaps()
    hear(table, (0, 10), (0, 15))
    table.open_gaps()
    hear(table, (0, 30))
    assert spans(table) == [(1, 0.0, 10.0), (1, 15.0, 30.0)]


def test_what_is_tended_between_the_loss_and_the_next_value_stays_one_gap() -> None:
    table = table_of(item(1))
    hear(table, (0, 0))
    hear(table, (0, 5))
    table.open_gaps()
    assert spans(table) == []
    hear(table, (0, 30))
    assert spans(table) == [(1, 5.0, 30.0)]


def test_a_first_value_out_of_time_ends_nothing_that_could_be_filled() -> None:
    table = table_of(item(1), item(2))
    hear(table, (0, 0), (1, 0))
    table.open_gaps()
    table.heard(np.array([0, 1], np.uint32), np.array([-11_644_473_600_000_000, NOON_US - 5], np.int64), 0.0)
    assert spans(table) == []


def test_a_gap_longer_than_a_week_is_cut_to_its_last_week() -> None:
    table = table_of(item(1))
    hear(table, (0, 0))
    table.open_gaps()
    hear(table, (0, 30 * 86_400))
    table.close_gaps()
    (gap,) = table.gaps
    assert gap.end_us - gap.start_us == LONGEST_GAP_US == WEEK_US


def test_a_gap_of_less_than_a_millisecond_and_one_of_a_removed_tag_are_none() -> None:
    table = table_of(item(1), item(2))
    hear(table, (0, 0), (1, 0))
    table.open_gaps()
    table.heard(np.array([0], np.uint32), np.array([NOON_US + 999], np.int64), 0.0)
    hear(table, (1, 9))
    table.replace([item(1)])
    assert spans(table) == []


def test_a_gap_belongs_to_a_tag_and_its_address() -> None:
    table = table_of(item(1))
    assert table.has(item(1, sampling_ms=9))
    assert not table.has(item(1, "s=Other"))
    assert not table.has(item(2))
    assert Gap(item(1), 1, 2) == Gap(item(1), 1, 2)


# ── against a table that is nothing but a dictionary ──────────────────────────────────────────────────────────────


@dataclass
class Naive:
    """What is true of one tag."""

    item: Item
    state: ItemState = ItemState.PENDING
    refused_at: float | None = None
    next_try: float = np.inf
    server_id: int = 0
    reason: str = ""


TAGS = st.integers(1, 5)
items = st.builds(Item, TAGS, st.sampled_from(["s=A", "s=B"]), st.sampled_from([100, 250]), st.sampled_from([0.0, 1.0]))
some_items = st.lists(items, max_size=5, unique_by=lambda each: each.tag)


class Oracle(RuleBasedStateMachine):
    """The same calls to the table and to a dictionary of tags; slots are looked up as the driver knows them."""

    def __init__(self) -> None:
        super().__init__()
        self.table = ItemTable()
        self.naive: dict[int, Naive] = {}
        self.retired: dict[int, int] = {}
        self.now = 0.0
        self.ids = 0

    @initialize(given=some_items)
    def begin(self, given: list[Item]) -> None:
        self.replace(given)

    @rule(given=some_items)
    def replace(self, given: list[Item]) -> None:
        before = dict(self.naive)
        slots = {tag: self.slot(tag) for tag in before}
        changes = self.table.replace(given)
        self.naive, removed, modified = {}, set(), set()
        for each in given:
            old = before.pop(each.tag, None)
            if old is not None and (old.item.address, old.item.deadband) == (each.address, each.deadband):
                if old.state is ItemState.ACTIVE and old.item.sampling_ms != each.sampling_ms:
                    modified.add(slots[each.tag])
                old.item = each
                self.naive[each.tag] = old
            else:
                self.naive[each.tag] = Naive(each)
                if old is not None:
                    before[each.tag] = old
        for tag, old in before.items():
            self.retired[slots[tag]] = tag
            if old.state is ItemState.ACTIVE:
                removed.add(slots[tag])
        assert set(changes.removed.tolist()) == removed
        assert set(changes.modified.tolist()) == modified

    @rule(tags=st.sets(TAGS, min_size=1), with_retired=st.booleans())
    def accept(self, tags: set[int], with_retired: bool) -> None:
        known = [self.naive[tag] for tag in sorted(tags & set(self.naive))]
        slots = [self.slot(each.item.tag) for each in known]
        if with_retired:
            slots += sorted(self.retired)[:1]
        ids = [self.ids + step for step in range(1, len(slots) + 1)]
        self.ids += len(slots)
        self.table.accept(np.array(slots, np.intp), [(each, 250.0, 10) for each in ids], 1, self.now)
        for each, server_id in zip(known, ids, strict=False):
            each.state, each.refused_at, each.next_try, each.server_id = ItemState.ACTIVE, None, np.inf, server_id
            each.reason = ""

    @rule(tag=TAGS)
    def reject(self, tag: int) -> None:
        for slot in [slot for slot, retired in self.retired.items() if retired == tag]:
            self.table.reject(slot, UNKNOWN, "gone", self.now, 0)
        if tag in self.naive:
            each = self.naive[tag]
            self.table.reject(self.slot(tag), UNKNOWN, f"refused {tag}", self.now, 0)
            each.state, each.reason = ItemState.REJECTED, f"refused {tag}"
            each.refused_at = self.now if each.refused_at is None else each.refused_at
            each.next_try = self.now + (30.0 if self.now - each.refused_at < 600.0 else 300.0)

    @rule(seconds=st.sampled_from([1.0, 30.0, 300.0, 700.0]))
    def wait_and_try_again(self, seconds: float) -> None:
        self.now += seconds
        due = self.table.due(self.now)
        wanted = [
            each for each in self.naive.values() if each.state is ItemState.REJECTED and each.next_try <= self.now
        ]
        assert self.tags_of(due) == {each.item.tag for each in wanted}
        self.table.make_pending(due)
        for each in wanted:
            each.state = ItemState.PENDING

    @rule()
    def begin_session(self) -> None:
        self.table.begin_session()
        self.retired.clear()
        for each in self.naive.values():
            each.state, each.next_try, each.reason = ItemState.PENDING, np.inf, ""
        assert self.table.size == len(self.naive)

    @invariant()
    def every_tag_stands_where_it_should(self) -> None:
        for state in (ItemState.PENDING, ItemState.ACTIVE, ItemState.REJECTED):
            wanted = {tag for tag, each in self.naive.items() if each.state is state}
            slots = self.table.in_state(state)
            assert self.tags_of(slots) == wanted
            assert len(slots) == len(wanted), "one slot a tag"
        for slot in self.retired:
            assert self.table.state[slot] == ItemState.GONE

    @invariant()
    def every_slot_has_its_own_item(self) -> None:
        for tag, each in self.naive.items():
            slot = self.slot(tag)
            assert self.table.items[slot] == each.item
            assert self.table.sampling_ms[slot] == each.item.sampling_ms
            assert self.table.deadband[slot] == each.item.deadband
            if each.state is ItemState.ACTIVE:
                assert self.table.server_id[slot] == each.server_id

    @invariant()
    def what_is_refused_is_said(self) -> None:
        found = {each.tag: each.reason for each in self.table.rejected()}
        assert found == {tag: each.reason for tag, each in self.naive.items() if each.reason}

    def slot(self, tag: int) -> int:
        (slot,) = [
            slot
            for slot in np.flatnonzero(self.table.tag[: self.table.size] == tag).tolist()
            if self.table.state[slot] != ItemState.GONE
        ]
        return int(slot)

    def tags_of(self, slots: Slots) -> set[int]:
        return set(self.table.tag[slots].tolist())


TestOracle = Oracle.TestCase
TestOracle.settings = repeatable
