"""The composition root: joins plant, services and window for one run, and takes them apart again."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from hmi.config.instance import InstanceLock, TakenError
from hmi.config.profile import Profile, ProfileError, open_profile

if TYPE_CHECKING:
    from drivers.api import DriverType
    from hmi.domain.catalogue import Catalogue
    from hmi.services.demo_plant import DemoPlant
    from hmi.services.services import Services

EXIT_FAILED: Final = 1
EXIT_OPTIONS: Final = 2
EXIT_PROFILE: Final = 3
EXIT_RUNNING: Final = 4


def run(options: argparse.Namespace, started: float) -> int:
    """Do what the command line asks and return the exit status. started: time.perf_counter() at the process's start."""
    if options.demo_load and not _load_options(options.demo_load):
        return _say("--demo-load needs the form STATIONSxTAGS@HZ, such as 40x50@1.", EXIT_OPTIONS)
    if options.selftest:
        from hmi.selftest import selftest

        return selftest()
    try:
        profile = open_profile(options.profile, is_demo=options.demo)
    except ProfileError as error:
        return _say(str(error), EXIT_PROFILE)
    try:
        lock = InstanceLock(profile.lock, has_window=not options.headless)
    except TakenError as error:
        return _already_running(profile, error)
    try:
        if options.headless:
            return asyncio.run(_run_headless(options, profile, started))
        from hmi.window import run_window

        return run_window(options, profile, started)
    finally:
        lock.release()


def make_services(options: argparse.Namespace, profile: Profile) -> Services:
    """Return services for the profile; imports them, which takes half a second."""
    from hmi.config.crashes import watch_for_crashes
    from hmi.config.logs import start_logging
    from hmi.domain.roles import DEMO_OPERATOR, VISITOR
    from hmi.services.services import Services, Setup

    start_logging(profile.logs)
    watch_for_crashes(profile.crashes)
    return Services(Setup(profile, DEMO_OPERATOR if options.demo else VISITOR, _drivers))


def launch_demo(options: argparse.Namespace) -> DemoPlant | None:
    """Start the demo plant's process when it is asked for; returns at once."""
    if not options.demo:
        return None
    from hmi.services.demo_plant import DemoPlant

    plant = DemoPlant(_load_options(options.demo_load))
    plant.launch()
    return plant


def demo_catalogue_of(options: argparse.Namespace, plant: DemoPlant | None, services: Services) -> Catalogue | None:
    """Wait for the demo plant and return its catalogue, its passwords handed over for this session. Blocks."""
    if plant is None:
        return None
    from drivers.simulated.plant_description import describe
    from hmi.config.demo import demo_catalogue

    ready = plant.ready()
    load = re.fullmatch(_LOAD, options.demo_load or "")
    described = describe(int(load[1]), int(load[2])) if load else describe()
    catalogue = demo_catalogue(described, {endpoint.area: endpoint for endpoint in ready.endpoints})
    by_url = {endpoint.url: endpoint.password for endpoint in ready.endpoints}
    for connection in catalogue.connections:
        if connection.user:
            services.secrets.hold(str(connection.id), by_url[connection.endpoint])
    return catalogue


async def _run_headless(options: argparse.Namespace, profile: Profile, started: float) -> int:
    """Record until SIGTERM, SIGINT or --exit-after. Nothing of Qt is imported on this way."""
    from hmi.config.crashes import stop_watching
    from hmi.services.demo_plant import DemoPlantError
    from hmi.storage.errors import StorageError

    services = make_services(options, profile)
    plant = launch_demo(options)
    is_ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(is_ending.set))
        else:
            loop.add_signal_handler(number, is_ending.set)
    try:
        await services.start(await asyncio.to_thread(demo_catalogue_of, options, plant, services))
        try:
            async with asyncio.timeout(options.exit_after):
                await is_ending.wait()
        except TimeoutError:
            report = {"stations_up": services.stations_up, **run_report(services, started)}
            sys.stdout.write(json.dumps(report) + "\n")
    except (StorageError, DemoPlantError) as error:
        return _say(str(error), EXIT_PROFILE if isinstance(error, StorageError) else EXIT_FAILED)
    finally:
        await services.stop()
        if plant is not None:
            plant.stop()
        stop_watching()
    return 0


def run_report(services: Services, started: float) -> dict[str, float]:
    """Return the services' part of the line that --exit-after prints."""
    import psutil

    figures = services.figures()
    return {
        "seconds": round(time.perf_counter() - started, 2),
        "values_received": figures.received,
        "values_stored": figures.stored,
        "alarms_raised": figures.alarms_raised,
        "rss_mb": round(psutil.Process().memory_info().rss / 2**20, 1),
    }


def _drivers() -> Sequence[DriverType]:
    from drivers.registry import DRIVERS

    return DRIVERS


_LOAD: Final = r"(\d+)x(\d+)@(\d+(?:\.\d+)?)"


def _load_options(text: str | None) -> tuple[str, ...]:
    found = re.fullmatch(_LOAD, text or "")
    return ("--stations", found[1], "--tags-per-station", found[2], "--rate", found[3]) if found else ()


def _already_running(profile: Profile, error: TakenError) -> int:
    if error.has_window:
        from hmi.shell.raising import raise_running

        if raise_running(profile.folder):
            return _say(f"{error} Its window is now in front.", EXIT_RUNNING)
    return _say(f"{error} End it first, or choose another folder with --profile.", EXIT_RUNNING)


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(sentence + "\n")
    return status
