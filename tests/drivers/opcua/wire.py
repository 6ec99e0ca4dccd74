"""Data changes for tests: rows of any content, their bytes, and what asyncua's own parts make of the bytes.

asyncua 2.1 has source picoseconds and server timestamp the other way round than OPC 10000-6, 5.2.2.17, both when it
writes and when it reads. So rows are put together and taken apart here, in the order of the specification; everything
within a row is asyncua's.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, variant_from_binary, variant_to_binary
from asyncua.ua.uatypes import MAX_OPC_FILETIME
from hypothesis import settings
from hypothesis import strategies as st

from drivers.api import Text
from drivers.opcua.codec import NO_TIME, Columns
from drivers.opcua.values import number_and_text

V = ua.VariantType

loose: Any = ua
"""asyncua's names without its types, which want an Int32 where it takes an int."""

EPOCH_TICKS = 116_444_736_000_000_000
LATEST_TICKS = MAX_OPC_FILETIME
NOON_TICKS = 134_168_400_000_000_050

repeatable = settings(derandomize=True, database=None, deadline=None, print_blob=True)
"""The same examples in every run; a failure prints the line that brings its example back."""


@dataclass(frozen=True)
class Row:
    """One MonitoredItemNotification; what is None is absent. variant: its bytes. Times are FILETIMEs."""

    handle: int
    variant: bytes | None = None
    code: int | None = None
    source: int | None = None
    server: int | None = None
    source_pico: int | None = None
    server_pico: int | None = None


def encode_row(row: Row) -> bytes:
    """Return the row in the order of OPC 10000-6, 5.2.2.17."""
    fields = (
        (0x01, row.variant, None),
        (0x02, row.code, "<I"),
        (0x04, row.source, "<q"),
        (0x10, row.source_pico, "<H"),
        (0x08, row.server, "<q"),
        (0x20, row.server_pico, "<H"),
    )
    mask = sum(bit for bit, value, _ in fields if value is not None)
    parts = [
        value if letter is None else struct.pack(letter, value) for _, value, letter in fields if value is not None
    ]
    return struct.pack("<IB", row.handle, mask) + b"".join(parts)  # type: ignore[arg-type]  # bytes, all of them


def encode(rows: Sequence[Row]) -> bytes:
    """Return the body of a data change."""
    return struct.pack("<i", len(rows)) + b"".join(map(encode_row, rows)) + struct.pack("<i", -1)


def variant(value: object, kind: ua.VariantType, **more: object) -> bytes:
    """Return a variant as asyncua writes it."""
    return variant_to_binary(ua.Variant(value, kind, **more))  # type: ignore[arg-type]  # dimensions and is_array


def read(body: bytes) -> list[tuple[int, ua.DataValue, int | None, int | None]]:
    """Return handle, data value, source and server ticks of every row, all of it read by asyncua's parts."""
    data = Buffer(body)
    rows = []
    for _ in range(*struct.unpack("<i", data.read(4))):
        handle, mask = struct.unpack("<IB", data.read(5))
        found = ua.DataValue(variant_from_binary(data) if mask & 0x01 else None)
        if mask & 0x02:
            found.StatusCode = ua.StatusCode(*struct.unpack("<I", data.read(4)))
        source, server = None, None
        if mask & 0x04:
            (source,) = struct.unpack("<q", data.read(8))
            found.SourceTimestamp = loose.win_epoch_to_datetime(source)
        if mask & 0x10:
            data.read(2)
        if mask & 0x08:
            (server,) = struct.unpack("<q", data.read(8))
        if mask & 0x20:
            data.read(2)
        rows.append((handle, found, source, server))
    for _ in range(*struct.unpack("<i", data.read(4))):
        struct_from_binary(ua.DiagnosticInfo, data)
    return rows


def microseconds(ticks: int | None) -> int:
    """Return what a column has for a FILETIME."""
    return (ticks - EPOCH_TICKS) // 10 if ticks else NO_TIME


