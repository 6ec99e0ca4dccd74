"""One session with a real server: what it learns, how it is taken up again, what it leaves, and what it never sends."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from asyncua import ua

from drivers.api import AccessDeniedError, Credentials, DriverError, NotConnectedError
from drivers.opcua import session as module
from drivers.opcua.certificate import own_certificate
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.session import OperationLimits, Session
from tests.drivers.opcua.sessions import PEERS, QUICK, believe, connected, open_sockets
from tests.support.fault_proxy import FaultProxy
from tests.support.link import proxied
from tests.support.node_opcua import NodeServer
from tests.support.peer import NAMESPACE, PASSWORD, USER, Peer
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

loose: Any = ua

LOGIN = Credentials(USER, PASSWORD)


@pytest.fixture(scope="module")
def proxy(peer: Peer) -> Iterator[FaultProxy]:
    with FaultProxy(peer.port) as running:
        yield running


@pytest.fixture(autouse=True)
def healed(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "proxy" in request.fixturenames:
        request.getfixturevalue("proxy").heal()


async def read_state(session: Session) -> ua.DataValue:
    state = ua.NodeId(ua.Int32(ua.ObjectIds.Server_ServerStatus_State))
    return (await session.services.read_attributes([state], ua.AttributeIds.Value))[0]


def keeps_sessions(peer: Peer) -> bool:
    """Whether a server keeps a session whose socket was cut; asyncua's forgets one that has no subscription."""
    return isinstance(peer, NodeServer)


# ── learning ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_learns_the_servers_namespaces_and_serves(peer: Peer) -> None:
    async with connected(peer.url) as session:
        assert session.namespaces.node_id(f"nsu={NAMESPACE};s=Item0001").NamespaceIndex > 0
        assert session.is_up
        assert (await read_state(session)).Value is not None


async def test_it_keeps_to_its_own_limits_where_the_server_has_none(peer: Peer) -> None:
    async with connected(peer.url) as session:
        assert (session.limits.items, session.limits.read) == (OperationLimits().items, OperationLimits().read)


async def test_it_learns_the_servers_limits(limited: Peer) -> None:
    async with connected(limited.url) as session:
        assert (session.limits.items, session.limits.read) == (7, 11)


# ── resuming ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_after_a_cut_it_is_taken_up_again_where_the_server_kept_it(peer: Peer, proxy: FaultProxy) -> None:
    async with connected(proxied(proxy.port)) as session:
        proxy.reset_links()
        assert "closed the connection" in (await session.lost).sentence
        assert not session.is_up
        assert session.may_resume(None)
        assert not session.may_resume(LOGIN), "another login has another session"
        assert await session.resume() is keeps_sessions(peer)
        assert session.resumed == keeps_sessions(peer)
        assert session.is_up is keeps_sessions(peer)
        if session.is_up:
            assert (await read_state(session)).Value is not None


async def test_a_restarted_server_has_forgotten_it() -> None:
    with NodeServer(items=1) as own:
        session = Session(own.url, QUICK, None)
        await session.connect(believe)
        own.restart()
        await until(lambda: not session.is_up)
        assert not await session.resume()
        await until(lambda: open_sockets_to(own) == 0)
        await session.close()


def open_sockets_to(peer: Peer) -> int:
    found = psutil.Process().net_connections("tcp")
    return sum(bool(each.raddr) and each.raddr.port == peer.port for each in found)


async def test_a_server_that_takes_calls_and_says_nothing_is_asked_twice_and_then_left_alone(proxy: FaultProxy) -> None:
    async with connected(proxied(proxy.port), OpcUaConfig(request_timeout_s=0.5)) as session:
        proxy.set("black_hole")
        proxy.reset_links()
        await session.lost
        for left in (1, 0):
            with pytest.raises(NotConnectedError):
                await session.resume()
            assert session.may_resume(None) is bool(left)


async def test_one_that_cannot_be_reached_is_not_counted(peer: Peer, proxy: FaultProxy) -> None:
    async with connected(proxied(proxy.port)) as session:
        proxy.set("refuse")
        proxy.reset_links()
        await session.lost
        for _ in range(5):
            with pytest.raises(NotConnectedError):
                await session.resume()
        assert session.may_resume(None)
        proxy.heal()
        assert await session.resume() is keeps_sessions(peer)


