"""What waits for a window's next pull; filled on the I/O thread, emptied on the window's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import User
from hmi.domain.window_session import SessionStatus
from hmi.services.live_table import LiveTable
from hmi.services.port import (
    AlarmChanges,
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

COMMANDS_KEPT = 1000
NOTICES_KEPT = 100
DESKTOP_KEPT = 50


class Outbox:
    """The newest of each kind, and every command's states in order up to a bound."""

    def __init__(self, live: LiveTable) -> None:
        self._live = live
        self._seen = 0
        self._lock = threading.Lock()
        self._frame = Frame()
        self._alarms: dict[UUID, AlarmRow | None] = {}
        self._wake: Callable[[], None] = lambda: None

    def on_urgent(self, wake: Callable[[], None]) -> None:
        """Call `wake`, on the I/O thread, after something that must not wait for the next tick."""
        self._wake = wake

    def put_links(self, links: tuple[LinkStatus, ...], *, is_urgent: bool) -> None:
        with self._lock:
            self._frame = replace(self._frame, links=links)
        if is_urgent:
            self._wake()

    def put_alarms(self, changes: Mapping[UUID, AlarmRow | None]) -> None:
        """Put alarms as they are now; None for one that is normal again."""
        if not changes:
            return
        with self._lock:
            self._alarms.update(changes)
        self._wake()

    def put_overview(self, overview: AlarmOverview) -> None:
        with self._lock:
            self._frame = replace(self._frame, overview=overview)
        self._wake()

    def put_command(self, command: CommandStatus) -> None:
        with self._lock:
            self._frame = replace(self._frame, commands=(*self._frame.commands, command)[-COMMANDS_KEPT:])
        self._wake()

    def put_catalogue(self, catalogue: Catalogue) -> None:
        with self._lock:
            self._frame = replace(self._frame, catalogue=catalogue)
        self._wake()

    def put_conditions(self, conditions: tuple[ConditionRow, ...]) -> None:
        with self._lock:
            self._frame = replace(self._frame, conditions=conditions)
        self._wake()

    def put_figures(self, figures: PipelineFigures) -> None:
        with self._lock:
            self._frame = replace(self._frame, figures=figures)

    def put_jobs(self, jobs: tuple[JobStatus, ...]) -> None:
        with self._lock:
            self._frame = replace(self._frame, jobs=jobs)

    def put_sound(self, sound: SoundStatus) -> None:
        with self._lock:
            self._frame = replace(self._frame, sound=sound)
        self._wake()

    def put_desktop(self, notice: DesktopNotice) -> None:
        with self._lock:
            self._frame = replace(self._frame, desktop=(*self._frame.desktop, notice)[-DESKTOP_KEPT:])
        self._wake()

    def put_inbox(self, inbox: InboxStatus) -> None:
        with self._lock:
            self._frame = replace(self._frame, inbox=inbox)

    def put_outgoing(self, outgoing: OutgoingStatus) -> None:
        with self._lock:
            self._frame = replace(self._frame, outgoing=outgoing)

    def put_standing(self, standing: ControlStanding) -> None:
        with self._lock:
            self._frame = replace(self._frame, standing=standing)
        self._wake()

    def put_upkeep(self, upkeep: Upkeep) -> None:
        with self._lock:
            self._frame = replace(self._frame, upkeep=upkeep)

    def put_voided(self, token: UUID, reason: str) -> None:
        """Put a selection that holds no more, and why."""
        with self._lock:
            self._frame = replace(self._frame, voided=(*self._frame.voided, (token, reason))[-COMMANDS_KEPT:])
        self._wake()

    def put_user(self, user: User) -> None:
        with self._lock:
            self._frame = replace(self._frame, user=user)

    def put_session(self, session: SessionStatus) -> None:
        with self._lock:
            self._frame = replace(self._frame, session=session)
        self._wake()

    def put_secrets(self, secrets: SecretsStatus) -> None:
        with self._lock:
            self._frame = replace(self._frame, secrets=secrets)

    def put_notice(self, text: str) -> None:
        with self._lock:
            self._frame = replace(self._frame, notices=(*self._frame.notices, text)[-NOTICES_KEPT:])
        self._wake()

    def pull(self) -> Frame:
        """Return everything since the last pull. One caller."""
        with self._lock:
            frame, self._frame = self._frame, Frame()
            alarms, self._alarms = self._alarms, {}
        self._seen, live = self._live.pull(self._seen)
        return replace(frame, live=live, alarms=_changes_of(alarms) if alarms else None)


def _changes_of(alarms: Mapping[UUID, AlarmRow | None]) -> AlarmChanges:
    rows = tuple(row for row in alarms.values() if row is not None)
    return AlarmChanges(rows, tuple(alarm_id for alarm_id, row in alarms.items() if row is None))
