"""Facts of the page of alarm records: what is listed, chosen, edited and wrong, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from hmi.config.alarm_settings import AlarmSettings
from hmi.domain.alarm_drafts import TYPES_OF, AlarmDraft
from hmi.domain.alarms import AlarmType, Priority
from hmi.domain.expressions import ExpressionError
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.domain.tag_paths import TagPaths, full_name
from hmi.panes.alarm_records.edits import Edits
from hmi.panes.alarm_records.form import FormFacts, form_of
from hmi.panes.alarm_records.importing import alarm_import
from hmi.panes.alarm_records.listing import Listing
from hmi.panes.alarm_records.proposals import Proposals
from hmi.panes.alarm_records.proposing import ProposeFlow
from hmi.panes.alarm_records.revisions import Revisions
from hmi.panes.alarm_records.rows import Filter, Show
from hmi.panes.alarm_records.saving import Saving
from hmi.panes.alarm_records.words import record_name, records_text
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port, ReadAlarmSettings, SaveAlarmSettings
from hmi.ui.csv_import import ImportFlow
from hmi.ui.navigator import Navigator
from hmi.ui.pane_facts import Listen

NAMED = 8
"""Records that a question names."""


class Page(StrEnum):
    """What the pane shows."""

    RECORDS = "records"
    TEMPLATES = "templates"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked before it is done: title, words, and what the button says."""

    title: str
    words: str
    button: str


