"""From data values to columns and back: every special status, every type, both edges of every range."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from drivers.api import Flag, Quality, Value, WriteRejectedError
from drivers.opcua.values import TEXT_LIMIT, microseconds, number_and_text, quality_of, readable, to_batch, to_variant

CODES = ua.StatusCodes
INFO_BITS = 0x0480
NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
NOON_US = 1_772_366_400_000_005


@pytest.mark.parametrize("info", [0, INFO_BITS])
@pytest.mark.parametrize(
    ("code", "quality"),
    [
        (CODES.Good, Quality.GOOD),
        (CODES.GoodLocalOverride, Quality.SUBSTITUTED),
        (CODES.UncertainSubstituteValue, Quality.SUBSTITUTED),
        (CODES.UncertainLastUsableValue, Quality.UNCERTAIN),
        (CODES.BadNotConnected, Quality.NOT_CONNECTED),
        (CODES.BadNoCommunication, Quality.NOT_CONNECTED),
        (CODES.BadCommunicationError, Quality.NOT_CONNECTED),
        (CODES.BadNodeIdUnknown, Quality.CONFIG_ERROR),
        (CODES.BadNodeIdInvalid, Quality.CONFIG_ERROR),
        (CODES.BadConfigurationError, Quality.CONFIG_ERROR),
        (CODES.BadAttributeIdInvalid, Quality.CONFIG_ERROR),
        (CODES.BadNotReadable, Quality.CONFIG_ERROR),
        (CODES.BadSensorFailure, Quality.BAD),
        (0xC0000000, Quality.BAD),
    ],
)
def test_a_status_is_its_quality_whatever_its_info_bits(code: int, info: int, quality: Quality) -> None:
    assert quality_of(code | info) is quality


def test_a_moment_is_utc_whatever_its_zone() -> None:
    assert microseconds(NOON) == NOON_US
    assert microseconds(NOON.replace(tzinfo=None)) == NOON_US
    assert microseconds(NOON.astimezone(timezone(timedelta(hours=-7)))) == NOON_US
    assert microseconds(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)) == -1_000_000
    assert microseconds(None) is None


@pytest.mark.parametrize(
    ("value", "number", "text"),
    [
        (True, 1.0, None),
        (-7, -7.0, None),
        (2.5, 2.5, None),
        (2**53, 2.0**53, None),
        (-(2**53), -(2.0**53), None),
        (2**53 + 1, math.nan, 2**53 + 1),
        (-(2**53) - 1, math.nan, -(2**53) - 1),
        (2**64 - 1, math.nan, 2**64 - 1),
        ("Auto", math.nan, "Auto"),
        ("", math.nan, ""),
        (ua.LocalizedText("Marche", "fr"), math.nan, "Marche"),
        (ua.LocalizedText(), math.nan, ""),
        (NOON, math.nan, "2026-03-01T12:00:00.000005+00:00"),
        (None, math.nan, None),
        (b"\x00", math.nan, None),
        ([1.0, 2.0], math.nan, None),
    ],
)
def test_a_value_is_a_number_or_travels_beside_it(value: object, number: float, text: object) -> None:
    found, beside = number_and_text(value)
    assert found == number or (math.isnan(found) and math.isnan(number))
    assert (type(beside), beside) == (type(text), text)


def test_a_long_text_is_cut() -> None:
    for value in ("x" * (TEXT_LIMIT + 1), ua.LocalizedText("x" * (TEXT_LIMIT + 1))):
        _, text = number_and_text(value)
        assert text == "x" * TEXT_LIMIT


@given(st.binary(max_size=40) | st.text(max_size=20).map(str.encode))
def test_bytes_that_are_no_utf_8_become_the_replacement_character(given_bytes: bytes) -> None:
    found = readable(given_bytes.decode("utf-8", "surrogateescape"))
    assert found == given_bytes.decode("utf-8", "replace")
    found.encode()


@pytest.mark.parametrize("unit", [b"\xff", b"\xe2\x82", b"\xf0\x9f\x8c", "é".encode() + b"\xc3"])
def test_a_long_text_that_is_no_utf_8_is_cut_as_any_other(unit: bytes) -> None:
    spoilt = unit * (2 * TEXT_LIMIT)
    value = spoilt.decode("utf-8", "surrogateescape")
    for given_value in (value, ua.LocalizedText(value)):
        _, text = number_and_text(given_value)
        assert text == spoilt.decode("utf-8", "replace")[:TEXT_LIMIT]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_never_good(value: float) -> None:
    batch = to_batch([1], [data_value(value)], received_us=99)
    assert batch.quality.tolist() == [Quality.UNCERTAIN]
    assert str(batch.value[0]) == str(value)


def test_a_text_that_cannot_be_sent_is_refused_in_words() -> None:
    with pytest.raises(WriteRejectedError, match="cannot be sent"):
        to_variant("a\udcff", ua.VariantType.String)


def data_value(value: object, code: int = 0, source: datetime | None = NOON) -> ua.DataValue:
    return ua.DataValue(ua.Variant(value), ua.StatusCode(ua.UInt32(code)), SourceTimestamp=source)  # type: ignore[arg-type]  # a datetime goes in


def test_every_data_value_is_a_row() -> None:
    batch = to_batch(
        [7, 3, 9, 4],
        [
            data_value(1.5),
            data_value("Auto", source=None),
            data_value(math.nan),
            data_value(2.0, CODES.BadSensorFailure | INFO_BITS),
        ],
        received_us=99,
    )
    assert batch.tag.tolist() == [7, 3, 9, 4]
    assert batch.value[[0, 3]].tolist() == [1.5, 2.0]
    assert batch.texts == {1: "Auto"}
    assert batch.quality.tolist() == [Quality.GOOD, Quality.GOOD, Quality.UNCERTAIN, Quality.BAD]
    assert batch.code.tolist() == [0, 0, 0, CODES.BadSensorFailure | INFO_BITS]
    assert batch.source_us.tolist() == [NOON_US, 99, NOON_US, NOON_US]
    assert batch.flags.tolist() == [Flag.NONE, Flag.TIME_REPLACED, Flag.NONE, Flag.NONE]
    assert batch.received_us.tolist() == [99] * 4


def test_a_data_value_without_a_variant_is_no_number() -> None:
    batch = to_batch([1, 2], [ua.DataValue(), ua.DataValue(StatusCode=ua.StatusCode(ua.UInt32(CODES.BadTimeout)))], 5)
    assert all(math.isnan(value) for value in batch.value)
    assert batch.quality.tolist() == [Quality.UNCERTAIN, Quality.BAD]


RANGES = {
    ua.VariantType.SByte: (-128, 127),
    ua.VariantType.Byte: (0, 255),
    ua.VariantType.Int16: (-32768, 32767),
    ua.VariantType.UInt16: (0, 65535),
    ua.VariantType.Int32: (-(2**31), 2**31 - 1),
    ua.VariantType.UInt32: (0, 2**32 - 1),
    ua.VariantType.Int64: (-(2**63), 2**63 - 1),
    ua.VariantType.UInt64: (0, 2**64 - 1),
}


@pytest.mark.parametrize("kind", RANGES)
def test_an_integer_fits_up_to_both_edges_and_no_further(kind: ua.VariantType) -> None:
    low, high = RANGES[kind]
    for value in (low, high):
        variant = to_variant(value, kind)
        assert (variant.Value, variant.VariantType) == (value, kind)
    for value in (low - 1, high + 1):
        with pytest.raises(WriteRejectedError, match="outside"):
            to_variant(value, kind)


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (1, ua.VariantType.Boolean, True),
        (0.0, ua.VariantType.Boolean, False),
        (True, ua.VariantType.Double, 1.0),
        (3, ua.VariantType.Float, 3.0),
        (4.0, ua.VariantType.Int16, 4),
        (4.5, ua.VariantType.String, "4.5"),
    ],
)
def test_a_value_takes_the_servers_type(value: Value, kind: ua.VariantType, written: Value) -> None:
    variant = to_variant(value, kind)
    assert (type(variant.Value), variant.Value, variant.VariantType) == (type(written), written, kind)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (2, ua.VariantType.Boolean),
        ("on", ua.VariantType.Boolean),
        (math.nan, ua.VariantType.Boolean),
        (math.nan, ua.VariantType.Double),
        (math.inf, ua.VariantType.Float),
        ("1", ua.VariantType.Double),
        (math.nan, ua.VariantType.Int32),
        (math.inf, ua.VariantType.Int32),
        (1.5, ua.VariantType.Int32),
        ("1", ua.VariantType.Int32),
        (1, ua.VariantType.DateTime),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_a_sentence(value: Value, kind: ua.VariantType) -> None:
    with pytest.raises(WriteRejectedError, match=r"\.$"):
        to_variant(value, kind)
