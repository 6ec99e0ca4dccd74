"""What servers say of their variables, in bulk: ranges, units, states; and why something cannot be a tag."""

from __future__ import annotations

import pytest
from asyncua import ua

from drivers.opcua.browsing import VariableFacts
from drivers.opcua.describing import _description, describe
from tests.drivers.opcua.conftest import MANY
from tests.drivers.opcua.fake_session import loose
from tests.drivers.opcua.sessions import connected, counted
from tests.support.link import address
from tests.support.peer import Peer

pytestmark = pytest.mark.asyncio


async def test_ranges_units_and_states_come_with_the_variables(peer: Peer) -> None:
    async with connected(peer.url) as session:
        analog, running, setpoint = await describe(
            session, [address(name) for name in ("Analog", "Running", "Setpoint")]
        )
        assert (analog.kind, analog.unit, analog.low, analog.high) == ("analog", "°C", -10.0, 90.0)
        assert (analog.address, analog.name, analog.fault) == (address("Analog"), "Analog", "")
        assert (running.kind, running.states, running.unit, running.low) == ("discrete", ("Off", "On"), "", None)
        assert (setpoint.writable, analog.states, setpoint.states) == (True, None, None)


async def test_kinds_follow_from_types(peer: Peer) -> None:
    async with connected(peer.url) as session:
        found = await describe(session, [address(f"Item{number:04d}") for number in range(1, 7)])
        assert [each.data_type for each in found] == ["Double", "Float", "Boolean", "Int32", "UInt16", "String"]
        assert [each.kind for each in found] == ["analog", "analog", "discrete", "analog", "analog", "text"]


async def test_what_is_not_there_and_what_is_no_tag_says_so_and_spoils_nothing(peer: Peer) -> None:
    async with connected(peer.url) as session:
        wanted = [
            address("Analog"),
            address("Nowhere"),
            "nsu=urn:nowhere;s=x",
            "nonsense",
            "i=2255",
            address("Setpoint"),
        ]
        found = await describe(session, wanted)
        assert [each.address for each in found] == wanted
        assert (found[0].unit, found[0].fault, found[-1].fault) == ("°C", "", "")
        assert all(each.fault.endswith(".") for each in found[1:-1])
        assert "array" in found[4].fault
        assert "namespace" in found[2].fault


async def test_a_thousand_take_few_calls(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(peer.url) as session:
        calls = counted(session, monkeypatch)
        found = await describe(session, [address(f"Item{number:04d}") for number in range(1, MANY + 1)])
        assert [each.name for each in found[:2]] == ["Item0001", "Item0002"]
        assert calls.total() <= 8, calls


async def test_nothing_is_described_without_a_call(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(peer.url) as session:
        calls = counted(session, monkeypatch)
        assert await describe(session, []) == []
        assert calls.total() == 0


@pytest.mark.parametrize(
    ("low", "high", "is_one"),
    [
        (0.0, 100.0, True),
        (0.0, 0.0, False),
        (5.0, -5.0, False),
        (float("nan"), 1.0, False),
        (0.0, float("inf"), False),
        (None, 1.0, False),
    ],
)
async def test_a_range_that_cannot_be_drawn_is_none(low: object, high: object, is_one: bool) -> None:
    found = _description("s=x", VariableFacts("Double", 11), named("x"), {"EURange": loose.Range(low, high)})
    assert ((found.low, found.high) == (low, high)) is is_one
    assert is_one or (found.low, found.high) == (None, None)


def named(name: str | None) -> ua.DataValue:
    return ua.DataValue(loose.Variant(loose.LocalizedText(name)))


async def test_words_that_are_missing_or_no_utf_8_are_made_do_with() -> None:
    spoilt = _description(
        "s=Pump", VariableFacts("Boolean", 1), named("Pump\udcff"), {"TrueState": loose.LocalizedText("On")}
    )
    assert (spoilt.name, spoilt.states) == ("Pump\ufffd", None)
    assert _description("s=Pump", VariableFacts(), named(None), {"EngineeringUnits": "°C"}).name == "Pump"
    unit = loose.EUInformation()
    unit.DisplayName = loose.LocalizedText("m\udcb3")
    assert _description("s=Pump", VariableFacts(), named("x"), {"EngineeringUnits": unit}).unit == "m\ufffd"
