"""One session with one server: connecting, taking it up again after a cut, renewing its channel, noticing its end.

asyncua's `Client` is used service by service. Its own `connect` is not: it starts a supervisor and a watchdog that
transfer subscriptions, recreate live ones and declare a link dead that is merely slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from asyncua import Client, ua
from asyncua.client.ua_session import UaSession
from asyncua.common.utils import Buffer

from drivers.api import Credentials, DriverError, NotConnectedError
from drivers.opcua.addresses import Namespaces
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.errors import translate
from drivers.opcua.security import Judge, make_client, require_encrypted_password, secure

CLOSE_TIMEOUT_S: Final = 1.0
RENEW_AT: Final = 0.75
"""Share of a channel's lifetime after which it is renewed (OPC 10000-4, 5.5.2.1)."""

RENEW_LEAST_S: Final = 0.5
"""A server that grants a channel no time at all is not asked for another without pause."""

RESUMES: Final = 2
OPERATIONS_PER_CALL: Final = 1000


class _UnpumpedSession(UaSession):
    """asyncua's session without its publish loop, which has one request in flight; see publishing.py for ours."""

    def ensure_publish_loop(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class OperationLimits:
    """How many operations a server takes in one call (OPC 10000-5, 6.3.11); 0 there means no limit."""

    read: int = OPERATIONS_PER_CALL
    write: int = OPERATIONS_PER_CALL
    browse: int = OPERATIONS_PER_CALL
    items: int = OPERATIONS_PER_CALL
    history: int = 100
    call: int = 100


_LIMIT_NODES: Final = {
    "read": (ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead, OPERATIONS_PER_CALL),
    "write": (ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerWrite, OPERATIONS_PER_CALL),
    "browse": (ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse, OPERATIONS_PER_CALL),
    "items": (ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall, OPERATIONS_PER_CALL),
    "history": (ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryReadData, 100),
    "call": (ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerMethodCall, 100),
}


class Session:
    """A session that is up, or the memory of one that the server may still hold."""

    def __init__(
        self, endpoint: str, config: OpcUaConfig, credentials: Credentials | None, *, with_previous: bool = False
    ) -> None:
        """with_previous: present oneself with the certificate before the present one."""
        self.endpoint = endpoint
        self.with_previous = with_previous
        self.own = ""
        """SHA-256 of the certificate that was shown, empty for none."""
        self.has_channel = False
        self.config = config
        self.credentials = credentials
        self.namespaces = Namespaces(())
        self.limits = OperationLimits()
        self.lost: asyncio.Future[DriverError] = asyncio.get_running_loop().create_future()
        self._client = make_client(endpoint, config.request_timeout_s)
        self._client.session_timeout = round(config.lifetime_s * 1000)
        self._services = _UnpumpedSession(self._client.uaclient)
        self._client.uaclient.session = self._services
        self._renewing: asyncio.Task[None] | None = None
        self._lost_at = 0.0
        self._resumes_left = 0
        self.resumed = 0

    @property
    def services(self) -> UaSession:
        """The services of the session. They raise ConnectionError, TimeoutError and asyncua's errors."""
        return self._services

    @property
    def client(self) -> Client:
        return self._client

    @property
    def is_up(self) -> bool:
        return not self.lost.done()

    def may_resume(self, credentials: Credentials | None) -> bool:
        """Whether the server may still hold the session after a cut, and it is the same login's."""
        is_fresh = time.monotonic() - self._lost_at < self._client.session_timeout / 1000
        return self._resumes_left > 0 and is_fresh and credentials == self.credentials

    async def connect(self, judge: Judge) -> None:
        """Open a new session and learn the server's namespaces and limits. Raises DriverError."""
        await self.open_channel(judge)
        await self.open_session()

    async def open_channel(self, judge: Judge) -> None:
        """Do the first half of `connect`: the socket and the secure channel. Raises DriverError."""
        async with self._dropping_the_socket():
            identity = await secure(
                self._client, self.config, self.credentials, judge, with_previous=self.with_previous
            )
            self.own = identity.thumbprint if identity is not None else ""
            await self._client.connect_socket()
            await self._open_channel()
            self.has_channel = True

    async def open_session(self) -> None:
        """Do the second half of `connect`. Raises DriverError."""
        async with self._dropping_the_socket():
            await self._client.create_session()
            await self._activate()
            await self._learn()
        self._begin()

    async def resume(self) -> bool:
        """Take the session up again on a new channel (OPC 10000-4, 6.7); False when the server has forgotten it.

        Raises DriverError when the server is not reached at all.
        """
        try:
            async with self._dropping_the_socket():
                await self._client.connect_socket()
                self._resumes_left -= 1  # a server that closes on us or says nothing is asked twice, then left alone
                await self._open_channel()
                self._services.rebind_authentication_token()
                await self._activate()
        except DriverError as error:
            if isinstance(error.__cause__, ua.UaError):
                return False
            raise
        self.lost = asyncio.get_running_loop().create_future()
        self.resumed += 1
        self._begin()
        return True

    def send(self, request: Any) -> asyncio.Future[Buffer]:
        """Send a request past asyncua's per-request timeout and limit of 100; the future holds the answer's body.

        Raises ConnectionError when there is no link.
        """
        protocol = self._client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("the link is down")
        answer: asyncio.Future[Buffer] = protocol._send_request(request, timeout=0)  # noqa: SLF001  # see test_asyncua_names
        return answer

    def lose(self, reason: DriverError) -> None:
        """Give the link up but not the session: the server may be reached again before it forgets."""
        if self.lost.done():
            return
        self._lost_at = time.monotonic()
        self.lost.set_result(reason)
        self._stop_renewing()
        self._drop_socket()

    async def close(self) -> None:
        """End the session on the server when it can be reached, and the socket in any case, within a second."""
        self._resumes_left = 0
        was_up = self.is_up
        if was_up:
            self.lost.set_result(NotConnectedError("The link was closed."))
        self._stop_renewing()
        try:
            if was_up and self._client.uaclient.protocol is not None:
                with contextlib.suppress(TimeoutError, OSError, ua.UaError):
                    async with asyncio.timeout(CLOSE_TIMEOUT_S):
                        await self._services.close_session(delete_subscriptions=True)
                        await self._client.close_secure_channel()
        finally:
            self._drop_socket()

    @contextlib.asynccontextmanager
    async def _dropping_the_socket(self) -> AsyncIterator[None]:
        """Leave no socket behind when it fails or is cancelled, and say why in the operator's words."""
        try:
            yield
        except Exception as error:
            self._drop_socket()
            raise translate(error, self.endpoint) from error
        except BaseException:
            self._drop_socket()
            raise

    async def _open_channel(self) -> None:
        protocol = self._client.uaclient.protocol
        if protocol is not None:
            protocol.on_connection_lost = self._cut
        await self._client.send_hello()
        await self._client.open_secure_channel()

    async def _activate(self) -> None:
        login = self.credentials
        if login is not None:
            require_encrypted_password(self._client)
        await self._client.activate_session(
            username=login.user if login else None, password=login.password if login else None
        )

    async def _learn(self) -> None:
        """Read the namespaces and the operation limits in one call; a server without limits has none."""
        wanted = [ua.NodeId(ua.Int32(ua.ObjectIds.Server_NamespaceArray))]
        wanted += [ua.NodeId(ua.Int32(node)) for node, _ in _LIMIT_NODES.values()]
        answers = await self._services.read_attributes(wanted, ua.AttributeIds.Value)
        found = answers[0].Value
        self.namespaces = Namespaces([str(uri) for uri in (found.Value if found is not None else None) or ()])
        limits = {}
        for (name, (_, most)), answer in zip(_LIMIT_NODES.items(), answers[1:], strict=True):
            given = answer.Value.Value if answer.Value is not None else None
            limits[name] = min(int(given), most) if isinstance(given, int) and given > 0 else most
        self.limits = OperationLimits(**limits)

    def _begin(self) -> None:
        self._resumes_left = RESUMES
        self._renewing = asyncio.create_task(self._renew(), name=f"renew channel {self.endpoint}")

    async def _renew(self) -> None:
        """Renew the channel again and again; one that cannot be renewed is a lost link."""
        try:
            while True:
                await asyncio.sleep(max(RENEW_LEAST_S, RENEW_AT * self._client.secure_channel_timeout / 1000))
                await self._client.open_secure_channel(renew=True)
                self._client.uaclient.revolve_security_token()
        except (OSError, TimeoutError, ua.UaError) as error:
            self.lose(translate(error, self.endpoint))

    def _stop_renewing(self) -> None:
        if self._renewing is not None and self._renewing is not asyncio.current_task():
            self._renewing.cancel()
        self._renewing = None

    def _cut(self, _error: Exception | None) -> None:
        self.lose(NotConnectedError(f"{self.endpoint} closed the connection."))

    def _drop_socket(self) -> None:
        """Cut the socket at once: a peer that stopped answering would let a polite close wait for ever."""
        protocol = self._client.uaclient.protocol
        if protocol is not None:
            protocol.on_connection_lost = None
            if protocol.transport is not None:
                protocol.transport.abort()
        self._client.uaclient.disconnect_socket()
