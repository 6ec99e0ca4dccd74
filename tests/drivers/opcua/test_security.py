"""The one way in that was configured, against servers that offer several: never a weaker one, refused in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua

from drivers.api import AccessDeniedError, Credentials, UntrustedError
from drivers.opcua import security
from drivers.opcua.certificate import own_certificate
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.judging import Judging
from drivers.opcua.policies import BY_KEY, MODES, NONE, POLICIES
from drivers.opcua.security import choose, make_client, require_encrypted_password, secure
from drivers.opcua.session import Session
from tests.drivers.opcua.sessions import believe, connected
from tests.support.asyncua_server import AsyncuaServer
from tests.support.peer import PASSWORD, USER, Peer
from tests.support.pki import make

LOGIN = Credentials(USER, PASSWORD)
NODE_POLICIES = ("aes128sha256rsaoaep", "basic256sha256", "aes256sha256rsapss")
ENCRYPT = ua.MessageSecurityMode.SignAndEncrypt
loose: Any = ua


@pytest.fixture(scope="module")
def plain() -> Iterator[Peer]:
    with AsyncuaServer(items=1) as running:
        yield running


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    own_certificate(folder / "own")
    return folder


# ── every policy against a real server ────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("key", NODE_POLICIES)
async def test_every_policy_connects_as_configured(guarded: Peer, pki: Path, key: str, mode: str) -> None:
    config = OpcUaConfig.model_validate({"security": key, "mode": mode, "pki_folder": pki})
    async with connected(guarded.url, config, LOGIN) as session:
        policy = session.client.security_policy
        assert (policy.URI, policy.Mode) == (BY_KEY[key].uri, MODES[mode])
        assert session.namespaces.count >= 2


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", MODES)
async def test_basic256sha256_of_another_server(plain: Peer, pki: Path, mode: str) -> None:
    config = OpcUaConfig.model_validate({"security": "basic256sha256", "mode": mode, "pki_folder": pki})
    if mode == "sign":
        with pytest.raises(AccessDeniedError, match="does not offer Basic256Sha256, Sign "):
            async with connected(plain.url, config):
                pass
    else:
        async with connected(plain.url, config) as session:
            assert session.namespaces.count >= 2


@pytest.mark.asyncio
async def test_without_security_and_without_a_login_nothing_is_judged(plain: Peer) -> None:
    async with connected(plain.url, OpcUaConfig()) as session:
        found = session.client.security_policy.URI
        assert found == NONE.uri


@pytest.mark.asyncio
@pytest.mark.parametrize("key", ["basic128rsa15", "basic256"])
async def test_a_policy_that_is_not_offered_is_refused_with_what_there_is(guarded: Peer, pki: Path, key: str) -> None:
    config = OpcUaConfig.model_validate({"security": key, "allow_deprecated": True, "pki_folder": pki})
    with pytest.raises(AccessDeniedError) as found:
        async with connected(guarded.url, config, LOGIN):
            pass
    assert f"does not offer {BY_KEY[key].label}" in found.value.sentence
    assert "Basic256Sha256, SignAndEncrypt" in found.value.sentence


@pytest.mark.asyncio
async def test_a_certificate_that_nobody_accepted_ends_it_before_a_password_is_sent(guarded: Peer, pki: Path) -> None:
    config = OpcUaConfig(security="basic256sha256", pki_folder=pki)
    session = Session(guarded.url, config, LOGIN)
    with pytest.raises(UntrustedError) as found:
        await session.connect(Judging(config).judge)
    assert found.value.certificate.application_uri
    assert session.client.uaclient.protocol is None
    await session.close()


@pytest.mark.asyncio
async def test_without_a_folder_for_certificates_it_says_so(guarded: Peer) -> None:
    with pytest.raises(AccessDeniedError, match="No folder"):
        async with connected(guarded.url, OpcUaConfig(security="basic256sha256")):
            pass


# ── choosing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def endpoint(key: str = "basic256sha256", mode: ua.MessageSecurityMode = ENCRYPT, **given: object) -> Any:
    made = loose.EndpointDescription()
    made.EndpointUrl = "opc.tcp://plc-7:4840"
    made.SecurityPolicyUri = BY_KEY[key].uri
    made.SecurityMode = mode
    made.ServerCertificate = make().der
    return dataclasses.replace(made, **given)


def test_it_is_exactly_the_one_that_was_configured() -> None:
    offered = [
        endpoint("none", ua.MessageSecurityMode.None_),
        *(endpoint(policy.key, mode) for policy in POLICIES if policy is not NONE for mode in MODES.values()),
    ]
    for policy in POLICIES[1:]:
        for mode in MODES.values():
            found = choose(offered, policy, mode)
            assert (found.SecurityPolicyUri, found.SecurityMode) == (policy.uri, mode)


@pytest.mark.parametrize(
    ("offered", "words"),
    [
        ([], "(it offers: nothing)"),
        ([endpoint("none", ua.MessageSecurityMode.None_)], "(it offers: None, None_)"),
        ([endpoint("aes128sha256rsaoaep")] * 3, "(it offers: Aes128-Sha256-RsaOaep, SignAndEncrypt)"),
        ([endpoint(mode=ua.MessageSecurityMode.Sign)], "(it offers: Basic256Sha256, Sign)"),
        ([endpoint(SecurityPolicyUri="urn:tomorrow")], "(it offers: urn:tomorrow, SignAndEncrypt)"),
        ([endpoint(EndpointUrl="https://plc-7")], "(it offers: nothing)"),
        ([endpoint(EndpointUrl=None)], "(it offers: nothing)"),
    ],
)
def test_what_is_not_offered_is_refused_with_what_is(offered: list[Any], words: str) -> None:
    with pytest.raises(AccessDeniedError) as found:
        choose(offered, BY_KEY["basic256sha256"], ENCRYPT)
    assert words in found.value.sentence


# ── passwords ─────────────────────────────────────────────────────────────────────────────────────────────────────


def token(uri: str | None, kind: ua.UserTokenType = ua.UserTokenType.UserName) -> ua.UserTokenPolicy:
    return ua.UserTokenPolicy("x", kind, SecurityPolicyUri=uri)


SECURE = BY_KEY["basic256sha256"].uri


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("tokens", "is_let_through"),
    [
        ([token(SECURE)], True),
        ([token(None)], False),
        ([token("")], False),
        ([token(NONE.uri)], False),
        ([token(SECURE), token(NONE.uri)], False),
        ([token(SECURE, ua.UserTokenType.Certificate)], False),
        ([], False),
        (None, False),
    ],
)
async def test_over_an_open_channel_a_password_goes_only_where_it_is_encrypted_by_itself(
    monkeypatch: pytest.MonkeyPatch, tokens: list[ua.UserTokenPolicy] | None, is_let_through: bool
) -> None:
    offered = endpoint("none", ua.MessageSecurityMode.None_, UserIdentityTokens=tokens)

    async def fetch(*_: object) -> list[Any]:
        return [offered]

    monkeypatch.setattr(security, "fetch_endpoints", fetch)
    client = make_client("opc.tcp://plc-7:4840", 1.0)
    if is_let_through:
        await secure(client, OpcUaConfig(), LOGIN, believe)
        assert client.security_policy.peer_certificate == make_der(offered)
    else:
        with pytest.raises(AccessDeniedError, match="unencrypted"):
            await secure(client, OpcUaConfig(), LOGIN, believe)


def make_der(offered: Any) -> bytes:
    return bytes(offered.ServerCertificate)


@pytest.mark.parametrize(
    ("mode", "channel", "of_token", "is_let_through"),
    [
        (ua.MessageSecurityMode.None_, NONE.uri, SECURE, True),
        (ua.MessageSecurityMode.None_, NONE.uri, None, False),
        (ua.MessageSecurityMode.None_, NONE.uri, NONE.uri, False),
        (ua.MessageSecurityMode.Sign, SECURE, None, True),
        (ua.MessageSecurityMode.Sign, SECURE, NONE.uri, False),
        (ENCRYPT, SECURE, NONE.uri, True),
        (ENCRYPT, SECURE, None, True),
    ],
)
def test_what_the_session_says_of_passwords_counts_in_the_end(
    mode: ua.MessageSecurityMode, channel: str, of_token: str | None, is_let_through: bool
) -> None:
    client = make_client("opc.tcp://plc-7:4840", 1.0)
    client.security_policy.Mode = mode
    client.security_policy.URI = channel
    client._policy_ids = [token(of_token)]
    if is_let_through:
        require_encrypted_password(client)
    else:
        with pytest.raises(AccessDeniedError, match="unencrypted"):
            require_encrypted_password(client)


@pytest.mark.asyncio
@pytest.mark.parametrize("blob", [None, b"", b"nonsense"])
async def test_a_server_without_a_certificate_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, blob: bytes | None
) -> None:
    async def fetch(*_: object) -> list[Any]:
        return [endpoint(ServerCertificate=blob)]

    monkeypatch.setattr(security, "fetch_endpoints", fetch)
    config = OpcUaConfig(security="basic256sha256", pki_folder=tmp_path)
    with pytest.raises(AccessDeniedError, match="no certificate"):
        await secure(make_client("opc.tcp://plc-7:4840", 1.0), config, None, believe)
