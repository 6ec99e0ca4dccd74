"""Methods of real servers: listed with what they take, called in its types, refused in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.api import Argument, Method, UnknownTagError, Value, WriteRejectedError
from drivers.opcua.methods import call, methods
from drivers.opcua.session import Session
from tests.drivers.opcua.sessions import connected
from tests.support.link import address
from tests.support.node_opcua import NodeServer
from tests.support.peer import Peer

pytestmark = pytest.mark.asyncio


async def add(session: Session) -> Method:
    (found,) = [each for each in await methods(session, address("Peer")) if each.name == "Add"]
    return found


async def test_a_method_is_listed_with_its_arguments(peer: Peer) -> None:
    async with connected(peer.url) as session:
        found = await add(session)
        assert (found.owner, found.address) == (address("Peer"), address("Add"))
        assert [(each.name, each.data_type) for each in found.inputs] == [("a", "Double"), ("b", "Double")]
        assert [(each.name, each.data_type) for each in found.outputs] == [("sum", "Double")]


async def test_an_object_without_methods_has_none_and_an_unknown_one_is_unknown(peer: Peer) -> None:
    async with connected(peer.url) as session:
        assert await methods(session, address("Setpoint")) == []
        with pytest.raises(UnknownTagError):
            await methods(session, address("Nowhere"))


@pytest.mark.parametrize(
    ("inputs", "total"), [((1.5, 2.25), 3.75), ((1, 2), 3.0), ((True, -1), 0.0), ((1e308, 1e292), 1e308)]
)
async def test_it_is_called_in_the_types_that_it_names(peer: Peer, inputs: tuple[Value, Value], total: float) -> None:
    async with connected(peer.url) as session:
        assert await call(session, await add(session), inputs) == [pytest.approx(total)]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ((1.0,), "Add takes 2 values, not 1."),
        ((1.0, 2.0, 3.0), "Add takes 2 values, not 3."),
        ((), "Add takes 2 values, not 0."),
        ((1.0, "two"), "two is not a number."),
        ((1.0, float("nan")), "nan is not a number."),
    ],
)
async def test_what_does_not_fit_is_refused_before_it_is_sent(
    peer: Peer, inputs: tuple[Value, ...], words: str
) -> None:
    async with connected(peer.url) as session:
        with pytest.raises(WriteRejectedError) as found:
            await call(session, await add(session), inputs)
        assert found.value.sentence == words


async def test_what_the_server_refuses_is_said_in_words(peer: Peer) -> None:
    async with connected(peer.url) as session:
        found = await add(session)
        for wrong in (
            replace(found, address=address("Nowhere")),
            replace(found, inputs=(*found.inputs, Argument("c", "Double"))),
            *[replace(found, inputs=(Argument("a", "String"), Argument("b", "String")))] * isinstance(peer, NodeServer),
        ):
            with pytest.raises((WriteRejectedError, UnknownTagError)) as refused:
                await call(session, wrong, [1.0] * len(wrong.inputs))
            assert refused.value.sentence.startswith("The server ")
            assert refused.value.sentence.endswith(".")


async def test_an_argument_of_a_type_that_cannot_be_entered_is_said_so(peer: Peer) -> None:
    async with connected(peer.url) as session:
        found = await add(session)
        odd = replace(found, inputs=(Argument("a", "ByteString"), Argument("b", "")))
        with pytest.raises(WriteRejectedError, match="cannot be written from here"):
            await call(session, odd, ["x", "y"])
