"""Substituted values: put in the way of readings, so that everything behind them sees the value and its quality.

Alarms are detected on a substituted value and the history keeps it, both marked; a command is not decided by one.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
import structlog
from sqlalchemy import Engine

from drivers.api import Batch, Quality
from hmi.domain.audit import AuditAction, AuditEntry, by
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission, User
from hmi.domain.setpoints import SetpointError, setpoint_of
from hmi.domain.substitutions import Substitution
from hmi.domain.tags import Tag, TagKind
from hmi.services import port
from hmi.services.database_thread import DatabaseThread
from hmi.services.live_table import Reading
from hmi.services.port.upkeep import LONGEST_S, REASON_MOST
from hmi.storage.errors import StorageError
from hmi.storage.local import substitutions

LOOK_S: Final = 1.0
DIGITS_MOST: Final = 6

_log = structlog.get_logger(__name__)


class Substituting:
    """The substitutions that stand. On the I/O thread; the file is written on its own."""

    def __init__(self, engine: Engine, thread: DatabaseThread, user: Callable[[], User]) -> None:
        self._engine = engine
        self._thread = thread
        self._user = user
        self._catalogue = Catalogue()
        self._of_tag: dict[int, Substitution] = {}
        self._measured: dict[int, Reading] = {}
        self._emit: Callable[[Batch], None] = lambda _batch: None
        self._record: Callable[[AuditEntry], Awaitable[None]] | None = None
        self._changed: Callable[[], None] = lambda: None
        self._standing: dict[UUID, Substitution] = {}
        self._deadlines: dict[UUID, float] = {}
        self._ended: set[UUID] = set()
        """Ended, and perhaps still in the file."""
        self._unforgotten: set[UUID] = set()

    def connect(
        self,
        emit: Callable[[Batch], None],
        record: Callable[[AuditEntry], Awaitable[None]],
        changed: Callable[[], None],
    ) -> None:
        """Give it what it works on: who shows a batch, who records an entry, who hears that something changed."""
        self._emit, self._record, self._changed = emit, record, changed

    async def start(self, catalogue: Catalogue) -> None:
        """Take up what stood at the end of the last run. Raises StorageError."""
        found = await self._thread.run(substitutions.load_substitutions, self._engine)
        now_us, now_s = time.time_ns() // 1000, time.monotonic()
        self._standing = {each.tag_id: each for each in found if each.until_us > now_us}
        self._deadlines = {key: now_s + (each.until_us - now_us) / 1e6 for key, each in self._standing.items()}
        self._ended = {each.tag_id for each in found if each.until_us <= now_us}
        self.apply(catalogue)

    def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue."""
        self._catalogue = catalogue
        tags = catalogue.tag_by_id
        fresh = {tags[key].index: each for key, each in self._standing.items() if key in tags}
        begun = [index for index in fresh if index not in self._of_tag]
        self._of_tag = fresh
        for index in begun:
            self._show(index)

    def standing(self) -> tuple[Substitution, ...]:
        """Return what stands, the oldest first."""
        return tuple(sorted(self._standing.values(), key=lambda each: each.at_us))

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {port.SubstituteValue: self._substitute, port.EndSubstitution: self._end_asked}

    def substitute(self, batch: Batch) -> Batch:
        """Return a batch with the readings of substituted tags replaced; what was measured is remembered."""
        if not self._of_tag:
            return batch
        indices = np.fromiter(self._of_tag, np.uint32, len(self._of_tag))
        is_ours = np.isin(batch.tag, indices)
        if not is_ours.any():
            return batch
        value, quality = batch.value.copy(), batch.quality.copy()
        for row in is_ours.nonzero()[0].tolist():
            index = int(batch.tag[row])
            self._measured[index] = Reading(
                float(batch.value[row]),
                Quality(int(batch.quality[row])),
                int(batch.source_us[row]),
                int(batch.received_us[row]),
            )
            value[row] = self._of_tag[index].value
        quality[is_ours] = Quality.SUBSTITUTED
        return replace(batch, value=value, quality=quality)

    def measured_among(self, tags: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        """Return those of the tags that show what is measured; of the others it is remembered that they are lost."""
        if not self._of_tag:
            return tags
        for index in set(self._of_tag).intersection(tags.tolist()):
            known = self._measured.get(index)
            if known is not None:
                self._measured[index] = replace(known, quality=Quality.NOT_CONNECTED)
        return tags[~np.isin(tags, np.fromiter(self._of_tag, np.uint32, len(self._of_tag)))]

    async def run(self) -> None:
        """End what has run out."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Look once."""
        now_us, now_s = time.time_ns() // 1000, time.monotonic()
        for each in list(self._standing.values()):
            # A clock that is set back must not lengthen it.
            if each.until_us <= now_us or self._deadlines.get(each.tag_id, now_s + 1) <= now_s:
                await self._end(each, AuditEntry(AuditAction.SUBSTITUTE, each.user), "ended: its time ran out")
        for tag_id in list(self._ended):
            await self._forget(tag_id)

    async def _substitute(self, request: port.SubstituteValue) -> None:
        user, tag = self._user(), self._tag(request.tag_id)
        self._require(user, tag)
        value = _value(tag, request.value)
        reason = request.reason.strip()
        if not reason or len(reason) > REASON_MOST:
            words = tr("Write why the value is substituted, in up to {most} characters.")
            raise port.RefusedError(words.format(most=REASON_MOST))
        if not 0 < request.seconds <= LONGEST_S:
            raise port.RefusedError(tr("A value is substituted for a time, up to a week; choose how long."))
        now_us = time.time_ns() // 1000
        given = Substitution(tag.id, value, user.name, reason, now_us, now_us + round(request.seconds * 1e6))
        await self._thread.run(substitutions.put_substitution, self._engine, given)
        self._ended.discard(tag.id)
        self._measured.pop(tag.index, None)
        self._standing[tag.id] = given
        self._deadlines[tag.id] = time.monotonic() + request.seconds
        self._of_tag[tag.index] = given
        self._show(tag.index)
        entry = by(user, AuditAction.SUBSTITUTE, new=f"{tag.text(value)} {tag.unit}".strip(), reason=reason)
        await self._write(entry, tag, "begun")

    async def _end_asked(self, request: port.EndSubstitution) -> None:
        user, tag = self._user(), self._tag(request.tag_id)
        self._require(user, tag)
        given = self._standing.get(request.tag_id)
        if given is None:
            raise port.RefusedError(tr("This value is not substituted any more."))
        await self._end(given, by(user, AuditAction.SUBSTITUTE), "ended")

    async def _end(self, given: Substitution, entry: AuditEntry, result: str) -> None:
        """End it for everybody who reads, then in the file: a full disk must not let it stand."""
        if self._standing.get(given.tag_id) is not given:
            return  # another was begun in its place
        del self._standing[given.tag_id]
        self._deadlines.pop(given.tag_id, None)
        self._ended.add(given.tag_id)
        tag = self._catalogue.tag_by_id.get(given.tag_id)
        if tag is not None and self._of_tag.pop(tag.index, None) is not None:
            self._show_measured(tag.index)
            old = f"{tag.text(given.value)} {tag.unit}".strip()
            await self._write(replace(entry, old=old), tag, result)
        self._changed()
        await self._forget(given.tag_id)

    async def _forget(self, tag_id: UUID) -> None:
        """Take it out of the file; what the disk refuses is tried again."""
        try:
            await self._thread.run(substitutions.delete_substitution, self._engine, tag_id)
        except StorageError as error:
            if tag_id not in self._unforgotten:
                self._unforgotten.add(tag_id)
                _log.warning("ended substitution still in the file", reason=str(error))
            return
        self._ended.discard(tag_id)
        self._unforgotten.discard(tag_id)

    def _show(self, index: int) -> None:
        """Show the value at once: what is substituted sends perhaps nothing any more."""
        given, now_us = self._of_tag[index], time.time_ns() // 1000
        self._emit(Batch.of(index, given.value, now_us, quality=Quality.SUBSTITUTED))
        self._changed()

    def _show_measured(self, index: int) -> None:
        """Show what was last measured, as it was; stale where nothing has come since the substitution began."""
        known = self._measured.pop(index, None)
        value = known.value if known is not None else math.nan
        quality = known.quality if known is not None else Quality.STALE
        now_us = time.time_ns() // 1000
        received_us = known.received_us if known is not None else now_us  # it is as old as it is
        self._emit(Batch.of(index, value, now_us, received_us=received_us, quality=quality))

    async def _write(self, entry: AuditEntry, tag: Tag, result: str) -> None:
        self._changed()
        station = self._catalogue.station_by_id.get(tag.station_id)
        told = replace(
            entry,
            target=tag.name,
            target_id=str(tag.id),
            station=station.name if station is not None else "",
            station_id=str(tag.station_id),
            result=result,
        )
        if self._record is not None:
            await self._record(told)

    def _tag(self, tag_id: UUID) -> Tag:
        tag = self._catalogue.tag_by_id.get(tag_id)
        if tag is None:
            raise port.RefusedError(tr("This tag is no longer there."))
        if tag.kind is TagKind.TEXT:
            raise port.RefusedError(tr("A text cannot be substituted."))
        return tag

    def _require(self, user: User, tag: Tag) -> None:
        if not user.may(Permission.SUBSTITUTE, tag.station_id):
            raise port.RefusedError(tr("{name} may not substitute values here.").format(name=user.name))


def _value(tag: Tag, text: str) -> float:
    """Return what was typed: a number within the tag's range, or one of a discrete tag's states."""
    if tag.kind is TagKind.DISCRETE:
        states = [state.casefold() for state in tag.revision.states]
        if text.strip().casefold() in states:
            return float(states.index(text.strip().casefold()))
        first, second = tag.revision.states
        raise port.RefusedError(tr("Say {first} or {second}.").format(first=first, second=second))
    try:
        value = setpoint_of(text, tag.unit, DIGITS_MOST)
    except SetpointError as error:
        raise port.RefusedError(str(error)) from None
    low, high = tag.revision.low, tag.revision.high
    if tag.kind is TagKind.ANALOG and not low <= value <= high:
        words = tr("{value:g} is outside the tag's range, {low:g} to {high:g} {unit}.")
        raise port.RefusedError(words.format(value=value, low=low, high=high, unit=tag.unit))
    return value
