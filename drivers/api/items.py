"""What a source has: values to acquire, nodes to walk, methods to call, alarms of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


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


ConditionSink = Callable[[Sequence[Condition]], None]
"""Takes conditions that changed, on the I/O thread, and returns at once."""
