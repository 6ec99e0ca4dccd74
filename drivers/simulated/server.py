"""One area on one OPC UA endpoint of the loopback interface."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import socket
from collections.abc import Mapping
from dataclasses import replace

from asyncua import Server, ua
from asyncua.server.address_space import AddressSpace

from drivers.simulated.address_space import build
from drivers.simulated.description import Area, AreaEndpoint
from drivers.simulated.model import PointValue, Trust
from drivers.simulated.publisher import Publisher
from drivers.simulated.security import AnonymousUsers, OneUser, make_identity
from drivers.simulated.standard_nodes import CopyingServer
from drivers.simulated.writes import Command, GuardedWrites

HOST = "127.0.0.1"
_LONGEST_SESSION_MS = 3_600_000.0
"""What asyncua's own client asks for; it warns when it is given less."""


class AreaServer:
    """A listening area. Made by `open_area`."""

    def __init__(self, server: Server, publisher: Publisher, endpoint: AreaEndpoint) -> None:
        self.endpoint = endpoint
        self._server = server
        self._publisher = publisher

    async def publish(
        self, values: Mapping[str, PointValue], distrusted: Mapping[str, Trust], at: ua.DateTime, *, with_analogs: bool
    ) -> None:
        """Put values of this area's points into the address space."""
        await self._publisher.publish(values, distrusted, at, with_analogs=with_analogs)

    async def close(self) -> None:
        """Close every connection and stop listening."""
        internal = self._server.iserver
        clock, internal.time_task = internal.time_task, None
        if clock is not None:  # asyncua would wait for its next second
            clock.cancel()
            await asyncio.gather(clock, return_exceptions=True)
        await self._server.stop()


async def open_area(
    area: Area, template: AddressSpace, command: Command, port: int, *, needs_password: bool
) -> AreaServer:
    """Build an area's nodes and listen; port 0 takes a free one. Raises OSError when the port is in use.

    template holds the standard nodes once the first area has built them.
    """
    one_user = OneUser() if needs_password else None
    thumbprint = ""
    server = Server(CopyingServer(template, one_user or AnonymousUsers()))
    await server.init()
    application_uri = f"{area.namespace_uri}:server"
    await server.set_application_uri(application_uri)
    server.set_server_name(f"Roams demo plant, {area.name}")
    server.allow_remote_admin(False)
    server.iserver.max_session_timeout_ms = _LONGEST_SESSION_MS
    if one_user is None:
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        server.set_identity_tokens([ua.AnonymousIdentityToken])
    else:
        thumbprint = await _ask_for_password(server, application_uri)

    namespace = await server.register_namespace(area.namespace_uri)
    served = await build(server.iserver, namespace, area)
    aspace = server.iserver.aspace
    publisher = Publisher(aspace, served)

    def take(identifier: str, value: PointValue) -> None:
        publisher.forget(identifier)
        command(identifier, value)

    server.iserver.attribute_service = GuardedWrites(aspace, {found.node_id: found for found in served}, take)

    server.set_endpoint(f"opc.tcp://{HOST}:{port}/{area.key}")
    await _start_quietly(server)
    listening = server.bserver.port if server.bserver is not None else port
    endpoint = AreaEndpoint(area.key, f"opc.tcp://{HOST}:{listening}/{area.key}")
    if one_user is not None:
        endpoint = replace(endpoint, user=one_user.user, password=one_user.password, thumbprint=thumbprint)
    return AreaServer(server, publisher, endpoint)


async def _ask_for_password(server: Server, application_uri: str) -> str:
    """Refuse anonymous clients and let no password travel in clear; return the certificate's thumbprint.

    Two endpoints are offered, with and without encryption of the channel. For the one without, asyncua names an
    encrypting policy for the password alone, which is then encrypted with the server's certificate (Part 4, 7.41.2.3).
    """
    identity = make_identity(application_uri, ("localhost", socket.gethostname()))
    await server.load_certificate(identity.certificate, "der")
    await server.load_private_key(identity.private_key, format="der")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity, ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
    server.set_identity_tokens([ua.UserNameIdentityToken])
    return hashlib.sha1(identity.certificate).hexdigest().upper()  # noqa: S324  # a name, as OPC UA has it


async def _start_quietly(server: Server) -> None:
    """Start without asyncua's traceback: a port in use is told in one sentence by who asked for it."""
    log = logging.getLogger("asyncua.server.server")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        await server.start()
    finally:
        log.setLevel(level)
