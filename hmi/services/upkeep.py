"""Upkeep joined: substituted values in the way of readings, running hours behind them, and what a window sees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from hmi.domain.audit import AuditEntry
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import User
from hmi.domain.tags import Tag
from hmi.services import port
from hmi.services.acquisition import Acquisition
from hmi.services.database_thread import DatabaseThread
from hmi.services.running_time import RunningHours
from hmi.services.substituting import Substituting
from hmi.services.supervisor import IS_UP


class UpkeepDesk:
    """On the I/O thread."""

    def __init__(
        self, engine: Engine, thread: DatabaseThread, user: Callable[[], User], show: Callable[[port.Upkeep], None]
    ) -> None:
        """show: takes all of it whenever something changed."""
        self.substituting = Substituting(engine, thread, user)
        self.running_hours = RunningHours(engine, thread, user)
        self._show = show

    def join(self, acquisition: Acquisition, record: Callable[[AuditEntry], Awaitable[None]]) -> None:
        """Put it between the sources and everyone who reads. record: raises nothing, for what it tells is done."""
        self.substituting.connect(acquisition.show, record, self._changed)
        self.running_hours.connect(record, self._changed)
        acquisition.put_in_the_way(self.substituting)
        acquisition.on_batch(self.running_hours.process)
        acquisition.on_link(self._link_changed)

    async def start(self, catalogue: Catalogue) -> None:
        """Take up what stood at the end of the last run. Raises StorageError."""
        await self.running_hours.start(catalogue)
        await self.substituting.start(catalogue)
        self._changed()

    def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue."""
        self.running_hours.apply(catalogue)
        self.substituting.apply(catalogue)
        self._changed()

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {**self.substituting.handlers(), **self.running_hours.handlers()}

    def _link_changed(self, status: port.LinkStatus, tags: Sequence[Tag]) -> None:
        if status.state not in IS_UP:
            self.running_hours.link_lost(tag.index for tag in tags)

    def _changed(self) -> None:
        hours = self.running_hours
        self._show(port.Upkeep(self.substituting.standing(), hours.times(), hours.running()))
