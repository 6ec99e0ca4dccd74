"""Which messages an alarm asks for."""

from __future__ import annotations

import datetime
from uuid import uuid4

import pytest

from hmi.config.notification_channels import DesktopChannel, EmailChannel, WebhookChannel
from hmi.config.notification_settings import Group, NotificationSettings, Period, Quiet, Recipient, Rule, Step
from hmi.domain.alarms import AlarmType, Priority
from hmi.services.notifying.rules import MINUTE_US, Told, later_steps, wanted_at_once, wanted_of_step
from tests.support.alarm_news import NOON_US, row
from tests.support.plants import AREA, CATALOGUE, STATION

UTC = datetime.UTC
MAIL = EmailChannel(name="Mail", host="mail", sender="roams@example.org")
HOOK = WebhookChannel(name="Hook", url="https://hooks.example.org")
SCREEN = DesktopChannel(name="Screen")
ANA, BO = Recipient(name="Ana", email="ana@example.org", user="ana"), Recipient(name="Bo", email="bo@example.org")
CY = Recipient(name="Cy")
TEAM = Group(name="Team", members=(ANA.id, CY.id))


def settings(*rules: Rule, **others: object) -> NotificationSettings:
    parts: dict[str, object] = {
        "channels": (MAIL, HOOK, SCREEN),
        "recipients": (ANA, BO, CY),
        "groups": (TEAM,),
        "rules": rules,
    }
    return NotificationSettings(**(parts | others))  # type: ignore[arg-type]  # the settings' own fields


def rule(*steps: Step, **others: object) -> Rule:
    made = steps or (Step(channel=MAIL.id, recipients=(BO.id,)),)
    return Rule(name="Rule", steps=made, **others)  # type: ignore[arg-type]  # the rule's own fields


def asked(found: NotificationSettings, at_us: int = NOON_US, **others: object) -> list[str]:
    """Return the addresses that an alarm asks for."""
    alarm = row(**others)  # type: ignore[arg-type]  # the row's own parameters
    return [each.target.address for each in wanted_at_once(found, alarm, CATALOGUE, at_us, UTC)]


@pytest.mark.parametrize(
    ("conditions", "is_wanted"),
    [
        ({}, True),
        ({"priorities": (Priority.HIGH, Priority.LOW)}, True),
        ({"priorities": (Priority.CRITICAL,)}, False),
        ({"types": (AlarmType.LOW,)}, True),
        ({"types": (AlarmType.HIGH,)}, False),
        ({"areas": (AREA.id,)}, True),
        ({"areas": (uuid4(),)}, False),
        ({"stations": (STATION.id,)}, True),
        ({"stations": (uuid4(),)}, False),
        ({"areas": (uuid4(),), "stations": (STATION.id,)}, True),
        ({"is_on": False}, False),
        ({"periods": (Period(days=(4,)),)}, True),
        ({"periods": (Period(days=(5,)),)}, False),
        ({"periods": (Period(days=(5,)), Period(begin=datetime.time(12), end=datetime.time(13)))}, True),
        ({"periods": (Period(begin=datetime.time(13), end=datetime.time(11)),)}, False),
    ],
)
def test_a_rule_is_about_some_alarms(conditions: dict[str, object], is_wanted: bool) -> None:
    assert asked(settings(rule(**conditions))) == (["bo@example.org"] if is_wanted else [])


def test_an_alarm_of_no_station_is_told_by_rules_for_the_whole_plant_only() -> None:
    assert asked(settings(rule()), station_id=None) == ["bo@example.org"]
    assert asked(settings(rule(stations=(STATION.id,))), station_id=None) == []


def test_everybody_is_told_once_a_step_over_their_own_address() -> None:
    step = Step(channel=MAIL.id, recipients=(TEAM.id, ANA.id, BO.id))
    assert asked(settings(rule(step))) == ["ana@example.org", "bo@example.org"], "Cy has no address"
    assert asked(settings(rule(Step(channel=HOOK.id, recipients=(ANA.id, BO.id))))) == [""], "a webhook is called once"
    assert asked(settings(rule(Step(channel=SCREEN.id)))) == [""]
    assert asked(settings(rule(Step(channel=SCREEN.id, recipients=(ANA.id, BO.id))))) == ["ana", ""]


def test_what_is_switched_off_tells_nobody() -> None:
    off = MAIL.model_copy(update={"is_on": False})
    assert asked(settings(rule(), channels=(off, HOOK, SCREEN))) == []
    assert asked(settings(rule(), is_on=False)) == []


def test_later_steps_come_after_their_minutes() -> None:
    first, second = Step(channel=SCREEN.id), Step(channel=MAIL.id, recipients=(ANA.id,), after_min=10)
    chain = rule(first, second, Step(channel=HOOK.id, after_min=30))
    found = settings(chain)
    assert asked(found) == [""]
    steps = list(later_steps(found, row(), CATALOGUE, UTC))
    assert steps == [(NOON_US + 10 * MINUTE_US, chain.id, 1), (NOON_US + 30 * MINUTE_US, chain.id, 2)]
    (wanted,) = wanted_of_step(found, chain, 1, Priority.HIGH, NOON_US + 10 * MINUTE_US, UTC)
    assert (wanted.told, wanted.target.address) == (Told.STILL, "ana@example.org")


def test_a_chain_that_began_in_its_period_goes_on_after_it() -> None:
    period = Period(begin=datetime.time(6), end=datetime.time(12, 5))
    chain = rule(Step(channel=MAIL.id, recipients=(ANA.id,), after_min=10), periods=(period,))
    assert len(list(later_steps(settings(chain), row(), CATALOGUE, UTC))) == 1
    late = row(activated_us=NOON_US + 6 * MINUTE_US)
    assert list(later_steps(settings(chain), late, CATALOGUE, UTC)) == []


def test_quiet_hours_hold_what_is_not_urgent_until_they_end() -> None:
    quiet = Quiet(period=Period(begin=datetime.time(11), end=datetime.time(14)), spared=Priority.HIGH)
    found = settings(rule(quiet=quiet))
    held = {
        priority: [each.held_until_us for each in wanted_at_once(found, row(1, priority), CATALOGUE, NOON_US, UTC)]
        for priority in Priority
    }
    two = NOON_US + 120 * MINUTE_US
    assert held == {Priority.CRITICAL: [0], Priority.HIGH: [0], Priority.MEDIUM: [two], Priority.LOW: [two]}
    (later,) = wanted_at_once(found, row(1, Priority.LOW), CATALOGUE, two, UTC)
    assert later.held_until_us == 0
