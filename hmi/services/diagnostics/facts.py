"""One look at everything that is counted, on the I/O thread: for the metrics and for the support bundle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hmi.config.profile import Profile
from hmi.domain.audit import AuditAction
from hmi.domain.commands import FINAL_STATES
from hmi.services.acquisition import Acquisition
from hmi.services.alarms.engine import AlarmEngine
from hmi.services.audit.desk import Audit
from hmi.services.control.recording import Recording
from hmi.services.database_thread import DatabaseThread
from hmi.services.history import History
from hmi.services.lateness import LatenessFigures
from hmi.services.port import CommandStatus, LinkStatus
from hmi.storage.journal.journal import Journal


@dataclass(frozen=True, slots=True)
class Facts:
    """What is counted. alarms: standing, by priority's name and state. commands: that ended, by outcome.

    control_unrecorded, requests_unrecorded: what was done, and of which no entry could be written, since the start.
    """

    links: tuple[LinkStatus, ...]
    received: int
    stored: int
    dropped: int
    waiting: int
    flush_ms: float
    alarms_raised: int
    alarms: Counter[tuple[str, str]]
    audit_rows: int
    audit_is_failing: bool
    audit_spooled: int
    audit_lost: int
    audit_written: Counter[AuditAction]
    control_unrecorded: int
    requests_unrecorded: int
    commands: Counter[str]
    lateness: LatenessFigures
    history_note: str
    alarms_note: str
    audit_note: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Where facts come from. is_started: whether the start is through."""

    profile: Profile
    acquisition: Acquisition
    history: History
    alarms: AlarmEngine
    audit: Audit
    control: Recording
    journal: Journal
    thread: DatabaseThread
    lateness: Callable[[], LatenessFigures]
    is_started: Callable[[], bool]
    commands: Counter[str] = field(default_factory=Counter)

    def command_changed(self, status: CommandStatus) -> None:
        """Count a command that ended."""
        if status.state in FINAL_STATES:
            self.commands[status.state.value.lower()] += 1

    def look(self) -> Facts:
        """Return what is counted now; on the I/O thread, in well under a millisecond."""
        writer, condition = self.history.figures(), self.audit.trail.condition
        return Facts(
            links=self.acquisition.statuses(),
            received=self.acquisition.received,
            stored=writer.stored,
            dropped=writer.dropped,
            waiting=writer.waiting,
            flush_ms=writer.flush_ms,
            alarms_raised=self.alarms.raised,
            alarms=Counter((row.priority.name.lower(), row.state.value) for row in self.alarms.rows()),
            audit_rows=condition.head.count,
            audit_is_failing=self.audit.trail.is_failing,
            audit_spooled=condition.spooled,
            audit_lost=condition.lost,
            audit_written=self.audit.trail.written.copy(),
            control_unrecorded=self.control.unrecorded,
            requests_unrecorded=self.audit.unrecorded,
            commands=self.commands.copy(),
            lateness=self.lateness(),
            history_note=writer.note,
            alarms_note=self.alarms.journal_note,
            audit_note=self.audit.trail.note,
        )
