"""The column decoder: whatever asyncua makes of a message, in columns; by every path, of any bytes."""

from __future__ import annotations

import math
import random
import struct
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from drivers.api import Flag, Quality
from drivers.opcua import values
from drivers.opcua.binary import MOST_NESTING
from drivers.opcua.codec import LAYOUTS, NO_TIME, VECTOR_ROWS, Columns, Decoder, MalformedError, overflowed, to_batch
from drivers.opcua.values import TEXT_LIMIT
from tests.drivers.opcua.wire import (
    EPOCH_TICKS,
    LATEST_TICKS,
    NOON_TICKS,
    SCALARS,
    Row,
    V,
    assert_same,
    codes,
    double,
    encode,
    expected,
    fixed_variants,
    loose,
    microseconds,
    read,
    repeatable,
    repeated,
    rows,
    string,
    ticks,
    variant,
    variants,
)

RECEIVED_US = 1_772_366_400_000_000


def by_every_path(body: bytes) -> tuple[Columns, Columns, Columns]:
    """Decode row by row, by finding the layout, and by a layout that is known."""
    looping, finding = Decoder(vector_rows=1 << 31), Decoder(vector_rows=1)
    found = looping.decode_data_change(body), finding.decode_data_change(body), finding.decode_data_change(body)
    assert looping.looped == 1
    assert finding.looped or (finding.found, finding.predicted) == (1, 1)
    return found


@settings(repeatable, max_examples=400)
@given(st.lists(rows(), max_size=8))
def test_any_message_is_what_asyncua_makes_of_it(given_rows: Sequence[Row]) -> None:
    body = encode(given_rows)
    wanted = expected(body)
    for found in by_every_path(body):
        assert_same(found, wanted)


@pytest.mark.parametrize("kind", SCALARS, ids=lambda kind: kind.name)
def test_every_type_is_what_asyncua_makes_of_it(kind: ua.VariantType) -> None:
    @settings(repeatable, max_examples=30)
    @given(st.lists(SCALARS[kind], min_size=1, max_size=6))
    def check(found: Sequence[object]) -> None:
        body = encode([Row(row, variant(value, kind)) for row, value in enumerate(found)])
        for columns in by_every_path(body):
            assert_same(columns, expected(body))
            assert columns.kind.tolist() == [kind.value] * len(found)

    check()


@settings(repeatable, max_examples=60)
@given(st.lists(rows(), min_size=1, max_size=8), st.integers(VECTOR_ROWS, 90), st.integers(0, 999))
def test_a_long_message_is_what_asyncua_makes_of_it(pool: Sequence[Row], count: int, seed: int) -> None:
    decoder = Decoder()
    body = encode(repeated(pool, count, seed))
    wanted = expected(body)
    for _ in range(2):
        assert_same(decoder.decode_data_change(body), wanted)
    assert (decoder.looped, decoder.found, decoder.predicted) == (0, 1, 1)


def no_asyncua_fault(row: Row) -> bool:
    return row.source_pico is None or row.server is None


@settings(repeatable, max_examples=100)
@given(st.lists(rows().filter(no_asyncua_fault), max_size=6))
def test_what_asyncua_decodes_as_a_whole_is_the_same(given_rows: Sequence[Row]) -> None:
    """The rows as asyncua reads them without help: no part of the reference here is written by us."""
    body = encode(given_rows)
    items = struct_from_binary(ua.DataChangeNotification, Buffer(body)).MonitoredItems
    wanted = values.to_batch([item.ClientHandle for item in items], [item.Value for item in items], RECEIVED_US)
    for row, given_row in enumerate(given_rows):
        if given_row.source == 0:  # asyncua says 1601, but the specification says none
            wanted.source_us[row], wanted.flags[row] = RECEIVED_US, Flag.TIME_REPLACED
    for columns in by_every_path(body):
        found = to_batch(columns, RECEIVED_US)
        for name in ("tag", "value", "quality", "code", "source_us", "received_us", "flags"):
            mine, theirs = getattr(found, name), getattr(wanted, name)
            assert mine.dtype == theirs.dtype, name
            np.testing.assert_array_equal(mine, theirs, err_msg=name)
        assert found.texts == wanted.texts


