"""From the news of an alarm to the message that was taken, over a journal in a file."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hmi.config.notification_channels import DesktopChannel
from hmi.config.notification_settings import NotificationSettings, Period, Quiet, Recipient, Rule, Step
from hmi.domain.alarms import AlarmEvent, AlarmState, Priority
from hmi.services import port
from hmi.services.notifying.delivery import DeliveryError
from hmi.services.notifying.notifier import CATCH_UP_US, DAY_US, Notifier, NotifierOutputs
from hmi.services.notifying.rules import MINUTE_US
from hmi.services.notifying.schedule import local_of
from tests.conftest import Warnings
from tests.hmi.services.notifying.lane_rig import CHANNEL, Rig
from tests.support.alarm_news import NOON_US, acknowledged, came, row, went_on
from tests.support.plants import CATALOGUE
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio
OTHER = DesktopChannel(name="Hall")
ANA, BO = Recipient(name="Ana", user="ana"), Recipient(name="Bo", user="bo")
GONE = (AlarmEvent.CLEAR, AlarmState.RTNUN)


def rule(*steps: Step, **others: object) -> Rule:
    made = steps or (Step(channel=CHANNEL.id, recipients=(ANA.id,)),)
    return Rule(name="Rule", steps=made, subject="{text}", **others)  # type: ignore[arg-type]  # the rule's own fields


def settings(*rules: Rule, **others: object) -> NotificationSettings:
    parts: dict[str, object] = {"channels": (CHANNEL, OTHER), "recipients": (ANA, BO), "rules": rules}
    return NotificationSettings(**(parts | others))  # type: ignore[arg-type]  # the settings' own fields


CHAIN = rule(
    Step(channel=CHANNEL.id, recipients=(ANA.id,)), Step(channel=CHANNEL.id, recipients=(BO.id,), after_min=10)
)


class Office(Rig):
    """The rig with what the notifier says."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.notifier: Notifier | None = None
        self.statuses: list[port.OutgoingStatus] = []
        self.reports: list[tuple[str, str]] = []
        self.notices: list[str] = []

    def tell(self) -> None:
        if self.notifier is not None:
            self.notifier.status_changed()

    @property
    def heard(self) -> list[str]:
        return [f"{each.recipient}: {each.subject}" for each in self.taken]

    @asynccontextmanager
    async def open(self, found: NotificationSettings, *standing: port.AlarmRow) -> AsyncIterator[Notifier]:
        outputs = NotifierOutputs(self.statuses.append, lambda *words: self.reports.append(words), self.notices.append)
        notifier = self.notifier = Notifier(self.tools, lambda: CATALOGUE, outputs)
        await notifier.start(found, standing)
        try:
            yield notifier
        finally:
            await notifier.stop()

    async def let_pass(self, us: int, condition: Callable[[], bool]) -> None:
        """Let time pass, wake whoever waits for it, and wait for what it brings."""
        self.now_us += us
        assert self.notifier is not None
        self.notifier._time_changed.set()
        self.notifier.look_again()
        await until(condition)

    async def settle(self) -> None:
        """Wait until everything that came is stored, and nothing more goes."""
        notifier = self.notifier
        assert notifier is not None
        await until(lambda: not notifier._news and not notifier._news_came.is_set())
        self.notifier = notifier
        for _ in range(50):
            await asyncio.sleep(0)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


async def test_an_alarm_is_told_once(office: Office) -> None:
    async with office.open(settings(rule())) as notifier:
        notifier.take([came(1)])
        await until(lambda: office.heard == ["ana: Tank level low"])
        notifier.take([came(1), came(2, Priority.LOW, text="Leak")])
        await until(lambda: office.heard == ["ana: Tank level low", "ana: Leak"])
        await until(lambda: office.statuses == [] or office.statuses[-1] == port.OutgoingStatus())
    assert office.reports == [("notification", "")], "an alarm of the last run is taken back"
    (told,) = [each for each in office.taken if each.subject == "Leak"]
    assert (told.facts["priority"], told.facts["station"], told.name) == ("4", "Hill borehole", "Ana")


async def test_an_alarm_that_goes_is_told_to_those_who_heard_of_it(office: Office) -> None:
    chain = CHAIN.model_copy(update={"on_return": True})
    async with office.open(settings(chain)) as notifier:
        notifier.take([came(1), came(2, text="Leak")])
        await until(lambda: len(office.taken) == 2)
        notifier.take([went_on(*GONE, 1)])
        await until(lambda: office.heard[2:] == ["ana: Gone: Tank level low"])
        await office.let_pass(10 * MINUTE_US, lambda: len(office.taken) == 5)
        assert sorted(office.heard[3:]) == [
            "bo: Still unacknowledged: Leak",
            "bo: Still unacknowledged: Tank level low",
        ]
        notifier.take([went_on(*GONE, 2, text="Leak")])
        await until(lambda: sorted(office.heard[5:]) == ["ana: Gone: Leak", "bo: Gone: Leak"])
    async with office.open(settings(CHAIN)) as notifier:
        notifier.take([came(3, text="Burst")])
        await until(lambda: "ana: Burst" in office.heard)
        notifier.take([went_on(*GONE, 3, text="Burst")])
        await office.settle()
        assert "ana: Gone: Burst" not in office.heard, "the rule does not tell of it"


