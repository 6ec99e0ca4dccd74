"""A journal in a file, a clock that is told the time, and a channel that answers as it is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hmi.config.notification_channels import DesktopChannel
from hmi.services.notifying.couriers import AnyChannel
from hmi.services.notifying.delivery import DeliveryError, Outgoing
from hmi.services.notifying.lane import LaneTools
from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import Journal
from hmi.storage.journal.notifications import NewNotification, NotificationRow, Notifications
from tests.support.alarm_news import NOON_US

T = TypeVar("T")
CHANNEL = DesktopChannel(name="Office", per_minute=5)


class Rig:
    """What a lane is made with."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "journal.db")
        self.store = Notifications(self.journal)
        self.now_us = NOON_US
        self.taken: list[Outgoing] = []
        self.answers: list[Exception | None] = []
        """To the next messages; every other one is taken."""
        self.is_down = False
        self.refuses_writes = False
        self.told = 0
        self.tools = LaneTools(self.store, self.run, self.deliver, self.tell, lambda: self.now_us, lambda: 0.5)

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        if self.refuses_writes and function.__name__ in ("put", "sent", "failed", "merge"):
            raise StorageError("The journal cannot be written: disk full.")
        return function(*arguments)

    async def deliver(self, _channel: AnyChannel, message: Outgoing) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if self.is_down:
            raise DeliveryError("The server is down.")
        if answer is not None:
            raise answer
        self.taken.append(message)

    def tell(self) -> None:
        self.told += 1

    def put(self, *keys: str, **others: object) -> None:
        """Let messages wait, of the lane's channel unless said otherwise."""
        made = NewNotification(
            "", NOON_US, "", 0, "rule", "came", 2, "Hill", str(CHANNEL.id), "", "", "Low", "Text", "waiting", NOON_US
        )
        self.store.put([made._replace(key=key, subject=key, **others) for key in keys])  # type: ignore[arg-type]  # the row's own fields

    def rows(self) -> dict[str, NotificationRow]:
        return {row.subject: row for row in self.store.listed((), 10_000)}

    def states(self) -> dict[str, str]:
        return {row.subject: row.state for row in reversed(self.store.listed((), 10_000))}