@settings(repeatable, max_examples=60)
@given(st.lists(rows().filter(no_asyncua_fault), max_size=5))
def test_what_asyncua_writes_is_read(given_rows: Sequence[Row]) -> None:
    items = struct_from_binary(ua.DataChangeNotification, Buffer(encode(given_rows)))
    body = struct_to_binary(items)
    for found in by_every_path(body):
        assert_same(found, expected(body))


def test_asyncua_still_swaps_picoseconds_and_server_time() -> None:
    """Pinned: when this fails, asyncua follows the specification and `lenient` need not refuse such rows."""
    body = encode([Row(1, source=NOON_TICKS, server=NOON_TICKS, source_pico=7)])
    (item,) = struct_from_binary(ua.DataChangeNotification, Buffer(body)).MonitoredItems
    assert item.Value.ServerTimestamp != ua.win_epoch_to_datetime(NOON_TICKS)
    for found in by_every_path(body):
        assert found.server_us.tolist() == [microseconds(NOON_TICKS)]


# Known layouts


def mixed(count: int = 80) -> list[Row]:
    kinds = [(1.5, V.Double), (2.5, V.Float), (True, V.Boolean), (-3, V.Int32), (4, V.UInt16), (2**60, V.Int64)]
    made = [Row(row, variant(*kinds[row % len(kinds)]), 0, NOON_TICKS, NOON_TICKS) for row in range(count)]
    made[11] = string(11, "Running")
    made[12] = Row(12, variant([1.0, 2.0], V.Double), source=NOON_TICKS)
    made[13] = Row(13, code=0x80310000)
    return made


@settings(repeatable, max_examples=60)
@given(st.data())
def test_new_values_in_the_same_places_are_predicted(data: st.DataObject) -> None:
    decoder = Decoder()
    decoder.decode_data_change(encode(mixed()))
    fresh = data.draw(st.lists(st.tuples(st.floats(), codes, ticks, ticks), min_size=4, max_size=4))
    changed = [
        replace(row, variant=struct.pack("<Bd", 11, fresh[place % 4][0]), code=fresh[place % 4][1], source=fresh[0][2])
        if row.variant and row.variant[0] == V.Double
        else replace(row, handle=place * 7, server=row.server and fresh[place % 4][3])
        for place, row in enumerate(mixed())
    ]
    body = encode(changed)
    assert_same(decoder.decode_data_change(body), expected(body))
    assert decoder.predicted == 1


@settings(repeatable, max_examples=100)
@given(
    st.lists(rows(fixed_variants), min_size=2, max_size=6),
    st.lists(rows(variants), max_size=2),
    st.integers(0, 999),
    st.integers(0, 999),
)
def test_the_same_rows_in_another_order_are_not_mistaken(
    pool: Sequence[Row], odd: Sequence[Row], seed: int, other: int
) -> None:
    """The same count and the same length, so that the known layout is tried, and mostly wrong."""
    decoder = Decoder()
    first = repeated([*pool, *odd], 70, seed)
    for message in (first, random.Random(other).sample(first, len(first)), first):
        body = encode(message)
        assert_same(decoder.decode_data_change(body), expected(body))


ALIKE = {kind: group for group in ([1, 2, 3], [4, 5], [6, 7, 10, 19], [8, 9, 11, 13]) for kind in group}
"""Built-in types by type, where one takes as many bytes as the other."""


@settings(repeatable, max_examples=100)
@given(st.lists(rows(fixed_variants), min_size=2, max_size=6), st.integers(0, 999), st.integers(0, 69), st.data())
def test_one_row_of_another_type_or_mask_is_not_mistaken(
    pool: Sequence[Row], seed: int, place: int, data: st.DataObject
) -> None:
    decoder = Decoder()
    first = repeated(pool, 70, seed)
    decoder.decode_data_change(encode(first))
    row = first[place]
    assume(row.variant is None or row.variant[0] in ALIKE)
    if row.variant is not None:
        row = replace(row, variant=bytes([data.draw(st.sampled_from(ALIKE[row.variant[0]]))]) + row.variant[1:])
    if data.draw(st.booleans()):
        row = replace(row, source=row.server, server=row.source)
    if data.draw(st.booleans()):
        row = replace(row, source_pico=row.server_pico, server_pico=row.source_pico)
    second = [*first[:place], row, *first[place + 1 :]]
    body = encode(second)
    assert len(body) == len(encode(first))
    assert_same(decoder.decode_data_change(body), expected(body))
    assert decoder.predicted + decoder.found == 2


