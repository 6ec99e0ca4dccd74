"""Giving a message to the channel it is for, with the channel's secret."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never
from uuid import UUID

from hmi.config.notification_channels import (
    LEFT_OUT,
    DesktopChannel,
    EmailChannel,
    WebhookChannel,
    address_name,
    bare_address,
    headers_name,
    secret_name,
    secret_names,
)
from hmi.config.secrets import Secrets
from hmi.domain.alarms import Occurrence, Priority
from hmi.domain.language import tr
from hmi.services.notifying.delivery import SEND_S, DeliveryError, Outgoing, Trust
from hmi.services.notifying.mail import send_mail
from hmi.services.notifying.webhook import send_webhook
from hmi.services.port import DesktopNotice, RefusedError

TEST_S: Final = 12.0
"""A test answers before the person who pressed the button has given up."""

AnyChannel = EmailChannel | WebhookChannel | DesktopChannel


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen that notices appear on. user: who is signed in; has_window: somebody can see it."""

    put: Callable[[DesktopNotice], None]
    user: Callable[[], str]
    has_window: bool


class Couriers:
    """Hands messages over, each within its time. On the I/O thread."""

    def __init__(self, secrets: Secrets, trust: Trust, screen: Screen) -> None:
        self._secrets = secrets
        self._trust = trust
        self._screen = screen
        self._known: dict[UUID, str] = {}
        self._lock = asyncio.Lock()

    async def deliver(self, channel: AnyChannel, message: Outgoing) -> None:
        """Return when the channel has taken the message. Raises DeliveryError."""
        await self._give(channel, message, None, SEND_S)

    async def try_out(self, channel: AnyChannel, message: Outgoing, secret: str | None) -> None:
        """Do the same now and quickly. secret: None for the one that is kept. Raises DeliveryError."""
        await self._give(channel, message, secret, TEST_S)

    async def secret_of(self, channel: UUID) -> str | None:
        """Return a channel's password or token; None where there is none."""
        async with self._lock:  # the keyring takes one question at a time
            if channel not in self._known:
                found = await self._secrets.get(secret_name(channel))
                if not found:
                    return None
                self._known[channel] = found
            return self._known[channel] or None

    async def keep_secret(self, channel: UUID, secret: str) -> str:
        """Keep a channel's secret, or forget it with an empty one; return where it is kept, in words."""
        async with self._lock:
            self._known.pop(channel, None)
            if not secret:
                await self._secrets.delete(secret_name(channel))
                return tr("The password is forgotten.")
            return (await self._secrets.store(secret_name(channel), secret)).words

    async def keep_webhook(self, channel: WebhookChannel) -> WebhookChannel:
        """Keep what is secret of a webhook: its address, the values of its headers; return it without them.

        What comes without its value keeps the value that is there; of what is gone nothing is kept. Raises
        RefusedError for a channel in use whose address was shortened by hand.
        """
        await self._keep_address(channel)
        before = await self._headers_of(channel.id)
        values = {each.name: each.value or before.get(each.name, "") for each in channel.headers}
        if values != before:
            name = headers_name(channel.id)
            await (self._secrets.store(name, json.dumps(values)) if values else self._secrets.delete(name))
        return channel.bare()

    async def _keep_address(self, channel: WebhookChannel) -> None:
        name, bare = address_name(channel.id), bare_address(channel.url)
        async with self._lock:
            known = await self._secrets.get(name) or ""
            if channel.url.endswith(LEFT_OUT):
                if channel.is_on and known and bare_address(known) != channel.url:
                    raise RefusedError(
                        tr(
                            "{name}: type the whole web address; what follows the server's name is not shown again."
                        ).format(name=channel.name)
                    )
            elif bare != channel.url:
                if known != channel.url:
                    await self._secrets.store(name, channel.url)
            elif known:
                await self._secrets.delete(name)

    async def forget(self, channel: UUID) -> None:
        """Forget all secrets of a channel."""
        async with self._lock:
            self._known.pop(channel, None)
            for name in secret_names(channel):
                await self._secrets.delete(name)

    async def _headers_of(self, channel: UUID) -> dict[str, str]:
        async with self._lock:
            kept = await self._secrets.get(headers_name(channel))
        try:
            found = json.loads(kept or "{}")
        except ValueError:
            return {}
        return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}

    async def _whole(self, channel: WebhookChannel) -> WebhookChannel:
        """Return a channel with its whole address and the values of its headers. Raises DeliveryError."""
        url = channel.url
        if url.endswith(LEFT_OUT):
            async with self._lock:
                url = await self._secrets.get(address_name(channel.id)) or ""
            if bare_address(url) != channel.url:
                words = tr("The web address is not here whole. Type it again, or open what keeps it.")
                raise DeliveryError(words)
        if all(each.value for each in channel.headers):
            return channel.model_copy(update={"url": url})
        kept = await self._headers_of(channel.id)
        missing = [each.name for each in channel.headers if not each.value and each.name not in kept]
        if missing:
            words = tr("The value of the header {name} is not here. Type it again, or open what keeps it.")
            raise DeliveryError(words.format(name=missing[0]))
        filled = tuple(each.model_copy(update={"value": each.value or kept[each.name]}) for each in channel.headers)
        return channel.model_copy(update={"headers": filled, "url": url})

    async def _give(self, channel: AnyChannel, message: Outgoing, secret: str | None, within_s: float) -> None:
        if isinstance(channel, DesktopChannel):
            self._show(message)
            return
        secret = await self.secret_of(channel.id) if secret is None else secret
        if isinstance(channel, EmailChannel):
            await send_mail(channel, secret, message, self._trust, within_s)
        elif isinstance(channel, WebhookChannel):
            await send_webhook(await self._whole(channel), secret, message, self._trust, within_s)
        else:
            assert_never(channel)

    def _show(self, message: Outgoing) -> None:
        user = self._screen.user()
        if not self._screen.has_window:
            words = tr("The program runs without a window; the alarm is in the inbox.")
            raise DeliveryError(words, is_final=True, is_of_channel=False)
        if message.recipient and message.recipient != user:
            words = tr("{user} was not signed in; the alarm is in the inbox.").format(user=message.recipient)
            raise DeliveryError(words, is_final=True, is_of_channel=False)
        self._screen.put(notice_of(message))


def notice_of(message: Outgoing) -> DesktopNotice:
    """Return a message as a notice for the screen."""
    alarm, activated_us = message.facts.get("alarm", ""), message.facts.get("activated_us", "0")
    return DesktopNotice(
        UUID(message.key),
        message.made_us,
        message.subject,
        message.body,
        Priority(int(message.facts.get("priority", Priority.LOW))),
        Occurrence(UUID(alarm), int(activated_us)) if alarm else None,
    )
