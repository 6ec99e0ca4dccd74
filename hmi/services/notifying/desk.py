"""The requests about notifications: settings, channels, messages, inbox."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from hmi.config.notification_channels import DesktopChannel, EmailChannel, WebhookChannel
from hmi.config.notification_settings import NotificationSettings
from hmi.domain.alarms import Priority
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.notifying.couriers import Couriers
from hmi.services.notifying.delivery import DeliveryError, Outgoing
from hmi.services.notifying.inbox_keeper import InboxKeeper
from hmi.services.notifying.lane import Runs
from hmi.services.notifying.notifier import Notifier
from hmi.services.notifying.webhook_secrets import Before, WebhookSecrets
from hmi.services.port import RefusedError, Request
from hmi.services.port import notifications as port
from hmi.storage.journal.notifications import NotificationRow, Notifications


@dataclass(frozen=True, slots=True)
class DeskSurroundings:
    """What the desk needs around it. require, require_person: raise RefusedError. save: keeps the settings."""

    require: Callable[[Permission], None]
    require_person: Callable[[], None]
    user: Callable[[], str]
    save: Callable[[NotificationSettings], Awaitable[None]]


async def bare_settings(
    settings: NotificationSettings, webhooks: WebhookSecrets, before: Before, *, is_in_clear: bool = False
) -> NotificationSettings:
    """Return settings without what is secret of channels, which is kept as such from now on: WebhookSecrets.keep."""
    channels = [
        await webhooks.keep(each, before, is_in_clear=is_in_clear) if isinstance(each, WebhookChannel) else each
        for each in settings.channels
    ]
    return settings.model_copy(update={"channels": tuple(channels)})


class NotificationDesk:
    """Answers on the I/O thread."""

    def __init__(
        self,
        notifier: Notifier,
        couriers: Couriers,
        inbox: InboxKeeper,
        store: Notifications,
        run: Runs,
        around: DeskSurroundings,
    ) -> None:
        self._notifier = notifier
        self._couriers = couriers
        self._inbox = inbox
        self._store = store
        self._run = run
        self._around = around

    def handlers(self) -> Mapping[type[Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.ReadNotifications: self._read,
            port.SaveNotifications: self._save,
            port.SetChannelSecret: self._set_secret,
            port.TestChannel: self._test,
            port.ReadOutgoing: self._read_outgoing,
            port.RetryOutgoing: self._retry,
            port.DiscardOutgoing: self._discard,
            port.ReadInbox: self._read_inbox,
            port.MarkInboxRead: self._mark_read,
        }

    # ── settings ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _read(self, _request: port.ReadNotifications) -> port.NotificationState:
        self._around.require_person()  # it has people's addresses in it
        settings = self._notifier.settings
        states = []
        for channel in settings.channels:
            lane = self._notifier.lanes.get(channel.id)
            needs_secret = not isinstance(channel, DesktopChannel)
            secret = await self._couriers.secret_of(channel.id) if needs_secret else None
            fault, sent_us = (lane.fault, lane.sent_us) if lane else ("", 0)
            states.append(port.ChannelState(channel.id, fault, sent_us, bool(secret)))
        return port.NotificationState(settings, tuple(states))

    async def _save(self, request: port.SaveNotifications) -> None:
        self._around.require(Permission.EDIT_NOTIFICATIONS)
        webhooks, before = self._couriers.webhooks, Before()
        for channel in request.settings.channels:  # all of them before one is written
            if isinstance(channel, WebhookChannel):
                await webhooks.check(channel)
        try:
            settings = await bare_settings(request.settings, webhooks, before)
            await self._around.save(settings)
        except Exception:
            await webhooks.put_back(before)
            raise
        await self.take_settings(settings)

    async def take_settings(self, settings: NotificationSettings) -> None:
        """Work with settings that are kept already; the secrets of channels that are gone are forgotten."""
        before = {each.id for each in self._notifier.settings.channels}
        for gone in before - {each.id for each in settings.channels}:
            await self._couriers.forget(gone)
        await self._notifier.apply(settings)

    async def _set_secret(self, request: port.SetChannelSecret) -> str:
        self._around.require(Permission.EDIT_NOTIFICATIONS)
        where = await self._couriers.keep_secret(request.channel, request.secret)
        self._notifier.look_again()
        return where

    async def _test(self, request: port.TestChannel) -> str:
        self._around.require(Permission.EDIT_NOTIFICATIONS)
        channel, address = request.channel, request.address.strip()
        if isinstance(channel, EmailChannel) and "@" not in address:
            raise RefusedError(tr("Type the address that the test goes to."))
        began = time.monotonic()
        try:
            await self._couriers.try_out(channel, self._test_message(address), request.secret)
        except DeliveryError as error:
            raise RefusedError(str(error)) from error
        if isinstance(channel, DesktopChannel):
            return tr("A test notice was put on this screen.")
        words = tr("Taken by {where} in {seconds:.1f} s.") + (
            " " + tr("See whether it arrives at {address}.").format(address=address) if address else ""
        )
        where = f"{channel.host}:{channel.port}" if isinstance(channel, EmailChannel) else tr("the web server")
        return words.format(where=where, seconds=time.monotonic() - began)

    def _test_message(self, address: str) -> Outgoing:
        user = self._around.user()
        return Outgoing(
            uuid4().hex,
            time.time_ns() // 1000,
            address,
            "",
            tr("Test of the alarm notifications"),
            tr("This is a test; there is no alarm. {user} sent it from Roams.").format(user=user),
            {"told": "test", "priority": str(int(Priority.LOW))},
        )

    # ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _read_outgoing(self, request: port.ReadOutgoing) -> tuple[port.OutgoingMessage, ...]:
        self._around.require_person()
        rows = await self._run(self._store.listed, request.states, port.MOST_OUTGOING)
        return tuple(self._message(row) for row in rows)

    async def _retry(self, request: port.RetryOutgoing) -> int:
        self._around.require_person()
        count = await self._run(self._store.retry, request.seqs, time.time_ns() // 1000)
        await self._notifier.give_up_orphans()
        self._notifier.look_again()
        return count

    async def _discard(self, request: port.DiscardOutgoing) -> int:
        self._around.require_person()
        words = tr("Discarded by {user}.").format(user=self._around.user())
        count = await self._run(self._store.discard, request.seqs, words)
        self._notifier.look_again()
        return count

    def _message(self, row: NotificationRow) -> port.OutgoingMessage:
        settings = self._notifier.settings
        channels = {str(each.id): each.name for each in settings.channels}
        rules = {str(each.id): each.name for each in settings.rules}
        return port.OutgoingMessage(
            row.seq,
            row.made_us,
            port.OutgoingState(row.state),
            Priority(row.priority),
            row.place,
            rules.get(row.rule, tr("deleted")),
            channels.get(row.channel, tr("deleted")),
            row.name,
            row.recipient,
            row.subject,
            row.body,
            row.attempts,
            row.next_us,
            row.sent_us,
            row.error,
        )

    # ── inbox ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _read_inbox(self, _request: port.ReadInbox) -> port.InboxPage:
        self._around.require(Permission.VIEW)
        return await self._inbox.read()

    async def _mark_read(self, request: port.MarkInboxRead) -> int:
        self._around.require(Permission.VIEW)
        return await self._inbox.mark(request.seq)
