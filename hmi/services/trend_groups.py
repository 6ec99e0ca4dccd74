"""Named groups of trend pens, in roams.db, shared by all users of the profile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from hmi.services import port
from hmi.services.database_thread import DatabaseThread
from hmi.storage.errors import StorageError
from hmi.storage.local import trend_groups
from hmi.storage.local.trend_groups import StoredGroup

MOST_GROUPS: Final = 500


class TrendGroups:
    """Answers requests on the I/O thread; the file is touched on the configuration thread."""

    def __init__(self, engine: Engine, thread: DatabaseThread, require: Callable[[], None]) -> None:
        """require: raises RefusedError for a person who may not change groups."""
        self._engine = engine
        self._thread = thread
        self._require = require

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.ListTrendGroups: self._list,
            port.SaveTrendGroup: self._save,
            port.DeleteTrendGroup: self._delete,
        }

    async def _list(self, _request: port.ListTrendGroups) -> tuple[port.TrendGroup, ...]:
        return await self._thread.run(self._read)

    async def _save(self, request: port.SaveTrendGroup) -> tuple[port.TrendGroup, ...]:
        self._require()
        return await self._thread.run(self._write, request.group)

    async def _delete(self, request: port.DeleteTrendGroup) -> tuple[port.TrendGroup, ...]:
        self._require()
        return await self._thread.run(self._remove, request.id)

    # ── on the configuration thread ─────────────────────────────────────────────────────────────────────────────────

    def _read(self) -> tuple[port.TrendGroup, ...]:
        with self._engine.connect() as database:
            found = trend_groups.groups(database)
        return tuple(port.TrendGroup(each.id, each.name, each.definition) for each in found)

    def _write(self, group: port.TrendGroup) -> tuple[port.TrendGroup, ...]:
        name = " ".join(group.name.split())
        known = self._read()
        if not name:
            raise port.RefusedError("Give the group a name.")
        if len(name) > port.MOST_NAME:
            raise port.RefusedError(f"The name is too long: {port.MOST_NAME} characters are the most.")
        if any(each.name.casefold() == name.casefold() and each.id != group.id for each in known):
            raise port.RefusedError(f"There is a group called {name} already. Choose another name.")
        is_there = any(each.id == group.id for each in known)
        if not is_there and len(known) >= MOST_GROUPS:
            raise port.RefusedError(f"{MOST_GROUPS} groups are the most. Delete one first.")
        try:
            with self._engine.begin() as database:
                trend_groups.put_group(database, StoredGroup(group.id, name, group.definition))
        except DatabaseError as error:
            raise StorageError(f"The group was not saved: {error.orig}. Free some space on the disk.") from error
        return self._read()

    def _remove(self, group_id: UUID) -> tuple[port.TrendGroup, ...]:
        try:
            with self._engine.begin() as database:
                trend_groups.delete_group(database, group_id)
        except DatabaseError as error:
            raise StorageError(f"The group was not deleted: {error.orig}. Free some space on the disk.") from error
        return self._read()
