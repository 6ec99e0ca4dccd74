"""Controls and command sequences as an administrator edits them. On the I/O thread; kept on the journal's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hmi.config.catalogue import CatalogueStore
from hmi.config.control_checks import ControlFault, control_faults
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services import port
from hmi.services.engineering import Configuration


class ControlRecords:
    """Answers the requests about controls: everybody may check, changing takes the right to edit stations."""

    def __init__(self, store: CatalogueStore, configuration: Configuration) -> None:
        self._store = store
        self._configuration = configuration

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.CheckControl: self._check,
            port.SaveControl: self._save,
            port.DeleteControl: self._delete,
            port.SaveSequence: self._save_sequence,
            port.DeleteSequence: self._delete_sequence,
        }

    async def _check(self, request: port.CheckControl) -> tuple[ControlFault, ...]:
        return tuple(control_faults(request.draft, self._configuration.catalogue()))

    async def _save(self, request: port.SaveControl) -> None:
        draft = request.draft
        stations = [draft.station_id] if draft.station_id is not None else []
        known = self._configuration.catalogue().control_by_id.get(draft.id)
        stations += [known.station_id] if known is not None else []
        self._configuration.require(Permission.EDIT_STATIONS, *stations)
        await self._configuration.change(self._store.save_control, draft, self._configuration.user())

    async def _delete(self, request: port.DeleteControl) -> None:
        known = self._configuration.catalogue().control_by_id.get(request.control_id)
        self._configuration.require(Permission.EDIT_STATIONS, *([known.station_id] if known is not None else []))
        if known is None:
            raise port.RefusedError(tr("This control is no longer there."))
        await self._configuration.change(self._store.delete_control, request.control_id, self._configuration.user())

    async def _save_sequence(self, request: port.SaveSequence) -> None:
        sequence = request.sequence
        known = self._configuration.catalogue().sequence_by_id.get(sequence.id)
        stations = {sequence.station_id} | ({known.station_id} if known is not None else set())
        self._configuration.require(Permission.EDIT_STATIONS, *stations)
        user = self._configuration.user()
        await self._configuration.change(self._store.save_sequence, sequence, request.seen, user)

    async def _delete_sequence(self, request: port.DeleteSequence) -> None:
        known = self._configuration.catalogue().sequence_by_id.get(request.sequence_id)
        self._configuration.require(Permission.EDIT_STATIONS, *([known.station_id] if known is not None else []))
        if known is None:
            raise port.RefusedError(tr("This sequence is no longer there."))
        await self._configuration.change(self._store.delete_sequence, request.sequence_id, self._configuration.user())
