"""Alive, ready and the figures, of real services asked over HTTP."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from hmi.config.profile import open_profile
from hmi.domain.commands import CommandState
from hmi.domain.roles import LOCAL_ADMIN
from hmi.services.diagnostics.health import HealthServer
from hmi.services.diagnostics.metrics import Machine, render
from hmi.services.lateness import Lateness
from hmi.services.port import CommandStatus, RefusedError, security
from hmi.services.services import Services, Setup
from tests.conftest import Warnings
from tests.support.fake_driver import FakeDrivers
from tests.support.people import PASSWORD
from tests.support.plants import CATALOGUE
from tests.support.whole_program import ROOT

PASSING = "keyring", "audit", "sound", "journal"


class Asked:
    """Services with their health server, and a client."""

    def __init__(self, folder: Path) -> None:
        profile = open_profile(folder / "profile")
        self.services = Services(Setup(profile, LOCAL_ADMIN, lambda: (FakeDrivers().type,)))
        self.server = HealthServer(lambda: self.services.sources)
        self.client = httpx.AsyncClient(trust_env=False, timeout=10)
        self.port = 0

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(f"http://127.0.0.1:{self.port}{path}")

    async def metrics(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        text = (await self.get("/metrics")).text
        families = text_string_to_metric_families(text)
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


@asynccontextmanager
async def asked(folder: Path) -> AsyncIterator[Asked]:
    found = Asked(folder)
    found.port = await found.server.open(0)
    try:
        yield found
    finally:
        await found.services.stop()
        await found.server.close()
        await found.client.aclose()


@pytest.mark.asyncio
async def test_it_is_alive_at_once_and_ready_once_it_has_started(tmp_path: Path, log_warnings: Warnings) -> None:
    async with asked(tmp_path) as room:
        assert (await room.get("/health")).json() == {"status": "alive"}
        before = await room.get("/ready")
        assert before.status_code == 503
        assert before.json() == {"status": "not ready", "reasons": ["The program has not started yet."]}
        assert (await room.get("/metrics")).status_code == 503
        await room.services.start(CATALOGUE)
        after = await room.get("/ready")
        assert (after.status_code, after.json()) == (200, {"status": "ready", "reasons": []})
    log_warnings.take(*PASSING)


@pytest.mark.asyncio
async def test_a_journal_that_takes_no_write_is_a_reason(tmp_path: Path, log_warnings: Warnings) -> None:
    async with asked(tmp_path) as room:
        await room.services.start(CATALOGUE)
        await room.services.journal_thread.run(room.services.journal.connection.execute, "PRAGMA busy_timeout = 50")
        path = tmp_path / "profile" / "journal.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            while True:
                try:
                    other.execute("BEGIN EXCLUSIVE")
                    break
                except sqlite3.OperationalError:
                    await asyncio.sleep(0)
            found = await room.get("/ready")
            other.execute("ROLLBACK")
        assert found.status_code == 503
        assert "journal" in " ".join(found.json()["reasons"])
        assert (await room.get("/health")).status_code == 200
    log_warnings.take(*PASSING)


@pytest.mark.asyncio
async def test_a_history_that_is_not_recorded_is_a_reason(tmp_path: Path, log_warnings: Warnings) -> None:
    history = tmp_path / "profile" / "history"
    async with asked(tmp_path) as room:
        history.rmdir()
        history.write_text("in the way")
        await room.services.start(CATALOGUE)
        await asyncio.to_thread(room.services.history._recorder.has_tried.wait)
        found = await room.get("/ready")
        assert found.status_code == 503
        assert "Nothing is being recorded" in found.json()["reasons"][0]
        assert (await room.metrics())["roams_ready", ()] == 0
    log_warnings.take(*PASSING, "history")


@pytest.mark.asyncio
async def test_the_figures_are_those_of_the_services(tmp_path: Path, log_warnings: Warnings) -> None:
    async with asked(tmp_path) as room:
        await room.services.start(CATALOGUE)
        await room.services.handle(security.MakeFirstAdmin("Ana", "", PASSWORD))
        with pytest.raises(RefusedError):
            await room.services.handle(security.SignIn("Ana", "wrong"))
        command = CommandStatus(uuid4(), uuid4(), uuid4(), "x", CommandState.SENT, 1.0, "", "Ana", 1)
        assert room.services.sources is not None
        for state in (CommandState.PENDING, CommandState.SENT, CommandState.CONFIRMED, CommandState.REJECTED):
            room.services.sources.command_changed(replace(command, state=state))
        room.services.control.recording.unrecorded = 3
        room.services.audit._accompanying.unrecorded = 2
        found = await room.metrics()
        assert found["roams_control_unrecorded_total", ()] == 3
        assert found["roams_requests_unrecorded_total", ()] == 2
        assert found["roams_ready", ()] == 1
        assert found["roams_sign_in_failures_total", ()] == 1
        assert found["roams_commands_total", (("outcome", "confirmed"),)] == 1
        assert found["roams_commands_total", (("outcome", "rejected"),)] == 1
        assert found["roams_commands_total", (("outcome", "timeout"),)] == 0
        assert found["roams_audit_rows", ()] >= 2
        assert found["roams_audit_failing", ()] == 0
        assert found["roams_values_received_total", ()] == room.services.acquisition.received
        assert sum(value for (name, _), value in found.items() if name == "roams_links") == len(CATALOGUE.connections)
        assert found["process_resident_memory_bytes", ()] > 1e7
        assert found["roams_disk_free_bytes", ()] > 1e6
        assert found["roams_loop_lateness_seconds_bucket", (("le", "+Inf"),)] >= 1
    log_warnings.take(*PASSING)


@pytest.mark.asyncio
async def test_labels_are_of_sets_that_are_known(tmp_path: Path, log_warnings: Warnings) -> None:
    async with asked(tmp_path) as room:
        await room.services.start(CATALOGUE)
        found = await room.metrics()
        names = {name for _, labels in found for name, _ in labels}
        assert names == {"state", "priority", "outcome", "le", "version", "python", "system"}
        text = (await room.get("/metrics")).text
        names_of_plant = [station.name for station in CATALOGUE.stations] + [tag.name for tag in CATALOGUE.tags]
        assert not [name for name in names_of_plant if name in text]
    log_warnings.take(*PASSING)


@pytest.mark.asyncio
async def test_the_histogram_adds_up() -> None:
    lateness = Lateness()
    for late_ms in (0.5, 3, 3, 40, 5_000):
        lateness.add(late_ms)
    from hmi.services.diagnostics.metrics import _lateness

    samples = {(s.name.rpartition("_")[2], s.labels.get("le")): s.value for s in _lateness(lateness.figures()).samples}
    assert samples["bucket", "0.001"] == 1
    assert samples["bucket", "0.005"] == 3
    assert samples["bucket", "0.05"] == 4
    assert samples["bucket", "2"] == 4
    assert samples["bucket", "+Inf"] == samples["count", None] == 5
    assert samples["sum", None] == pytest.approx(5.0465)


@pytest.mark.asyncio
async def test_the_machine_alone_is_told_while_the_program_starts() -> None:
    text = render(None, Machine(1, 2, 3, 4.0, 5.0, "1.2"), is_ready=False).decode()
    assert "roams_ready 0.0" in text
    assert 'version="1.2"' in text
    assert "roams_values" not in text


def test_a_window_does_not_load_what_only_the_health_server_needs() -> None:
    code = "import sys, hmi.services.services; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60).returncode == 0
