"""Words of this pane; no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from hmi.config.notification_channels import DesktopChannel, EmailChannel, Method, Security, WebhookChannel
from hmi.config.notification_settings import NotificationSettings, Period, Rule, Step
from hmi.domain.alarms import TYPE_LABELS, AlarmType, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.services.port import ChannelState, OutgoingMessage, OutgoingState
from hmi.ui.words import moment_text

AnyChannel = EmailChannel | WebhookChannel | DesktopChannel

PRIORITIES: Final = {
    Priority.CRITICAL: tr("Critical"),
    Priority.HIGH: tr("High"),
    Priority.MEDIUM: tr("Medium"),
    Priority.LOW: tr("Low"),
}
DAYS: Final = (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))
KINDS: Final = {"email": tr("E-mail"), "webhook": tr("Webhook"), "desktop": tr("Screen")}
SECURITIES: Final = (
    (tr("STARTTLS (mostly port 587)"), Security.STARTTLS),
    (tr("TLS (mostly port 465)"), Security.TLS),
    (tr("None: anybody on the way can read along"), Security.NONE),
)
METHODS: Final = ((tr("POST"), Method.POST), (tr("PUT"), Method.PUT))
STATES: Final = {
    OutgoingState.WAITING: tr("Waiting"),
    OutgoingState.HELD: tr("Held, quiet hours"),
    OutgoingState.SENT: tr("Sent"),
    OutgoingState.MERGED: tr("In a summary"),
    OutgoingState.DEAD: tr("Given up"),
    OutgoingState.DISCARDED: tr("Discarded"),
}
FILTERS: Final = (
    (tr("Given up and waiting"), (OutgoingState.DEAD, OutgoingState.WAITING, OutgoingState.HELD)),
    (tr("Given up"), (OutgoingState.DEAD,)),
    (tr("Sent"), (OutgoingState.SENT, OutgoingState.MERGED)),
    (tr("Discarded"), (OutgoingState.DISCARDED,)),
    (tr("All"), ()),
)
NAMED: Final = 3


def named(names: Sequence[str], of_none: str) -> str:
    """Return a few names and how many more there are; `of_none` for none."""
    if not names:
        return of_none
    rest = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + rest


def days_text(days: Iterable[int]) -> str:
    """Return days of the week, a run of them by its ends."""
    found = sorted(set(days))
    if len(found) == len(DAYS):
        return tr("Every day")
    if len(found) > 2 and found == list(range(found[0], found[-1] + 1)):  # two days are named both
        return f"{DAYS[found[0]]}–{DAYS[found[-1]]}"
    return ", ".join(DAYS[day] for day in found)


def period_text(period: Period) -> str:
    """Return a period of the week."""
    if period.begin == period.end:
        hours = tr("from {time}").format(time=f"{period.begin:%H:%M}") if period.begin.hour else tr("all day")
    else:
        hours = f"{period.begin:%H:%M}–{period.end:%H:%M}"
    return f"{days_text(period.days)} {hours}"


def which_text(rule: Rule, catalogue: Catalogue) -> str:
    """Return which alarms a rule is about."""
    places = [catalogue.area_by_id[each].name for each in rule.areas if each in catalogue.area_by_id]
    places += [catalogue.station_by_id[each].name for each in rule.stations if each in catalogue.station_by_id]
    is_all = len(rule.priorities) == len(Priority)
    priorities = tr("All priorities") if is_all else ", ".join(PRIORITIES[each] for each in sorted(rule.priorities))
    parts = [priorities, named(places, tr("whole plant"))]
    if rule.types:
        parts.append(named([TYPE_LABELS[each] for each in rule.types], ""))
    if rule.periods:
        parts.append("; ".join(period_text(each) for each in rule.periods))
    return " · ".join(parts)


def tells_text(rule: Rule, settings: NotificationSettings) -> str:
    """Return whom a rule tells how, step by step."""
    return "; ".join(step_text(step, settings) for step in sorted(rule.steps, key=lambda step: step.after_min))


def step_text(step: Step, settings: NotificationSettings) -> str:
    """Return one step of a rule."""
    channel = settings.channel(step.channel)
    people = {each.id: each.name for each in (*settings.recipients, *settings.groups)}
    names = [people[each] for each in step.recipients if each in people]
    text = channel.name if channel else tr("deleted")
    if names:
        text += f" → {named(names, '')}"
    return tr("after {minutes} min {step}").format(minutes=step.after_min, step=text) if step.after_min else text


def where_text(channel: AnyChannel) -> str:
    """Return where a channel's messages go; of a web address the server only, the rest is often its secret."""
    if isinstance(channel, EmailChannel):
        return f"{channel.host}:{channel.port}"
    if isinstance(channel, WebhookChannel):
        return channel.url.split("/")[2]
    return tr("this computer")


def channel_text(channel: AnyChannel, state: ChannelState | None) -> str:
    """Return how a channel works."""
    if not channel.is_on:
        return tr("Off")
    if state is not None and state.fault:
        return state.fault
    if isinstance(channel, EmailChannel) and channel.user and not (state and state.has_secret):
        return tr("The password is missing.")
    if state is not None and state.sent_us:
        return tr("Worked at {time}").format(time=moment_text(state.sent_us))
    return tr("Not used since the start")


def type_choices() -> tuple[tuple[str, AlarmType], ...]:
    """Return the types of alarms to choose from."""
    return tuple((label, kind) for kind, label in TYPE_LABELS.items())


def place_choices(catalogue: Catalogue) -> tuple[tuple[str, UUID], ...]:
    """Return the stations to choose from, each with its area."""
    areas: Mapping[UUID, str] = {area.id: area.name for area in catalogue.areas}
    return tuple((f"{areas.get(each.area_id, '')} · {each.name}", each.id) for each in catalogue.stations)


def message_cells(message: OutgoingMessage) -> tuple[str, ...]:
    """Return a message as a row: when, what, to whom, over what, how it stands, what was wrong."""
    to = f"{message.name} {message.recipient}".strip() if message.recipient else message.name
    state = STATES[message.state]
    if message.state is OutgoingState.WAITING and message.attempts:
        state = tr("Again at {time}").format(time=moment_text(message.next_us))
    if message.state is OutgoingState.HELD:
        state = tr("Held until {time}").format(time=moment_text(message.next_us))
    return (moment_text(message.made_us), message.subject, to or "–", message.channel, state, message.error)
