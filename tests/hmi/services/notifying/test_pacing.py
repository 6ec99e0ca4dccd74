"""How fast messages go and how long a failed one waits."""

from __future__ import annotations

from hmi.services.notifying.pacing import LONGEST_WAIT_US, MINUTE_US, Pace, wait_us


def test_no_minute_has_more_than_its_number() -> None:
    pace, sent = Pace(3), []
    now_us = 0
    while now_us < 5 * MINUTE_US:
        if pace.free(now_us):
            pace.sent(now_us)
            sent.append(now_us)
            now_us += 1_000_000
        else:
            assert pace.free_us(now_us) > now_us
            now_us = pace.free_us(now_us)
    assert len(sent) == 15
    assert all(later - earlier >= MINUTE_US for earlier, later in zip(sent, sent[3:], strict=False))


def test_a_slower_pace_holds_at_once() -> None:
    pace = Pace(10)
    for number in range(10):
        pace.sent(number)
    pace.per_minute = 4
    assert pace.free(10) == 0
    assert pace.free_us(10) == 6 + MINUTE_US
    assert pace.free(6 + MINUTE_US) == 1


def test_waits_grow_to_an_hour_and_are_spread() -> None:
    assert [wait_us(number, 0.5) // 1_000_000 for number in range(1, 10)] == [
        30, 60, 120, 240, 480, 960, 1920, 3600, 3600,
    ]  # fmt: skip
    assert wait_us(1_000, 1.0) == LONGEST_WAIT_US * 1.25
    assert wait_us(1, 0.0) == 22_500_000
