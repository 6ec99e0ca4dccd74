"""The ways into a server, and the connection test that names the step which fails."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua

from drivers import api
from drivers.api import Credentials, DriverError, Endpoint, NotConnectedError
from drivers.opcua import discovery
from drivers.opcua.certificate import own_certificate
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.discovery import discover, reach
from drivers.opcua.judging import Judging
from drivers.opcua.policies import BY_KEY, NONE
from drivers.opcua.security import Judge
from drivers.opcua.trust import thumbprint_of
from tests.drivers.opcua.sessions import believe, open_sockets
from tests.support.fault_proxy import FaultProxy
from tests.support.link import proxied
from tests.support.node_opcua import NodeServer
from tests.support.peer import PASSWORD, USER, Peer
from tests.support.pki import APPLICATION_URI, make
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

STEPS = ["Name", "TCP", "Secure channel", "Session", "Browse"]
LOGIN = Credentials(USER, PASSWORD)
TIMEOUT_S = 1.0
loose: Any = ua


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    own_certificate(tmp_path / "own")
    return tmp_path


# ── the ways in ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_safest_way_comes_first_and_the_open_one_last_with_a_warning(peer: Peer) -> None:
    found = await discover(peer.url, TIMEOUT_S)
    strengths = [each.strength for each in found]
    assert strengths == sorted(strengths, reverse=True)
    assert found[0].label.endswith("signed and encrypted")
    assert (found[-1].label, found[-1].strength, found[-1].certificate) == ("Not secured", 0, None)
    assert "Anyone on the network" in found[-1].warning
    assert all(each.warning == "" for each in found[:-1])
    assert len(found) == (7 if isinstance(peer, NodeServer) else 2)


async def test_the_options_of_a_way_in_make_a_connection_that_goes_it(peer: Peer) -> None:
    for each in await discover(peer.url, TIMEOUT_S):
        config = OpcUaConfig.model_validate(dict(each.options))
        assert each.label.startswith(BY_KEY[config.security].label if config.security != NONE.key else "Not secured")


async def test_a_certificate_is_shown_with_what_is_wrong_with_it(peer: Peer) -> None:
    facts = (await discover(peer.url, TIMEOUT_S))[0].certificate
    assert facts is not None
    assert len(facts.thumbprint) == 40
    assert facts.application_uri.startswith("urn:")
    assert facts.valid_from_us < facts.valid_to_us
    assert "It was made for another host name." in facts.faults


async def test_the_typed_host_stands_for_the_servers_own_name(peer: Peer) -> None:
    found = await discover(f"opc.tcp://localhost:{peer.port}", 3.0)
    assert {each.address for each in found} == {f"opc.tcp://localhost:{peer.port}"}


async def test_the_logins_of_a_way_in_are_those_that_it_offers(peer: Peer, guarded: Peer) -> None:
    assert "anonymous" in (await discover(peer.url, TIMEOUT_S))[0].logins
    logins = (await discover(guarded.url, TIMEOUT_S))[0].logins
    assert "user" in logins
    assert "anonymous" not in logins


async def test_looking_leaves_no_socket(peer: Peer) -> None:
    before = open_sockets()
    await discover(peer.url, TIMEOUT_S)
    await until(lambda: open_sockets() == before)


@pytest.mark.parametrize(
    ("url", "words"), [("opc.tcp://no-such-host.invalid:4840", "No host"), ("opc.tcp://127.0.0.1:1", "Nothing listens")]
)
async def test_a_server_that_is_not_there_is_said_in_words(url: str, words: str) -> None:
    with pytest.raises(NotConnectedError, match=words):
        await discover(url, TIMEOUT_S)


# ── servers that describe themselves oddly ────────────────────────────────────────────────────────────────────────


def described(
    url: str, key: str = "none", kind: ua.ApplicationType = ua.ApplicationType.Server, **given: object
) -> ua.EndpointDescription:
    made = loose.EndpointDescription()
    made.EndpointUrl = url
    made.SecurityPolicyUri = BY_KEY[key].uri
    made.SecurityMode = ua.MessageSecurityMode.None_ if key == "none" else ua.MessageSecurityMode.SignAndEncrypt
    made.Server.ApplicationType = kind
    made.Server.ApplicationUri = APPLICATION_URI
    made.Server.ApplicationName = loose.LocalizedText("Plant")
    made.ServerCertificate = make().der
    return dataclasses.replace(made, **given)  # type: ignore[no-any-return]  # loose


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[ua.EndpointDescription]]:
    """Servers by address: what they describe; one that is not there does not answer."""
    servers: dict[str, list[ua.EndpointDescription]] = {}

    async def fetch(address: str, _timeout_s: float) -> list[ua.EndpointDescription]:
        if address not in servers:
            raise ConnectionRefusedError(address)
        return servers[address]

    class Client:
        async def connect_and_find_servers(self) -> Sequence[Any]:
            named = loose.ApplicationDescription()
            named.ApplicationType = ua.ApplicationType.Server
            named.DiscoveryUrls = [
                *(url for url in servers if "4840" not in url),
                "opc.tcp://own-name:4899",
                "https://x",
            ]
            named.DiscoveryUrls = [url.replace("plc-7", "own-name") for url in named.DiscoveryUrls]
            return [named]

    monkeypatch.setattr(discovery, "fetch_endpoints", fetch)
    monkeypatch.setattr(discovery, "make_client", lambda *_: Client())
    return servers


async def found_at(url: str) -> list[Endpoint]:
    return await discover(url, TIMEOUT_S)


async def test_a_port_that_answered_is_kept_and_a_path_too(network: dict[str, list[ua.EndpointDescription]]) -> None:
    network["opc.tcp://plc-7:14840"] = [described("opc.tcp://own-name:4840/plant/a")]
    (found,) = await found_at("opc.tcp://plc-7:14840")
    assert found.address == "opc.tcp://plc-7:14840/plant/a"
    assert found.application == "Plant"


async def test_an_address_of_version_six_keeps_its_brackets(network: dict[str, list[ua.EndpointDescription]]) -> None:
    network["opc.tcp://[::1]:4840"] = [described("opc.tcp://own-name:4840")]
    (found,) = await found_at("opc.tcp://[::1]:4840")
    assert found.address == "opc.tcp://[::1]:4840"


async def test_a_discovery_server_leads_to_the_servers_that_it_names(
    network: dict[str, list[ua.EndpointDescription]],
) -> None:
    discovery_server = ua.ApplicationType.DiscoveryServer
    network["opc.tcp://plc-7:4840"] = [described("opc.tcp://own-name:4840", kind=discovery_server)]
    network["opc.tcp://plc-7:4841"] = [described("opc.tcp://own-name:4841")]
    network["opc.tcp://plc-7:4842"] = [described("opc.tcp://own-name:4842", "basic256sha256")]
    found = await found_at("opc.tcp://plc-7:4840")
    assert [each.address for each in found] == ["opc.tcp://plc-7:4842", "opc.tcp://plc-7:4841"], "one is not running"


@pytest.mark.parametrize(
    "odd",
    [
        described("opc.tcp://own-name:4840", SecurityPolicyUri="urn:tomorrow"),
        described("opc.tcp://own-name:4840", SecurityPolicyUri=None),
        described("opc.tcp://own-name:4840", "basic256sha256", SecurityMode=ua.MessageSecurityMode.Invalid),
        described("https://own-name:4843"),
        described("opc.tcp://own-name:4840", EndpointUrl=None),
    ],
)
async def test_a_way_that_nobody_here_can_go_is_left_out(
    network: dict[str, list[ua.EndpointDescription]], odd: ua.EndpointDescription
) -> None:
    network["opc.tcp://plc-7:4840"] = [odd, described("opc.tcp://own-name:4840")]
    (found,) = await found_at("opc.tcp://plc-7:4840")
    assert found.label == "Not secured"
    network["opc.tcp://plc-7:4840"] = [odd]
    with pytest.raises(DriverError, match="no endpoint"):
        await found_at("opc.tcp://plc-7:4840")


@pytest.mark.parametrize(("blob", "has_facts"), [(make().der, True), (b"nonsense", False), (b"", False), (None, False)])
async def test_a_certificate_that_cannot_be_read_is_left_out(
    network: dict[str, list[ua.EndpointDescription]], blob: bytes | None, has_facts: bool
) -> None:
    network["opc.tcp://plc-7:4840"] = [described("opc.tcp://x:4840", "basic256sha256", ServerCertificate=blob)]
    (found,) = await found_at("opc.tcp://plc-7:4840")
    assert (found.certificate is not None) is has_facts
    if found.certificate is not None:
        assert (found.certificate.thumbprint, found.certificate.faults) == (thumbprint_of(make_der(found, blob)), ())


def make_der(_found: Endpoint, blob: bytes | None) -> bytes:
    assert blob is not None
    return blob


async def test_a_broken_policy_is_offered_with_a_warning_and_last_of_the_secured(
    network: dict[str, list[ua.EndpointDescription]],
) -> None:
    keys = ("none", "basic256", "basic128rsa15", "aes128sha256rsaoaep")
    network["opc.tcp://plc-7:4840"] = [described("opc.tcp://x:4840", key) for key in keys]
    found = await found_at("opc.tcp://plc-7:4840")
    assert [each.options["security"] for each in found] == [
        "aes128sha256rsaoaep",
        "basic256",
        "basic128rsa15",
        "none",
    ]
    assert all("broken" in each.warning and each.options["allow_deprecated"] for each in found[1:3])


# ── the connection test ───────────────────────────────────────────────────────────────────────────────────────────


async def steps_of(
    url: str, config: OpcUaConfig | None = None, login: Credentials | None = None, judge: Judge = believe
) -> list[api.TestStep]:
    """Return the finished steps; afterwards there are as many sockets as before."""
    before = open_sockets()
    given = config or OpcUaConfig(request_timeout_s=TIMEOUT_S)
    steps = [step async for step in discovery.test(url, given, login, judge)]
    finished = [step for step in steps if step.is_ok is not None]
    assert [step.name for step in steps if step.is_ok is None] == [step.name for step in finished], "each is announced"
    await until(lambda: open_sockets() == before)
    return finished


def failed(steps: Sequence[api.TestStep], name: str) -> str:
    """Check that all went well up to the step of that name; return what it says."""
    assert [step.name for step in steps] == STEPS[: STEPS.index(name) + 1]
    assert [step.is_ok for step in steps] == [True] * (len(steps) - 1) + [False]
    assert steps[-1].detail.endswith((".", ")."))
    return steps[-1].detail


async def test_a_good_connection_passes_every_step(peer: Peer) -> None:
    steps = await steps_of(peer.url)
    assert [(step.name, step.is_ok) for step in steps] == [(name, True) for name in STEPS]
    assert steps[0].detail == "127.0.0.1"
    assert str(peer.port) in steps[1].detail
    assert "objects at the top" in steps[4].detail
    assert all(step.seconds >= 0 for step in steps)


async def test_a_secured_one_with_a_login_does_too(guarded: Peer, pki: Path) -> None:
    config = OpcUaConfig(security="basic256sha256", pki_folder=pki)
    assert all(step.is_ok for step in await steps_of(guarded.url, config, LOGIN))


async def test_an_unknown_host_fails_at_its_name() -> None:
    assert "No host has the name" in failed(await steps_of("opc.tcp://no-such-host.invalid:4840"), "Name")


async def test_a_port_where_nothing_listens_fails_at_tcp() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert "Nothing listens" in failed(await steps_of(proxied(port)), "TCP")


async def test_one_that_listens_and_says_nothing_fails_at_the_channel(peer: Peer) -> None:
    with FaultProxy(peer.port) as proxy:
        proxy.set("black_hole")
        assert "does not answer" in failed(await steps_of(proxied(proxy.port)), "Secure channel")


async def test_a_policy_that_is_not_offered_fails_at_the_channel(peer: Peer, pki: Path) -> None:
    config = OpcUaConfig(security="basic256", allow_deprecated=True, pki_folder=pki)
    assert "does not offer Basic256" in failed(await steps_of(peer.url, config), "Secure channel")


async def test_an_unknown_certificate_fails_at_the_channel(peer: Peer, pki: Path) -> None:
    config = OpcUaConfig(security="basic256sha256", pki_folder=pki)
    words = failed(await steps_of(peer.url, config, judge=Judging(config).judge), "Secure channel")
    assert "look at it and accept it" in words


@pytest.mark.parametrize("login", [None, Credentials(USER, "wrong")])
async def test_a_wrong_login_fails_at_the_session(guarded: Peer, pki: Path, login: Credentials | None) -> None:
    config = OpcUaConfig(security="basic256sha256", pki_folder=pki)
    assert failed(await steps_of(guarded.url, config, login), "Session")


async def test_a_bug_of_ours_is_told_like_the_rest(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(discovery.browsing, "browse", fail)
    assert failed(await steps_of(peer.url), "Browse") == "The driver failed: planted."


@pytest.mark.parametrize("how", ["cancelled", "left"])
@pytest.mark.parametrize("at", ["Secure channel", "Browse"])
async def test_a_test_that_is_given_up_in_the_middle_leaves_nothing(peer: Peer, how: str, at: str) -> None:
    before, sockets = asyncio.all_tasks(), open_sockets()
    with FaultProxy(peer.port) as proxy:
        if at == "Secure channel":
            proxy.set("black_hole")
        config, begun = OpcUaConfig(), asyncio.Event()

        async def run() -> None:
            async with aclosing(discovery.test(proxied(proxy.port), config, None, believe)) as steps:
                async for step in steps:
                    if step.name == at:
                        begun.set()
                        if how == "left":
                            return

        task = asyncio.create_task(run())
        await begun.wait()
        await asyncio.sleep(0)
        if how == "cancelled":
            task.cancel()
        await asyncio.wait({task}, timeout=3)
        assert task.done()
        await until(lambda: open_sockets() == sockets)
        await until(lambda: asyncio.all_tasks() <= before)


@pytest.mark.parametrize("address", ["nonsense", "opc.tcp://", "opc.tcp://x:notaport", "http://x:1", "opc.tcp://[::1"])
async def test_reaching_what_is_no_address_says_so(address: str) -> None:
    with pytest.raises(NotConnectedError, match="is not an address"):
        await reach(address)


async def test_reaching_a_server_leaves_no_socket(peer: Peer) -> None:
    before = open_sockets()
    await reach(peer.url)
    await until(lambda: open_sockets() == before)
