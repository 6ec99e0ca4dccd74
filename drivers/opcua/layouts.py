"""Where things lie in a data change of many items: found row by row, or known from the message before; pure, no I/O.

A data change (OPC 10000-4, 7.25.2) is rows without any index: where one begins is known only when the one before it
was read. But servers send the same items again and again, so that the next message mostly looks like the last one.
Rows are *fixed*, when their mask and their variant's encoding byte tell their size, or *odd* (texts, arrays,
structures), when more has to be read.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from drivers.api import Text
from drivers.opcua.binary import (
    DATE_TIME,
    FIXED_SIZES,
    HAS_SERVER,
    HAS_SOURCE,
    HAS_SOURCE_PICO,
    HAS_STATUS,
    HAS_VALUE,
    MASKS,
    NUMBERS,
    MalformedError,
    count_at,
    read_variant,
    size_of_tail,
    within,
)

Offsets = npt.NDArray[np.intp]

HEAD = 5
"""Bytes of a row's client handle and mask."""


def _row_sizes(mask: int) -> bytes:
    """Return the bytes of a row by its variant's encoding byte, 0 for an odd row."""
    if not mask & HAS_VALUE:
        return bytes([HEAD + size_of_tail(mask)] * 256)
    known = {kind: HEAD + 1 + size + size_of_tail(mask) for kind, size in FIXED_SIZES.items()}
    return bytes(known.get(encoding, 0) for encoding in range(256))


ROW_SIZES = tuple(_row_sizes(mask) if mask < MASKS else bytes(256) for mask in range(256))
"""Bytes of a row by mask and encoding byte; 0 for what has to be looked at, or is malformed."""

_TAIL_SIZES = np.array([size_of_tail(mask) if mask < MASKS else 0 for mask in range(256)], np.intp)
_VALUE_SIZES = np.array([FIXED_SIZES.get(kind, 0) for kind in range(256)], np.intp)


class Odd(NamedTuple):
    """A row whose size its first bytes do not tell; tail is where its value ends."""

    row: int
    value_at: int
    tail: int
    kind: int
    number: float
    text: Text | None


class Field(NamedTuple):
    """A field of the rows that have it: which they are (None: all of them) and where it lies in each."""

    rows: Offsets | None
    at: Offsets


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where every row of a message lies, as offsets into it.

    heads: uint16, mask and encoding byte of every row; care: uint16, the bits of it that tell its size.
    numbers: a field a built-in type. end: where the rows end.
    """

    starts: Offsets
    heads: npt.NDArray[np.uint16]
    care: npt.NDArray[np.uint16]
    kinds: npt.NDArray[np.uint8]
    numbers: Sequence[tuple[int, Field]]
    dates: Field
    code: Field
    source: Field
    server: Field
    odd: Sequence[Odd]
    end: int


def view(data: bytes, dtype: str) -> npt.NDArray[Any]:
    """Return every value of that type that could be read in the data: item n begins at byte n."""
    return np.ndarray((max(0, len(data) - struct.calcsize(dtype) + 1),), np.dtype(dtype), data, 0, (1,))


def odd_row(data: bytes, row: int, start: int) -> Odd:
    """Read the value of one odd row. Raises MalformedError."""
    mask = data[start + 4]
    if mask >= MASKS:
        raise MalformedError(f"a data value of mask {mask:#x} in row {row}")
    kind, number, text, tail = read_variant(data, start + HEAD)
    return Odd(row, start + HEAD, tail, kind, number, text)


def find(data: bytes, at: int, count: int) -> Layout:
    """Return where the rows lie by going from one to the next. Raises MalformedError."""
    starts: list[int] = []
    odd: list[Odd] = []
    try:
        for row in range(count):
            starts.append(at)
            size = ROW_SIZES[data[at + 4]][data[at + 5]]
            if size:
                at += size
            else:
                odd.append(odd_row(data, row, at))
                at = odd[-1].tail + size_of_tail(data[at + 4])
    except IndexError as error:
        raise MalformedError(f"the message ends in row {len(starts) - 1} of {count}") from error
    within(data, at + 4)  # the length of the array behind, without which no row may reach past the end
    return _layout(data, np.array(starts, np.intp), odd, at)


def _layout(data: bytes, starts: Offsets, odd: Sequence[Odd], end: int) -> Layout:
    heads: npt.NDArray[np.uint16] = view(data, "<H")[starts + 4]
    masks = heads.astype(np.uint8)
    has_value = (masks & HAS_VALUE).astype(np.bool_)
    kinds = np.where(has_value, heads >> 8, 0).astype(np.uint8)
    tails = starts + HEAD + has_value * (1 + _VALUE_SIZES[kinds])
    if odd:
        rows = [each.row for each in odd]
        tails[rows] = [each.tail for each in odd]
        kinds[rows] = [each.kind for each in odd]
    fixed = kinds.copy()
    fixed[[each.row for each in odd]] = 0
    source_at = tails + 4 * (masks & HAS_STATUS > 0)
    server_at = source_at + 8 * (masks & HAS_SOURCE > 0) + 2 * (masks & HAS_SOURCE_PICO > 0)
    value_at = starts + HEAD + 1
    present = np.bincount(fixed, minlength=256)
    return Layout(
        starts=starts,
        heads=heads,
        care=np.where(has_value, 0xFFFF, 0x00FF).astype(np.uint16),
        kinds=kinds,
        numbers=[(kind, _field(fixed == kind, value_at)) for kind in NUMBERS if present[kind]],
        dates=_field(fixed == DATE_TIME, value_at),
        code=_field(masks & HAS_STATUS > 0, tails),
        source=_field(masks & HAS_SOURCE > 0, source_at),
        server=_field(masks & HAS_SERVER > 0, server_at),
        odd=odd,
        end=end,
    )


def _field(has_it: npt.NDArray[np.bool_], at: Offsets) -> Field:
    rows = np.flatnonzero(has_it)
    return Field(None, at) if len(rows) == len(at) else Field(rows, at[rows])


def odd_rows_if_alike(data: bytes, layout: Layout) -> list[Odd] | None:
    """Return the odd rows of a message of the same length if its rows lie as in the layout, None if they do not.

    That they do follows row by row. The first begins where it always does. If a row begins where the layout says, then
    its mask and its encoding byte are the bytes compared here; when a fixed row's are the layout's, then so is its
    size, and an odd row is read from its beginning and has to end where the layout's ends. So the next row, too, begins
    where the layout says. No byte is read beyond the message, because no offset is beyond the layout's end.
    """
    heads = view(data, "<H")[layout.starts + 4]
    if ((heads ^ layout.heads) & layout.care).any():
        return None
    try:
        found = [odd_row(data, each.row, each.value_at - HEAD) for each in layout.odd]
    except MalformedError:
        return None
    alike = all(new.tail == old.tail and new.kind == old.kind for new, old in zip(found, layout.odd, strict=True))
    return found if alike and count_at(data, layout.end) <= 0 else None