def expected(body: bytes) -> Columns:
    """Return the columns that asyncua's values stand for."""
    rows = read(body)
    texts: dict[int, Text] = {}
    numbers, kinds = [], []
    for row, (_, found, _, _) in enumerate(rows):
        inner = found.Value
        assert inner is not None
        number, text = number_and_text(inner.Value)
        numbers.append(number)
        is_array = inner.is_array or isinstance(inner.Value, list)
        kinds.append(inner.VariantType.value | (0x80 if is_array else 0))
        if text is not None:
            texts[row] = text
    return Columns(
        handle=np.array([row[0] for row in rows], np.uint32),
        value=np.array(numbers, np.float64),
        kind=np.array(kinds, np.uint8),
        code=np.array([row[1].StatusCode.value for row in rows], np.uint32),  # type: ignore[union-attr]  # never None
        source_us=np.array([microseconds(row[2]) for row in rows], np.int64),
        server_us=np.array([microseconds(row[3]) for row in rows], np.int64),
        texts=texts,
    )


def assert_same(found: Columns, wanted: Columns) -> None:
    """Compare every column, its dtype, the signs of zeros and the types of texts."""
    for name in ("handle", "value", "kind", "code", "source_us", "server_us"):
        mine, theirs = getattr(found, name), getattr(wanted, name)
        assert mine.dtype == theirs.dtype, name
        np.testing.assert_array_equal(mine, theirs, err_msg=name)
    is_number = ~np.isnan(wanted.value)
    np.testing.assert_array_equal(np.signbit(found.value)[is_number], np.signbit(wanted.value)[is_number])
    assert dict(found.texts) == dict(wanted.texts)
    assert {row: type(text) for row, text in found.texts.items()} == {
        row: type(text) for row, text in wanted.texts.items()
    }


INTEGERS = {
    V.SByte: (-(2**7), 2**7 - 1),
    V.Byte: (0, 2**8 - 1),
    V.Int16: (-(2**15), 2**15 - 1),
    V.UInt16: (0, 2**16 - 1),
    V.Int32: (-(2**31), 2**31 - 1),
    V.UInt32: (0, 2**32 - 1),
    V.Int64: (-(2**63), 2**63 - 1),
    V.UInt64: (0, 2**64 - 1),
}

ticks = st.sampled_from(
    [0, 1, -1, 9, 10, EPOCH_TICKS - 1, EPOCH_TICKS, LATEST_TICKS - 1, LATEST_TICKS, 2**63 - 1, -(2**63), NOON_TICKS]
) | st.integers(-(2**63), 2**63 - 1)
text = st.text(max_size=6) | st.sampled_from(["Übergang", "水位", "🌊", "\x00", "a" * 40])
uint16 = st.integers(0, 2**16 - 1)
codes = st.sampled_from([0, 0x80310000, 0x40900000, 0x00960000, 0x808A0000, 0x80340480, 0x0480]) | st.integers(
    0, 2**32 - 1
)

node_ids = st.one_of(
    st.builds(ua.NodeId, st.integers(0, 2**32 - 1), uint16),
    st.builds(ua.NodeId, st.integers(0, 255)),
    st.builds(ua.NodeId, st.text(min_size=1, max_size=6), uint16),
    st.builds(ua.NodeId, st.binary(min_size=1, max_size=6), uint16),
    st.builds(ua.NodeId, st.uuids(), uint16),
)
expanded_node_ids = st.builds(
    ua.ExpandedNodeId,
    st.integers(0, 2**16 - 1),
    st.integers(0, 255),
    NamespaceUri=st.none() | text,
    ServerIndex=st.none() | st.integers(0, 2**32 - 1),
)
structures = st.one_of(
    st.none(),
    st.builds(ua.Range, st.floats(allow_nan=False), st.floats(allow_nan=False)),
    st.builds(ua.EUInformation, text, st.integers(-1, 99)),
    st.builds(lambda body: loose.ExtensionObject(loose.NodeId(5, 3), Body=body), st.binary(max_size=9)),
)
diagnostics = st.builds(
    ua.DiagnosticInfo,
    SymbolicId=st.none() | st.integers(0, 99),
    LocalizedText=st.none() | st.integers(0, 99),
    AdditionalInfo=st.none() | text,
    InnerStatusCode=st.none() | codes.map(loose.StatusCode),
)
inner_values = st.builds(
    lambda value, code, source: ua.DataValue(ua.Variant(value), code, SourceTimestamp=source),
    st.floats() | st.booleans() | text,
    st.none() | codes.map(loose.StatusCode),
    st.none() | ticks.map(ua.win_epoch_to_datetime),
)

