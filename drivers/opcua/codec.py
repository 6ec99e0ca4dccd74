"""The column decoder: from the body of a data change notification to arrays; pure, no I/O.

asyncua makes some ten Python objects a value, which is most of what a client does at 50,000 values a second. Here a
message becomes columns: row by row with `struct` while it is short, else by finding where the rows lie (`layouts`) and
gathering each field of all rows at once.

Where this differs from asyncua 2.1, on purpose:
- Source picoseconds come before the server timestamp (OPC 10000-6, 5.2.2.17). asyncua has the two the other way round,
  so that it reads a wrong server timestamp out of a message that has both.
- Timestamps are exact. asyncua makes datetimes: 1601-01-01 of anything earlier, 9999-12-31T23:59:59 of anything later.
- A timestamp of 0 is none (OPC 10000-6, 5.2.2.5: a decoder's way to say "not known"); asyncua says 1601-01-01.
- Bytes behind the end, reserved bits, types that do not exist and negative lengths are errors; asyncua reads on.
"""

from __future__ import annotations

import math
import struct
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from drivers.api import Batch, Flag, Float64Column, Int64Column, Quality, Text, UInt16Column, UInt32Column
from drivers.opcua.binary import (
    BOOLEAN,
    DATE_TIME,
    FIXED_SIZES,
    HAS_SERVER,
    HAS_SERVER_PICO,
    HAS_SOURCE,
    HAS_SOURCE_PICO,
    HAS_STATUS,
    HAS_VALUE,
    INT64,
    MASKS,
    NULL,
    NUMBERS,
    UINT64,
    MalformedError,
    count_at,
    date_text,
    end_of_array,
    end_of_diagnostic_info,
)
from drivers.opcua.layouts import HEAD, Field, Layout, Odd, find, odd_row, odd_rows_if_alike, view
from drivers.opcua.values import EXACT_INTEGER, number_and_text, quality_of

NO_TIME = int(np.iinfo(np.int64).min)
"""The timestamp of what has none."""

VECTOR_ROWS = 64
"""Rows from which on arrays are faster than a loop."""

LAYOUTS = 8
"""Layouts that a decoder keeps: one subscription needs one or two, and each has some 80 bytes a row."""

_UINT32 = struct.Struct("<I")
_TICKS = struct.Struct("<q")

_EPOCH_US = 11_644_473_600_000_000
"""From 1601-01-01, where OPC UA's time begins, to 1970-01-01."""

_EARLIEST_US = -_EPOCH_US
_LATEST_US = 253_402_300_799_000_000
"""1601-01-01 and 9999-12-31T23:59:59 UTC: what a datetime of asyncua can be (OPC 10000-6, 5.2.2.5)."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The rows of one data change, in the server's order: arrays of equal length.

    handle: uint32, the client handle. value: float64, NaN where there is no number or float64 would lose some of it.
    kind: uint8, the variant's built-in type, 0 without a value, 0x80 added for an array. code: uint32, the status, 0
    when absent. source_us, server_us: int64, UTC microseconds, NO_TIME when absent or 0. texts: row number to what is
    in place of the number, as `values.number_and_text` has it.
    """

    handle: UInt32Column
    value: Float64Column
    kind: npt.NDArray[np.uint8]
    code: UInt32Column
    source_us: Int64Column
    server_us: Int64Column
    texts: Mapping[int, Text] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.handle)


def to_batch(columns: Columns, received_us: int) -> Batch:
    """Return the rows as readings, `tag` being the handle: `values.to_batch` for columns.

    Source times are brought into the years 1601 to 9999, as asyncua does it; one that is absent or 0 becomes the time
    of arrival, with Flag.TIME_REPLACED.
    """
    rows = len(columns)
    quality = _quality(columns.code)
    is_nothing = ~np.isfinite(columns.value)
    if columns.texts:
        is_nothing[list(columns.texts)] = False
    quality[is_nothing & (quality == Quality.GOOD)] = Quality.UNCERTAIN
    has_no_time = columns.source_us == NO_TIME
    source_us = np.clip(columns.source_us, _EARLIEST_US, _LATEST_US)
    source_us[has_no_time] = received_us
    return Batch(
        tag=columns.handle,
        value=columns.value,
        quality=quality,
        code=columns.code,
        source_us=source_us,
        received_us=np.full(rows, received_us, np.int64),
        flags=np.where(has_no_time, Flag.TIME_REPLACED, Flag.NONE).astype(np.uint16),
        texts=columns.texts,
    )


def _quality(code: UInt32Column) -> UInt16Column:
    """Return `values.quality_of` of every code; few are different, and info bits do not matter."""
    if not code.any():
        return np.zeros(len(code), np.uint16)
    symbols, place = np.unique(code >> 16, return_inverse=True)
    return np.array([quality_of(symbol << 16) for symbol in symbols.tolist()], np.uint16)[place]


