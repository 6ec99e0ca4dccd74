"""A new certificate of our own against servers that let in only those they know."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.api import AccessDeniedError, DriverError, OwnWish, Shelf, Trust, UntrustedError
from drivers.opcua.certificate import OwnCertificates
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.driver import OpcUaDriver
from drivers.opcua.pki import OpcUaCertificates
from tests.support.asyncua_server import AsyncuaServer
from tests.support.node_opcua import HAS_NODE, NodeServer
from tests.support.peer import Peer
from tests.support.pki import make

pytestmark = pytest.mark.asyncio

WISH = OwnWish(key_bits=2048, days=30)


def asyncua_peer(folder: Path) -> tuple[Peer, Callable[[bytes], object]]:
    """Return a server, and what makes it trust a certificate (DER)."""
    clients = folder / "clients"
    clients.mkdir()
    return AsyncuaServer(items=1, clients=clients), lambda der: (clients / f"{der.hex()[-8:]}.der").write_bytes(der)


def node_peer(folder: Path) -> tuple[Peer, Callable[[bytes], object]]:
    """Do the same."""
    peer = NodeServer(items=1, strict=True, pki=folder / "server")
    return peer, lambda der: peer.command("trust", certificate=base64.b64encode(der).decode())


MAKERS = {"asyncua": asyncua_peer, "node-opcua": node_peer}


@asynccontextmanager
async def opened(url: str, config: OpcUaConfig) -> AsyncIterator[OpcUaDriver]:
    """Connect, accepting the server's certificate."""
    driver = OpcUaDriver(url, config)
    try:
        try:
            await driver.open(None)
        except UntrustedError as error:
            driver.trust(error.certificate.thumbprint, Trust.ALWAYS)
            await driver.open(None)
        yield driver
    finally:
        await driver.close()


def config_of(folder: Path, passphrase: str = "") -> OpcUaConfig:
    return OpcUaConfig(
        security="basic256sha256", pki_folder=folder, request_timeout_s=2.0, key_passphrase=lambda: passphrase
    )


@pytest.mark.parametrize("kind", MAKERS)
async def test_a_server_that_does_not_know_the_new_one_is_shown_the_one_before(tmp_path: Path, kind: str) -> None:
    if kind == "node-opcua" and not HAS_NODE:
        pytest.skip("needs node-opcua; installer/dev.py test brings it")
    peer, trust = MAKERS[kind](tmp_path)
    own = OwnCertificates(tmp_path / "pki" / "own")
    config = config_of(tmp_path / "pki")
    with peer:
        own.make(WISH, "")
        first = own.listed()[0].der
        with pytest.raises(DriverError):
            async with opened(peer.url, config):
                pytest.fail("a client that the server does not know was let in")
        trust(first)
        assert await let_in_as(peer.url, config, first) == ""
        own.make(WISH, "")
        second = own.listed()[0].der
        said = await let_in_as(peer.url, config, first)
        assert "does not accept this program's new certificate yet" in said
        trust(second)
        assert await let_in_as(peer.url, config, second) == ""


async def let_in_as(url: str, config: OpcUaConfig, der: bytes) -> str:
    """Connect, see that the server lets us in with a certificate, and return the link's trouble then."""
    async with opened(url, config) as driver:
        assert driver.proof().own == hashlib.sha256(der).hexdigest().upper()
        believed = driver.proof().peer
        assert believed is not None
        assert believed.hosts
        return driver.trouble()


async def test_a_locked_key_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    OwnCertificates(tmp_path / "own").make(WISH, "s3cret word")
    with AsyncuaServer(items=1) as peer:
        async with opened(peer.url, config_of(tmp_path, "s3cret word")):
            pass
        with pytest.raises(AccessDeniedError, match="key of this program's certificate is locked"):
            async with opened(peer.url, config_of(tmp_path, "")):
                pass


async def test_the_folder_as_an_administrator_works_on_it(tmp_path: Path) -> None:
    folder = OpcUaCertificates(tmp_path)
    root, server = make("Root", is_authority=True), make("Server")
    folder.put(Shelf.REJECTED, server.der)
    folder.put(Shelf.TRUSTED, server.der)
    assert (list(folder.on(Shelf.TRUSTED)), list(folder.on(Shelf.REJECTED))) == ([server.der], [])
    folder.put(Shelf.ISSUERS, root.der)
    first, second = root.revoke(server), root.revoke()
    folder.put_revocations(first)
    folder.put_revocations(second)
    assert list(folder.revocations()) == [second], "the older list of the same authority went"
    folder.remove_revocations(second)
    folder.remove(Shelf.TRUSTED, server.der)
    assert not folder.revocations()
    assert not folder.on(Shelf.TRUSTED)
    (tmp_path / "trusted" / "rubbish.der").write_bytes(b"no certificate")
    assert not folder.on(Shelf.TRUSTED)
