"""Calling people to alarms: the sound and the notifications of one run, joined to the alarms."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from hmi.config import notification_settings, sound_settings
from hmi.config.kept_settings import forget_secrets, load_kept, save_kept
from hmi.config.notification_channels import WebhookChannel, secret_names
from hmi.config.notification_settings import NotificationSettings
from hmi.config.secrets import Secrets
from hmi.config.sound_settings import SoundSettings
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.alarms.news import AlarmNews
from hmi.services.background import keep_running
from hmi.services.database_thread import DatabaseThread
from hmi.services.notifying.couriers import Couriers, Screen
from hmi.services.notifying.delivery import Trust
from hmi.services.notifying.desk import DeskSurroundings, NotificationDesk, bare_settings
from hmi.services.notifying.inbox_keeper import InboxKeeper
from hmi.services.notifying.lane import LaneTools
from hmi.services.notifying.notifier import Notifier, NotifierOutputs
from hmi.services.outbox import Outbox
from hmi.services.port import AlarmRow, Request
from hmi.services.sounding.sounder import Sounder, SoundKeeping, SoundOutputs
from hmi.storage.errors import StorageError
from hmi.storage.journal.inbox import Inbox
from hmi.storage.journal.journal import Journal
from hmi.storage.journal.notifications import Notifications


@dataclass(frozen=True, slots=True)
class AnnunciationSurroundings:
    """What calling people needs around it.

    report: raises a system alarm, or clears it with no words. require, require_person: raise RefusedError.
    sounds: a folder for the tones' files.
    """

    catalogue: Callable[[], Catalogue]
    report: Callable[[str, str], None]
    user: Callable[[], str]
    require: Callable[[Permission], None]
    require_person: Callable[[], None]
    sounds: Path
    has_window: bool


class Annunciation:
    """Sound, notifications and inbox. On the I/O thread."""

    def __init__(
        self,
        journal: Journal,
        thread: DatabaseThread,
        engine: Engine,
        engine_thread: DatabaseThread,
        outbox: Outbox,
        secrets: Secrets,
        around: AnnunciationSurroundings,
        trust: Trust | None = None,
    ) -> None:
        self._engine_thread = engine_thread
        self._engine = engine
        self._outbox = outbox
        self._secrets = secrets
        self._around = around
        self._tasks: list[asyncio.Task[None]] = []
        store, run = Notifications(journal), thread.run
        self._couriers = Couriers(secrets, trust or Trust(), Screen(outbox.put_desktop, around.user, around.has_window))
        tools = LaneTools(store, run, self._couriers.deliver, self._count_messages, _now_us)
        self.sounder = Sounder(
            around.sounds,
            SoundKeeping(self._load_sound, self._save_sound, around.require_person),
            SoundOutputs(outbox.put_sound, around.report, outbox.put_notice),
            has_window=around.has_window,
        )
        self.notifier = Notifier(
            tools, around.catalogue, NotifierOutputs(outbox.put_outgoing, around.report, outbox.put_notice)
        )
        self.inbox = InboxKeeper(Inbox(journal), run, around.user, outbox.put_inbox)
        desk_around = DeskSurroundings(around.require, around.require_person, around.user, self._save_notifications)
        self._desk = NotificationDesk(self.notifier, self._couriers, self.inbox, store, run, desk_around)

    async def start(self, standing: Sequence[AlarmRow]) -> None:
        """Take up where the last run ended. standing: the alarms that are not normal."""
        settings, fault = NotificationSettings(), ""
        try:
            await self.inbox.start()
            kept = self._engine, notification_settings.KEY, NotificationSettings
            await self._engine_thread.run(forget_secrets, *kept)
            settings = await self._engine_thread.run(load_kept, *kept)
            settings = await self._without_secrets(settings)
        except StorageError as error:
            fault = str(error)
        await self.sounder.start(standing)
        await self.notifier.start(settings, standing, fault)
        watch = keep_running(self.inbox.watch, "inbox", self._outbox.put_notice)
        self._tasks = [asyncio.create_task(watch, name="inbox")]

    async def stop(self) -> None:
        """Store what came, finish the message that is being sent, and end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sounder.stop()
        await self.notifier.stop()

    def take(self, news: Sequence[AlarmNews]) -> None:
        """Take up what changed of alarms."""
        self.sounder.take(news)
        self.notifier.take(news)
        self.inbox.take(news)

    def forget(self, alarms: Sequence[UUID]) -> None:
        """Let alarms go that are not there any more, as when their station was deleted: no news tells that."""
        if alarms:
            self.sounder.forget(alarms)
            self.notifier.forget(alarms)

    def handlers(self) -> Mapping[type[Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {**self.sounder.handlers(), **self._desk.handlers()}

    async def _without_secrets(self, settings: NotificationSettings) -> NotificationSettings:
        """Move what stands in the clear, addresses and values of headers, to where passwords are. Raises StorageError.

        An older version or a file put it there. Where it would be gone with the program it stays, and that is said.
        """
        bare = settings
        if _in_clear(settings) and (await self._secrets.where()).outlives:
            bare = await bare_settings(settings, self._couriers.webhooks, {}, is_in_clear=True)
            if bare != settings:
                await self._save_notifications(bare)
        if names := _in_clear(bare):
            words = tr("Addresses or headers of {name} stand in the clear until there is a place for passwords.")
            self._outbox.put_notice(words.format(name=", ".join(names)))
        return bare

    async def take_notifications(self, settings: NotificationSettings) -> None:
        """Work with settings that are kept already. Raises StorageError."""
        await self._desk.take_settings(await self._without_secrets(settings))

    async def secrets_opened(self) -> None:
        """Keep what stood in the clear until now, and try again what waits for a channel's password."""
        settings = self.notifier.settings
        try:
            if _in_clear(settings):
                await self.take_notifications(settings)
        except StorageError as error:
            self._outbox.put_notice(str(error))
        self.notifier.look_again()

    def secret_names(self) -> tuple[str, ...]:
        """Return the names of the secrets that channels have."""
        return tuple(name for each in self.notifier.settings.channels for name in secret_names(each.id))

    def _count_messages(self) -> None:
        self.notifier.status_changed()

    async def _load_sound(self) -> SoundSettings:
        return await self._engine_thread.run(load_kept, self._engine, sound_settings.KEY, SoundSettings)

    async def _save_sound(self, settings: SoundSettings) -> None:
        self._around.require(Permission.EDIT_NOTIFICATIONS)
        await self._engine_thread.run(save_kept, self._engine, sound_settings.KEY, settings, self._around.user())

    async def _save_notifications(self, settings: NotificationSettings) -> None:
        await self._engine_thread.run(save_kept, self._engine, notification_settings.KEY, settings, self._around.user())


def _in_clear(settings: NotificationSettings) -> list[str]:
    """Return the channels of which something secret stands in the settings, by name."""
    return [each.name for each in settings.channels if isinstance(each, WebhookChannel) and each != each.bare()]


def _now_us() -> int:
    return time.time_ns() // 1000
