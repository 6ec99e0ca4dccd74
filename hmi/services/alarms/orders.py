"""What people do to alarms: worked out, written into the journal, and only then believed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from hmi.domain.alarms import AlarmEvent, AlarmRefusedError, Priority, Traits
from hmi.domain.roles import User
from hmi.services.alarms.journal_writer import JournalWriter
from hmi.services.alarms.standing import Changed, Event, Standing
from hmi.services.port import RefusedError
from hmi.storage.journal.alarm_events import AlarmEventRow


class Orders:
    """Carries out people's events. On the I/O thread."""

    def __init__(self, standing: Standing, writer: JournalWriter, emit: Callable[[Iterable[Changed]], None]) -> None:
        """emit: takes what has changed."""
        self._standing = standing
        self._writer = writer
        self._emit = emit
        self.comment_for: frozenset[Priority] = frozenset()
        """Priorities that are acknowledged with a comment only."""

    async def give(self, events: Sequence[Event], user: User) -> int:
        """Carry events out; return how many were, once the journal has them. Raises RefusedError for none."""
        proposed, rows, reasons = self._propose(events, user)
        if not proposed:
            raise RefusedError(reasons[0] if reasons else "No alarm was selected.")
        # Shielded: who goes away in the middle must not leave the journal and the list at odds.
        await asyncio.shield(asyncio.create_task(self._carry_out(proposed, rows), name="alarm order"))
        return len(proposed)

    async def _carry_out(self, proposed: Sequence[tuple[Event, Traits]], rows: Sequence[AlarmEventRow]) -> None:
        try:
            await self._writer.commit(rows)
        except BaseException:
            self._emit(self._standing.drop(event.alarm_id for event, _ in proposed))
            raise
        self._emit(changed for each in proposed for changed in self._standing.finish(*each))

    def _propose(
        self, events: Sequence[Event], user: User
    ) -> tuple[list[tuple[Event, Traits]], list[AlarmEventRow], list[str]]:
        proposed: list[tuple[Event, Traits]] = []
        rows: list[AlarmEventRow] = []
        reasons: list[str] = []
        for event in events:
            traits = self._traits_for(event.alarm_id, user)
            try:
                if self._lacks_comment(event):
                    raise AlarmRefusedError("This alarm needs a comment; write what was found.")  # noqa: TRY301
                rows.append(self._standing.propose(event, traits))
            except AlarmRefusedError as error:
                reasons.append(str(error))
            else:
                proposed.append((event, traits))
        return proposed, rows, reasons

    def _traits_for(self, alarm_id: UUID, user: User) -> Traits:
        """Return a record's traits, with no longer shelving than the user's role allows."""
        alarm = self._standing.find(alarm_id)
        traits = alarm.traits if alarm else Traits()
        return replace(traits, shelve_most_s=min(traits.shelve_most_s, user.role.shelve_most_s))

    def _lacks_comment(self, event: Event) -> bool:
        alarm = self._standing.find(event.alarm_id)
        if alarm is None or event.happening.event is not AlarmEvent.ACKNOWLEDGE:
            return False
        is_needed = alarm.definition.needs_comment or alarm.definition.priority in self.comment_for
        return is_needed and not event.comment.strip()
