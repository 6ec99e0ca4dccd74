"""Notes in a real journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.storage.journal.journal import Journal, JournalReader
from hmi.storage.journal.notes import CorrectedNote, NoteFilter, NoteReader, NoteRow, Notes

EVER = NoteFilter(0, 10**17)
WASHED = NoteRow(100, 110, "hill", "level", "Ann", "Filter washed", "Hill · Level")
SHIFT = NoteRow(200, 210, "", "", "Bo", "Quiet night, rain from the Norden ÄÖ")
GIVEN = NoteRow(300, 300, "", "", "Bo", "Watch the press", "", "handover", None, "Bo", "Cy")


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Notes]:
    journal = Journal(tmp_path / "journal.db")
    found = Notes(journal)
    found.append([WASHED, SHIFT, GIVEN])
    yield found
    journal.close()


def texts(notes: NoteReader, wanted: NoteFilter) -> list[str]:
    found = [told.row.text.split()[0] for told in notes.find(wanted, 10)]
    assert notes.count(wanted) == len(found)
    return found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (EVER, ["Watch", "Quiet", "Filter"]),
        (NoteFilter(100, 200), ["Quiet", "Filter"]),
        (NoteFilter(101, 199), []),
        (NoteFilter(101, 110, is_written_too=True), ["Filter"]),
        (NoteFilter(0, 999, stations=("hill",)), ["Filter"]),
        (NoteFilter(0, 999, stations=("",)), ["Watch", "Quiet"]),
        (NoteFilter(0, 999, stations=("", "hill")), ["Watch", "Quiet", "Filter"]),
        (NoteFilter(0, 999, tags=("level",)), ["Filter"]),
        (NoteFilter(0, 999, user="Bo"), ["Watch", "Quiet"]),
        (NoteFilter(0, 999, kinds=("handover",)), ["Watch"]),
        (NoteFilter(0, 999, text="NIGHT"), ["Quiet"]),
        (NoteFilter(0, 999, text="norden äö"), ["Quiet"]),
        (NoteFilter(0, 999, text="hill · l"), ["Filter"]),
        (NoteFilter(0, 999, text="%"), []),
    ],
)
def test_notes_are_found_by_what_is_asked(notes: Notes, wanted: NoteFilter, found: list[str]) -> None:
    assert texts(notes, wanted) == found


def test_pages_go_on_where_the_last_one_ended_though_notes_share_a_moment(notes: Notes) -> None:
    notes.append([WASHED._replace(text=f"{number}", at_us=150) for number in range(5)])
    read: list[str] = []
    before = None
    while page := notes.find(EVER, 3, before):
        assert len(page) <= 3
        read += [told.row.text.split()[0] for told in page]
        before = (page[-1].row.at_us, page[-1].seq)
        notes.append([WASHED._replace(at_us=10**15, text="newer")])  # what comes meanwhile moves no page
    assert read == ["Watch", "Quiet", "4", "3", "2", "1", "0", "Filter"]


def test_a_correction_names_what_it_corrects_and_that_names_the_newest_correction(notes: Notes) -> None:
    first = next(told.seq for told in notes.find(EVER, 10) if told.row == WASHED)
    notes.append([WASHED._replace(at_us=101 + number, user="Bo", corrects=first) for number in range(2)])
    newest, other, old = (told for told in notes.find(NoteFilter(0, 199), 10))
    assert old.corrected_by == newest.seq
    assert old.row == WASHED, "a note is never changed"
    assert newest.corrected == other.corrected == CorrectedNote(first, 100, "Ann", "Filter washed")
    assert notes.has(first)
    assert not notes.has(99)


def test_they_are_read_beside_the_one_who_writes(notes: Notes, tmp_path: Path) -> None:
    reader = JournalReader(tmp_path / "journal.db")
    assert NoteReader(reader).authors() == ["Ann", "Bo"]
    assert texts(NoteReader(reader), NoteFilter(0, 999, text="RAIN")) == ["Quiet"]
    reader.close()
