"""Walking a server one level at a time: what is found, what cannot be a tag and why, and in how few calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from asyncua import ua

from drivers.api import BrowsedNode, UnknownTagError
from drivers.opcua import browsing
from drivers.opcua.browsing import browse, variable_facts
from drivers.opcua.session import OperationLimits
from tests.drivers.opcua.conftest import MANY
from tests.drivers.opcua.fake_session import FakeSession, address, loose
from tests.drivers.opcua.sessions import connected, counted
from tests.support import link
from tests.support.node_opcua import NodeServer
from tests.support.peer import Peer

pytestmark = pytest.mark.asyncio

PEER = link.address("Peer")


def named(found: Sequence[BrowsedNode], name: str) -> BrowsedNode:
    (one,) = [each for each in found if each.name == name]
    return one


async def test_the_top_is_what_is_in_objects(peer: Peer) -> None:
    async with connected(peer.url) as session:
        top = await browse(session, None)
        assert named(top, "Peer") == BrowsedNode(PEER, "Peer", has_children=True, is_value=False)
        assert not named(top, "Server").is_plant


async def test_a_level_says_of_each_what_it_is(peer: Peer) -> None:
    async with connected(peer.url) as session:
        level = await browse(session, PEER)
        setpoint, item = named(level, "Setpoint"), named(level, "Item0001")
        assert (setpoint.is_value, setpoint.writable, setpoint.data_type) == (True, True, "Double")
        assert (item.writable, item.fault, item.address) == (False, "", link.address("Item0001"))
        assert named(level, "Running").data_type == "Boolean"
        method = named(level, "Add")
        assert (method.is_method, method.is_value, method.has_children) == (True, False, False)
        assert len({each.address for each in level}) == len(level), "each once, however many ways lead to it"
        below = await browse(session, link.address("Analog"))
        assert named(below, "EURange").has_children is False


async def test_a_large_level_takes_few_calls(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(peer.url) as session:
        calls = counted(session, monkeypatch)
        assert len(await browse(session, PEER)) > MANY
        assert calls["BrowseRequest"] == 1
        assert calls.total() <= 8, calls


async def test_what_is_no_tag_says_why(peer: Peer) -> None:
    async with connected(peer.url) as session:
        server = await browse(session, "i=2253")
        array = named(server, "NamespaceArray")
        assert array.is_value
        assert "array" in array.fault


async def test_what_is_not_there_is_an_unknown_tag(peer: Peer) -> None:
    async with connected(peer.url) as session:
        for missing in (link.address("Nowhere"), "nsu=urn:nowhere;s=Peer", "nonsense"):
            with pytest.raises(UnknownTagError) as found:
                await browse(session, missing)
            assert found.value.sentence.endswith(".")


async def test_a_level_in_many_answers_is_whole(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(peer.url) as session:
        whole = await browse(session, PEER)
        send = session.services.browse

        async def sparingly(parameters: Any) -> Any:
            parameters.RequestedMaxReferencesPerNode = 100
            return await send(parameters)

        monkeypatch.setattr(session.services, "browse", sparingly)
        calls = counted(session, monkeypatch)
        assert await browse(session, PEER) == whole
        assert calls["BrowseNextRequest"] >= (10 if isinstance(peer, NodeServer) else 0), "asyncua sends all at once"


async def test_a_level_of_too_many_is_cut(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "CHILDREN_MOST", 50)
    async with connected(peer.url) as session:
        assert 45 < len(await browse(session, PEER)) <= 50


# ── against a server that is the test ─────────────────────────────────────────────────────────────────────────────

DOUBLE, STRUCTURE, GUID, ENUMERATION, NUMBER = 11, 22, 14, 29, 26


class Facts:
    """Services that say of each variable what the test wants: data type, rank, access."""

    def __init__(self, rows: Sequence[tuple[object, object, object]]) -> None:
        self._answers = [ua.DataValue(loose.Variant(each)) for row in rows for each in row]
        self.sizes: list[int] = []

    async def read(self, parameters: Any) -> list[ua.DataValue]:
        count = len(parameters.NodesToRead)
        self.sizes.append(count)
        taken, self._answers = self._answers[:count], self._answers[count:]
        return taken


async def facts(*rows: tuple[object, object, object], limit: int = 1000) -> tuple[list[browsing.VariableFacts], Facts]:
    session = FakeSession(OperationLimits(read=limit))
    services = Facts(rows)
    session.services = services  # type: ignore[assignment]  # these answer nothing else
    nodes = [session.namespaces.node_id(address("x"))] * len(rows)
    return await variable_facts(session.as_session(), nodes), services


def kind(number: int, namespace: int = 0) -> ua.NodeId:
    return ua.NodeId(ua.Int32(number), ua.Int16(namespace))


@pytest.mark.parametrize(
    ("data_type", "rank", "access", "words"),
    [
        (kind(DOUBLE), -1, 1, ""),
        (kind(DOUBLE), -2, 3, ""),
        (kind(DOUBLE), 1, 3, "array"),
        (kind(DOUBLE), 0, 3, "array"),
        (kind(DOUBLE), -1, 0, "does not let this user read"),
        (kind(DOUBLE), -1, 2, "does not let this user read"),
        (kind(STRUCTURE), -1, 1, "Structure are neither numbers nor text"),
        (kind(GUID), -1, 1, "Guid are neither numbers nor text"),
        (kind(ENUMERATION), -1, 1, ""),
        (kind(NUMBER), -1, 1, ""),
        (kind(3000, 2), -1, 1, ""),
        (None, None, 1, ""),
        ("nonsense", "nonsense", "nonsense", "does not let this user read"),
    ],
)
async def test_every_kind_of_variable_is_told_apart(
    data_type: object, rank: object, access: object, words: str
) -> None:
    (found,), _ = await facts((data_type, rank, access))
    assert words in found.fault
    assert bool(found.fault) is bool(words)
    assert found.writable is bool(isinstance(access, int) and access & 2)


async def test_variables_are_read_in_calls_that_the_server_takes_and_keep_their_order() -> None:
    found, services = await facts(*((kind(DOUBLE if row % 2 else 1), -1, 1) for row in range(10)), limit=7)
    assert [each.data_type for each in found] == ["Boolean", "Double"] * 5
    assert services.sizes == [6] * 5
