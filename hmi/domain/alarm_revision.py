"""What an alarm record said at one time, and whether two records say the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hmi.domain.alarms import AlarmDefinition


@dataclass(frozen=True, slots=True)
class AlarmRevision:
    """One revision of a record as it was made; of one that was deleted, what it said last.

    at_us: UTC µs; 0, and no user, for a record that is older than its history.
    """

    definition: AlarmDefinition
    user: str
    at_us: int
    reason: str
    is_deleted: bool = False


def same_content(one: AlarmDefinition, other: AlarmDefinition) -> bool:
    """Whether two records say the same, whatever their revision and approval."""
    return _content(one) == _content(other)


def _content(alarm: AlarmDefinition) -> AlarmDefinition:
    return replace(alarm, revision=0, approved_by="", approved_us=0)