async def test_a_chain_goes_on_until_the_acknowledgement(office: Office) -> None:
    async with office.open(settings(CHAIN)) as notifier:
        notifier.take([came(1), came(2, text="Leak")])
        await until(lambda: len(office.taken) == 2)
        notifier.take([acknowledged(1)])
        await office.let_pass(10 * MINUTE_US - 1, lambda: True)
        await office.settle()
        assert len(office.taken) == 2
        assert len(notifier._escalation) == 1, "what was acknowledged is forgotten"
        await office.let_pass(1, lambda: office.heard[2:] == ["bo: Still unacknowledged: Leak"])


async def test_an_alarm_that_was_deleted_is_not_escalated(office: Office) -> None:
    async with office.open(settings(CHAIN)) as notifier:
        notifier.take([came(1)])
        await until(lambda: len(office.taken) == 1 and len(notifier._escalation) == 1)
        notifier.forget([row(1).id])
        assert len(notifier._escalation) == 0
        await office.let_pass(11 * MINUTE_US, lambda: True)
        await office.settle()
        assert len(office.taken) == 1


async def test_a_step_of_an_earlier_occurrence_is_not_told(office: Office) -> None:
    async with office.open(settings(CHAIN), row(1, activated_us=NOON_US + MINUTE_US)) as notifier:
        await until(lambda: len(office.taken) == 1)
        notifier._escalation.begin(row(1).occurrence.alarm_id, NOON_US, [(NOON_US, CHAIN.id, 1)])
        await office.let_pass(1, lambda: True)
        await office.settle()
        assert len(office.taken) == 1


async def test_an_alarm_that_is_hidden_is_not_escalated(office: Office) -> None:
    async with office.open(settings(CHAIN)) as notifier:
        notifier.take([came(1)])
        await until(lambda: len(office.taken) == 1)
        notifier.take([went_on(AlarmEvent.SHELVE, AlarmState.SHLVD, 1)])
        await office.let_pass(11 * MINUTE_US, lambda: True)
        await office.settle()
        assert len(office.taken) == 1


async def test_a_restart_goes_on_where_the_last_run_ended(office: Office, log_warnings: Warnings) -> None:
    office.is_down = True
    async with office.open(settings(CHAIN)) as notifier:
        notifier.take([came(1), came(2, text="Leak")])
        await until(lambda: list(office.states().values()) == ["waiting"] * 2 and office.rows()["Leak"].attempts == 1)
        await until(lambda: any(sentence for _, sentence in office.reports))
    office.is_down = False
    office.reports.clear()
    office.now_us += 12 * MINUTE_US
    rows = [row(1), row(2, state=AlarmState.ACKED, text="Leak"), row(3, text="Missed for a crash")]
    old = row(4, text="Old", activated_us=office.now_us - CATCH_UP_US - 11 * MINUTE_US)
    async with office.open(settings(CHAIN), *rows, old):
        await until(lambda: len(office.taken) == 5)
        assert sorted(office.heard) == [
            "ana: Leak",
            "ana: Missed for a crash",
            "ana: Tank level low",
            "bo: Still unacknowledged: Missed for a crash",
            "bo: Still unacknowledged: Tank level low",
        ]
    async with office.open(settings(CHAIN), *rows, old):
        await office.settle()
        assert len(office.taken) == 5
    log_warnings.take("notification channel failed")


async def test_quiet_hours_end_with_one_message(office: Office) -> None:
    now = local_of(NOON_US)
    begin, end = (now + datetime.timedelta(hours=hours) for hours in (-1, 2))
    period = Period(begin=begin.time().replace(tzinfo=None), end=end.time().replace(tzinfo=None))
    quiet = Quiet(period=period, spared=Priority.CRITICAL)
    async with office.open(settings(rule(quiet=quiet, on_return=True))) as notifier:
        notifier.take([came(number, Priority.LOW, text=f"Low {number}") for number in range(1, 6)])
        notifier.take([came(9, Priority.CRITICAL, text="Urgent")])
        await until(lambda: office.heard == ["ana: Urgent"])
        await until(lambda: office.statuses != [] and office.statuses[-1] == port.OutgoingStatus(held=5))
        notifier.take([went_on(*GONE, 5, Priority.LOW, text="Low 5")])
        await until(lambda: office.statuses[-1] == port.OutgoingStatus(held=6))
        await office.let_pass(120 * MINUTE_US - 1, lambda: True)
        await office.settle()
        assert len(office.taken) == 1
        await office.let_pass(1, lambda: len(office.taken) == 2)
        assert office.taken[1].subject == "Quiet hours: 6 alarm messages (6 low)"
        for number in range(1, 6):
            assert f"Low {number}" in office.taken[1].body
        await until(lambda: office.statuses[-1] == port.OutgoingStatus())


