"""Answers to publish requests: what asyncua writes is read, and what cannot be read is told without losing the rest."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import extensionobject_to_binary, nodeid_to_binary, struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.opcua.codec import NO_TIME, Decoder, MalformedError
from drivers.opcua.publish import Publish, decode_publish, decode_republish
from tests.drivers.opcua.wire import (
    NOON_TICKS,
    Row,
    V,
    assert_same,
    codes,
    double,
    encode,
    expected,
    loose,
    microseconds,
    repeatable,
    rows,
    string,
    variant,
)

NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
NOON_US = 1_772_366_400_000_005
MESSAGE = encode([double(1), string(2, "Auto"), Row(3, code=0x80310000)])


def notification(identifier: int, body: bytes, type_id: ua.NodeId | None = None) -> bytes:
    """Return an extension object."""
    kind = nodeid_to_binary(type_id or loose.NodeId(identifier, 0, ua.NodeIdType.FourByte))
    return kind + b"\x01" + struct.pack("<i", len(body)) + body


def response(
    *notifications: bytes, header: ua.ResponseHeader | None = None, more: bool = False, ticks: int = NOON_TICKS
) -> bytes:
    """Return a publish response with these notifications as they are, everything else written by asyncua."""
    asked = ua.PublishResponse()
    asked.ResponseHeader = header or ua.ResponseHeader()
    asked.Parameters.SubscriptionId = ua.UInt32(77)
    asked.Parameters.AvailableSequenceNumbers = [ua.UInt32(4), ua.UInt32(5)]
    asked.Parameters.MoreNotifications = more
    asked.Parameters.NotificationMessage = ua.NotificationMessage(ua.UInt32(5), NOON, [])
    asked.Parameters.Results = [ua.StatusCode(ua.UInt32(0)), ua.StatusCode(ua.UInt32(0x80790000))]
    body = struct_to_binary(asked)
    empty = struct.pack("<IqI", 5, NOON_TICKS, 0)
    at = body.index(empty)
    full = struct.pack("<IqI", 5, ticks, len(notifications)) + b"".join(notifications)
    return body[:at] + full + body[at + len(empty) :]


def assert_envelope(found: Publish) -> None:
    assert found.subscription_id == 77
    assert found.available == (4, 5)
    assert (found.sequence, found.publish_us) == (5, NOON_US)
    assert found.results == (0, 0x80790000)


def test_a_keepalive() -> None:
    found = decode_publish(response())
    assert_envelope(found)
    assert found.is_keepalive
    assert (found.service_result, found.more, found.malformed) == (0, False, "")
    null_array = response().replace(struct.pack("<qI", NOON_TICKS, 0), struct.pack("<qi", NOON_TICKS, -1))
    assert decode_publish(null_array).is_keepalive


def test_a_publish_time_of_nothing() -> None:
    assert decode_publish(response(ticks=0)).publish_us == NO_TIME


def test_what_is_no_keepalive() -> None:
    nothing_changed = struct.pack("<ii", 0, 0)
    for found in (
        decode_publish(response(notification(811, nothing_changed))),
        decode_publish(response(notification(820, struct.pack("<IB", 0, 0)))),
        decode_publish(response(notification(916, struct.pack("<i", 0)))),
        decode_publish(response(notification(999, b""))),
        decode_publish(response(notification(811, b""))),
        decode_publish(struct_to_binary(ua.ServiceFault(ResponseHeader=header(code=0x800E0000)))),
    ):
        assert not found.is_keepalive


def header(code: int = 0, **fields: object) -> ua.ResponseHeader:
    return ua.ResponseHeader(NOON, ua.UInt32(3), ua.StatusCode(ua.UInt32(code)), **fields)  # type: ignore[arg-type]


def test_a_service_fault_is_its_code() -> None:
    fault = ua.ServiceFault(ResponseHeader=header(code=ua.StatusCodes.BadNoSubscription))
    found = decode_publish(struct_to_binary(fault))
    assert found.service_result == ua.StatusCodes.BadNoSubscription
    assert (found.subscription_id, found.changes, found.publish_us) == (0, (), NO_TIME)


@settings(repeatable, max_examples=60)
@given(
    st.lists(st.integers(0, 2**32 - 1), max_size=5),
    st.booleans(),
    st.integers(0, 2**32 - 1),
    st.lists(codes, max_size=4),
    st.lists(st.lists(rows(), max_size=4), max_size=3),
    codes,
    st.lists(st.text(max_size=4) | st.none(), max_size=3),
)
def test_whatever_asyncua_writes_is_read(
    available: Sequence[int],
    more: bool,
    sequence: int,
    results: Sequence[int],
    changes: Sequence[Sequence[Row]],
    service_result: int,
    strings: list[str | None],
) -> None:
    given_header = header(
        service_result,
        ServiceDiagnostics=loose.DiagnosticInfo(SymbolicId=1, AdditionalInfo="x", InnerStatusCode=ua.StatusCode()),
        StringTable=strings,
        AdditionalHeader=ua.Range(0, 1),
    )
    bodies = [encode(change) for change in changes]
    parameters = ua.PublishResult(
        ua.UInt32(9),
        [ua.UInt32(number) for number in available],
        more,
        ua.NotificationMessage(
            ua.UInt32(sequence),
            NOON,
            [loose.ExtensionObject(loose.NodeId(811), Body=b"")],
        ),
        [ua.StatusCode(ua.UInt32(code)) for code in results],
        [loose.DiagnosticInfo(LocalizedText=3)],
    )
    written = struct_to_binary(ua.PublishResponse(ResponseHeader=given_header, Parameters=parameters))
    single = struct.pack("<I", 1) + struct_to_binary(parameters.NotificationMessage.NotificationData[0])
    several = struct.pack("<I", len(bodies)) + b"".join(notification(811, body) for body in bodies)
    assert written.count(single) == 1
    found = decode_publish(written.replace(single, several))
    assert (found.service_result, found.subscription_id, found.more) == (service_result, 9, more)
    assert (found.available, found.results) == (tuple(available), tuple(results))
    assert (found.sequence, found.publish_us, found.malformed) == (sequence, NOON_US, "")
    for columns, body in zip(found.changes, bodies, strict=True):
        assert_same(columns, expected(body))


@pytest.mark.parametrize("kind", [ua.NodeIdType.FourByte, ua.NodeIdType.Numeric])
def test_type_ids_of_any_numeric_form(kind: ua.NodeIdType) -> None:
    body = response(notification(811, MESSAGE, loose.NodeId(811, 0, kind)))
    start = nodeid_to_binary(loose.NodeId(829, 0, ua.NodeIdType.FourByte))
    assert body.startswith(start)
    found = decode_publish(nodeid_to_binary(loose.NodeId(829, 0, kind)) + body[len(start) :])
    assert_envelope(found)
    assert_same(found.changes[0], expected(MESSAGE))


def test_a_type_of_another_namespace_is_another_type() -> None:
    found = decode_publish(response(notification(811, MESSAGE, loose.NodeId(811, 2))))
    assert_envelope(found)
    assert found.changes == ()
    assert "unknown" in found.malformed


@pytest.mark.parametrize("type_id", [loose.NodeId(634), loose.NodeId(829, 1), loose.NodeId("829"), loose.NodeId(61)])
def test_the_answer_to_another_request_is_malformed(type_id: ua.NodeId) -> None:
    with pytest.raises(MalformedError):
        decode_publish(nodeid_to_binary(type_id) + response()[4:])


def test_events_and_status_changes_come_beside_changes() -> None:
    events = ua.EventNotificationList(
        [
            ua.EventFieldList(
                ua.UInt32(8), [ua.Variant("Overheated"), ua.Variant(NOON), ua.Variant([1, 2]), ua.Variant()]
            )
        ]
    )
    found = decode_publish(
        response(
            extensionobject_to_binary(events),
            notification(811, MESSAGE),
            extensionobject_to_binary(ua.StatusChangeNotification(ua.StatusCode(ua.UInt32(0x80040000)))),
            more=True,
        )
    )
    assert_envelope(found)
    assert (found.more, found.malformed, found.is_keepalive) == (True, "", False)
    assert found.events == (events,)
    assert found.status_changes == (0x80040000,)
    assert_same(found.changes[0], expected(MESSAGE))


def test_a_message_that_is_sent_again_is_read_like_the_first() -> None:
    again = ua.RepublishResponse(
        ResponseHeader=ua.ResponseHeader(), NotificationMessage=ua.NotificationMessage(ua.UInt32(5), NOON, [])
    )
    written = struct_to_binary(again)
    assert written.endswith(struct.pack("<I", 0))
    found = decode_republish(written[:-4] + struct.pack("<I", 1) + notification(811, MESSAGE), 77)
    assert (found.subscription_id, found.sequence, found.publish_us) == (77, 5, NOON_US)
    assert_same(found.changes[0], expected(MESSAGE))
    with pytest.raises(MalformedError):
        decode_republish(response(), 77)


def test_layouts_are_kept_from_answer_to_answer() -> None:
    decoder = Decoder()
    body = response(notification(811, encode([double(row) for row in range(100)])))
    for _ in range(3):
        assert len(decode_publish(body, decoder).changes[0]) == 100
    assert (decoder.found, decoder.predicted) == (1, 2)


def test_what_only_asyncua_reads_is_read_by_asyncua() -> None:
    for body in (MESSAGE + b"more", MESSAGE[:-4] + struct.pack("<i", -7)):
        found = decode_publish(response(notification(811, body)))
        assert_envelope(found)
        assert found.malformed == ""
        assert_same(found.changes[0], expected(MESSAGE))


@pytest.mark.parametrize("body", [b"", MESSAGE[:-7], b"\xff" * 40, struct.pack("<i", 9) + MESSAGE[4:]])
def test_a_change_that_nobody_reads_does_not_cost_the_others(body: bytes) -> None:
    found = decode_publish(response(notification(811, MESSAGE), notification(811, body), notification(811, MESSAGE)))
    assert_envelope(found)
    assert len(found.changes) == 2
    assert "type 811" in found.malformed


def test_events_that_nobody_reads_do_not_cost_the_changes() -> None:
    null_bomb = struct.pack("<iIiBi", 1, 8, 1, 0x80, 1000)  # asyncua would make a list of as many
    for body in (b"", null_bomb, struct.pack("<iIi", 2**31 - 1, 0, 2**31 - 1)):
        found = decode_publish(response(notification(916, body), notification(811, MESSAGE)))
        assert_envelope(found)
        assert (len(found.changes), len(found.events)) == (1, 0)
        assert "type 916" in found.malformed


def test_a_notification_without_a_binary_body_is_malformed() -> None:
    without = nodeid_to_binary(loose.NodeId(811)) + b"\x00"
    in_xml = nodeid_to_binary(loose.NodeId(811)) + b"\x02" + struct.pack("<i", len(MESSAGE)) + MESSAGE
    found = decode_publish(response(without, in_xml, notification(811, MESSAGE)))
    assert_envelope(found)
    assert len(found.changes) == 1
    assert found.malformed.count("no binary body") == 2


def test_a_notification_without_a_length_keeps_what_came_before() -> None:
    endless = nodeid_to_binary(loose.NodeId(811)) + b"\x01" + struct.pack("<i", -1) + MESSAGE
    found = decode_publish(response(notification(811, MESSAGE), endless))
    assert (found.subscription_id, found.sequence, len(found.changes), found.results) == (77, 5, 1, ())
    assert "length" in found.malformed


def test_reasons_do_not_pile_up() -> None:
    found = decode_publish(response(*[notification(999, b"")] * 10_000))
    assert_envelope(found)
    assert found.malformed.count("999") == 3


BODY = response(
    notification(811, MESSAGE), extensionobject_to_binary(ua.StatusChangeNotification(ua.StatusCode(ua.UInt32(1))))
)


def test_an_answer_that_ends_early_is_never_taken_for_whole() -> None:
    for end in range(len(BODY)):
        try:
            found = decode_publish(BODY[:end])
        except MalformedError:
            continue
        assert found.malformed, end
        assert (found.subscription_id, found.sequence) == (77, 5)


def test_a_flipped_byte_raises_nothing_else() -> None:
    for at in range(len(BODY)):
        for flip in (0x01, 0x04, 0x10, 0x40, 0x80, 0xFF):
            try:
                decode_publish(BODY[:at] + bytes([BODY[at] ^ flip]) + BODY[at + 1 :])
            except MalformedError:
                continue


@settings(repeatable, max_examples=300)
@given(st.binary(max_size=80))
def test_bytes_of_chance_raise_nothing_else(tail: bytes) -> None:
    for body in (tail, BODY[:4] + tail, BODY[:40] + tail):
        try:
            decode_publish(body)
        except MalformedError:
            continue


def test_a_body_may_be_a_view() -> None:
    assert_envelope(decode_publish(memoryview(response())))


def test_times_of_rows() -> None:
    row = Row(1, variant(True, V.Boolean), source=NOON_TICKS, server=NOON_TICKS + 10, source_pico=5)
    (columns,) = decode_publish(response(notification(811, encode([row])))).changes
    assert (columns.source_us[0], columns.server_us[0]) == (NOON_US, microseconds(NOON_TICKS + 10))
