"""What the gate writes down: the intent before anything is sent, each state, the outcome, and each refusal."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from drivers.api import Quality
from hmi.domain.audit import AuditAction, AuditEntry, by
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import FINAL_STATES, CommandState, Control
from hmi.domain.roles import User
from hmi.services.control.world import Writes
from hmi.services.live_table import LiveTable
from hmi.services.port import CommandStatus
from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_rows import Facts
from hmi.storage.journal.journal import INSERT_COMMAND_EVENT, CommandEventRow, command_event_values

BEGUN_MOST: Final = 100
UNKNOWN_RESULT: Final = f"{CommandState.UNKNOWN}: The program ended before the outcome."
QUALITY_NAMES: Final = {quality: quality.name.lower() for quality in Quality}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered and by whom. marks: see hmi.domain.audit.AuditEntry."""

    control: Control
    value: float
    user: User
    second: str = ""
    reason: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Commands that the last run left without an outcome. outcomes: results that the record has, by command's id.

    intents: those that were in the spool, by command's id; nothing else may be known of them.
    """

    rows: Sequence[CommandEventRow]
    outcomes: Mapping[str, str]
    intents: Mapping[str, Facts]


class Recording:
    """Writes through the audit record. On the I/O thread."""

    def __init__(self, write: Writes, live: LiveTable) -> None:
        self._write = write
        self._live = live
        self.unrecorded = 0
        """States, outcomes, refusals and acts that could not be written."""
        self._begun: set[asyncio.Task[None]] = set()
        self._is_overrun = False
        """Whether one was given up since the last time that none was being written."""

    async def intent(self, order: Order, status: CommandStatus, catalogue: Catalogue, at_us: int) -> None:
        """Write down what is about to be sent. Raises StorageError: then nothing may be sent."""
        now = self._live.reading(order.control.readback)
        entry = replace(
            _entry(order, catalogue, AuditAction.COMMAND_INTENT),
            old=order.control.readback_label(now.value),
            old_quality=QUALITY_NAMES[now.quality],
            old_us=now.source_us,
            new=status.label,
            reference=str(status.id),
        )
        await self._write(entry, beside=[_event(status, at_us)])

    async def state(self, order: Order, status: CommandStatus, catalogue: Catalogue, at_us: int) -> None:
        """Write down a state; one that cannot be written is counted and logged, since the plant has moved already."""
        entries = []
        if status.state in FINAL_STATES:
            now = self._live.reading(order.control.readback)
            entry = replace(
                _entry(order, catalogue, AuditAction.COMMAND_OUTCOME),
                new=status.label,
                result=f"{status.state}{': ' if status.detail else ''}{status.detail}",
                readback=f"{order.control.readback_label(now.value)} ({QUALITY_NAMES[now.quality]})",
                latency_ms=round((at_us - status.at_us) / 1000, 1),
                reference=str(status.id),
            )
            entries.append(entry)
        try:
            await self._write(*entries, beside=[_event(status, at_us)])
        except StorageError as error:
            self.unrecorded += 1
            _log.error("command state not recorded", control=order.control.name, reason=str(error))
            with contextlib.suppress(StorageError):  # the list of commands can still have it
                await self._write(beside=[_event(status, at_us)])

    def refusal(self, order: Order, catalogue: Catalogue, step: str, sentence: str) -> None:
        """Write down a command that was refused; nobody waits for it."""
        entry = replace(
            _entry(order, catalogue, AuditAction.COMMAND_REFUSED),
            new=order.control.label(order.value),
            result=f"refused ({step}): {sentence}" if step else f"refused: {sentence}",
        )
        self.begin(entry)

    def begin(self, *entries: AuditEntry) -> None:
        """Write entries without being waited for; too many at once are a fault of ours: counted, and logged once."""
        if not entries:
            return
        if len(self._begun) >= BEGUN_MOST:
            self.unrecorded += len(entries)
            if not self._is_overrun:
                self._is_overrun = True
                words = f"{BEGUN_MOST} entries are being written"
                _log.error("audit entry lost", reason=words, first=entries[0].target)
            return
        self._is_overrun = self._is_overrun and bool(self._begun)
        task = asyncio.get_running_loop().create_task(self.write(*entries), name="audit of control")
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    async def stop(self) -> None:
        """Wait for what was begun."""
        await asyncio.gather(*self._begun)

    async def write(self, *entries: AuditEntry) -> None:
        """Write entries of what has happened already; a failure is counted and logged."""
        try:
            await self._write(*entries)
        except StorageError as error:
            self.unrecorded += 1
            _log.error("audit entry lost", reason=str(error))

    async def lost(self, left: LeftBehind, at_us: int) -> None:
        """Write down the commands whose outcome was lost with the last run. Raises StorageError.

        Of a command whose outcome is in the record, though not among the commands, only the latter is made good.
        """
        entries, beside = [], []
        for row in left.rows:
            state, detail = _said(left.outcomes.get(row.command_id, UNKNOWN_RESULT))
            beside.append(command_event_values(replace(row, at_us=at_us, state=state, detail=detail)))
            if row.command_id not in left.outcomes:
                about = (row.user, row.name, row.control_id, row.station_id, row.label)
                entries.append(_unknown(row.command_id, *about))
        known = {row.command_id for row in left.rows} | left.outcomes.keys()
        for reference, said in left.intents.items():
            if reference not in known:
                about = (said["user"], said["target"], said["target_id"], said["station_id"], said["new"])
                entries.append(_unknown(reference, *about))
        if entries or beside:
            await self._write(*entries, beside=[(INSERT_COMMAND_EVENT, beside)])


def _said(result: str) -> tuple[CommandState, str]:
    """Return state and detail of an outcome as the record has it."""
    state, _, detail = result.partition(": ")
    try:
        return CommandState(state), detail
    except ValueError:
        return CommandState.UNKNOWN, result


def _unknown(reference: str, user: str, name: str, control_id: str, station_id: str, label: str) -> AuditEntry:
    return AuditEntry(
        AuditAction.COMMAND_OUTCOME,
        user,
        target=name,
        target_id=control_id,
        station_id=station_id,
        new=label,
        result=UNKNOWN_RESULT,
        reference=reference,
    )


def _entry(order: Order, catalogue: Catalogue, action: AuditAction) -> AuditEntry:
    station = catalogue.station_by_id.get(order.control.station_id)
    return by(
        order.user,
        action,
        second_user=order.second,
        target=order.control.name,
        target_id=str(order.control.id),
        station=station.name if station is not None else "",
        station_id=str(order.control.station_id),
        reason=order.reason,
        marks=order.marks,
    )


def _event(status: CommandStatus, at_us: int) -> tuple[str, list[tuple[object, ...]]]:
    row = CommandEventRow(
        at_us,  # when this state was reached; the status keeps when it was ordered
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
    return INSERT_COMMAND_EVENT, [command_event_values(row)]
