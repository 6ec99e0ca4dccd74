"""A redundant set: cold and warm failover, and a server that rates its own service as poor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.api import LinkState
from tests.conftest import Warnings
from tests.support.asyncua_server import AsyncuaServer
from tests.support.link import linked
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

OUTAGE = ("link lost", "link back")


@pytest.fixture
def pair() -> Iterator[tuple[AsyncuaServer, AsyncuaServer]]:
    with AsyncuaServer(items=2, rate_hz=5) as first, AsyncuaServer(items=2, rate_hz=5) as second:
        yield first, second


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.opcua.redundancy.LOOK_S", 0.2)
    monkeypatch.setattr("drivers.opcua.acquiring.BEAT_S", 0.2)


@pytest.mark.parametrize("failover", ["cold", "warm"])
async def test_a_backup_takes_over_and_is_shown(
    pair: tuple[AsyncuaServer, AsyncuaServer], failover: str, log_warnings: Warnings
) -> None:
    first, second = pair
    async with linked(first.url, options={"backups": (second.url,), "failover": failover}) as link:
        await link.live()
        if failover == "warm":
            await until(lambda: link.driver.diagnostics().get("Standby") == second.url)
        first.kill()
        await link.lost(1.0)
        await link.live(5.0)
        assert link.supervisor.refresh().state is LinkState.DEGRADED
        assert second.url in link.status.reason
    assert len(log_warnings.take(*OUTAGE)) == 2


@pytest.mark.parametrize("failover", ["cold", "warm"])
async def test_a_server_with_a_poor_service_is_left_for_a_better_one(
    pair: tuple[AsyncuaServer, AsyncuaServer], failover: str, log_warnings: Warnings
) -> None:
    first, second = pair
    async with linked(first.url, options={"backups": (second.url,), "failover": failover}) as link:
        await link.live()
        first.set_service_level(100)
        await until(lambda: link.driver.diagnostics().get("Endpoint") == second.url, 10)
        await link.live()
        first.set_service_level(255)
        await link.live()
        assert link.driver.diagnostics()["Endpoint"] == second.url, "an equal is not changed back to"
        second.set_service_level(10)
        await until(lambda: link.driver.diagnostics().get("Endpoint") == first.url, 10)
        await link.live()
    assert len(log_warnings.take(*OUTAGE)) == 4


async def test_a_poor_service_without_a_better_one_is_kept_and_shown(
    pair: tuple[AsyncuaServer, AsyncuaServer],
) -> None:
    first, second = pair
    async with linked(first.url, options={"backups": (second.url,)}) as link:
        await link.live()
        second.set_service_level(50)
        first.set_service_level(100)
        await until(lambda: "100 of 255" in link.supervisor.refresh().reason, 10)
        await link.live()
        assert link.driver.diagnostics()["Endpoint"] == first.url