async def test_one_alone_in_quiet_hours_comes_as_it_is(office: Office) -> None:
    moment = local_of(NOON_US).time().replace(tzinfo=None)
    end = (local_of(NOON_US) + datetime.timedelta(minutes=5)).time().replace(tzinfo=None)
    quiet = Quiet(period=Period(begin=moment, end=end), spared=Priority.CRITICAL)
    async with office.open(settings(rule(quiet=quiet))) as notifier:
        notifier.take([came(1)])
        await until(lambda: "held" in office.states().values())
        await office.let_pass(5 * MINUTE_US, lambda: office.heard == ["ana: Tank level low"])


async def test_a_channel_that_fails_is_an_alarm_until_it_works(office: Office, log_warnings: Warnings) -> None:
    office.is_down = True
    async with office.open(settings(rule())) as notifier:
        notifier.take([came(1)])
        await until(lambda: len(office.reports) > 0 and office.reports[-1][1] != "")
        assert office.reports[-1] == ("notification", "Office: The server is down.")
        await until(lambda: office.statuses[-1].waiting == 1)
        office.is_down = False
        await office.let_pass(31_000_000, lambda: office.reports[-1] == ("notification", ""))
        assert office.statuses[-1] == port.OutgoingStatus()
    log_warnings.take("notification channel failed")


async def test_what_was_given_up_is_an_alarm_until_a_person_decides(office: Office, log_warnings: Warnings) -> None:
    office.answers = [DeliveryError("no such user", is_final=True, is_of_channel=False)]
    async with office.open(settings(rule())) as notifier:
        notifier.take([came(1)])
        await until(lambda: len(office.reports) > 0 and "Messages given up: 1;" in office.reports[-1][1])
        office.store.discard([office.rows()["Tank level low"].seq], "Ana")
        notifier.look_again()
        await until(lambda: office.reports[-1] == ("notification", ""))
    log_warnings.take("laid aside")


async def test_a_journal_that_refuses_loses_nothing_and_is_told(office: Office, log_warnings: Warnings) -> None:
    async with office.open(settings(rule())) as notifier:
        office.refuses_writes = True
        notifier.take([came(1)])
        await until(lambda: len(office.reports) > 0 and "disk full" in office.reports[-1][1])
        office.refuses_writes = False
        notifier.take([came(2, text="Leak")])
        await until(lambda: sorted(office.heard) == ["ana: Leak", "ana: Tank level low"])
        await until(lambda: office.reports[-1] == ("notification", ""))
    log_warnings.take("messages cannot be stored")


async def test_other_settings_hold_at_once(office: Office, log_warnings: Warnings) -> None:
    office.is_down = True
    async with office.open(settings(rule())) as notifier:
        notifier.take([came(1)])
        await until(lambda: list(office.states().values()) == ["waiting"])
        to_hall = settings(rule(Step(channel=OTHER.id)), channels=(OTHER,))
        office.is_down = False
        await notifier.apply(to_hall)
        await until(lambda: office.states() == {"Tank level low": "dead"})
        assert office.rows()["Tank level low"].error == "The channel was deleted."
        notifier.take([came(2, text="Leak")])
        await until(lambda: office.heard == [": Leak"])
        await notifier.apply(settings(rule(), is_on=False))
        notifier.take([came(3)])
        await office.settle()
        assert len(office.taken) == 1
    log_warnings.take("notification channel failed")


async def test_a_new_rule_does_not_tell_of_what_was_due_before_it(office: Office) -> None:
    later = rule(
        Step(channel=CHANNEL.id, after_min=5, recipients=(ANA.id,)),
        Step(channel=CHANNEL.id, after_min=20, recipients=(BO.id,)),
    )
    async with office.open(settings()) as notifier:
        notifier.take([came(1)])
        await office.settle()
        office.now_us += 10 * MINUTE_US
        await notifier.apply(settings(later))
        await office.let_pass(10 * MINUTE_US, lambda: office.heard == ["bo: Still unacknowledged: Tank level low"])


async def test_a_flood_is_stored_whole_and_told_in_few(office: Office) -> None:
    async with office.open(settings(rule())) as notifier:
        for begin in range(0, 2_000, 100):
            notifier.take([came(number, text=f"Alarm {number}") for number in range(begin, begin + 100)])
        await until(lambda: len(office.rows()) >= 2_000, 20)
        await until(lambda: len(office.taken) == 5, 10)
        for _ in range(3):
            await office.let_pass(MINUTE_US, lambda: True)
            await until(lambda: notifier._status.waiting == 0 or len(office.taken) >= 6, 10)
        counted = sum(
            int(each.subject.split()[2]) if each.subject.startswith("Alarm flood") else 1 for each in office.taken
        )
        assert counted == 2_000, "nothing is left out"
        assert len(office.taken) <= 10


async def test_old_messages_are_forgotten(office: Office) -> None:
    office.put("old", made_us=NOON_US - 91 * DAY_US, state="sent")
    office.put("young", state="sent")
    async with office.open(settings()):
        await until(lambda: office.states() == {"young": "sent"})
