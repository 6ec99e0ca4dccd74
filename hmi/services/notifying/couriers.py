"""Giving a message to the channel it is for, with the channel's secret."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never
from uuid import UUID

from hmi.config.notification_channels import DesktopChannel, EmailChannel, WebhookChannel, secret_name, secret_names
from hmi.config.secrets import Secrets
from hmi.domain.alarms import Occurrence, Priority
from hmi.domain.language import tr
from hmi.services.notifying.delivery import SEND_S, DeliveryError, Outgoing, Trust
from hmi.services.notifying.mail import send_mail
from hmi.services.notifying.webhook import send_webhook
from hmi.services.notifying.webhook_secrets import WebhookSecrets
from hmi.services.port import DesktopNotice

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
        self.webhooks = WebhookSecrets(secrets)

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

    async def forget(self, channel: UUID) -> None:
        """Forget all secrets of a channel."""
        async with self._lock:
            self._known.pop(channel, None)
            for name in secret_names(channel):
                await self._secrets.delete(name)

    async def _give(self, channel: AnyChannel, message: Outgoing, secret: str | None, within_s: float) -> None:
        if isinstance(channel, DesktopChannel):
            self._show(message)
            return
        secret = await self.secret_of(channel.id) if secret is None else secret
        if isinstance(channel, EmailChannel):
            await send_mail(channel, secret, message, self._trust, within_s)
        elif isinstance(channel, WebhookChannel):
            await send_webhook(await self.webhooks.whole(channel), secret, message, self._trust, within_s)
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
