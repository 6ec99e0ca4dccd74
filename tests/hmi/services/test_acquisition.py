from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
import pytest_asyncio

from drivers.api import Batch, Credentials, Flag, LinkState, Quality, Rejected
from hmi.domain.plant import Connection
from hmi.services import supervisor as supervisor_module
from hmi.services.acquisition import Acquisition, trusted_times
from hmi.services.live_table import LiveTable
from tests.conftest import Warnings
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import CATALOGUE, CONNECTION, LEVEL, TAGS, second_station
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


@dataclass
class Rig:
    acquisition: Acquisition
    drivers: FakeDrivers
    live: LiveTable
    batches: list[Batch]

    async def up(self, endpoint: str = CONNECTION.endpoint) -> None:
        await until(lambda: endpoint in self.drivers.made and self.drivers.made[endpoint].subscribed.is_set())


@pytest_asyncio.fixture
async def rig(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setattr(supervisor_module, "BACKOFF_S", (0.01,))
    drivers, live = FakeDrivers(), LiveTable()

    async def credentials(_connection: Connection) -> Credentials | None:
        return None

    acquisition = Acquisition([drivers.type], live, credentials=credentials, driver_options={})
    rig = Rig(acquisition, drivers, live, [])
    acquisition.on_batch(rig.batches.append)
    yield rig
    await acquisition.stop()


async def test_values_reach_the_live_table_and_the_listeners(rig: Rig) -> None:
    rig.acquisition.apply(CATALOGUE)
    await rig.up()
    rig.drivers.made[CONNECTION.endpoint].send(LEVEL, 3.5)
    assert rig.live.reading(LEVEL).value == 3.5
    assert rig.batches[-1].value.tolist() == [3.5]


async def test_a_lost_link_marks_its_tags_once_and_gaps_the_history(rig: Rig, log_warnings: Warnings) -> None:
    rig.acquisition.apply(CATALOGUE)
    await rig.up()
    driver = rig.drivers.made[CONNECTION.endpoint]
    driver.send(LEVEL, 3.5)
    rig.batches.clear()
    driver.lose("cut")
    await until(lambda: rig.live.reading(LEVEL).quality is Quality.NOT_CONNECTED)
    assert rig.live.reading(LEVEL).value == 3.5, "the last value stays, marked"
    gap = rig.batches[0]
    assert LEVEL in gap.tag.tolist()
    assert np.isnan(gap.value).all()
    assert set(gap.quality.tolist()) == {Quality.NOT_CONNECTED}
    await rig.up()
    assert sum(LEVEL in batch.tag.tolist() for batch in rig.batches) == 1
    log_warnings.take("link lost", "link back")


async def test_adding_and_deleting_a_station_touches_no_other_link(rig: Rig) -> None:
    rig.acquisition.apply(CATALOGUE)
    await rig.up()
    first = rig.drivers.made[CONNECTION.endpoint]
    rig.acquisition.apply(second_station(1))
    await rig.up("fake://1")
    added = rig.drivers.made["fake://1"]
    rig.acquisition.apply(CATALOGUE)
    await until(lambda: added.closed > 0)
    assert (first.opened, first.closed) == (1, 0)
    assert [task.get_name() for task in asyncio.all_tasks() if "Server 1" in task.get_name()] == []


async def test_a_changed_tag_restarts_no_link(rig: Rig) -> None:
    two = second_station(1)
    rig.acquisition.apply(two)
    await rig.up()
    await rig.up("fake://1")
    moved = replace(two.tags[-1], revision=replace(two.tags[-1].revision, address="s=Elsewhere"))
    rig.acquisition.apply(replace(two, tags=(*two.tags[:-1], moved)))
    driver = rig.drivers.made["fake://1"]
    await until(lambda: [item.address for item in driver.items] == ["s=Elsewhere"])
    assert (rig.drivers.count, driver.opened, driver.closed) == (2, 1, 0)
    assert rig.drivers.made[CONNECTION.endpoint].subscribes == 1
    renamed = replace(moved, revision=replace(moved.revision, name="Another name"))
    rig.acquisition.apply(replace(two, tags=(*two.tags[:-1], renamed)))
    assert driver.subscribes == 2, "a name is nothing to the source"


async def test_what_a_source_kept_goes_to_the_history_only(rig: Rig) -> None:
    past: list[Batch] = []
    rig.acquisition.on_historical(past.append)
    rig.acquisition.apply(CATALOGUE)
    await rig.up()
    driver = rig.drivers.made[CONNECTION.endpoint]
    driver.send(LEVEL, 3.5)
    rig.batches.clear()
    driver.pass_on(Batch.of([LEVEL, LEVEL], [1.0, 2.0], [1_000, 2_000], flags=Flag.HISTORICAL))
    assert rig.live.reading(LEVEL).value == 3.5
    assert rig.batches == []
    assert past[0].source_us.tolist() == [1_000, 2_000], "neither moved behind a gap nor to the time of arrival"


async def test_dead_hosts_delay_neither_the_call_nor_another_link(rig: Rig) -> None:
    rig.drivers.hanging = {f"fake://{number}" for number in range(1, 4)}
    rig.acquisition.apply(CATALOGUE)
    await rig.up()
    catalogue, waits = CATALOGUE, list[float]()
    for number in range(1, 13):
        more = second_station(number)
        catalogue = replace(
            catalogue,
            stations=(*catalogue.stations, more.stations[-1]),
            connections=(*catalogue.connections, more.connections[-1]),
            tags=(*catalogue.tags, more.tags[-1]),
        )
        started = time.perf_counter()
        rig.acquisition.apply(catalogue)
        waits.append(time.perf_counter() - started)
    assert statistics.median(waits) < 0.1, "a station more holds up nothing; the median, for machines are shared"
    for number in range(4, 13):
        await rig.up(f"fake://{number}")
    assert rig.acquisition.link_state(catalogue.connections[1].id) is LinkState.CONNECTING


async def test_the_source_gets_the_deadband_in_its_own_unit(rig: Rig) -> None:
    scaled = replace(TAGS[LEVEL], revision=replace(TAGS[LEVEL].revision, scale=-0.1, deadband=0.5))
    rig.acquisition.apply(replace(CATALOGUE, tags=(scaled,)))
    await rig.up()
    assert rig.drivers.made[CONNECTION.endpoint].items[0].deadband == pytest.approx(5.0)


async def test_engineering_values_come_from_the_tags_scaling(rig: Rig) -> None:
    scaled = replace(TAGS[LEVEL], revision=replace(TAGS[LEVEL].revision, scale=0.1, offset=-1.0))
    rig.acquisition.apply(replace(CATALOGUE, tags=(scaled,)))
    await rig.up()
    rig.drivers.made[CONNECTION.endpoint].send(LEVEL, 35.0)
    assert rig.live.reading(LEVEL).value == pytest.approx(2.5)


async def test_a_source_time_too_far_off_is_replaced_and_flagged() -> None:
    batch = Batch.of([1, 2], [1.0, 2.0], [0, 1_000_000_000], received_us=[1_000_000_000] * 2)
    found = trusted_times(batch)
    assert found.source_us.tolist() == [1_000_000_000] * 2
    assert found.flags.tolist() == [Flag.TIME_REPLACED, Flag.NONE]
    punctual = Batch.of([1], [1.0], [5])
    assert trusted_times(punctual) is punctual


async def test_a_value_never_stands_under_another_address(rig: Rig) -> None:
    rig.acquisition.apply(CATALOGUE)
    await rig.up()
    driver = rig.drivers.made[CONNECTION.endpoint]
    driver.send(LEVEL, 3.5)
    moved = replace(TAGS[LEVEL], revision=replace(TAGS[LEVEL].revision, address="s=Elsewhere"))
    rig.acquisition.apply(replace(CATALOGUE, tags=(*TAGS[:LEVEL], moved, *TAGS[LEVEL + 1 :])))
    assert rig.live.reading(LEVEL).quality is Quality.NOT_CONNECTED
    await until(lambda: driver.subscribes == 2)
    driver.send(LEVEL, 4.5)
    assert rig.live.reading(LEVEL).quality is Quality.GOOD


async def test_a_refused_address_is_shown_at_its_tag(rig: Rig, log_warnings: Warnings) -> None:
    rig.acquisition.apply(CATALOGUE)
    await rig.up()
    driver = rig.drivers.made[CONNECTION.endpoint]
    driver.send(LEVEL, 3.5)
    driver.refused = (Rejected(LEVEL, "s=Level", "The server has no such address."),)
    rig.acquisition.refresh()
    assert rig.live.reading(LEVEL).quality is Quality.CONFIG_ERROR
    log_warnings.take("addresses refused")
