"""What a server answers to a publish request: its envelope, and the notifications in columns; pure, no I/O.

The envelope is read here rather than by asyncua, whose DiagnosticInfo takes what is nested in it for something else.
Services: OPC 10000-4, 5.14.5 (Publish), 7.25 (notifications), 7.26 (their message), 7.33 (response header).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary

from drivers.opcua import lenient
from drivers.opcua.binary import (
    MalformedError,
    byte_at,
    count_at,
    end_of_array,
    end_of_diagnostic_info,
    end_of_extension_object,
    end_of_node_id,
    end_of_string,
    end_of_variant,
    unpack_at,
    within,
)
from drivers.opcua.codec import NO_TIME, Columns, Decoder, microseconds_of

PUBLISH_RESPONSE: Final = 829
REPUBLISH_RESPONSE: Final = 835
SERVICE_FAULT: Final = 397
DATA_CHANGE: Final = 811
EVENTS: Final = 916
STATUS_CHANGE: Final = 820
"""Identifiers of the binary encodings, in namespace 0 (OPC 10000-6, annex A)."""

_BINARY_BODY = 1
"""The form of an extension object whose body is a byte string (OPC 10000-6, 5.2.2.15)."""

_FAULTS = 3

_UINT32 = struct.Struct("<I")
_HEADER = struct.Struct("<qII")
_MESSAGE = struct.Struct("<?Iq")
_MESSAGE_AGAIN = struct.Struct("<Iq")
_FOUR_BYTE_ID = struct.Struct("<xBH")
_NUMERIC_ID = struct.Struct("<xHI")


@dataclass(frozen=True, slots=True, eq=False)
class Publish:
    """One answer. service_result, status_changes, results: status codes; publish_us: UTC microseconds or NO_TIME.

    Of a service fault there is only service_result. available: sequence numbers that can be asked for again. more: the
    server has more to send at once. results: how each acknowledgement was taken, empty if they could not be read.
    malformed: why a part of the answer could not be read, else empty; what came in before and beside it is here.
    """

    service_result: int
    subscription_id: int = 0
    available: tuple[int, ...] = ()
    more: bool = False
    sequence: int = 0
    publish_us: int = NO_TIME
    changes: tuple[Columns, ...] = ()
    events: tuple[ua.EventNotificationList, ...] = ()
    status_changes: tuple[int, ...] = ()
    results: tuple[int, ...] = ()
    malformed: str = ""

    @property
    def is_keepalive(self) -> bool:
        """Return whether the message says no more than that the subscription lives (OPC 10000-4, 5.14.1.1)."""
        return not (self.service_result >> 31 or self.changes or self.events or self.status_changes or self.malformed)


@dataclass(slots=True)
class _Notifications:
    """What is collected while an answer is read."""

    changes: list[Columns] = field(default_factory=list)
    events: list[ua.EventNotificationList] = field(default_factory=list)
    status_changes: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note(self, fault: str) -> None:
        """Keep the first few reasons: a message can have a fault every three bytes."""
        if len(self.faults) < _FAULTS:
            self.faults.append(fault)


def decode_publish(body: bytes | memoryview, decoder: Decoder | None = None) -> Publish:
    """Return what a service response says that answers a publish request; body begins at the response's type id.

    decoder: the one that saw the messages before, for speed only. Raises MalformedError when it is another service's
    answer or ends before the notifications begin; what is malformed from there on is told in the result.
    """
    data = bytes(body)
    service, at = _type_id(data, 0)
    if service not in (PUBLISH_RESPONSE, SERVICE_FAULT):
        raise MalformedError(f"the answer to a publish request is of type {service}")
    service_result, at = _response_header(data, at)
    if service == SERVICE_FAULT:
        return Publish(service_result)
    (subscription_id,) = unpack_at(_UINT32, data, at)
    available, at = _uint32_array(data, at + 4)
    more, sequence, ticks = unpack_at(_MESSAGE, data, at)
    at += _MESSAGE.size
    found = _Notifications()
    results: tuple[int, ...] = ()
    try:
        at = _read_notifications(data, at, found, decoder or Decoder())
        results, at = _uint32_array(data, at)
        end_of_array(end_of_diagnostic_info, data, at)
    except MalformedError as error:
        found.note(str(error))
    return Publish(
        service_result=service_result,
        subscription_id=subscription_id,
        available=available,
        more=bool(more),
        sequence=sequence,
        publish_us=microseconds_of(ticks),
        changes=tuple(found.changes),
        events=tuple(found.events),
        status_changes=tuple(found.status_changes),
        results=results,
        malformed="; ".join(found.faults),
    )


def decode_republish(body: bytes | memoryview, subscription_id: int, decoder: Decoder | None = None) -> Publish:
    """Return the message that a server sent again (OPC 10000-4, 5.14.6); its answer does not name the subscription.

    Raises MalformedError as `decode_publish` does.
    """
    data = bytes(body)
    service, at = _type_id(data, 0)
    if service not in (REPUBLISH_RESPONSE, SERVICE_FAULT):
        raise MalformedError(f"the answer to a republish request is of type {service}")
    service_result, at = _response_header(data, at)
    if service == SERVICE_FAULT:
        return Publish(service_result, subscription_id)
    sequence, ticks = unpack_at(_MESSAGE_AGAIN, data, at)
    found = _Notifications()
    try:
        _read_notifications(data, at + _MESSAGE_AGAIN.size, found, decoder or Decoder())
    except MalformedError as error:
        found.note(str(error))
    return Publish(
        service_result=service_result,
        subscription_id=subscription_id,
        sequence=sequence,
        publish_us=microseconds_of(ticks),
        changes=tuple(found.changes),
        events=tuple(found.events),
        status_changes=tuple(found.status_changes),
        malformed="; ".join(found.faults),
    )


def _type_id(data: bytes, at: int) -> tuple[int, int]:
    """Return the number of a numeric node id of namespace 0, -1 for any other, and where it ends."""
    end = end_of_node_id(data, at)
    form = byte_at(data, at)
    if form == 0:
        return data[at + 1], end
    if form not in (1, 2):
        return -1, end
    namespace, number = unpack_at(_FOUR_BYTE_ID if form == 1 else _NUMERIC_ID, data, at)
    return (number if namespace == 0 else -1), end


def _response_header(data: bytes, at: int) -> tuple[int, int]:
    """Return the service result and where the header ends (OPC 10000-4, 7.33)."""
    _, _, service_result = unpack_at(_HEADER, data, at)
    at = end_of_diagnostic_info(data, at + _HEADER.size)
    at = end_of_array(end_of_string, data, at)
    return service_result, end_of_extension_object(data, at)


def _uint32_array(data: bytes, at: int) -> tuple[tuple[int, ...], int]:
    count = max(count_at(data, at), 0)
    end = within(data, at + 4 + 4 * count)
    return struct.unpack_from(f"<{count}I", data, at + 4), end


def _read_notifications(data: bytes, at: int, found: _Notifications, decoder: Decoder) -> int:
    """Read the notifications of one message and return where they end. Raises MalformedError when that is not known."""
    count = count_at(data, at)
    at += 4
    for _ in range(count):
        kind, start = _type_id(data, at)
        at = end_of_extension_object(data, at)
        try:
            _read_notification(kind, _body(data, start, at), found, decoder)
        except MalformedError as error:
            found.note(f"notification of type {kind}: {error}")
    return at


def _body(data: bytes, start: int, end: int) -> bytes:
    """Return the body of an extension object; it lies behind its form and its length."""
    if data[start] != _BINARY_BODY:
        raise MalformedError("it has no binary body")
    return data[start + 5 : end]


def _read_notification(kind: int, body: bytes, found: _Notifications, decoder: Decoder) -> None:
    if kind == DATA_CHANGE:
        found.changes.append(_data_change(body, decoder))
    elif kind == EVENTS:
        found.events.append(_events(body))
    elif kind == STATUS_CHANGE:
        found.status_changes.extend(unpack_at(_UINT32, body, 0))
    else:
        raise MalformedError("unknown")


def _data_change(body: bytes, decoder: Decoder) -> Columns:
    try:
        return decoder.decode_data_change(body)
    except MalformedError as error:
        try:
            return lenient.decode_data_change(body)
        except MalformedError as second:
            raise MalformedError(f"{error} (asyncua: {second})") from error


def _events(body: bytes) -> ua.EventNotificationList:
    """Return the events as asyncua reads them, once it is known that they are what they should be."""
    end_of_array(_end_of_event, body, 0)
    try:
        return struct_from_binary(ua.EventNotificationList, Buffer(body))
    except Exception as error:  # whatever asyncua stumbles over: its decoders raise what Python raises
        raise MalformedError(f"{type(error).__name__}: {error}") from error


def _end_of_event(data: bytes, at: int) -> int:
    return end_of_array(end_of_variant, data, at + 4)