async def test_a_session_older_than_its_lifetime_is_not_asked_for(proxy: FaultProxy) -> None:
    async with connected(proxied(proxy.port)) as session:
        proxy.reset_links()
        await session.lost
        session._lost_at -= session.client.session_timeout / 1000
        assert not session.may_resume(None)


async def test_losing_it_says_why_once_and_keeps_it_for_later(peer: Peer) -> None:
    async with connected(peer.url) as session:
        session.lose(NotConnectedError("First."))
        session.lose(NotConnectedError("Second."))
        assert (await session.lost).sentence == "First."
        with pytest.raises(ConnectionError):
            session.send(ua.PublishRequest())
        assert await session.resume() is keeps_sessions(peer)


# ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_frozen_server_does_not_hold_up_the_end(peer: Peer) -> None:
    async with connected(peer.url, OpcUaConfig()) as session:
        peer.freeze()
        try:
            began = time.monotonic()
            await session.close()
            assert time.monotonic() - began < module.CLOSE_TIMEOUT_S + 2.0
        finally:
            peer.thaw()


async def test_closing_twice_and_after_a_loss_is_safe_and_final(peer: Peer) -> None:
    async with connected(peer.url) as session:
        session.lose(NotConnectedError("Lost."))
        await session.close()
        await session.close()
        assert not session.may_resume(None)
        assert (await session.lost).sentence == "Lost."


