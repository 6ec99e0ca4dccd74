"""Handing a message to a web address as JSON. Redirects are not followed: a token goes where it was meant to go."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from hmi.config.notification_channels import WebhookChannel
from hmi.domain.language import tr
from hmi.services.notifying.delivery import SEND_S, DeliveryError, Outgoing, Trust, answer_text

CONNECT_S: Final = 8.0
ANSWER_BYTES: Final = 2_000
"""What is read of an answer; a body without an end is none of our business."""
OK, REDIRECT, CLIENT_FAULT, SERVER_FAULT = 200, 300, 400, 500
LATER: Final = frozenset({401, 403, 404, 405, 407, 408, 409, 410, 425, 429})
"""Faults of the address, the token or the moment: another message would have fared no better (RFC 9110, 15.5)."""


async def send_webhook(
    channel: WebhookChannel, token: str | None, message: Outgoing, trust: Trust, within_s: float = SEND_S
) -> None:
    """Return when the server has said yes. Raises DeliveryError, after within_s at the latest."""
    import httpx2

    if token and not _is_private(channel.url):
        raise DeliveryError(tr("The token is not sent without encryption. Use an address that begins with https://."))
    headers = {each.name: each.value for each in channel.headers} | {"Idempotency-Key": message.key}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    timeout = httpx2.Timeout(within_s, connect=min(CONNECT_S, within_s))
    try:
        async with (
            asyncio.timeout(within_s),
            httpx2.AsyncClient(verify=await trust.context(), timeout=timeout, follow_redirects=False) as client,
            client.stream(str(channel.method), channel.url, json=json_of(message), headers=headers) as answer,
        ):
            if OK <= answer.status_code < REDIRECT:
                return
            raise _refused(channel, answer.status_code, answer.headers.get("location", ""), await _words(answer))
    except TimeoutError as error:
        raise DeliveryError(_where(channel) + tr("does not answer.")) from error
    except httpx2.TimeoutException as error:
        raise DeliveryError(_where(channel) + tr("does not answer.")) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        raise DeliveryError(_where(channel) + _reason(error)) from error


def json_of(message: Outgoing) -> dict[str, str]:
    """Return what a webhook gets: `text` is what most chat services show."""
    return {
        **message.facts,
        "id": message.key,
        "made": datetime.fromtimestamp(message.made_us / 1e6, UTC).isoformat(timespec="milliseconds"),
        "to": message.name,
        "subject": message.subject,
        "body": message.body,
        "text": f"{message.subject}\n{message.body}",
    }


async def _words(answer: object) -> str:
    """Return the beginning of what a server says to its refusal."""
    import httpx2

    if not isinstance(answer, httpx2.Response):
        return ""
    read = b""
    async for part in answer.aiter_raw(ANSWER_BYTES):
        read += part
        if len(read) >= ANSWER_BYTES:
            break
    return answer_text(read[:ANSWER_BYTES].decode(errors="replace"))


def _refused(channel: WebhookChannel, status: int, location: str, words: str) -> DeliveryError:
    if REDIRECT <= status < CLIENT_FAULT:
        sentence = tr("sends us on to {place}. Type that address instead, if it is the right one.")
        return DeliveryError(_where(channel) + sentence.format(place=answer_text(location) or "?"))
    if CLIENT_FAULT <= status < SERVER_FAULT and status not in LATER:
        sentence = tr("did not take the message ({status}): {words}")
        sentence = _where(channel) + sentence.format(status=status, words=words or "–")
        return DeliveryError(sentence, is_final=True, is_of_channel=False)
    sentence = tr("answers with the fault {status}: {words}")
    return DeliveryError(_where(channel) + sentence.format(status=status, words=words or "–"))


def _reason(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            words = tr("has a certificate that this computer does not trust: {reason}.")
            return words.format(reason=answer_text(cause.verify_message or str(cause)))
        cause = cause.__cause__ or cause.__context__
    return tr("cannot be reached: {reason}.").format(reason=answer_text(str(error)) or type(error).__name__)


def _is_private(url: str) -> bool:
    """Return whether nobody on the way can read what goes to an address."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _where(channel: WebhookChannel) -> str:
    """Name the server only: the rest of a webhook's address is often its secret."""
    return tr("The web server {host} ").format(host=urlsplit(channel.url).netloc)
