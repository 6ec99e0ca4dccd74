"""Facts of the handover: which shift, what stands and happened, and what is written to the next one; no Qt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hmi.domain.language import tr
from hmi.domain.shifts import WorkShift, shift_at, shift_before
from hmi.panes.shift_log.paper import Paper, html_of, text_of
from hmi.panes.shift_log.sections import Section, sections_of
from hmi.panes.shift_log.words import stamp_text
from hmi.services.mirror import Mirror
from hmi.services.port import AddNote, NoteKind, Port, ReadShift, ShiftRecord
from hmi.ui.files import write_whole
from hmi.ui.words import local_time


class Span(StrEnum):
    """Which stretch of time is looked at."""

    THIS = "this"
    LAST = "last"
    OWN = "own"


@dataclass(slots=True)
class Draft:
    """What is being written to the next shift. handing_over: None for the user who is signed in."""

    text: str = ""
    handing_over: str | None = None
    taking_over: str = ""


def clock_us() -> int:
    """Return now, UTC µs."""
    return time.time_ns() // 1000


class HandoverFacts:
    """Reads a shift. now_us: the clock, UTC µs."""

    def __init__(self, mirror: Mirror, port: Port, now_us: Callable[[], int] = clock_us) -> None:
        self._mirror = mirror
        self._port = port
        self._now_us = now_us
        self._own = shift_at(now_us())
        self.span = Span.THIS
        self.record: ShiftRecord | None = None
        self.draft = Draft()

    # ── which shift ───────────────────────────────────────────────────────────────────────────────────────────────

    def want(self, span: Span) -> None:
        """Look at another shift; `read` then answers. OWN begins with the one that was looked at."""
        self._own = self.shift
        self.span = span

    def want_between(self, start_us: int, end_us: int) -> None:
        """Look at a stretch of its own (UTC µs)."""
        self._own, self.span = WorkShift(start_us, end_us), Span.OWN

    @property
    def shift(self) -> WorkShift:
        """The stretch of time that is looked at."""
        if self.span is Span.OWN:
            return self._own
        now = shift_at(self._now_us())
        return now if self.span is Span.THIS else shift_before(now)

    @property
    def title(self) -> str:
        """The stretch of time in words."""
        shift, start = self.shift, local_time(self.shift.start_us)
        same_day = start.date() == local_time(shift.end_us).date()
        end = local_time(shift.end_us).strftime("%H:%M") if same_day else stamp_text(shift.end_us)
        words = tr("Shift {start} – {end}") if self.span is not Span.OWN else tr("{start} – {end}")
        return words.format(start=stamp_text(shift.start_us), end=end)

    # ── what is told ──────────────────────────────────────────────────────────────────────────────────────────────

    async def read(self) -> None:
        """Read what happened. Raises RefusedError."""
        shift = self.shift
        found = await self._port.request(ReadShift(shift.start_us, shift.end_us))
        if shift == self.shift:  # not when another one was chosen meanwhile
            self.record = found

    @property
    def is_read(self) -> bool:
        """Whether what is known is of the shift that is looked at."""
        shift, record = self.shift, self.record
        return record is not None and (record.start_us, record.end_us) == (shift.start_us, shift.end_us)

    def sections(self) -> tuple[Section, ...]:
        """Return what is told; nothing before it was read."""
        return sections_of(self._mirror, self.record, self._now_us()) if self.record and self.is_read else ()

    # ── what is written ───────────────────────────────────────────────────────────────────────────────────────────

    @property
    def can_save(self) -> bool:
        return self._mirror.user.works_here

    @property
    def handing_over(self) -> str:
        """Who hands over: the user, until another name is typed."""
        return self._mirror.user.name if self.draft.handing_over is None else self.draft.handing_over

    async def save(self) -> str:
        """Save what is written as a note; return how it went. Raises RefusedError, and then it stays as it is."""
        draft, now_us = self.draft, self._now_us()
        request = AddNote(
            now_us,
            None,
            draft.text,
            kind=NoteKind.HANDOVER,
            handing_over=self.handing_over,
            taking_over=draft.taking_over,
        )
        await self._port.request(request)
        self.draft = Draft()
        return tr("Saved {time}; the next shift reads it first.").format(time=local_time(now_us).strftime("%H:%M"))

    # ── on paper ──────────────────────────────────────────────────────────────────────────────────────────────────

    def paper(self) -> Paper:
        """Return the handover as it is printed."""
        stamp = local_time(self._now_us()).strftime("%Y-%m-%d %H:%M:%S %Z")
        lines = (
            self.title,
            tr("Alarms and links as they stood {time}; a time without a date is of that day").format(time=stamp),
            tr("Printed by {name}").format(name=self._mirror.user.name),
        )
        return Paper(tr("Handover of the shift"), lines, self.sections(), self.draft.text.strip())

    async def export(self, path: Path) -> str:
        """Write a file, of text where its name ends in .txt, else of HTML. Raises RefusedError."""
        paper = self.paper()
        text = text_of(paper) if path.suffix.lower() == ".txt" else html_of(paper)
        await asyncio.to_thread(write_whole, path, text.encode())
        return tr("Written to {path}.").format(path=path)

    @property
    def file_name(self) -> str:
        """What a file of it is called, without its ending."""
        return f"handover-{local_time(self.shift.start_us):%Y%m%d-%H%M}"
