"""Alarms in the operator's words, the same in every pane; no Qt."""

from __future__ import annotations

from typing import Final

from hmi.domain.alarms import LIMIT_TYPES, TYPE_LABELS, AlarmEvent, AlarmState, Priority
from hmi.domain.language import tr
from hmi.services.mirror import Mirror
from hmi.services.port import AlarmRow, Mark
from hmi.ui.words import duration_text, moment_text

PRIORITY_NAMES: Final = {
    Priority.CRITICAL: "Critical",
    Priority.HIGH: "High",
    Priority.MEDIUM: "Medium",
    Priority.LOW: "Low",
}
_STATES: Final = {
    AlarmState.NORM: "Normal again",
    AlarmState.UNACK: "Unacknowledged",
    AlarmState.ACKED: "Acknowledged",
    AlarmState.RTNUN: "Gone, unacknowledged",
    AlarmState.LUNACK: "Latched, unacknowledged",
    AlarmState.LACKED: "Latched, to be reset",
    AlarmState.SHLVD: "Shelved",
    AlarmState.DSUPR: "Suppressed by design",
    AlarmState.OOSRV: "Out of service",
}
_MARKS: Final = {
    Mark.FIRST_OUT: "first",
    Mark.CHATTERING: "chattering",
    Mark.FLEETING: "fleeting",
    Mark.STALE: "over a day",
}
EVENTS: Final = {
    AlarmEvent.ACTIVATE: "Came",
    AlarmEvent.CLEAR: "Went",
    AlarmEvent.ACKNOWLEDGE: "Acknowledged",
    AlarmEvent.RESET: "Reset",
    AlarmEvent.SHELVE: "Shelved",
    AlarmEvent.ONE_SHOT: "Shelved until it clears",
    AlarmEvent.UNSHELVE: "Taken off the shelf",
    AlarmEvent.TIME: "Shelving ran out",
    AlarmEvent.SUPPRESS: "Suppressed by design",
    AlarmEvent.UNSUPPRESS: "No longer suppressed",
    AlarmEvent.REMOVE: "Out of service",
    AlarmEvent.RETURN: "Back in service",
}


def state_text(row: AlarmRow) -> str:
    """Return an alarm's state, and what is remarkable about it."""
    marks = [tr(text) for mark, text in _MARKS.items() if mark in row.marks]
    return ", ".join([tr(_STATES[row.state]), *marks])


def state_name(state: AlarmState) -> str:
    """Return a state."""
    return tr(_STATES[state])


def event_text(event: AlarmEvent) -> str:
    """Return what happened."""
    return tr(EVENTS[event])


def presence_text(row: AlarmRow) -> str:
    """Return whether a hidden alarm is there."""
    return tr("Active now") if row.is_active else tr("Not active")


def short_moment(at_us: int) -> str:
    """Return the clock for today, day and minute for another day: what fits a narrow column."""
    if not at_us:
        return "–"
    text = moment_text(at_us)
    return text if len(text) < 10 else text[5:16]


def left_text(until_us: int, now_us: int) -> str:
    """Return how long it is until a moment (UTC µs)."""
    return duration_text(max(0, until_us - now_us) / 1e6)


def shelved_text(row: AlarmRow, now_us: int) -> str:
    """Return when a shelved alarm comes back."""
    left = left_text(row.shelved_until_us, now_us)
    if row.shelved_until_us <= 0:  # a server keeps that time to itself
        return tr("until it clears") if row.is_one_shot else tr("its server knows")
    return tr("when it clears, or in {time}").format(time=left) if row.is_one_shot else left


def respond_text(row: AlarmRow, now_us: int) -> str:
    """Return how much time an operator has left; empty where nobody said."""
    until_us = row.respond_by_us
    if not until_us or not row.is_active:
        return ""
    return tr("over") if until_us <= now_us else left_text(until_us, now_us)


def value_text(mirror: Mirror, row: AlarmRow) -> str:
    """Return the value that raised the alarm, with its unit."""
    tag = mirror.catalogue.tag_by_index.get(row.tag)
    if tag is None or row.value != row.value:  # only NaN is unlike itself
        return ""
    return f"{tag.text(row.value)} {tag.unit}".strip()


def now_text(mirror: Mirror, row: AlarmRow) -> str:
    """Return the tag's value as it is now."""
    tag = mirror.catalogue.tag_by_index.get(row.tag)
    if tag is None:
        return ""
    text = f"{mirror.text_of(tag)} {tag.unit}".strip()
    return text if row.is_value_trusted else tr("? {value}").format(value=text)


def limit_text(mirror: Mirror, row: AlarmRow) -> str:
    """Return the alarm's kind and limit."""
    tag = mirror.catalogue.tag_by_index.get(row.tag)
    label = tr(TYPE_LABELS[row.type])
    if tag is None or tag.is_stepped or row.type not in LIMIT_TYPES:
        return label
    return f"{label} {tag.text(row.limit)} {tag.unit}".strip()


def acknowledged_text(row: AlarmRow) -> str:
    """Return who acknowledged, and the latest comment."""
    who = f"{row.acknowledged_by} {moment_text(row.acknowledged_us)}" if row.acknowledged_by else ""
    return " · ".join(part for part in (who, row.comment) if part)
