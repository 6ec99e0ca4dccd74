"""Which messages an alarm asks for: pure, from the settings, the alarm's row and the time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from hmi.config.notification_channels import DesktopChannel, EmailChannel, WebhookChannel
from hmi.config.notification_settings import NotificationSettings, Rule, Step
from hmi.domain.alarms import Priority
from hmi.domain.catalogue import Catalogue
from hmi.services.notifying.schedule import end_us, is_within, local_of
from hmi.services.port import AlarmRow

MINUTE_US = 60_000_000


class Told(StrEnum):
    """What a message tells of an alarm, or of several."""

    CAME = "came"
    STILL = "still"
    GONE = "gone"
    SUMMARY = "summary"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Target:
    """Where one message goes. address: of mail; the user of a notice on the screen, empty for whoever is there."""

    channel: UUID
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """One message that a rule asks for. held_until_us: the end of the quiet hours it waits for, 0 for none."""

    rule: Rule
    told: Told
    step: int
    target: Target
    held_until_us: int = 0


def applies(rule: Rule, row: AlarmRow, catalogue: Catalogue, at_us: int, zone: datetime.tzinfo | None = None) -> bool:
    """Return whether a rule is about an alarm that came at a time.

    The schedule is judged when the alarm comes: a chain of steps that began in a period goes on after it.
    """
    if not rule.is_on or row.priority not in rule.priorities or (rule.types and row.type not in rule.types):
        return False
    if (rule.areas or rule.stations) and not _is_in_place(rule, row, catalogue):
        return False
    moment = local_of(at_us, zone)
    return not rule.periods or any(is_within(period, moment) for period in rule.periods)


def wanted_at_once(
    settings: NotificationSettings, row: AlarmRow, catalogue: Catalogue, at_us: int, zone: datetime.tzinfo | None = None
) -> Iterator[Wanted]:
    """Yield the messages of an alarm that has come."""
    for rule in _rules(settings, row, catalogue, at_us, zone):
        for number, step in enumerate(rule.steps):
            if step.after_min == 0:
                yield from wanted_of_step(settings, rule, number, row.priority, at_us, zone)


def later_steps(
    settings: NotificationSettings, row: AlarmRow, catalogue: Catalogue, zone: datetime.tzinfo | None = None
) -> Iterator[tuple[int, UUID, int]]:
    """Yield the steps that follow while an alarm stays unacknowledged: when (UTC µs), rule, number of the step."""
    came_us = row.occurrence.activated_us
    for rule in _rules(settings, row, catalogue, came_us, zone):
        for number, step in enumerate(rule.steps):
            if step.after_min:
                yield came_us + step.after_min * MINUTE_US, rule.id, number


def wanted_of_step(
    settings: NotificationSettings,
    rule: Rule,
    number: int,
    priority: Priority,
    at_us: int,
    zone: datetime.tzinfo | None = None,
) -> Iterator[Wanted]:
    """Yield the messages of one step that is due now."""
    step = rule.steps[number]
    told = Told.STILL if step.after_min else Told.CAME
    held_us = held_until_us(rule, priority, at_us, zone)
    for target in targets(settings, step):
        yield Wanted(rule, told, number, target, held_us)


def held_until_us(rule: Rule, priority: Priority, at_us: int, zone: datetime.tzinfo | None = None) -> int:
    """Return when the quiet hours end that keep a message back, UTC µs; 0 when it may go."""
    if rule.quiet is None or priority <= rule.quiet.spared:
        return 0
    moment = local_of(at_us, zone)
    return end_us(rule.quiet.period, moment, zone) if is_within(rule.quiet.period, moment) else 0


def targets(settings: NotificationSettings, step: Step) -> Iterator[Target]:
    """Yield where a step's messages go; a channel that is switched off takes none."""
    channel = settings.channel(step.channel)
    people = settings.people(step.recipients)
    if channel is None or not channel.is_on:
        return
    match channel:
        case EmailChannel():
            for person in people:
                if person.email:
                    yield Target(channel.id, person.email, person.name)
        case WebhookChannel():
            yield Target(channel.id, "", ", ".join(person.name for person in people))
        case DesktopChannel():
            found = {person.user: person.name for person in people} or {"": ""}
            for user, name in found.items():
                yield Target(channel.id, user, name)


def _rules(
    settings: NotificationSettings, row: AlarmRow, catalogue: Catalogue, at_us: int, zone: datetime.tzinfo | None
) -> Iterator[Rule]:
    if settings.is_on:
        yield from (rule for rule in settings.rules if applies(rule, row, catalogue, at_us, zone))


def _is_in_place(rule: Rule, row: AlarmRow, catalogue: Catalogue) -> bool:
    if row.station_id is None:
        return False
    station = catalogue.station_by_id.get(row.station_id)
    return row.station_id in rule.stations or (station is not None and station.area_id in rule.areas)
