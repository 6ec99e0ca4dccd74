"""The figures, by hand on small days, and against a slow count of the same journal."""

from __future__ import annotations

import math
import random

import pytest

from hmi.domain.alarms import Priority
from hmi.domain.alarms.figures import DAY_US, HOUR_US, MINUTE_US, TEN_MINUTES_US, AlarmFigures, Moment, figures_of

S = 1_000_000
MIDNIGHT = 20_000 * DAY_US


def came(at_s: float, alarm: str = "a", priority: int = 3, *, state: str = "UNACK") -> Moment:
    at_us = MIDNIGHT + round(at_s * S)
    return Moment(at_us, alarm, at_us, "ACTIVATE", state, is_annunciated=True, priority=priority, name=f"Hill {alarm}")


def then(event: str, of: Moment, after_s: float) -> Moment:
    return of._replace(at_us=of.at_us + round(after_s * S), event=event, is_annunciated=False)


def of_day(*moments: Moment) -> AlarmFigures:
    return figures_of(sorted(moments), MIDNIGHT, MIDNIGHT + DAY_US)


def test_a_quiet_day_has_no_figures() -> None:
    found = of_day()
    assert (found.count, found.per_day, found.flood_share, found.top, found.never_acknowledged) == (0, 0, 0, (), 0)
    assert math.isnan(found.acknowledged_mean_s)


def test_rates_are_of_the_whole_stretch_and_the_worst_ten_minutes_of_the_clock() -> None:
    found = of_day(*(came(number * 60) for number in range(12)), came(86_399))
    assert (found.count, found.per_day, found.per_hour) == (13, 13, 13 / 24)
    assert found.per_ten_minutes == 13 / 144
    assert found.most_in_ten_minutes == 10
    assert (found.busy_ten_minutes, found.busy_hours) == (0, 0)
    assert found.bucket_us == TEN_MINUTES_US
    assert (len(found.per_bucket), sum(found.per_bucket), found.per_bucket[1]) == (144, 13, 2)


def test_a_flood_begins_with_the_eleventh_and_ends_when_fewer_than_five_are_left() -> None:
    found = of_day(*(came(number) for number in range(20)))
    # From the eleventh at 10 s until the fifth from the end, at 15 s, is ten minutes old.
    assert (found.floods, found.flood_share * DAY_US) == (1, 605 * S)
    ended = figures_of([came(number) for number in range(20)], MIDNIGHT, MIDNIGHT + 100 * S)
    assert ended.flood_share * 100 == 90, "one that lasts is counted to the end"


def test_the_most_frequent_alarms_and_priorities_have_their_shares() -> None:
    found = of_day(*(came(number, "a", 4) for number in range(3)), came(9, "b", 1))
    assert [(each.name, each.count, each.share) for each in found.top] == [("Hill a", 3, 0.75), ("Hill b", 1, 0.25)]
    assert (found.top_share, found.by_priority) == (1.0, {Priority.CRITICAL: 1, Priority.LOW: 3})
    assert found.priority_share(Priority.LOW) == 0.75


def test_waits_fleeting_and_what_nobody_acknowledged() -> None:
    seen, fleeting, easy = came(0), came(100, "b"), came(200, "c", state="ACKED")
    found = of_day(
        seen, then("ACKNOWLEDGE", seen, 30), then("CLEAR", seen, 40), fleeting, then("CLEAR", fleeting, 59), easy
    )
    assert (found.acknowledged_mean_s, found.acknowledged_p95_s) == (30, 30)
    assert (found.fleeting, found.never_acknowledged) == (1, 1)


def test_an_acknowledgement_after_the_stretch_counts_for_the_alarm_in_it() -> None:
    late = came(86_000)
    found = of_day(late, then("ACKNOWLEDGE", late, 1000))
    assert (found.acknowledged_mean_s, found.never_acknowledged) == (1000, 0)


def test_chattering_is_three_in_a_minute() -> None:
    assert of_day(came(0), came(30), came(60)).chattering == 1
    assert of_day(came(0), came(30), came(61)).chattering == 0


@pytest.mark.parametrize(("cleared_h", "stale"), [(None, 1), (1, 1), (-1, 0)])
def test_what_stands_for_a_day_is_stale_wherever_it_began(cleared_h: float | None, stale: int) -> None:
    old = came(-26 * 3600)
    ends = [] if cleared_h is None else [then("CLEAR", old, (26 + cleared_h) * 3600)]
    assert of_day(old, *ends).stale == stale


def test_an_occurrence_that_was_hidden_is_dealt_with_and_ends_with_the_next() -> None:
    first = came(0)
    shelved = then("SHELVE", first, 5)
    again = came(60)._replace(event="TIME")
    rows = [first, shelved, again, then("ACKNOWLEDGE", again, 3), then("CLEAR", again, 9)]
    assert of_day(*rows).never_acknowledged == 0
    later = figures_of(rows, MIDNIGHT + 9 * DAY_US, MIDNIGHT + 10 * DAY_US)
    assert later.stale == 0


def test_the_figures_agree_with_a_slow_count_of_the_same_rows() -> None:
    dice = random.Random(7)
    calls = sorted(came(dice.uniform(0, 86_400), dice.choice("abcdefghijklmn"), dice.randint(1, 4)) for _ in range(600))
    rows = [*calls, *(then("ACKNOWLEDGE", call, dice.uniform(1, 900)) for call in calls if dice.random() < 0.7)]
    found = figures_of(sorted(rows), MIDNIGHT, MIDNIGHT + DAY_US)
    tens = [
        sum(call.at_us // TEN_MINUTES_US == slot for call in calls)
        for slot in range(MIDNIGHT // TEN_MINUTES_US, (MIDNIGHT + DAY_US) // TEN_MINUTES_US)
    ]
    most = max(sum(call.at_us - TEN_MINUTES_US < each.at_us <= call.at_us for each in calls) for call in calls)
    assert found.most_in_ten_minutes == most
    assert found.busy_ten_minutes == sum(count > 10 for count in tens) / len(tens)
    hours = [
        sum(call.at_us // HOUR_US == slot for call in calls)
        for slot in range(MIDNIGHT // HOUR_US, (MIDNIGHT + DAY_US) // HOUR_US)
    ]
    assert found.busy_hours == sum(count > 30 for count in hours) / 24
    assert found.flood_share == pytest.approx(_slow_flood_s(calls) / 86_400, abs=1e-5)
    assert found.never_acknowledged == len(calls) - (len(rows) - len(calls))
    chattering = {
        call.alarm_id
        for call in calls
        if sum(each.alarm_id == call.alarm_id and 0 <= each.at_us - call.at_us <= MINUTE_US for each in calls) >= 3
    }
    assert found.chattering == len(chattering)


def _slow_flood_s(calls: list[Moment]) -> float:
    """Look at every moment at which something changes: an alarm comes, or one is ten minutes old."""
    moments = sorted({call.at_us for call in calls} | {call.at_us + TEN_MINUTES_US for call in calls})
    total, since = 0, None
    for now in moments:
        recent = sum(now - TEN_MINUTES_US < call.at_us <= now for call in calls)
        if since is None and recent > 10:
            since = now
        elif since is not None and recent < 5:
            total += min(now, MIDNIGHT + DAY_US) - since
            since = None
    if since is not None:
        total += MIDNIGHT + DAY_US - since
    return total / S
