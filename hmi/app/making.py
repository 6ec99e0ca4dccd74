"""Making the services of a run, with what they need around them: log, crash files, the registry of drivers."""

from __future__ import annotations

import time
from collections.abc import Sequence

import psutil

from drivers.api import DriverType
from hmi.config.crashes import watch_for_crashes
from hmi.config.logs import start_logging
from hmi.config.profile import Profile
from hmi.domain.roles import DEMO_OPERATOR, LOCAL_ADMIN
from hmi.services.services import Services, Setup


def make_services(profile: Profile, *, is_demo: bool, has_window: bool = False, vault_passphrase: str = "") -> Services:
    """Return services for the profile, not yet started.

    The demo begins with its operator signed in; any other profile without users with the local administrator, who can
    add the first station and the first user, and one with users with nobody.
    """
    start_logging(profile.logs)
    watch_for_crashes(profile.crashes)
    user = DEMO_OPERATOR if is_demo else LOCAL_ADMIN
    return Services(Setup(profile, user, _drivers, has_window, is_demo, vault_passphrase))


def run_report(services: Services, started: float) -> dict[str, float]:
    """Return the services' part of the line that --exit-after prints."""
    figures = services.pipeline.figures()
    return {
        "seconds": round(time.perf_counter() - started, 2),
        "values_received": figures.received,
        "values_stored": figures.stored,
        "stations_up": services.stations_up,
        "alarms_raised": figures.alarms_raised,
        "rss_mb": round(psutil.Process().memory_info().rss / 2**20, 1),
    }


def _drivers() -> Sequence[DriverType]:
    from drivers.registry import DRIVERS  # imports asyncua: a second, and on the I/O thread

    return DRIVERS
