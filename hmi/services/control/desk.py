"""Answers requests that have to do with commands, and shows what stands before them. On the I/O thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from hmi.domain.audit import AuditEntry
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import User
from hmi.domain.sequences import CommandSequence
from hmi.services import port
from hmi.services.background import CarriedThrough
from hmi.services.control.authority import OPERATING
from hmi.services.control.gate import ControlGate
from hmi.services.control.sequences import Sequences
from hmi.services.control.world import World
from hmi.services.port import AuthorityStatus, ControlStanding

RENEW_S: Final = 5.0

Handlers = Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]


class ControlDesk:
    """Joins the gate, authority, lock-out tags and sequences to the port."""

    def __init__(self, gate: ControlGate, show: Callable[[ControlStanding], None]) -> None:
        """show: takes what stands before commands whenever it has changed."""
        self._gate = gate
        self._show = show
        self._user: User | None = None
        self._tagging = CarriedThrough()
        self.sequences = Sequences(gate, self._changed)
        gate.world.authority.on_change(lambda _station: self._changed())
        gate.world.lockouts.on_change(self._changed)

    @property
    def _world(self) -> World:
        return self._gate.world

    def handlers(self) -> Handlers:
        """Return what answers each request."""
        return {
            port.SelectControl: self._select,
            port.SelectSequence: self._select_sequence,
            port.ConfirmSecond: self._confirm_second,
            port.Operate: self._operate,
            port.CancelSelection: self._cancel,
            port.HoldRamp: self._hold,
            port.ContinueSequence: self._continue,
            port.StopSequence: self._stop,
            port.TakeAuthority: self._take,
            port.RequestAuthority: self._request,
            port.TransferAuthority: self._transfer,
            port.ReleaseAuthority: self._release,
            port.HangLockout: self._hang,
            port.TakeOffLockout: self._take_off,
        }

    def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue."""
        self._gate.apply(catalogue)

    async def run(self) -> None:
        """Renew the leases of who is there, and end those of who is not."""
        while True:
            await asyncio.sleep(RENEW_S)
            await self.renew()

    async def renew(self) -> None:
        """Renew once; who has only the right to look is not there to operate."""
        now_s, user = self._world.plant.monotonic(), self._world.plant.user()
        if any(user.may(each) for each in OPERATING):
            self._world.authority.renew(user, now_s)
        await self._gate.recording.write(*self._world.authority.end(now_s, self._world.catalogue))

    def user_changed(self) -> None:
        """Take control from who signed out, and void what they selected."""
        before, self._user = self._user, self._world.plant.user()
        self._gate.user_changed()
        if before is not None and before.name != self._user.name:
            self.sequences.end_of(before.name)
            now_s = self._world.plant.monotonic()
            entries = self._world.authority.end(now_s, self._world.catalogue, leaving=(before.name,))
            self._gate.recording.begin(*entries)

    async def close(self) -> None:
        """End all: first the runs, so that none gives another command, then what they and others have given."""
        self.sequences.end()
        await self._tagging.wait()
        await self._gate.stop()
        await self.sequences.close()

    # ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _select(self, request: port.SelectControl) -> port.Selection:
        return self._gate.select(request.control_id, request.value)

    async def _select_sequence(self, request: port.SelectSequence) -> port.Selection:
        return self._gate.select_sequence(request.sequence_id)

    async def _confirm_second(self, request: port.ConfirmSecond) -> str:
        return await self._gate.confirm_second(request.token, request.name, request.password)

    async def _operate(self, request: port.Operate) -> UUID:
        selected, running = await self._gate.operate(request.token, request.password, request.reason)
        if running is not None:
            return running.status.id
        if not isinstance(selected.target, CommandSequence):
            raise TypeError("only a sequence is operated without a command of its own")
        return self.sequences.begin(selected.target, selected.user, selected.second)

    async def _cancel(self, request: port.CancelSelection) -> None:
        self._gate.cancel(request.token)

    async def _hold(self, request: port.HoldRamp) -> None:
        self._gate.hold(request.command_id)

    async def _continue(self, request: port.ContinueSequence) -> None:
        self.sequences.go_on(request.run_id, request.step)

    async def _stop(self, request: port.StopSequence) -> None:
        self.sequences.stop(request.run_id)

    # ── authority ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _take(self, request: port.TakeAuthority) -> None:
        world = self._world
        entry = world.authority.take(
            request.station_id, world.plant.user(), request.reason, self._now(), world.catalogue
        )
        await self._gate.recording.write(entry)

    async def _request(self, request: port.RequestAuthority) -> None:
        world = self._world
        await self._gate.recording.write(
            world.authority.request(request.station_id, world.plant.user(), world.catalogue)
        )

    async def _transfer(self, request: port.TransferAuthority) -> None:
        world = self._world
        entry = world.authority.transfer(
            request.station_id, world.plant.user(), request.to, self._now(), world.catalogue
        )
        await self._gate.recording.write(entry)

    async def _release(self, request: port.ReleaseAuthority) -> None:
        world = self._world
        await self._gate.recording.write(
            world.authority.release(request.station_id, world.plant.user(), world.catalogue)
        )

    # ── lock-out tags ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _hang(self, request: port.HangLockout) -> None:
        world = self._world
        work = world.lockouts.hang(request.asset_id, request.reason, world.plant.user(), world.catalogue)
        await self._tagging.do(self._recorded(work), "lock-out tag")

    async def _take_off(self, request: port.TakeOffLockout) -> None:
        world = self._world
        work = world.lockouts.take_off(request.tag_id, request.reason, world.plant.user(), world.catalogue)
        await self._tagging.do(self._recorded(work), "lock-out tag")

    async def _recorded(self, work: Awaitable[AuditEntry]) -> None:
        await self._gate.recording.write(await work)

    def _now(self) -> tuple[float, int]:
        return self._world.plant.monotonic(), self._world.plant.now_us()

    def standing(self) -> ControlStanding:
        """Return what stands before commands now."""
        held = self._world.authority.held().items()
        return ControlStanding(
            tuple(AuthorityStatus(station, each.user, each.since_us, each.wanted_by) for station, each in held),
            self._world.lockouts.all(),
            self.sequences.statuses(),
        )

    def _changed(self) -> None:
        self._show(self.standing())
