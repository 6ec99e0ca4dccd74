"""What the map shows of each station and pipe, as plain values that can be compared; no Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from drivers.api import LinkState, Quality
from hmi.domain.alarms import UNACKNOWLEDGED_STATES, AlarmState, Priority
from hmi.domain.tags import Tag
from hmi.services.mirror import Mirror
from hmi.services.port import AlarmRow

TRUSTED: Final = frozenset({Quality.GOOD, Quality.SUBSTITUTED})
FLOW_SHARE: Final = 0.005
"""A flow within this share of its meter's range is none: meters never read quite zero."""
_TROUBLE: Final = (LinkState.DISABLED, LinkState.UP, LinkState.DEGRADED, LinkState.CONNECTING, LinkState.DOWN)
NO_LINK: Final = frozenset({LinkState.DISABLED, LinkState.CONNECTING, LinkState.DOWN})
"""States in which what is shown of a station may be old."""

NO_COUNTS: Final = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class AlarmMark:
    """An alarm's symbol."""

    priority: Priority
    state: AlarmState

    @property
    def is_unacknowledged(self) -> bool:
        return self.state in UNACKNOWLEDGED_STATES


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A live value as text. is_trusted: False when its quality is bad, which must be seen."""

    text: str
    unit: str
    is_trusted: bool


@dataclass(frozen=True, slots=True)
class Status:
    """How a station, or a group of them, stands.

    counts, unacknowledged: standing alarms of priority 1 to 4, and those of them that nobody has acknowledged.
    is_cut_off: no link to any of the stations, so that all that is shown may be old.
    """

    link: LinkState = LinkState.DISABLED
    alarm: AlarmMark | None = None
    counts: tuple[int, ...] = NO_COUNTS
    unacknowledged: tuple[int, ...] = NO_COUNTS
    is_cut_off: bool = True

    @property
    def flashes(self) -> bool:
        return self.alarm is not None and self.alarm.is_unacknowledged


class Flow(Enum):
    """What a pipe does; BACKWARD flows from its end to its start."""

    UNKNOWN = "unknown"
    STILL = "still"
    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class PipeMark:
    """What a pipe shows; value is None when no tag measures it."""

    flow: Flow = Flow.UNKNOWN
    value: ShownValue | None = None


def shown_value(mirror: Mirror, tag: Tag) -> ShownValue:
    """Return a tag's newest value as it is shown."""
    now = mirror.reading(tag.index)
    return ShownValue(mirror.text_of(tag), tag.unit, now.quality in TRUSTED)


def pipe_mark(mirror: Mirror, tag: Tag | None) -> PipeMark:
    """Return what a pipe shows."""
    if tag is None:
        return PipeMark()
    value = shown_value(mirror, tag)
    number = mirror.reading(tag.index).value
    if not value.is_trusted or not math.isfinite(number):
        return PipeMark(Flow.UNKNOWN, value)
    if abs(number) <= FLOW_SHARE * (tag.revision.high - tag.revision.low):
        return PipeMark(Flow.STILL, value)
    return PipeMark(Flow.FORWARD if number > 0 else Flow.BACKWARD, value)


def status_of(link: LinkState, alarms: Iterable[AlarmRow]) -> Status:
    """Return how a station stands; the alarms are in the services' order, worst first."""
    worst: AlarmMark | None = None
    counts, unacknowledged = list(NO_COUNTS), list(NO_COUNTS)
    for row in alarms:
        mark = AlarmMark(row.priority, row.state)
        worst = worst or mark
        counts[row.priority - 1] += 1
        unacknowledged[row.priority - 1] += mark.is_unacknowledged
    return Status(link, worst, tuple(counts), tuple(unacknowledged), link in NO_LINK)


def together(each: Iterable[Status]) -> Status:
    """Return how a group of stations stands: worst link, worst alarm, all counts."""
    members = list(each)
    return Status(
        max((one.link for one in members), default=LinkState.DISABLED, key=_TROUBLE.index),
        min((one.alarm for one in members if one.alarm), default=None, key=_urgency),
        _sums(one.counts for one in members),
        _sums(one.unacknowledged for one in members),
        all(one.is_cut_off for one in members),
    )


def _sums(counts: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*counts, strict=True))) or NO_COUNTS


def _urgency(alarm: AlarmMark) -> tuple[bool, int]:
    """Order as the services do: what nobody has acknowledged comes first, then by priority."""
    return not alarm.is_unacknowledged, alarm.priority
