"""The ways into a server (OPC 10000-4, 5.4), and a connection test that names the step which fails."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import Final
from urllib.parse import ParseResult, urlparse

from asyncua import ua
from cryptography import x509

from drivers.api import Certificate, Credentials, Endpoint, TestStep
from drivers.opcua import browsing
from drivers.opcua.addresses import SCHEME, with_port
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.errors import translate
from drivers.opcua.policies import BY_URI, MODE_LABELS, MODES, NONE, strength
from drivers.opcua.security import Judge, fetch_endpoints, make_client
from drivers.opcua.session import Session
from drivers.opcua.trust import facts_of, faults, first_of_chain
from drivers.opcua.values import readable

SERVERS_MOST: Final = 10
REACH_TIMEOUT_S: Final = 3.0
_LOGINS: Final = {
    ua.UserTokenType.Anonymous: "anonymous",
    ua.UserTokenType.UserName: "user",
    ua.UserTokenType.Certificate: "certificate",
}
_MODE_KEYS: Final = {mode: key for key, mode in MODES.items()}


async def discover(endpoint: str, timeout_s: float) -> list[Endpoint]:
    """Return the ways into the servers that answer at an endpoint, the safest first. Raises DriverError.

    What a server calls itself is often a name that only it can resolve, so the typed host replaces it everywhere.
    """
    try:
        offered = await _offered(endpoint, timeout_s)
    except Exception as error:
        raise translate(error, endpoint) from error
    found = [each for address, description in offered for each in _endpoint(address, description)]
    if not found:
        raise translate(ua.UaError("it offers no endpoint that can be used"), endpoint)
    return sorted(found, key=lambda each: -each.strength)


async def _offered(endpoint: str, timeout_s: float) -> list[tuple[str, ua.EndpointDescription]]:
    """Return each description with the address to connect to; of a discovery server those of the servers it names."""
    typed = urlparse(endpoint)
    direct = await fetch_endpoints(endpoint, timeout_s)
    usable = [
        (_at(typed, each.EndpointUrl or "", keep_port=True), each)
        for each in direct
        if (each.EndpointUrl or "").startswith(SCHEME)
        and each.Server.ApplicationType != ua.ApplicationType.DiscoveryServer
    ]
    if usable:
        return usable
    found: list[tuple[str, ua.EndpointDescription]] = []
    servers = await make_client(endpoint, timeout_s).connect_and_find_servers()
    urls = dict.fromkeys(
        _at(typed, url, keep_port=False)
        for server in servers
        for url in server.DiscoveryUrls or ()
        if url.startswith(SCHEME) and server.ApplicationType != ua.ApplicationType.DiscoveryServer
    )
    for url in list(urls)[:SERVERS_MOST]:
        try:
            found += [(url, each) for each in await fetch_endpoints(url, timeout_s)]
        except (OSError, TimeoutError, ua.UaError):
            continue  # one of several servers that is not running
    return found


def _at(typed: ParseResult, url: str, *, keep_port: bool) -> str:
    """Return a server's own URL with the typed host in it, and with the typed port when that answered."""
    path = urlparse(url).path
    host = f"[{typed.hostname}]" if ":" in (typed.hostname or "") else typed.hostname
    port = typed.port if keep_port else urlparse(url).port
    return with_port(f"{SCHEME}{host}" + (f":{port}" if port else "") + path)


