"""Services on an empty profile with the small plant in the catalogue, and readings of it in the history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from drivers.api import Batch
from drivers.registry import DRIVERS
from hmi.config.profile import open_profile
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import LOCAL_ADMIN, User
from hmi.services.services import Services, Setup
from tests.support.plants import CATALOGUE
from tests.support.waiting import until

BEGIN_US = 1_767_268_800_000_000
"""2026-01-01 12:00 UTC."""
SECOND_US = 1_000_000


def resting_plant() -> Catalogue:
    """Return the small plant with its link switched off, so that nothing connects."""
    return replace(
        CATALOGUE, connections=tuple(replace(each, driver="opcua", enabled=False) for each in CATALOGUE.connections)
    )


@asynccontextmanager
async def running_services(folder: Path, user: User = LOCAL_ADMIN) -> AsyncIterator[Services]:
    """Start services with the small plant and stop them."""
    services = Services(Setup(open_profile(folder), user, lambda: DRIVERS))
    await services.start(resting_plant())
    try:
        yield services
    finally:
        await services.stop()


def level_index(services: Services) -> int:
    """Return the index that the plant's level has in the history."""
    return next(tag.index for tag in services._catalogue.tags if tag.key == "Tank level")


async def record(services: Services, rows: int, step_us: int = SECOND_US) -> int:
    """Put readings of the level in the history: 0, 1, 2 … from BEGIN_US on; return the tag's index."""
    tag = level_index(services)
    before = services.history.figures().stored
    services.history.append_all(Batch.of([tag] * rows, np.arange(rows), BEGIN_US + np.arange(rows) * step_us))
    await until(lambda: services.history.figures().stored >= before + rows, 20)
    return tag
