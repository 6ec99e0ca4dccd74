"""Every fault of a link, against two servers that nobody here wrote, through a proxy in a process of its own.

Each test ends with the link tending itself again: no restart of the program, no hand on the configuration.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.api import Credentials, LinkState, Quality, Trust
from tests.conftest import Warnings
from tests.support.asyncua_server import AsyncuaServer
from tests.support.child import Option
from tests.support.fault_proxy import FaultProxy
from tests.support.link import Link, address, linked, proxied
from tests.support.node_opcua import NodeServer
from tests.support.peer import PASSWORD, USER, Peer
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

OUTAGE = ("link lost", "link back", "addresses refused")
SEEN_S = 5.0
BACK_S = 8.0
PEERS: dict[str, Callable[..., Peer]] = {"node-opcua": NodeServer, "asyncua": AsyncuaServer}


@pytest.fixture(params=PEERS)
def make_peer(request: pytest.FixtureRequest) -> Callable[..., Peer]:
    return PEERS[request.param]


@pytest.fixture
def peer(make_peer: Callable[..., Peer]) -> Iterator[Peer]:
    with make_peer(items=5, rate_hz=5) as server:
        yield server


@pytest.fixture
def proxy(peer: Peer) -> Iterator[FaultProxy]:
    with FaultProxy(peer.port) as running:
        yield running


def two_lines(warnings: Warnings, outages: int = 1) -> None:
    """Check that each outage was logged once when it came and once when it went."""
    assert len(warnings.take(*OUTAGE)) == 2 * outages


@pytest.mark.parametrize("cut", ["rst", "fin"])
async def test_a_cut_link_is_back_within_a_second_and_nothing_is_lost(
    proxy: FaultProxy, cut: str, log_warnings: Warnings
) -> None:
    async with linked(proxied(proxy.port)) as link:
        await link.live()
        (proxy.reset_links if cut == "rst" else proxy.finish_links)()
        await link.lost(1.0)
        assert await link.live(BACK_S) < 3.0
        await until(lambda: len(link.values(1)) > 15, 10)
        ticks = list(dict.fromkeys(link.values(1)))
        assert ticks == [ticks[0] + step for step in range(len(ticks))], "the server's queue held what was cut off"
    two_lines(log_warnings)


async def test_a_restarted_server_is_taken_up(peer: Peer, proxy: FaultProxy, log_warnings: Warnings) -> None:
    async with linked(proxied(proxy.port)) as link:
        await link.live()
        peer.kill()
        await link.lost(1.0)
        peer.start()
        assert await link.live(BACK_S) < BACK_S
    two_lines(log_warnings)


async def test_a_long_outage_ends_soon_after_the_server_does_its_part(
    peer: Peer, proxy: FaultProxy, log_warnings: Warnings
) -> None:
    async with linked(proxied(proxy.port)) as link:
        await link.live()
        peer.kill()
        await link.lost(1.0)
        since_us = link.status.since_us
        await until(lambda: link.supervisor._attempts >= 5, 20)  # the pause has grown to its longest
        assert link.status.since_us == since_us, "away since the first loss"
        peer.start()
        await link.live(BACK_S)
    two_lines(log_warnings)


@pytest.mark.parametrize("fault", ["frozen", "half_open", "to_client", "to_server"])
async def test_silence_is_seen_within_five_seconds(
    peer: Peer, proxy: FaultProxy, fault: str, log_warnings: Warnings
) -> None:
    async with linked(proxied(proxy.port)) as link:
        await link.live()
        if fault == "frozen":
            peer.freeze()
        elif fault == "half_open":
            proxy.set("half_open")
        else:
            proxy.set("one_way", direction=fault)
        await link.lost(SEEN_S)
        peer.thaw()
        proxy.heal()
        await link.live(BACK_S)
    two_lines(log_warnings)


async def test_a_link_that_is_slow_is_not_lost_but_shown(proxy: FaultProxy) -> None:
    async with linked(proxied(proxy.port)) as link:
        await link.live()
        proxy.set("delay", seconds=1.0)
        await until(lambda: "slow" in link.supervisor.refresh().reason, 25)
        assert link.status.state is LinkState.DEGRADED
        assert all(status.state is not LinkState.DOWN for status in link.statuses)
        proxy.heal()
        await until(lambda: link.supervisor.refresh().state is LinkState.UP, 60)


async def test_a_slow_link_can_be_opened(proxy: FaultProxy) -> None:
    proxy.set("delay", seconds=0.5)
    async with linked(proxied(proxy.port)) as link:
        await link.live(25)


async def test_a_corrupted_stream_ends_the_session_and_not_the_driver(
    proxy: FaultProxy, log_warnings: Warnings
) -> None:
    async with linked(proxied(proxy.port)) as link:
        await link.live()
        proxy.set("corrupt", every=1, seed=3)
        await link.lost(20)
        proxy.heal()
        await link.live(20)
    log_warnings.take("not understood")
    two_lines(log_warnings)


@pytest.mark.parametrize(("mode", "words"), [("black_hole", "does not answer"), ("refuse", "Nothing listens")])
async def test_a_host_that_is_not_there_is_told_in_words_and_found_later(
    proxy: FaultProxy, mode: str, words: str, log_warnings: Warnings
) -> None:
    proxy.set(mode)  # type: ignore[arg-type]  # one of the proxy's modes
    async with linked(proxied(proxy.port)) as link:
        await until(lambda: words in link.status.reason, 10)
        proxy.heal()
        await link.live(15)
    two_lines(log_warnings)


async def test_a_node_that_is_missing_is_remembered_and_taken_up_when_it_comes(
    peer: Peer, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    monkeypatch.setattr("drivers.opcua.items.RETRY_SOON_S", 1.0)
    async with linked(peer.url, ["Item0001", "Item0099"]) as link:
        await link.live()
        assert [(each.address, each.reason) for each in link.status.rejected] == [
            (address("Item0099"), "The server has no such address.")
        ]
        peer.add("Item0099")
        await until(lambda: link.values(2) != [], 10)
        assert link.supervisor.refresh().rejected == ()
    assert len(log_warnings.take(*OUTAGE)) == 1


async def test_a_node_that_goes_and_comes_back_is_bad_and_then_good_again(
    peer: Peer, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    monkeypatch.setattr("drivers.opcua.items.RETRY_SOON_S", 1.0)
    monkeypatch.setattr("drivers.opcua.acquiring.QUIET_S", 1.0)
    monkeypatch.setattr("drivers.opcua.acquiring.QUIET_EVERY_S", 0.5)
    async with linked(peer.url, ["Item0001", "Item0002"]) as link:
        await link.live()
        await until(lambda: link.values(2) != [])
        peer.remove("Item0002")
        await until(lambda: link.quality(2) in (Quality.BAD, Quality.CONFIG_ERROR), 15)
        await until(lambda: len(link.supervisor.refresh().rejected) == 1, 10)
        before = len(link.values(2))
        peer.add("Item0002")
        await until(lambda: len(link.values(2)) > before, 15)
        assert link.is_up
    assert len(log_warnings.take(*OUTAGE)) == 1


async def test_namespaces_in_another_order_lead_to_the_same_nodes(
    make_peer: Callable[..., Peer], log_warnings: Warnings
) -> None:
    with make_peer(items=3, rate_hz=5, namespaces=["a", "b"]) as peer:
        async with linked(peer.url) as link:
            await link.live()
            peer.restart(namespaces=["b", "a"])
            await link.lost()
            await link.live(BACK_S)
            assert link.status.rejected == ()
    two_lines(log_warnings)


async def test_a_replaced_certificate_is_asked_about_and_then_works(
    make_peer: Callable[..., Peer], tmp_path: Path, log_warnings: Warnings
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    options: dict[str, object] = {"security": "basic256sha256", "pki_folder": tmp_path / "ours"}
    with make_peer(items=1, rate_hz=5, pki=first) as peer:
        async with linked(peer.url, options=options) as link:
            await trust_when_asked(link)
            await link.live(15)
            peer.restart(pki=second)
            await link.lost()
            await trust_when_asked(link)
            await link.live(15)
    two_lines(log_warnings, outages=2)


async def trust_when_asked(link: Link) -> None:
    """Do what an administrator does: read the certificate and accept it."""
    await until(lambda: link.status.certificate is not None, 20)
    certificate = link.status.certificate
    assert certificate is not None
    assert not link.status.needs_credentials
    link.driver.trust(certificate.thumbprint, Trust.ALWAYS)  # type: ignore[attr-defined]  # OPC UA asks for trust
    link.supervisor.try_now()


async def test_a_changed_password_is_asked_for_and_then_works(
    make_peer: Callable[..., Peer], tmp_path: Path, log_warnings: Warnings
) -> None:
    options: dict[str, object] = {"security": "basic256sha256", "pki_folder": tmp_path}
    with make_peer(items=1, rate_hz=5, users=True) as peer:
        async with linked(peer.url, options=options, login=Credentials(USER, "old")) as link:
            await trust_when_asked(link)
            await until(lambda: link.status.needs_credentials, 20)
            link.login = Credentials(USER, PASSWORD)
            link.supervisor.try_now()
            await link.live(15)
    two_lines(log_warnings)


@pytest.mark.parametrize("limits", [{"max_items_per_call": 7}, {"max_nodes_per_read": 7}])
async def test_a_server_with_small_limits_gets_small_calls(limits: dict[str, Option]) -> None:
    with NodeServer(items=40, rate_hz=2, **limits) as peer:
        async with linked(peer.url, [f"Item{number:04d}" for number in range(1, 41)]) as link:
            await until(lambda: all(link.values(tag) for tag in range(1, 41)), 10)
            assert link.status.rejected == ()


async def test_what_was_missed_is_read_from_the_servers_history_once(
    make_peer: Callable[..., Peer], log_warnings: Warnings
) -> None:
    with make_peer(items=1, rate_hz=2, history=True) as peer, FaultProxy(peer.port) as proxy:
        async with linked(proxied(proxy.port), ["Historic", "Item0001"], {"lifetime_s": 10.0}) as link:
            peer.set_value("Historic", 1.0)
            await until(lambda: 1.0 in link.values(1), 10)
            proxy.set("refuse")
            proxy.reset_links()
            await link.lost()
            await until(lambda: link.supervisor._attempts >= 1)
            now = datetime.now(UTC)
            for value in (2.0, 3.0, 4.0, 5.0):
                at = now + timedelta(milliseconds=10 * value)
                peer.set_value("Historic", value, source_time=at.isoformat())
            link.driver._session._resumes_left = 0  # type: ignore[attr-defined]  # as after an outage too long to resume
            proxy.heal()
            await until(lambda: 5.0 in link.values(1), 15)
            await until(lambda: link.values(1, historical=True) != [], 15)
            await asyncio.to_thread(peer.read, "Historic")
            assert link.values(1, historical=True) == [2.0, 3.0, 4.0]
            assert link.values(2, historical=True) == [], "its history is not kept"
    two_lines(log_warnings)


async def test_an_unknown_host_is_told_in_words(log_warnings: Warnings) -> None:
    async with linked("opc.tcp://no-such-host.invalid:4840") as link:
        await until(lambda: "name" in link.status.reason, 10)
    log_warnings.take("link lost")


async def test_a_port_without_a_server_costs_no_socket() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        async with linked(proxied(listener.getsockname()[1])) as link:
            await until(lambda: link.statuses != [])
