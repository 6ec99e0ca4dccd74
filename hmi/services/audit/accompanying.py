"""An entry for each request that changes something: after its handler, with how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from hmi.config.catalogue import InvalidError
from hmi.config.package import PackageError
from hmi.domain.audit import AuditEntry, by
from hmi.domain.language import tr
from hmi.domain.roles import User
from hmi.services.audit.describing import ENTRIES, ESSENTIAL, WITHOUT, Names, Said, words_of
from hmi.services.audit.trail import AuditTrail
from hmi.services.port import RefusedError, Request
from hmi.storage.errors import StorageError

Handler = Callable[[Any], Awaitable[Any]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, and how ids are told in words."""

    user: Callable[[], User]
    names: Names


class Accompanying:
    """Runs handlers and writes down what they did. On the I/O thread."""

    def __init__(self, trail: AuditTrail, acting: Acting) -> None:
        self._trail = trail
        self._acting = acting
        self.unrecorded = 0
        """Requests that were carried out, and of which no entry could be written."""

    async def handle(self, request: Request[Any], handler: Handler) -> Any:
        """Return the handler's answer. Raises what it raises, and RefusedError while nothing could be written down."""
        describe = ENTRIES.get(type(request))
        if describe is None:
            self._require_record(is_essential=type(request) in WITHOUT or type(request) in ESSENTIAL)
            return await handler(request)
        user, said = self._acting.user(), describe(request, self._acting.names)  # before: it may delete what it names
        self._require_record(is_essential=said.is_essential)
        try:
            answer = await handler(request)
        except (RefusedError, StorageError, InvalidError, PackageError) as error:
            await self._write(user, said, tr("refused: {reason}").format(reason=error))
            raise
        except asyncio.CancelledError:  # whoever asked is gone; what was begun may have been done
            await self._write(user, said, tr("not waited for"))
            raise
        except Exception as error:
            await self._write(user, said, tr("failed: {error}").format(error=type(error).__name__))
            raise
        await self._write(user, said, words_of(answer))
        return answer

    def _require_record(self, *, is_essential: bool) -> None:
        if self._trail.is_lost and not is_essential:
            words = tr("Nothing can be changed while the audit record is kept nowhere. {note}")
            raise RefusedError(words.format(note=self._trail.note))

    async def _write(self, user: User, said: Said, result: str) -> None:
        try:
            await self._trail.write(self._entry(user, said, result))
        except StorageError as error:
            self.unrecorded += 1
            if self.unrecorded == 1:
                _log.error("audit entry lost", target=said.target, reason=str(error))

    def _entry(self, user: User, said: Said, result: str) -> AuditEntry:
        station = self._acting.names.catalogue().station_by_id.get(said.station_id) if said.station_id else None
        return by(
            user,
            said.action,
            target=said.target,
            target_id=said.target_id,
            station=station.name if station is not None else "",
            station_id=str(said.station_id or ""),
            new=said.new,
            reason=said.reason,
            result=result,
        )
