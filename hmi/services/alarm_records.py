"""Alarm records: the requests with which they are checked, saved, approved, taken out to files and back in.

On the I/O thread; what is large or blocks is handed to others. Everybody may look, check and export; changing needs
the right to edit alarms, and approving a right of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Engine

from hmi.config import alarm_csv
from hmi.config.alarm_checks import alarm_faults
from hmi.config.alarm_proposals import RECORDS_MOST, AlarmProposal, ProposalStore
from hmi.config.alarm_templates import KEY, AlarmTemplates
from hmi.config.catalogue import CatalogueStore
from hmi.config.kept_settings import load_kept, save_kept
from hmi.domain.alarm_drafts import AlarmDraft, AlarmFault
from hmi.domain.alarm_revision import AlarmRevision
from hmi.domain.alarms import TYPE_LABELS, AlarmDefinition
from hmi.domain.alarms.subjects import subject_name, subject_station
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services import port
from hmi.services.csv_files import CHANGED, preview_of, write_text
from hmi.services.database_thread import DatabaseThread
from hmi.services.engineering import Configuration

REASON_MOST: Final = 300
NAMED: Final = 3


class AlarmRecords:
    """Answers the requests about alarm records."""

    def __init__(
        self,
        store: CatalogueStore,
        engine: Engine,
        thread: DatabaseThread,
        configuration: Configuration,
        tell: Callable[[str], None],
    ) -> None:
        """tell: shows a sentence to whoever sits at the window."""
        self._store = store
        self._engine = engine
        self._thread = thread
        self._configuration = configuration
        self._proposals = ProposalStore(engine)
        self._tell = tell
        self._user_changed = asyncio.Event()

    def handlers(self) -> Mapping[type[port.Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.CheckAlarmDrafts: self._check,
            port.SaveAlarmRecords: self._save,
            port.ProposeAlarmRecords: self._propose,
            port.ReadAlarmProposals: self._proposed,
            port.CloseAlarmProposal: self._close,
            port.DeleteAlarmRecords: self._delete,
            port.ApproveAlarmRecords: self._approve,
            port.ReadAlarmRevisions: self._revisions,
            port.ReadAlarmTemplates: self._templates,
            port.SaveAlarmTemplates: self._save_templates,
            port.ExportAlarmCsv: self._export,
            port.CompareAlarmCsv: self._compare,
            port.ApplyAlarmCsv: self._apply,
        }

    async def _check(self, request: port.CheckAlarmDrafts) -> tuple[AlarmFault, ...]:
        return await asyncio.to_thread(alarm_faults, request.drafts, self._configuration.catalogue())

    async def _save(self, request: port.SaveAlarmRecords) -> int:
        self._require(Permission.EDIT_ALARMS, request.drafts)
        words = tr("Changed alarm records: {names}").format(names=self._names(request.drafts))
        why = request.reason.strip()[:REASON_MOST]
        return await self._change(request.drafts, (), f"{words} – {why}" if why else words, why)

    # ── proposals ─────────────────────────────────────────────────────────────────────────────────────────────────

    def user_changed(self) -> None:
        """Note that somebody else may sit at the window now."""
        self._user_changed.set()

    async def watch_proposals(self) -> None:
        """Tell whoever comes to the window what waits for them; for as long as the program runs."""
        known = ""
        while True:
            await self._user_changed.wait()
            self._user_changed.clear()
            user = self._configuration.user()
            if user != known:
                known = user
                await self._tell_proposals(user)

    async def _tell_proposals(self, user: str) -> None:
        try:
            found = await self._proposed(port.ReadAlarmProposals())
        except port.RefusedError:  # who may not even propose
            return
        waiting = sum(each.user != user for each in found)
        refused = sum(each.user == user and bool(each.refused_by) for each in found)
        if waiting:
            words = tr("Proposals of alarm records that wait for somebody to decide: {count}. See Setup, Alarms.")
            self._tell(words.format(count=waiting))
        if refused:
            words = tr("Proposals of yours that were refused: {count}. Setup, Alarms says why.")
            self._tell(words.format(count=refused))

    async def _propose(self, request: port.ProposeAlarmRecords) -> int:
        self._require(Permission.PROPOSE_ALARMS, request.drafts)
        reason = request.reason.strip()[:REASON_MOST]
        if not reason:
            raise port.RefusedError(tr("Write why, for those who decide."))
        if not 0 < len(request.drafts) <= RECORDS_MOST:
            raise port.RefusedError(tr("From 1 to {most} records are proposed at once.").format(most=RECORDS_MOST))
        faults = await self._check(port.CheckAlarmDrafts(request.drafts))
        if faults:
            raise port.RefusedError(faults[0].sentence)
        user = self._configuration.user()
        proposal = AlarmProposal(uuid4(), time.time_ns() // 1000, user, reason, request.drafts)
        await self._thread.run(self._proposals.put, proposal)
        return len(request.drafts)

    async def _proposed(self, _request: port.ReadAlarmProposals) -> tuple[AlarmProposal, ...]:
        self._configuration.require_somewhere(Permission.PROPOSE_ALARMS)
        found = await asyncio.to_thread(self._proposals.all)
        user = self._configuration.user()
        return tuple(
            each for each in found if each.user == user or (not each.refused_by and self._may_decide(each.drafts))
        )

    def _may_decide(self, drafts: Sequence[AlarmDraft]) -> bool:
        try:
            self._require(Permission.EDIT_ALARMS, drafts)
        except port.RefusedError:
            return False
        return True

    async def _close(self, request: port.CloseAlarmProposal) -> int:
        found = await self._proposed(port.ReadAlarmProposals())
        proposal = next((each for each in found if each.id == request.proposal_id), None)
        if proposal is None:
            raise port.RefusedError(tr("This proposal is no longer there."))
        is_own = proposal.user == self._configuration.user()
        if request.is_taken or not is_own:
            self._require(Permission.EDIT_ALARMS, proposal.drafts)
        if request.is_taken or is_own:
            await self._thread.run(self._proposals.remove, proposal.id)
            return len(proposal.drafts)
        reason = request.reason.strip()[:REASON_MOST]
        if not reason:
            raise port.RefusedError(tr("Write why it is refused."))
        await self._thread.run(self._proposals.refuse, proposal.id, self._configuration.user(), reason)
        return len(proposal.drafts)

    async def _delete(self, request: port.DeleteAlarmRecords) -> int:
        self._configuration.require(Permission.EDIT_ALARMS)
        known = self._configuration.catalogue().alarm_by_id
        gone = tuple(each for each in request.alarm_ids if each in known)
        if not gone:
            raise port.RefusedError(tr("Built-in alarms cannot be deleted, and others are gone already."))
        self._require(Permission.EDIT_ALARMS, [known[each] for each in gone])
        words = tr("Deleted alarm records: {names}").format(names=self._names([known[each] for each in gone]))
        return await self._change((), gone, words, "")

    async def _approve(self, request: port.ApproveAlarmRecords) -> int:
        known = self._configuration.catalogue().alarm_by_id
        self._require(Permission.APPROVE_ALARMS, [known[each] for each in dict(request.seen) if each in known])
        return await self._counting(
            self._store.approve_alarms, dict(request.seen), self._configuration.user(), time.time_ns() // 1000
        )

    async def _revisions(self, request: port.ReadAlarmRevisions) -> tuple[AlarmRevision, ...]:
        return await self._thread.run(self._store.alarm_revisions, request.alarm_id)

    async def _templates(self, _request: port.ReadAlarmTemplates) -> AlarmTemplates:
        return await self._thread.run(load_kept, self._engine, KEY, AlarmTemplates)

    async def _save_templates(self, request: port.SaveAlarmTemplates) -> None:
        self._configuration.require(Permission.EDIT_ALARMS)
        await self._thread.run(save_kept, self._engine, KEY, request.templates, self._configuration.user())

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _export(self, request: port.ExportAlarmCsv) -> int:
        catalogue = self._configuration.catalogue()
        wanted = set(request.alarm_ids)
        alarms = [alarm for alarm in catalogue.every_alarm if not wanted or alarm.id in wanted]
        if not alarms:
            raise port.RefusedError(tr("There is nothing to export."))
        await asyncio.to_thread(_write, request.path, alarms, catalogue, is_european=request.is_european)
        return len(alarms)

    async def _compare(self, request: port.CompareAlarmCsv) -> port.CsvPreview[AlarmDraft]:
        catalogue = self._configuration.catalogue()
        compare = partial(alarm_csv.compare, catalogue=catalogue)
        return await asyncio.to_thread(preview_of, request.path, catalogue.version, compare, removes=request.removes)

    async def _apply(self, request: port.ApplyAlarmCsv) -> int:
        self._configuration.require(Permission.EDIT_ALARMS)
        preview = await self._compare(port.CompareAlarmCsv(request.path, request.removes))
        if preview.seal != request.seal:
            raise port.RefusedError(CHANGED)
        found = preview.differences
        drafts = tuple(change.draft for change in found.changes)
        known = self._configuration.catalogue().alarm_by_id
        self._require(Permission.EDIT_ALARMS, [*drafts, *(known[each] for each in found.removed)])
        words = tr("Imported {name}").format(name=request.path.name)
        return await self._change(drafts, found.removed, words, words)

    def _require(self, permission: Permission, alarms: Sequence[AlarmDraft | AlarmDefinition]) -> None:
        """Refuse who lacks a permission at the station of one of the alarms; before they change and after."""
        catalogue = self._configuration.catalogue()
        before = [catalogue.alarm_by_id[each.id] for each in alarms if each.id in catalogue.alarm_by_id]
        found = [subject_station(catalogue, each) for each in (*alarms, *before)]
        self._configuration.require(permission, *(each for each in found if each is not None))

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _change(self, drafts: object, deleted: object, reason: str, why: str) -> int:
        return await self._counting(self._store.change_alarms, drafts, deleted, self._configuration.user(), reason, why)

    async def _counting(self, function: Callable[..., Catalogue], *arguments: object) -> int:
        """Change the configuration and return how many records differ after it."""
        before = self._configuration.catalogue()
        await self._configuration.change(function, *arguments)
        after = self._configuration.catalogue()
        changed = [alarm for alarm in after.alarms if before.alarm_by_id.get(alarm.id) != alarm]
        return len(changed) + sum(alarm.id not in after.alarm_by_id for alarm in before.alarms)

    def _names(self, alarms: Sequence[AlarmDraft | AlarmDefinition]) -> str:
        catalogue = self._configuration.catalogue()
        said = ", ".join(f"{subject_name(catalogue, each)} {TYPE_LABELS[each.type]}" for each in alarms[:NAMED])
        more = tr(" and {count} more").format(count=len(alarms) - NAMED) if len(alarms) > NAMED else ""
        return said + more


def _write(path: Path, alarms: list[AlarmDefinition], catalogue: Catalogue, *, is_european: bool) -> None:
    write_text(path, alarm_csv.write(alarms, catalogue, is_european=is_european))
