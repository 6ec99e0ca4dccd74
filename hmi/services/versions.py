"""Versions of the configuration, as a window asks for them. On the I/O thread.

Files are read on workers, each with a connection of its own, so that no command waits for somebody who compares.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import islice
from typing import Any, Final

from pydantic import ValidationError

from hmi.config.catalogue import CatalogueStore
from hmi.config.objects import LABELS, ObjectChange, changed_objects, entity_of, said
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services import port
from hmi.services.engineering import Configuration
from hmi.services.port.versions import MOST_DIFFERENCES, MOST_VERSIONS, NOW
from hmi.storage.local.object_revisions import ObjectRow, VersionRow

NEWEST: Final = 2**62
REASON_MOST: Final = 300


class VersionDesk:
    """Answers the requests about versions."""

    def __init__(self, store: CatalogueStore, configuration: Configuration) -> None:
        self._store = store
        self._configuration = configuration

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.ReadVersions: self._read,
            port.CompareVersions: self._compare,
            port.RollBack: self._roll_back,
            port.ReadObjectHistory: self._history,
        }

    async def _read(self, request: port.ReadVersions) -> tuple[port.ConfigurationVersion, ...]:
        self._configuration.require(Permission.VIEW)
        limit = min(request.limit, MOST_VERSIONS)
        rows = await asyncio.to_thread(self._store.versions, request.before or NEWEST, request.name.strip(), limit)
        return tuple(port.ConfigurationVersion(*row) for row in rows)

    async def _compare(self, request: port.CompareVersions) -> tuple[port.ObjectDifference, ...]:
        self._configuration.require(Permission.VIEW)
        start, end = await self._at(request.start), await self._at(request.end)
        return await asyncio.to_thread(_differences, start, end)

    async def _at(self, version: int) -> Catalogue:
        if version == NOW:
            return self._configuration.catalogue()
        return await asyncio.to_thread(self._store.at, version)

    async def _roll_back(self, request: port.RollBack) -> int:
        self._configuration.require(Permission.EDIT_DATA)
        reason = request.reason.strip()[:REASON_MOST]
        if not reason:
            raise port.RefusedError(tr("Write why the earlier version is taken up again."))
        user = self._configuration.user()
        await self._configuration.change(self._store.roll_back, request.version, request.seen, user, reason)
        return self._configuration.catalogue().version

    async def _history(self, request: port.ReadObjectHistory) -> tuple[port.ObjectVersion, ...]:
        self._configuration.require(Permission.VIEW)
        found = await asyncio.to_thread(self._store.object_history, request.kind, request.key, request.limit + 1)
        return tuple(_told(found, request.limit))


def _differences(start: Catalogue, end: Catalogue) -> tuple[port.ObjectDifference, ...]:
    tags = {tag.index: tag.name for tag in (*start.tags, *end.tags)}
    changes = ((change, said(change, tags)) for change in changed_objects(start, end))
    shown = (
        port.ObjectDifference(change.kind, change.key, tr(LABELS[change.kind]), change.name, words)
        for change, words in changes
        if words  # what only its date tells apart is no difference for people
    )
    return tuple(islice(shown, MOST_DIFFERENCES))


def _told(found: list[tuple[VersionRow, ObjectRow]], limit: int) -> list[port.ObjectVersion]:
    """Return what each version made of an object, from it and the one before."""
    entities = [_entity(row) for _, row in found]
    told = []
    for position, (version, row) in enumerate(found[:limit]):
        before = entities[position + 1] if position + 1 < len(entities) else None
        change = ObjectChange(row.kind, row.object_id, row.name, before, entities[position])
        words = said(change) if before is not None or entities[position] is not None else tr("deleted")
        told.append(port.ObjectVersion(port.ConfigurationVersion(*version), row.name, words))
    return told


def _entity(row: ObjectRow) -> Any:
    if row.definition is None:
        return None
    try:
        return entity_of(row.kind, row.definition)
    except ValidationError:
        return None  # one that a damaged file has made unreadable: its neighbours are still told
