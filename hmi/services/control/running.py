"""Commands under way: from the durable intent over the write and its answer to the outcome.

A command is never shown as done before the readback says so, and never sent a second time by itself. Whoever gave it
may go away while its intent is being written: a stop is sent all the same, anything else is not sent any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID, uuid4

import structlog

from drivers.api import Batch, DriverError, Quality, UnansweredError
from hmi.domain.commands import FINAL_STATES, CommandState, Control
from hmi.domain.language import tr
from hmi.services.control.recording import Order, Recording
from hmi.services.control.sending import paced, ramp, send
from hmi.services.control.steps import decimals_of
from hmi.services.control.world import World
from hmi.services.port import CommandStatus, RefusedError
from hmi.storage.errors import StorageError

CLOSING: Final = tr("The program is being closed; nothing was sent.")
ENDED: Final = "The program ended before the outcome."
SEND_WITHIN_S: Final = 2.0
"""A command that took longer to be written down is not sent any more: nobody would expect it."""
SAFE_WAITS_S: Final = 0.2
"""A stop waits no longer for a slow disk; its record follows."""
OLDER_ENDS_S: Final = 0.5
SAFE_SENT_S: Final = 2.0
"""So long the end of the program waits for a stop that is on its way."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Running:
    """A command that has been operated and has no outcome yet. may_go_on: asked before each value of it."""

    order: Order
    status: CommandStatus
    outcome: asyncio.Future[tuple[CommandState, str]]
    may_go_on: Callable[[], str]
    sent_us: int = 0
    is_all_sent: bool = False
    is_through: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once nothing more of it will be sent."""
    sending: asyncio.Task[None] | None = None
    superseded: tuple[Running, ...] = ()
    task: asyncio.Task[None] | None = None

    @property
    def control(self) -> Control:
        return self.order.control

    @property
    def is_safe(self) -> bool:
        return self.control.is_safe(self.order.value)

    def settle(self, state: CommandState, detail: str = "") -> None:
        """Give it its outcome, once."""
        if not self.outcome.done():
            self.outcome.set_result((state, detail))


class RunningCommands:
    """All commands under way. On the I/O thread."""

    def __init__(self, world: World, recording: Recording, tell: Callable[[CommandStatus], None]) -> None:
        self._world = world
        self._recording = recording
        self._tell = tell
        self._running: dict[UUID, Running] = {}
        self._awaited: dict[int, list[Running]] = {}
        self._intents: set[asyncio.Task[None]] = set()
        self._beginning: set[asyncio.Task[None]] = set()
        self._is_ending = False

    def is_pending(self, control: Control) -> bool:
        """Whether a command is under way to the same tag."""
        return any(running.control.command == control.command for running in self._running.values())

    async def begin(self, order: Order, may_go_on: Callable[[], str]) -> Running:
        """Write the intent down, then let the command go; what pends there is superseded. Raises RefusedError.

        A command in the safe direction goes even when nothing can be written down.
        """
        if self._is_ending:
            raise RefusedError(CLOSING)
        control, value = order.control, order.value
        older = tuple(each for each in self._running.values() if each.control.command == control.command)
        for other in older:
            other.settle(CommandState.UNKNOWN, f"Superseded by: {control.label(value)}.")
        running = self._made(order, may_go_on)
        running.superseded = older
        self._running[running.status.id] = running
        beginning = asyncio.create_task(self._begin(running), name=f"intent {control.name}")
        self._beginning.add(beginning)
        beginning.add_done_callback(self._beginning.discard)
        try:
            await asyncio.shield(beginning)
        except asyncio.CancelledError:
            if running.task is None and not running.is_safe:
                running.settle(CommandState.REJECTED, "Not sent: whoever gave it is not there any more.")
            raise
        return running

    async def _begin(self, running: Running) -> None:
        begun_s = self._world.plant.monotonic()
        try:
            await self._write_intent(running)
        except BaseException:
            del self._running[running.status.id]
            running.is_through.set()
            raise
        if not running.is_safe and self._world.plant.monotonic() - begun_s > SEND_WITHIN_S:
            running.settle(CommandState.REJECTED, "Not sent: it took too long to write it down. Look at the disk.")
        self._tell(running.status)
        running.task = asyncio.create_task(self._carry_out(running), name=f"command {running.control.name}")

    async def _write_intent(self, running: Running) -> None:
        """Write the intent down; a stop waits for it a moment only. Raises RefusedError."""
        control, at_us = running.control, self._world.plant.now_us()
        work = self._recording.intent(running.order, running.status, self._world.catalogue, at_us)
        if not running.is_safe:
            try:
                await work
            except StorageError as error:
                raise RefusedError(tr("The command was not sent: {why}").format(why=error)) from error
            return
        writing = asyncio.create_task(self._write_safe_intent(control, work), name=f"intent {control.name}")
        self._intents.add(writing)
        writing.add_done_callback(self._intents.discard)
        await asyncio.wait({writing}, timeout=SAFE_WAITS_S)

    async def _write_safe_intent(self, control: Control, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except StorageError as error:
            _log.error("safe command passes without a record", control=control.name, reason=str(error))

    def hold(self, command_id: UUID, detail: str) -> bool:
        """End a ramp where it is; whether there was one to end."""
        running = self._running.get(command_id)
        if running is None or not running.control.ramp_per_s or running.is_all_sent:
            return False
        running.settle(CommandState.REJECTED, detail)
        return True

    def control_of(self, command_id: UUID) -> Control | None:
        """Return what a command under way is about."""
        running = self._running.get(command_id)
        return running.control if running is not None else None

    def process(self, batch: Batch) -> None:
        """See whether a batch brings a readback that is waited for."""
        if not self._awaited:
            return
        for tag in set(self._awaited).intersection(batch.tag.tolist()):
            for running in self._awaited[tag]:
                self._compare(running)

    async def stop(self) -> None:
        """Take no more, send the stops that are on their way, and write down as unknown what has no outcome."""
        self._is_ending = True
        for running in self._running.values():
            if running.is_safe:
                continue
            if running.task is None:
                running.settle(CommandState.REJECTED, "Not sent: the program was being closed.")
            running.settle(CommandState.UNKNOWN, ENDED)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SAFE_SENT_S):
                for running in list(self._running.values()):
                    await running.is_through.wait()
        for running in self._running.values():
            running.settle(CommandState.UNKNOWN, ENDED)
        await asyncio.gather(*self._beginning, return_exceptions=True)
        await asyncio.gather(*(running.task for running in self._running.values() if running.task), *self._intents)

    def _made(self, order: Order, may_go_on: Callable[[], str]) -> Running:
        status = CommandStatus(
            id=uuid4(),
            control_id=order.control.id,
            station_id=order.control.station_id,
            name=order.control.name,
            state=CommandState.PENDING,
            value=order.value,
            label=order.control.label(order.value),
            user=order.user.name,
            at_us=self._world.plant.now_us(),
            second_user=order.second,
        )
        return Running(order, status, asyncio.get_running_loop().create_future(), may_go_on)

    async def _carry_out(self, running: Running) -> None:
        control = running.control
        self._awaited.setdefault(control.readback, []).append(running)
        try:
            if not running.outcome.done():  # a stop may have superseded it while its intent was being written
                await self._send(running)
            running.is_through.set()
            if not running.outcome.done():
                self._compare(running)
                await self._wait_for_readback(running)
            state, detail = running.outcome.result()
            await self._advance(running, state, detail)
        except Exception:  # noqa: BLE001  # failure wall: a bug here must not leave a command without an outcome
            _log.exception("command failed", control=control.name)
            await self._advance(running, CommandState.UNKNOWN, "The program failed; look at the plant and the log.")
        finally:
            running.is_through.set()
            del self._running[running.status.id]
            self._awaited[control.readback].remove(running)
            if not self._awaited[control.readback]:
                del self._awaited[control.readback]

    async def _send(self, running: Running) -> None:
        """Send the value, or the values of a ramp one after another, while nothing speaks against going on."""
        plant, control = self._world.plant, running.control
        # What an older command is just sending must not arrive after this one.
        older = {each.sending for each in running.superseded if each.sending is not None}
        if older:
            await asyncio.wait(older, timeout=OLDER_ENDS_S)
        wanted, before = running.status.value, math.nan
        async for value in paced(ramp(plant, control, wanted, decimals_of(control, self._world.catalogue))):
            is_first = running.status.state is CommandState.PENDING
            # Writing the intent down took its time, and a ramp takes longer: the world is asked again.
            why = "" if running.is_safe else running.may_go_on()
            if why:
                words = "Not sent." if is_first else "The ramp was ended on the way."
                running.settle(CommandState.REJECTED, f"{words} {why}")
            if running.outcome.done():
                return
            if value == before:  # a slow ramp takes several steps to the next value that can be shown
                continue
            before = value
            await self._send_one(running, value)
            if running.outcome.done():
                return
            on_the_way = "" if value == wanted else f"On the way: {control.label(round(value, 6))}."
            if is_first or on_the_way != running.status.detail:
                await self._advance(running, CommandState.SENT, on_the_way, is_recorded=is_first)
        running.is_all_sent = True

    async def _send_one(self, running: Running, value: float) -> None:
        """Send one value; what the server says against it, or that it says nothing, is the outcome."""
        running.sent_us = self._world.plant.now_us()
        try:
            await self._send_unless_superseded(running, value)
        except TimeoutError:
            running.settle(CommandState.TIMEOUT, "The server did not answer; look at the plant.")
        except UnansweredError as error:
            running.settle(CommandState.TIMEOUT, error.sentence)
        except DriverError as error:
            running.settle(CommandState.REJECTED, error.sentence)

    async def _send_unless_superseded(self, running: Running, value: float) -> None:
        """Send one value; what is superseded before it was written is not written any more."""
        work = send(self._world.plant, self._world.catalogue, running.control, value)
        running.sending = asyncio.create_task(work, name=f"send {running.control.name}")
        either: set[asyncio.Future[Any]] = {running.sending, running.outcome}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if running.outcome.done() and not running.sending.done():
            running.sending.cancel()
            await asyncio.wait({running.sending})
        if not running.sending.cancelled():
            running.sending.result()

    async def _wait_for_readback(self, running: Running) -> None:
        control = running.control
        try:
            async with asyncio.timeout(control.timeout_s):
                await asyncio.shield(running.outcome)
        except TimeoutError:
            now = self._world.plant.live.reading(control.readback)
            is_so = now.quality is Quality.GOOD and control.is_confirmed_by(running.status.value, now.value)
            if is_so:  # a source sends changes only: what was so before, and has not changed, is so still
                running.settle(CommandState.CONFIRMED, "It was so already.")
            elif now.quality is Quality.GOOD and now.received_us > running.sent_us:
                running.settle(CommandState.MISMATCH, f"The readback shows {control.readback_label(now.value)}.")
            else:
                detail = f"No readback within {control.timeout_s:g} s; look at the plant."
                running.settle(CommandState.TIMEOUT, detail)

    def _compare(self, running: Running) -> None:
        """Settle the command when a readback that came after it was sent shows its value."""
        if not running.is_all_sent:
            return
        now = self._world.plant.live.reading(running.control.readback)
        is_newer = now.received_us >= running.sent_us
        is_so = running.control.is_confirmed_by(running.status.value, now.value)
        if now.quality is Quality.GOOD and is_newer and is_so:
            running.settle(CommandState.CONFIRMED)

    async def _advance(self, running: Running, state: CommandState, detail: str, *, is_recorded: bool = True) -> None:
        running.status = replace(running.status, state=state, detail=detail)
        if is_recorded:
            at_us = self._world.plant.now_us()
            await self._recording.state(running.order, running.status, self._world.catalogue, at_us)
        self._tell(running.status)
        if state in FINAL_STATES and state is not CommandState.CONFIRMED:
            _log.warning("command", control=running.control.name, state=str(state), detail=detail)
