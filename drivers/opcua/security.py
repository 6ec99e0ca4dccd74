"""From what a server offers to a client that speaks just one way with it: the configured one, never a weaker one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar
from urllib.parse import urlparse

from asyncua import Client, ua
from asyncua.client import ua_client
from asyncua.crypto import uacrypto

from drivers.api import AccessDeniedError, Certificate, Credentials
from drivers.opcua.certificate import APPLICATION_URI, Identity, KeyLockedError, OwnCertificates
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.policies import BY_KEY, BY_URI, MODES, NONE, Policy
from drivers.opcua.trust import TrustStore, first_of_chain

NAME: Final = "Roams"
_IN_CLEAR: Final = frozenset({None, "", NONE.uri})
_KEY_LOCKED: Final = (
    "The key of this program's certificate is locked. Open the keyring or the vault, or make a new certificate."
)
_WOULD_BE_SEEN: Final = "The password would travel unencrypted; set the connection's security."

Judge = Callable[[bytes, str, str], Awaitable[Certificate]]
"""Takes a certificate (DER), the application URI and the host; returns its facts or raises UntrustedError."""


_T = TypeVar("_T")


async def _wait_for(aw: Awaitable[_T], timeout: float | None) -> _T:  # noqa: ASYNC109  # the name in asyncua
    """Wait as `asyncio.wait_for` does from Python 3.12 on, which asyncua uses there."""
    async with asyncio.timeout(timeout):
        return await aw


if sys.version_info < (3, 12):
    # What asyncua uses before 3.12 raises a subclass of CancelledError when an answer and a timeout around it come
    # together. asyncio.timeout does not take that for its own: the task would end as cancelled by nobody.
    ua_client.wait_for = _wait_for


def make_client(address: str, timeout_s: float) -> Client:
    """Return a client that has touched no network. Raises ValueError for an address that is none."""
    client = Client(address, timeout=timeout_s)
    client.name = client.description = NAME
    client.application_uri = APPLICATION_URI
    client.product_uri = APPLICATION_URI
    # asyncua's hook waits for its own reconnecting, which is never used here.
    client.uaclient.pre_request_hook = None
    return client


async def fetch_endpoints(address: str, timeout_s: float) -> list[ua.EndpointDescription]:
    """Ask a server for its endpoints over a channel of its own. Raises asyncua's errors."""
    return await make_client(address, timeout_s).connect_and_get_server_endpoints()


async def secure(
    client: Client, config: OpcUaConfig, credentials: Credentials | None, judge: Judge, *, with_previous: bool = False
) -> Identity | None:
    """Prepare a client for the configured policy; return whom it presents itself as, None for nobody.

    with_previous: with the certificate before the present one. Raises AccessDeniedError, UntrustedError and asyncua's
    errors. A password is never sent in clear, which asyncua would do with only a log line; nor encrypted for a server
    whose certificate nobody accepted.
    """
    if credentials is not None:
        client.set_user(credentials.user)
        client.set_password(credentials.password)
    policy = BY_KEY[config.security]
    if policy is NONE and credentials is None:
        return None
    endpoints = await fetch_endpoints(client.server_url.geturl(), config.request_timeout_s)
    mode = MODES[config.mode] if policy is not NONE else ua.MessageSecurityMode.None_
    endpoint = choose(endpoints, policy, mode)
    if policy is NONE:
        _require_encrypted_password(endpoint)
    try:
        server = first_of_chain(endpoint.ServerCertificate or b"")
    except ValueError as error:
        raise AccessDeniedError("The server shows no certificate, so that nobody can tell who it is.") from error
    host = urlparse(client.server_url.geturl()).hostname or ""
    await judge(server, endpoint.Server.ApplicationUri or "", host)
    if policy is NONE:
        client.security_policy.peer_certificate = server
        return None
    identity, chain = await asyncio.to_thread(own_identity, config, with_previous=with_previous)
    client.application_uri = identity.application_uri  # a certificate that others made may name another
    await client.set_security(
        policy.library_class,
        uacrypto.CertProperties(identity.certificate, "der"),
        uacrypto.CertProperties(identity.key, "der"),
        server_certificate=uacrypto.CertProperties(server, "der"),
        mode=mode,
        certificate_chain=[uacrypto.CertProperties(each, "der") for each in chain],
    )
    return identity


def own_identity(config: OpcUaConfig, *, with_previous: bool = False) -> tuple[Identity, list[bytes]]:
    """Return whom to present oneself as, and the authorities between that and a root. Blocks.

    Raises AccessDeniedError when the key does not open, or there is none before the present one.
    """
    if config.pki_folder is None:
        raise AccessDeniedError("No folder for certificates is set; set it in the connection.")
    passphrase = config.key_passphrase() if config.key_passphrase is not None else ""
    try:
        found = OwnCertificates(config.pki_folder / "own").identities(passphrase)
    except KeyLockedError as error:
        raise AccessDeniedError(_KEY_LOCKED) from error
    except (OSError, ValueError) as error:
        raise AccessDeniedError(f"This program's own certificate cannot be used: {error}") from error
    if with_previous and len(found) == 1:
        raise AccessDeniedError("There is no certificate before the present one.")
    identity = found[-1] if with_previous else found[0]
    return identity, TrustStore(config.pki_folder).between(identity.certificate)


def choose(
    endpoints: Iterable[ua.EndpointDescription], policy: Policy, mode: ua.MessageSecurityMode
) -> ua.EndpointDescription:
    """Return the endpoint of a policy and a mode. Raises AccessDeniedError that says what there is instead."""
    offered = []
    for endpoint in endpoints:
        if not (endpoint.EndpointUrl or "").startswith("opc.tcp"):
            continue
        if endpoint.SecurityPolicyUri == policy.uri and endpoint.SecurityMode == mode:
            return endpoint
        known = BY_URI.get(endpoint.SecurityPolicyUri or "")
        offered.append(f"{known.label if known else endpoint.SecurityPolicyUri}, {endpoint.SecurityMode.name}")
    there = "; ".join(dict.fromkeys(offered)) or "nothing"
    raise AccessDeniedError(f"The server does not offer {policy.label}, {mode.name} (it offers: {there}).")


def require_encrypted_password(client: Client) -> None:
    """Check what the session that was just made says of passwords. Raises AccessDeniedError when it is sent in clear.

    It need not be what the endpoints said: those were fetched before anything was secured.
    """
    policy = client.server_policy(ua.UserTokenType.UserName).SecurityPolicyUri
    if policy in _IN_CLEAR and client.security_policy.Mode != ua.MessageSecurityMode.SignAndEncrypt:
        raise AccessDeniedError(_WOULD_BE_SEEN)


def _require_encrypted_password(endpoint: ua.EndpointDescription) -> None:
    policies = {
        token.SecurityPolicyUri
        for token in endpoint.UserIdentityTokens or ()
        if token.TokenType == ua.UserTokenType.UserName
    }
    if not policies or policies & _IN_CLEAR:
        raise AccessDeniedError(_WOULD_BE_SEEN)