def _endpoint(address: str, description: ua.EndpointDescription) -> Iterable[Endpoint]:
    policy = BY_URI.get(description.SecurityPolicyUri or "")
    if policy is None or (policy is not NONE and description.SecurityMode not in _MODE_KEYS):
        return  # a policy of tomorrow: nothing here could speak it
    options: dict[str, object] = {"security": policy.key}
    label = "Not secured"
    if policy is not NONE:
        mode = _MODE_KEYS[description.SecurityMode]
        options["mode"] = mode
        label = f"{policy.label}, {MODE_LABELS[mode]}"
    warning = "Anyone on the network can read and change what is sent." if policy is NONE else ""
    if policy.is_deprecated:
        options["allow_deprecated"] = True
        warning = "This policy is broken. Choose another if there is one."
    application = description.Server
    certificate = None
    if description.ServerCertificate and policy is not NONE:
        certificate = _facts(description.ServerCertificate, application.ApplicationUri or "", address)
    tokens = {_LOGINS[each.TokenType] for each in description.UserIdentityTokens or () if each.TokenType in _LOGINS}
    name = application.ApplicationName.Text if application.ApplicationName else ""
    yield Endpoint(
        address=address,
        options=options,
        label=label,
        application=readable(name or application.ApplicationUri or ""),
        strength=strength(policy, description.SecurityMode),
        logins=tuple(login for login in _LOGINS.values() if login in tokens),
        certificate=certificate,
        warning=warning,
    )


def _facts(blob: bytes, application_uri: str, address: str) -> Certificate | None:
    try:
        der = first_of_chain(blob)
        found = faults(x509.load_der_x509_certificate(der), application_uri, urlparse(address).hostname or "")
        return facts_of(der, found)
    except ValueError:
        return None


async def test(
    endpoint: str, config: OpcUaConfig, credentials: Credentials | None, judge: Judge
) -> AsyncGenerator[TestStep, None]:
    """Connect step by step: name, TCP, secure channel, session, browse. The first that fails is the last."""
    session = Session(endpoint, config, credentials)
    steps: tuple[tuple[str, Callable[[], Awaitable[str]]], ...] = (
        ("Name", lambda: _look_up(endpoint)),
        ("TCP", lambda: _connect(endpoint)),
        ("Secure channel", lambda: _secured(session, judge)),
        ("Session", lambda: _opened(session)),
        ("Browse", lambda: _browsed(session)),
    )
    try:
        for name, step in steps:
            yield TestStep(name, None)
            started = time.monotonic()
            try:
                detail = await step()
            except Exception as error:  # noqa: BLE001  # whatever went wrong is the step's answer
                yield TestStep(name, False, _sentence(error, endpoint), time.monotonic() - started)
                return
            yield TestStep(name, True, detail, time.monotonic() - started)
    finally:
        await session.close()


def _sentence(error: Exception, endpoint: str) -> str:
    try:
        return translate(error, endpoint).sentence
    except Exception as unknown:  # noqa: BLE001  # a bug of ours is told like the rest, with its own words
        return f"The driver failed: {unknown}."


async def _look_up(endpoint: str) -> str:
    url = urlparse(endpoint)
    async with asyncio.timeout(REACH_TIMEOUT_S):
        found = await asyncio.get_running_loop().getaddrinfo(url.hostname, url.port, type=socket.SOCK_STREAM)
    return ", ".join(dict.fromkeys(str(each[4][0]) for each in found))


async def _connect(endpoint: str) -> str:
    await reach(endpoint)
    return f"Something listens at port {urlparse(endpoint).port}."


async def _secured(session: Session, judge: Judge) -> str:
    await session.open_channel(judge)
    return "Open."


async def _opened(session: Session) -> str:
    await session.open_session()
    return "The login is accepted."


async def _browsed(session: Session) -> str:
    found = await browsing.browse(session, None)
    return f"{len(found)} objects at the top."


async def reach(endpoint: str) -> None:
    """Find out within 3 s whether anything listens at an endpoint. Raises DriverError."""
    try:
        url = urlparse(endpoint)
        is_one = url.scheme == "opc.tcp" and bool(url.hostname)
        host, port = url.hostname, url.port
    except ValueError:
        is_one = False
    if not is_one:
        raise translate(ValueError(endpoint), endpoint)
    try:
        async with asyncio.timeout(REACH_TIMEOUT_S):
            _, writer = await asyncio.open_connection(host, port)
    except Exception as error:
        raise translate(error, endpoint) from error
    writer.transport.abort()
