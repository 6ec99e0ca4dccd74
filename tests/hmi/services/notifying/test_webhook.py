"""Webhooks on a real web server on the loopback."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from hmi.config.notification_channels import Header, Method, WebhookChannel
from hmi.services.notifying.delivery import DeliveryError, Outgoing, Trust
from hmi.services.notifying.webhook import send_webhook
from tests.support.alarm_news import NOON_US
from tests.support.mail_server import Certificates, rude_server
from tests.support.web_server import web_server

pytestmark = pytest.mark.asyncio
MESSAGE = Outgoing("0f-1", NOON_US, "", "Ana", "High: Tank level low", "Start.", {"told": "came", "priority": "2"})
PLAIN = Trust()


def channel(url: str, **others: object) -> WebhookChannel:
    return WebhookChannel(name="Hook", url=url, **others)  # type: ignore[arg-type]  # the channel's own fields


async def fault(url: str, trust: Trust = PLAIN, token: str | None = None, within_s: float = 5) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send_webhook(channel(url), token, MESSAGE, trust, within_s)
    return caught.value


async def test_it_is_called_with_the_message() -> None:
    with web_server() as server:
        found = channel(server.url(), method=Method.PUT, headers=(Header(name="X-Plant", value="North"),))
        await send_webhook(found, "token-1", MESSAGE, PLAIN)
    (call,) = server.calls
    assert (call.method, call.path) == ("PUT", "/hook")
    assert call.headers["authorization"] == "Bearer token-1"
    assert call.headers["x-plant"] == "North"
    assert call.headers["idempotency-key"] == call.json["id"] == "0f-1"
    assert call.headers["content-type"] == "application/json"
    assert call.json["made"] == "2027-01-15T12:00:00.000+00:00"
    assert call.json["text"] == "High: Tank level low\nStart."
    assert (call.json["told"], call.json["to"]) == ("came", "Ana")


async def test_an_encrypted_address_is_verified(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    with web_server(certificates.context()) as server:
        await send_webhook(channel(server.url("https")), "t", MESSAGE, certificates.trust())
        assert len(server.calls) == 1
        found = await fault(server.url("https"), PLAIN, "t")
        assert "certificate that this computer does not trust" in str(found)
        assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("status", "is_final", "is_of_channel"),
    [
        (500, False, True),
        (503, False, True),
        (429, False, True),
        (401, False, True),
        (404, False, True),
        (400, True, False),
        (422, True, False),
    ],
)
async def test_the_answer_decides(status: int, is_final: bool, is_of_channel: bool) -> None:
    with web_server() as server:
        server.answers = [status]
        found = await fault(server.url())
        assert str(status) in str(found)
        assert "words of the server and more" in str(found)
        assert (found.is_final, found.is_of_channel) == (is_final, is_of_channel)
        await send_webhook(channel(server.url()), None, MESSAGE, PLAIN)


async def test_a_redirect_is_told_and_not_followed() -> None:
    with web_server() as server:
        server.answers = [302]
        server.location = f"http://127.0.0.1:{server.port}/elsewhere"
        found = await fault(server.url(), token="secret-1")
        assert "sends us on to http://127.0.0.1" in str(found)
        assert [call.path for call in server.calls] == ["/hook"]
        assert "secret-1" not in str(found)


@pytest.mark.parametrize("status", [200, 500])
async def test_a_body_without_an_end_holds_nothing_up(status: int) -> None:
    began = time.monotonic()
    with web_server() as server:
        server.is_endless = True
        server.answers = [status]
        if status == 200:
            await send_webhook(channel(server.url()), None, MESSAGE, PLAIN)
        else:
            assert len(str(await fault(server.url()))) < 400
    assert time.monotonic() - began < 2


async def test_a_server_that_says_nothing_is_left() -> None:
    began = time.monotonic()
    with web_server() as server:
        server.hang = threading.Event()
        found = await fault(server.url(), within_s=0.3)
    assert "does not answer" in str(found)
    assert (found.is_final, found.is_of_channel) == (False, True)
    assert time.monotonic() - began < 2


async def test_a_server_that_is_none_and_one_that_is_not_there() -> None:
    def talk(_reader: object, writer: object) -> None:
        writer.write(b"220 mail.test ESMTP\r\n\r\n")  # type: ignore[attr-defined]  # a stream writer

    async with rude_server(talk) as port:
        assert "cannot be reached" in str(await fault(f"http://127.0.0.1:{port}/"))
    found = await fault(f"http://127.0.0.1:{port}/secret-path")
    assert f"The web server 127.0.0.1:{port} cannot be reached" in str(found)
    assert "secret-path" not in str(found)


async def test_a_token_is_not_sent_in_the_clear() -> None:
    found = await fault("http://hooks.example.org/x", token="secret-1")
    assert "not sent without encryption" in str(found)
