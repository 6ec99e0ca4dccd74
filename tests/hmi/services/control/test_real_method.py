"""A method of somebody else's server, called through the gate: refused by the gate, called once, refused in words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.opcua.config import OpcUaConfig
from drivers.opcua.driver import OpcUaDriver
from hmi.domain.commands import CommandState, Control, ControlKind
from hmi.services.port import RefusedError
from tests.conftest import Warnings
from tests.support.control_rig import Rig, control_rig
from tests.support.link import address
from tests.support.node_opcua import NodeServer
from tests.support.plants import CATALOGUE, PUMP, READY, RUN
from tests.support.waiting import until

ADD = replace(
    PUMP,
    kind=ControlKind.METHOD,
    command=RUN,
    method_owner=address("Peer"),
    method=address("Add"),
    inputs=(None, 2.25),
)


@pytest.fixture(scope="module")
def server() -> Iterator[NodeServer]:
    with NodeServer(items=1) as running:
        yield running


@pytest_asyncio.fixture
async def rig(tmp_path: Path, server: NodeServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    driver = OpcUaDriver(server.url, OpcUaConfig())
    await driver.open(None)
    async with control_rig(tmp_path) as found:
        monkeypatch.setattr(found.gate.world.plant, "driver", lambda _: driver)
        yield found
    await driver.close()


def use(rig: Rig, control: Control) -> None:
    rig.apply(replace(CATALOGUE, version=2, controls=(control,)))


@pytest.mark.asyncio
async def test_it_is_called_once_the_gate_lets_it_pass(rig: Rig) -> None:
    use(rig, ADD)
    rig.reading(READY, 0)
    with pytest.raises(RefusedError, match="Pump 1 ready"):
        rig.gate.select(ADD.id, 1.0)
    rig.reading(READY, 1)
    await rig.operate(rig.gate.select(ADD.id, 1.0))
    await until(lambda: CommandState.SENT in rig.states)
    rig.reading(RUN, 1)
    assert (await rig.settled()).state is CommandState.CONFIRMED


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("control", "words"),
    [
        (replace(ADD, inputs=(None,)), "takes 2 values by now, not 1"),
        (replace(ADD, inputs=(None, "two")), "two is not a number"),
        (replace(ADD, method=address("Gone")), "no longer has this method"),
    ],
)
async def test_what_does_not_fit_is_refused_in_words(
    rig: Rig, log_warnings: Warnings, control: Control, words: str
) -> None:
    use(rig, control)
    await rig.operate(rig.gate.select(control.id, 1.0))
    status = await rig.settled()
    assert status.state is CommandState.REJECTED
    assert words in status.detail
    assert log_warnings.take("command")
