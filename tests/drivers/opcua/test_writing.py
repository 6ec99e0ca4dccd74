"""Writes to real servers in their own types; refusals in words; types asked for once a session."""

from __future__ import annotations

import pytest
from asyncua import ua

from drivers.api import UnansweredError, UnknownTagError, Value, WriteRejectedError, Writes
from drivers.opcua.driver import OPCUA
from drivers.opcua.writing import DataTypes, refusal, write
from tests.drivers.opcua.sessions import connected, counted
from tests.support.link import address
from tests.support.peer import Peer

pytestmark = pytest.mark.asyncio

SETPOINT = address("Setpoint")


@pytest.mark.parametrize("value", [2.5, 7, True, -1e300])
async def test_a_value_arrives_in_the_servers_type(peer: Peer, value: Value) -> None:
    async with connected(peer.url) as session:
        await write(session, DataTypes(), SETPOINT, value)
        assert peer.read("Setpoint") == float(value)


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ("Item0001", ua.VariantType.Double),
        ("Item0002", ua.VariantType.Float),
        ("Item0003", ua.VariantType.Boolean),
        ("Item0004", ua.VariantType.Int32),
        ("Item0005", ua.VariantType.UInt16),
        ("Item0006", ua.VariantType.String),
    ],
)
async def test_every_type_is_found_out_and_what_does_not_fit_is_not_sent(
    peer: Peer, monkeypatch: pytest.MonkeyPatch, item: str, kind: ua.VariantType
) -> None:
    async with connected(peer.url) as session:
        types = DataTypes()
        assert await types.of(session, address(item)) is kind
        calls = counted(session, monkeypatch)
        if kind is not ua.VariantType.String:
            with pytest.raises(WriteRejectedError):
                await write(session, types, address(item), "text")
            assert calls.total() == 0


async def test_a_type_is_asked_for_once(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(peer.url) as session:
        calls, types = counted(session, monkeypatch), DataTypes()
        await write(session, types, SETPOINT, 1.0)
        asked = calls["ReadRequest"]
        assert asked >= 1
        for value in (2.0, 3.0):
            await write(session, types, SETPOINT, value)
        assert (calls["ReadRequest"], calls["WriteRequest"]) == (asked, 3)
        types.forget()
        await write(session, types, SETPOINT, 4.0)
        assert calls["ReadRequest"] == 2 * asked


@pytest.mark.parametrize(
    ("item", "value", "kind", "words"),
    [
        ("Item0001", 1.0, WriteRejectedError, "does not let"),
        ("Nowhere", 1.0, UnknownTagError, "no longer has"),
        ("Setpoint", "text", WriteRejectedError, "text is not a number."),
        ("Setpoint", float("inf"), WriteRejectedError, "inf is not a number."),
    ],
)
async def test_a_refused_write_says_why(
    peer: Peer, item: str, value: Value, kind: type[WriteRejectedError], words: str
) -> None:
    async with connected(peer.url) as session:
        with pytest.raises(kind, match=words):
            await write(session, DataTypes(), address(item), value)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (ua.StatusCodes.BadOutOfRange, WriteRejectedError, "out of its range"),
        (ua.StatusCodes.BadTypeMismatch, WriteRejectedError, "wrong type"),
        (ua.StatusCodes.BadUserAccessDenied, WriteRejectedError, "this user"),
        (ua.StatusCodes.BadNodeIdUnknown, UnknownTagError, "no longer has"),
        (ua.StatusCodes.BadDeviceFailure, WriteRejectedError, "The server refused the call: BadDeviceFailure."),
    ],
)
async def test_every_refusal_is_a_sentence(code: int, kind: type[Exception], words: str) -> None:
    found = refusal(ua.StatusCode(ua.UInt32(code)), "call")
    assert isinstance(found, kind)
    assert (found.code, words in found.sentence, found.sentence[-1]) == (code, True, ".")


@pytest.mark.parametrize("code", [ua.StatusCodes.BadTimeout, ua.StatusCodes.BadCommunicationError])
async def test_a_gateway_that_heard_nothing_leaves_the_outcome_open(code: int) -> None:
    found = refusal(ua.StatusCode(ua.UInt32(code)), "write")
    assert isinstance(found, UnansweredError)
    assert "may have been carried out" in found.sentence


@pytest.mark.parametrize("fault", [ConnectionResetError("reset"), TimeoutError()])
async def test_a_link_that_breaks_after_a_write_left_leaves_the_outcome_open(
    peer: Peer, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    async with connected(peer.url) as session:
        write_for_real = session.services.write

        async def write_and_lose(parameters: ua.WriteParameters) -> list[ua.StatusCode]:
            await write_for_real(parameters)
            raise fault

        monkeypatch.setattr(session.services, "write", write_and_lose)
        with pytest.raises(UnansweredError, match="may have been carried out"):
            await write(session, DataTypes(), SETPOINT, 6.5)
        assert peer.read("Setpoint") == 6.5


async def test_in_another_session_the_type_is_asked_for_again(peer: Peer) -> None:
    """A server that was restarted may have another type at the same address."""
    driver = OPCUA.create(peer.url, {})
    assert isinstance(driver, Writes)
    known = driver._types._known  # type: ignore[attr-defined]  # what is asked for once
    for value in (2.5, 3.5):
        await driver.open(None)
        assert known == {}
        await driver.write(SETPOINT, value)
        assert list(known.values()) == [ua.VariantType.Double]
        assert peer.read("Setpoint") == value
        await driver.close()
