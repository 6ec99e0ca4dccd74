from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from drivers.api import (
    AccessDeniedError,
    Batch,
    Credentials,
    Item,
    LinkState,
    NotConnectedError,
    UnsupportedError,
)
from hmi.domain.plant import Connection
from hmi.services import supervisor as module
from hmi.services.port import LinkStatus
from hmi.services.supervisor import Supervisor, backoff_s
from tests.conftest import Warnings
from tests.support.fake_driver import FakeDriver
from tests.support.plants import CONNECTION
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


@dataclass
class Rig:
    """One supervisor over a fake driver; retries follow at once."""

    driver: FakeDriver
    supervisor: Supervisor
    statuses: list[LinkStatus]
    batches: list[Batch]

    @property
    def states(self) -> list[LinkState]:
        return [status.state for status in self.statuses]

    async def up(self) -> None:
        await until(lambda: self.supervisor.status.state is LinkState.UP)


def make(connection: Connection = CONNECTION) -> Rig:
    driver = FakeDriver(connection.endpoint)
    statuses: list[LinkStatus] = []
    batches: list[Batch] = []

    async def credentials(_connection: Connection) -> Credentials | None:
        return Credentials("ann", "secret")

    supervisor = Supervisor(
        connection,
        driver,
        [Item(1, "s=Level")],
        credentials=credentials,
        handshakes=asyncio.Semaphore(1),
        on_batch=batches.append,
        on_status=statuses.append,
        on_conditions=lambda _: None,
    )
    return Rig(driver, supervisor, statuses, batches)


@pytest_asyncio.fixture
async def rig(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setattr(module, "BACKOFF_S", (0.01,))
    rig = make()
    yield rig
    await rig.supervisor.stop()


async def test_it_connects_subscribes_and_passes_values_on(rig: Rig) -> None:
    rig.supervisor.start()
    await rig.up()
    rig.driver.send(1, 2.5)
    assert [batch.value.tolist() for batch in rig.batches] == [[2.5]]
    assert rig.states == [LinkState.CONNECTING, LinkState.UP]
    assert rig.supervisor.status.values == 1
    assert rig.driver.credentials == Credentials("ann", "secret")


async def test_a_lost_link_comes_back_and_is_logged_once_each_way(rig: Rig, log_warnings: Warnings) -> None:
    rig.supervisor.start()
    await rig.up()
    rig.driver.refusal = NotConnectedError("Nothing listens.")
    rig.driver.lose("The server closed the connection.")
    await until(lambda: rig.driver.opened >= 4)
    assert LinkState.DOWN in rig.states
    rig.driver.refusal = None
    await rig.up()
    assert rig.supervisor.status.reconnects == 1
    assert len(log_warnings.take("link lost")) == 1
    assert len(log_warnings.take("link back")) == 1


async def test_a_refused_password_asks_a_person_and_is_tried_again_when_entered(
    rig: Rig, log_warnings: Warnings
) -> None:
    rig.driver.refusal = AccessDeniedError("The server refused this user or password.")
    rig.supervisor.start()
    await until(lambda: rig.supervisor.status.needs_credentials)
    opened = rig.driver.opened
    assert rig.supervisor.status.reason == "The server refused this user or password."
    rig.driver.refusal = None
    rig.supervisor.try_now()
    await rig.up()
    assert rig.driver.opened == opened + 1
    assert not rig.supervisor.status.needs_credentials
    log_warnings.take("link lost", "link back")


async def test_stopping_leaves_nothing_behind_whatever_it_was_doing(log_warnings: Warnings) -> None:
    hanging = make(replace(CONNECTION, endpoint="fake://black-hole"))
    hanging.driver.is_hanging = True
    hanging.supervisor.start()
    await until(lambda: hanging.states == [LinkState.CONNECTING])
    await hanging.supervisor.stop()
    assert hanging.driver.closed
    assert [task for task in asyncio.all_tasks() if "link" in task.get_name()] == []


async def test_a_disabled_connection_is_never_opened(rig: Rig) -> None:
    disabled = make(replace(CONNECTION, enabled=False))
    disabled.supervisor.start()
    await asyncio.sleep(0)
    assert disabled.driver.opened == 0
    assert disabled.supervisor.status.state is LinkState.DISABLED


async def test_writes_are_refused_at_once_while_down(rig: Rig) -> None:
    with pytest.raises(NotConnectedError, match="North server is down"):
        _ = rig.supervisor.open_driver
    rig.supervisor.start()
    await rig.up()
    assert rig.supervisor.open_driver is rig.driver


async def test_a_bug_in_a_driver_is_a_lost_link_and_not_the_end(
    rig: Rig, log_warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    real = rig.driver.subscribe
    monkeypatch.setattr(rig.driver, "subscribe", broken)
    rig.supervisor.start()
    await until(lambda: "The driver failed" in rig.supervisor.status.reason)
    monkeypatch.setattr(rig.driver, "subscribe", real)
    await rig.up()
    assert log_warnings.take("link failed", "link lost", "link back")


async def test_a_source_that_cannot_push_is_polled(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0

    async def refuse(*_: object) -> None:
        raise UnsupportedError("The server does not offer this service.")

    async def read(items: list[Item]) -> Batch:
        nonlocal reads
        reads += 1
        return Batch.of([item.tag for item in items], [7.0], 1)

    monkeypatch.setattr(rig.driver, "subscribe", refuse)
    monkeypatch.setattr(rig.driver, "read", read, raising=False)
    rig.supervisor.start()
    await until(lambda: bool(rig.batches))
    assert rig.supervisor.status.is_polled
    assert rig.batches[0].value.tolist() == [7.0]


async def test_backoff_grows_to_its_ceiling_with_jitter() -> None:
    for attempt, base in ((1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 5.0), (50, 5.0)):
        waits = {backoff_s(attempt) for _ in range(20)}
        assert all(base * 0.7 <= wait <= base for wait in waits)
        assert len(waits) > 1


async def test_stopping_gets_through_to_a_driver_that_swallows_a_cancellation(rig: Rig, log_warnings: Warnings) -> None:
    async def swallow() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        raise NotConnectedError("never mind")

    rig.driver.reach = swallow  # type: ignore[method-assign]  # one bad habit of a real library
    rig.supervisor.start()
    await asyncio.sleep(0)
    async with asyncio.timeout(3):
        await rig.supervisor.stop()
    log_warnings.take("link lost")


async def test_a_link_lost_while_degraded_counts_as_a_loss(rig: Rig, log_warnings: Warnings) -> None:
    rig.supervisor.start()
    await rig.up()
    rig.driver.troubled = "It is slow."
    assert rig.supervisor.refresh().state is LinkState.DEGRADED
    rig.driver.troubled = ""
    rig.driver.lose("cut")
    await until(lambda: rig.supervisor.status.reconnects == 1)
    await rig.up()
    log_warnings.take("link lost", "link back")
