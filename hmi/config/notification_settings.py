"""Who is told of which alarm, how and when: described once, for the forms and the checks; kept in roams.db."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from hmi.config.message_templates import BODY, SUBJECT, template_fault
from hmi.config.notification_channels import (
    Address,
    Channel,
    Described,
    DesktopChannel,
    EmailChannel,
    Line,
    Named,
    WebhookChannel,
)
from hmi.domain.alarms import AlarmType, Priority
from hmi.domain.language import tr

KEY: Final = "notifications"
MOST_MINUTES: Final = 1440


class Recipient(Named):
    """Somebody to be told. email: for mail; user: whom notices on the screen are for, empty for whoever is there."""

    email: Address | Literal[""] = Field(default="", title=tr("E-mail"))
    user: Line = Field(
        default="", title=tr("User"), description=tr("Whose screen a notice is for; empty: whoever is signed in.")
    )


class Group(Named):
    """Several recipients under one name."""

    members: tuple[UUID, ...] = Field(default=(), title=tr("Members"), max_length=100)


class Period(Described):
    """A time of day on some days of the week, in this computer's zone.

    days: 0 for Monday … 6. One whose end is not after its begin ends on the next day; it belongs to the day on which
    it begins. Begin and end at the same time are a whole day.
    """

    days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(
        default=(0, 1, 2, 3, 4, 5, 6), title=tr("Days"), min_length=1
    )
    begin: datetime.time = Field(default=datetime.time(0, 0), title=tr("From"))
    end: datetime.time = Field(default=datetime.time(0, 0), title=tr("To"))


class Quiet(Described):
    """A time in which only urgent alarms are told at once; the others come as one message at its end."""

    period: Period = Period(begin=datetime.time(22, 0), end=datetime.time(6, 0))
    spared: Priority = Field(
        default=Priority.HIGH,
        title=tr("Still told at once"),
        description=tr("This priority and those above it; the others are collected until the quiet hours end."),
    )


class Step(Described):
    """One step of telling: after so many minutes unacknowledged (0: at once), over a channel, to recipients."""

    after_min: int = Field(
        default=0, title=tr("After"), ge=0, le=MOST_MINUTES, json_schema_extra={"unit": tr("minutes unacknowledged")}
    )
    channel: UUID = Field(title=tr("Over"))
    recipients: tuple[UUID, ...] = Field(default=(), title=tr("To"), max_length=100)


class Rule(Named):
    """Which alarms are told when, how and to whom. Empty areas, stations, types: all; empty periods: always."""

    is_on: bool = Field(default=True, title=tr("In use"))
    priorities: tuple[Priority, ...] = Field(default=tuple(Priority), title=tr("Priorities"), min_length=1)
    areas: tuple[UUID, ...] = Field(default=(), title=tr("Areas"))
    stations: tuple[UUID, ...] = Field(default=(), title=tr("Stations"))
    types: tuple[AlarmType, ...] = Field(default=(), title=tr("Types"))
    periods: tuple[Period, ...] = Field(default=(), title=tr("When it came"), max_length=20)
    steps: tuple[Step, ...] = Field(title=tr("Steps"), min_length=1, max_length=20)
    on_return: bool = Field(default=False, title=tr("Also when it is gone"))
    quiet: Quiet | None = Field(default=None, title=tr("Quiet hours"))
    subject: Line = Field(default=SUBJECT, title=tr("Subject"), min_length=1)
    body: str = Field(default=BODY, title=tr("Text"), min_length=1, max_length=4000)

    @field_validator("subject", "body")
    @classmethod
    def _can_be_filled(cls, template: str) -> str:
        if fault := template_fault(template):
            raise ValueError(fault)
        return template


# ── all of it ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class NotificationSettings(Described):
    """All that is configured of notifications. most_tries: after so many failures a message is laid aside."""

    is_on: bool = Field(default=True, title=tr("Notifications are sent"))
    most_tries: int = Field(default=12, title=tr("Tries"), ge=1, le=100)
    kept_days: int = Field(
        default=90, title=tr("Sent messages are kept"), ge=1, le=3650, json_schema_extra={"unit": tr("days")}
    )
    channels: tuple[Channel, ...] = Field(default=(), max_length=50)
    recipients: tuple[Recipient, ...] = Field(default=(), max_length=500)
    groups: tuple[Group, ...] = Field(default=(), max_length=100)
    rules: tuple[Rule, ...] = Field(default=(), max_length=200)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for kind in (self.channels, (*self.recipients, *self.groups), self.rules):
            _no_name_twice(kind)
        for group in self.groups:
            if not set(group.members) <= {each.id for each in self.recipients}:
                raise ValueError(
                    tr("The group {name} has a member that is not there any more.").format(name=group.name)
                )
        for rule in self.rules:
            self._check_rule(rule)
        return self

    def _check_rule(self, rule: Rule) -> None:
        people = {each.id for each in (*self.recipients, *self.groups)}
        for step in rule.steps:
            channel = self.channel(step.channel)
            words = ""
            if channel is None:
                words = tr("The rule {name} uses a channel that is not there any more.")
            elif not set(step.recipients) <= people:
                words = tr("The rule {name} tells somebody who is not there any more.")
            elif isinstance(channel, EmailChannel) and not any(each.email for each in self.people(step.recipients)):
                words = tr("The rule {name} sends mail to nobody with an address. Choose recipients for each step.")
            if words:
                raise ValueError(words.format(name=rule.name))

    def to_remember(self) -> Self:
        """Return them without what channels keep as secrets, which an older version kept among them."""
        channels = tuple(each.bare() if isinstance(each, WebhookChannel) else each for each in self.channels)
        return self.model_copy(update={"channels": channels})

    def people(self, ids: Iterable[UUID]) -> tuple[Recipient, ...]:
        """Return recipients by their own ids and those of groups, each once, in the order of the list."""
        wanted = set(ids)
        for group in self.groups:
            if group.id in wanted:
                wanted |= set(group.members)
        return tuple(each for each in self.recipients if each.id in wanted)

    def channel(self, channel_id: UUID) -> EmailChannel | WebhookChannel | DesktopChannel | None:
        """Return a channel, or None when it is not there any more."""
        return next((each for each in self.channels if each.id == channel_id), None)


def _no_name_twice(named: Iterable[Named]) -> None:
    seen: set[str] = set()
    for each in named:
        key = each.name.casefold()
        if key in seen:
            raise ValueError(tr("The name {name} is there twice. Choose another one.").format(name=each.name))
        seen.add(key)
