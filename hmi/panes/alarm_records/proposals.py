"""Proposals of those who may not change records: made from their edits, and looked at as edits by those who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.alarm_records.edits import Edits
from hmi.panes.alarm_records.words import records_text
from hmi.services.mirror import Mirror
from hmi.services.port import CloseAlarmProposal, Port, ProposeAlarmRecords, ReadAlarmProposals, RefusedError

if TYPE_CHECKING:
    from hmi.config.alarm_proposals import AlarmProposal


class Proposals:
    """`say` shows a sentence, and whether it is trouble; the oldest proposal that waits is the one in sight."""

    def __init__(self, mirror: Mirror, port: Port, edits: Edits, say: Callable[[str, bool], None]) -> None:
        self._mirror = mirror
        self._port = port
        self._edits = edits
        self._say = say
        self._waiting: tuple[AlarmProposal, ...] = ()
        self._asked_for = ""
        self._taken: UUID | None = None
        self.is_busy = False

    @property
    def may_propose(self) -> bool:
        return self._mirror.user.may(Permission.PROPOSE_ALARMS)

    @property
    def may_decide(self) -> bool:
        return self._mirror.user.may(Permission.EDIT_ALARMS)

    @property
    def is_stale(self) -> bool:
        """Whether what waits was never asked for this user: one may see all, another their own only."""
        return self._mirror.user.name != self._asked_for

    @property
    def first(self) -> AlarmProposal | None:
        """The oldest that waits; none for who may not see them."""
        return self._waiting[0] if self._waiting and self.may_propose and not self.is_stale else None

    @property
    def is_taken_up(self) -> bool:
        """Whether records of the first one are among the edits because somebody put them there."""
        first = self.first
        return (
            first is not None
            and first.id == self._taken
            and any(draft.id in self._edits.pending for draft in first.drafts)
        )

    @property
    def words(self) -> str:
        """What waits or was refused, for the bar."""
        first = self.first
        if first is None:
            return ""
        what = records_text(len(first.drafts))
        words = tr("{name} proposes {what}: {reason}").format(name=first.user, what=what, reason=first.reason)
        if first.refused_by:
            words = tr("{name} refuses {what} that you proposed ({why}): {reason}").format(
                name=first.refused_by, what=what, why=first.reason, reason=first.refusal
            )
        more = len(self._waiting) - 1
        return words + (tr(" (and {more} more)").format(more=more) if more else "")

    def forget(self) -> None:
        """Ask again when the page is looked at again."""
        self._asked_for = ""

    async def load(self) -> None:
        """Ask what waits."""
        self._waiting, self._asked_for = (), self._mirror.user.name
        if not self.may_propose:
            return
        try:
            self._waiting = await self._port.request(ReadAlarmProposals())
        except RefusedError as error:
            self._say(str(error), True)

    def take_up(self) -> tuple[UUID, ...]:
        """Put the first one's records among the edits, to be looked at, changed and saved; return them."""
        first = self.first
        if first is None or not self.may_decide:
            return ()
        self._taken = first.id
        for draft in first.drafts:
            self._edits.put(draft)
        changed = tuple(draft.id for draft in first.drafts if draft.id in self._edits.pending)
        if not changed:
            self._say(tr("All of it is so already; refuse it to let it go."), False)
        return changed

    async def propose(self, reason: str) -> bool:
        """Propose every edit; whether it was."""
        if self.is_busy:
            return False
        drafts = tuple(self._edits.pending.values())
        self.is_busy = True
        try:
            count = await self._port.request(ProposeAlarmRecords(drafts, reason))
        except RefusedError as error:
            self._say(str(error), True)
            return False
        finally:
            self.is_busy = False
        self._edits.revert([draft.id for draft in drafts])
        await self.load()
        self._say(
            tr("Proposed: {what}. Whoever may change records looks at it.").format(what=records_text(count)), False
        )
        return True

    async def close(self, proposal: AlarmProposal, *, is_taken: bool, reason: str = "") -> None:
        """Let a proposal go that was taken up, is refused or withdrawn."""
        try:
            await self._port.request(CloseAlarmProposal(proposal.id, is_taken, reason))
        except RefusedError as error:
            self._say(str(error), True)
        await self.load()