async def test_a_connection_that_fails_halfway_leaves_no_socket(
    proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = open_sockets()
    session = Session(proxied(proxy.port), QUICK, None)

    async def fail() -> None:
        raise loose.UaStatusCodeError(ua.StatusCodes.BadTooManySessions)

    monkeypatch.setattr(session.client, "create_session", fail)
    with pytest.raises(DriverError, match="BadTooManySessions"):
        await session.connect(believe)
    await until(lambda: open_sockets() == before)
    await session.close()


@pytest.mark.parametrize("how", ["cancelled", "not answered"])
async def test_a_connection_that_is_given_up_leaves_no_socket(proxy: FaultProxy, how: str) -> None:
    before = open_sockets()
    proxy.set("black_hole")
    session = Session(proxied(proxy.port), OpcUaConfig(request_timeout_s=0.5), None)
    connecting = asyncio.create_task(session.connect(believe))
    await until(lambda: open_sockets() > before)
    if how == "cancelled":
        connecting.cancel()
    with pytest.raises((asyncio.CancelledError, NotConnectedError)) as end:
        await connecting
    assert isinstance(end.value, NotConnectedError) is (how == "not answered")
    if how == "not answered":
        assert isinstance(connecting.exception(), NotConnectedError)
    await until(lambda: open_sockets() == before)
    await session.close()


# ── the channel ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("security", ["none", "basic256sha256"])
async def test_a_channel_of_a_short_life_is_renewed_in_time(
    peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setattr(module, "RENEW_LEAST_S", 0.1)
    own_certificate(tmp_path / "own")
    config = OpcUaConfig.model_validate({"security": security, "pki_folder": tmp_path})
    renewals: list[bool] = []
    async with connected(peer.url, config) as session:
        renew = session.client.open_secure_channel

        async def renew_briefly(*, renew_: bool = True, **_: bool) -> None:
            await renew(renew=renew_)
            session.client.secure_channel_timeout = 200
            renewals.append((await read_state(session)).Value is not None)

        monkeypatch.setattr(session.client, "open_secure_channel", renew_briefly)
        session.client.secure_channel_timeout = 200
        session._stop_renewing()
        session._renewing = asyncio.create_task(session._renew())
        await until(lambda: len(renewals) >= 4)
        assert session.is_up
        assert (await read_state(session)).Value is not None
        assert all(renewals), "served between a renewal and the first use of its keys"


async def test_a_channel_that_is_granted_no_time_is_not_renewed_in_a_storm(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(peer.url) as session:
        renewals: list[float] = []

        async def renew(*, renew: bool) -> None:
            assert renew
            renewals.append(time.monotonic())

        monkeypatch.setattr(session.client, "open_secure_channel", renew)
        monkeypatch.setattr(module, "RENEW_LEAST_S", 0.1)
        session.client.secure_channel_timeout = 0
        session._stop_renewing()
        session._renewing = asyncio.create_task(session._renew())
        await until(lambda: len(renewals) == 3)
        assert renewals[2] - renewals[0] >= 0.18


async def test_a_channel_that_cannot_be_renewed_is_a_lost_link(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(peer.url) as session:

        async def refuse(*, renew: bool) -> None:
            raise loose.UaStatusCodeError(ua.StatusCodes.BadSecureChannelIdInvalid)

        monkeypatch.setattr(session.client, "open_secure_channel", refuse)
        monkeypatch.setattr(module, "RENEW_LEAST_S", 0.0)
        session.client.secure_channel_timeout = 0
        session._stop_renewing()
        session._renewing = asyncio.create_task(session._renew())
        assert "BadSecureChannelIdInvalid" in (await session.lost).sentence


# ── passwords ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Tap:
    """A wire to a server that keeps every byte on its way there."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.heard = b""
        self._ends: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Tap:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"opc.tcp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        for end in self._ends:
            end.transport.abort()
        await asyncio.gather(*self._tasks)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._ends += [writer, there_writer]
        await asyncio.gather(self._pass(reader, there_writer, keep=True), self._pass(there_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, keep: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                self.heard += data if keep else b""
                writer.write(data)
        writer.transport.abort()


@pytest.fixture(scope="module", params=PEERS)
def guarded_both(request: pytest.FixtureRequest) -> Iterator[Peer]:
    with PEERS[request.param](items=1, users=True) as running:
        yield running


@pytest.mark.parametrize("mode", ["none", "sign", "sign_and_encrypt"])
async def test_a_password_never_travels_in_clear(guarded_both: Peer, tmp_path: Path, mode: str) -> None:
    secured = {"security": "basic256sha256", "mode": mode, "pki_folder": tmp_path} if mode != "none" else {}
    own_certificate(tmp_path / "own")
    async with Tap(guarded_both.port) as tap:
        session = Session(tap.url, OpcUaConfig.model_validate(secured), LOGIN)
        try:
            await session.connect(believe)
            assert (USER.encode() in tap.heard) is (mode != "sign_and_encrypt"), "the tap hears what is not encrypted"
        except AccessDeniedError as refused:
            assert "unencrypted" in refused.sentence or "does not offer" in refused.sentence  # noqa: PT017  # either is right
        finally:
            await session.close()
        assert PASSWORD.encode() not in tap.heard


async def test_a_server_that_changes_its_mind_about_passwords_gets_none(
    guarded_both: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over an open channel anybody can change what the server says when the session is made."""
    async with Tap(guarded_both.port) as tap:
        session = Session(tap.url, QUICK, LOGIN)
        make = session.client.create_session

        async def spoilt() -> Any:
            answer = await make()
            in_clear = "http://opcfoundation.org/UA/SecurityPolicy#None"
            session.client._policy_ids = [
                ua.UserTokenPolicy("x", ua.UserTokenType.UserName, SecurityPolicyUri=in_clear)
            ]
            return answer

        monkeypatch.setattr(session.client, "create_session", spoilt)
        with pytest.raises(AccessDeniedError, match="unencrypted"):
            await session.connect(believe)
        assert PASSWORD.encode() not in tap.heard
        await session.close()


async def test_a_wrong_password_is_said_in_words(guarded_both: Peer, tmp_path: Path) -> None:
    own_certificate(tmp_path / "own")
    config = OpcUaConfig(security="basic256sha256", pki_folder=tmp_path)
    session = Session(guarded_both.url, config, Credentials(USER, "wrong"))
    with pytest.raises(AccessDeniedError):
        await session.connect(believe)
    await until(lambda: open_sockets_to(guarded_both) == 0)
    await session.close()
