"""The protocols that a driver satisfies: `Driver`, and one for each thing that it can do beyond opening and closing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from drivers.api.batch import Batch, BatchSink, Text, Value
from drivers.api.certificates import CertificateFolder
from drivers.api.errors import DriverError
from drivers.api.items import BrowsedNode, Condition, ConditionSink, Description, Item, Method, Rejected
from drivers.api.link import Credentials, Endpoint, TestStep, Trust


class Driver(Protocol):
    """One link to one source. Every method runs on the I/O thread's asyncio loop and never blocks it."""

    async def reach(self) -> None:
        """Find out within 3 s whether anything listens there, before the dear part. Raises NotConnectedError."""

    async def open(self, credentials: Credentials | None) -> None:
        """Connect, or after a loss take up what the source still holds. Raises NotConnectedError, AccessDeniedError."""

    async def wait_lost(self) -> DriverError:
        """Return the reason once the link is lost: refused, silent, or cut. Never raises for a lost link."""

    async def close(self) -> None:
        """End the link for good within 2 s, leaving no task and no socket. Safe at any time and twice."""

    def diagnostics(self) -> Mapping[str, str]:
        """Return what the protocol knows of the link, label to text, for people."""

    def trouble(self) -> str:
        """Return what is wrong with a link that is up, for people; empty when nothing is. Shown as Degraded."""

    def dropped(self) -> int:
        """Return how many values are known to have been lost since the driver was made."""


@runtime_checkable
class Subscribes(Protocol):
    """The source pushes changes."""

    async def subscribe(self, items: Sequence[Item], sink: BatchSink) -> Sequence[Rejected]:
        """Replace the subscribed items, leaving those that stay untouched; first values come through the sink.

        Refused items are tried again by the driver itself; `rejected` tells where they stand. Raises UnsupportedError.
        """

    def rejected(self) -> Sequence[Rejected]:
        """Return the items that the source does not serve at present."""


@runtime_checkable
class Reads(Protocol):
    """The source answers reads; a source that cannot push is polled with them."""

    async def read(self, items: Sequence[Item]) -> Batch:
        """Return one row an item; an unknown address is a row of quality CONFIG_ERROR."""


@runtime_checkable
class Writes(Protocol):
    """The source takes writes."""

    async def write(self, address: str, value: Value) -> None:
        """Write in the source's own data type.

        Raises WriteRejectedError, UnknownTagError, NotConnectedError where nothing has left, and UnansweredError
        where it has and the outcome is not known.
        """


@runtime_checkable
class Browses(Protocol):
    """The source can be walked."""

    async def browse(self, address: str | None = None) -> Sequence[BrowsedNode]:
        """Return what lies one level below an address (None: the top)."""

    async def describe(self, addresses: Sequence[str]) -> Sequence[Description]:
        """Return what the source says about each address, in bulk and in order."""


@runtime_checkable
class Discovers(Protocol):
    """The source says how it can be connected to, before there is a connection."""

    async def discover(self) -> Sequence[Endpoint]:
        """Return the ways in at the driver's address, the safest first. Raises NotConnectedError."""

    def test(self, credentials: Credentials | None) -> AsyncGenerator[TestStep, None]:
        """Connect step by step and say of each how it went; the first that fails is the last. Leaves nothing open."""


@runtime_checkable
class AsksTrust(Protocol):
    """The source proves itself with a certificate that a person accepts."""

    def trust(self, thumbprint: str, decision: Trust) -> None:
        """Take a person's word on the certificate last refused with UntrustedError. Raises KeyError for another one."""


@runtime_checkable
class Calls(Protocol):
    """The source has methods."""

    async def methods(self, address: str) -> Sequence[Method]:
        """Return the methods of an object with their arguments."""

    async def call(self, method: Method, inputs: Sequence[Value]) -> Sequence[Text | float]:
        """Call it and return its outputs. Raises as a write does."""


@runtime_checkable
class ReadsHistory(Protocol):
    """The source keeps a history."""

    def read_history(self, items: Sequence[Item], start_us: int, end_us: int) -> AsyncIterator[Batch]:
        """Yield raw values after start_us and before end_us, oldest first per tag, flagged HISTORICAL."""


@runtime_checkable
class MirrorsConditions(Protocol):
    """The source has alarms of its own. Each action names the event that was on screen; a newer one wins."""

    async def mirror(self, sink: ConditionSink) -> None:
        """Pass on every change of a condition, and all that stand at each (re)connection. Raises UnsupportedError."""

    async def acknowledge(self, condition: Condition, comment: str) -> None:
        """Acknowledge it there. Raises WriteRejectedError; for an old event after the mirror was refreshed."""

    async def confirm(self, condition: Condition, comment: str) -> None:
        """Confirm it there. Raises as `acknowledge` does."""

    async def shelve(self, condition: Condition, duration_s: float | None) -> None:
        """Shelve it there for a time, or until it next returns to normal (None). Raises as `acknowledge` does."""

    async def unshelve(self, condition: Condition) -> None:
        """End its shelving. Raises as `acknowledge` does."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One option of a connection that a person may change, described for a form.

    kind: "whole", "number", "flag", "choice" or "lines" (one text a line). low, high: bounds of numbers, inclusive.
    """

    name: str
    label: str
    note: str
    kind: str
    default: object
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


class DriverFactory(Protocol):
    """Makes the driver of a connection from its endpoint and its stored options; touches no network."""

    def __call__(self, endpoint: str, options: Mapping[str, object], /) -> Driver: ...


@dataclass(frozen=True, slots=True)
class DriverType:
    """One line of the registry: kind is what is stored, label is what people read.

    endpoint_of: turns what a person typed into an endpoint, or raises ValueError in words. address_fault: says what is
    wrong with an address, empty when it can be one. Both touch no network. certificates: returns those of a profile's
    folder, of a kind that has any; drivers are then made with the options `pki_folder`, that folder, and
    `key_passphrase`, a callable that returns what opens one's own key, empty for none.
    """

    kind: str
    label: str
    create: DriverFactory
    endpoint_of: Callable[[str], str] = str
    address_fault: Callable[[str], str] = lambda _address: ""
    settings: tuple[Setting, ...] = ()
    certificates: Callable[[Path], CertificateFolder] | None = None
