"""Alarms that servers own, as they last said; kept a connection, bounded, and shown in the lists of our own.

They are mirrored: no state is judged here, and an action goes to the server that owns the alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID, uuid5

from drivers.api import Condition, Driver, DriverError, LinkState, MirrorsConditions
from hmi.domain.alarms import (
    UNACKNOWLEDGED_STATES,
    AlarmDefinition,
    AlarmEvent,
    AlarmState,
    AlarmType,
    Occurrence,
    Priority,
)
from hmi.domain.catalogue import Catalogue
from hmi.domain.tags import Tag
from hmi.services.alarms.news import AlarmNews
from hmi.services.port import AlarmRow, ConditionAction, ConditionRow, LinkStatus, Mark, RefusedError
from hmi.services.port.alarm_rows import order_of

STANDING_MOST: Final = 20_000
SEVERITIES: Final = ((800, Priority.CRITICAL), (600, Priority.HIGH), (400, Priority.MEDIUM))
"""From which severity (1…1000, OPC 10000-5, 6.4.2) a server's alarm has which of our priorities."""

ADVICE: Final = "This alarm belongs to its server; what you do here is done there."


class Mirrored:
    """What stands on every server. All on the I/O thread."""

    def __init__(
        self,
        driver_of: Callable[[UUID], Driver],
        conditions_changed: Callable[[tuple[ConditionRow, ...]], None],
        changed: Callable[[Mapping[UUID, AlarmRow | None]], None] = lambda _: None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._driver_of = driver_of
        self._conditions_changed = conditions_changed
        self._changed = changed
        self._say = say
        self._has_said = False
        self._catalogue = Catalogue()
        self._standing: dict[UUID, ConditionRow] = {}
        self._rows: dict[UUID, AlarmRow] = {}
        self._lost: set[UUID] = set()
        self._news_listeners: list[Callable[[Sequence[AlarmNews]], None]] = []

    def on_news(self, listener: Callable[[Sequence[AlarmNews]], None]) -> None:
        """Call the listener with what happened to servers' alarms, as with that of ours."""
        self._news_listeners.append(listener)

    def apply(self, catalogue: Catalogue) -> None:
        """Take a new catalogue."""
        self._catalogue = catalogue

    def rows(self) -> tuple[ConditionRow, ...]:
        """Return what stands, the most severe first, among equals the newest."""
        return tuple(sorted(self._standing.values(), key=lambda row: (-row.condition.severity, -row.condition.at_us)))

    def row(self, alarm_id: UUID) -> AlarmRow | None:
        """Return a server's alarm as the lists have it."""
        return self._rows.get(alarm_id)

    def owns(self, alarm_id: UUID) -> bool:
        """Whether an alarm of the lists is a server's."""
        return alarm_id in self._rows

    def take(self, connection_id: UUID, conditions: Sequence[Condition]) -> None:
        """Take what a server said; what it no longer retains goes."""
        changed: dict[UUID, AlarmRow | None] = {}
        news: list[AlarmNews] = []
        for condition in conditions:
            key = uuid5(connection_id, condition.id)
            before = self._rows.get(key)
            if before is None and not condition.is_retained:
                continue
            if before is None and len(self._standing) >= STANDING_MOST:
                self._say_full()
                continue
            row = self._row(connection_id, condition, before)
            news += news_of(before, row, condition.at_us)
            if condition.is_retained:
                self._standing[key] = ConditionRow(connection_id, condition)
                self._rows[key] = changed[key] = row
            else:
                del self._standing[key], self._rows[key]
                changed[key] = None
        self._tell(changed)
        for listener in self._news_listeners:
            listener(news)

    def link_changed(self, status: LinkStatus, _tags: Sequence[Tag]) -> None:
        """Mark what a server that is away last said; forget one that was deleted or switched off."""
        connection_id = status.connection_id
        of = [key for key, row in self._standing.items() if row.connection_id == connection_id]
        changed: dict[UUID, AlarmRow | None] = {}
        if status.state is LinkState.DISABLED:
            for key in of:
                del self._standing[key]
                self._rows.pop(key, None)
                changed[key] = None
        else:
            is_up = status.state in (LinkState.UP, LinkState.DEGRADED)
            (self._lost.discard if is_up else self._lost.add)(connection_id)
            for key in of:
                row = _marked(self._rows[key], is_lost=not is_up)
                if row != self._rows[key]:
                    self._rows[key] = changed[key] = row
        if changed:
            self._tell(changed)

    async def act_on(self, alarm_id: UUID, action: ConditionAction, comment: str, shelve_s: float = 0) -> None:
        """Do something to an alarm of the lists where it lives. Raises RefusedError."""
        row = self._standing.get(alarm_id)
        if row is None:
            raise RefusedError("This alarm no longer stands on its server.")
        await self.act(row.connection_id, row.condition.id, action, comment, shelve_s)

    async def act(
        self, connection_id: UUID, condition_id: str, action: ConditionAction, comment: str, shelve_s: float
    ) -> None:
        """Do something to a condition where it lives; shelve_s 0 is until it is next normal. Raises RefusedError."""
        row = self._standing.get(uuid5(connection_id, condition_id))
        if row is None:
            raise RefusedError("This alarm no longer stands on its server.")
        driver = self._driver_of(connection_id)
        if not isinstance(driver, MirrorsConditions):
            raise RefusedError("This server has no alarms of its own.")
        try:
            if action is ConditionAction.ACKNOWLEDGE:
                await driver.acknowledge(row.condition, comment)
            elif action is ConditionAction.CONFIRM:
                await driver.confirm(row.condition, comment)
            elif action is ConditionAction.UNSHELVE:
                await driver.unshelve(row.condition)
            else:
                await driver.shelve(row.condition, shelve_s or None)
        except DriverError as error:
            raise RefusedError(error.sentence) from error

    def _say_full(self) -> None:
        """Say once that more stand than are shown."""
        if not self._has_said:
            self._has_said = True
            self._say(f"Servers report more than {STANDING_MOST} alarms of their own; the rest is not shown.")

    def _tell(self, changed: Mapping[UUID, AlarmRow | None]) -> None:
        self._conditions_changed(self.rows())
        self._changed(changed)

    def _row(self, connection_id: UUID, condition: Condition, before: AlarmRow | None) -> AlarmRow:
        stations = self._catalogue.stations_of_connection.get(connection_id, ())
        station = self._catalogue.station_by_id.get(stations[0]) if len(stations) == 1 else None
        connection = self._catalogue.connection_by_id.get(connection_id)
        state = _state_of(condition)
        was_active = before is not None and before.is_active
        is_new = before is None or (condition.is_active and not was_active)
        since_us = condition.at_us if before is None or is_new else before.occurrence.activated_us
        cleared_us = condition.at_us if before is None or was_active else before.cleared_us
        is_acknowledged = condition.is_acknowledged and bool(condition.user)
        row = AlarmRow(
            Occurrence(uuid5(connection_id, condition.id), since_us),
            state,
            AlarmDefinition(
                uuid5(connection_id, condition.id),
                connection_id,
                AlarmType.MIRRORED,
                _priority_of(condition.severity),
                action=ADVICE,
            ),
            -1,
            station.id if station else None,
            station.name if station else (connection.name if connection else ""),
            " ".join(part for part in (condition.source, condition.message or condition.name) if part),
            is_active=condition.is_active,
            cleared_us=0 if condition.is_active else cleared_us,
            acknowledged_us=condition.at_us if is_acknowledged else 0,
            acknowledged_by=condition.user if is_acknowledged else "",
            comment=condition.comment,
            is_one_shot=condition.shelved == "one shot",
            hidden_by=condition.user if state is AlarmState.SHLVD else "",
            hidden_us=condition.at_us if state is AlarmState.SHLVD else 0,
            owner=connection_id,
            condition=condition.id,
            order=order_of(state, _priority_of(condition.severity), condition.is_active, since_us),
        )
        return _marked(row, is_lost=connection_id in self._lost)


def news_of(before: AlarmRow | None, row: AlarmRow, at_us: int) -> list[AlarmNews]:
    """Return what happened between two words of a server about one alarm, in the order of our machine's events."""
    was_there = before is not None and before.is_active
    had_state = before.state if before is not None else AlarmState.NORM
    found: list[AlarmEvent] = []
    if row.is_active and not was_there:
        found.append(AlarmEvent.ACTIVATE)
    elif was_there and not row.is_active:
        found.append(AlarmEvent.CLEAR)
    if row.state is AlarmState.SHLVD and had_state is not AlarmState.SHLVD:
        found.append(AlarmEvent.SHELVE)
    elif had_state is AlarmState.SHLVD and row.state is not AlarmState.SHLVD:
        found.append(AlarmEvent.UNSHELVE)
    if had_state in UNACKNOWLEDGED_STATES and row.state not in {*UNACKNOWLEDGED_STATES, AlarmState.SHLVD}:
        found.append(AlarmEvent.ACKNOWLEDGE)
    return [
        AlarmNews(row, event, at_us, event is AlarmEvent.ACTIVATE and row.state is AlarmState.UNACK) for event in found
    ]


def _marked(row: AlarmRow, *, is_lost: bool) -> AlarmRow:
    return replace(row, marks=row.marks | Mark.UNTRUSTED if is_lost else row.marks & ~Mark.UNTRUSTED)


def _priority_of(severity: int) -> Priority:
    return next((priority for least, priority in SEVERITIES if severity >= least), Priority.LOW)


def _state_of(condition: Condition) -> AlarmState:
    """Return the state of ours that says what the server said; an unconfirmed alarm waits like a latched one."""
    if not condition.is_enabled:
        return AlarmState.OOSRV
    if condition.shelved:
        return AlarmState.SHLVD
    if condition.is_active:
        return AlarmState.ACKED if condition.is_acknowledged else AlarmState.UNACK
    if not condition.is_acknowledged:
        return AlarmState.RTNUN
    return AlarmState.NORM if condition.is_confirmed else AlarmState.LACKED
