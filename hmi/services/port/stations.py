"""Looking around on servers, and editing stations."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from drivers.api import BrowsedNode, Certificate, Description, Endpoint, Setting, TestStep, Trust
from hmi.domain.drafts import ConnectionDraft, FieldFault, StationDraft
from hmi.services.port.requests import Request


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
