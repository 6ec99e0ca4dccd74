"""What one record has said: each revision with who made it, when, why, and what it changed. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from hmi.config.alarm_texts import changed_fields
from hmi.domain.alarm_drafts import AlarmDraft, alarm_draft_of
from hmi.domain.alarm_revision import AlarmRevision
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.services.port import Port, ReadAlarmRevisions, RefusedError
from hmi.ui.words import local_time


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One revision in words: number, when, who, what and why."""

    cells: tuple[str, str, str, str]


class Revisions:
    """Keeps what one record has said until another one is asked for."""

    def __init__(self, port: Port, catalogue: Callable[[], Catalogue], changed: Callable[[], None]) -> None:
        self._port = port
        self._catalogue = catalogue
        self._changed = changed
        self._found: Sequence[AlarmRevision] = ()
        self._version = -1
        self.alarm_id: UUID | None = None
        self.message = ""

    def is_stale(self, alarm_id: UUID | None) -> bool:
        """Whether the record or the configuration is another one than was asked about."""
        return alarm_id != self.alarm_id or self._version != self._catalogue().version

    async def read(self, alarm_id: UUID | None) -> None:
        """Ask for a record's revisions; None for none."""
        self.alarm_id, self._version, self.message = alarm_id, self._catalogue().version, ""
        found: Sequence[AlarmRevision] = ()
        if alarm_id is not None:
            try:
                found = await self._port.request(ReadAlarmRevisions(alarm_id))
            except RefusedError as error:
                self.message = str(error)
        if alarm_id == self.alarm_id:  # another one may have been asked for meanwhile
            self._found = found
            self._changed()

    def rows(self) -> tuple[RevisionRow, ...]:
        """Return the revisions, the newest first."""
        before: list[AlarmRevision | None] = [*self._found[1:], None]
        return tuple(self._row(each, earlier) for each, earlier in zip(self._found, before, strict=False))

    def draft(self, row: int, now: AlarmDraft) -> AlarmDraft:
        """Return a draft that says what a revision said, of the record as it is now."""
        said = alarm_draft_of(self._found[row].definition)
        return replace(said, id=now.id, subject=now.subject, revision=now.revision)

    def _row(self, made: AlarmRevision, earlier: AlarmRevision | None) -> RevisionRow:
        when = f"{local_time(made.at_us):%Y-%m-%d %H:%M}" if made.at_us else "–"
        approved = made.definition.approved_by
        words = [self._what(made, earlier)]
        if approved:
            words.append(tr("Approved by {name}.").format(name=approved))
        if made.reason:
            words.append(made.reason + ".")
        return RevisionRow((str(made.definition.revision), when, made.user or "–", " ".join(filter(None, words))))

    def _what(self, made: AlarmRevision, earlier: AlarmRevision | None) -> str:
        if made.is_deleted:
            return tr("Deleted.")
        if earlier is None:
            return ""
        changed = changed_fields(earlier.definition, made.definition, self._catalogue())
        texts = [f"{label}: {old or '–'} → {new or '–'}" for label, old, new in changed]
        return "; ".join(texts) + "." if texts else ""
