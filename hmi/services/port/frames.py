"""What flows to a window: one frame a pull, with what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

import numpy as np
import numpy.typing as npt

from drivers.api import Certificate, Condition, LinkProof, LinkState, Rejected, Text
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import CommandState
from hmi.domain.roles import User
from hmi.domain.window_session import SessionStatus
from hmi.services.port.alarm_rows import AlarmChanges, AlarmOverview
from hmi.services.port.control_standing import ControlStanding
from hmi.services.port.notifications import DesktopNotice, InboxStatus, OutgoingStatus
from hmi.services.port.secrets import SecretsStatus
from hmi.services.port.sound import SoundStatus
from hmi.services.port.upkeep import Upkeep


@dataclass(frozen=True, slots=True, eq=False)
class LiveDelta:
    """The live rows that changed since the last pull, in columns of equal length; see drivers.api.Batch."""

    tag: npt.NDArray[np.uint32]
    value: npt.NDArray[np.float64]
    quality: npt.NDArray[np.uint16]
    source_us: npt.NDArray[np.int64]
    texts: Mapping[int, Text] = field(default_factory=dict)
    """Tag index (not row) to text."""


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """One connection as it stands. since_us: in this state since. rate: values a second over the last seconds.

    certificate: the server's, while nobody has accepted it. proof: who has proven what, where the link knows that.
    dropped: values known to be lost since the start.
    """

    connection_id: UUID
    name: str
    endpoint: str
    state: LinkState
    since_us: int
    reason: str = ""
    last_data_us: int = 0
    reconnects: int = 0
    values: int = 0
    rate: float = 0.0
    tags: int = 0
    dropped: int = 0
    rejected: tuple[Rejected, ...] = ()
    is_polled: bool = False
    needs_credentials: bool = False
    certificate: Certificate | None = None
    proof: LinkProof | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommandStatus:
    """One command as it stands; detail says in words why it was refused or what the readback showed."""

    id: UUID
    control_id: UUID
    station_id: UUID
    name: str
    state: CommandState
    value: float
    label: str
    user: str
    at_us: int
    detail: str = ""
    second_user: str = ""


@dataclass(frozen=True, slots=True)
class PipelineFigures:
    """What has flowed through since the start, and how well."""

    received: int = 0
    stored: int = 0
    dropped: int = 0
    waiting: int = 0
    received_rate: float = 0.0
    stored_rate: float = 0.0
    flush_ms: float = 0.0
    alarms_raised: int = 0
    history_note: str = ""
    io_late_p99_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One alarm that a server owns, and the connection it came over."""

    connection_id: UUID
    condition: Condition


class JobState(StrEnum):
    """How a piece of long work stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One piece of long work: an import, an export, a backup.

    done, total: in `unit`; total 0 while it is not known. detail: what it does now, or how it ended, in words.
    started_us, ended_us: UTC µs, 0 while it runs.
    """

    id: UUID
    label: str
    state: JobState
    done: int = 0
    total: int = 0
    unit: str = ""
    detail: str = ""
    started_us: int = 0
    ended_us: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """What changed since the last pull; None where nothing did. voided: selections that hold no more, and why."""

    live: LiveDelta | None = None
    links: tuple[LinkStatus, ...] | None = None
    alarms: AlarmChanges | None = None
    overview: AlarmOverview | None = None
    commands: tuple[CommandStatus, ...] = ()
    catalogue: Catalogue | None = None
    figures: PipelineFigures | None = None
    user: User | None = None
    session: SessionStatus | None = None
    secrets: SecretsStatus | None = None
    notices: tuple[str, ...] = ()
    conditions: tuple[ConditionRow, ...] | None = None
    jobs: tuple[JobStatus, ...] | None = None
    sound: SoundStatus | None = None
    desktop: tuple[DesktopNotice, ...] = ()
    inbox: InboxStatus | None = None
    outgoing: OutgoingStatus | None = None
    standing: ControlStanding | None = None
    upkeep: Upkeep | None = None
    voided: tuple[tuple[UUID, str], ...] = ()
