"""Values that no sane server sends, over a whole link: marked, and nothing of another tag is lost."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Iterator
from typing import get_args

import numpy as np
import psutil
import pytest

from drivers.api import Batch, Flag, LinkState, Quality
from drivers.opcua.values import TEXT_LIMIT
from hmi.services.acquisition import trusted_times
from tests.support.asyncua_server import AsyncuaServer
from tests.support.link import Link, linked
from tests.support.peer import HostileKind
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

STEADY, HIT = "Item0001", "Item0002"
GROWTH_MOST_BYTES = 15_000_000
"""What may stay after a second value of 20 MB: none of the value."""

BEFORE, GOOD_AGAIN = 7.0, 4321.0


@pytest.fixture(scope="module")
def server() -> Iterator[AsyncuaServer]:
    with AsyncuaServer(items=2, rate_hz=10) as running:
        yield running


def rows_of(link: Link, tag: int, mark: int = 0) -> list[Batch]:
    """Return a tag's rows since the batch with that number, one a batch."""
    rows = (batch.select(np.flatnonzero(batch.tag == tag)) for batch in link.batches[mark:])
    return [each.select(np.array([row])) for each in rows for row in range(len(each))]


@pytest.mark.parametrize("kind", get_args(HostileKind))
async def test_it_is_marked_and_nothing_else_suffers(server: AsyncuaServer, kind: HostileKind) -> None:
    server.set_value(HIT, BEFORE, data_type="Double")
    process = psutil.Process()
    async with linked(server.url, [STEADY, HIT]) as link:
        await link.live()
        await until(lambda: BEFORE in link.values(2))
        await _suffer(server, link, kind, GOOD_AGAIN)
        gc.collect()
        before = process.memory_info().rss  # what the allocator took for the first one it keeps for the next
        await _suffer(server, link, kind, GOOD_AGAIN + 1)
        gc.collect()
        assert process.memory_info().rss - before < GROWTH_MOST_BYTES
        ticks = list(dict.fromkeys(link.values(1)))
        assert ticks == [ticks[0] + step for step in range(len(ticks))], "nothing of another tag is lost"
        assert link.supervisor.refresh().dropped == 0
        assert [status.state for status in link.statuses if status.state is LinkState.DOWN] == []
        assert "Not understood" not in link.status.details


async def _suffer(server: AsyncuaServer, link: Link, kind: HostileKind, good_again: float) -> None:
    """Let one hostile value come, look at it, and wait until both tags go on as before."""
    mark = len(link.batches)
    server.send_hostile(HIT, kind)
    await until(lambda: bool(rows_of(link, 2, mark)), 15)
    check(kind, rows_of(link, 2, mark)[0])
    server.set_value(HIT, good_again, data_type="Double")
    await until(lambda: link.values(2)[-1] == good_again, 10)
    heard = len(link.values(1))
    await until(lambda: len(link.values(1)) > heard + 3)


def check(kind: HostileKind, row: Batch) -> None:
    """Check how one value came over the link, and what the program makes of its time."""
    quality, text = Quality(int(row.quality[0])), row.texts.get(0)
    trusted = trusted_times(row)
    assert abs(int(trusted.source_us[0]) - time.time_ns() // 1000) < 60_000_000, "no value lies in another century"
    is_replaced = bool(trusted.flags[0] & np.uint16(Flag.TIME_REPLACED))
    assert is_replaced is (kind in ("year_1601", "year_9999"))
    if kind == "huge_string":
        assert (quality, text) == (Quality.GOOD, "x" * TEXT_LIMIT)
    elif kind == "changed_type":
        assert (quality, text) == (Quality.GOOD, "changed")
        assert math.isnan(row.value[0]), "no number stands for it"
    elif kind in ("nan", "inf"):
        assert (quality, text) == (Quality.UNCERTAIN, None)
        assert str(row.value[0]) == kind
    elif kind == "long_array":
        assert (quality, text) == (Quality.UNCERTAIN, None)
        assert math.isnan(row.value[0])
    else:
        assert (quality, row.value.tolist()) == (Quality.GOOD, [1.0])


async def test_text_that_is_no_utf_8_can_be_written_to_a_database(server: AsyncuaServer) -> None:
    server.set_value(HIT, "Pump\udcff", data_type="String")
    async with linked(server.url, [HIT]) as link:
        await until(lambda: bool(rows_of(link, 1)), 10)
        assert rows_of(link, 1)[0].texts == {0: "Pump\ufffd"}
    server.set_value(HIT, 1.0, data_type="Double")
