"""A redundant set of servers (OPC 10000-4, 6.6.2): which of them to use, and a second session that waits ready.

    cold   another server is looked at only when the present one is away, or rates its own service as poor
    warm   a session to another server is kept open beside the present one, so that taking over only makes the items

A server that is well is never left for one that is merely as good: two equals must not hand a plant back and forth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from asyncua import ua

from drivers.api import Credentials, DriverError
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.health import HEALTHY_LEVEL, Health
from drivers.opcua.security import Judge
from drivers.opcua.session import Session

LOOK_S: Final = 10.0


class Redundancy:
    """Looks at the other servers while one is in use. `level` and `change` are the driver's: see `watch`."""

    def __init__(self, endpoints: Sequence[str], config: OpcUaConfig, judge: Judge) -> None:
        self._endpoints = tuple(endpoints)
        self._config = config
        self._judge = judge
        self._standby: Session | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def standby_endpoint(self) -> str:
        """Where a second session waits ready; empty when none does."""
        return self._standby.endpoint if self._standby is not None and self._standby.is_up else ""

    def watch(
        self,
        current: int,
        credentials: Credentials | None,
        level: Callable[[], int],
        change: Callable[[int], None],
    ) -> None:
        """Begin to look while the server `current` is in use; `change` is called with the number of a better one."""
        self.rest()
        if len(self._endpoints) > 1:
            work = self._watch(current, credentials, level, change)
            self._watching = asyncio.create_task(work, name=f"redundancy {self._endpoints[current]}")

    def rest(self) -> None:
        """Look no further for now; a session that waits ready is kept."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    async def take(self, endpoint: str, credentials: Credentials | None) -> Session | None:
        """Hand over the session that waits at an endpoint, if there is one for this login."""
        standby, self._standby = self._standby, None
        if standby is None:
            return None
        if standby.is_up and standby.endpoint == endpoint and standby.credentials == credentials:
            return standby
        await standby.close()
        return None

    async def close(self) -> None:
        """End the looking and the session that waits."""
        self.rest()
        standby, self._standby = self._standby, None
        if standby is not None:
            await standby.close()

    async def _watch(
        self,
        current: int,
        credentials: Credentials | None,
        level: Callable[[], int],
        change: Callable[[int], None],
    ) -> None:
        while True:
            if self._config.failover == "warm" or level() < HEALTHY_LEVEL:
                best, best_level = current, level()
                for other in range(len(self._endpoints)):
                    if other != current and (found := await self._level_of(other, credentials)) > best_level:
                        best, best_level = other, found
                if best != current and level() < HEALTHY_LEVEL:
                    change(best)
                    return
            await asyncio.sleep(LOOK_S)

    async def _level_of(self, number: int, credentials: Credentials | None) -> int:
        """Return how a server rates its service, −1 when it is away; in a warm set the first that answers is kept."""
        endpoint = self._endpoints[number]
        session = self._standby if self.standby_endpoint == endpoint else None
        health = Health()
        try:
            if session is None:
                session = Session(endpoint, self._config, credentials)
                await session.connect(self._judge)
            await health.beat(session)
        except (DriverError, TimeoutError, OSError, ua.UaError):
            health.service_level = -1
        if session is self._standby:
            return health.service_level
        if self._config.failover == "warm" and not self.standby_endpoint and health.service_level >= 0:
            old, self._standby = self._standby, session
            session = old
        if session is not None:
            await session.close()
        return health.service_level
