"""Mail to real servers on the loopback: good ones, and ones that behave badly."""

from __future__ import annotations

import email
import email.policy
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from hmi.config.notification_channels import EmailChannel, Security
from hmi.services.notifying.delivery import DeliveryError, Outgoing, Trust
from hmi.services.notifying.mail import mail_of, send_mail
from tests.support.alarm_news import NOON_US
from tests.support.mail_server import PASSWORD, USER, Certificates, mail_server, rude_server

pytestmark = pytest.mark.asyncio
MESSAGE = Outgoing("0f-1", NOON_US, "ana@example.org", "Ana", "High: Tank level low", "Füllstand niedrig\nStart.")
PLAIN = Trust()


def channel(port: int, security: Security = Security.NONE, user: str = "", host: str = "127.0.0.1") -> EmailChannel:
    return EmailChannel(name="Mail", host=host, port=port, security=security, sender="roams@example.org", user=user)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("pki"))


async def fault(
    found: EmailChannel, trust: Trust = PLAIN, password: str | None = None, within_s: float = 5
) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send_mail(found, password, MESSAGE, trust, within_s)
    return caught.value


async def test_a_relay_takes_it() -> None:
    async with mail_server() as server:
        await send_mail(channel(server.port), None, MESSAGE, PLAIN)
    (letter,) = server.letters
    assert (letter.sender, letter.recipients) == ("roams@example.org", ["ana@example.org"])
    read = email.message_from_string(letter.text, _class=EmailMessage, policy=email.policy.default)
    assert read["Subject"] == "High: Tank level low"
    assert read["Message-ID"] == "<0f-1@example.org>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content().split("\r\n")[:2] == ["Füllstand niedrig", "Start."]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_an_encrypted_server_takes_it_after_a_login(certificates: Certificates, security: Security) -> None:
    is_tls = security is Security.TLS
    async with mail_server(certificates.context(), is_tls=is_tls, needs_login=True) as server:
        await send_mail(channel(server.port, security, USER), PASSWORD, MESSAGE, certificates.trust())
        assert len(server.letters) == 1
        assert server.was_encrypted or is_tls
        assert server.logins == [USER]


async def test_a_wrong_password_is_told(certificates: Certificates) -> None:
    async with mail_server(certificates.context(), needs_login=True) as server:
        found = await fault(channel(server.port, Security.STARTTLS, USER), certificates.trust(), "wrong")
        assert "does not accept the user or the password" in str(found)
        assert (found.is_final, found.is_of_channel) == (False, True)
        assert "wrong" not in str(found)
        missing = await fault(channel(server.port, Security.STARTTLS, USER), certificates.trust(), None)
        assert "The password of roams is missing" in str(missing)
        assert server.letters == []


async def test_a_server_that_wants_a_login_gets_no_mail_without(certificates: Certificates) -> None:
    async with mail_server(certificates.context(), needs_login=True) as server:
        found = await fault(channel(server.port, Security.STARTTLS), certificates.trust())
        assert (found.is_final, found.is_of_channel) == (False, True)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_a_certificate_of_nobody_we_trust_ends_it(certificates: Certificates, security: Security) -> None:
    async with mail_server(certificates.context(), is_tls=security is Security.TLS) as server:
        found = await fault(channel(server.port, security, USER), PLAIN, PASSWORD)
        assert "certificate that this computer does not trust" in str(found)
        assert (server.letters, server.logins) == ([], [])


async def test_a_certificate_for_another_name_ends_it(tmp_path: Path) -> None:
    other = Certificates(tmp_path, hosts=("mail.example.org",))
    async with mail_server(other.context()) as server:
        found = await fault(channel(server.port, Security.STARTTLS), other.trust())
        assert "does not trust" in str(found)
        assert server.letters == []


async def test_a_server_without_starttls_gets_nothing() -> None:
    async with mail_server() as server:
        found = await fault(channel(server.port, Security.STARTTLS, USER), PLAIN, PASSWORD)
        assert "STARTTLS" in str(found)
        assert (server.letters, server.logins) == ([], [])


async def test_a_server_that_says_nothing_is_left() -> None:
    began = time.monotonic()
    async with rude_server() as port:
        found = await fault(channel(port), within_s=0.3)
    assert "does not answer" in str(found)
    assert (found.is_final, found.is_of_channel) == (False, True)
    assert time.monotonic() - began < 2


async def test_a_server_that_drips_is_left_in_time_too() -> None:
    def drip(_reader: object, writer: object) -> None:
        writer.write(b"220-" + b"still talking\r\n220-" * 100)  # type: ignore[attr-defined]  # a stream writer

    async with rude_server(drip) as port:
        assert "does not answer" in str(await fault(channel(port), within_s=0.3))


async def test_nobody_there() -> None:
    async with rude_server() as port:
        pass
    found = await fault(channel(port))
    assert f"127.0.0.1:{port} cannot be reached" in str(found)
    assert found.is_of_channel


async def test_one_that_hangs_up_in_the_middle_of_the_message() -> None:
    async with mail_server() as server:
        server.answers = ["drop"]
        found = await fault(channel(server.port))
        assert (found.is_final, found.is_of_channel) == (False, True)
        await send_mail(channel(server.port), None, MESSAGE, PLAIN)
        assert (server.tries, len(server.letters)) == (2, 1)


@pytest.mark.parametrize(
    ("answer", "is_final", "is_of_channel"),
    [("451 later, please", False, False), ("554 spam", True, False), ("421 going home", False, True)],
)
async def test_what_the_server_says_decides(answer: str, is_final: bool, is_of_channel: bool) -> None:
    async with mail_server() as server:
        server.answers = [answer]
        found = await fault(channel(server.port))
        assert answer in str(found)
        assert (found.is_final, found.is_of_channel) == (is_final, is_of_channel)


async def test_an_address_that_is_not_there_is_final() -> None:
    async with mail_server() as server:
        server.refused = {"ana@example.org": "550 no such user"}
        found = await fault(channel(server.port))
        assert "550 no such user" in str(found)
        assert (found.is_final, found.is_of_channel) == (True, False)


async def test_a_server_that_turns_us_away() -> None:
    def turn_away(_reader: object, writer: object) -> None:
        writer.write(b"554 go away\r\n")  # type: ignore[attr-defined]  # a stream writer

    async with rude_server(turn_away) as port:
        found = await fault(channel(port))
        assert "turns us away: 554 go away" in str(found)
        assert (found.is_final, found.is_of_channel) == (False, True)


async def test_a_header_cannot_be_added() -> None:
    evil = Outgoing("1", NOON_US, "ana@example.org", "", "Low\r\nBcc: all@example.org", "text")
    with pytest.raises(ValueError, match="linefeed"):
        mail_of(channel(25), evil)
    async with mail_server() as server:
        with pytest.raises(DeliveryError):
            await send_mail(channel(server.port), None, evil, PLAIN)
        assert server.letters == []
