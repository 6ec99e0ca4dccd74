"""The OPC UA driver: one asyncua client a session, made anew at each open."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlparse

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256, SecurityPolicyNone

from drivers.api import (
    AccessDeniedError,
    Batch,
    BatchSink,
    BrowsedNode,
    Credentials,
    Driver,
    DriverError,
    DriverType,
    Item,
    NotConnectedError,
    Rejected,
    UnknownTagError,
    Value,
    WriteRejectedError,
)
from drivers.opcua import browsing
from drivers.opcua.addresses import Namespaces
from drivers.opcua.certificate import APPLICATION_URI, own_certificate
from drivers.opcua.values import to_batch, to_variant
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.errors import translate
from drivers.opcua.subscription import Subscription

CLOSE_TIMEOUT_S = 1.5
CONNECT_TIMEOUT_S = 3.0
DEFAULT_PORT = 4840
NODES_PER_READ = 1000


class OpcUaDriver:
    """Driver, Subscribes, Reads, Writes and Browses for one OPC UA server.

    asyncua's own reconnect stays off: it does not come back from reordered namespaces, nodes that were missing or a
    replaced server certificate, so the supervisor above makes a new session instead.
    """

    def __init__(self, endpoint: str, config: OpcUaConfig) -> None:
        self._endpoint = endpoint
        self._config = config
        self._client: Client | None = None
        self._namespaces = Namespaces(())
        self._subscription: Subscription | None = None
        self._lost: asyncio.Future[DriverError] | None = None
        self._types: dict[str, ua.VariantType] = {}

    async def reach(self) -> None:
        try:
            url = urlparse(self._endpoint)
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, writer = await asyncio.open_connection(url.hostname, url.port or DEFAULT_PORT)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        except Exception as error:
            raise translate(error, self._endpoint) from error

    async def open(self, credentials: Credentials | None) -> None:
        await self.close()
        # Kept from the first moment: an open that is cancelled half-way is cleared up by the close that follows it.
        client = self._client = Client(
            self._endpoint, timeout=self._config.request_timeout_s, watchdog_intervall=self._config.watchdog_s
        )
        client.name = "Roams"
        client.description = "Roams"
        client.application_uri = APPLICATION_URI
        client.connection_lost_callback = self._connection_lost
        try:
            await self._secure(client, credentials)
            await client.connect()
            self._namespaces = Namespaces(await client.get_namespace_array())
        except Exception as error:
            await self.close()
            raise translate(error, self._endpoint) from error
        self._types.clear()
        self._lost = asyncio.get_running_loop().create_future()

    async def wait_lost(self) -> DriverError:
        if self._lost is None:
            return NotConnectedError("The link is not open.")
        return await asyncio.shield(self._lost)

    async def close(self) -> None:
        client, self._client = self._client, None
        self._subscription = None
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(NotConnectedError("The link was closed."))
        if client is not None:
            await self._discard(client)

    def diagnostics(self) -> Mapping[str, str]:
        found = {"Endpoint": self._endpoint, "Security": self._config.security}
        if self._subscription is not None:
            found["Publishing interval"] = f"{self._subscription.interval_ms:.0f} ms"
            found["Publishes"] = str(self._subscription.publishes)
        return found

    async def subscribe(self, items: Sequence[Item], sink: BatchSink) -> Sequence[Rejected]:
        client = self._up()
        if self._subscription is not None:
            old, self._subscription = self._subscription, None
            with contextlib.suppress(ua.UaError, OSError, TimeoutError):
                await old.delete()
        subscription = Subscription(client.uaclient.session, self._config, sink)
        try:
            await subscription.create()
            known, rejected = self._resolve(items)
            rejected += await subscription.add(known)
        except Exception as error:
            raise translate(error, self._endpoint) from error
        self._subscription = subscription
        return rejected

    async def read(self, items: Sequence[Item]) -> Batch:
        client = self._up()
        known, rejected = self._resolve(items)
        values: list[ua.DataValue] = []
        try:
            for start in range(0, len(known), NODES_PER_READ):
                nodes = [node_id for _, _, node_id, _ in known[start : start + NODES_PER_READ]]
                values += await client.uaclient.session.read_attributes(nodes, ua.AttributeIds.Value)
        except Exception as error:
            raise translate(error, self._endpoint) from error
        missing = ua.DataValue(StatusCode=ua.StatusCode(ua.UInt32(ua.StatusCodes.BadNodeIdUnknown)))
        tags = [tag for tag, *_ in known] + [item.tag for item in rejected]
        return to_batch(tags, [*values, *[missing] * len(rejected)], time.time_ns() // 1000)

    async def write(self, address: str, value: Value) -> None:
        client = self._up()
        node_id = self._namespaces.node_id(address)
        try:
            variant = to_variant(value, await self._type_of(client, address, node_id))
            attribute = ua.WriteValue(node_id, ua.AttributeIds.Value, Value=ua.DataValue(variant))
            answer = (await client.uaclient.session.write(ua.WriteParameters(NodesToWrite=[attribute])))[0]
        except Exception as error:
            raise translate(error, self._endpoint) from error
        if not answer.is_good():
            raise _refusal(answer)

    async def browse(self, address: str | None = None) -> Sequence[BrowsedNode]:
        client = self._up()
        try:
            return await browsing.browse(client, self._namespaces, address)
        except Exception as error:
            raise translate(error, self._endpoint) from error

    async def _secure(self, client: Client, credentials: Credentials | None) -> None:
        if self._config.security == "basic256sha256":
            if self._config.pki_folder is None:
                raise AccessDeniedError("No folder for certificates is set; set it in the connection.")
            certificate, key = await asyncio.to_thread(own_certificate, Path(self._config.pki_folder))
            await client.set_security(SecurityPolicyBasic256Sha256, certificate, key)
        elif credentials is not None:
            await self._require_encrypted_password(client)
        if credentials is not None:
            client.set_user(credentials.user)
            client.set_password(credentials.password)

    async def _require_encrypted_password(self, client: Client) -> None:
        """Refuse to send a password in clear, which asyncua would do with only a log line."""
        endpoints = await client.connect_and_get_server_endpoints()
        policies = {
            token.SecurityPolicyUri
            for endpoint in endpoints
            if endpoint.SecurityMode == ua.MessageSecurityMode.None_
            for token in endpoint.UserIdentityTokens or ()
            if token.TokenType == ua.UserTokenType.UserName
        }
        if not policies or policies & {None, "", SecurityPolicyNone.URI}:
            raise AccessDeniedError("The password would travel unencrypted; set the connection's security.")

    async def _type_of(self, client: Client, address: str, node_id: ua.NodeId) -> ua.VariantType:
        found = self._types.get(address)
        if found is None:
            try:
                found = await client.get_node(node_id).read_data_type_as_variant_type()
            except ua.UaStatusCodeError as error:
                if int(error.code) == ua.StatusCodes.BadNodeIdUnknown:
                    raise UnknownTagError(f"The server no longer has {address}.") from error
                raise
            self._types[address] = found
        return found

    def _resolve(self, items: Sequence[Item]) -> tuple[list[tuple[int, str, ua.NodeId, int]], list[Rejected]]:
        known: list[tuple[int, str, ua.NodeId, int]] = []
        rejected: list[Rejected] = []
        for item in items:
            try:
                known.append((item.tag, item.address, self._namespaces.node_id(item.address), item.sampling_ms))
            except UnknownTagError as error:
                rejected.append(Rejected(item.tag, item.address, error.sentence))
        return known, rejected

    def _up(self) -> Client:
        if self._client is None or self._lost is None or self._lost.done():
            raise NotConnectedError("The link is down.")
        return self._client

    async def _connection_lost(self, error: Exception) -> None:
        if self._lost is not None and not self._lost.done():
            reason = "stopped answering" if isinstance(error, TimeoutError) else "closed the connection"
            self._lost.set_result(NotConnectedError(f"{self._endpoint} {reason}."))

    async def _discard(self, client: Client) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await client.disconnect()
        except (TimeoutError, OSError, ua.UaError):
            client.disconnect_socket()


def _refusal(answer: ua.StatusCode) -> DriverError:
    code = int(answer.value)
    sentences = {
        ua.StatusCodes.BadOutOfRange: "The server refused the value: out of its range.",
        ua.StatusCodes.BadTypeMismatch: "The server refused the value: wrong type.",
        ua.StatusCodes.BadNotWritable: "The server does not let this be written.",
        ua.StatusCodes.BadUserAccessDenied: "The server does not let this user write it.",
        ua.StatusCodes.BadNodeIdUnknown: "The server no longer has this address.",
    }
    sentence = sentences.get(code, f"The server refused the write: {answer.name}.")
    if code == ua.StatusCodes.BadNodeIdUnknown:
        return UnknownTagError(sentence, code=code)
    return WriteRejectedError(sentence, code=code)


def create(endpoint: str, options: Mapping[str, object]) -> Driver:
    """Return the driver of one connection. Raises pydantic's ValidationError for unknown or wrong options."""
    return OpcUaDriver(endpoint, OpcUaConfig.model_validate(dict(options)))


OPCUA = DriverType(kind="opcua", label="OPC UA", create=create)
