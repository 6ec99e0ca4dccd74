"""What is being typed of a rule; no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

from hmi.config.faults import build
from hmi.config.message_templates import BODY, SUBJECT
from hmi.config.notification_settings import NotificationSettings, Period, Quiet, Rule
from hmi.domain.alarms import Priority
from hmi.domain.language import tr
from hmi.panes.notifications.words import named

EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)


@dataclass(slots=True)
class PeriodDraft:
    """A period as it is typed."""

    days: tuple[int, ...] = EVERY_DAY
    begin: str = "00:00"
    end: str = "00:00"

    def values(self) -> dict[str, object]:
        return {"days": self.days, "begin": self.begin.strip(), "end": self.end.strip()}


@dataclass(slots=True)
class StepDraft:
    """A step as it is typed."""

    channel: UUID | None = None
    after_min: str = "0"
    recipients: tuple[UUID, ...] = ()

    def values(self) -> dict[str, object]:
        return {"channel": self.channel, "after_min": self.after_min.strip(), "recipients": self.recipients}


@dataclass(slots=True)
class RuleDraft:
    """A rule as it is typed; faults by field after `build`."""

    id: UUID = field(default_factory=uuid4)
    name: str = ""
    is_on: bool = True
    priorities: tuple[Priority, ...] = (Priority.CRITICAL, Priority.HIGH)
    areas: tuple[UUID, ...] = ()
    stations: tuple[UUID, ...] = ()
    types: tuple[Any, ...] = ()
    periods: list[PeriodDraft] = field(default_factory=list)
    steps: list[StepDraft] = field(default_factory=lambda: [StepDraft()])
    on_return: bool = False
    has_quiet: bool = False
    quiet: PeriodDraft = field(default_factory=lambda: PeriodDraft(EVERY_DAY, "22:00", "06:00"))
    spared: Priority = Priority.HIGH
    subject: str = SUBJECT
    body: str = BODY
    is_new: bool = True
    faults: dict[str, str] = field(default_factory=dict)
    before: dict[str, object] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        return self.values() != self.before

    def values(self) -> dict[str, object]:
        """Return the values as the rule's description takes them."""
        return {
            "id": self.id,
            "name": self.name,
            "is_on": self.is_on,
            "priorities": self.priorities,
            "areas": self.areas,
            "stations": self.stations,
            "types": self.types,
            "periods": [each.values() for each in self.periods],
            "steps": [each.values() for each in self.steps],
            "on_return": self.on_return,
            "quiet": {"period": self.quiet.values(), "spared": self.spared} if self.has_quiet else None,
            "subject": self.subject,
            "body": self.body,
        }

    def build(self, settings: NotificationSettings) -> Rule | None:
        """Return the rule, or None with `faults` filled."""
        faults = self._step_faults(settings)
        rule, found = build(Rule, self.values())
        self.faults = found | faults
        return rule if not self.faults else None

    def _step_faults(self, settings: NotificationSettings) -> dict[str, str]:
        people = {each.id for each in settings.people(each for step in self.steps for each in step.recipients)}
        mail = {each.id for each in settings.channels if each.kind == "email"}
        for number, step in enumerate(self.steps, 1):
            if step.channel is None:
                return {"steps": tr("Choose a channel for step {number}.").format(number=number)}
            reached = [each for each in settings.people(step.recipients) if each.email and each.id in people]
            if step.channel in mail and not reached:
                words = tr("Choose somebody with a mail address for step {number}.")
                return {"steps": words.format(number=number)}
        return {}


def draft_of(rule: Rule | None, settings: NotificationSettings) -> RuleDraft:
    """Return a rule to be edited, or a new one that begins with the first channel."""
    if rule is None:
        first = settings.channels[0].id if settings.channels else None
        made = RuleDraft(steps=[StepDraft(first)])
    else:
        quiet = rule.quiet or Quiet()
        made = RuleDraft(
            rule.id,
            rule.name,
            rule.is_on,
            rule.priorities,
            rule.areas,
            rule.stations,
            rule.types,
            [_period(each) for each in rule.periods],
            [StepDraft(each.channel, str(each.after_min), each.recipients) for each in rule.steps],
            rule.on_return,
            rule.quiet is not None,
            _period(quiet.period),
            quiet.spared,
            rule.subject,
            rule.body,
            is_new=False,
        )
    made.before = made.values()
    return made


def people_text(step: StepDraft, settings: NotificationSettings) -> str:
    """Return whom a step tells, or what to do where nobody is chosen."""
    names = {each.id: each.name for each in (*settings.groups, *settings.recipients)}
    channel = settings.channel(step.channel) if step.channel is not None else None
    of_none = {"email": tr("Choose…"), "desktop": tr("Whoever is there")}.get(channel.kind if channel else "", "–")
    return named([names[each] for each in step.recipients if each in names], of_none)


def _period(period: Period) -> PeriodDraft:
    return PeriodDraft(period.days, f"{period.begin:%H:%M}", f"{period.end:%H:%M}")
