"""Facts about the selected station's command sequences and how they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hmi.domain.language import tr
from hmi.domain.sequences import CommandSequence, SequenceState
from hmi.services.mirror import Mirror
from hmi.services.port import ContinueSequence, Port, SequenceStatus, StopSequence

STATES: Final = {
    SequenceState.RUNNING: tr("Running"),
    SequenceState.HOLDING: tr("Waits for you"),
    SequenceState.DONE: tr("Done"),
    SequenceState.STOPPED: tr("Stopped"),
}


@dataclass(frozen=True, slots=True)
class SequenceRow:
    """One sequence as it stands. words: of its latest run, empty when there was none.

    can_run, can_go_on: with the station's control only. can_stop: whoever may operate there.
    """

    id: UUID
    name: str
    steps: str
    words: str
    is_trouble: bool
    can_run: bool
    can_go_on: bool
    can_stop: bool
    run: SequenceStatus | None


class SequenceDesk:
    """Reads sequences and takes what a person decides at a hold point to the gate."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port

    def rows(self, station_id: UUID, *, can_command: bool, has_control: bool) -> tuple[SequenceRow, ...]:
        """Return the station's sequences, and what the user may do with each."""
        latest: dict[UUID, SequenceStatus] = {}
        for status in self._mirror.standing.sequences:
            latest.setdefault(status.sequence_id, status)
        found = self._mirror.catalogue.sequences_of_station.get(station_id, ())
        return tuple(
            self._row(each, latest.get(each.id), can_command=can_command, has_control=has_control) for each in found
        )

    async def go_on(self, run: SequenceStatus) -> None:
        """Go on from the hold point that was seen. Raises RefusedError."""
        await self._port.request(ContinueSequence(run.run_id, run.step))

    async def stop(self, run: SequenceStatus) -> None:
        """End a run. Raises RefusedError."""
        await self._port.request(StopSequence(run.run_id))

    def _row(
        self, sequence: CommandSequence, run: SequenceStatus | None, *, can_command: bool, has_control: bool
    ) -> SequenceRow:
        is_on = run is not None and run.state in (SequenceState.RUNNING, SequenceState.HOLDING)
        words = ""
        if run is not None:
            words = tr("{state}, step {step} of {steps}").format(
                state=STATES[run.state], step=run.step + 1, steps=run.steps
            )
            words = f"{words}: {run.detail}" if run.detail else words
        return SequenceRow(
            sequence.id,
            sequence.name,
            "  →  ".join(self._step(step.control_id, step.value, step.text) for step in sequence.steps),
            words,
            run is not None and run.state is SequenceState.STOPPED,
            can_command and has_control and not is_on,
            can_command and has_control and run is not None and run.state is SequenceState.HOLDING,
            can_command and is_on,
            run if is_on else None,
        )

    def _step(self, control_id: UUID | None, value: float, text: str) -> str:
        if control_id is None:
            return tr("hold: {text}").format(text=text)
        control = self._mirror.catalogue.control_by_id.get(control_id)
        return f"{control.name}: {control.label(value)}" if control is not None else tr("a control that is gone")
