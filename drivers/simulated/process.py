"""The plant's process: one loop that lets the plant advance and publishes it, until somebody ends it."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC

from asyncua import ua
from asyncua.server.address_space import AddressSpace

from drivers.simulated.command_line import Options
from drivers.simulated.description import PlantDescription, ReadyLine
from drivers.simulated.model import PlantModel
from drivers.simulated.server import AreaServer, open_area

_AREA_WITH_PASSWORD = "East"  # noqa: S105 - the area's key
_STEP_S = 0.25
_STEPS_PER_PUBLISHING = 4
"""Discretes and setpoints are published at every step, measurements once a second."""


async def run(options: Options, plant: PlantDescription, model: PlantModel) -> int:
    """Serve until told to end; returns the exit code."""
    ended = asyncio.Event()
    _end_on_signals(ended)
    if options.with_parent:
        _end_with_parent(ended)

    # Some 20,000 nodes are made that live until the end: collecting while they are made doubles the start, and going
    # through them later, or at the end, finds nothing.
    gc.disable()
    servers: list[AreaServer] = []
    try:
        template = AddressSpace()
        for offset, area in enumerate(plant.areas):
            port = options.port + offset if options.port else 0
            try:
                needs_password = area.key == _AREA_WITH_PASSWORD
                servers.append(await open_area(area, template, model.command, port, needs_password=needs_password))
            except OSError:
                sys.stderr.write(f"Port {port} is in use; choose another with --port.\n")
                return 2
        gc.freeze()
        gc.enable()
        # Values come before READY: whoever connects at once must not read zeros.
        await _publish(servers, model, with_analogs=True)
        sys.stdout.write(ReadyLine(tuple(server.endpoint for server in servers)).text() + "\n")
        sys.stdout.flush()
        await _advance_until(ended, options, model, servers)
    finally:
        await asyncio.gather(*(server.close() for server in servers))
    return 0


async def _advance_until(
    ended: asyncio.Event, options: Options, model: PlantModel, servers: Sequence[AreaServer]
) -> None:
    is_load = options.stations is not None
    step_s = 1.0 / options.rate_hz if is_load else _STEP_S
    steps = 0
    due = time.monotonic() + step_s
    while not await _is_set_before(ended, due):
        model.advance(step_s * options.clock_factor)
        steps += 1
        await _publish(servers, model, with_analogs=is_load or steps % _STEPS_PER_PUBLISHING == 0)
        # A machine that was suspended must not make up for the lost steps in a rush.
        due = max(due + step_s, time.monotonic())


async def _publish(servers: Sequence[AreaServer], model: PlantModel, *, with_analogs: bool) -> None:
    values, distrusted, now = model.values(), model.distrusted(), ua.DateTime.now(UTC)
    for server in servers:
        await server.publish(values, distrusted, now, with_analogs=with_analogs)


async def _is_set_before(event: asyncio.Event, deadline: float) -> bool:
    try:
        async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
            return await event.wait()
    except TimeoutError:
        return False


def _end_on_signals(ended: asyncio.Event) -> None:
    """End on SIGINT and SIGTERM. The loop's own signal handlers do not exist on Windows; these do."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _set_threadsafe(loop, ended.set))


def _end_with_parent(ended: asyncio.Event) -> None:
    """End when standard input is closed, which happens however the parent died."""
    loop = asyncio.get_running_loop()

    def wait_for_end() -> None:
        # The bare descriptor: a lock of sys.stdin held by this thread would abort the interpreter's shutdown.
        while os.read(0, 4096):
            pass
        _set_threadsafe(loop, ended.set)

    threading.Thread(target=wait_for_end, name="parent watch", daemon=True).start()


def _set_threadsafe(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
