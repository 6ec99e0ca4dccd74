"""What a window knows of the plant: the frames of the port, added up. Lives on the window's thread, knows no Qt.

Presenters read from here and listen for what changed; they never keep copies of plant facts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from enum import IntFlag, auto
from typing import Final
from uuid import UUID

import numpy as np

from drivers.api import LinkState, Quality, Text
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import VISITOR, User
from hmi.domain.tags import Tag
from hmi.domain.window_session import SessionStatus
from hmi.services.alarm_board import AlarmBoard
from hmi.services.live_table import NO_READING, Reading
from hmi.services.port import (
    AlarmOverview,
    AlarmRow,
    CommandStatus,
    ConditionRow,
    ControlStanding,
    Frame,
    JobStatus,
    LinkStatus,
    PipelineFigures,
    Upkeep,
)
from hmi.services.port.notifications import DesktopNotice, InboxStatus, OutgoingStatus
from hmi.services.port.secrets import SecretsStatus
from hmi.services.port.sound import SoundStatus

COMMANDS_KEPT = 500
NOTICES_KEPT = 50
DESKTOP_KEPT = 50


class Change(IntFlag):
    """What a frame changed."""

    LIVE = auto()
    LINKS = auto()
    ALARMS = auto()
    COMMANDS = auto()
    CATALOGUE = auto()
    FIGURES = auto()
    USER = auto()
    NOTICES = auto()
    CONDITIONS = auto()
    JOBS = auto()
    SOUND = auto()
    DESKTOP = auto()
    INBOX = auto()
    OUTGOING = auto()
    STANDING = auto()
    SECRETS = auto()
    UPKEEP = auto()


_REPLACED: Final = {
    "overview": Change.ALARMS,
    "figures": Change.FIGURES,
    "user": Change.USER,
    "session": Change.USER,
    "secrets": Change.SECRETS,
    "conditions": Change.CONDITIONS,
    "jobs": Change.JOBS,
    "sound": Change.SOUND,
    "inbox": Change.INBOX,
    "outgoing": Change.OUTGOING,
    "standing": Change.STANDING,
    "upkeep": Change.UPKEEP,
}
"""What a frame brings whole, under the same name here."""

Listener = Callable[[Change, Frame], None]
ErrorSink = Callable[[Exception], None]


class Mirror:
    """The newest of everything, and the listeners to be told."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.links: Mapping[UUID, LinkStatus] = {}
        self.board = AlarmBoard()
        self.overview = AlarmOverview()
        self.conditions: tuple[ConditionRow, ...] = ()
        self.commands: deque[CommandStatus] = deque(maxlen=COMMANDS_KEPT)
        self.notices: deque[str] = deque(maxlen=NOTICES_KEPT)
        self.figures = PipelineFigures()
        self.jobs: tuple[JobStatus, ...] = ()
        self.sound = SoundStatus()
        self.desktop: deque[DesktopNotice] = deque(maxlen=DESKTOP_KEPT)
        self.inbox = InboxStatus()
        self.outgoing = OutgoingStatus()
        self.standing = ControlStanding()
        self.upkeep = Upkeep()
        self.voided: dict[UUID, str] = {}
        self.user: User = VISITOR
        self.session = SessionStatus()
        self.secrets = SecretsStatus()
        self.values = np.full(0, np.nan)
        self.qualities = np.full(0, Quality.STALE, np.uint16)
        self.source_us = np.zeros(0, np.int64)
        self._texts: dict[int, Text] = {}
        self._listeners: dict[Listener, ErrorSink | None] = {}

    def listen(self, listener: Listener, on_error: ErrorSink | None = None) -> Callable[[], None]:
        """Call the listener after each frame that changed something; return what removes it.

        A listener that raises is removed and its error handed to `on_error`, so that the others go on.
        """
        self._listeners[listener] = on_error

        def remove() -> None:
            self._listeners.pop(listener, None)

        return remove

    def take(self, frame: Frame) -> None:
        """Add a frame and tell the listeners."""
        changes = self._add(frame)
        if not changes:
            return
        for listener, on_error in list(self._listeners.items()):
            try:
                listener(changes, frame)
            except Exception as error:
                if on_error is None:
                    raise
                self._listeners.pop(listener, None)
                on_error(error)

    def reading(self, tag: int) -> Reading:
        """Return a tag's newest reading; STALE and empty when there never was one."""
        if not 0 <= tag < len(self.values):
            return NO_READING
        return Reading(
            float(self.values[tag]),
            Quality(int(self.qualities[tag])),
            int(self.source_us[tag]),
            0,
            self._texts.get(tag),
        )

    def text_of(self, tag: Tag) -> str:
        """Return a tag's newest value as operators read it, without unit."""
        now = self.reading(tag.index)
        return tag.text(now.value) if now.text is None else str(now.text)

    def link_of_station(self, station_id: UUID) -> LinkState:
        """Return the worst state of the links that a station's tags come over; DISABLED when there are none."""
        states = [
            self.links[connection].state
            for connection in self.catalogue.connections_of_station.get(station_id, ())
            if connection in self.links
        ]
        return max(states, default=LinkState.DISABLED, key=_TROUBLE.index)

    @property
    def alarms(self) -> tuple[AlarmRow, ...]:
        """The standing alarms, the most urgent first."""
        return self.board.standing

    def alarms_of_station(self, station_id: UUID) -> tuple[AlarmRow, ...]:
        """Return a station's standing alarms, the list's order kept."""
        return self.board.of_station(station_id)

    def _add(self, frame: Frame) -> Change:
        changes = Change(0)
        if frame.catalogue is not None:
            self.catalogue = frame.catalogue
            changes |= Change.CATALOGUE
        if frame.live is not None:
            self._reserve(int(frame.live.tag.max()) + 1)
            self.values[frame.live.tag] = frame.live.value
            self.qualities[frame.live.tag] = frame.live.quality
            self.source_us[frame.live.tag] = frame.live.source_us
            self._texts.update(frame.live.texts)
            changes |= Change.LIVE
        if frame.links is not None:
            self.links = {link.connection_id: link for link in frame.links}
            changes |= Change.LINKS
        if frame.alarms is not None:
            self.board.take(frame.alarms)
            changes |= Change.ALARMS
        if frame.commands:
            self._add_commands(frame.commands)
            changes |= Change.COMMANDS
        if frame.notices:
            self.notices.extend(frame.notices)
            changes |= Change.NOTICES
        if frame.desktop:
            self.desktop.extend(frame.desktop)
            changes |= Change.DESKTOP
        changes |= self._add_voided(frame)
        for name, change in _REPLACED.items():
            if (found := getattr(frame, name)) is not None:
                setattr(self, name, found)
                changes |= change
        return changes

    def _add_commands(self, commands: Iterable[CommandStatus]) -> None:
        """Add states; a ramp's steps take the place of the one before, so that they push nothing else out."""
        for status in commands:
            if self.commands and self.commands[-1].id == status.id and self.commands[-1].state is status.state:
                self.commands.pop()
            self.commands.append(status)

    def _add_voided(self, frame: Frame) -> Change:
        if not frame.voided:
            return Change(0)
        self.voided = dict(frame.voided)  # of this frame only: a selection is held by one pane, for seconds
        return Change.STANDING

    def _reserve(self, size: int) -> None:
        more = size - len(self.values)
        if more > 0:
            self.values = np.concatenate([self.values, np.full(more, np.nan)])
            self.qualities = np.concatenate([self.qualities, np.full(more, Quality.STALE, np.uint16)])
            self.source_us = np.concatenate([self.source_us, np.zeros(more, np.int64)])


_TROUBLE = (LinkState.DISABLED, LinkState.UP, LinkState.DEGRADED, LinkState.CONNECTING, LinkState.DOWN)
