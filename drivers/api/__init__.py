"""What every driver is and what travels through it; nothing in here knows a protocol.

A driver is one link to one server, broker or PLC. It is made once a connection and lives across reconnects: the
supervisor above it opens it, waits until it is lost, and opens it again. Values leave a driver in columns, one
`Batch` at a time; what a driver can do beyond opening and closing is said by the capability protocols it satisfies.
"""

from __future__ import annotations

from drivers.api.batch import (
    Batch,
    BatchSink,
    Flag,
    Float64Column,
    Int64Column,
    Quality,
    Text,
    UInt16Column,
    UInt32Column,
    Value,
)
from drivers.api.capabilities import (
    AsksTrust,
    Browses,
    Calls,
    Discovers,
    Driver,
    DriverFactory,
    DriverType,
    MirrorsConditions,
    Reads,
    ReadsHistory,
    Setting,
    Subscribes,
    Writes,
)
from drivers.api.certificates import CertificateFolder, LinkProof, OwnCertificate, OwnWish, Proves, Shelf
from drivers.api.errors import (
    AccessDeniedError,
    DriverError,
    NotConnectedError,
    UnansweredError,
    UnknownTagError,
    UnsupportedError,
    UntrustedError,
    WriteRejectedError,
)
from drivers.api.items import (
    Argument,
    BrowsedNode,
    Condition,
    ConditionSink,
    Description,
    Item,
    Method,
    Rejected,
)
from drivers.api.link import (
    Certificate,
    Credentials,
    Endpoint,
    LinkState,
    TestStep,
    Trust,
)

__all__ = [
    "AccessDeniedError",
    "Argument",
    "AsksTrust",
    "Batch",
    "BatchSink",
    "BrowsedNode",
    "Browses",
    "Calls",
    "Certificate",
    "CertificateFolder",
    "Condition",
    "ConditionSink",
    "Credentials",
    "Description",
    "Discovers",
    "Driver",
    "DriverError",
    "DriverFactory",
    "DriverType",
    "Endpoint",
    "Flag",
    "Float64Column",
    "Int64Column",
    "Item",
    "LinkProof",
    "LinkState",
    "Method",
    "MirrorsConditions",
    "NotConnectedError",
    "OwnCertificate",
    "OwnWish",
    "Proves",
    "Quality",
    "Reads",
    "ReadsHistory",
    "Rejected",
    "Setting",
    "Shelf",
    "Subscribes",
    "TestStep",
    "Text",
    "Trust",
    "UInt16Column",
    "UInt32Column",
    "UnansweredError",
    "UnknownTagError",
    "UnsupportedError",
    "UntrustedError",
    "Value",
    "WriteRejectedError",
    "Writes",
]
