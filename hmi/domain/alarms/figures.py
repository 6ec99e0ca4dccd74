"""How good an alarm system is: the figures of ISA-18.2-2016, clause 16, and EEMUA 191, from the journal's rows alone.

What counts is what called a person: activations that were not hidden, and returns from hiding. All windows are of UTC.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from hmi.domain.alarms.machine import AlarmEvent
from hmi.domain.alarms.records import Priority

MINUTE_US: Final = 60_000_000
TEN_MINUTES_US: Final = 10 * MINUTE_US
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US
FLOOD_ABOVE: Final = 10
FLOOD_ENDS_BELOW: Final = 5
CHATTER_TIMES: Final = 3
TOP: Final = 10
MANY_AN_HOUR: Final = 30

TARGETS: Final[Mapping[str, float]] = {
    "per_day": 150.0,
    "per_hour": 6.0,
    "per_ten_minutes": 1.0,
    "most_in_ten_minutes": 10.0,
    "busy_hours": 0.01,
    "busy_ten_minutes": 0.01,
    "flood_share": 0.01,
    "top_share": 0.05,
    "chattering": 0.0,
    "stale": 5.0,
}
"""At most; ISA-18.2-2016, table 8. stale: on any day."""
HIDING: Final = frozenset({AlarmEvent.SHELVE, AlarmEvent.ONE_SHOT, AlarmEvent.REMOVE, AlarmEvent.SUPPRESS})
PRIORITY_TARGET: Final = {Priority.LOW: 0.80, Priority.MEDIUM: 0.15, Priority.HIGH: 0.05, Priority.CRITICAL: 0.01}
"""About 80/15/5 in three priorities; the most urgent of four below one in a hundred."""


class Moment(NamedTuple):
    """One row of the journal, as the figures need it. name: station and alarm. Times in UTC µs."""

    at_us: int
    alarm_id: str
    activated_us: int
    event: str
    state: str
    is_annunciated: bool
    priority: int
    name: str


@dataclass(frozen=True, slots=True)
class Frequent:
    """One of the alarms that came most often. share: of all, 0…1."""

    alarm_id: str
    name: str
    priority: Priority
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """The figures of a stretch of time. Shares are 0…1; times to acknowledge in seconds, NaN for none.

    busy_hours: the share of clock hours with more than 30 alarms; busy_ten_minutes: of ten minutes with more than 10.
    chattering, fleeting, stale: how many alarms came three times in a minute, occurrences went unattended within a
    minute, and stood for more than a day. per_bucket: how many called in each stretch of bucket_us from start_us on.
    """

    start_us: int
    end_us: int
    count: int = 0
    per_day: float = 0.0
    per_hour: float = 0.0
    per_ten_minutes: float = 0.0
    most_in_ten_minutes: int = 0
    busy_hours: float = 0.0
    busy_ten_minutes: float = 0.0
    floods: int = 0
    flood_share: float = 0.0
    top: tuple[Frequent, ...] = ()
    top_share: float = 0.0
    by_priority: Mapping[Priority, int] = field(default_factory=dict)
    chattering: int = 0
    fleeting: int = 0
    stale: int = 0
    acknowledged_mean_s: float = math.nan
    acknowledged_p95_s: float = math.nan
    never_acknowledged: int = 0
    bucket_us: int = HOUR_US
    per_bucket: tuple[int, ...] = ()

    def priority_share(self, priority: Priority) -> float:
        """Return the share of one priority."""
        return self.by_priority.get(priority, 0) / self.count if self.count else 0.0


@dataclass(slots=True)
class _Occurrence:
    """What became of one activation."""

    needs_acknowledgement: bool
    acknowledged_us: int = 0
    cleared_us: int = 0


def figures_of(moments: Iterable[Moment], start_us: int, end_us: int) -> AlarmFigures:
    """Return the figures from start_us to end_us; moments in the journal's order, from before and after as well.

    Rows from before tell what stood already, rows from after how it ended.
    """
    calls: list[Moment] = []
    occurrences: dict[tuple[str, int], _Occurrence] = {}
    latest: dict[str, _Occurrence] = {}
    for moment in moments:
        _note(occurrences, latest, moment)
        if moment.is_annunciated and start_us <= moment.at_us < end_us:
            calls.append(moment)
    calls.sort(key=lambda call: call.at_us)
    times = [call.at_us for call in calls]
    length_us = max(1, end_us - start_us)
    tens, hours = _counts(times, start_us, end_us, TEN_MINUTES_US), _counts(times, start_us, end_us, HOUR_US)
    floods, flood_us = _floods(times, end_us)
    top = _top(calls)
    waits = sorted(
        (of.acknowledged_us - call.activated_us) / 1e6
        for call in calls
        if (of := occurrences[call.alarm_id, call.activated_us]).acknowledged_us
    )
    bucket_us = _bucket(length_us)
    return AlarmFigures(
        start_us,
        end_us,
        count=len(calls),
        per_day=len(calls) * DAY_US / length_us,
        per_hour=len(calls) * HOUR_US / length_us,
        per_ten_minutes=len(calls) * TEN_MINUTES_US / length_us,
        most_in_ten_minutes=_most(times),
        busy_hours=_share(count > MANY_AN_HOUR for count in hours),
        busy_ten_minutes=_share(count > FLOOD_ABOVE for count in tens),
        floods=floods,
        flood_share=flood_us / length_us,
        top=top,
        top_share=sum(each.share for each in top),
        by_priority={Priority(key): count for key, count in sorted(Counter(call.priority for call in calls).items())},
        chattering=_chattering(calls),
        fleeting=sum(_is_fleeting(occurrences[call.alarm_id, call.activated_us], call) for call in calls),
        stale=sum(_is_stale(of, key[1], start_us, end_us) for key, of in occurrences.items()),
        acknowledged_mean_s=sum(waits) / len(waits) if waits else math.nan,
        acknowledged_p95_s=waits[min(len(waits) - 1, math.ceil(len(waits) * 0.95) - 1)] if waits else math.nan,
        never_acknowledged=sum(
            of.needs_acknowledgement and not of.acknowledged_us
            for of in (occurrences[call.alarm_id, call.activated_us] for call in calls)
        ),
        bucket_us=bucket_us,
        per_bucket=tuple(_counts(times, start_us, end_us, bucket_us)),
    )


def _note(occurrences: dict[tuple[str, int], _Occurrence], latest: dict[str, _Occurrence], moment: Moment) -> None:
    """Take up what a row says of its occurrence. One that was hidden was dealt with, and ends with the next."""
    key = (moment.alarm_id, moment.activated_us)
    before = latest.get(moment.alarm_id)
    if moment.event in HIDING and before is not None:
        before.needs_acknowledgement = False
    if moment.event == AlarmEvent.ACKNOWLEDGE:
        of = occurrences.get(key)
        if of is not None and not of.acknowledged_us:
            of.acknowledged_us = moment.at_us
    elif moment.event == AlarmEvent.CLEAR:
        of = occurrences.get(key)
        if of is not None and not of.cleared_us:
            of.cleared_us = moment.at_us
    elif moment.is_annunciated and key not in occurrences:
        if before is not None and not before.cleared_us:
            before.cleared_us = moment.at_us
        occurrences[key] = latest[moment.alarm_id] = _Occurrence(moment.state != "ACKED")


def _counts(times: Sequence[int], start_us: int, end_us: int, width_us: int) -> list[int]:
    """Return how many times lie in each stretch of a width, aligned to UTC; the stretches that are cut count too."""
    first, last = start_us // width_us, max(start_us, end_us - 1) // width_us
    found = [0] * (last - first + 1)
    for at_us in times:
        found[at_us // width_us - first] += 1
    return found


def _most(times: Sequence[int]) -> int:
    """Return how many at most lie in any ten minutes."""
    most, first = 0, 0
    for last, at_us in enumerate(times):
        while times[first] <= at_us - TEN_MINUTES_US:
            first += 1
        most = max(most, last - first + 1)
    return most


def _share(given: Iterable[bool]) -> float:
    marks = list(given)
    return sum(marks) / len(marks) if marks else 0.0


def _floods(times: Sequence[int], end_us: int) -> tuple[int, int]:
    """Return how many floods there were and how long they were in all, in µs.

    One begins with the alarm that is the eleventh in ten minutes, and ends when fewer than five are left in them.
    """
    recent: deque[int] = deque()
    floods, total_us, since_us = 0, 0, 0
    for at_us in (*times, end_us):
        if since_us and len(recent) >= FLOOD_ENDS_BELOW:
            ends_us = recent[len(recent) - FLOOD_ENDS_BELOW] + TEN_MINUTES_US
            if ends_us <= at_us:
                total_us += ends_us - since_us
                since_us = 0
        while recent and recent[0] <= at_us - TEN_MINUTES_US:
            recent.popleft()
        recent.append(at_us)
        if not since_us and len(recent) > FLOOD_ABOVE and at_us < end_us:
            since_us = at_us
            floods += 1
    return floods, total_us + (end_us - since_us if since_us else 0)


def _top(calls: Sequence[Moment]) -> tuple[Frequent, ...]:
    counts = Counter(call.alarm_id for call in calls)
    newest = {call.alarm_id: call for call in calls}
    return tuple(
        Frequent(alarm_id, newest[alarm_id].name, Priority(newest[alarm_id].priority), count, count / len(calls))
        for alarm_id, count in counts.most_common(TOP)
    )


def _chattering(calls: Sequence[Moment]) -> int:
    """Return how many alarms came three times or more within a minute."""
    by_alarm: dict[str, list[int]] = {}
    for call in calls:
        by_alarm.setdefault(call.alarm_id, []).append(call.at_us)
    return sum(
        any(later - sooner <= MINUTE_US for sooner, later in zip(times, times[CHATTER_TIMES - 1 :], strict=False))
        for times in by_alarm.values()
    )


def _is_fleeting(of: _Occurrence, call: Moment) -> bool:
    """Whether it went within a minute, before anybody acknowledged it."""
    if not of.cleared_us or of.cleared_us - call.activated_us > MINUTE_US:
        return False
    return not of.acknowledged_us or of.acknowledged_us > of.cleared_us


def _is_stale(of: _Occurrence, activated_us: int, start_us: int, end_us: int) -> bool:
    """Whether it stood for more than a day at some moment of the stretch."""
    until_us = min(of.cleared_us or end_us, end_us)
    return until_us > start_us and until_us - activated_us > DAY_US


def _bucket(length_us: int) -> int:
    """Return the width of a bar: some fifty to three hundred of them."""
    return next((width for width in (TEN_MINUTES_US, HOUR_US) if length_us <= 300 * width), DAY_US)
