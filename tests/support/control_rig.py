"""A gate over a fake link, with a real journal and a real audit record, and clocks that tests set."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from drivers.api import Batch, Driver, LinkState, NotConnectedError, Quality
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import FINAL_STATES, CommandState
from hmi.domain.roles import OPERATOR, User
from hmi.services.audit.trail import AuditTrail
from hmi.services.control.authority import Authority
from hmi.services.control.desk import ControlDesk
from hmi.services.control.gate import ControlGate
from hmi.services.control.lockouts import LockOuts
from hmi.services.control.rates import Rates
from hmi.services.control.recording import Recording
from hmi.services.control.world import Plant, World
from hmi.services.database_thread import DatabaseThread
from hmi.services.live_table import LiveTable
from hmi.services.port import CommandStatus, ControlStanding, LinkStatus, RefusedError, Request, Selection
from hmi.storage.journal.audit_chain import Method
from hmi.storage.journal.journal import CommandEventRow, Journal, JournalReader
from tests.support.fake_driver import FakeDriver
from tests.support.plants import CATALOGUE, CONNECTION, IN_USE, PUMP, READY, RUN, SETPOINT, STATION, TRIP
from tests.support.waiting import until

ANA = User("Ana", OPERATOR, session="a1")
BEN = User("Ben", OPERATOR, session="b1")
PASSWORD = "right and long enough"


@dataclass
class Rig:
    """Everything a test of the gate turns."""

    gate: ControlGate
    desk: ControlDesk
    live: LiveTable
    driver: FakeDriver
    journal: Journal
    trail: AuditTrail
    thread: DatabaseThread
    link: LinkState = LinkState.UP
    user: User = ANA
    others: dict[str, User] = field(default_factory=lambda: {"Ben": BEN})
    stands_at: frozenset[UUID] = frozenset()
    ahead_s: float = 0.0
    statuses: list[CommandStatus] = field(default_factory=list)
    standings: list[ControlStanding] = field(default_factory=list)
    voided: list[tuple[UUID, str]] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)

    def reading(self, tag: int, value: float, quality: Quality = Quality.GOOD) -> None:
        batch = Batch.of(tag, value, time.time_ns() // 1000, quality=quality)
        self.live.apply(batch)
        self.gate.process(batch)

    def set_link(self, state: LinkState) -> None:
        self.link = state
        self.gate.link_changed(LinkStatus(CONNECTION.id, CONNECTION.name, "", state, 0))

    def sign_in(self, user: User) -> None:
        self.user = user
        self.desk.user_changed()

    def configure(self, **changes: Any) -> None:
        """Give the pump's control other facts."""
        controls = tuple(replace(each, **changes) if each.id == PUMP.id else each for each in CATALOGUE.controls)
        self.desk.apply(replace(CATALOGUE, version=2, controls=controls))

    def apply(self, catalogue: Catalogue) -> None:
        self.desk.apply(catalogue)

    async def ask(self, request: Request[Any]) -> Any:
        return await self.desk.handlers()[type(request)](request)

    async def operate(self, selection: Selection, password: str = "", reason: str = "") -> None:
        await self.gate.operate(selection.token, password, reason)

    async def verify(self, name: str, password: str) -> User:
        known = {self.user.name: self.user, **self.others}
        if name not in known or password != PASSWORD:
            raise RefusedError("Name or password is wrong.")
        return known[name]

    @property
    def states(self) -> list[CommandState]:
        return [status.state for status in self.statuses]

    @property
    def last(self) -> CommandStatus:
        return self.statuses[-1]

    async def settled(self) -> CommandStatus:
        await until(lambda: bool(self.statuses) and self.last.state in FINAL_STATES)
        return self.last

    def commands(self, limit: int) -> list[CommandEventRow]:
        """Return the latest state of the latest commands."""
        with closing(JournalReader(self.journal.path)) as reader:
            return reader.commands(limit)

    async def audit(self, action: str = "") -> list[dict[str, Any]]:
        """Return what the audit record says of an action, oldest first."""
        await self.gate.recording.stop()
        await self.trail.write()
        rows = self.journal.connection.execute("SELECT body FROM audit ORDER BY seq").fetchall()
        found = [json.loads(row[0]) for row in rows]
        return [each for each in found if each.get("action", "").startswith(action)]


@asynccontextmanager
async def control_rig(folder: Path, *, takes_control: bool = True) -> AsyncIterator[Rig]:
    """Yield a rig whose plant is well, and whose user has control of the station."""
    journal, thread, live, driver = Journal(folder / "journal.db"), DatabaseThread(), LiveTable(), FakeDriver("x")
    trail = AuditTrail(journal, thread, folder / "audit.spool", "test")
    await trail.start()
    await trail.use(Method(b"k" * 32))
    made: list[Rig] = []

    def open_driver(_connection: UUID) -> Driver:
        if made[0].link is not LinkState.UP:
            raise NotConnectedError("The link is down.")
        return driver

    async def verify(name: str, password: str) -> User:
        return await made[0].verify(name, password)

    plant = Plant(
        live,
        lambda _: made[0].link,
        open_driver,
        lambda: made[0].user,
        verify,
        lambda user: made[0].others.get(user.name, user),
        lambda: made[0].stands_at,
        lambda: time.monotonic() + made[0].ahead_s,
    )
    world = World(plant, Authority(), LockOuts(None, thread), Rates())
    gate = ControlGate(world, Recording(trail.write, live))
    standings: list[ControlStanding] = []
    desk = ControlDesk(gate, standings.append)
    rig = Rig(gate, desk, live, driver, journal, trail, thread, standings=standings)
    made.append(rig)
    gate.on_status(rig.statuses.append)
    gate.on_void(lambda token, reason: rig.voided.append((token, reason)))
    gate.on_alone(rig.alone.append)
    await gate.start(CATALOGUE, journal, thread, trail)
    for tag, value in ((RUN, 0), (TRIP, 0), (READY, 1), (SETPOINT, 2), (IN_USE, 2)):
        rig.reading(tag, value)
    desk.user_changed()
    if takes_control:
        now = (plant.monotonic(), plant.now_us())
        world.authority.take(STATION.id, ANA, "", now, CATALOGUE)
    try:
        yield rig
    finally:
        await desk.close()
        await trail.stop()
        await thread.run(journal.close)
        thread.stop()