def overflowed(code: UInt32Column) -> npt.NDArray[np.bool_]:
    """Return which rows say that the server's queue dropped values before or after them.

    Info type DataValue (0x0400 of 0x0C00) with the overflow bit (OPC 10000-4, 7.39.1).
    """
    has_dropped: npt.NDArray[np.bool_] = (code & 0x0C80) == 0x0480
    return has_dropped


class Decoder:
    """Decodes the data changes of one subscription or of several; keeps where things lay in the last few messages.

    predicted, found, looped: messages decoded by a layout that was known, by one that had to be found, row by row.
    """

    def __init__(self, vector_rows: int = VECTOR_ROWS) -> None:
        self._vector_rows = vector_rows
        self._layouts: OrderedDict[tuple[int, int], Layout] = OrderedDict()
        self.predicted = 0
        self.found = 0
        self.looped = 0

    def decode_data_change(self, body: bytes | memoryview) -> Columns:
        """Return the rows of a DataChangeNotification's body (OPC 10000-4, 7.25.2). Raises MalformedError."""
        data = bytes(body)
        count = max(count_at(data, 0), 0)
        if count * HEAD > len(data) - 8:
            raise MalformedError(f"{count} rows in {len(data)} bytes")
        if count < self._vector_rows or count == 0:
            self.looped += 1
            return _decode_by_row(data, count)
        return self._decode_by_column(data, count)

    def _decode_by_column(self, data: bytes, count: int) -> Columns:
        key = (count, len(data))
        known = self._layouts.get(key)
        if known is not None:
            odd = odd_rows_if_alike(data, known)
            if odd is not None:
                self._layouts.move_to_end(key)
                self.predicted += 1
                return _gather(data, known, odd)
        layout = find(data, 4, count)
        _check_end(data, layout.end)
        if layout.end + 4 == len(data):
            self._keep(key, layout)
        self.found += 1
        return _gather(data, layout, layout.odd)

    def _keep(self, key: tuple[int, int], layout: Layout) -> None:
        self._layouts[key] = layout
        self._layouts.move_to_end(key)
        if len(self._layouts) > LAYOUTS:
            self._layouts.popitem(last=False)


def _check_end(data: bytes, at: int) -> None:
    """Step over the diagnostic information behind the rows; nothing may follow it."""
    end = end_of_array(end_of_diagnostic_info, data, at)
    if end != len(data):
        raise MalformedError(f"{len(data) - end} bytes behind the end")


class _Row(NamedTuple):
    """How a fixed row is unpacked: `pick` takes handle, value, type, code and both times out of `unpack` + `absent`."""

    unpack: Callable[[bytes, int], tuple[Any, ...]]
    absent: tuple[float, int, int]
    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    size: int
    is_wide: bool


_TAIL = (
    (HAS_STATUS, "code", "I"),
    (HAS_SOURCE, "source", "q"),
    (HAS_SOURCE_PICO, "", "2x"),
    (HAS_SERVER, "server", "q"),
    (HAS_SERVER_PICO, "", "2x"),
)
"""The fields behind the value, in their order (OPC 10000-6, 5.2.2.17)."""


def _row(mask: int, kind: int) -> _Row:
    fields = [("handle", "I"), ("", "x")]
    if mask & HAS_VALUE:
        letter = NUMBERS.get(kind, "q" if kind == DATE_TIME else "")
        fields += [("", "x"), ("value", letter) if letter else ("", f"{FIXED_SIZES[kind]}x")]
    fields += [(name, letter) for bit, name, letter in _TAIL if mask & bit]
    layout = struct.Struct("<" + "".join(letter for _, letter in fields))
    names = [name for name, _ in fields if name]
    places = {"value": len(names), "code": len(names) + 1, "source": len(names) + 1, "server": len(names) + 1}
    places |= {name: place for place, name in enumerate(names)}
    pick = itemgetter(0, places["value"], len(names) + 2, places["code"], places["source"], places["server"])
    is_wide = kind in (INT64, UINT64, DATE_TIME)
    return _Row(layout.unpack_from, (math.nan, 0, kind), pick, layout.size, is_wide)


_ROWS = {
    mask | kind << 8: _row(mask, kind)
    for mask in range(MASKS)
    for kind in (FIXED_SIZES if mask & HAS_VALUE else (NULL,))
}
"""Every fixed row by its mask and, above it, its encoding byte where it has a value."""


def _decode_by_row(data: bytes, count: int) -> Columns:
    rows: list[tuple[Any, ...]] = []
    texts: dict[int, Text] = {}
    at = 4
    try:
        for row in range(count):
            mask = data[at + 4]
            reader = _ROWS.get(mask | data[at + 5] << 8 if mask & HAS_VALUE else mask)
            text: Text | None = None
            if reader is None:
                found, text, at = _odd_fields(data, row, at)
            else:
                unpack, absent, pick, size, is_wide = reader
                found = pick(unpack(data, at) + absent)
                at += size
                if is_wide:
                    value, text = _integer_or_date(found[2], found[1])
                    found = (found[0], value, *found[2:])
            rows.append(found)
            if text is not None:
                texts[row] = text
    except (IndexError, struct.error) as error:
        raise MalformedError(f"the message ends in row {len(rows)} of {count}") from error
    _check_end(data, at)
    return columns_of(rows, texts)


