"""The one gate for writes: every command passes here, in this order, and nowhere else.

select:  role → link → quality → permissives and blocks → limits → nothing pending   ⇒ a token for this value, 30 s
operate: the token, then all of the above again, as the world is now
         → intent on the disk → write → the server's answer → readback in time → outcome on the disk

A command in the safe direction (stop, close) is refused by role and link only: never for quality, permissives, a
pending command or a journal that does not write; it supersedes what pends. Nothing is queued, nothing is retried.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

import structlog

from drivers.api import Batch, DriverError, LinkState, Quality, Writes
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import FINAL_STATES, CommandState, Control, ControlKind
from hmi.domain.roles import Permission, User
from hmi.services.journal import JournalThread
from hmi.services.live_table import LiveTable
from hmi.services.port import Check, CommandStatus, RefusedError, Selection
from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import CommandEventRow, Journal

SELECT_S: Final = 30.0
WRITE_TIMEOUT_S: Final = 5.0
SELECTIONS_KEPT: Final = 64

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Plant:
    """What the gate must know of the plant at the moment it decides."""

    live: LiveTable
    link_state: Callable[[UUID], LinkState]
    writer: Callable[[UUID], Writes]
    user: Callable[[], User]


@dataclass(slots=True)
class _Running:
    """A command that has been operated and has no outcome yet."""

    control: Control
    status: CommandStatus
    outcome: asyncio.Future[tuple[CommandState, str]]
    sent_us: int = 0
    task: asyncio.Task[None] | None = None


class ControlGate:
    """Takes commands to the plant. All on the I/O thread."""

    def __init__(self, plant: Plant, journal: Journal, thread: JournalThread) -> None:
        self._plant = plant
        self._journal = journal
        self._thread = thread
        self._catalogue = Catalogue()
        self._selections: dict[UUID, Selection] = {}
        self._running: dict[UUID, _Running] = {}
        self._awaited: dict[int, list[_Running]] = {}
        self._listeners: list[Callable[[CommandStatus], None]] = []

    def on_status(self, listener: Callable[[CommandStatus], None]) -> None:
        """Call the listener at every state of every command."""
        self._listeners.append(listener)

    async def start(self, catalogue: Catalogue) -> None:
        """Mark the commands whose outcome was lost with the last run."""
        self._catalogue = catalogue
        rows = await self._thread.run(self._journal.open_commands)
        now_us = time.time_ns() // 1000
        lost = [
            replace(row, at_us=now_us, state=CommandState.UNKNOWN, detail="The program ended before the outcome.")
            for row in rows
        ]
        if lost:
            await self._thread.run(self._journal.append_command_events, lost)

    def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue."""
        self._catalogue = catalogue

    async def stop(self) -> None:
        """End all waiting; what has no outcome is written down as unknown."""
        for running in list(self._running.values()):
            _settle(running, CommandState.UNKNOWN, "The program ended before the outcome.")
        await asyncio.gather(*(running.task for running in self._running.values() if running.task))

    # ── select ────────────────────────────────────────────────────────────────────────────────────────────────────

    def select(self, control_id: UUID, value: float) -> Selection:
        """Return a token for one control and one value. Raises RefusedError."""
        control = self._control(control_id)
        self._require_permission()
        self._require_link(control)
        checks = self._checks(control, value)
        if not control.is_safe(value):
            self._require_met(checks)
            self._require_limits(control, value)
            self._require_idle(control)
        now = self._plant.live.reading(control.readback)
        selection = Selection(
            token=uuid4(),
            control_id=control_id,
            value=value,
            from_label=control.readback_label(now.value) if now.quality is Quality.GOOD else "unknown",
            to_label=control.label(value),
            note=self._mode_note(control),
            checks=checks,
            expires_us=time.time_ns() // 1000 + round(SELECT_S * 1e6),
        )
        while len(self._selections) >= SELECTIONS_KEPT:
            del self._selections[next(iter(self._selections))]
        self._selections[selection.token] = selection
        return selection

    def cancel(self, token: UUID) -> None:
        """Let go of a selection."""
        self._selections.pop(token, None)

    # ── operate ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def operate(self, token: UUID) -> UUID:
        """Begin the selected command and return its id once its intent is on the disk. Raises RefusedError."""
        selection = self._selections.pop(token, None)
        if selection is None or selection.expires_us < time.time_ns() // 1000:
            raise RefusedError("The selection has run out; select again.")
        control, value = self._control(selection.control_id), selection.value
        user = self._require_permission()
        self._require_link(control)
        is_safe = control.is_safe(value)
        if not is_safe:
            self._require_met(self._checks(control, value))
            self._require_limits(control, value)
            self._require_idle(control)
        running = self._begin(control, value, user)
        try:
            await self._record(running.status)
        except StorageError as error:
            if not is_safe:
                del self._running[running.status.id]
                raise RefusedError(f"The command was not sent: {error}") from error
            _log.error("safe command passes without a record", control=control.name, reason=str(error))
        self._tell(running.status)
        running.task = asyncio.create_task(self._carry_out(running), name=f"command {control.name}")
        return running.status.id

    def process(self, batch: Batch) -> None:
        """See whether a batch brings a readback that is waited for."""
        if not self._awaited:
            return
        for tag in set(self._awaited).intersection(batch.tag.tolist()):
            for running in self._awaited[tag]:
                self._compare(running)

    def _begin(self, control: Control, value: float, user: User) -> _Running:
        for other in list(self._running.values()):
            if other.control.command == control.command:
                _settle(other, CommandState.UNKNOWN, f"Superseded by: {control.label(value)}.")
        status = CommandStatus(
            id=uuid4(),
            control_id=control.id,
            station_id=control.station_id,
            name=control.name,
            state=CommandState.PENDING,
            value=value,
            label=control.label(value),
            user=user.name,
            at_us=time.time_ns() // 1000,
        )
        running = _Running(control, status, asyncio.get_running_loop().create_future())
        self._running[status.id] = running
        return running

    async def _carry_out(self, running: _Running) -> None:
        control = running.control
        self._awaited.setdefault(control.readback, []).append(running)
        try:
            if not running.outcome.done():  # a stop may have superseded it while its intent was being written
                await self._write(running)
            if not running.outcome.done():
                await self._advance(running, CommandState.SENT, "")
                self._compare(running)
                await self._wait_for_readback(running)
            state, detail = running.outcome.result()
            await self._advance(running, state, detail)
        except Exception:  # noqa: BLE001  # failure wall: a bug here must not leave a command without an outcome
            _log.exception("command failed", control=control.name)
            await self._advance(running, CommandState.UNKNOWN, "The program failed; look at the plant and the log.")
        finally:
            del self._running[running.status.id]
            self._awaited[control.readback].remove(running)
            if not self._awaited[control.readback]:
                del self._awaited[control.readback]

    async def _write(self, running: _Running) -> None:
        tag = self._catalogue.tag_by_index[running.control.command]
        raw = (running.status.value - tag.revision.offset) / tag.revision.scale
        running.sent_us = time.time_ns() // 1000
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                await self._plant.writer(tag.connection_id).write(tag.revision.address, raw)
        except TimeoutError:
            _settle(running, CommandState.TIMEOUT, "The server did not answer; look at the plant.")
        except DriverError as error:
            _settle(running, CommandState.REJECTED, error.sentence)

    async def _wait_for_readback(self, running: _Running) -> None:
        try:
            async with asyncio.timeout(running.control.timeout_s):
                await asyncio.shield(running.outcome)
        except TimeoutError:
            control = running.control
            now = self._plant.live.reading(control.readback)
            if now.quality is Quality.GOOD and now.received_us > running.sent_us:
                detail = f"The readback shows {control.label(now.value)}."
                _settle(running, CommandState.MISMATCH, detail)
            else:
                detail = f"No readback within {control.timeout_s:g} s; look at the plant."
                _settle(running, CommandState.TIMEOUT, detail)

    def _compare(self, running: _Running) -> None:
        """Settle the command when the readback, as it is now, shows its value."""
        if running.status.state is not CommandState.SENT:
            return
        now = self._plant.live.reading(running.control.readback)
        if now.quality is Quality.GOOD and running.control.is_confirmed_by(running.status.value, now.value):
            _settle(running, CommandState.CONFIRMED, "")

    async def _advance(self, running: _Running, state: CommandState, detail: str) -> None:
        running.status = replace(running.status, state=state, detail=detail)
        try:
            await self._record(running.status)
        except StorageError as error:
            _log.error("command outcome not recorded", control=running.control.name, reason=str(error))
        self._tell(running.status)
        if state in FINAL_STATES and state is not CommandState.CONFIRMED:
            _log.warning("command", control=running.control.name, state=str(state), detail=detail)

    def _tell(self, status: CommandStatus) -> None:
        for listener in self._listeners:
            listener(status)

    async def _record(self, status: CommandStatus) -> None:
        row = CommandEventRow(
            time.time_ns() // 1000,  # when this state was reached; the status keeps when it was ordered
            str(status.id),
            str(status.control_id),
            str(status.station_id),
            status.name,
            status.state,
            status.value,
            status.label,
            status.user,
            status.detail,
        )
        await self._thread.run(self._journal.append_command_events, [row])

    # ── the steps ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _control(self, control_id: UUID) -> Control:
        control = self._catalogue.control_by_id.get(control_id)
        if control is None:
            raise RefusedError("This control is no longer there.")
        return control

    def _require_permission(self) -> User:
        user = self._plant.user()
        if not user.may(Permission.COMMAND):
            raise RefusedError(f"{user.name} may not operate. Sign in as an operator.")
        return user

    def _require_link(self, control: Control) -> None:
        connection_id = self._catalogue.tag_by_index[control.command].connection_id
        if self._plant.link_state(connection_id) not in (LinkState.UP, LinkState.DEGRADED):
            name = self._catalogue.connection_by_id[connection_id].name
            raise RefusedError(f"The link to {name} is down. Nothing was sent.")

    def _mode_note(self, control: Control) -> str:
        """Return a word about the equipment's mode: what runs by itself may be taken out of automatic by a command."""
        if control.kind not in (ControlKind.PUMP, ControlKind.VALVE):
            return ""
        for other in self._catalogue.controls_of_station.get(control.station_id, ()):
            if other.asset_id == control.asset_id and other.kind is ControlKind.MODE:
                now = self._plant.live.reading(other.readback)
                if now.quality is Quality.GOOD and now.value:
                    return "It is in Auto now; a command by hand may take it out of automatic."
        return ""

    def _checks(self, control: Control, value: float) -> tuple[Check, ...]:
        """Return quality, permissives and blocks as they stand; they bind only away from the safe side."""
        readback = self._plant.live.reading(control.readback)
        checks = [Check("Readback quality good", readback.quality is Quality.GOOD)]
        if control.safe_value is not None and not control.is_safe(value):
            checks += [self._state_check(tag, True) for tag in control.permissives]
            checks += [self._state_check(tag, False) for tag in control.interlocks]
        return tuple(checks)

    def _state_check(self, tag_index: int, wanted: bool) -> Check:
        tag = self._catalogue.tag_by_index[tag_index]
        now = self._plant.live.reading(tag_index)
        is_met = now.quality is Quality.GOOD and bool(now.value) is wanted  # unknown counts as not met
        return Check(f"{tag.name}: {tag.revision.states[int(wanted)]}", is_met)

    def _require_met(self, checks: tuple[Check, ...]) -> None:
        missing = [check.text for check in checks if not check.is_met]
        if missing:
            raise RefusedError(f"Not possible now. Missing: {'; '.join(missing)}.")

    def _require_limits(self, control: Control, value: float) -> None:
        if not control.low <= value <= control.high:  # also refuses NaN
            unit = f" {control.unit}" if control.unit else ""
            raise RefusedError(f"{value:g}{unit} is outside {control.low:g} to {control.high:g}{unit}.")

    def _require_idle(self, control: Control) -> None:
        if any(running.control.command == control.command for running in self._running.values()):
            raise RefusedError("A command is still pending here; wait for its outcome.")


def _settle(running: _Running, state: CommandState, detail: str) -> None:
    if not running.outcome.done():
        running.outcome.set_result((state, detail))
