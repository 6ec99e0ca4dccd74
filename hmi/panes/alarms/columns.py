"""The columns of each list of alarms: heading, text, width, and below which width of the table a column goes; no Qt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hmi.domain.language import tr
from hmi.panes.alarms.listing import ListKind
from hmi.services.mirror import Mirror
from hmi.services.port import AlarmRow
from hmi.ui.alarm_words import (
    acknowledged_text,
    limit_text,
    now_text,
    presence_text,
    respond_text,
    shelved_text,
    short_moment,
    state_text,
    value_text,
)

ALARM: Final = 3
"""The column of the alarm's own text, in every list; the priority's symbol stands in the first."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. width: px, 0 takes what is left. least: the table's width, px, below which it is left out."""

    title: str
    text: Callable[[AlarmRow], str]
    width: int
    least: int = 0


def columns_of(kind: ListKind, mirror: Mirror) -> tuple[Column, ...]:
    """Return a list's columns."""
    first = (
        Column(tr("P"), lambda _row: "", 36),
        Column(tr("Time"), lambda row: short_moment(row.occurrence.activated_us), 96),
        Column(tr("Station"), lambda row: row.source, 176),
        Column(tr("Alarm"), lambda row: row.text, 0),
    )
    return (*first, *_OTHERS[kind](mirror))


def _active(mirror: Mirror) -> tuple[Column, ...]:
    return (
        Column(tr("Value"), lambda row: value_text(mirror, row), 104, 1180),
        Column(tr("Now"), lambda row: now_text(mirror, row), 120),
        Column(tr("Limit"), lambda row: limit_text(mirror, row), 150, 1100),
        Column(tr("State"), state_text, 168),
        Column(tr("Time left"), lambda row: respond_text(row, _now_us()), 96, 900),
        Column(tr("Acknowledged, comment"), acknowledged_text, 220, 1400),
    )


def _shelved(mirror: Mirror) -> tuple[Column, ...]:
    return (
        Column(tr("Back in"), lambda row: shelved_text(row, _now_us()), 116),
        Column(tr("Now"), lambda row: now_text(mirror, row), 104, 1060),
        Column(tr("Alarm is"), presence_text, 96, 860),
        Column(tr("Shelved by"), lambda row: row.hidden_by, 130, 1240),
        Column(tr("Reason"), lambda row: row.hidden_why, 200),
    )


def _suppressed(mirror: Mirror) -> tuple[Column, ...]:
    return (
        Column(tr("State"), state_text, 150),
        Column(tr("Since"), lambda row: short_moment(row.hidden_us), 96, 1000),
        Column(tr("Now"), lambda row: now_text(mirror, row), 104, 1060),
        Column(tr("Alarm is"), presence_text, 96, 860),
        Column(tr("By"), lambda row: row.hidden_by, 130, 1240),
        Column(tr("Reason"), lambda row: row.hidden_why, 200),
    )


_OTHERS: Final[dict[ListKind, Callable[[Mirror], tuple[Column, ...]]]] = {
    ListKind.ACTIVE: _active,
    ListKind.SHELVED: _shelved,
    ListKind.SUPPRESSED: _suppressed,
}


def _now_us() -> int:
    return time.time_ns() // 1000
