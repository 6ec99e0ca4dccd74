"""Facts of the setup of notifications, against a port that answers from a table."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from hmi.config.notification_channels import EmailChannel, Security, WebhookChannel
from hmi.config.notification_settings import Period, Recipient, Rule
from hmi.config.sound_settings import SoundSettings
from hmi.domain.alarms import Priority
from hmi.domain.roles import DEMO_OPERATOR, LOCAL_ADMIN, OPERATOR, User
from hmi.panes.notifications.drafts import ChannelDraft, GroupDraft, PersonDraft
from hmi.panes.notifications.presenter import NotificationsPresenter, Part
from hmi.panes.notifications.rule_draft import RuleDraft
from hmi.panes.notifications.words import days_text, period_text
from hmi.services.port import (
    DiscardOutgoing,
    Frame,
    OutgoingState,
    OutgoingStatus,
    ReadNotifications,
    RefusedError,
    RetryOutgoing,
    SaveNotifications,
    SaveSoundSettings,
    SetChannelSecret,
    TestChannel,
    TestSound,
)
from tests.hmi.panes.notifications.notifications_stage import (
    ANA,
    BO,
    CY,
    HILL,
    HOOK,
    MAIL,
    NIGHT,
    SCREEN,
    SETTINGS,
    URGENT,
    answer,
)
from tests.support.fake_port import FakePort
from tests.support.panes import mirror_of_plant

pytestmark = pytest.mark.asyncio


class Made:
    def __init__(self, user: User = LOCAL_ADMIN) -> None:
        self.mirror, self.port = mirror_of_plant(user), FakePort()
        answer(self.port)
        self.presenter = NotificationsPresenter(self.mirror, self.port)
        self.changes = 0
        self.presenter.listen(self.mirror.listen, self._count, lambda: None)

    def _count(self) -> None:
        self.changes += 1


async def made(user: User = LOCAL_ADMIN) -> Made:
    found = Made(user)
    await found.presenter.refresh()
    return found


async def test_everything_is_told_in_words() -> None:
    presenter = (await made()).presenter
    urgent, hill = presenter.rule_rows()
    assert urgent.cells == (
        "Urgent, around the clock",
        "Critical, High · whole plant",
        "Control room; Office mail → Night shift; after 10 min On-call service",
        "In use",
    )
    assert hill.cells[1] == "All priorities · North, Hill borehole · Low · Mon–Fri 07:00–17:30"
    mail, hook, screen = presenter.channel_rows()
    assert (mail.cells[2], mail.is_bad) == ("mail.example.org:587", True)
    assert "does not answer" in mail.cells[3]
    assert hook.cells[2] == "hooks.example.org", "the rest of a webhook's address is often its secret"
    assert hook.cells[3].startswith("Worked at")
    assert screen.cells[3] == "Not used since the start"
    assert next(row.cells for row in presenter.people_rows()) == ("Night shift", "Group", "Ana, Bo")
    assert [row.part for row in presenter.people_rows()] == [Part.GROUPS] + [Part.RECIPIENTS] * 3
    assert [cells[4].split(" at ")[0].split(" until ")[0] for cells in presenter.messages.rows()] == [
        "Again",
        "Given up",
        "Held",
    ]
    assert days_text((0, 2, 4)) == "Mon, Wed, Fri"
    assert period_text(Period()) == "Every day all day"


async def test_what_frames_bring_is_shown() -> None:
    found = await made()
    assert found.presenter.counts == "All messages are delivered."
    before = found.changes
    found.mirror.take(Frame(outgoing=OutgoingStatus(2, 0, 1, "Office mail: no answer.")))
    assert found.changes > before
    assert found.presenter.fault == "Office mail: no answer."
    assert "Waiting: 2" in found.presenter.counts


async def test_who_may_edit() -> None:
    operator = await made(User("Ana", OPERATOR))
    assert not operator.presenter.may_edit
    assert "Ana may look" in operator.presenter.why_not
    assert (await made(DEMO_OPERATOR)).presenter.may_edit
    refused = Made()
    refused.port.answers[ReadNotifications] = RefusedError("Nobody may.")
    await refused.presenter.refresh()
    assert (refused.presenter.may_edit, refused.presenter.fault) == (False, "Nobody may.")


async def test_a_channel_is_typed_checked_tested_and_saved_with_its_password() -> None:
    found = await made()
    presenter = found.presenter
    presenter.add_channel("email")
    draft = presenter.draft
    assert isinstance(draft, ChannelDraft)
    await presenter.save()
    assert set(draft.faults) == {"name", "host", "sender"}
    assert found.port.count(SaveNotifications) == 0
    for name, value in (("name", "Backup"), ("host", "mail2.example.org"), ("sender", "roams@example.org")):
        draft.change(name, value)
    draft.change("security", Security.TLS)
    draft.change("port", "465")
    draft.secret = "pass-word"
    presenter.trials.address = "ana@example.org"
    await presenter.test_draft()
    tested = found.port.last(TestChannel)
    assert (tested.address, tested.secret, tested.channel.name) == ("ana@example.org", "pass-word", "Backup")
    assert presenter.trials.channels[draft.id].words.startswith("Taken by")
    await presenter.save()
    saved = found.port.last(SaveNotifications).settings.channels[-1]
    assert isinstance(saved, EmailChannel)
    assert (saved.id, saved.port, saved.security) == (draft.id, 465, Security.TLS)
    assert found.port.last(SetChannelSecret) == SetChannelSecret(draft.id, "pass-word")
    assert presenter.draft is None
    assert presenter.said == "The password is kept in the keyring."


async def test_an_edit_stays_in_its_place_and_keeps_the_secret_that_was_not_typed() -> None:
    found = await made()
    presenter = found.presenter
    presenter.edit(Part.CHANNELS, HOOK.id)
    draft = presenter.draft
    assert isinstance(draft, ChannelDraft)
    assert not draft.is_changed
    draft.change("headers", "X-Plant: North\n\nX-Shift: Night")
    assert draft.is_changed
    await presenter.save()
    channels = found.port.last(SaveNotifications).settings.channels
    assert [each.id for each in channels] == [MAIL.id, HOOK.id, SCREEN.id]
    assert isinstance(channels[1], WebhookChannel)
    assert [(each.name, each.value) for each in channels[1].headers] == [("X-Plant", "North"), ("X-Shift", "Night")]
    assert found.port.count(SetChannelSecret) == 0


async def test_a_name_that_is_taken_is_told_at_the_form() -> None:
    found = await made()
    presenter = found.presenter
    presenter.add(Part.RECIPIENTS)
    draft = presenter.draft
    assert isinstance(draft, PersonDraft)
    draft.change("name", "ana")
    await presenter.save()
    assert "there twice" in draft.faults[""]
    draft.change("name", "Dee")
    draft.change("email", "dee")
    await presenter.save()
    assert draft.faults == {"email": "Type an address such as ana@example.org."}
    draft.change("email", "dee@example.org")
    await presenter.save()
    assert found.port.last(SaveNotifications).settings.recipients[-1].name == "Dee"


async def test_a_group_is_edited() -> None:
    found = await made()
    presenter = found.presenter
    presenter.edit(Part.GROUPS, NIGHT.id)
    assert isinstance(presenter.draft, GroupDraft)
    presenter.draft.change("members", (CY.id,))
    await presenter.save()
    assert "mail to nobody" in presenter.draft.faults[""], "nobody with an address is left in it"
    presenter.draft.change("members", (BO.id,))
    await presenter.save()
    assert found.port.last(SaveNotifications).settings.groups[0].members == (BO.id,)


async def test_what_a_rule_needs_is_not_deleted() -> None:
    found = await made()
    presenter = found.presenter
    assert "wait for Office mail are given up" in presenter.delete_question(Part.CHANNELS, MAIL.id)
    await presenter.delete(Part.CHANNELS, MAIL.id)
    assert "uses a channel that is not there" in presenter.fault
    assert found.port.count(SaveNotifications) == 0
    await presenter.delete(Part.RECIPIENTS, CY.id)
    assert found.port.last(SaveNotifications).settings.recipients == (ANA, BO)
    await presenter.delete(Part.RULES, HILL.id)
    assert presenter.settings.rules == (URGENT,)


async def test_a_rule_comes_back_as_it_was() -> None:
    found = await made()
    for rule in (URGENT, HILL):
        found.presenter.edit(Part.RULES, rule.id)
        draft = found.presenter.draft
        assert isinstance(draft, RuleDraft)
        assert not draft.is_changed
        assert draft.build(SETTINGS) == rule


async def test_a_rule_is_checked_where_it_was_typed() -> None:
    found = await made()
    presenter = found.presenter
    presenter.add(Part.RULES)
    draft = presenter.draft
    assert isinstance(draft, RuleDraft)
    draft.subject = "{nobody}"
    draft.priorities = ()
    await presenter.save()
    assert set(draft.faults) == {"name", "subject", "priorities", "steps"}
    assert "{nobody} is not known" in draft.faults["subject"]
    assert draft.faults["steps"] == "Choose somebody with a mail address for step 1."
    draft.name, draft.subject, draft.priorities = "Third", "{text}", (Priority.LOW,)
    draft.steps[0].recipients = (CY.id,)
    await presenter.save()
    assert set(draft.faults) == {"steps"}
    draft.steps[0].recipients = (CY.id, NIGHT.id)
    draft.steps[0].after_min = "soon"
    await presenter.save()
    assert draft.faults == {"steps": "Type a whole number."}
    draft.steps[0].after_min = "5"
    draft.has_quiet, draft.quiet.begin = True, "25:00"
    await presenter.save()
    assert draft.faults == {"quiet": "Type a time such as 06:30."}
    draft.quiet.begin = "23:30"
    await presenter.save()
    saved = found.port.last(SaveNotifications).settings.rules[-1]
    assert isinstance(saved, Rule)
    assert (saved.name, saved.steps[0].after_min, saved.quiet and saved.quiet.period.begin.minute) == ("Third", 5, 30)


async def test_a_rule_needs_a_channel_first() -> None:
    found = await made()
    presenter = found.presenter
    presenter.add(Part.RULES)
    draft = presenter.draft
    assert isinstance(draft, RuleDraft)
    draft.name = "x"
    draft.steps[0].channel = None
    await presenter.save()
    assert draft.faults["steps"] == "Choose a channel for step 1."


async def test_tests_say_how_they_went() -> None:
    found = await made()
    presenter = found.presenter
    presenter.trials.address = "ana@example.org"
    await presenter.test(MAIL.id)
    assert found.port.last(TestChannel).secret is None
    assert presenter.channel_rows()[0].cells[3] == "Taken by mail.example.org:587 in 0.3 s."
    found.port.answers[TestChannel] = RefusedError("The mail server does not answer.")
    await presenter.test(HOOK.id)
    assert (found.port.last(TestChannel).address, presenter.channel_rows()[1].is_bad) == ("", True)
    await presenter.test(uuid4())
    await presenter.trials.play(Priority.HIGH)
    assert presenter.trials.tones[Priority.HIGH].words == "Played with pw-play."
    found.port.answers[TestSound] = RefusedError("No sound came out.")
    await presenter.trials.play(Priority.HIGH)
    assert presenter.trials.tones[Priority.HIGH].is_bad


async def test_a_test_shows_that_it_runs() -> None:
    found = await made()
    may_end = asyncio.Event()

    async def slowly(_request: object) -> str:
        await may_end.wait()
        return "Taken."

    found.port.answers[TestChannel] = slowly
    testing = asyncio.create_task(found.presenter.test(SCREEN.id))
    await asyncio.sleep(0)
    assert found.presenter.channel_rows()[2].cells[3] == "Sending a test…"
    may_end.set()
    await testing
    assert found.presenter.channel_rows()[2].cells[3] == "Taken."


async def test_messages_are_sent_again_and_discarded() -> None:
    found = await made()
    messages = found.presenter.messages
    assert [messages.can_retry([row]) for row in range(3)] == [False, True, False]
    assert messages.can_discard([0])
    assert not messages.can_retry([99])
    await messages.retry([1])
    assert (found.port.last(RetryOutgoing).seqs, messages.said) == ((3,), "Sent again: 1.")
    await messages.discard([0, 1])
    assert found.port.last(DiscardOutgoing).seqs == (4, 3)
    await messages.choose_filter(2)
    assert [each.state for each in messages.found] == [OutgoingState.SENT]
    found.port.answers[RetryOutgoing] = RefusedError("Nobody may.")
    await messages.retry([0])
    assert found.presenter.fault == "Nobody may."


async def test_the_sound_is_typed_checked_and_saved() -> None:
    found = await made()
    sound = found.presenter.sound
    assert not sound.is_changed
    sound.repeat[Priority.LOW] = "2"
    assert sound.check()[1] == {"low": "0 for once, or at least 3 s."}
    sound.repeat[Priority.LOW] = "much"
    assert sound.check()[1] == {"low": "Type a number."}
    sound.volume = "0"
    assert set(sound.check()[1]) == {"low", "volume"}
    await found.presenter.save_sound()
    assert found.port.count(SaveSoundSettings) == 0
    sound.repeat[Priority.LOW], sound.volume, sound.is_on[Priority.MEDIUM] = "0", "40", False
    await found.presenter.refresh()
    assert sound.is_changed, "what is being typed stays"
    await found.presenter.save_sound()
    saved = found.port.last(SaveSoundSettings).settings
    assert (saved.volume, saved.low.repeat_s, saved.medium.is_on, saved.high) == (40, 0, False, SoundSettings().high)
    assert not sound.is_changed


async def test_a_refusal_is_told_and_nothing_typed_is_lost() -> None:
    found = await made()
    found.port.answers[SaveNotifications] = RefusedError("The disk is full.")
    found.presenter.edit(Part.RECIPIENTS, ANA.id)
    draft = found.presenter.draft
    assert isinstance(draft, PersonDraft)
    draft.change("name", "Anna")
    await found.presenter.save()
    assert found.presenter.draft is draft
    assert draft.faults == {"": "The disk is full."}
    assert isinstance(SETTINGS.recipients[0], Recipient)
