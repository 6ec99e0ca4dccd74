"""What the gate knows of the plant and its people at the moment it decides."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from drivers.api import Driver, LinkState
from hmi.domain.audit import AuditEntry
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control
from hmi.domain.roles import User
from hmi.services.control.authority import Authority
from hmi.services.control.lockouts import LockOuts
from hmi.services.control.rates import Rates
from hmi.services.live_table import LiveTable


class Writes(Protocol):
    """Where entries of the audit record go, with rows that are committed beside them. Raises StorageError."""

    async def __call__(
        self, *entries: AuditEntry, beside: list[tuple[str, list[tuple[object, ...]]]] = ...
    ) -> None: ...


@dataclass(slots=True)
class Plant:
    """The plant as the gate reaches it.

    user: who acts now, as the accounts stand now. verify: returns the person that a name and a password belong to, or
    raises RefusedError. refreshed: returns a person as the accounts are now. stands_at: the stations that this computer
    stands at.
    """

    live: LiveTable
    link_state: Callable[[UUID], LinkState]
    driver: Callable[[UUID], Driver]
    user: Callable[[], User]
    verify: Callable[[str, str], Awaitable[User]]
    refreshed: Callable[[User], User] = lambda user: user
    stands_at: Callable[[], frozenset[UUID]] = frozenset
    monotonic: Callable[[], float] = time.monotonic
    now_us: Callable[[], int] = lambda: time.time_ns() // 1000


@dataclass(slots=True)
class World:
    """Everything that a step of the gate may look at."""

    plant: Plant
    authority: Authority
    lockouts: LockOuts
    rates: Rates
    is_pending: Callable[[Control], bool] = lambda _control: False
    catalogue: Catalogue = field(default_factory=Catalogue)