def _odd_fields(data: bytes, row: int, start: int) -> tuple[tuple[Any, ...], Text | None, int]:
    """Return the fields of a row whose value has to be read, its text, and where it ends."""
    odd = odd_row(data, row, start)
    # What lies behind the value is what would lie behind the head of a row without one that began just before it.
    unpack, absent, pick, size, _ = _ROWS[data[start + 4] & ~HAS_VALUE]
    behind = pick(unpack(data, odd.tail - HEAD) + absent)
    (handle,) = _UINT32.unpack_from(data, start)
    return (handle, odd.number, odd.kind, *behind[3:]), odd.text, odd.tail - HEAD + size


def _integer_or_date(kind: int, value: int) -> tuple[float, Text | None]:
    return (math.nan, date_text(value)) if kind == DATE_TIME else number_and_text(value)


def columns_of(rows: Sequence[tuple[Any, ...]], texts: Mapping[int, Text]) -> Columns:
    """Return the columns of rows of (handle, value, type, code, source ticks, server ticks), 0 ticks being none."""
    handle, value, kind, code, source, server = zip(*rows, strict=True) if rows else [()] * 6
    return Columns(
        handle=np.array(handle, np.uint32),
        value=np.array(value, np.float64),
        kind=np.array(kind, np.uint8),
        code=np.array(code, np.uint32),
        source_us=_microseconds(np.array(source, np.int64)),
        server_us=_microseconds(np.array(server, np.int64)),
        texts=texts,
    )


def microseconds_of(ticks: int) -> int:
    """Return UTC microseconds of one FILETIME as the columns have them."""
    return ticks // 10 - _EPOCH_US if ticks else NO_TIME


def _microseconds(ticks: Int64Column) -> Int64Column:
    """Return UTC microseconds of FILETIMEs (100 ns since 1601), rounded down; exact over the whole of int64."""
    result: Int64Column = ticks // 10 - _EPOCH_US
    result[ticks == 0] = NO_TIME
    return result


def _gather(data: bytes, layout: Layout, odd: Sequence[Odd]) -> Columns:
    """Return the columns of a message whose rows lie as the layout says: each field of all rows at once."""
    texts = {each.row: each.text for each in odd if each.text is not None}
    value = _gather_values(data, layout, texts)
    for each in odd:
        value[each.row] = each.number
    return Columns(
        handle=view(data, "<I")[layout.starts],
        value=value,
        kind=layout.kinds.copy(),
        code=_gather_field(data, "<I", layout.code, len(value)),
        source_us=_microseconds(_gather_field(data, "<q", layout.source, len(value))),
        server_us=_microseconds(_gather_field(data, "<q", layout.server, len(value))),
        texts=texts,
    )


def _gather_field(data: bytes, dtype: str, where: Field, rows: int) -> npt.NDArray[Any]:
    if where.rows is None:
        found: npt.NDArray[Any] = view(data, dtype)[where.at]
        return found
    column = np.zeros(rows, dtype)
    if len(where.rows):
        column[where.rows] = view(data, dtype)[where.at]
    return column


def _gather_values(data: bytes, layout: Layout, texts: dict[int, Text]) -> Float64Column:
    """Return the numbers of the fixed rows, and put what float64 would not hold into texts."""
    value = np.full(len(layout.starts), np.nan)
    for kind, where in layout.numbers:
        rows = slice(None) if where.rows is None else where.rows
        found = view(data, "<" + NUMBERS[kind] if kind != BOOLEAN else "<B")[where.at]
        if kind == BOOLEAN:
            found = found != 0
        with np.errstate(invalid="ignore"):  # a signalling NaN of 32 bits is a NaN of 64
            value[rows] = found
        if kind in (INT64, UINT64):
            _take_large_integers(found, where, value, texts)
    for row, at in _pairs(layout.dates):
        texts[row] = date_text(*_TICKS.unpack_from(data, at))
    return value


def _take_large_integers(found: npt.NDArray[Any], where: Field, value: Float64Column, texts: dict[int, Text]) -> None:
    is_large = found > EXACT_INTEGER
    if found.dtype.kind == "i":
        is_large |= found < -EXACT_INTEGER
    for index in np.flatnonzero(is_large).tolist():
        row = index if where.rows is None else int(where.rows[index])
        value[row] = math.nan
        texts[row] = int(found[index])


def _pairs(where: Field) -> Iterable[tuple[int, int]]:
    rows = range(len(where.at)) if where.rows is None else where.rows.tolist()
    return zip(rows, where.at.tolist(), strict=True)
