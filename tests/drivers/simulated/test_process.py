"""The plant's process as a client sees it: over real TCP, from the READY line to the end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, Node, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.ua.uaerrors import (
    BadIdentityTokenRejected,
    BadOutOfRange,
    BadTypeMismatch,
    BadUserAccessDenied,
)

from drivers.simulated.description import AreaEndpoint, ReadyLine
from drivers.simulated.plant_description import describe
from drivers.simulated.security import make_identity

ROOT = Path(__file__).parents[3]
DEADLINE_S = 15.0
END_S = 3.0


@contextlib.contextmanager
def plant_process(*options: str) -> Iterator[tuple[subprocess.Popen[str], ReadyLine]]:
    with subprocess.Popen(
        [sys.executable, "-m", "drivers.simulated", "--with-parent", *options],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process, ReadyLine.parse(process.stdout.readline())
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


@pytest.fixture(scope="module")
def endpoints() -> Iterator[dict[str, AreaEndpoint]]:
    with plant_process("--clock-factor", "5") as (_, ready):
        yield {endpoint.area: endpoint for endpoint in ready.endpoints}


@contextlib.asynccontextmanager
async def client_of(endpoint: AreaEndpoint) -> AsyncIterator[Client]:
    client = Client(endpoint.url, timeout=DEADLINE_S)
    if endpoint.user:
        client.set_user(endpoint.user)
        client.set_password(endpoint.password)
    async with client:
        yield client


async def node_of(client: Client, identifier: str) -> Node:
    area = identifier.partition(".")[0].lower()
    namespace = await client.get_namespace_index(f"urn:roams:demo-plant:{area}")
    return client.get_node(f"ns={namespace};s={identifier}")


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not await condition():  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.05)


def test_three_areas_listen_on_the_loopback_interface_alone(endpoints: dict[str, AreaEndpoint]) -> None:
    assert list(endpoints) == ["North", "Plain", "East"]
    assert all(endpoint.url.startswith("opc.tcp://127.0.0.1:") for endpoint in endpoints.values())
    assert [bool(endpoint.password) for endpoint in endpoints.values()] == [False, False, True]


@pytest.mark.asyncio
async def test_every_described_point_has_a_good_or_plainly_distrusted_value(
    endpoints: dict[str, AreaEndpoint],
) -> None:
    for area in describe().areas:
        async with client_of(endpoints[area.key]) as client:
            namespace = await client.get_namespace_index(area.namespace_uri)
            points = [point for station in area.stations for unit in station.equipment for point in unit.points]
            nodes = [client.get_node(f"ns={namespace};s={point.identifier}") for point in points]
            values = await client.uaclient.read_attributes([node.nodeid for node in nodes], ua.AttributeIds.Value)
            distrusted = [value for value in values if value.StatusCode is None or not value.StatusCode.is_good()]
            assert len(distrusted) <= 2
            assert all(value.SourceTimestamp is not None for value in values)


@pytest.mark.asyncio
async def test_units_ranges_and_state_names_can_be_read(endpoints: dict[str, AreaEndpoint]) -> None:
    async with client_of(endpoints["North"]) as client:
        flow = await node_of(client, "North.BH1.Out.Flow")
        span = await (await flow.get_child("0:EURange")).read_value()
        unit = await (await flow.get_child("0:EngineeringUnits")).read_value()
        assert (span.Low, span.High) == (0.0, 240.0)
        assert (unit.DisplayName.Text, unit.UnitId) == ("m³/h", int.from_bytes(b"MQH", "big"))
        assert await flow.read_type_definition() == ua.NodeId(ua.Int32(ua.ObjectIds.AnalogItemType))

        run = await node_of(client, "North.BH1.P1.Run")
        assert (await (await run.get_child("0:TrueState")).read_value()).Text == "Running"
        assert (await (await run.get_child("0:FalseState")).read_value()).Text == "Stopped"


@pytest.mark.asyncio
async def test_the_tree_leads_from_objects_to_the_point(endpoints: dict[str, AreaEndpoint]) -> None:
    async with client_of(endpoints["Plain"]) as client:
        i = await client.get_namespace_index("urn:roams:demo-plant:plain")
        found = await client.nodes.objects.get_child([f"{i}:Plain", f"{i}:SB1", f"{i}:P1", f"{i}:Speed"])
        assert found.nodeid.Identifier == "Plain.SB1.P1.Speed"
        assert (await found.read_display_name()).Text == "Solar well pump speed"


@pytest.mark.asyncio
async def test_data_types_are_those_of_the_instruments(endpoints: dict[str, AreaEndpoint]) -> None:
    expected = {
        "Press.Pressure": ua.VariantType.Double,
        "Oil.Temp": ua.VariantType.Float,
        "P1.Run": ua.VariantType.Boolean,
        "Press.Parts": ua.VariantType.UInt32,
        "Press.Step": ua.VariantType.String,
    }
    async with client_of(endpoints["East"]) as client:
        for key, data_type in expected.items():
            assert await (await node_of(client, f"East.PR1.{key}")).read_data_type_as_variant_type() == data_type
        good = await node_of(client, "East.PK1.Line.Good")
        assert await good.read_data_type_as_variant_type() == ua.VariantType.Int64
        assert await good.read_value() > 2**32


@pytest.mark.asyncio
async def test_east_refuses_whoever_does_not_know_its_password(endpoints: dict[str, AreaEndpoint]) -> None:
    east = endpoints["East"]
    with pytest.raises(BadIdentityTokenRejected):
        async with client_of(AreaEndpoint("East", east.url)):
            pass
    with pytest.raises(BadUserAccessDenied):
        async with client_of(AreaEndpoint("East", east.url, east.user, "guessed")):
            pass


@pytest.mark.asyncio
async def test_the_password_of_east_never_travels_in_clear(endpoints: dict[str, AreaEndpoint]) -> None:
    offered = await Client(endpoints["East"].url).connect_and_get_server_endpoints()
    assert {endpoint.SecurityMode for endpoint in offered} == {
        ua.MessageSecurityMode.None_,
        ua.MessageSecurityMode.SignAndEncrypt,
    }
    for endpoint in offered:
        for token in endpoint.UserIdentityTokens:
            assert token.TokenType == ua.UserTokenType.UserName
            is_plain = not token.SecurityPolicyUri or token.SecurityPolicyUri.endswith("#None")
            assert not (is_plain and endpoint.SecurityMode == ua.MessageSecurityMode.None_)


@pytest.mark.asyncio
async def test_east_can_be_reached_over_an_encrypted_channel(
    endpoints: dict[str, AreaEndpoint], tmp_path: Path
) -> None:
    east = endpoints["East"]
    identity = make_identity("urn:roams:test", ("localhost",))
    certificate, key = tmp_path / "client.der", tmp_path / "client.key.der"
    certificate.write_bytes(identity.certificate)
    key.write_bytes(identity.private_key)
    client = Client(east.url, timeout=DEADLINE_S)
    client.application_uri = "urn:roams:test"
    client.set_user(east.user)
    client.set_password(east.password)
    await client.set_security(
        SecurityPolicyBasic256Sha256, certificate, key, mode=ua.MessageSecurityMode.SignAndEncrypt
    )
    async with client:
        node = await node_of(client, "East.PR1.Press.Step")
        assert isinstance(await node.read_value(), str)


@pytest.mark.asyncio
async def test_a_written_start_is_answered_by_the_pump_and_then_by_the_flow(
    endpoints: dict[str, AreaEndpoint],
) -> None:
    async with client_of(endpoints["East"]) as client:
        start, run, mode, flow = [
            await node_of(client, f"East.BH3.{key}") for key in ("P1.Start", "P1.Run", "P1.Mode", "Out.Flow")
        ]

        async def is_stopped() -> bool:
            is_manual = not await mode.read_value()
            return is_manual and not await run.read_value() and await flow.read_value() == 0.0

        async def is_delivering() -> bool:
            return bool(await run.read_value() and await flow.read_value() > 50.0)

        await start.write_value(False)
        await until(is_stopped)
        await start.write_value(True)
        await until(is_delivering)
        await mode.write_value(True)


@pytest.mark.asyncio
async def test_a_setpoint_is_answered_by_the_value_in_use(endpoints: dict[str, AreaEndpoint]) -> None:
    async with client_of(endpoints["Plain"]) as client:
        setpoint = await node_of(client, "Plain.BP2.Out.PressureSP")
        in_use = await node_of(client, "Plain.BP2.Out.PressureSPInUse")

        async def is_in_use() -> bool:
            return bool(await in_use.read_value() == 4.5)

        await setpoint.write_value(4.5)
        await until(is_in_use)


@pytest.mark.asyncio
async def test_a_command_the_plant_does_not_take_goes_back(endpoints: dict[str, AreaEndpoint]) -> None:
    async with client_of(endpoints["Plain"]) as client:
        trip, start, run = [await node_of(client, f"Plain.BP2.P2.{key}") for key in ("Trip", "Start", "Run")]

        async def is_tripped() -> bool:
            return bool(await trip.read_value())

        async def is_refused() -> bool:
            return not await start.read_value()

        await until(is_tripped)
        await start.write_value(True)
        await until(is_refused)
        assert not await run.read_value()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("identifier", "value", "refusal"),
    [
        ("North.BP1.Out.PressureSP", ua.Variant(99.0, ua.VariantType.Double), BadOutOfRange),
        ("North.BP1.Out.PressureSP", ua.Variant(float("nan"), ua.VariantType.Double), BadOutOfRange),
        ("North.BP1.Out.PressureSP", ua.Variant("high", ua.VariantType.String), BadTypeMismatch),
        ("North.BP1.Out.PressureSP", ua.Variant([5.0, 6.0], ua.VariantType.Double), BadTypeMismatch),
        ("North.BP1.P1.Start", ua.Variant(1.0, ua.VariantType.Double), BadTypeMismatch),
        ("North.BP1.Out.Flow", ua.Variant(1.0, ua.VariantType.Double), BadUserAccessDenied),
    ],
)
async def test_a_wrong_write_is_refused_with_its_reason(
    endpoints: dict[str, AreaEndpoint], identifier: str, value: ua.Variant, refusal: type[Exception]
) -> None:
    async with client_of(endpoints["North"]) as client:
        node = await node_of(client, identifier)
        with pytest.raises(refusal):
            await node.write_value(value)


class Changes:
    """Collects what a subscription brings."""

    def __init__(self) -> None:
        self.stamps: dict[str, list[Any]] = {}

    def datachange_notification(self, node: Node, _value: object, data: Any) -> None:
        self.stamps.setdefault(str(node.nodeid.Identifier), []).append(data.monitored_item.Value.SourceTimestamp)


@pytest.mark.asyncio
async def test_a_subscription_brings_changes_with_rising_source_times(endpoints: dict[str, AreaEndpoint]) -> None:
    async with client_of(endpoints["East"]) as client:
        changes = Changes()
        subscription = await client.create_subscription(100, changes)
        await subscription.subscribe_data_change([await node_of(client, "East.BH3.Well.Level")])

        async def has_changed() -> bool:
            return len(changes.stamps.get("East.BH3.Well.Level", [])) >= 3

        await until(has_changed)
        stamps = changes.stamps["East.BH3.Well.Level"]
        assert stamps == sorted(set(stamps))
        await subscription.delete()


@pytest.mark.asyncio
async def test_every_tag_of_a_load_plant_changes_at_its_rate() -> None:
    with plant_process("--stations", "3", "--tags-per-station", "20", "--rate", "5") as (_, ready):
        async with client_of(ready.endpoints[0]) as client:
            changes = Changes()
            subscription = await client.create_subscription(100, changes)
            keys = [f"North.S001.M.T{number:03}" for number in range(1, 21)]
            await subscription.subscribe_data_change([await node_of(client, key) for key in keys])

            async def have_all_changed() -> bool:
                return len(changes.stamps) == 20 and min(map(len, changes.stamps.values())) >= 5

            await until(have_all_changed)
            await subscription.delete()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_on_a_signal_within_three_seconds(number: signal.Signals) -> None:
    with plant_process() as (process, _):
        process.send_signal(number)
        assert process.wait(END_S) == 0
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read() == "", "READY is the only line"
        assert process.stderr.read() == ""


@pytest.mark.asyncio
async def test_it_ends_when_its_parent_goes_although_a_client_is_connected() -> None:
    with plant_process() as (process, ready):
        client = Client(ready.endpoints[0].url)
        await client.connect()
        assert process.stdin is not None
        began = time.monotonic()
        process.stdin.close()
        assert await asyncio.to_thread(process.wait, END_S) == 0
        assert time.monotonic() - began < END_S
        with contextlib.suppress(ConnectionError, ua.UaError, asyncio.TimeoutError):
            await client.disconnect()


def test_a_port_in_use_is_one_sentence_and_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "drivers.simulated", "--port", str(port)],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=DEADLINE_S,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Port {port} is in use; choose another with --port.\n"
