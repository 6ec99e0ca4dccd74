"""The port between the services and a window: frames out, requests in.

Everything here is immutable and picklable, so that a window may one day sit in another process. Out: a window pulls
one `Frame` every 100 ms, with what changed since its last pull, coalesced; for alarms, links and commands it is woken
at once. In: a `Request` is answered by its result, or refused with RefusedError in the operator's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import numpy as np
import numpy.typing as npt

from drivers.api import (
    BrowsedNode,
    Certificate,
    Condition,
    Description,
    Endpoint,
    LinkState,
    Rejected,
    Setting,
    TestStep,
    Text,
    Trust,
)
from hmi.domain.alarms import AlarmState, AlarmType, Occurrence, Priority
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import CommandState
from hmi.domain.drafts import ConnectionDraft, FieldFault, StationDraft
from hmi.domain.roles import User

Result_co = TypeVar("Result_co", covariant=True)


class RefusedError(Exception):
    """A request that was refused; its text is the reason for the operator."""


# ── frames out ────────────────────────────────────────────────────────────────────────────────────────────────────


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

    certificate: the server's, while nobody has accepted it. dropped: values known to be lost since the start.
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
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm that is not normal. tag: dense index, −1 for a connection's alarm. value: when it was raised."""

    occurrence: Occurrence
    state: AlarmState
    priority: Priority
    type: AlarmType
    tag: int
    station_id: UUID | None
    source: str
    text: str
    value: float
    limit: float
    cleared_us: int = 0
    acknowledged_us: int = 0
    acknowledged_by: str = ""
    is_value_trusted: bool = True
    consequence: str = ""
    action: str = ""


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


@dataclass(frozen=True, slots=True)
class Frame:
    """What changed since the last pull; None where nothing did."""

    live: LiveDelta | None = None
    links: tuple[LinkStatus, ...] | None = None
    alarms: tuple[AlarmRow, ...] | None = None
    commands: tuple[CommandStatus, ...] = ()
    catalogue: Catalogue | None = None
    figures: PipelineFigures | None = None
    user: User | None = None
    notices: tuple[str, ...] = ()
    conditions: tuple[ConditionRow, ...] | None = None


# ── requests in ───────────────────────────────────────────────────────────────────────────────────────────────────


class Request(Generic[Result_co]):
    """Something a window asks for; the type parameter is what comes back."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class PenData:
    """One tag's history between two times, at most a few points a pixel.

    time_us: int64, ascending. low, high, last: float64 of the same length; where readings were few the three are
    equal. NaN marks a gap: bad quality or no link, never bridged. before: the value that held at the start, or NaN.
    """

    tag: int
    time_us: npt.NDArray[np.int64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    last: npt.NDArray[np.float64]
    before: float
    is_raw: bool


@dataclass(frozen=True, slots=True)
class ReadHistory(Request[tuple[PenData, ...]]):
    """Ask for the history of tags from start_us to end_us (UTC µs) for a chart `pixels` wide."""

    tags: tuple[int, ...]
    start_us: int
    end_us: int
    pixels: int


@dataclass(frozen=True, slots=True)
class Acknowledge(Request[int]):
    """Acknowledge the occurrences that were on screen; answers how many were, refuses when none could be."""

    occurrences: tuple[Occurrence, ...]
    comment: str = ""


class ConditionAction(StrEnum):
    """What can be done to an alarm that a server owns."""

    ACKNOWLEDGE = "acknowledge"
    CONFIRM = "confirm"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"


@dataclass(frozen=True, slots=True)
class ActOnCondition(Request[None]):
    """Do something to an alarm where it lives; its new state comes in a frame. shelve_s: 0 until it next is normal."""

    connection_id: UUID
    condition_id: str
    action: ConditionAction
    comment: str = ""
    shelve_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a command as it stood at select."""

    text: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """A control selected for one value: what the operator is asked to confirm, until expires_us."""

    token: UUID
    control_id: UUID
    value: float
    from_label: str
    to_label: str
    checks: tuple[Check, ...]
    expires_us: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class SelectControl(Request[Selection]):
    """Select a control for a value (first step of a command)."""

    control_id: UUID
    value: float


@dataclass(frozen=True, slots=True)
class Operate(Request[UUID]):
    """Operate what was selected (second step); answers the command's id, its states come in frames."""

    token: UUID


@dataclass(frozen=True, slots=True)
class CancelSelection(Request[None]):
    """Let go of a selection."""

    token: UUID


@dataclass(frozen=True, slots=True)
class ReadCommands(Request[tuple[CommandStatus, ...]]):
    """Ask for the latest commands, newest first."""

    limit: int = 100


@dataclass(frozen=True, slots=True)
class EnterCredentials(Request[str]):
    """Hand over a connection's user and password; answers where it is kept: in the keyring or for the session."""

    connection_id: UUID
    user: str
    password: str = field(repr=False)


