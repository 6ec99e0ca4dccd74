"""Running hours and starts of equipment, counted from what its readback says; a service begins the count anew.

Counted is what was seen: while a link is down nobody knows whether a pump runs, and that time is not counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import numpy as np
import structlog
from sqlalchemy import Engine

from drivers.api import Batch, Quality
from hmi.domain.audit import AuditAction, AuditEntry, by
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import ControlKind
from hmi.domain.language import tr
from hmi.domain.roles import Permission, User
from hmi.domain.substitutions import RunningTime
from hmi.services import port
from hmi.services.database_thread import DatabaseThread
from hmi.services.port.upkeep import REASON_MOST
from hmi.storage.errors import StorageError
from hmi.storage.local import substitutions

COUNT_S: Final = 10.0
KEEP_EACH: Final = 60
"""Written to the disk at every sixtieth count: a power cut costs ten minutes of running hours at most.

Each time the last good copy of the file is taken anew, which is the whole of it.
"""
HOURS_MOST: Final = 1_000_000.0

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Counted:
    time: RunningTime
    since_s: float | None = None
    """Monotonic time since which it runs and is not counted yet; None while it does not run."""
    has_stood: bool = False
    """Whether it was last seen standing: what runs when it is first seen has not just begun to."""


class RunningHours:
    """Counts for every asset that has a pump's control. On the I/O thread."""

    def __init__(
        self,
        engine: Engine,
        thread: DatabaseThread,
        user: Callable[[], User],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._thread = thread
        self._user = user
        self._monotonic = monotonic
        self._catalogue = Catalogue()
        self._counted: dict[UUID, _Counted] = {}
        self._kept_times: tuple[RunningTime, ...] = ()
        self._asset_of: dict[int, UUID] = {}
        self._tags = np.zeros(0, np.uint32)
        self._record: Callable[[AuditEntry], Awaitable[None]] | None = None
        self._changed: Callable[[], None] = lambda: None

    def connect(self, record: Callable[[AuditEntry], Awaitable[None]], changed: Callable[[], None]) -> None:
        """Give it what it works on: who records an entry, who hears that a count is another."""
        self._record, self._changed = record, changed

    async def start(self, catalogue: Catalogue) -> None:
        """Go on from what is kept. Raises StorageError."""
        found = await self._thread.run(substitutions.load_running_times, self._engine)
        self._counted = {each.asset_id: _Counted(each) for each in found}
        self.apply(catalogue)

    def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue."""
        self._catalogue = catalogue
        pumps = [each for each in catalogue.controls if each.kind is ControlKind.PUMP]
        before, self._asset_of = self._asset_of, {each.readback: each.asset_id for each in pumps}
        for index, asset_id in before.items():
            if self._asset_of.get(index) != asset_id:  # nobody looks at it any more: what it does is not known
                self._take(asset_id, is_running=False, is_known=False)
        self._tags = np.array(sorted(self._asset_of), np.uint32)
        for asset_id in self._asset_of.values():
            if asset_id not in self._counted:
                self._counted[asset_id] = _Counted(RunningTime(asset_id, since_us=time.time_ns() // 1000))

    def times(self) -> tuple[RunningTime, ...]:
        """Return the counts of what is configured now."""
        return tuple(self._counted[asset_id].time for asset_id in dict.fromkeys(self._asset_of.values()))

    def running(self) -> frozenset[UUID]:
        """Return the assets that run just now."""
        return frozenset(key for key, each in self._counted.items() if each.since_s is not None)

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {port.ResetRunningTime: self._reset, port.SetServiceInterval: self._set_interval}

    def process(self, batch: Batch) -> None:
        """See what has begun or ceased to run, or is not known any more."""
        if not len(self._tags):
            return
        for row in np.isin(batch.tag, self._tags).nonzero()[0].tolist():
            is_known = int(batch.quality[row]) == Quality.GOOD
            is_running = is_known and bool(batch.value[row] > 0)
            self._take(self._asset_of[int(batch.tag[row])], is_running=is_running, is_known=is_known)

    def link_lost(self, tags: Iterable[int]) -> None:
        """Count no further while nothing is known of what runs."""
        for index in set(self._asset_of).intersection(tags):
            self._take(self._asset_of[index], is_running=False, is_known=False)

    async def run(self) -> None:
        """Count now and then, and keep it."""
        turn = 0
        while True:
            await asyncio.sleep(COUNT_S)
            turn += 1
            self.count()
            if turn % KEEP_EACH == 0:
                await self.keep()

    def count(self) -> None:
        """Add what has run since the last count."""
        for each in self._counted.values():
            self._add(each)
        self._changed()

    async def keep(self) -> None:
        """Write the counts down; what cannot be written is tried again with the next."""
        self.count()
        times = self.times()
        if times == self._kept_times:  # nothing runs: the file stays untouched
            return
        try:
            await self._thread.run(substitutions.put_running_times, self._engine, times)
            self._kept_times = times
        except StorageError as error:
            _log.warning("running hours not kept", reason=str(error))

    def _take(self, asset_id: UUID, *, is_running: bool, is_known: bool) -> None:
        counted = self._counted[asset_id]
        if is_running and counted.since_s is None:
            counted.since_s = self._monotonic()
            counted.time = replace(counted.time, starts=counted.time.starts + counted.has_stood)
        elif not is_running and counted.since_s is not None:
            self._add(counted)
            counted.since_s = None
        counted.has_stood = is_known and not is_running

    def _add(self, counted: _Counted) -> None:
        if counted.since_s is not None:
            now_s = self._monotonic()
            counted.time = replace(counted.time, seconds=counted.time.seconds + now_s - counted.since_s)
            counted.since_s = now_s

    async def _reset(self, request: port.ResetRunningTime) -> None:
        user, counted = self._allowed(request.asset_id)
        reason = request.reason.strip()
        if not reason or len(reason) > REASON_MOST:
            raise port.RefusedError(tr("Write what was done, in up to {most} characters.").format(most=REASON_MOST))
        self._add(counted)
        old = counted.time
        counted.time = replace(old, seconds=0.0, starts=0, since_us=time.time_ns() // 1000, reset_by=user.name)
        await self._kept(user, old, counted, f"{old.seconds / 3600:.1f} h, {old.starts} starts", "0 h", reason)

    async def _set_interval(self, request: port.SetServiceInterval) -> None:
        user, counted = self._allowed(request.asset_id)
        if not 0 <= request.hours <= HOURS_MOST:
            raise port.RefusedError(tr("A number of hours, or 0 for no such rule."))
        old = counted.time
        counted.time = replace(old, service_every_s=request.hours * 3600)
        said = (f"service every {old.service_every_s / 3600:g} h", f"service every {request.hours:g} h")
        await self._kept(user, old, counted, *said, "")

    def _allowed(self, asset_id: UUID) -> tuple[User, _Counted]:
        user, asset = self._user(), self._catalogue.asset_by_id.get(asset_id)
        counted = self._counted.get(asset_id)
        if asset is None or counted is None:
            raise port.RefusedError(tr("This equipment is not counted."))
        if not user.may(Permission.OUT_OF_SERVICE, asset.station_id):
            raise port.RefusedError(tr("{name} may not do this here.").format(name=user.name))
        return user, counted

    async def _kept(self, user: User, before: RunningTime, counted: _Counted, old: str, new: str, reason: str) -> None:
        """Keep a count that a person changed; on the screen and in the record only once it is on the disk."""
        try:
            await self._thread.run(substitutions.put_running_times, self._engine, [counted.time])
        except StorageError:
            counted.time = before
            raise
        self._changed()
        asset = self._catalogue.asset_by_id[before.asset_id]
        station = self._catalogue.station_by_id.get(asset.station_id)
        entry = by(
            user,
            AuditAction.RUNNING_TIME,
            target=asset.name,
            target_id=str(asset.id),
            station=station.name if station is not None else "",
            station_id=str(asset.station_id),
            old=old,
            new=new,
            reason=reason,
            result="done",
        )
        if self._record is not None:
            await self._record(entry)
