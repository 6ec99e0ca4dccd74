"""The words of messages. What comes from the plant is one line of printable text, whatever it was before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hmi.config.message_templates import fill
from hmi.config.notification_settings import Rule
from hmi.domain.alarms import LIMIT_TYPES, AlarmState, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.services.notifying.rules import MINUTE_US, Told
from hmi.services.notifying.schedule import local_of
from hmi.services.port import AlarmRow

MOST_SUBJECT: Final = 200
MOST_VALUE: Final = 500
MOST_BODY: Final = 20_000
LISTED: Final = 20
PLACES: Final = 10

PRIORITIES: Final = {
    Priority.CRITICAL: tr("Critical"),
    Priority.HIGH: tr("High"),
    Priority.MEDIUM: tr("Medium"),
    Priority.LOW: tr("Low"),
}
EVENTS: Final = {Told.CAME: tr("Alarm"), Told.STILL: tr("Still unacknowledged"), Told.GONE: tr("Gone")}
_STATES: Final = {
    AlarmState.UNACK: tr("there, unacknowledged"),
    AlarmState.ACKED: tr("there, acknowledged"),
    AlarmState.RTNUN: tr("gone, unacknowledged"),
    AlarmState.LUNACK: tr("latched, unacknowledged"),
    AlarmState.LACKED: tr("latched, acknowledged"),
    AlarmState.NORM: tr("normal"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it is read."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Line:
    """One message among several that are told together. place: the station's name."""

    at_us: int
    priority: Priority
    place: str
    subject: str
    told: Told


def one_line(text: str, most: int = MOST_VALUE) -> str:
    """Return a text without line breaks and control characters: it cannot begin a header or a line of its own."""
    plain = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(plain.split())[:most]


def message(rule: Rule, told: Told, row: AlarmRow, catalogue: Catalogue, now_us: int) -> Words:
    """Return a rule's message of one alarm."""
    values = values_of(row, catalogue, told, now_us) | {"rule": rule.name}
    safe = {name: one_line(value) for name, value in values.items()}
    subject = one_line(fill(rule.subject, safe), MOST_SUBJECT)
    if told is not Told.CAME:
        subject = one_line(f"{EVENTS[told]}: {subject}", MOST_SUBJECT)
    return Words(subject, fill(rule.body, safe)[:MOST_BODY])


def values_of(row: AlarmRow, catalogue: Catalogue, told: Told, now_us: int) -> dict[str, str]:
    """Return what the places of a text are filled with."""
    station = catalogue.station_by_id.get(row.station_id) if row.station_id else None
    came_us = row.occurrence.activated_us
    return {
        "event": EVENTS[told],
        "priority": PRIORITIES[row.priority],
        "area": catalogue.area_by_id[station.area_id].name if station else "",
        "station": station.name if station else row.source,
        "text": row.text,
        "value": _figure(row, catalogue, row.value),
        "limit": _figure(row, catalogue, row.limit) if row.type in LIMIT_TYPES else "",
        "time": local_of(came_us).strftime("%Y-%m-%d %H:%M:%S %Z"),
        "state": _STATES.get(row.state, tr("hidden")),
        "cause": row.definition.cause,
        "consequence": row.consequence,
        "action": row.action,
        "minutes": str(max(0, now_us - came_us) // MINUTE_US),
    }


def place_of(row: AlarmRow, catalogue: Catalogue) -> str:
    """Return the name that an alarm is counted under."""
    station = catalogue.station_by_id.get(row.station_id) if row.station_id else None
    return one_line(station.name if station else row.source)


def summary(lines: Sequence[Line], told: Told) -> Words:
    """Return one message for many: how many of each priority and station, then the most urgent ones by name."""
    counts = Counter(each.priority for each in lines)
    by_priority = ", ".join(f"{counts[each]} {PRIORITIES[each].lower()}" for each in Priority if counts[each])
    head = tr("Quiet hours: {count} alarm messages") if told is Told.DIGEST else tr("Alarm flood: {count} messages")
    subject = f"{head.format(count=len(lines))} ({by_priority})"
    first, last = min(each.at_us for each in lines), max(each.at_us for each in lines)
    text = [
        subject,
        tr("From {first} to {last}.").format(first=_moment(first), last=_moment(last)),
        "",
        *_places(lines),
        "",
        *_most_urgent(lines),
    ]
    return Words(one_line(subject, MOST_SUBJECT), "\n".join(text)[:MOST_BODY])


def _places(lines: Sequence[Line]) -> Iterable[str]:
    counts = Counter(each.place for each in lines)
    for place, count in counts.most_common(PLACES):
        yield f"{place}: {count}"
    rest = counts.most_common()[PLACES:]
    if rest:
        words = tr("{places} more stations: {count}")
        yield words.format(places=len(rest), count=sum(count for _, count in rest))


def _most_urgent(lines: Sequence[Line]) -> Iterable[str]:
    for each in sorted(lines, key=lambda each: (each.priority, each.at_us))[:LISTED]:
        yield f"{_moment(each.at_us)}  {each.subject}"
    if len(lines) > LISTED:
        yield tr("… and {count} more; all are in the alarm journal.").format(count=len(lines) - LISTED)


def _figure(row: AlarmRow, catalogue: Catalogue, value: float) -> str:
    tag = catalogue.tag_by_index.get(row.tag)
    if tag is None or math.isnan(value):
        return ""
    return f"{tag.text(value)} {tag.unit}".strip()


def _moment(at_us: int) -> str:
    return local_of(at_us).strftime("%Y-%m-%d %H:%M:%S")
