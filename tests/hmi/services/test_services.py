"""What a start makes of how the last run ended."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from drivers.api import Quality
from hmi.services.services import Services
from hmi.storage.history import guard
from tests.conftest import Warnings
from tests.support.archives import BEGIN_US, SECOND_US, record, running_services
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


def ends(services: Services, tag: int) -> list[int]:
    batches = list(services.history.rows([tag], BEGIN_US, time.time_ns() // 1000 + SECOND_US))
    return [int(at) for batch in batches for at in batch.source_us[batch.quality == Quality.NOT_CONNECTED]]


async def test_after_a_kill_the_line_ends_where_recording_is_known_to_have_ended_and_it_is_said(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    async with running_services(tmp_path) as services:
        tag = await record(services, 50)
    mark = guard.read(tmp_path / "history")
    killed_us = BEGIN_US + 7200 * SECOND_US  # two hours in which nothing changed
    guard.write(tmp_path / "history", guard.Mark(mark.last_seq, killed_us, is_clean=False))
    async with running_services(tmp_path) as services:
        await until(lambda: killed_us in ends(services, tag))
        (found,) = [gap for gap in services.history.status().gaps if gap.from_us == killed_us]
        assert "did not end by itself" in found.reason
        assert any("it recorded until" in notice for notice in services.outbox.pull().notices)
        (data,) = services.history.buckets([tag], BEGIN_US + 3600 * SECOND_US, killed_us + 10, 60 * SECOND_US)
        assert np.isnan(data.last[-1])
    log_warnings.take("history was not closed")


async def test_after_a_long_time_off_the_line_ends_as_well(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        tag = await record(services, 50)
    async with running_services(tmp_path) as services:
        await until(lambda: bool(ends(services, tag)))
        assert not [gap for gap in services.history.status().gaps if "by itself" in gap.reason]
