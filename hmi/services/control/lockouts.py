"""Lock-out tags as they hang now: hung and taken off durably, each by the person whose it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from sqlalchemy import Engine

from hmi.domain.audit import AuditAction, AuditEntry, by
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.lockouts import LockoutTag
from hmi.domain.roles import Permission, User
from hmi.services.database_thread import DatabaseThread
from hmi.services.port import RefusedError
from hmi.storage.local import lockout_tags

REASON_MOST = 200


class LockOuts:
    """The tags of all equipment. On the I/O thread; the file is written on its own."""

    def __init__(self, engine: Engine | None, thread: DatabaseThread) -> None:
        """engine: roams.db; None keeps the tags in memory."""
        self._engine = engine
        self._thread = thread
        self._tags: dict[UUID, LockoutTag] = {}
        self._listeners: list[Callable[[], None]] = []
        self._hanging: set[tuple[UUID, str]] = set()
        """Equipment and person of tags that are just being hung."""

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener when a tag was hung or taken off."""
        self._listeners.append(listener)

    async def start(self) -> None:
        """Take up the tags that hang. Raises StorageError."""
        if self._engine is not None:
            self._tags = {tag.id: tag for tag in await self._thread.run(lockout_tags.load, self._engine)}

    def all(self) -> tuple[LockoutTag, ...]:
        """Return the tags, the oldest first."""
        return tuple(sorted(self._tags.values(), key=lambda tag: tag.at_us))

    def of_asset(self, asset_id: UUID) -> Sequence[LockoutTag]:
        """Return the tags on a piece of equipment."""
        return [tag for tag in self._tags.values() if tag.asset_id == asset_id]

    async def hang(self, asset_id: UUID, reason: str, user: User, catalogue: Catalogue) -> AuditEntry:
        """Hang a tag and return what is to be recorded. Raises RefusedError, StorageError."""
        asset = catalogue.asset_by_id.get(asset_id)
        if asset is None:
            raise RefusedError(tr("This equipment is no longer there."))
        if not user.may(Permission.LOCK_OUT, asset.station_id):
            raise RefusedError(tr("{name} may not lock equipment out here.").format(name=user.name))
        reason = reason.strip()
        if not reason or len(reason) > REASON_MOST:
            raise RefusedError(tr("Write why it is locked out, in up to {most} characters.").format(most=REASON_MOST))
        key = asset_id, user.name
        if key in self._hanging or any(tag.user == user.name for tag in self.of_asset(asset_id)):
            raise RefusedError(tr("Your tag hangs there already."))
        tag = LockoutTag(uuid4(), asset_id, user.name, reason, time.time_ns() // 1000)
        self._hanging.add(key)
        try:
            if self._engine is not None:
                await self._thread.run(lockout_tags.put, self._engine, tag)
        finally:
            self._hanging.discard(key)
        self._tags[tag.id] = tag
        self._tell()
        return self._entry(user, tag, catalogue, "Tag hung", reason)

    async def take_off(self, tag_id: UUID, reason: str, user: User, catalogue: Catalogue) -> AuditEntry:
        """Take a tag off; another's only by who edits users, with a reason. Raises RefusedError, StorageError."""
        tag = self._tags.get(tag_id)
        if tag is None:
            raise RefusedError(tr("This tag does not hang any more."))
        asset = catalogue.asset_by_id.get(tag.asset_id)
        station_id = asset.station_id if asset is not None else None
        if tag.user != user.name:
            if not user.may(Permission.EDIT_USERS, station_id):
                words = tr("This tag is {owner}'s. Only {owner} takes it off, or an administrator with a reason.")
                raise RefusedError(words.format(owner=tag.user))
            if not reason.strip():
                raise RefusedError(tr("Write why another's tag is taken off."))
        elif not user.may(Permission.LOCK_OUT, station_id):
            raise RefusedError(tr("{name} may not do this.").format(name=user.name))
        if self._engine is not None:
            await self._thread.run(lockout_tags.delete, self._engine, tag_id)
        self._tags.pop(tag_id, None)
        self._tell()
        return self._entry(user, tag, catalogue, "Tag taken off", reason.strip())

    def _entry(self, user: User, tag: LockoutTag, catalogue: Catalogue, result: str, reason: str) -> AuditEntry:
        asset = catalogue.asset_by_id.get(tag.asset_id)
        station = catalogue.station_by_id.get(asset.station_id) if asset is not None else None
        return by(
            user,
            AuditAction.LOCK_OUT,
            target=asset.name if asset is not None else str(tag.asset_id),
            target_id=str(tag.asset_id),
            station=station.name if station is not None else "",
            station_id=str(station.id) if station is not None else "",
            old=f"{tag.user}: {tag.reason}" if result == "Tag taken off" else "",
            reason=reason,
            result=result,
            reference=str(tag.id),
        )

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
