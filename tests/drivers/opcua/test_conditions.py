"""Alarms that a server owns, mirrored from node-opcua's limit alarm, and acted upon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from drivers.api import Condition, MirrorsConditions, UnsupportedError, WriteRejectedError
from tests.conftest import Warnings
from tests.support.asyncua_server import AsyncuaServer
from tests.support.link import Link, linked
from tests.support.node_opcua import NodeServer
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def node() -> Iterator[NodeServer]:
    with NodeServer(items=1) as server:
        yield server


@pytest.fixture(autouse=True)
def normal(node: NodeServer) -> None:
    node.set_value("Level", 50.0)


def newest(link: Link) -> Condition | None:
    return link.conditions[-1] if link.conditions else None


def source(link: Link) -> MirrorsConditions:
    assert isinstance(link.driver, MirrorsConditions)
    return link.driver


async def active(link: Link, node: NodeServer, level: float) -> Condition:
    node.set_value("Level", level)
    await until(lambda: bool((found := newest(link)) and found.is_active and not found.is_acknowledged), 10)
    found = newest(link)
    assert found is not None
    return found


async def test_an_alarm_of_the_server_is_mirrored_as_it_comes_and_goes(node: NodeServer) -> None:
    async with linked(node.url) as link:
        await until(lambda: link.is_up)
        found = await active(link, node, 70.0)
        assert (found.name, found.is_retained) == ("LevelAlarm", True)
        assert found.severity > 0
        assert found.message
        assert found.event
        node.set_value("Level", 50.0)
        await until(lambda: bool((now := newest(link)) and not now.is_active), 10)


async def test_what_stands_is_sent_at_each_connection(node: NodeServer, log_warnings: Warnings) -> None:
    node.set_value("Level", 90.0)
    async with linked(node.url) as link:
        await until(lambda: bool((now := newest(link)) and now.is_active), 10)
        link.conditions.clear()
        link.driver._session._client.uaclient.protocol.transport.abort()  # type: ignore[attr-defined]  # a cut
        await until(lambda: not link.is_up)
        await until(lambda: bool((now := newest(link)) and now.is_active), 10)
    log_warnings.take("link lost", "link back")


async def test_it_is_acknowledged_and_confirmed_by_its_newest_event(node: NodeServer) -> None:
    async with linked(node.url) as link:
        await until(lambda: link.is_up)
        found = await active(link, node, 70.0)
        await source(link).acknowledge(found, "seen")
        await until(lambda: bool((now := newest(link)) and now.is_acknowledged), 10)
        assert link.conditions[-1].comment == "seen"
        await source(link).confirm(link.conditions[-1], "mended")
        await until(lambda: bool((now := newest(link)) and now.is_confirmed), 10)


async def test_an_event_that_is_no_longer_the_newest_is_refreshed_and_told(node: NodeServer) -> None:
    async with linked(node.url) as link:
        await until(lambda: link.is_up)
        found = await active(link, node, 70.0)
        link.conditions.clear()
        link.driver._conditions.clear()  # type: ignore[attr-defined]  # as if its event had not come yet
        with pytest.raises(WriteRejectedError, match="changed meanwhile"):
            await source(link).acknowledge(replace(found, event=b"\x00" * 16), "")
        await until(lambda: bool((now := newest(link)) and now.event == found.event), 10)


async def test_it_is_shelved_for_a_time_until_normal_and_unshelved(node: NodeServer) -> None:
    async with linked(node.url) as link:
        await until(lambda: link.is_up)
        found = await active(link, node, 70.0)
        await source(link).unshelve(found)  # this server's machine has no state at first
        for duration_s, kind in ((60.0, "timed"), (None, "one shot")):
            await source(link).shelve(found, duration_s)
            await until(lambda kind=kind: bool((now := newest(link)) and now.shelved == kind), 10)  # type: ignore[misc]  # bound at once
            await source(link).unshelve(found)
            await until(lambda: bool((now := newest(link)) and now.shelved == ""), 10)


async def test_a_server_without_alarms_is_simply_one_without() -> None:
    with AsyncuaServer(items=1, rate_hz=5) as server:
        async with linked(server.url) as link:
            await link.live()
            assert link.conditions == []
            if link.driver._acquiring.conditions is None:  # type: ignore[attr-defined]  # refused at the subscription
                with pytest.raises(UnsupportedError):
                    await source(link).acknowledge(Condition("i=1", b"", "", "", "", 1, 0, 0), "")
