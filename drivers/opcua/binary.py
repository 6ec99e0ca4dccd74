"""OPC UA's binary encoding as far as a client has to read a value or step over it; pure, no I/O.

Every function takes the whole message and an offset, and answers where what lies there ends. Steps are taken by the
lengths in the message, so that no array, text or structure is built only to be thrown away. Work is linear in the
bytes of the message whatever they say, nothing is allocated by a count, and nesting is limited.

The encoding: OPC 10000-6, 5.2.2 (built-in types), 5.2.5 (arrays), 5.2.2.16 (variants).
All raise MalformedError when the bytes end too early or say what the encoding does not know.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from typing import Final

from asyncua import ua

from drivers.api import Text
from drivers.opcua.values import TEXT_LIMIT, number_and_text

NULL, BOOLEAN, INT64, UINT64, FLOAT, DOUBLE, STRING, DATE_TIME, GUID, BYTE_STRING = 0, 1, 8, 9, 10, 11, 12, 13, 14, 15
XML_ELEMENT, NODE_ID, EXPANDED_NODE_ID, STATUS_CODE, QUALIFIED_NAME, LOCALIZED_TEXT = 16, 17, 18, 19, 20, 21
EXTENSION_OBJECT, DATA_VALUE, VARIANT, DIAGNOSTIC_INFO, UNKNOWN = 22, 23, 24, 25, 32
"""The built-in types' numbers (OPC 10000-6, 5.1.2); 2 to 7 are the integers below 64 bits, from UNKNOWN on none is."""

NUMBERS: Mapping[int, str] = dict(zip(range(BOOLEAN, DOUBLE + 1), "?bBhHiIqQfd", strict=True))
"""Built-in types that are a number, with the letter that `struct` has for them; all are little-endian."""

FIXED_SIZES: Mapping[int, int] = {
    NULL: 0,
    **{kind: struct.calcsize("<" + letter) for kind, letter in NUMBERS.items()},
    DATE_TIME: 8,
    GUID: 16,
    STATUS_CODE: 4,
}
"""Bytes of the built-in types whose size does not depend on the value."""

IS_ARRAY = 0x80
HAS_DIMENSIONS = 0x40
TYPE_BITS = 0x3F
"""The parts of a variant's encoding byte (OPC 10000-6, 5.2.2.16)."""

HAS_VALUE, HAS_STATUS, HAS_SOURCE, HAS_SERVER, HAS_SOURCE_PICO, HAS_SERVER_PICO = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
MASKS = 64
"""The bits of a data value's mask (OPC 10000-6, 5.2.2.17) and how many masks there are: the other bits are reserved."""

MOST_NESTING = 100
"""Levels that a decoder has to support (OPC 10000-6, 5.2.2.16); asyncua goes on until Python's stack ends."""

_TEXT_BYTES = 4 * TEXT_LIMIT + 4
"""Bytes that hold TEXT_LIMIT characters for sure: none takes more than four, and the one cut through lies beyond."""

_INT32 = struct.Struct("<i")
_INT64 = struct.Struct("<q")
_READERS = {kind: struct.Struct("<" + letter) for kind, letter in NUMBERS.items()}


class MalformedError(ValueError):
    """The bytes are not what OPC UA's binary encoding allows there."""


_PLAIN_STRING: Final = bytes((STRING,))


def byte_at(data: bytes, at: int) -> int:
    """Return one byte."""
    if at >= len(data):
        raise MalformedError(f"the message ends before byte {at}")
    return data[at]


def within(data: bytes, end: int) -> int:
    """Return the offset if everything before it is there."""
    if end > len(data):
        raise MalformedError(f"the message ends {end - len(data)} bytes early")
    return end


def unpack_at(layout: struct.Struct, data: bytes, at: int) -> tuple[int, ...]:
    """Return the fields that lie there."""
    try:
        return layout.unpack_from(data, at)
    except struct.error as error:
        raise MalformedError(f"the message ends within byte {at} and byte {at + layout.size}") from error


def count_at(data: bytes, at: int) -> int:
    """Return the length of an array or string, -1 for one that is null."""
    (count,) = unpack_at(_INT32, data, at)
    if count < -1:
        raise MalformedError(f"a length of {count} at byte {at}")
    return count