def test_texts_that_change_their_lengths_within_the_same_whole_are_not_mistaken() -> None:
    decoder = Decoder()
    for texts in (("aa", "bbbb"), ("aaa", "bbb"), ("aaaaaa", ""), ("aa", "cccc")):
        message = mixed()
        message[20], message[50] = string(20, texts[0]), string(50, texts[1])
        body = encode(message)
        found = decoder.decode_data_change(body)
        assert_same(found, expected(body))
        assert (found.texts[20], found.texts[50]) == texts
    assert (decoder.found, decoder.predicted) == (4, 0)
    decoder.decode_data_change(body)
    assert decoder.predicted == 1


def test_a_text_that_looks_like_the_rows_that_were_there_is_a_text() -> None:
    """Its bytes have the heads that the layout wants, at the very places where the layout wants them."""
    row = len(encode([double(0)])) - 8
    first = [double(0), string(1, "x" * 8), *[double(place) for place in range(2, 80)], string(80, "y" * (8 + row))]
    second = [double(0), string(1, "x" * (8 + row)), *[double(place) for place in range(2, 80)], string(80, "y" * 8)]
    assert len(encode(first)) == len(encode(second))
    shifted = encode(second)
    at = shifted.index(b"x" * (8 + row)) + 8
    shifted = shifted[:at] + encode([double(2, 9.0)])[4:-4] + shifted[at + row :]
    decoder = Decoder()
    decoder.decode_data_change(encode(first))
    found = decoder.decode_data_change(shifted)
    assert_same(found, expected(shifted))
    assert (found.handle[2], found.value[2]) == (2, 1.5)
    assert decoder.predicted == 0


def test_a_message_with_diagnostics_is_never_predicted() -> None:
    body = encode(mixed())[:-4] + struct.pack("<iBi", 1, 0x01, 5)
    decoder = Decoder()
    for _ in range(2):
        assert len(decoder.decode_data_change(body)) == 80
    assert (decoder.found, decoder.predicted) == (2, 0)


def test_a_known_layout_does_not_excuse_what_is_behind_the_rows() -> None:
    decoder = Decoder()
    body = encode(mixed())
    decoder.decode_data_change(body)
    for count in (1, -2, 2**31 - 1):
        with pytest.raises(MalformedError):
            decoder.decode_data_change(body[:-4] + struct.pack("<i", count))


def test_only_the_last_few_layouts_are_kept() -> None:
    decoder = Decoder()
    bodies = [encode([double(row) for row in range(VECTOR_ROWS + more)]) for more in range(LAYOUTS + 1)]
    for body in [*bodies, bodies[-1], bodies[0]]:
        decoder.decode_data_change(body)
    assert (decoder.found, decoder.predicted) == (len(bodies) + 1, 1)


# Numbers, times, texts


def one(row: Row) -> Columns:
    """Return the columns of one row, the same by every path."""
    found = by_every_path(encode([row]))
    for other in found[1:]:
        assert_same(other, found[0])
    return found[0]


@pytest.mark.parametrize(
    ("value", "kind"),
    [(2**53 + 1, V.Int64), (-(2**53) - 1, V.Int64), (-(2**63), V.Int64), (2**64 - 1, V.UInt64), (2**53 + 1, V.UInt64)],
)
def test_an_integer_beyond_what_float64_holds_travels_as_it_is(value: int, kind: ua.VariantType) -> None:
    found = one(Row(1, variant(value, kind)))
    assert math.isnan(found.value[0])
    assert found.texts == {0: value}


@pytest.mark.parametrize("value", [2**53, -(2**53), 0])
def test_an_integer_that_float64_holds_is_a_number(value: int) -> None:
    found = one(Row(1, variant(value, V.Int64)))
    assert (found.value.tolist(), found.texts) == ([float(value)], {})


def test_a_signalling_nan_is_a_nan_and_no_warning() -> None:
    found = one(Row(1, b"\x0a" + struct.pack("<I", 0x7FA00000)))
    assert math.isnan(found.value[0])


def test_a_boolean_is_any_byte_but_zero() -> None:
    assert one(Row(1, b"\x01\x7f")).value.tolist() == [1.0]


