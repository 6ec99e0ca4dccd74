"""What asyncua overlooks is read; what would make it wrong, or keep it busy for hours, is refused."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.opcua.codec import MalformedError
from drivers.opcua.lenient import decode_data_change
from tests.drivers.opcua.wire import (
    LATEST_TICKS,
    NOON_TICKS,
    Row,
    V,
    assert_same,
    double,
    encode,
    expected,
    repeatable,
    rows,
    variant,
)


def readable(row: Row) -> Row:
    """Return the row as asyncua reads it right: times within its calendar, nothing that the guard mistakes."""
    source, server = (
        time if time is None or 10 <= time < LATEST_TICKS else NOON_TICKS for time in (row.source, row.server)
    )
    is_mistaken = row.variant is not None and (row.variant[0] >= 0xC0 or row.variant[0] in (V.SByte, V.Byte, V.Variant))
    return replace(
        row,
        variant=None if is_mistaken else row.variant,
        source=source,
        server=server,
        source_pico=row.source_pico if server is None else None,
    )


@settings(repeatable, max_examples=100)
@given(st.lists(rows().map(readable), max_size=6), st.binary(max_size=4))
def test_any_message_with_bytes_behind_it(given_rows: Sequence[Row], behind: bytes) -> None:
    body = encode(given_rows)
    try:
        found = decode_data_change(body + behind)
    except MalformedError as error:
        if "larger than the message" in str(error):  # a byte within a row was taken for a bomb
            return
        raise
    assert_same(found, expected(body))


def test_what_asyncua_reads_in_the_wrong_order_is_refused() -> None:
    with pytest.raises(MalformedError, match="wrong way round"):
        decode_data_change(encode([Row(1, source=NOON_TICKS, server=NOON_TICKS, source_pico=7)]))


def test_a_time_of_nothing_is_none() -> None:
    found = decode_data_change(encode([Row(1, source=0)]))
    assert_same(found, expected(encode([Row(1)])))


@pytest.mark.parametrize(
    "payload",
    [
        b"\x80" + struct.pack("<i", 2**31 - 1),  # nulls by their count
        b"\xc6" + struct.pack("<iiiii", 1, 7, 2, 1000, 1000),  # dimensions that asyncua would fill up
        b"\x8c" + struct.pack("<ii", 2**31 - 1, -4),  # a text that ends where it begins
        b"\x0c" + struct.pack("<i", -11),
        b"\x18" * 100_000,
    ],
)
def test_a_few_bytes_do_not_keep_it_busy(payload: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_data_change(encode([double(1), Row(2, payload)]))


@pytest.mark.parametrize("count", [2**31 - 1, -1, -7])
def test_a_count_without_its_rows_is_refused(count: int) -> None:
    """Of a negative count asyncua makes no rows, whatever there is behind it."""
    with pytest.raises(MalformedError):
        decode_data_change(struct.pack("<i", count) + encode([double(1)])[4:])


def test_a_matrix_is_given_up() -> None:
    with pytest.raises(MalformedError):
        decode_data_change(encode([Row(1, variant([[1, 2], [3, 4]], V.Int16))]) + b"behind")