def size_of_tail(mask: int) -> int:
    """Return how many bytes follow the value of a data value with this mask."""
    return (
        4 * (mask & HAS_STATUS > 0)
        + 8 * (mask & HAS_SOURCE > 0)
        + 2 * (mask & HAS_SOURCE_PICO > 0)
        + 8 * (mask & HAS_SERVER > 0)
        + 2 * (mask & HAS_SERVER_PICO > 0)
    )


def read_variant(data: bytes, at: int) -> tuple[int, float, Text | None, int]:
    """Return built-in type, number, text and end of a variant; number and text as `values.number_and_text` has them.

    The type has IS_ARRAY set for an array, which is neither number nor text. A variant within a variant, which the
    encoding forbids but asyncua reads, stands for what is in it.
    """
    if data[at : at + 1] == _PLAIN_STRING:  # by far the most frequent of what has no fixed size
        length = int.from_bytes(data[at + 1 : at + 5], "little", signed=True)
        end = at + 5 + length
        if 0 <= length <= TEXT_LIMIT and end <= len(data):
            return STRING, math.nan, data[at + 5 : end].decode("utf-8", "replace"), end
    for _ in range(MOST_NESTING):
        encoding = byte_at(data, at)
        at += 1
        if encoding != VARIANT:
            break
    kind = encoding & TYPE_BITS
    if encoding != kind:
        return kind | IS_ARRAY, math.nan, None, _end_of_array(encoding, data, at, 0)
    number: float = math.nan
    text: Text | None = None
    if kind in _READERS:
        number, text = number_and_text(unpack_at(_READERS[kind], data, at)[0])
    elif kind == STRING:
        text = _text_at(data, at)
    elif kind == LOCALIZED_TEXT:
        text = _localized_text_at(data, at)
    elif kind == DATE_TIME:
        text = date_text(unpack_at(_INT64, data, at)[0])
    return kind, number, text, _end_of_value(kind, data, at, 0)


def date_text(ticks: int) -> str:
    """Return a moment in ISO 8601; beyond 1601 to 9999 asyncua's nearest moment (OPC 10000-6, 5.2.2.5)."""
    return ua.win_epoch_to_datetime(ticks).isoformat()


def _text_at(data: bytes, at: int) -> str | None:
    length = count_at(data, at)
    if length < 0:
        return None
    kept = data[at + 4 : at + 4 + min(length, _TEXT_BYTES)]
    return kept.decode("utf-8", "replace")[:TEXT_LIMIT]


def _localized_text_at(data: bytes, at: int) -> str:
    mask = byte_at(data, at)
    at += 1
    if mask & 1:
        at = end_of_string(data, at)
    return (_text_at(data, at) if mask & 2 else None) or ""


def end_of_string(data: bytes, at: int) -> int:
    """Step over a string, byte string or XML element (OPC 10000-6, 5.2.2.4, 5.2.2.7, 5.2.2.8)."""
    return within(data, at + 4 + max(count_at(data, at), 0))


def end_of_node_id(data: bytes, at: int) -> int:
    """Step over a node id, expanded or not (OPC 10000-6, 5.2.2.9, 5.2.2.10)."""
    encoding = byte_at(data, at)
    form = encoding & TYPE_BITS
    if form in (3, 5):
        end = end_of_string(data, at + 3)
    elif form in _NODE_ID_SIZES:
        end = within(data, at + _NODE_ID_SIZES[form])
    else:
        raise MalformedError(f"a node id of form {form} at byte {at}")
    if encoding & 0x80:
        end = end_of_string(data, end)
    if encoding & 0x40:
        end = within(data, end + 4)
    return end


_NODE_ID_SIZES = {0: 2, 1: 4, 2: 7, 4: 19}
"""Two bytes, four bytes, numeric, GUID."""


def end_of_extension_object(data: bytes, at: int) -> int:
    """Step over an extension object (OPC 10000-6, 5.2.2.15). A body that does not say its length is malformed."""
    at = end_of_node_id(data, at)
    form = byte_at(data, at)
    if form == 0:
        return at + 1
    if form > 2 or count_at(data, at + 1) < 0:
        raise MalformedError(f"an extension object of form {form} without a length at byte {at}")
    return end_of_string(data, at + 1)


