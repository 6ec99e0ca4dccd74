"""Alarms that servers own, as they last said; kept a connection, bounded, and handed to the window as a whole.

They are mirrored: no state is computed here, and an action goes to the server that owns the alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from drivers.api import Condition, Driver, DriverError, LinkState, MirrorsConditions
from hmi.domain.tags import Tag
from hmi.services.port import ConditionAction, ConditionRow, LinkStatus, RefusedError

STANDING_MOST: Final = 20_000


class Conditions:
    """What stands on every server. All on the I/O thread."""

    def __init__(
        self, driver_of: Callable[[UUID], Driver], changed: Callable[[tuple[ConditionRow, ...]], None]
    ) -> None:
        self._driver_of = driver_of
        self._changed = changed
        self._standing: dict[tuple[UUID, str], ConditionRow] = {}

    def rows(self) -> tuple[ConditionRow, ...]:
        """Return what stands, the most severe first, among equals the newest."""
        return tuple(sorted(self._standing.values(), key=lambda row: (-row.condition.severity, -row.condition.at_us)))

    def take(self, connection_id: UUID, conditions: Sequence[Condition]) -> None:
        """Take what a server said; what it no longer retains goes."""
        for condition in conditions:
            key = (connection_id, condition.id)
            if not condition.is_retained:
                self._standing.pop(key, None)
            elif key in self._standing or len(self._standing) < STANDING_MOST:
                self._standing[key] = ConditionRow(connection_id, condition)
        self._changed(self.rows())

    def link_changed(self, status: LinkStatus, _tags: Sequence[Tag]) -> None:
        """Forget a server that was deleted or switched off; one that is merely away keeps what it last said."""
        if status.state is not LinkState.DISABLED:
            return
        gone = [key for key in self._standing if key[0] == status.connection_id]
        for key in gone:
            del self._standing[key]
        if gone:
            self._changed(self.rows())

    async def act(
        self, connection_id: UUID, condition_id: str, action: ConditionAction, comment: str, shelve_s: float
    ) -> None:
        """Do something to an alarm where it lives; shelve_s 0 is until it is next normal. Raises RefusedError."""
        row = self._standing.get((connection_id, condition_id))
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
