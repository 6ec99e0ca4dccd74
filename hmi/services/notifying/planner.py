"""Making the messages of alarms, ready to be stored: pure, on any thread."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from hmi.config.notification_settings import NotificationSettings, Rule
from hmi.domain.alarms import Priority
from hmi.domain.catalogue import Catalogue
from hmi.services.notifying.rules import (
    Target,
    Told,
    Wanted,
    held_until_us,
    later_steps,
    wanted_at_once,
    wanted_of_step,
)
from hmi.services.notifying.wording import Line, message, place_of, summary
from hmi.services.port import AlarmRow
from hmi.storage.journal.notifications import NewNotification, NotificationRow, OutgoingState
from hmi.storage.journal.notifications import Told as ToldPerson

SUMMARIES: Final = frozenset({Told.SUMMARY, Told.DIGEST})


@dataclass(frozen=True, slots=True)
class Planner:
    """What messages are made from. zone: of the rules' times, None for this computer's."""

    settings: NotificationSettings
    catalogue: Catalogue
    zone: datetime.tzinfo | None = None

    def came(self, row: AlarmRow, at_us: int, now_us: int) -> list[NewNotification]:
        """Return the messages of an alarm that has come. at_us: the time that the schedules are judged by."""
        found = wanted_at_once(self.settings, row, self.catalogue, at_us, self.zone)
        return [self._message(row, wanted, now_us) for wanted in found]

    def later(self, row: AlarmRow) -> Iterator[tuple[int, UUID, int]]:
        """Yield the steps that follow while it stays unacknowledged: when (UTC µs), rule, number of the step."""
        return later_steps(self.settings, row, self.catalogue, self.zone)

    def step(self, row: AlarmRow, rule_id: UUID, number: int, now_us: int) -> list[NewNotification]:
        """Return the messages of a step that is due; none when the rule is not there any more."""
        rule = self._rule(rule_id)
        if rule is None or number >= len(rule.steps):
            return []
        found = wanted_of_step(self.settings, rule, number, row.priority, now_us, self.zone)
        return [self._message(row, wanted, now_us) for wanted in found]

    def gone(self, row: AlarmRow, told: Iterable[ToldPerson], now_us: int) -> list[NewNotification]:
        """Return the messages of an alarm that has gone: to those who were told that it came."""
        made = []
        for each in told:
            rule = self._rule(UUID(each.rule))
            if rule is not None and rule.is_on and rule.on_return and self._is_open(each.channel):
                held_us = held_until_us(rule, row.priority, now_us, self.zone)
                target = Target(UUID(each.channel), each.recipient, each.name)
                made.append(self._message(row, Wanted(rule, Told.GONE, 0, target, held_us), now_us))
        return made

    def tells_returns(self) -> bool:
        """Whether anybody wants to know when an alarm goes."""
        return self.settings.is_on and any(rule.is_on and rule.on_return for rule in self.settings.rules)

    def _rule(self, rule_id: UUID) -> Rule | None:
        return next((each for each in self.settings.rules if each.id == rule_id), None)

    def _is_open(self, channel_id: str) -> bool:
        channel = self.settings.channel(UUID(channel_id))
        return self.settings.is_on and channel is not None and channel.is_on

    def _message(self, row: AlarmRow, wanted: Wanted, now_us: int) -> NewNotification:
        words = message(wanted.rule, wanted.told, row, self.catalogue, now_us)
        occurrence, target = row.occurrence, wanted.target
        about = (occurrence.alarm_id, occurrence.activated_us, wanted.rule.id, wanted.told, wanted.step)
        return NewNotification(
            key=_key(*about, target.channel, target.address),
            made_us=now_us,
            alarm_id=str(occurrence.alarm_id),
            activated_us=occurrence.activated_us,
            rule=str(wanted.rule.id),
            told=wanted.told,
            priority=int(row.priority),
            place=place_of(row, self.catalogue),
            channel=str(target.channel),
            recipient=target.address,
            name=target.name,
            subject=words.subject,
            body=words.body,
            state=OutgoingState.HELD if wanted.held_until_us else OutgoingState.WAITING,
            next_us=wanted.held_until_us or now_us,
        )


def merged(rows: Sequence[NotificationRow], told: Told, now_us: int) -> NewNotification:
    """Return one message in the place of several. rows: at least one, all over one channel to one address."""
    first = rows[0]
    lines = [Line(row.made_us, Priority(row.priority), row.place, row.subject, Told(row.told)) for row in rows]
    words = summary(lines, told)
    return NewNotification(
        key=_key(*(row.key for row in rows)),
        made_us=now_us,
        alarm_id="",
        activated_us=0,
        rule=first.rule,
        told=told,
        priority=min(row.priority for row in rows),
        place="",
        channel=first.channel,
        recipient=first.recipient,
        name=first.name,
        subject=words.subject,
        body=words.body,
        state=OutgoingState.WAITING,
        next_us=now_us,
    )


def _key(*parts: object) -> str:
    """Return a short name of what a message is about, fit for a mail's Message-ID."""
    return uuid5(NAMESPACE_OID, "|".join(str(part) for part in parts)).hex