# ── stations ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DriverChoice:
    """A kind of connection that can be made: kind is stored, label is read; settings: what a form may ask for."""

    kind: str
    label: str
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class ListDrivers(Request[tuple[DriverChoice, ...]]):
    """Ask which kinds of connection there are."""


@dataclass(frozen=True, slots=True)
class Discover(Request[tuple[Endpoint, ...]]):
    """Ask a server for the ways in, the safest first. address: as typed, a host or a URL."""

    driver: str
    address: str


@dataclass(frozen=True, slots=True)
class Exploration:
    """A link that is only looked around on; is_open False while the server's certificate waits for a word."""

    id: UUID
    is_open: bool
    reason: str = ""
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class OpenExploration(Request[Exploration]):
    """Connect to look around, on a link of its own that disturbs no other; asked again after TrustCertificate.

    password: empty to take the one in the keyring under the connection's id. Refused in words when it fails.
    """

    connection: ConnectionDraft
    password: str = field(default="", repr=False)
    exploration: UUID | None = None


@dataclass(frozen=True, slots=True)
class CloseExploration(Request[None]):
    """Let go of an exploration or a connection test, in whatever state it is; of one that is gone nothing is said."""

    exploration: UUID


@dataclass(frozen=True, slots=True)
class BrowseLevel(Request[tuple[BrowsedNode, ...]]):
    """Ask for what lies one level below an address; None for the top."""

    exploration: UUID
    address: str | None = None


@dataclass(frozen=True, slots=True)
class FoundNode:
    """A value found below others; path: the names from the top to it, joined for reading."""

    node: BrowsedNode
    path: str


@dataclass(frozen=True, slots=True)
class FoundNodes:
    """What a walk found; is_whole False when it stopped at a bound and there may be more."""

    nodes: tuple[FoundNode, ...]
    is_whole: bool
    looked_at: int


@dataclass(frozen=True, slots=True)
class SearchNodes(Request[FoundNodes]):
    """Search the values below an address by a part of their name or path; an empty text collects them all."""

    exploration: UUID
    text: str = ""
    under: str | None = None


@dataclass(frozen=True, slots=True)
class DescribeNodes(Request[tuple[Description, ...]]):
    """Ask the server for names, types, units and ranges of addresses, in bulk and in order."""

    exploration: UUID
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartConnectionTest(Request[UUID]):
    """Begin to connect step by step; the steps are taken with NextTestStep, CloseExploration cancels."""

    connection: ConnectionDraft
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NextTestStep(Request[TestStep | None]):
    """Wait for the next step of a connection test; None after the last."""

    test: UUID


@dataclass(frozen=True, slots=True)
class TrustCertificate(Request[None]):
    """Give one's word on the certificate that an exploration, a test or a connection was refused with."""

    owner: UUID
    thumbprint: str
    decision: Trust


@dataclass(frozen=True, slots=True)
class CheckStation(Request[tuple[FieldFault, ...]]):
    """Ask what is wrong with a draft, field by field; nothing when it can be saved."""

    draft: StationDraft


@dataclass(frozen=True, slots=True)
class SaveStation(Request[UUID]):
    """Add a station or bring it to its draft; answers before any network is touched. Refused with all faults named.

    password: kept in the keyring first when not empty.
    """

    draft: StationDraft
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DeleteStation(Request[None]):
    """Delete a station, its tags, and each connection that nothing uses any more. History is kept."""

    station_id: UUID


@dataclass(frozen=True, slots=True)
class EnableConnection(Request[None]):
    """Switch a connection on or off."""

    connection_id: UUID
    enabled: bool


@dataclass(frozen=True, slots=True)
class ExportStations(Request[str]):
    """Ask for stations with their connections, tags and alarms as the text of one file; no secrets in it."""

    station_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PackageChange:
    """One difference that an import would make: what ("Station", "Tag" …), which, and how in words."""

    what: str
    name: str
    change: str


@dataclass(frozen=True, slots=True)
class CompareStations(Request[tuple[PackageChange, ...]]):
    """Ask what importing a file's text would change; refused in words when it is none."""

    text: str


@dataclass(frozen=True, slots=True)
class ImportStations(Request[int]):
    """Import a file's text; answers how many stations it holds."""

    text: str


class Port(Protocol):
    """What a window holds of the services. Its methods may be called on any one thread."""

    def pull(self) -> Frame:
        """Return what changed since the last pull; never waits for more than a copy."""

    async def request(self, request: Request[Result_co]) -> Result_co:
        """Return the answer. Raises RefusedError."""

    def on_urgent(self, wake: Callable[[], None]) -> None:
        """Call `wake`, from any thread, when an alarm, a link or a command changed."""