SCALARS: dict[ua.VariantType, st.SearchStrategy[object]] = {
    V.Boolean: st.booleans(),
    **{
        kind: st.integers(low, high) | st.sampled_from([low, high, 0, 1, *({2**53, 2**53 + 1} if high > 2**53 else ())])
        for kind, (low, high) in INTEGERS.items()
    },
    V.Float: st.floats(width=32),
    V.Double: st.floats(),
    V.String: st.none() | text,
    V.Guid: st.uuids(),
    V.ByteString: st.none() | st.binary(max_size=9),
    V.XmlElement: (st.none() | text).map(loose.XmlElement),
    V.NodeId: node_ids,
    V.ExpandedNodeId: expanded_node_ids,
    V.StatusCode: codes.map(loose.StatusCode),
    V.QualifiedName: st.builds(ua.QualifiedName, st.none() | text, st.integers(0, 2**15 - 1)),
    V.LocalizedText: st.builds(ua.LocalizedText, st.none() | text, st.none() | text),
    V.ExtensionObject: structures,
    V.DataValue: inner_values,
    V.DiagnosticInfo: diagnostics,
}
"""Values of every built-in type that asyncua can write as it is; the others are below."""


def _scalar(kind: ua.VariantType) -> st.SearchStrategy[bytes]:
    return SCALARS[kind].map(lambda value: variant(value, kind))


def _array(kind: ua.VariantType) -> st.SearchStrategy[bytes]:
    return (st.none() | st.lists(SCALARS[kind], max_size=4)).map(lambda value: variant(value, kind, is_array=True))


def _matrix(kind: ua.VariantType) -> st.SearchStrategy[bytes]:
    return st.tuples(SCALARS[kind], SCALARS[kind]).map(lambda pair: variant([list(pair), list(pair)], kind))


dates = ticks.map(lambda value: b"\x0d" + struct.pack("<q", value))
date_arrays = st.lists(ticks, max_size=3).map(
    lambda values: b"\x8d" + struct.pack(f"<i{len(values)}q", len(values), *values)
)
scalars = st.sampled_from(list(SCALARS)).flatmap(_scalar) | dates | st.just(b"\x00")
variant_arrays = st.lists(scalars, max_size=3).map(
    lambda values: b"\x98" + struct.pack("<i", len(values)) + b"".join(values)
)
nested = scalars.map(lambda value: b"\x18" + value) | scalars.map(lambda value: b"\x18\x18" + value)
unassigned = st.binary(max_size=5).map(lambda value: b"\x1a" + struct.pack("<i", len(value)) + value)
arrays = st.sampled_from(list(SCALARS)).flatmap(_array) | date_arrays | variant_arrays
matrices = st.sampled_from([V.Double, V.Int16, V.String, V.Boolean]).flatmap(_matrix)
variants = st.one_of(scalars, scalars, arrays, matrices, nested, unassigned)
fixed_variants = st.one_of(
    st.sampled_from([V.Boolean, *INTEGERS, V.Float, V.Double, V.Guid, V.StatusCode]).flatmap(_scalar), dates
)


def rows(of: st.SearchStrategy[bytes] = variants) -> st.SearchStrategy[Row]:
    """Return rows of any mask."""
    return st.builds(
        Row,
        st.integers(0, 2**32 - 1),
        st.none() | of,
        st.none() | codes,
        st.none() | ticks,
        st.none() | ticks,
        st.none() | uint16,
        st.none() | uint16,
    )


def repeated(pool: Sequence[Row], count: int, seed: int) -> list[Row]:
    """Return rows out of a pool in an order of chance, so that a message can be long and quick to make up."""
    return random.Random(seed).choices(pool, k=count)


def double(handle: int, value: float = 1.5, source: int = NOON_TICKS) -> Row:
    """Return the most usual of rows."""
    return Row(handle, b"\x0b" + struct.pack("<d", value), source=source)


def string(handle: int, value: str) -> Row:
    """Return a row with a text."""
    return Row(handle, variant(value, V.String), source=NOON_TICKS)
