"""Runs of command sequences: one step after another through the gate, each confirmed before the next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

import structlog

from hmi.domain.audit import AuditAction, by
from hmi.domain.commands import CommandState, Control, SafetyLevel
from hmi.domain.language import tr
from hmi.domain.roles import User
from hmi.domain.sequences import CommandSequence, SequenceState, SequenceStep
from hmi.services.control.authority import OPERATING
from hmi.services.control.gate import ControlGate
from hmi.services.control.recording import Order
from hmi.services.control.running import CLOSING
from hmi.services.control.steps import STEPS_IN_SEQUENCE
from hmi.services.port import RefusedError, SequenceStatus

KEPT: Final = 50
ENDS_S: Final = 2.0
STANDING: Final = frozenset({SequenceState.RUNNING, SequenceState.HOLDING})

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Run:
    """level: the hardest of its commands when it was begun, which is what was proven for all of it."""

    sequence: CommandSequence
    user: User
    second: User | None
    level: SafetyLevel
    status: SequenceStatus
    go_on: asyncio.Event
    why_ended: str = ""
    task: asyncio.Task[None] | None = None

    @property
    def second_name(self) -> str:
        return self.second.name if self.second is not None else ""


class Sequences:
    """All runs, those of the last hours too. On the I/O thread."""

    def __init__(self, gate: ControlGate, changed: Callable[[], None]) -> None:
        """Call `changed` whenever a run stands otherwise."""
        self._gate = gate
        self._changed = changed
        self._runs: dict[UUID, _Run] = {}
        self._is_ending = False

    def statuses(self) -> tuple[SequenceStatus, ...]:
        """Return the runs, the latest first."""
        return tuple(run.status for run in reversed(self._runs.values()))

    def begin(self, sequence: CommandSequence, user: User, second: User | None) -> UUID:
        """Begin a run. Raises RefusedError while one of the same station runs."""
        if self._is_ending:
            raise RefusedError(CLOSING)
        if any(run.status.station_id == sequence.station_id and run.status.state in STANDING for run in self._all()):
            raise RefusedError(tr("A sequence of this station is running; wait for its end, or stop it."))
        level, at_us = self._gate.level_of(sequence), self._gate.world.plant.now_us()
        status = SequenceStatus(
            uuid4(),
            sequence.id,
            sequence.station_id,
            sequence.name,
            SequenceState.RUNNING,
            0,
            len(sequence.steps),
            user.name,
            at_us,
        )
        run = _Run(sequence, user, second, level, status, asyncio.Event())
        for old in [key for key, each in self._runs.items() if each.status.state not in STANDING][: -KEPT or None]:
            del self._runs[old]
        self._runs[status.run_id] = run
        run.task = asyncio.create_task(self._carry_out(run), name=f"sequence {sequence.name}")
        self._changed()
        return status.run_id

    def go_on(self, run_id: UUID, step: int) -> None:
        """Go on from a hold point. Raises RefusedError."""
        run = self._standing(run_id)
        if run.status.state is not SequenceState.HOLDING or run.status.step != step:
            raise RefusedError(tr("The sequence does not wait there any more; look again."))
        self._require_person(run)
        run.go_on.set()

    def stop(self, run_id: UUID) -> None:
        """End a run after the command that is under way; whoever may operate there may. Raises RefusedError."""
        run, user = self._standing(run_id), self._gate.world.plant.user()
        if not any(user.may(each, run.sequence.station_id) for each in OPERATING):
            raise RefusedError(tr("{name} may not operate here.").format(name=user.name))
        _end(run, tr("Stopped by {name}.").format(name=user.name))

    def end_of(self, user: str) -> None:
        """End the runs of somebody who signed out, after the command that is under way."""
        for run in self._all():
            if run.status.state in STANDING and run.user.name == user:
                _end(run, tr("Stopped by {name}.").format(name=user))

    def end(self) -> None:
        """Let no run give another command, since the program is being closed."""
        self._is_ending = True
        for run in self._all():
            if run.status.state in STANDING:
                _end(run, tr("The program was closed."))

    async def close(self) -> None:
        """Wait until all runs have ended; the gate must have been stopped before, so that none waits for it."""
        tasks = {run.task for run in self._all() if run.task is not None}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=ENDS_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _carry_out(self, run: _Run) -> None:
        try:
            await self._record(run, "begun")
            detail = await self._steps(run)
            state = SequenceState.STOPPED if detail else SequenceState.DONE
        except RefusedError as error:
            state, detail = SequenceState.STOPPED, str(error)
        except Exception:  # noqa: BLE001  # failure wall: a bug here must not leave a run that seems to go on
            _log.exception("sequence failed", sequence=run.sequence.name)
            state, detail = SequenceState.STOPPED, tr("The program failed; look at the plant and the log.")
        if state is SequenceState.STOPPED and not self._is_ending:
            _log.warning("sequence stopped", sequence=run.sequence.name, step=run.status.step + 1, reason=detail)
        self._show(run, state, run.status.step, detail)
        await self._record(run, f"{state}: {detail}" if detail else str(state))

    async def _steps(self, run: _Run) -> str:
        """Carry the steps out; return why it ended early, empty when it did not."""
        for position, step in enumerate(run.sequence.steps):
            if run.why_ended:
                return run.why_ended
            if step.control_id is None:
                await self._hold(run, position, step)
                if not run.why_ended:
                    await self._record(run, f"went on from: {step.text}")
                continue
            self._show(run, SequenceState.RUNNING, position, "")
            if why := await self._give(run, step.control_id, step):
                return why
        return run.why_ended

    async def _hold(self, run: _Run, position: int, step: SequenceStep) -> None:
        run.go_on.clear()
        self._show(run, SequenceState.HOLDING, position, step.text)
        await run.go_on.wait()

    async def _give(self, run: _Run, control_id: UUID, step: SequenceStep) -> str:
        """Give one command and wait for its outcome; return why the run ends there, empty when it was confirmed."""
        self._require_person(run)
        if run.why_ended:
            return run.why_ended
        control = self._gate.world.catalogue.control_by_id.get(control_id)
        if control is None:
            return tr("A control of this sequence is no longer there.")
        if not control.is_safe(step.value):  # to the safe side nobody else is needed, and a run may hold for hours
            self._require_level(run, control)
        reason = tr("Sequence {name}").format(name=run.sequence.name)
        order = Order(control, step.value, run.user, run.second_name, reason)
        running = await self._gate.give(order, STEPS_IN_SEQUENCE)
        if running.task is not None:
            await asyncio.shield(running.task)
        if running.status.state is CommandState.CONFIRMED:
            return ""
        return f"{control.name}: {running.status.state}. {running.status.detail}"

    def _require_person(self, run: _Run) -> None:
        if self._gate.world.plant.user().name != run.user.name:
            raise RefusedError(tr("{name} is not signed in any more.").format(name=run.user.name))

    def _require_level(self, run: _Run, control: Control) -> None:
        """See that what was proven at the beginning is still enough. Raises RefusedError."""
        levels = list(SafetyLevel)
        if levels.index(control.level) > levels.index(run.level):
            words = tr("The safety level of {control} was raised since; begin the sequence anew.")
            raise RefusedError(words.format(control=control.name))
        if run.second is not None:
            self._gate.require_second(self._gate.world.plant.refreshed(run.second), run.sequence.station_id)

    def _standing(self, run_id: UUID) -> _Run:
        run = self._runs.get(run_id)
        if run is None or run.status.state not in STANDING:
            raise RefusedError(tr("This sequence has ended already."))
        return run

    def _all(self) -> list[_Run]:
        return list(self._runs.values())

    def _show(self, run: _Run, state: SequenceState, step: int, detail: str) -> None:
        run.status = replace(run.status, state=state, step=step, detail=detail)
        self._changed()

    async def _record(self, run: _Run, result: str) -> None:
        station = self._gate.world.catalogue.station_by_id.get(run.sequence.station_id)
        entry = by(
            run.user,
            AuditAction.SEQUENCE,
            second_user=run.second_name,
            target=run.sequence.name,
            target_id=str(run.sequence.id),
            station=station.name if station is not None else "",
            station_id=str(run.sequence.station_id),
            result=result,
            reference=str(run.status.run_id),
        )
        await self._gate.recording.write(entry)


def _end(run: _Run, why: str) -> None:
    """Have a run end after the command that is under way; the first reason stays."""
    run.why_ended = run.why_ended or why
    run.go_on.set()
