"""Calling people through the whole of the services: requests, real servers on the loopback, and what is on the disk."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from hmi.config.notification_channels import DesktopChannel, EmailChannel, Security, WebhookChannel, secret_name
from hmi.config.notification_settings import NotificationSettings, Recipient, Rule, Step
from hmi.config.sound_settings import SoundSettings
from hmi.domain.alarms import Priority
from hmi.domain.roles import LOCAL_ADMIN, OPERATOR, VISITOR, Permission, User
from hmi.services import port
from hmi.services.mirror import Change, Mirror
from hmi.services.notifying import couriers
from hmi.services.port import OutgoingState
from hmi.services.services import Services
from tests.conftest import Warnings
from tests.support.archives import running_services
from tests.support.mail_server import PASSWORD, USER, Certificates, MailServer, mail_server, rude_server
from tests.support.waiting import until
from tests.support.web_server import web_server

pytestmark = pytest.mark.asyncio
ANA = Recipient(name="Ana", email="ana@example.org")
SCREEN = DesktopChannel(name="Screen")
LATER = ("notification channel failed", "session only", "keyring", "laid aside", "background")


@pytest.fixture(autouse=True)
def quiet_log(log_warnings: Warnings) -> Iterator[None]:
    yield
    log_warnings.take(*LATER)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("pki"))


def mail_to(server: MailServer, security: Security = Security.NONE, user: str = "") -> EmailChannel:
    return EmailChannel(
        name="Mail", host="127.0.0.1", port=server.port, security=security, sender="roams@example.org", user=user
    )


def telling(channel: EmailChannel | WebhookChannel | DesktopChannel) -> NotificationSettings:
    rule = Rule(name="All", steps=(Step(channel=channel.id, recipients=(ANA.id,)),), subject="{text}")
    return NotificationSettings(channels=(channel,), recipients=(ANA,), rules=(rule,))


@asynccontextmanager
async def services_of(
    folder: Path, user: User = LOCAL_ADMIN, certificates: Certificates | None = None
) -> AsyncIterator[Services]:
    async with running_services(folder, user) as services:
        if certificates is not None:
            services.annunciation._couriers._trust = certificates.trust()
        yield services


def raise_alarm(services: Services) -> None:
    services.alarms.report("disk", "The disk is nearly full.")


async def outgoing(services: Services, *states: OutgoingState) -> Mapping[str, port.OutgoingMessage]:
    rows = await services.handle(port.ReadOutgoing(states))
    return {row.subject: row for row in rows}


async def test_an_alarm_is_mailed_with_login_and_encryption_and_the_password_is_nowhere(
    tmp_path: Path, certificates: Certificates
) -> None:
    async with (
        mail_server(certificates.context(), needs_login=True) as server,
        services_of(tmp_path, certificates=certificates) as services,
    ):
        channel = mail_to(server, Security.STARTTLS, USER)
        await services.handle(port.SaveNotifications(telling(channel)))
        assert "password" in await services.handle(port.SetChannelSecret(channel.id, PASSWORD))
        state = await services.handle(port.ReadNotifications())
        assert (state.settings, state.channels[0].has_secret) == (telling_of(state), True)
        raise_alarm(services)
        await until(lambda: len(server.letters) == 1)
        assert server.was_encrypted
        (row,) = (await outgoing(services)).values()
        assert (row.channel, row.rule, row.recipient, row.name) == ("Mail", "All", "ana@example.org", "Ana")
        assert PASSWORD not in repr(port.SetChannelSecret(channel.id, PASSWORD))
    assert secret_free(tmp_path)


def secret_free(folder: Path) -> bool:
    return not any(PASSWORD.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def telling_of(state: port.NotificationState) -> NotificationSettings:
    return NotificationSettings.model_validate(state.settings.model_dump(mode="json"))


async def test_a_451_is_tried_again_and_arrives_once(tmp_path: Path) -> None:
    async with mail_server() as server, services_of(tmp_path) as services:
        server.answers = ["451 later"]
        channel = mail_to(server)
        await services.handle(port.SaveNotifications(telling(channel)))
        raise_alarm(services)
        await until(lambda: server.tries == 1)
        store = services.annunciation._desk._store
        await until_waiting(services)
        await services.journal_thread.run(store.hurry, str(channel.id), time.time_ns() // 1000)
        services.annunciation.notifier.look_again()
        await until(lambda: len(server.letters) == 1)
        assert server.tries == 2


async def until_waiting(services: Services) -> None:
    found: list[port.OutgoingMessage] = []
    while not found:
        rows = await services.handle(port.ReadOutgoing((OutgoingState.WAITING,)))
        found = [row for row in rows if row.attempts]
    assert "451 later" in found[0].error
    assert found[0].next_us > time.time_ns() // 1000 + 10_000_000


async def test_a_restart_sends_what_waited(tmp_path: Path) -> None:
    async with mail_server() as server:
        port_number = server.port
    async with services_of(tmp_path) as services:
        channel = mail_to(server)
        await services.handle(port.SaveNotifications(telling(channel)))
        raise_alarm(services)
        lane = services.annunciation.notifier.lanes[channel.id]
        await until(lambda: "cannot be reached" in lane.fault)
        assert (await services.handle(port.ReadNotifications())).channels[0].fault == lane.fault
        await until(lambda: any(row.text == "Notifications are not delivered" for row in services.alarms.rows()))
    async with mail_server(port=port_number) as again, services_of(tmp_path) as services:
        await until(lambda: len(again.letters) >= 2)
        subjects = sorted(letter.text.split("Subject: ")[1].split("\n")[0].strip() for letter in again.letters)
        assert len(set(subjects)) == len(subjects), "none twice"
        await until(lambda: not any(row.is_active and "not delivered" in row.text for row in services.alarms.rows()))


async def test_webhook_500_then_200(tmp_path: Path) -> None:
    with web_server() as server:
        server.answers = [500]
        async with services_of(tmp_path) as services:
            channel = WebhookChannel(name="Hook", url=server.url())
            await services.handle(port.SaveNotifications(telling(channel)))
            raise_alarm(services)
            lane = services.annunciation.notifier.lanes[channel.id]
            await until(lambda: "fault 500" in lane.fault)
            store = services.annunciation._desk._store
            await services.journal_thread.run(store.hurry, str(channel.id), time.time_ns() // 1000)
            lane.wake()
            await until(lambda: lane.fault == "" and len(server.calls) >= 2)
            await until(lambda: len(server.calls) >= 3)  # the failure was an alarm, and is told, too
            ids = [call.json["id"] for call in server.calls]
            assert ids.count(ids[0]) == 2, "known by the same name at each try"


async def test_a_test_says_exactly_what_happened(
    tmp_path: Path, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "TEST_S", 0.4)
    async with (
        mail_server(certificates.context(), needs_login=True) as server,
        rude_server() as silent,
        services_of(tmp_path, certificates=certificates) as services,
    ):
        channel = mail_to(server, Security.STARTTLS, USER)
        said = await services.handle(port.TestChannel(channel, "ana@example.org", PASSWORD))
        assert said.startswith(f"Taken by 127.0.0.1:{server.port} in 0.")
        assert "Test of the alarm notifications" in server.letters[0].text
        assert "there is no alarm" in server.letters[0].text
        hanging = channel.model_copy(update={"port": silent})
        for wrong, address, secret, words in (
            (channel, "ana@example.org", "wrong", "does not accept the user or the password"),
            (channel, "", PASSWORD, "Type the address"),
            (hanging, "ana@example.org", PASSWORD, "does not answer"),
            (channel, "ana@example.org", None, "password of roams is missing"),
        ):
            began = time.monotonic()
            with pytest.raises(port.RefusedError, match=words):
                await services.handle(port.TestChannel(wrong, address, secret))
            assert time.monotonic() - began < 3
        assert len(server.letters) == 1
        assert await outgoing(services) == {}, "a test is no message of an alarm"


async def test_what_was_given_up_is_listed_and_tried_again_or_discarded(tmp_path: Path) -> None:
    async with mail_server() as server, services_of(tmp_path) as services:
        server.refused = {"ana@example.org": "550 no such user"}
        await services.handle(port.SaveNotifications(telling(mail_to(server))))
        raise_alarm(services)
        notifier = services.annunciation.notifier
        await until(lambda: notifier._status.dead >= 1)
        found = await outgoing(services, OutgoingState.DEAD)
        dead = found["Disk nearly full"]
        assert "550 no such user" in dead.error
        server.refused = {}
        assert await services.handle(port.RetryOutgoing((dead.seq,))) == 1
        sent: Mapping[str, port.OutgoingMessage] = {}
        while "Disk nearly full" not in sent:
            sent = await outgoing(services, OutgoingState.SENT)
        rest = tuple(row.seq for row in (await outgoing(services, OutgoingState.DEAD)).values())
        assert await services.handle(port.DiscardOutgoing(rest)) == len(rest)
        assert await services.handle(port.DiscardOutgoing((dead.seq,))) == 0


async def test_the_inbox_counts_what_was_missed_until_it_is_read(tmp_path: Path) -> None:
    mirror, changes = Mirror(), Change(0)

    def heard(change: Change, _frame: port.Frame) -> None:
        nonlocal changes
        changes |= change

    mirror.listen(heard)
    async with services_of(tmp_path) as services:
        raise_alarm(services)
        services.alarms.report("clock", "The clock is wrong.")

        def is_counted() -> bool:
            mirror.take(services.outbox.pull())
            return mirror.inbox.unread == 2

        await until(is_counted)
        assert changes & Change.INBOX
        page = await services.handle(port.ReadInbox())
        assert page.unread == 2
        assert page.rows[1].text == "Disk nearly full"
        assert await services.handle(port.MarkInboxRead(page.rows[1].seq)) == 1
    async with services_of(tmp_path) as services:
        assert (await services.handle(port.ReadInbox())).unread == 1, "what was seen stays seen"


async def test_notices_come_to_the_screen_of_whom_they_are_for(tmp_path: Path) -> None:
    async with services_of(tmp_path) as services:
        await services.handle(port.SaveNotifications(telling(SCREEN)))
        raise_alarm(services)
        await until_discarded(services, "without a window")
    mine = Recipient(name="Me", user=LOCAL_ADMIN.name)
    other = Recipient(name="Other", user="bo")
    rule = Rule(name="All", steps=(Step(channel=SCREEN.id, recipients=(mine.id, other.id)),))
    settings = NotificationSettings(channels=(SCREEN,), recipients=(mine, other), rules=(rule,))
    async with services_of(tmp_path / "window") as services:
        screen = services.annunciation._couriers._screen
        services.annunciation._couriers._screen = couriers.Screen(screen.put, screen.user, has_window=True)
        await services.handle(port.SaveNotifications(settings))
        raise_alarm(services)
        mirror = Mirror()
        await until(lambda: mirror.take(services.outbox.pull()) or len(mirror.desktop) > 0)  # type: ignore[func-returns-value]  # pulled each time
        notice = mirror.desktop[0]
        assert (notice.title, notice.priority) == ("High: This computer Disk nearly full", Priority.HIGH)
        assert notice.occurrence is not None
        await until_discarded(services, "bo was not signed in")


async def until_discarded(services: Services, words: str) -> None:
    errors: list[str] = []
    while not any(words in error for error in errors):
        rows = await services.handle(port.ReadOutgoing(()))
        errors = [row.error for row in rows]


async def test_settings_survive_and_those_that_make_no_sense_are_an_alarm(tmp_path: Path) -> None:
    sound = SoundSettings(is_quiet=True)
    async with services_of(tmp_path) as services:
        await services.handle(port.SaveNotifications(telling(SCREEN)))
        await services.handle(port.SaveSoundSettings(sound))
    async with services_of(tmp_path) as services:
        assert (await services.handle(port.ReadNotifications())).settings.channels == (SCREEN,)
        assert await services.handle(port.ReadSoundSettings()) == sound
    with closing(sqlite3.connect(tmp_path / "roams.db")) as database:
        database.execute("""UPDATE setting SET value = '{"rules": 7}' WHERE key = 'notifications'""")
        database.commit()
    async with services_of(tmp_path) as services:
        notifier = services.annunciation.notifier
        await until(lambda: "make no sense" in notifier._status.fault)
        assert any("not delivered" in row.text for row in services.alarms.rows())
        await services.handle(port.SaveNotifications(telling(SCREEN)))
        await until(lambda: notifier._status.fault == "")


async def test_a_channel_that_goes_takes_its_secret_along(tmp_path: Path) -> None:
    async with services_of(tmp_path) as services:
        channel = WebhookChannel(name="Hook", url="https://hooks.example.org")
        await services.handle(port.SaveNotifications(telling(channel)))
        await services.handle(port.SetChannelSecret(channel.id, "token"))
        assert await services.secrets.get(secret_name(channel.id)) == "token"
        await services.handle(port.SaveNotifications(NotificationSettings()))
        assert not await services.secrets.get(secret_name(channel.id))


async def test_who_may_do_what(tmp_path: Path) -> None:
    operator = User("Ana", OPERATOR)
    assert not operator.may(Permission.EDIT_NOTIFICATIONS)
    assert LOCAL_ADMIN.may(Permission.EDIT_NOTIFICATIONS)
    edits: tuple[port.Request[Any], ...] = (
        port.SaveNotifications(NotificationSettings()),
        port.SetChannelSecret(SCREEN.id, "x"),
        port.TestChannel(SCREEN),
        port.SaveSoundSettings(SoundSettings()),
    )
    works: tuple[port.Request[Any], ...] = (
        port.ReadNotifications(),
        port.ReadOutgoing(),
        port.RetryOutgoing(()),
        port.DiscardOutgoing(()),
        port.SilenceSound(),
    )
    async with services_of(tmp_path / "operator", operator) as services:
        for request in works:
            await services.handle(request)
        for request in edits:
            with pytest.raises(port.RefusedError, match="may not"):
                await services.handle(request)
    async with services_of(tmp_path / "visitor", VISITOR) as services:
        for request in (*edits, *works):
            with pytest.raises(port.RefusedError, match="may not"):
                await services.handle(request)
        assert (await services.handle(port.ReadInbox())).unread == 0


async def test_an_alarm_whose_station_is_deleted_calls_nobody_any_more(tmp_path: Path) -> None:
    async with services_of(tmp_path) as services:
        raise_alarm(services)
        notifier, calling = services.annunciation.notifier, services.annunciation.sounder._calling
        await until(lambda: len(notifier._standing) == 1)
        (row,) = services.alarms.rows()
        calling.begin([row])
        assert calling.due_s() is not None
        services.alarming._put({row.id: None})
        assert notifier._standing == {}
        assert calling.due_s() is None
