"""The gate with all that it asks, joined for one run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine

from hmi.domain.roles import User
from hmi.services.acquisition import Acquisition
from hmi.services.control.authority import Authority
from hmi.services.control.gate import ControlGate
from hmi.services.control.lockouts import LockOuts
from hmi.services.control.rates import Rates
from hmi.services.control.recording import Recording
from hmi.services.control.world import Plant, World, Writes
from hmi.services.database_thread import DatabaseThread
from hmi.services.live_table import LiveTable
from hmi.services.security.sessions import Sessions


@dataclass(frozen=True, slots=True)
class ControlSurroundings:
    """What the gate asks of the rest. confirm: returns whose password it is. stands_at: where this computer stands."""

    live: LiveTable
    acquisition: Acquisition
    sessions: Sessions
    confirm: Callable[[str, str], Awaitable[User]]
    stands_at: Callable[[], frozenset[UUID]]


def make_gate(around: ControlSurroundings, engine: Engine, thread: DatabaseThread, write: Writes) -> ControlGate:
    """Return the one gate of a run. engine: where lock-out tags are kept. write: writes entries of the record."""
    plant = Plant(
        around.live,
        around.acquisition.link_state,
        around.acquisition.open_driver,
        around.sessions.user,
        around.confirm,
        around.sessions.refreshed,
        around.stands_at,
    )
    world = World(plant, Authority(), LockOuts(engine, thread), Rates())
    return ControlGate(world, Recording(write, around.live))
