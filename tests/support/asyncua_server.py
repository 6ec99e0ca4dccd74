"""A small OPC UA server on asyncua, in a process of its own; see `peer` for its nodes.

    python -m tests.support.asyncua_server [--port N] [--items N] [--rate-hz R] [--mixed] [--namespaces a,b]
        [--users] [--pki DIR] [--history] [--clients DIR]

Security None and Basic256Sha256 (sign and encrypt). `--pki` is where its certificate is kept: an empty folder gets a
new one. `--clients` holds the certificates (DER) of the clients that are let in, at the start and later. It has no
limits on calls and no alarm: node-opcua has.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.crypto.validator import CertificateValidatorMethod
from asyncua.server.internal_server import InternalServer
from asyncua.server.user_managers import UserManager
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from drivers.simulated.security import make_identity
from tests.support.asyncua_nodes import Nodes
from tests.support.child import Option
from tests.support.commands import obey
from tests.support.peer import NAMESPACE, PASSWORD, USER, HostileKind, Peer, alone

APPLICATION_URI = "urn:peer:asyncua"
LONGEST_SESSION_MS = 3_600_000.0


class AsyncuaServer(Peer):
    """The server from the test's side: `with AsyncuaServer(items=10, rate_hz=5) as server:`."""

    def __init__(self, **options: Option) -> None:
        if "pki" not in options:
            with alone("asyncua-pki") as folder:
                load_identity(folder)
            options["pki"] = folder
        super().__init__([sys.executable, "-m", "tests.support.asyncua_server"], options, ready_s=15.0)

    def send_hostile(self, item: str, kind: HostileKind) -> None:
        """Give an item a value that no sane server sends."""
        self.command("hostile", item=item, kind=kind, within_s=30.0)


class OneUser(UserManager):
    """Lets in who knows the password, and nobody else."""

    def get_user(
        self, iserver: InternalServer, username: str | None = None, password: str | None = None, certificate: Any = None
    ) -> User | None:
        return User(role=UserRole.User, name=username) if (username, password) == (USER, PASSWORD) else None


def load_identity(folder: Path) -> tuple[bytes, bytes]:
    """Return the certificate and the key kept in a folder, both DER; make them when there are none."""
    certificate, key = folder / "certificate.der", folder / "key.der"
    if not certificate.exists():
        made = make_identity(APPLICATION_URI, ("localhost",))
        folder.mkdir(parents=True, exist_ok=True)
        key.write_bytes(made.private_key)
        certificate.write_bytes(made.certificate)
    return certificate.read_bytes(), key.read_bytes()


async def open_server(options: argparse.Namespace) -> tuple[Server, Nodes]:
    """Build the server and listen."""
    server = Server(user_manager=OneUser() if options.users else None)
    await server.init()
    await server.set_application_uri(APPLICATION_URI)
    server.iserver.max_session_timeout_ms = LONGEST_SESSION_MS
    server.set_endpoint(f"opc.tcp://127.0.0.1:{options.port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity, ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
    server.set_identity_tokens([ua.UserNameIdentityToken if options.users else ua.AnonymousIdentityToken])
    certificate, key = load_identity(options.pki)
    await server.load_certificate(certificate, "der")
    await server.load_private_key(key, format="der")
    for name in options.namespaces.split(","):
        await server.register_namespace(f"urn:peer:{name}")
    nodes = Nodes(server, await server.get_namespace_index(NAMESPACE), is_mixed=options.mixed)
    await nodes.build()
    await nodes.add_items(options.items)
    await server.start()
    if options.clients is not None:
        server.set_certificate_validator(only(options.clients))
    if options.history:
        await nodes.keep_history()
    return server, nodes


def only(folder: Path) -> CertificateValidatorMethod:
    """Let in whose certificate is in a folder."""

    def is_known(der: bytes) -> bool:
        return any(file.read_bytes() == der for file in folder.glob("*.der"))

    async def validate(certificate: x509.Certificate, _application: object) -> None:
        if not is_known(certificate.public_bytes(Encoding.DER)):
            raise ServiceError(ua.StatusCodes.BadCertificateUntrusted)

    return validate


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--items", type=int, default=1)
    parser.add_argument("--rate-hz", type=float, default=0.0)
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("--namespaces", default="a")
    parser.add_argument("--users", action="store_true")
    parser.add_argument("--pki", type=Path, required=True)
    parser.add_argument("--history", action="store_true")
    parser.add_argument("--clients", type=Path)
    return parser.parse_args()


async def main() -> None:
    """Serve until the test goes."""
    options = parse_options()
    logging.basicConfig(level=logging.ERROR)
    server, nodes = await open_server(options)
    changing = asyncio.create_task(nodes.change(options.rate_hz)) if options.rate_hz else None
    assert server.bserver is not None
    await obey(server.bserver.port, nodes.answer)
    if changing is not None:
        changing.cancel()
    await close(server)


async def close(server: Server) -> None:
    """Stop at once: asyncua would wait for the next second of its clock."""
    clock, server.iserver.time_task = server.iserver.time_task, None
    if clock is not None:
        clock.cancel()
        await asyncio.gather(clock, return_exceptions=True)
    await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
