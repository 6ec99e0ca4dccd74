"""Discrepancy alarms: equipment that does not do what it was commanded."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from drivers.api import Batch
from hmi.domain.alarms import AlarmDefinition, AlarmEvent, AlarmType, Happening
from hmi.domain.alarms.implied import discrepancy_alarm_id
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import CommandState, Control
from hmi.services.alarms.detectors.detector import is_trusted
from hmi.services.alarms.standing import Event
from hmi.services.port import CommandStatus

NOT_FOLLOWED: Final = frozenset({CommandState.MISMATCH, CommandState.TIMEOUT})


class Discrepancies:
    """Commands that were not followed, until a readback shows that they are, or another command is."""

    def __init__(self) -> None:
        self._controls: dict[UUID, Control] = {}
        self._wanted: dict[UUID, float] = {}

    def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue."""
        self._controls = dict(catalogue.control_by_id)
        self._wanted = {key: value for key, value in self._wanted.items() if key in self._controls}

    def take_up(self, alarm: AlarmDefinition, wanted: float) -> None:
        """Go on after a restart with a discrepancy that stands; its value is what was commanded."""
        if alarm.type is AlarmType.DISCREPANCY and alarm.subject in self._controls:
            self._wanted[alarm.subject] = wanted

    def command_changed(self, status: CommandStatus, now_us: int) -> list[Event]:
        """Return what a command's state does to its control's alarm."""
        control = self._controls.get(status.control_id)
        if control is None:
            return []
        if status.state in NOT_FOLLOWED:
            self._wanted[control.id] = status.value
            detail = f"{control.label(status.value)} was commanded by {status.user}. {status.detail}"
            return [_event(control.id, AlarmEvent.ACTIVATE, now_us, status.value, detail)]
        if status.state is CommandState.CONFIRMED:
            self._wanted.pop(control.id, None)
            return [_event(control.id, AlarmEvent.CLEAR, now_us, status.value)]
        return []

    def process(self, batch: Batch) -> list[Event]:
        """Return the alarms that a batch clears: the readback shows what was commanded."""
        if not self._wanted:
            return []
        found: list[Event] = []
        trusted = is_trusted(batch)
        for control_id, wanted in list(self._wanted.items()):
            control = self._controls[control_id]
            for position in ((batch.tag == control.readback) & trusted).nonzero()[0].tolist():
                if control.is_confirmed_by(wanted, float(batch.value[position])):
                    self._wanted.pop(control_id, None)
                    at_us = int(batch.source_us[position])
                    found.append(_event(control_id, AlarmEvent.CLEAR, at_us, float(batch.value[position])))
                    break
        return found


def _event(control_id: UUID, kind: AlarmEvent, at_us: int, value: float, detail: str = "") -> Event:
    return Event(discrepancy_alarm_id(control_id), Happening(kind, at_us), value, detail=detail)