class AlarmRecordsPresenter:
    """One selection, and edits of any number of records that are saved in one step."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self._tell: Callable[[], None] = lambda: None
        self._paths: tuple[int, TagPaths] | None = None
        self._typed: dict[str, str] = {}
        self._running_faults: tuple[tuple[UUID, str], ...] = ()
        self.edits = Edits(lambda: mirror.catalogue)
        self.listing = Listing(mirror, self.edits)
        self.saving = Saving(mirror, port, self.edits, self._changed)
        self.proposals = Proposals(
            mirror, port, self.edits, lambda words, is_trouble: self.saving.say(words, is_trouble=is_trouble)
        )
        self.revisions = Revisions(port, lambda: mirror.catalogue, self._changed)
        self.importing: ImportFlow[AlarmDraft] | None = None
        self.proposing: ProposeFlow | None = None
        self.selected: tuple[UUID, ...] = ()

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything shown may differ; return what removes it."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & Change.CATALOGUE:
                self.saving.drop_saved()
            faults = self._mirror.overview.faults
            if change & (Change.CATALOGUE | Change.USER) or faults != self._running_faults:
                self._running_faults = faults
                changed()

        return listen(on_change)

    # ── what may be done ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def page(self) -> Page:
        if self.importing is not None:
            return Page.IMPORT
        return Page.TEMPLATES if self.proposing is not None else Page.RECORDS

    @property
    def may_edit(self) -> bool:
        return self._mirror.user.may(Permission.EDIT_ALARMS)

    @property
    def may_change(self) -> bool:
        """Whether the user may edit records here, be it only to propose it."""
        return self.may_edit or self.proposals.may_propose

    @property
    def user_name(self) -> str:
        return self._mirror.user.name

    @property
    def may_approve(self) -> bool:
        return self._mirror.user.may(Permission.APPROVE_ALARMS)

    @property
    def why_not(self) -> str:
        """Why nothing can be changed; empty for those who may."""
        if self.may_edit:
            return ""
        words = tr("{user} may propose changes, and those who may change records decide.")
        if not self.may_change:
            words = tr("{user} may look and export only.")
        return words.format(user=self._mirror.user.name)

    @property
    def deletable(self) -> tuple[UUID, ...]:
        """Those of the selection that can be deleted: all but built-in alarms."""
        return tuple(each for each in self.selected if not self.edits.is_built_in(each))

    @property
    def approvable(self) -> tuple[UUID, ...]:
        """Those of the selection that can be approved: saved, as they are shown, and not approved yet."""
        known = self._mirror.catalogue.alarm_by_id
        return tuple(
            each
            for each in self.selected
            if each in known and not known[each].approved_by and each not in self.edits.pending
        )

    @property
    def revertible(self) -> tuple[UUID, ...]:
        """Those of the selection that are edited."""
        return tuple(each for each in self.selected if each in self.edits.pending)

    @property
    def duplicable(self) -> tuple[UUID, ...]:
        """Those of the selection that another record can be made like: those of tags."""
        drafts = (self.edits.draft(each) for each in self.selected)
        return tuple(
            each.id for each in drafts if each is not None and each.subject in self._mirror.catalogue.tag_by_id
        )

    @property
    def unsaved(self) -> int:
        """How many records are edited and not saved."""
        return len(self.edits.pending)

    # ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────

    def tag_names(self) -> list[str]:
        """Return every tag's full name, for a form to complete."""
        catalogue = self._mirror.catalogue
        return sorted(full_name(catalogue, tag) for tag in catalogue.tags)

    @property
    def version(self) -> int:
        """The configuration's version."""
        return self._mirror.catalogue.version

    def set_filter(self, **fields: object) -> None:
        """Change what is listed."""
        self.listing.set_filter(**fields)
        self._tell()

    def sort(self, column: int) -> None:
        """Sort by a column, the other way round when it was sorted by it."""
        self.listing.sort(column)
        self._tell()

    def select(self, alarm_ids: Sequence[UUID]) -> None:
        """Choose records."""
        if tuple(alarm_ids) != self.selected:
            self.selected = tuple(alarm_ids)
            self._typed.clear()
            self._tell()

    # ── the form ──────────────────────────────────────────────────────────────────────────────────────────────────

    def form(self) -> FormFacts:
        """Return what the form shows of the selection."""
        drafts = [draft for each in self.selected if (draft := self.edits.draft(each)) is not None]
        facts = form_of(drafts, self.listing.faults, self._mirror.catalogue, self._typed)
        return replace(
            facts,
            types=self._types(drafts),
            subject_locked=len(drafts) != 1 or not self.edits.is_new(drafts[0].id),
            is_built_in=len(drafts) == 1 and self.edits.is_built_in(drafts[0].id),
        )

    def set_field(self, name: str, value: object) -> None:
        """Change a field of every selected record that has it."""
        if not self.may_change:
            return
        self.saving.message = ""
        if name == "subject" and self.form().subject_locked:
            return
        if name in ("subject", "setpoint"):
            self._set_tag(name, str(value))
        else:
            self.edits.change(self.selected, name, value)
        self._tell()

    def _set_tag(self, name: str, text: str) -> None:
        """Take a tag's name as it is typed; one that nobody has stays to be seen and empties the field."""
        self._typed.pop(name, None)
        for alarm_id in self.selected:
            draft = self.edits.draft(alarm_id)
            if draft is None:
                continue
            own = self._mirror.catalogue.tag_by_id.get(draft.subject) if draft.subject is not None else None
            try:
                found = self._tag_paths().find(text, own.station_id if own is not None else None).id
            except (KeyError, ExpressionError):
                found = None
                if text.strip():
                    self._typed[name] = text
            self.edits.change([alarm_id], name, found)
            if name == "subject":
                self._fit_type(alarm_id)

    def _fit_type(self, alarm_id: UUID) -> None:
        """Give a draft a type that its tag can have, one that it has no alarm of where there is such a one."""
        draft = self.edits.draft(alarm_id)
        tag = self._mirror.catalogue.tag_by_id.get(draft.subject) if draft is not None and draft.subject else None
        if draft is None or tag is None:
            return
        there = {alarm.type for alarm in self._mirror.catalogue.alarms_of_tag.get(tag.id, ())}
        if draft.type not in TYPES_OF[tag.kind] or draft.type in there:
            free = [each for each in TYPES_OF[tag.kind] if each not in there]
            self.edits.put(replace(draft, type=(free or list(TYPES_OF[tag.kind]))[0]))

    def _types(self, drafts: Sequence[AlarmDraft]) -> tuple[AlarmType, ...]:
        """Return the types that all of the drafts may have."""
        if not drafts:
            return ()
        sets = [self.edits.types_for(draft) for draft in drafts]
        return tuple(each for each in sets[0] if all(each in other for other in sets[1:]))

    def _tag_paths(self) -> TagPaths:
        if self._paths is None or self._paths[0] != self._mirror.catalogue.version:
            self._paths = (self._mirror.catalogue.version, TagPaths(self._mirror.catalogue))
        return self._paths[1]

    # ── beginning, going back ─────────────────────────────────────────────────────────────────────────────────────

    def add(self) -> None:
        """Begin a record, of the tag that is selected in every pane where there is one."""
        tag = self._mirror.catalogue.tag_by_index.get(self._navigator.place.tag)
        draft = AlarmDraft(subject=tag.id if tag is not None else None)
        self.edits.pending[draft.id] = draft
        self._fit_type(draft.id)
        self.select([draft.id])

    def duplicate(self) -> None:
        """Begin records like the selected ones."""
        made = self.edits.duplicate(self.duplicable)
        if made:
            self.select(made)

    def revert(self) -> None:
        """Forget the edits of the selection."""
        self.edits.revert(self.revertible)
        gone = [each for each in self.selected if self.edits.draft(each) is None]
        self._typed.clear()
        self.select([each for each in self.selected if each not in gone])
        self._tell()

    def restore_revision(self, row: int) -> None:
        """Edit the selected record so that it says what a revision said."""
        draft = self.edits.draft(self.selected[0]) if len(self.selected) == 1 else None
        if draft is not None and self.may_change:
            self.edits.put(self.revisions.draft(row, draft))
            self._tell()

    # ── acting ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def check(self) -> None:
        """Ask what is wrong with the edits."""
        faults = await self.saving.faults()
        if faults is not None and faults != self.listing.faults:
            self.listing.faults = faults
            self._tell()

    async def save(self, reason: str = "") -> None:
        """Save every edit in one step; where something is wrong nothing is saved, and what is wrong is listed."""
        if not self.edits.pending or not self.may_change:
            return
        await self.check()
        faulty = {each.alarm_id for each in self.listing.faults} & self.edits.pending.keys()
        if faulty:
            self.listing.filter = Filter(show=Show.FAULTY)
            words = tr("Nothing was saved: faults in {what}, which are listed now.")
            self.saving.say(words.format(what=records_text(len(faulty))), is_trouble=True)
            return
        if not self.may_edit:
            await self.proposals.propose(reason)
            return
        taken = self.proposals.first if self.proposals.is_taken_up else None
        if taken is not None and not reason.strip():
            reason = tr("Proposed by {name}: {reason}").format(name=taken.user, reason=taken.reason)
        await self.saving.save(reason)
        if taken is not None and not self.saving.is_trouble:
            await self.proposals.close(taken, is_taken=True)
            self._tell()

    def delete_question(self) -> Question | None:
        """Return what to ask before the selection is deleted; None where nothing can be."""
        gone = self.deletable
        if not gone or not self.may_edit:
            return None
        lines = [self._name(each) for each in gone[:NAMED]]
        if len(gone) > NAMED:
            lines.append(tr("… and {count} more.").format(count=len(gone) - NAMED))
        lines += ["", tr("They no longer alarm. Their revisions and their journal stay.")]
        title = tr("Delete {what}?").format(what=records_text(len(gone)))
        return Question(title, "\n".join(lines), tr("Delete"))

    async def delete(self) -> None:
        """Delete the selection."""
        if await self.saving.delete(self.deletable):
            self.select(())

    async def approve(self) -> None:
        """Approve the selection at the revisions that are shown."""
        if self.approvable:
            await self.saving.approve(self.approvable)

    async def export(self, path: Path, *, is_european: bool) -> None:
        """Write the selected records to a file, or all that are listed where fewer than two are selected."""
        chosen = self.selected if len(self.selected) > 1 else tuple(row.id for row in self.listing.rows())
        known = self._mirror.catalogue.every_alarm_by_id
        await self.saving.export(path, tuple(each for each in chosen if each in known), is_european=is_european)

    # ── proposals ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def load_proposals(self) -> None:
        """Ask what is proposed."""
        await self.proposals.load()
        self._tell()

    def take_up_proposal(self) -> None:
        """Have the oldest proposal among the edits, selected; saving takes it up."""
        changed = self.proposals.take_up()
        self.select(changed)
        self._tell()

    async def close_proposal(self, reason: str) -> None:
        """Refuse or withdraw the oldest proposal."""
        first = self.proposals.first
        if first is not None:
            await self.proposals.close(first, is_taken=False, reason=reason)
            self._tell()

    # ── other pages ───────────────────────────────────────────────────────────────────────────────────────────────

    async def begin_import(self, path: Path) -> None:
        """Look at a file."""
        flow = self.importing = ImportFlow(alarm_import(self._mirror), self._port, path, self._changed)
        await flow.look()

    async def apply_import(self) -> None:
        """Take the file in and go back to the records."""
        flow = self.importing
        count = await flow.apply() if flow is not None else None
        if flow is not None and count is not None:
            self.leave()
            self.saving.say(tr("Imported from {file}: {what}.").format(what=records_text(count), file=flow.path.name))

    async def comment_priorities(self) -> frozenset[Priority]:
        """Return the priorities that are acknowledged with a comment only. Raises RefusedError."""
        return (await self._port.request(ReadAlarmSettings())).comment_for

    async def need_comments(self, priorities: frozenset[Priority]) -> None:
        """Let these be acknowledged with a comment only, from now on. Raises RefusedError."""
        await self._port.request(SaveAlarmSettings(AlarmSettings(comment_for=priorities)))

    async def begin_templates(self) -> None:
        """Go to the templates, with the tags of the station that is selected in every pane."""
        flow = self.proposing = ProposeFlow(self._mirror, self._port, self._changed)
        flow.station_id = self._navigator.place.station_id
        await flow.load()

    def take_proposals(self) -> None:
        """Keep what was proposed as edits, to be looked at and saved."""
        drafts = self.proposing.drafts() if self.proposing is not None else ()
        for draft in drafts:
            if draft.id not in self.edits.pending:
                self.edits.put(draft)
        self.leave()
        if drafts:
            self.listing.filter = Filter(show=Show.CHANGED)
            self.select([draft.id for draft in drafts])
            self.saving.say(tr("Proposed: {what}. Look at them, then save.").format(what=records_text(len(drafts))))

    def leave(self) -> None:
        """Go back to the records."""
        self.importing = self.proposing = None
        self._tell()

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, alarm_id: UUID) -> str:
        draft = self.edits.draft(alarm_id)
        return record_name(self._mirror.catalogue, draft) if draft is not None else ""

    def _changed(self) -> None:
        self._tell()
