"""Facts of the log: which notes are asked for, the pages that were read, and the note that is being written; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from hmi.domain.language import tr
from hmi.panes.shift_log.handover import clock_us
from hmi.services.mirror import Mirror
from hmi.services.port import AddNote, Note, NoteKind, NoteQuestion, Port, ReadNotes
from hmi.ui.navigator import Navigator

HOUR_US: Final = 3_600_000_000
SPANS: Final = (
    (tr("8 hours"), 8 * HOUR_US),
    (tr("24 hours"), 24 * HOUR_US),
    (tr("7 days"), 168 * HOUR_US),
    (tr("30 days"), 720 * HOUR_US),
    (tr("1 year"), 8760 * HOUR_US),
    (tr("Everything"), 0),
)
SHIFT_ITSELF: Final = UUID(int=0)
"""Stands for no station where None stands for any."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks. span_us: back from now, 0 for everything; start_us, end_us: of an own stretch, else 0."""

    span_us: int = SPANS[2][1]
    start_us: int = 0
    end_us: int = 0
    station_id: UUID | None = None
    tag: int = -1
    user: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """The note that is being written. station_id: None for the shift itself. at_us: 0 for now."""

    station_id: UUID | None = None
    tag: int = -1
    at_us: int = 0
    text: str = ""
    corrects: Note | None = None


class LogFacts:
    """Reads pages, newest first, and writes."""

    def __init__(self, mirror: Mirror, port: Port, navigator: Navigator, now_us: Callable[[], int] = clock_us) -> None:
        self._mirror = mirror
        self._port = port
        self._navigator = navigator
        self._now_us = now_us
        self._asked = NoteQuestion(0, 0)
        self.wanted = Wanted()
        self.notes: list[Note] = []
        self.total = 0
        self.authors: tuple[str, ...] = ()
        self.draft = NoteDraft(navigator.place.station_id)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def headline(self) -> str:
        """The log in one line."""
        if not self.total:
            return tr("No notes of this kind in this time")
        words = tr("{total:,} notes").format(total=self.total)
        return words + tr(", the newest {shown:,} shown").format(shown=len(self.notes)) if self.has_more else words

    @property
    def has_more(self) -> bool:
        """Whether there are older notes than those that were read."""
        return len(self.notes) < self.total

    def stations(self) -> Sequence[tuple[str, UUID]]:
        """Return the stations to choose from, the shift itself first."""
        known = sorted((station.name, station.id) for station in self._mirror.catalogue.stations)
        return [(tr("The shift itself"), SHIFT_ITSELF), *known]

    def tags(self, station_id: UUID | None) -> Sequence[tuple[str, int]]:
        """Return a station's tags."""
        tags = self._mirror.catalogue.tags_of_station.get(station_id or SHIFT_ITSELF, ())
        return sorted((tag.name, tag.index) for tag in tags)

    def want(self, wanted: Wanted) -> None:
        """Ask for something else; `read` then answers."""
        if wanted.station_id != self.wanted.station_id:
            wanted = replace(wanted, tag=-1)
        self.wanted = wanted

    async def read(self) -> None:
        """Read the newest page. Raises RefusedError."""
        question = self._asked = self._question()
        found = await self._port.request(ReadNotes(question))
        if question == self._asked:  # not when something else was asked meanwhile
            self.notes, self.total, self.authors = list(found.notes), found.total, found.authors

    async def read_more(self) -> None:
        """Read the page before the oldest note. Raises RefusedError."""
        question, known = self._asked, self.notes
        before = (known[-1].at_us, known[-1].seq) if known else None
        found = await self._port.request(ReadNotes(question, before=before))
        if question == self._asked and self.notes is known:
            self.notes = [*known, *found.notes]

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def can_write(self) -> bool:
        return self._mirror.user.works_here

    def take_selection(self) -> bool:
        """Write to the station that is selected now, unless something is being written; whether that changed it."""
        station_id = self._navigator.place.station_id
        if self.draft.text.strip() or self.draft.corrects or station_id == self.draft.station_id:
            return False
        self.draft = NoteDraft(station_id)
        return True

    def write(self, draft: NoteDraft) -> None:
        """Take what was typed."""
        if draft.station_id != self.draft.station_id:
            draft = replace(draft, tag=-1)
        self.draft = draft

    def correct(self, note: Note) -> None:
        """Begin a note that corrects another one, with its place and moment, and the text of one that is short."""
        text = "" if note.kind is NoteKind.HANDOVER else note.text
        self.draft = NoteDraft(note.station_id, note.tag, note.at_us, text, note)

    def drop(self) -> None:
        """Begin anew."""
        self.draft = NoteDraft(self._navigator.place.station_id)

    async def save(self) -> str:
        """Save the note; return how it went. Raises RefusedError, and then it stays as it is."""
        draft = self.draft
        await self._port.request(
            AddNote(
                draft.at_us or self._now_us(),
                draft.station_id,
                draft.text,
                draft.tag,
                corrects=draft.corrects.seq if draft.corrects else 0,
            )
        )
        if self.draft is draft:
            self.drop()
        return tr("Corrected.") if draft.corrects else tr("Written.")

    # ── going elsewhere ───────────────────────────────────────────────────────────────────────────────────────────

    def can_open_trend(self, note: Note) -> bool:
        """Whether the note is to a tag that is still there."""
        return note.tag in self._mirror.catalogue.tag_by_index

    def open_trend(self, note: Note) -> None:
        """Show the trend of the note's tag with its moment in view."""
        if self.can_open_trend(note):
            self._navigator.open_trend(note.tag, note.station_id, note.at_us)

    def _question(self) -> NoteQuestion:
        wanted, now_us = self.wanted, self._now_us()
        start_us = wanted.start_us or (now_us - wanted.span_us if wanted.span_us else 0)
        station = None if wanted.station_id == SHIFT_ITSELF else wanted.station_id
        return NoteQuestion(
            start_us,
            wanted.end_us or now_us + HOUR_US,  # a moment that was typed may be a little ahead of now
            (station,) if wanted.station_id else (),
            (wanted.tag,) if wanted.tag >= 0 else (),
            wanted.user,
            wanted.text,
        )
