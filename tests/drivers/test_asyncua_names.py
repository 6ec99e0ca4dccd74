"""What drivers/ leans on in asyncua without a promise of asyncua's: each name, its signature and what it does.

When one of these fails after an update, the module that its message names has to be looked at before the update is
taken.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, Server, ua
from asyncua.client.ua_client import UaClient, UASocketProtocol
from asyncua.client.ua_session import UaSession
from asyncua.common.node import Node
from asyncua.common.utils import Buffer, NotEnoughData
from asyncua.crypto import security_policies, uacrypto
from asyncua.server.address_space import AddressSpace, AttributeService, AttributeValue, NodeData
from asyncua.server.internal_server import InternalServer
from asyncua.server.user_managers import UserManager
from asyncua.ua import uaprotocol_auto
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary

from drivers.opcua.certificate import APPLICATION_URI, own_certificate
from drivers.opcua.policies import POLICIES
from drivers.opcua.security import make_client
from drivers.simulated.security import make_identity

loose: Any = ua
URL = "opc.tcp://127.0.0.1:4840"


class Pipe(asyncio.Transport):
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_aborted = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.is_aborted = True

    def close(self) -> None:
        pass


def names(of: Callable[..., object]) -> list[str]:
    return list(inspect.signature(of).parameters)


def test_it_is_the_version_whose_behaviour_was_read() -> None:
    assert importlib.metadata.version("asyncua").startswith("2.1."), "all of drivers/opcua and drivers/simulated"


PARAMETERS: tuple[tuple[str, Callable[..., object], list[str]], ...] = (
    ("session", UASocketProtocol._send_request, ["self", "request", "timeout", "message_type"]),
    ("session", UaSession.__init__, ["self", "client"]),
    ("session", UaSession.ensure_publish_loop, ["self"]),
    ("session", UaSession.rebind_authentication_token, ["self"]),
    ("session", UaSession.close_session, ["self", "delete_subscriptions"]),
    ("session", UaSession.read_attributes, ["self", "nodeids", "attr"]),
    ("session", UaClient.revolve_security_token, ["self"]),
    ("session", UaClient.disconnect_socket, ["self"]),
    ("session", Client.connect_socket, ["self"]),
    ("session", Client.send_hello, ["self"]),
    ("session", Client.open_secure_channel, ["self", "renew"]),
    ("session", Client.close_secure_channel, ["self"]),
    ("session", Client.create_session, ["self"]),
    ("session", Client.activate_session, ["self", "username", "password", "certificate"]),
    ("session", Client.server_policy, ["self", "token_type"]),
    ("subscriptions", UaSession.create_subscription, ["self", "params", "callback"]),
    ("subscriptions", UaSession.update_subscription, ["self", "params"]),
    ("subscriptions", UaSession.create_monitored_items, ["self", "params"]),
    ("subscriptions", UaSession.modify_monitored_items, ["self", "params"]),
    ("subscriptions", UaSession.delete_monitored_items, ["self", "params"]),
    ("methods, conditions", UaSession.call, ["self", "methodstocall"]),
    ("browsing", UaSession.browse, ["self", "parameters"]),
    ("browsing", UaSession.browse_next, ["self", "parameters"]),
    ("history", UaSession.history_read, ["self", "params"]),
    ("security", Client.connect_and_get_server_endpoints, ["self"]),
    ("discovery", Client.connect_and_find_servers, ["self"]),
    ("lenient", Buffer.__init__, ["self", "data", "start_pos", "size"]),
    ("lenient", Buffer.read, ["self", "size"]),
    ("lenient", Buffer.copy, ["self", "size"]),
    ("lenient", Buffer.skip, ["self", "size"]),
    ("writing", Node.read_data_type_as_variant_type, ["self"]),
    ("simulated.standard_nodes", InternalServer.load_standard_address_space, ["self", "shelf_file"]),
    ("simulated.writes", AttributeService.__init__, ["self", "aspace"]),
    ("simulated.writes", AttributeService.write, ["self", "params", "user"]),
    ("simulated.security", UserManager.get_user, ["self", "iserver", "username", "password", "certificate"]),
)


def test_each_has_the_parameters_that_are_given() -> None:
    others = [
        f"drivers.{module} calls {function.__qualname__}{tuple(wanted)}, which takes {tuple(names(function))}"
        for module, function, wanted in PARAMETERS
        if names(function)[: len(wanted)] != wanted
    ]
    assert others == []


# ── session.py ────────────────────────────────────────────────────────────────────────────────────────────────────


def protocol_on(pipe: Pipe) -> UASocketProtocol:
    protocol = UASocketProtocol(4.0)
    protocol.connection_made(pipe)
    return protocol


@pytest.mark.asyncio
async def test_a_request_sent_past_the_queue_is_on_the_wire_at_once_and_its_future_has_the_body() -> None:
    pipe = Pipe()
    protocol = protocol_on(pipe)
    request = ua.PublishRequest()
    answer = protocol._send_request(request, timeout=0)
    assert isinstance(answer, asyncio.Future), "session.send"
    assert pipe.written, "session.send: nothing waits for a semaphore of 100 or for a hook"
    assert request.RequestHeader.TimeoutHint == 0, "session.send: a server would let go of a request with a hint"
    protocol._call_callback(protocol._request_id, Buffer(b"head and body", 9))
    assert bytes(await answer) == b"body", "publishing: the bytes of a Buffer are what is not read of it"


@pytest.mark.asyncio
async def test_a_request_without_a_link_is_a_connection_error() -> None:
    protocol = UASocketProtocol(4.0)
    with pytest.raises(ConnectionError):
        protocol._send_request(ua.PublishRequest(), timeout=0)
    assert protocol.transport is None, "session.send, publishing._fill"


@pytest.mark.asyncio
async def test_the_end_of_a_link_fails_what_is_in_flight_and_calls_back_once() -> None:
    protocol, ends = protocol_on(Pipe()), list[object]()
    answer = protocol._send_request(ua.PublishRequest(), timeout=0)
    protocol.on_connection_lost = ends.append
    protocol.connection_lost(None)
    assert ends == [None], "session._cut is the only one to hear of a cut"
    assert isinstance(answer.exception(), ConnectionError), "publishing._answered"
    assert protocol.transport is None, "session._drop_socket"


@pytest.mark.asyncio
async def test_an_answer_to_a_cancelled_request_is_let_go() -> None:
    protocol = protocol_on(Pipe())
    answer = protocol._send_request(ua.PublishRequest(), timeout=0)
    answer.cancel()
    protocol._call_callback(protocol._request_id, Buffer(b""))


@pytest.mark.asyncio
@pytest.mark.parametrize("rounds", range(8))
async def test_an_answer_that_comes_together_with_a_timeout_around_it_leaves_no_stray_cancellation(rounds: int) -> None:
    loop, protocol = asyncio.get_running_loop(), make_client(URL, 4.0).uaclient._make_protocol()
    protocol.connection_made(Pipe())

    async def ask() -> None:
        async with asyncio.timeout(60) as deadline:
            loop.call_soon(loop.call_soon, answer, deadline)
            await protocol.send_request(ua.CloseSessionRequest())

    def answer(deadline: asyncio.Timeout) -> None:
        protocol._call_callback(protocol._request_id, Buffer(struct_to_binary(ua.CloseSessionResponse())))
        expire(deadline, rounds)

    def expire(deadline: asyncio.Timeout, left: int) -> None:
        if left:
            loop.call_soon(expire, deadline, left - 1)
        elif not asked.done():
            deadline.reschedule(0)

    asked = loop.create_task(ask())
    await asyncio.wait({asked})
    assert not asked.cancelled(), "security._wait_for: the task would end as cancelled by nobody"


@pytest.mark.asyncio
async def test_a_clients_session_and_protocol_can_be_taken_over() -> None:
    client = Client(URL)
    assert client.uaclient.protocol is None, "session.send before connecting"

    class Mine(UaSession):
        pass

    mine = Mine(client.uaclient)
    client.uaclient.session = mine
    made = client.uaclient._make_protocol()
    assert client.uaclient.protocol is made, "session._open_channel sets on_connection_lost of it"
    mine.authentication_token = token = ua.NodeId(ua.Int32(7), ua.Int16(1))
    mine.rebind_authentication_token()
    assert made.authentication_token == token, "session.resume"
    for name in ("create_session", "activate_session", "close_session"):
        assert "self.session." in inspect.getsource(getattr(UaClient, name)), f"session: UaClient.{name} asks ours"


@pytest.mark.asyncio
async def test_dropping_a_socket_leaves_no_protocol_behind() -> None:
    client = Client(URL)
    protocol = client.uaclient._make_protocol()
    protocol.connection_made(Pipe())
    client.uaclient._set_state(type(client.uaclient.state).SOCKET_OPEN)
    client.uaclient.disconnect_socket()
    assert client.uaclient.protocol is None, "session._drop_socket, session.send"
    client.uaclient.disconnect_socket()


def test_a_subscription_asks_for_the_publish_loop_only_through_the_method_that_is_overridden() -> None:
    source = inspect.getsource(UaSession)
    assert source.count("self._publish_loop()") == 1, "session._UnpumpedSession: another way to asyncua's publish loop"
    assert "_publish_loop()" in inspect.getsource(UaSession.ensure_publish_loop)


def test_lifetimes_are_attributes_that_take_the_servers_word() -> None:
    client = Client(URL)
    assert client.secure_channel_timeout > 0, "session._renew"
    assert client.session_timeout > 0, "session.may_resume"
    assert "self.secure_channel_timeout = result" in inspect.getsource(Client.open_secure_channel)
    assert "self.session_timeout = response" in inspect.getsource(Client.create_session)


# ── security.py, policies.py ──────────────────────────────────────────────────────────────────────────────────────


def test_a_client_has_a_hook_to_take_out_and_names_to_set() -> None:
    client = Client(URL)
    assert client.uaclient.pre_request_hook is not None, "security.make_client takes it out"
    client.uaclient.pre_request_hook = None
    assert client.uaclient._make_protocol().pre_request_hook is None
    for name in ("name", "description", "application_uri", "product_uri", "server_url", "security_policy"):
        assert hasattr(client, name), f"security.make_client: {name}"


def test_no_two_clients_share_the_policy_that_a_certificate_is_put_into() -> None:
    first, second = Client(URL), Client(URL)
    first.security_policy.peer_certificate = b"theirs"
    assert not second.security_policy.peer_certificate, "security.secure"
    assert not first.uaclient.security_policy.peer_certificate


@pytest.mark.asyncio
async def test_security_is_set_without_the_network_and_from_a_certificate_in_hand(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path)
    server = make_identity("urn:server", ("localhost",)).certificate
    client = Client(URL)
    client.application_uri = APPLICATION_URI
    mode = ua.MessageSecurityMode.SignAndEncrypt
    await client.set_security(
        security_policies.SecurityPolicyBasic256Sha256,
        certificate,
        key,
        server_certificate=uacrypto.CertProperties(server, "der"),
        mode=mode,
    )
    assert client.security_policy.peer_certificate == server, "security.secure"
    assert client.security_policy.Mode == mode
    assert client.uaclient.security_policy is client.security_policy


def test_the_policy_of_a_password_is_known_before_it_is_sent() -> None:
    client = Client(URL)
    named = ua.UserTokenPolicy("x", ua.UserTokenType.UserName, SecurityPolicyUri="urn:policy")
    unnamed = ua.UserTokenPolicy("x", ua.UserTokenType.UserName)
    for offered, wanted in (([named], "urn:policy"), ([unnamed], client.security_policy.URI), ([], _NONE)):
        client._policy_ids = offered
        found = client.server_policy(ua.UserTokenType.UserName).SecurityPolicyUri
        assert found == wanted, "session._activate refuses to send a password in clear by it"
    assert "self.server_policy(ua.UserTokenType.UserName)" in inspect.getsource(Client._add_user_auth)


_NONE = security_policies.SecurityPolicyNone.URI


def test_every_policy_has_its_class_and_its_uri() -> None:
    for policy in POLICIES:
        assert policy.uri.startswith("http://opcfoundation.org/UA/SecurityPolicy#"), f"policies: {policy.key}"


# ── codec, publish, lenient, values ───────────────────────────────────────────────────────────────────────────────


def test_a_buffer_counts_what_is_left_and_raises_at_its_end() -> None:
    data = Buffer(b"0123456789", 2, 5)
    assert (len(data), data.cur_pos, data._data) == (5, 2, b"0123456789"), "lenient._Guarded"
    assert data.read(2) == b"23"
    assert (len(data), data.cur_pos) == (3, 4)
    with pytest.raises(NotEnoughData):
        data.read(4)


def test_structures_are_read_from_a_buffer_and_leave_it_behind_them() -> None:
    written = struct_to_binary(ua.RequestHeader(RequestHandle=ua.UInt32(9)))
    data = Buffer(written + b"rest")
    assert struct_from_binary(ua.RequestHeader, data).RequestHandle == 9, "publish, lenient"
    assert bytes(data) == b"rest"


def test_moments_beyond_a_datetime_become_the_nearest() -> None:
    assert ua.win_epoch_to_datetime(-1).year == 1601, "binary.date_text"
    assert ua.win_epoch_to_datetime(2**63 - 1).year == 9999, "binary.date_text"
    assert ua.datetime_to_win_epoch(ua.win_epoch_to_datetime(10)) == 10, "lenient"


def test_text_that_is_no_utf_8_comes_as_lone_surrogates() -> None:
    data = Buffer(b"\x02\x00\x00\x00a\xff")
    assert ua.ua_binary.Primitives.String.unpack(data) == "a\udcff", "values.readable makes U+FFFD of them"


def test_arguments_of_methods_are_read_as_the_wider_of_two_classes() -> None:
    written = struct_to_binary(uaprotocol_auto.Argument(Name="a"))
    found = struct_from_binary(uaprotocol_auto.Argument, Buffer(written))
    assert found.Name == "a", "methods._arguments"
    by_id = ua.extension_objects_by_typeid[ua.NodeId(ua.Int32(ua.ObjectIds.Argument_Encoding_DefaultBinary))]
    assert issubclass(by_id, uaprotocol_auto.Argument), "methods._arguments"
    assert issubclass(ua.Argument, uaprotocol_auto.Argument), "methods._arguments"


def test_names_that_are_looked_up() -> None:
    assert ua.ObjectIdNames[11] == "Double", "browsing, methods"
    assert ua.StatusCode(ua.UInt32(0x80340000)).name == "BadNodeIdUnknown", "items, writing, errors"
    assert int(loose.UaStatusCodeError(0x80340000).code) == 0x80340000, "errors, subscriptions"
    assert issubclass(ua.uaerrors.BadTooManyOperations, ua.UaStatusCodeError), "subscriptions.is_too_many"
    assert ua.Variant([1.0]).is_array, "lenient"


# ── simulated ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_space_is_made_of_nodes_whose_parts_can_be_copied() -> None:
    node = NodeData(ua.NodeId(ua.Int32(1)))
    assert (node.references, node.attributes, node.call) == ([], {}, None), "simulated.standard_nodes"
    attribute = AttributeValue(ua.DataValue())
    assert attribute.value_callback is None, "simulated.standard_nodes"
    assert attribute.datachange_callbacks == {}, "simulated.publisher"
    space = AddressSpace()
    space[node.nodeid] = node
    assert list(space.keys()) == [node.nodeid], "simulated.standard_nodes"
    assert space[node.nodeid] is node


def test_a_server_has_the_parts_that_are_replaced() -> None:
    server = InternalServer()
    assert server.time_task is None, "simulated.server.AreaServer.close"
    assert server.max_session_timeout_ms > 0, "simulated.server.open_area"
    assert isinstance(server.attribute_service, AttributeService), "simulated.server.open_area"
    assert Server(server).iserver is server, "simulated.server.open_area"
