"""The program without a window: a recorder. Nothing of Qt is imported on this way."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from typing import Final

from hmi.app import garbage
from hmi.app.demo import demo_catalogue_of, launch_demo
from hmi.app.making import make_services, run_report
from hmi.config.crashes import stop_watching
from hmi.config.profile import Profile
from hmi.services.demo_plant import DemoPlantError
from hmi.services.diagnostics.health import HealthServer
from hmi.services.diagnostics.http import LOOPBACK
from hmi.services.services import Services
from hmi.storage.errors import StorageError

EXIT_FAILED: Final = 1
EXIT_PROFILE: Final = 3


async def run_headless(options: argparse.Namespace, profile: Profile, started: float, passphrase: str = "") -> int:
    """Record until SIGTERM, SIGINT or --exit-after; return the exit status."""
    is_ending = asyncio.Event()
    _end_on_signals(asyncio.get_running_loop(), is_ending)
    plant = launch_demo(options.demo_load) if options.demo else None
    services = make_services(profile, is_demo=options.demo, vault_passphrase=passphrase)
    health = await _open_health(services, options.health_port)
    try:
        catalogue = (
            await asyncio.to_thread(demo_catalogue_of, options.demo_load, plant, services.secrets) if plant else None
        )
        await services.start(catalogue)
        garbage.leave_out_what_stays()
        if services.link_passwords.vault_fault:
            sys.stderr.write(services.link_passwords.vault_fault + "\n")
        try:
            async with asyncio.timeout(options.exit_after):
                await is_ending.wait()
        except TimeoutError:
            sys.stdout.write(json.dumps(run_report(services, started)) + "\n")
    except StorageError as error:
        return _say(str(error), EXIT_PROFILE)
    except DemoPlantError as error:
        return _say(str(error), EXIT_FAILED)
    finally:
        await services.stop()
        await health.close()
        if plant is not None:
            plant.stop()
        stop_watching()
    return 0


async def _open_health(services: Services, port: int | None) -> HealthServer:
    """Open the health server where a port is asked for; recording goes on without one."""
    server = HealthServer(lambda: services.sources)
    if port is not None:
        try:
            found = await server.open(port)
            sys.stderr.write(f"Health: http://{LOOPBACK}:{found}/health, /ready, /metrics\n")
        except OSError as error:
            _say(
                f"Port {port} of {LOOPBACK} cannot be used for /health ({error.strerror}). Choose another.", EXIT_FAILED
            )
    return server


def _end_on_signals(loop: asyncio.AbstractEventLoop, is_ending: asyncio.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(is_ending.set))
        else:
            loop.add_signal_handler(number, is_ending.set)


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(sentence + "\n")
    return status