def end_of_diagnostic_info(data: bytes, at: int) -> int:
    """Step over diagnostic information and what it contains (OPC 10000-6, 5.2.2.12).

    asyncua takes the inner diagnostic information for an extension object and fails on it.
    """
    while True:
        mask = byte_at(data, at)
        at += 1 + 4 * (mask & 0x0F).bit_count()
        if mask & 0x10:
            at = end_of_string(data, at)
        if mask & 0x20:
            at += 4
        if mask & 0x80:
            raise MalformedError(f"diagnostic information of mask {mask:#x}")
        if not mask & 0x40:
            return within(data, at)


def end_of_array(step: Callable[[bytes, int], int], data: bytes, at: int) -> int:
    """Step over an array whose elements are stepped over one by one."""
    count = count_at(data, at)
    at += 4
    for _ in range(count):
        at = step(data, at)
    return at


def _end_of_qualified_name(data: bytes, at: int) -> int:
    return end_of_string(data, at + 2)


def _end_of_localized_text(data: bytes, at: int) -> int:
    mask = byte_at(data, at)
    at += 1
    for _ in range((mask & 3).bit_count()):
        at = end_of_string(data, at)
    return at


_STEPS: Mapping[int, Callable[[bytes, int], int]] = {
    STRING: end_of_string,
    BYTE_STRING: end_of_string,
    XML_ELEMENT: end_of_string,
    NODE_ID: end_of_node_id,
    EXPANDED_NODE_ID: end_of_node_id,
    QUALIFIED_NAME: _end_of_qualified_name,
    LOCALIZED_TEXT: _end_of_localized_text,
    EXTENSION_OBJECT: end_of_extension_object,
    DIAGNOSTIC_INFO: end_of_diagnostic_info,
    **dict.fromkeys(
        range(DIAGNOSTIC_INFO + 1, UNKNOWN), end_of_string
    ),  # unassigned types are byte strings (OPC 10000-6, 5.2.2.16)
}


def end_of_variant(data: bytes, at: int, depth: int = 0) -> int:
    """Step over a variant; depth is how many it lies in."""
    encoding = byte_at(data, at)
    if encoding > TYPE_BITS:
        return _end_of_array(encoding, data, at + 1, depth)
    return _end_of_value(encoding, data, at + 1, depth)


def _end_of_value(kind: int, data: bytes, at: int, depth: int) -> int:
    if kind in FIXED_SIZES:
        return within(data, at + FIXED_SIZES[kind])
    if kind in _STEPS:
        return _STEPS[kind](data, at)
    if depth >= MOST_NESTING:
        raise MalformedError(f"more than {MOST_NESTING} levels of nesting at byte {at}")
    if kind == VARIANT:
        return end_of_variant(data, at, depth + 1)
    if kind == DATA_VALUE:
        return _end_of_data_value(data, at, depth + 1)
    raise MalformedError(f"a variant of type {kind} before byte {at}")


def _end_of_data_value(data: bytes, at: int, depth: int) -> int:
    mask = byte_at(data, at)
    if mask >= MASKS:
        raise MalformedError(f"a data value of mask {mask:#x} at byte {at}")
    at += 1
    if mask & HAS_VALUE:
        at = end_of_variant(data, at, depth)
    return within(data, at + size_of_tail(mask))


def _end_of_array(encoding: int, data: bytes, at: int, depth: int) -> int:
    """Step over a variant's array and its dimensions, whose product is not looked at.

    Nulls have no bytes that a count could be checked against, and only arrays have dimensions: else it is malformed.
    """
    kind = encoding & TYPE_BITS
    if not encoding & IS_ARRAY or kind >= UNKNOWN or (kind == NULL and count_at(data, at) > 0):
        raise MalformedError(f"a variant of encoding {encoding:#x} before byte {at}")
    if kind in FIXED_SIZES:
        at = within(data, at + 4 + max(count_at(data, at), 0) * FIXED_SIZES[kind])
    elif kind in _STEPS:
        at = end_of_array(_STEPS[kind], data, at)
    else:
        at = end_of_array(lambda data, at: _end_of_value(kind, data, at, depth), data, at)
    if encoding & HAS_DIMENSIONS:
        at = within(data, at + 4 + 4 * max(count_at(data, at), 0))
    return at
