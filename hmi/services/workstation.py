"""What is so of this one computer. On the I/O thread; kept on the configuration's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from hmi.config.kept_settings import load_kept, save_kept
from hmi.config.workstation_settings import KEY, WorkstationSettings
from hmi.domain.roles import Permission
from hmi.services import port
from hmi.services.database_thread import DatabaseThread
from hmi.services.engineering import Configuration


class Workstation:
    """Knows at which stations the computer stands."""

    def __init__(self, engine: Engine, thread: DatabaseThread, configuration: Configuration) -> None:
        self._engine = engine
        self._thread = thread
        self._configuration = configuration
        self._settings = WorkstationSettings()
        self._saving = asyncio.Lock()

    async def start(self) -> None:
        """Read what is kept. Raises StorageError."""
        self._settings = await self._thread.run(load_kept, self._engine, KEY, WorkstationSettings)

    def stands_at(self) -> frozenset[UUID]:
        """Return the stations that the computer stands at."""
        return self._settings.stands_at

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {port.ReadStandsAt: self._read, port.SetStandsAt: self._set}

    async def _read(self, _request: port.ReadStandsAt) -> frozenset[UUID]:
        self._configuration.require(Permission.VIEW)
        return self._settings.stands_at

    async def _set(self, request: port.SetStandsAt) -> None:
        self._configuration.require(Permission.EDIT_STATIONS, request.station_id)
        async with self._saving:  # of two that are ticked quickly, neither may be lost
            others = self._settings.stands_at - {request.station_id}
            settings = WorkstationSettings(
                stands_at=others | ({request.station_id} if request.stands_there else frozenset())
            )
            await self._thread.run(save_kept, self._engine, KEY, settings, None)
            self._settings = settings
