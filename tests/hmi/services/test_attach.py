"""The door of a running instance: those with the key get answers, nobody gets code in."""

from __future__ import annotations

import asyncio
import os
import pickle
import stat
import sys
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from hmi.services import port
from hmi.services.attach import KEY_FILE, SOCKET_FILE, AttachError, Caller, Door, loads
from hmi.services.port import Request
from hmi.storage.exchange.mapping import ImportPlan
from tests.conftest import Warnings
from tests.support.archives import record, running_services

pytestmark = pytest.mark.asyncio
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a socket's file")


MARK = f"/tmp/{os.getpid()}-should-not-be"


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (os.system, (f"touch {MARK}",))


async def test_a_caller_gets_answers_and_refusals(tmp_path: Path) -> None:
    async with running_services(tmp_path) as services:
        await record(services, 5)
        caller = Caller(tmp_path)
        state = await asyncio.to_thread(caller.ask, port.ReadArchive())
        assert isinstance(state, port.ArchiveState)
        assert state.status.rows >= 5
        with pytest.raises(port.RefusedError, match="no tag"):
            await asyncio.to_thread(caller.ask, port.FindTags(("Nobody",)))
    assert not (tmp_path / KEY_FILE).exists()
    with pytest.raises(AttachError):
        Caller(tmp_path)


async def refuse(request: Request[object]) -> object:
    raise AssertionError(request)


@POSIX
async def test_the_key_is_the_owners_alone(tmp_path: Path) -> None:
    door = Door(tmp_path, refuse)
    await door.open()
    for name in (KEY_FILE, SOCKET_FILE):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    await door.close()


async def test_without_the_key_nothing_is_read(tmp_path: Path, log_warnings: Warnings) -> None:
    door = Door(tmp_path, refuse)
    await door.open()
    caller = Caller(tmp_path)
    caller._key = b"another"
    with pytest.raises(AttachError):
        await asyncio.to_thread(caller.ask, port.ReadArchive())
    await door.close()
    assert log_warnings.take("without the key")


async def test_only_classes_on_the_list_come_in(tmp_path: Path) -> None:
    plan = port.StartImport(ImportPlan(tmp_path / "in.csv"))
    assert loads(pickle.dumps(plan)) == plan
    for evil in (Evil(), print, Door):
        with pytest.raises(pickle.UnpicklingError):
            loads(pickle.dumps(evil))
    with pytest.raises(pickle.UnpicklingError):
        loads(b"rubbish")
    # By way of a module on the list to what it has imported.
    with pytest.raises(pickle.UnpicklingError):
        loads(b"\x80\x04chmi.storage.exchange.mapping\ndataclass\n.")


async def test_code_that_is_sent_is_refused_and_the_door_stays_open(tmp_path: Path) -> None:
    async with running_services(tmp_path):
        caller = Caller(tmp_path)
        with pytest.raises(port.RefusedError, match="may not come in"):
            await asyncio.to_thread(caller.ask, Evil())  # type: ignore[arg-type]  # not a request, on purpose
        assert not os.path.exists(MARK)  # noqa: ASYNC240, PTH110  # at once
        assert await asyncio.to_thread(caller.ask, port.ListImports()) == ()


@POSIX
async def test_a_caller_that_says_nothing_is_let_go(tmp_path: Path) -> None:
    async with running_services(tmp_path):
        silent = Client(str(tmp_path / SOCKET_FILE))
        assert await asyncio.to_thread(Caller(tmp_path).ask, port.ListImports()) == ()
        silent.close()


@POSIX
async def test_a_long_path_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    async with running_services(folder):
        assert not (folder / SOCKET_FILE).exists()
        assert await asyncio.to_thread(Caller(folder).ask, port.ListImports()) == ()


@POSIX
async def test_what_a_killed_run_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("{}")
    (tmp_path / SOCKET_FILE).write_text("")
    async with running_services(tmp_path):
        assert await asyncio.to_thread(Caller(tmp_path).ask, port.ListImports()) == ()
