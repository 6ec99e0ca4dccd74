"""From OPC UA's data values to columns and back; pure, no I/O.

Status codes: OPC 10000-4, 7.39; a code's two top bits are its severity (00 good, 01 uncertain, 10 bad).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from asyncua import ua

from drivers.api import Batch, Flag, Quality, Text, Value, WriteRejectedError

EXACT_INTEGER = 2**53
"""The largest integer up to which float64 holds every integer."""

TEXT_LIMIT = 64 * 1024
"""Characters of a text value that are kept; a longer one is elided."""

_LARGEST_FLOAT = 3.4028234663852886e38

_CODES = ua.StatusCodes
_NOT_CONNECTED = frozenset({_CODES.BadNotConnected, _CODES.BadNoCommunication, _CODES.BadCommunicationError})
_CONFIG_ERROR = frozenset(
    {
        _CODES.BadNodeIdUnknown,
        _CODES.BadNodeIdInvalid,
        _CODES.BadConfigurationError,
        _CODES.BadAttributeIdInvalid,
        _CODES.BadNotReadable,
    }
)
_SUBSTITUTED = frozenset({_CODES.GoodLocalOverride, _CODES.UncertainSubstituteValue})

_INTEGER_RANGES: Mapping[ua.VariantType, tuple[int, int]] = {
    ua.VariantType.SByte: (-(2**7), 2**7 - 1),
    ua.VariantType.Byte: (0, 2**8 - 1),
    ua.VariantType.Int16: (-(2**15), 2**15 - 1),
    ua.VariantType.UInt16: (0, 2**16 - 1),
    ua.VariantType.Int32: (-(2**31), 2**31 - 1),
    ua.VariantType.UInt32: (0, 2**32 - 1),
    ua.VariantType.Int64: (-(2**63), 2**63 - 1),
    ua.VariantType.UInt64: (0, 2**64 - 1),
}


def quality_of(code: int) -> Quality:
    """Return the quality that a status code stands for; info bits of the code do not matter."""
    symbol = code & 0xFFFF0000
    if symbol in _SUBSTITUTED:
        return Quality.SUBSTITUTED
    severity = code >> 30
    if severity == 0:
        return Quality.GOOD
    if severity == 1:
        return Quality.UNCERTAIN
    if symbol in _NOT_CONNECTED:
        return Quality.NOT_CONNECTED
    if symbol in _CONFIG_ERROR:
        return Quality.CONFIG_ERROR
    return Quality.BAD


def microseconds(moment: object) -> int | None:
    """Return UTC microseconds, None for what is no moment; one without a zone is UTC, as OPC UA's are."""
    if not isinstance(moment, datetime):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    delta = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def readable(text: str) -> str:
    """Return a text of asyncua's with U+FFFD for every byte sequence that is no UTF-8, as `bytes.decode` has it.

    asyncua makes lone surrogates of such bytes, which no database takes and no screen can show.
    """
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _kept(text: str) -> str:
    # What was one byte each may become fewer characters, so more than the limit are looked at.
    return readable(text[: 4 * TEXT_LIMIT])[:TEXT_LIMIT]


def number_and_text(value: object) -> tuple[float, Text | None]:
    """Return what goes into the column of floats and what travels beside it; what is neither becomes NaN."""
    if isinstance(value, bool | float | np.number):
        return float(value), None
    if isinstance(value, int):
        return (float(value), None) if -EXACT_INTEGER <= value <= EXACT_INTEGER else (math.nan, value)
    if isinstance(value, datetime):
        return math.nan, value.isoformat()
    if isinstance(value, ua.LocalizedText):
        return math.nan, _kept(value.Text or "")
    if isinstance(value, str):
        return math.nan, _kept(value)
    return math.nan, None


def to_batch(tags: Sequence[int], values: Sequence[ua.DataValue], received_us: int) -> Batch:
    """Return one row a data value. A good status on what is no finite number and no text becomes UNCERTAIN."""
    rows = len(tags)
    number = np.empty(rows, np.float64)
    quality = np.empty(rows, np.uint16)
    code = np.empty(rows, np.uint32)
    source = np.empty(rows, np.int64)
    flags = np.zeros(rows, np.uint16)
    texts: dict[int, Text] = {}
    for row, value in enumerate(values):
        inner: Any = value.Value.Value if value.Value is not None else None
        number[row], text = number_and_text(inner)
        if text is not None:
            texts[row] = text
        status = value.StatusCode.value if value.StatusCode is not None else 0
        code[row] = status
        found = quality_of(status)
        if found == Quality.GOOD and text is None and not math.isfinite(number[row]):
            found = Quality.UNCERTAIN
        quality[row] = found
        moment = microseconds(value.SourceTimestamp)
        if moment is None:
            moment = received_us
            flags[row] = Flag.TIME_REPLACED
        source[row] = moment
    return Batch(
        tag=np.asarray(tags, np.uint32),
        value=number,
        quality=quality,
        code=code,
        source_us=source,
        received_us=np.full(rows, received_us, np.int64),
        flags=flags,
        texts=texts,
    )


def to_variant(value: Value, kind: ua.VariantType) -> ua.Variant:
    """Return the value in the server's own data type. Raises WriteRejectedError when it does not fit there."""
    if kind == ua.VariantType.Boolean:
        if value not in (0, 1):
            raise WriteRejectedError(f"{value} is not off or on.")
        return ua.Variant(bool(value), kind)
    if kind in (ua.VariantType.Float, ua.VariantType.Double):
        return ua.Variant(_float_of(value, kind), kind)
    if kind in _INTEGER_RANGES:
        return ua.Variant(_integer_of(value, *_INTEGER_RANGES[kind]), kind)
    if kind == ua.VariantType.String:
        return ua.Variant(_text_of(value), kind)
    raise WriteRejectedError(f"Values of the server's type {kind.name} cannot be written from here.")


def _float_of(value: Value, kind: ua.VariantType) -> float:
    try:
        number = math.nan if isinstance(value, str) else float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise WriteRejectedError(f"{value!s:.40} is not a number.")
    if kind == ua.VariantType.Float and abs(number) > _LARGEST_FLOAT:
        raise WriteRejectedError(f"{number} is larger than the server can hold there.")
    return number


def _text_of(value: Value) -> str:
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise WriteRejectedError("The text has characters in it that cannot be sent.") from error
    return text


def _integer_of(value: Value, low: int, high: int) -> int:
    is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if not is_whole:
        raise WriteRejectedError(f"{value!s:.40} is not a whole number.")
    number = int(value)
    if not low <= number <= high:
        raise WriteRejectedError(f"{number!s:.40} is outside {low} to {high}, all that the server can hold there.")
    return number