@pytest.mark.parametrize(
    ("value", "us", "batch_us"),
    [
        (NOON_TICKS, 1_772_366_400_000_005, 1_772_366_400_000_005),
        (EPOCH_TICKS, 0, 0),
        (EPOCH_TICKS - 1, -1, -1),
        (1, -11_644_473_600_000_000, -11_644_473_600_000_000),
        (-1, -11_644_473_600_000_001, -11_644_473_600_000_000),
        (-(2**63), -(2**63) // 10 - 11_644_473_600_000_000, -11_644_473_600_000_000),
        (LATEST_TICKS + 10, 253_402_300_799_000_001, 253_402_300_799_000_000),
        (2**63 - 1, (2**63 - 1) // 10 - 11_644_473_600_000_000, 253_402_300_799_000_000),
    ],
)
def test_a_time_is_exact_in_columns_and_within_the_calendar_in_a_batch(value: int, us: int, batch_us: int) -> None:
    found = one(Row(1, source=value, server=value))
    assert (found.source_us[0], found.server_us[0]) == (us, us)
    batch = to_batch(found, RECEIVED_US)
    assert (batch.source_us[0], batch.flags[0]) == (batch_us, Flag.NONE)
    assert values.microseconds(ua.win_epoch_to_datetime(value)) == batch_us


@pytest.mark.parametrize("row", [Row(1), Row(1, source=0, server=0)])
def test_a_time_of_nothing_is_none_and_the_time_of_arrival(row: Row) -> None:
    found = one(row)
    assert (found.source_us[0], found.server_us[0]) == (NO_TIME, NO_TIME)
    batch = to_batch(found, RECEIVED_US)
    assert (batch.source_us[0], batch.flags[0]) == (RECEIVED_US, Flag.TIME_REPLACED)


@pytest.mark.parametrize("letter", ["a", "ü", "水", "🌊"])
@pytest.mark.parametrize("lead", ["", "a", "ab", "abc"])
def test_a_long_text_is_cut_at_the_limit_and_between_characters(letter: str, lead: str) -> None:
    long = lead + letter * (TEXT_LIMIT + 9)
    for payload in (variant(long, V.String), variant(ua.LocalizedText(long, "de"), V.LocalizedText)):
        assert one(Row(1, payload)).texts == {0: long[:TEXT_LIMIT]}


def test_bytes_that_are_no_text_are_replaced_whichever_way_they_are_read() -> None:
    for broken in (b"\xff\xfe", b"\xf0\x9f\x8c" * TEXT_LIMIT * 2, b"\xf0\x9f\x8c", b"a\xc3" * TEXT_LIMIT):
        length = struct.pack("<i", len(broken))
        for payload in (b"\x0c" + length + broken, b"\x15\x02" + length + broken):
            body = encode([Row(1, payload)])
            found = Decoder().decode_data_change(body)
            assert_same(found, expected(body))
            assert found.texts == {0: broken.decode("utf-8", "replace")[:TEXT_LIMIT]}


def test_large_things_are_stepped_over_and_not_built() -> None:
    """20 MB of text and of array take about as long as two rows: there is room for a slow machine here."""
    size = 20_000_000
    message = [
        Row(1, b"\x0c" + struct.pack("<i", size) + b"x" * size),
        Row(2, b"\x8b" + struct.pack("<i", size // 8) + bytes(size)),
        double(3),
    ]
    body = encode(message)
    started = time.process_time()
    found = Decoder().decode_data_change(body)
    taken = time.process_time() - started
    assert found.texts == {0: "x" * TEXT_LIMIT}
    assert found.value[2] == 1.5
    assert taken < 0.5


# Batches


@settings(repeatable, max_examples=200)
@given(st.lists(codes, min_size=1, max_size=20))
def test_quality_is_that_of_every_code(found: Sequence[int]) -> None:
    columns = by_every_path(encode([replace(double(row), code=code) for row, code in enumerate(found)]))[0]
    assert to_batch(columns, RECEIVED_US).quality.tolist() == [values.quality_of(code) for code in found]


def test_quality_is_that_of_every_named_code() -> None:
    named = [code for name, code in vars(ua.StatusCodes).items() if not name.startswith("_")]
    found = [code | info for code in named for info in (0, 0x0480)]
    columns = Decoder().decode_data_change(encode([replace(double(row), code=code) for row, code in enumerate(found)]))
    assert len(named) > 200
    assert to_batch(columns, RECEIVED_US).quality.tolist() == [values.quality_of(code) for code in found]


@pytest.mark.parametrize(
    "payload",
    [
        None,
        b"\x00",
        variant(math.nan, V.Double),
        variant(math.inf, V.Double),
        variant(-math.inf, V.Float),
        variant(None, V.String),
        variant([1.0], V.Double),
    ],
)
def test_good_is_uncertain_when_there_is_nothing_to_show(payload: bytes | None) -> None:
    for code, quality in ((0, Quality.UNCERTAIN), (0x80000000, Quality.BAD), (0x00960000, Quality.SUBSTITUTED)):
        assert to_batch(one(Row(1, payload, code)), RECEIVED_US).quality.tolist() == [quality]


def test_a_text_and_a_large_integer_are_good() -> None:
    for payload in (variant("", V.String), variant(2**60, V.Int64), variant(ua.LocalizedText(), V.LocalizedText)):
        assert to_batch(one(Row(1, payload)), RECEIVED_US).quality.tolist() == [Quality.GOOD]


@pytest.mark.parametrize(
    ("code", "dropped"),
    [
        (0x0480, True),
        (0x80340480, True),
        (0x0080, False),
        (0x0400, False),
        (0x0880, False),
        (0x0C80, False),
        (0, False),
    ],
)
def test_an_overflow_counts_only_as_information_on_a_data_value(code: int, dropped: bool) -> None:
    assert overflowed(np.array([code, 0], np.uint32)).tolist() == [dropped, False]


# Bytes of no good


SHORT = [
    Row(1, variant(1.5, V.Double), 0x40900000, NOON_TICKS, NOON_TICKS, 7, 8),
    Row(2, variant("Über", V.String), None, NOON_TICKS),
    Row(3, variant([1, 2], V.Int16), 0),
    Row(4, variant(ua.LocalizedText("a", "b"), V.LocalizedText)),
    Row(5, variant(ua.Range(0, 1), V.ExtensionObject)),
    Row(6),
    Row(7, variant(True, V.Boolean), source=NOON_TICKS, server_pico=9),
    Row(8, variant(loose.ExpandedNodeId(5, 3, NamespaceUri="u", ServerIndex=2), V.ExpandedNodeId)),
    Row(9, variant(2**60, V.Int64)),
    Row(10, b"\x0d" + struct.pack("<q", NOON_TICKS)),
    Row(11, variant(ua.DataValue(ua.Variant(1)), V.DataValue), server=NOON_TICKS),
    Row(12, variant([[1, 2], [3, 4]], V.Byte)),
    Row(13, variant(["a", None], V.String)),
]


def outcomes(body: bytes, seen: bytes) -> list[Columns | None]:
    """Return what every path makes of a body, None for malformed; one of them knows the layout of another message."""
    knowing = Decoder(vector_rows=1)
    knowing.decode_data_change(seen)
    found: list[Columns | None] = []
    for decoder in (Decoder(vector_rows=1 << 31), Decoder(vector_rows=1), knowing):
        try:
            found.append(decoder.decode_data_change(body))
        except MalformedError:
            found.append(None)
    return found


def test_a_message_that_ends_early_is_malformed_wherever_it_ends() -> None:
    body = encode(SHORT)
    for end in range(len(body)):
        assert outcomes(body[:end], body) == [None, None, None], end


def test_a_message_that_goes_on_is_malformed() -> None:
    body = encode(SHORT)
    assert outcomes(body + b"\x00", body) == [None, None, None]


def check_flipped(flipped: bytes, original: bytes) -> bool:
    """Return whether a changed message is decoded; if so, then by every path and as asyncua does it, if it can."""
    found = outcomes(flipped, original)
    if found[0] is None:
        assert found == [None, None, None]
        return False
    for other in found[1:]:
        assert other is not None
        assert_same(other, found[0])
    try:
        wanted = expected(flipped)
    except Exception:  # noqa: BLE001  # asyncua stumbles over more: a structure's content, dimensions
        return True
    assert_same(found[0], wanted)
    return True


def test_a_flipped_byte_is_malformed_or_what_asyncua_makes_of_it() -> None:
    original = encode(SHORT)
    decoded = 0
    for at in range(len(original)):
        for flip in (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF):
            flipped = original[:at] + bytes([original[at] ^ flip]) + original[at + 1 :]
            decoded += check_flipped(flipped, original)
    assert decoded > len(original)  # most bytes are content


@settings(repeatable, max_examples=300)
@given(st.lists(rows(), min_size=1, max_size=6), st.data())
def test_any_message_with_some_bytes_changed(given_rows: Sequence[Row], data: st.DataObject) -> None:
    original = encode(given_rows)
    flipped = bytearray(original)
    for _ in range(data.draw(st.integers(1, 3))):
        flipped[data.draw(st.integers(0, len(flipped) - 1))] = data.draw(st.integers(0, 255))
    check_flipped(bytes(flipped), original)


@settings(repeatable, max_examples=300)
@given(st.binary(max_size=60))
def test_bytes_of_chance_raise_nothing_else(body: bytes) -> None:
    outcomes(body, encode(SHORT))


@pytest.mark.parametrize("count", [1, 100, 2**20, 2**31 - 1, -2, -(2**31)])
def test_a_count_that_the_bytes_do_not_hold_is_malformed(count: int) -> None:
    for body in (struct.pack("<i", count), struct.pack("<ii", count, 0), struct.pack("<i", count) + bytes(100)):
        if len(body) == 104 and count == 1:
            continue  # a row of nothing, and bytes behind it
        with pytest.raises(MalformedError, match="rows in" if count > 0 else "length of"):  # before a row is looked at
            Decoder().decode_data_change(body)


def test_no_rows_at_all() -> None:
    for body in (struct.pack("<ii", -1, -1), struct.pack("<ii", 0, 0)):
        assert len(Decoder().decode_data_change(body)) == 0
        assert len(to_batch(Decoder().decode_data_change(body), RECEIVED_US)) == 0


@pytest.mark.parametrize("count", [2**31 - 1, 1, -2])
@pytest.mark.parametrize("kind", [0, 11, 12, 22, 23, 24])
def test_an_array_that_the_bytes_do_not_hold_is_malformed_and_costs_nothing(kind: int, count: int) -> None:
    body = encode([double(1), Row(2, bytes([0x80 | kind]) + struct.pack("<i", count))])[:-4]
    assert outcomes(body, encode(SHORT)) == [None, None, None]


def test_an_array_of_nulls_is_malformed_because_its_count_cannot_be_checked() -> None:
    """asyncua makes a list of as many, out of five bytes."""
    for count in (1, 2**31 - 1):
        assert outcomes(encode([Row(1, b"\x80" + struct.pack("<i", count))]), encode(SHORT)) == [None, None, None]
    for count in (0, -1):
        assert one(Row(1, b"\x80" + struct.pack("<i", count))).kind.tolist() == [0x80]


@pytest.mark.parametrize("encoding", [*range(32, 64), 0x4B, 0x40, 0xA0])
def test_a_type_that_does_not_exist_is_malformed(encoding: int) -> None:
    """asyncua takes 32 to 63 for byte strings, like 26 to 31, which are reserved to be that (OPC 10000-6, 5.2.2.16)."""
    for size in range(21):  # whatever it is taken for, one of these is its size
        assert outcomes(encode([Row(1, bytes([encoding]) + bytes(size))]), encode(SHORT)) == [None, None, None]


@pytest.mark.parametrize("mask", [0x40, 0x80, 0xFF])
def test_reserved_bits_of_a_mask_are_malformed(mask: int) -> None:
    for size in range(40):
        assert outcomes(struct.pack("<iIB", 1, 1, mask) + bytes(size), encode(SHORT)) == [None, None, None]


def test_nesting_has_an_end() -> None:
    for wrapper in (b"\x18", b"\x17\x01", b"\x98\x01\x00\x00\x00"):
        assert len(one(Row(1, wrapper * (MOST_NESTING // 2) + b"\x01\x01"))) == 1
        body = encode([Row(1, wrapper * 100_000 + b"\x01\x01")])
        assert outcomes(body, encode(SHORT)) == [None, None, None]


def test_nested_diagnostics_are_stepped_over() -> None:
    """asyncua takes the inner one for an extension object."""
    inner = b"\x40" * 5000 + b"\x01" + struct.pack("<i", 3)
    assert one(Row(1, b"\x19" + inner)).kind.tolist() == [V.DiagnosticInfo]


def test_a_body_may_be_a_view() -> None:
    body = encode(SHORT)
    assert_same(Decoder().decode_data_change(memoryview(body)), expected(body))
    assert len(read(body)) == len(SHORT)
