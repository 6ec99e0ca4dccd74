"""Each SQLite file has a thread of its own: what is slow in one holds up nobody at the other."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.services.database_thread import DatabaseThread
from tests.conftest import Warnings
from tests.support.administered import QUIET, administered

pytestmark = pytest.mark.asyncio

WITHIN_S = 10.0


async def test_calls_run_one_after_another_on_one_named_thread() -> None:
    thread, names, order = DatabaseThread("configuration"), set[str](), list[int]()

    def note(number: int) -> None:
        names.add(threading.current_thread().name)
        order.append(number)

    await asyncio.gather(*(thread.run(note, number) for number in range(20)))
    thread.stop()
    assert order == list(range(20))
    assert names == {"configuration_0"}


async def test_an_audit_row_does_not_wait_for_the_configuration(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        is_busy, may_end = threading.Event(), threading.Event()

        def long_change() -> None:
            is_busy.set()
            may_end.wait(WITHIN_S)

        changing = asyncio.create_task(services.configuration_thread.run(long_change))
        await asyncio.to_thread(is_busy.wait, WITHIN_S)
        await services.audit.trail.write(AuditEntry(AuditAction.ALARM, "Ann", target="Pump 1"))
        assert not changing.done(), "the row is on the disk, and the change goes on"
        may_end.set()
        await changing
    log_warnings.take(*QUIET)
