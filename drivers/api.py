"""What every driver is and what travels through it.

A driver is one link to one server, broker or PLC. It is made once a connection and lives across reconnects: the
supervisor above it opens it, waits until it is lost, and opens it again. Values leave a driver in columns, one
`Batch` at a time; what a driver can do beyond opening and closing is said by the capability protocols it satisfies.

Errors, each with the sentence an operator reads:

    DriverError
    ├── NotConnectedError      the link is down or does not answer: try again
    ├── AccessDeniedError      credentials or a certificate were refused: ask a person
    │   └── UntrustedError     nobody has accepted the server's certificate yet: show it and ask
    ├── UnknownTagError        the address does not exist there: remember, skip, list
    ├── WriteRejectedError     the server refused the write: tell now, never retry
    └── UnsupportedError       the server lacks the service: do without it
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag, StrEnum
from typing import Protocol, Self, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

UInt32Column = npt.NDArray[np.uint32]
UInt16Column = npt.NDArray[np.uint16]
Int64Column = npt.NDArray[np.int64]
Float64Column = npt.NDArray[np.float64]

Text = str | int
"""What cannot travel through float64 without loss: strings, and integers beyond 2**53."""

Value = bool | int | float | str
"""What can be written to a tag."""


class Quality(IntEnum):
    """How far a value can be trusted; the order is the order of trouble, and the numbers are stored."""

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2
    STALE = 3
    NOT_CONNECTED = 4
    CONFIG_ERROR = 5
    SUBSTITUTED = 6


class Flag(IntFlag):
    """How a value came here; stored beside its quality."""

    NONE = 0
    HISTORICAL = 1
    RETAINED = 2
    TRANSIENT = 4
    TIME_REPLACED = 8


class LinkState(IntEnum):
    """The state of one connection, as operators see it."""

    DISABLED = 0
    CONNECTING = 1
    UP = 2
    DEGRADED = 3
    DOWN = 4


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Readings in columns of equal length; rows are in the order of arrival.

    tag: uint32, the dense index of the tag. value: float64 (discrete values are 0.0 and 1.0, NaN where `texts` holds
    the value or there is none). quality: uint16 of `Quality`. code: uint32, the protocol's own status.
    source_us, received_us: int64, UTC microseconds. flags: uint16 of `Flag`. texts: row number to text.
    """

    tag: UInt32Column
    value: Float64Column
    quality: UInt16Column
    code: UInt32Column
    source_us: Int64Column
    received_us: Int64Column
    flags: UInt16Column
    texts: Mapping[int, Text] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tag)

    @classmethod
    def of(
        cls,
        tag: npt.ArrayLike,
        value: npt.ArrayLike,
        source_us: npt.ArrayLike,
        *,
        received_us: npt.ArrayLike | None = None,
        quality: npt.ArrayLike = Quality.GOOD,
        code: npt.ArrayLike = 0,
        flags: npt.ArrayLike = Flag.NONE,
        texts: Mapping[int, Text] | None = None,
    ) -> Self:
        """Return a batch with every column in its dtype; a scalar stands for a whole column."""
        tags = np.atleast_1d(np.asarray(tag, np.uint32))
        rows = len(tags)

        return cls(
            tag=tags,
            value=_column(value, np.float64, rows),
            quality=_column(quality, np.uint16, rows),
            code=_column(code, np.uint32, rows),
            source_us=_column(source_us, np.int64, rows),
            received_us=_column(source_us if received_us is None else received_us, np.int64, rows),
            flags=_column(flags, np.uint16, rows),
            texts=texts or {},
        )

    @classmethod
    def concatenate(cls, batches: Sequence[Batch]) -> Batch:
        """Return the rows of all batches, in order; one batch is returned as it is."""
        if len(batches) == 1:
            return batches[0]
        texts: dict[int, Text] = {}
        offset = 0
        for batch in batches:
            texts.update((offset + row, text) for row, text in batch.texts.items())
            offset += len(batch)
        return cls(
            tag=_stack([batch.tag for batch in batches], np.uint32),
            value=_stack([batch.value for batch in batches], np.float64),
            quality=_stack([batch.quality for batch in batches], np.uint16),
            code=_stack([batch.code for batch in batches], np.uint32),
            source_us=_stack([batch.source_us for batch in batches], np.int64),
            received_us=_stack([batch.received_us for batch in batches], np.int64),
            flags=_stack([batch.flags for batch in batches], np.uint16),
            texts=texts,
        )

    def select(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Batch:
        """Return the named rows, by index or by mask; texts go with their rows."""
        indices = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        texts = (
            {new: self.texts[old] for new, old in enumerate(indices.tolist()) if old in self.texts}
            if self.texts
            else {}
        )
        return Batch(
            tag=self.tag[indices],
            value=self.value[indices],
            quality=self.quality[indices],
            code=self.code[indices],
            source_us=self.source_us[indices],
            received_us=self.received_us[indices],
            flags=self.flags[indices],
            texts=texts,
        )


_Scalar = TypeVar("_Scalar", bound=np.generic)


def _stack(columns: Sequence[npt.NDArray[_Scalar]], dtype: type[_Scalar]) -> npt.NDArray[_Scalar]:
    return np.concatenate(columns) if columns else np.empty(0, dtype)


def _column(given: npt.ArrayLike, dtype: type[_Scalar], rows: int) -> npt.NDArray[_Scalar]:
    return np.ascontiguousarray(np.broadcast_to(np.asarray(given, dtype), (rows,)))


BatchSink = Callable[[Batch], None]
"""Takes a batch on the I/O thread and returns at once."""


@dataclass(frozen=True, slots=True)
class Item:
    """One address that a driver is asked to acquire.

    tag: the dense index that goes into `Batch.tag`. address: in the protocol's own spelling, made of names that survive
    a restart of the server. sampling_ms: how often the source looks at it. deadband: changes up to this, in the
    source's unit, are not sent; 0 for every change.
    """

    tag: int
    address: str
    sampling_ms: int = 250
    deadband: float = 0.0


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that the source does not serve, and why in the operator's words. since_us: first refused, UTC µs."""

    tag: int
    address: str
    reason: str
    code: int = 0
    since_us: int = 0


@dataclass(frozen=True, slots=True)
class BrowsedNode:
    """One step below an address: has_children says whether to ask again, is_value whether it can be a tag.

    fault: why a value cannot be a tag, in words (an array, a type that is neither number nor text). is_plant: False for
    what belongs to the protocol itself rather than to the plant behind it.
    """

    address: str
    name: str
    has_children: bool
    is_value: bool
    data_type: str = ""
    writable: bool = False
    is_method: bool = False
    fault: str = ""
    is_plant: bool = True


@dataclass(frozen=True, slots=True)
class Description:
    """What the source itself says about an address that may become a tag.

    low, high: the range in `unit`, None where the source names none. states: what 0 and 1 mean, for a discrete value.
    fault: why it cannot be a tag, in words; empty when it can.
    """

    address: str
    name: str
    data_type: str = ""
    kind: str = "analog"
    unit: str = ""
    low: float | None = None
    high: float | None = None
    states: tuple[str, str] | None = None
    writable: bool = False
    note: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate as a person judges it. Times in UTC µs; thumbprint: SHA-1 in hex, as servers show it.

    faults: what is wrong with it besides that nobody accepted it yet, each a sentence.
    """

    subject: str
    issuer: str
    thumbprint: str
    application_uri: str
    hosts: tuple[str, ...]
    valid_from_us: int
    valid_to_us: int
    faults: tuple[str, ...] = ()


class Trust(StrEnum):
    """What a person says to a certificate."""

    ONCE = "once"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way into a server, as it offers it.

    address, options: what a connection that goes this way stores. strength: higher is safer. logins: of "anonymous",
    "user" and "certificate". warning: what speaks against it, in words.
    """

    address: str
    options: Mapping[str, object]
    label: str
    application: str
    strength: int
    logins: tuple[str, ...]
    certificate: Certificate | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class TestStep:
    """One step of a connection test; is_ok None while it runs."""

    name: str
    is_ok: bool | None
    detail: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a method."""

    name: str
    data_type: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """Something that can be called on an object of the source."""

    owner: str
    address: str
    name: str
    inputs: tuple[Argument, ...]
    outputs: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """An alarm that the source owns, as the source says it stands; mirrored, never computed here.

    id: the condition's address, with its branch when it has one. event: opaque, names the newest event of the branch.
    is_retained: whether it belongs in a list of standing alarms. shelved: "", "timed" or "one shot".
    """

    id: str
    event: bytes
    source: str
    name: str
    message: str
    severity: int
    at_us: int
    received_us: int
    is_enabled: bool = True
    is_active: bool = False
    is_acknowledged: bool = True
    is_confirmed: bool = True
    is_retained: bool = False
    shelved: str = ""
    user: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password on their way from the keyring to a server; never logged, never stored."""

    user: str
    password: str = field(repr=False)


class DriverError(Exception):
    """A fault of the link or the peer; its text is the sentence an operator reads."""

    def __init__(self, sentence: str, *, code: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class NotConnectedError(DriverError):
    """The link is down or does not answer: try again later."""


class AccessDeniedError(DriverError):
    """Credentials or a certificate were refused: ask a person before trying again."""


class UntrustedError(AccessDeniedError):
    """Nobody has accepted the server's certificate yet: a person has to judge it."""

    def __init__(self, sentence: str, certificate: Certificate, *, code: int = 0) -> None:
        super().__init__(sentence, code=code)
        self.certificate = certificate


class UnknownTagError(DriverError):
    """The address does not exist at the source: remember it, skip it, list it."""


class WriteRejectedError(DriverError):
    """The source refused a write: tell the operator now, never retry."""


class UnsupportedError(DriverError):
    """The source lacks the service: do without it."""


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
        """Write in the source's own data type. Raises WriteRejectedError, UnknownTagError or NotConnectedError."""


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
        """Call it and return its outputs. Raises WriteRejectedError, UnknownTagError or NotConnectedError."""


@runtime_checkable
class ReadsHistory(Protocol):
    """The source keeps a history."""

    def read_history(self, items: Sequence[Item], start_us: int, end_us: int) -> AsyncIterator[Batch]:
        """Yield raw values after start_us and before end_us, oldest first per tag, flagged HISTORICAL."""


ConditionSink = Callable[[Sequence[Condition]], None]
"""Takes conditions that changed, on the I/O thread, and returns at once."""


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
    wrong with an address, empty when it can be one. Both touch no network.
    """

    kind: str
    label: str
    create: DriverFactory
    endpoint_of: Callable[[str], str] = str
    address_fault: Callable[[str], str] = lambda _address: ""
    settings: tuple[Setting, ...] = ()
