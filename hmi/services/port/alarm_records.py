"""Editing alarm records: checking, saving, approving, templates, and files both ways."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from hmi.config.alarm_proposals import AlarmProposal
from hmi.config.alarm_templates import AlarmTemplates
from hmi.domain.alarm_drafts import AlarmDraft, AlarmFault
from hmi.domain.alarm_revision import AlarmRevision
from hmi.services.port.csv_files import CsvPreview
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class CheckAlarmDrafts(Request[tuple[AlarmFault, ...]]):
    """Ask what is wrong with drafts, judged together; nothing when they can be saved."""

    drafts: tuple[AlarmDraft, ...]


@dataclass(frozen=True, slots=True)
class SaveAlarmRecords(Request[int]):
    """Bring records to their drafts in one step; answers how many changed. Refused with the faults named.

    A record that changes gets the next revision and is approved by nobody. reason: why, empty where nobody said.
    """

    drafts: tuple[AlarmDraft, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProposeAlarmRecords(Request[int]):
    """Propose records to those who may change them; answers how many. Nothing is changed by it."""

    drafts: tuple[AlarmDraft, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ReadAlarmProposals(Request[tuple[AlarmProposal, ...]]):
    """Ask for proposals: all that wait for who may change their records, and one's own, also those refused."""


@dataclass(frozen=True, slots=True)
class CloseAlarmProposal(Request[int]):
    """Decide a proposal; answers its records' number.

    It goes where it was taken up or is one's own (withdrawn, or its refusal read). Another's is refused, with a reason,
    and stays until who made it has read that.
    """

    proposal_id: UUID
    is_taken: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeleteAlarmRecords(Request[int]):
    """Delete records in one step; answers how many. Their revisions and their journal stay."""

    alarm_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ApproveAlarmRecords(Request[int]):
    """Approve records at the revisions that were seen; answers how many. Refused when one is another by now."""

    seen: tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, slots=True)
class ReadAlarmRevisions(Request[tuple[AlarmRevision, ...]]):
    """Ask for all that a record has said, newest first."""

    alarm_id: UUID


@dataclass(frozen=True, slots=True)
class ReadAlarmTemplates(Request[AlarmTemplates]):
    """Ask for the templates."""


@dataclass(frozen=True, slots=True)
class SaveAlarmTemplates(Request[None]):
    """Keep other templates."""

    templates: AlarmTemplates


@dataclass(frozen=True, slots=True)
class ExportAlarmCsv(Request[int]):
    """Write records to a file, all of them where none is named; answers how many.

    is_european: semicolons between cells and commas in numbers, as Excel wants them there.
    """

    path: Path
    alarm_ids: tuple[UUID, ...] = ()
    is_european: bool = False


@dataclass(frozen=True, slots=True)
class CompareAlarmCsv(Request[CsvPreview[AlarmDraft]]):
    """Ask what importing a file would change. removes: take away what the file leaves out of its stations."""

    path: Path
    removes: bool = False


@dataclass(frozen=True, slots=True)
class ApplyAlarmCsv(Request[int]):
    """Import what was looked at; answers how many records changed. Refused when file or plant is another by now."""

    path: Path
    seal: str
    removes: bool = False
