"""Notes and moments in the operator's words; no Qt."""

from __future__ import annotations

from typing import Final

from hmi.domain.language import tr
from hmi.services.port import AlarmRow, Note, NoteKind
from hmi.ui.alarm_words import left_text, shelved_text
from hmi.ui.words import local_time, moment_text

SHOWN_APART_US: Final = 120_000_000
"""A note that was written this much later than its moment says when."""


def stamp_text(at_us: int) -> str:
    """Return date and time to the minute."""
    return local_time(at_us).strftime("%Y-%m-%d %H:%M")


def place_text(note: Note) -> str:
    """Return where a note belongs."""
    if note.kind is NoteKind.HANDOVER:
        return tr("Handover")
    return note.place or tr("Shift")


def people_text(note: Note) -> str:
    """Return who handed over to whom; empty where nobody is named."""
    if note.handing_over and note.taking_over:
        return f"{note.handing_over} → {note.taking_over}"
    return note.handing_over or note.taking_over


def note_text(note: Note) -> str:
    """Return a note with what it corrects, whether it was corrected, and when it was written, a line each."""
    people = people_text(note) if note.kind is NoteKind.HANDOVER else ""
    lines = [f"{people}: {note.text}" if people else note.text]
    old = note.corrects
    if old is not None:
        words = tr("Corrects “{text}” ({name}, {time})")
        lines.append(words.format(text=old.text, name=old.user, time=moment_text(old.at_us)))
    if note.corrected_by:
        lines.append(tr("Corrected by a later note"))
    if abs(note.written_us - note.at_us) > SHOWN_APART_US:
        lines.append(tr("Written {time}").format(time=moment_text(note.written_us)))
    return "\n".join(lines)


def back_text(row: AlarmRow, now_us: int) -> str:
    """Return when a shelved alarm comes back, as a time and how long that is."""
    if row.is_one_shot or row.shelved_until_us <= 0:
        return shelved_text(row, now_us)
    until_us = row.shelved_until_us
    return tr("{time}, in {left}").format(time=moment_text(until_us), left=left_text(until_us, now_us))
