"""Checking, saving, deleting and approving records, and what came of it in words. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from uuid import UUID

from hmi.domain.alarm_drafts import AlarmDraft, AlarmFault
from hmi.domain.language import tr
from hmi.panes.alarm_records.edits import Edits
from hmi.panes.alarm_records.words import records_text
from hmi.services.mirror import Mirror
from hmi.services.port import (
    ApproveAlarmRecords,
    CheckAlarmDrafts,
    DeleteAlarmRecords,
    ExportAlarmCsv,
    Port,
    RefusedError,
    Request,
    SaveAlarmRecords,
)


class Saving:
    """Asks the services; each refusal is kept in `message`."""

    def __init__(self, mirror: Mirror, port: Port, edits: Edits, changed: Callable[[], None]) -> None:
        self._mirror = mirror
        self._port = port
        self._edits = edits
        self._changed = changed
        self._saved: tuple[int, dict[UUID, AlarmDraft]] | None = None
        self.message = ""
        self.is_trouble = False
        self.is_busy = False

    async def faults(self) -> tuple[AlarmFault, ...] | None:
        """Ask what is wrong with the edits; None when they changed before the answer came."""
        drafts = tuple(self._edits.pending.values())
        found = await self._port.request(CheckAlarmDrafts(drafts)) if drafts else ()
        return found if drafts == tuple(self._edits.pending.values()) else None

    async def save(self, reason: str) -> None:
        """Save every edit in one step."""
        pending, version = dict(self._edits.pending), self._mirror.catalogue.version
        count = await self._ask(SaveAlarmRecords(tuple(pending.values()), reason))
        if count is None:
            return
        # Saved edits are shown until the configuration that has them is here; then they are none any more.
        self._saved = (version if count else version - 1, pending)
        self.drop_saved()
        self.say(tr("Saved: {what}.").format(what=records_text(count)))

    async def delete(self, alarm_ids: Collection[UUID]) -> bool:
        """Delete records, and drafts that have none."""
        known = tuple(each for each in alarm_ids if not self._edits.is_new(each))
        if known and await self._ask(DeleteAlarmRecords(known)) is None:
            return False
        self._edits.revert(alarm_ids)
        self.say(tr("Deleted: {what}.").format(what=records_text(len(alarm_ids))))
        return True

    async def approve(self, alarm_ids: Collection[UUID]) -> None:
        """Approve records at the revisions that are shown."""
        known = self._mirror.catalogue.alarm_by_id
        count = await self._ask(ApproveAlarmRecords(tuple((each, known[each].revision) for each in alarm_ids)))
        if count is not None:
            self.say(tr("Approved: {what}.").format(what=records_text(count)))

    async def export(self, path: Path, alarm_ids: tuple[UUID, ...], *, is_european: bool) -> None:
        """Write records to a file."""
        count = await self._ask(ExportAlarmCsv(path, alarm_ids, is_european=is_european))
        if count is not None:
            self.say(tr("Written to {file}: {what}.").format(what=records_text(count), file=path.name))

    def drop_saved(self) -> None:
        """Forget edits that were saved, once the configuration that has them is here; newer edits of them stay."""
        if self._saved is None or self._mirror.catalogue.version <= self._saved[0]:
            return
        for alarm_id, draft in self._saved[1].items():
            if self._edits.pending.get(alarm_id) is draft:
                self._edits.revert([alarm_id])
            else:
                self._edits.rebase(alarm_id)
        self._saved = None

    def say(self, sentence: str, *, is_trouble: bool = False) -> None:
        """Show a sentence until another one comes."""
        self.message, self.is_trouble = sentence, is_trouble
        self._changed()

    async def _ask(self, request: Request[int]) -> int | None:
        if self.is_busy:
            return None
        self.is_busy = True
        self._changed()
        try:
            return await self._port.request(request)
        except RefusedError as error:
            self.say(str(error), is_trouble=True)
            return None
        finally:
            self.is_busy = False
            self._changed()
