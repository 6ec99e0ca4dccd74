"""Trying out channels and tones, and how that went; no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from hmi.config.notification_channels import EmailChannel
from hmi.domain.alarms import Priority
from hmi.domain.language import tr
from hmi.panes.notifications.words import AnyChannel
from hmi.services.port import Port, RefusedError, TestChannel, TestSound


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a trial went."""

    words: str
    is_bad: bool = False


class Trials:
    """Each channel's and each tone's last trial. address: where test mail goes."""

    def __init__(self, port: Port, tell: Callable[[], None]) -> None:
        self._port = port
        self._tell = tell
        self.address = ""
        self.channels: dict[UUID, Outcome] = {}
        self.tones: dict[Priority, Outcome] = {}

    async def test(self, channel: AnyChannel, secret: str | None) -> None:
        """Send a test message now. secret: None for the one that is kept."""
        address = self.address if isinstance(channel, EmailChannel) else ""
        self.channels[channel.id] = Outcome(tr("Sending a test…"))
        self._tell()
        try:
            self.channels[channel.id] = Outcome(await self._port.request(TestChannel(channel, address, secret)))
        except RefusedError as error:
            self.channels[channel.id] = Outcome(str(error), is_bad=True)
        self._tell()

    async def play(self, priority: Priority) -> None:
        """Play the tone of a priority."""
        self.tones[priority] = Outcome(tr("Playing…"))
        self._tell()
        try:
            self.tones[priority] = Outcome(await self._port.request(TestSound(priority)))
        except RefusedError as error:
            self.tones[priority] = Outcome(str(error), is_bad=True)
        self._tell()
