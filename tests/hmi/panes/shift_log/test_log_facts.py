"""The log and the inbox, without widgets."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from hmi.domain.alarms import AlarmState
from hmi.domain.roles import VISITOR
from hmi.panes.shift_log.inbox import InboxFacts
from hmi.panes.shift_log.log import HOUR_US, SHIFT_ITSELF, LogFacts, NoteDraft, Wanted
from hmi.services.port import (
    UNREAD_MOST,
    AddNote,
    AlarmChanges,
    Frame,
    InboxPage,
    MarkInboxRead,
    NotePage,
    NoteQuestion,
    ReadInbox,
    ReadNotes,
    RefusedError,
)
from hmi.ui.navigator import Navigator, Workspace
from hmi.ui.words import unread_text
from tests.hmi.panes.alarms.alarm_rows import row
from tests.hmi.panes.shift_log.shift_rows import CORRECTION, HANDOVER, NOTES, NOW_US, missed, note
from tests.support.fake_port import FakePort
from tests.support.panes import mirror_of_plant
from tests.support.plants import LEVEL, LINK_LOST, LOW_LEVEL, STATION


class Desk:
    """Log and inbox with a fake port and a clock that stands still."""

    def __init__(self) -> None:
        self.port, self.navigator, self.mirror = FakePort(), Navigator(), mirror_of_plant()
        self.navigator.select_station(STATION.id)
        self.port.answers = {
            ReadNotes: NotePage(NOTES, 5, ("Ann", "Bo")),
            AddNote: None,
            ReadInbox: InboxPage(2, (missed(8), missed(5))),
            MarkInboxRead: 0,
        }
        self.log = LogFacts(self.mirror, self.port, self.navigator, lambda: NOW_US)
        self.inbox = InboxFacts(self.mirror, self.port, self.navigator)

    @property
    def asked(self) -> NoteQuestion:
        return self.port.last(ReadNotes).question


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_is_asked_is_narrowed(desk: Desk) -> None:
    desk.log.want(Wanted(24 * HOUR_US, station_id=STATION.id, user="Ann", text="valve"))
    desk.log.want(replace(desk.log.wanted, tag=LEVEL))
    asyncio.run(desk.log.read())
    start_us = NOW_US - 24 * HOUR_US
    assert desk.asked == NoteQuestion(start_us, NOW_US + HOUR_US, (STATION.id,), (LEVEL,), "Ann", "valve")
    desk.log.want(replace(desk.log.wanted, station_id=SHIFT_ITSELF))
    asyncio.run(desk.log.read())
    assert (desk.asked.stations, desk.asked.tags) == ((None,), ()), "another place has other tags"
    desk.log.want(Wanted(0))
    asyncio.run(desk.log.read())
    assert (desk.asked.start_us, desk.asked.stations) == (0, ())
    desk.log.want(Wanted(0, 7, 9))
    asyncio.run(desk.log.read())
    assert (desk.asked.start_us, desk.asked.end_us) == (7, 9)


def test_pages_go_on_from_the_oldest_note(desk: Desk) -> None:
    asyncio.run(desk.log.read())
    assert desk.log.has_more
    assert desk.log.headline == "5 notes, the newest 3 shown"
    desk.port.answers[ReadNotes] = NotePage((note(30), note(31)), 5)
    asyncio.run(desk.log.read_more())
    assert desk.port.last(ReadNotes).before == (NOTES[-1].at_us, NOTES[-1].seq)
    assert [each.seq for each in desk.log.notes] == [9, 2, 1, 30, 31]
    assert not desk.log.has_more


def test_an_answer_to_an_earlier_question_is_dropped(desk: Desk) -> None:
    def answer(_request: ReadNotes) -> NotePage:
        if len(desk.port.asked) > 1:
            return NotePage((note(4),), 1)
        asked_later = desk.log.read()
        desk.log.want(Wanted(0))
        with pytest.raises(StopIteration):
            asked_later.send(None)  # answered while the first one is on its way
        return NotePage(NOTES, 5)

    desk.port.answers[ReadNotes] = answer
    asyncio.run(desk.log.read())
    assert [each.seq for each in desk.log.notes] == [4]


def test_older_notes_of_an_earlier_question_are_dropped(desk: Desk) -> None:
    asyncio.run(desk.log.read())

    async def answer(request: ReadNotes) -> NotePage:
        if request.before is None:
            return NotePage((note(4),), 1)
        desk.log.want(Wanted(0))
        await desk.log.read()
        return NotePage((note(30),), 5)

    desk.port.answers[ReadNotes] = answer
    asyncio.run(desk.log.read_more())
    assert [each.seq for each in desk.log.notes] == [4]


def test_a_note_is_to_the_selected_station_until_something_is_written(desk: Desk) -> None:
    assert desk.log.draft.station_id == STATION.id
    desk.navigator.select_station(None)
    assert desk.log.take_selection()
    assert desk.log.draft.station_id is None
    desk.log.write(NoteDraft(text="Quiet"))
    desk.navigator.select_station(STATION.id)
    assert not desk.log.take_selection()
    asyncio.run(desk.log.save())
    assert desk.port.last(AddNote) == AddNote(NOW_US, None, "Quiet")
    assert desk.log.draft == NoteDraft(STATION.id)


def test_a_note_to_a_tag_and_an_earlier_moment(desk: Desk) -> None:
    desk.log.write(NoteDraft(STATION.id, LEVEL, 4711, "Filter washed"))
    assert asyncio.run(desk.log.save()) == "Written."
    assert desk.port.last(AddNote) == AddNote(4711, STATION.id, "Filter washed", LEVEL)
    desk.log.write(NoteDraft(STATION.id, LEVEL))
    desk.log.write(replace(desk.log.draft, station_id=None))
    assert desk.log.draft.tag == -1, "the tag was the other station's"


def test_a_correction_names_the_note_and_stands_at_its_moment(desk: Desk) -> None:
    desk.log.correct(CORRECTION)
    desk.log.write(replace(desk.log.draft, text="Valve 5 closed"))
    assert asyncio.run(desk.log.save()) == "Corrected."
    wanted = AddNote(CORRECTION.at_us, STATION.id, "Valve 5 closed", LEVEL, corrects=CORRECTION.seq)
    assert desk.port.last(AddNote) == wanted
    desk.log.correct(HANDOVER)
    assert (desk.log.draft.text, desk.log.draft.corrects) == ("", HANDOVER)
    desk.log.drop()
    assert desk.log.draft == NoteDraft(STATION.id)


def test_a_note_that_is_refused_stays(desk: Desk) -> None:
    desk.log.write(NoteDraft(STATION.id, text="Filter washed"))
    desk.port.answers[AddNote] = RefusedError("The journal cannot be written.")
    with pytest.raises(RefusedError):
        asyncio.run(desk.log.save())
    assert desk.log.draft.text == "Filter washed"


def test_a_visitor_reads_only(desk: Desk) -> None:
    assert desk.log.can_write
    desk.mirror.take(Frame(user=VISITOR))
    assert not desk.log.can_write


def test_the_trend_opens_at_the_note_s_moment(desk: Desk) -> None:
    asked: list[tuple[int, int]] = []
    desk.navigator.on_trend(lambda tag, at_us: asked.append((tag, at_us)))
    desk.log.open_trend(HANDOVER)
    desk.log.open_trend(CORRECTION)
    assert asked == [(LEVEL, CORRECTION.at_us)]


# ── inbox ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_missed_says_how_it_stands_now(desk: Desk) -> None:
    asyncio.run(desk.inbox.read())
    first = desk.inbox.page.rows[0]
    assert desk.inbox.headline == "2 alarms called while you did not answer"
    assert desk.inbox.cells(first)[2:] == ("Hill borehole", "Tank level low", "0.9 m", "Gone")
    shelved = replace(row(1, AlarmState.SHLVD), occurrence=first.occurrence)
    desk.mirror.take(Frame(alarms=AlarmChanges((shelved,))))
    assert desk.inbox.cells(first)[5] == "Shelved"
    assert desk.inbox.cells(missed(1, text=""))[3] == "An alarm that was deleted"
    desk.port.answers[ReadInbox] = InboxPage(0, ())
    asyncio.run(desk.inbox.read())
    assert desk.inbox.headline == "You have missed nothing"


def test_all_or_what_is_older_is_marked_as_read(desk: Desk) -> None:
    asyncio.run(desk.inbox.mark_read())
    assert desk.port.count(MarkInboxRead) == 0, "nothing was read yet"
    asyncio.run(desk.inbox.read())
    asyncio.run(desk.inbox.mark_read())
    assert desk.port.last(MarkInboxRead) == MarkInboxRead(8)
    asyncio.run(desk.inbox.mark_read(desk.inbox.page.rows[1]))
    assert desk.port.last(MarkInboxRead) == MarkInboxRead(5)
    assert isinstance(desk.port.asked[-1], ReadInbox), "it is read anew"


def test_an_alarm_is_shown_where_it_stands_and_its_trend_at_its_moment(desk: Desk) -> None:
    alarms: list[UUID] = []
    trends: list[tuple[int, int]] = []
    desk.navigator.on_alarm(alarms.append)
    desk.navigator.on_trend(lambda tag, at_us: trends.append((tag, at_us)))
    gone, lost = missed(8), missed(9, LINK_LOST.id)
    desk.inbox.open_alarm(gone)
    assert alarms == []
    desk.mirror.take(Frame(alarms=AlarmChanges((replace(row(1), occurrence=gone.occurrence),))))
    desk.inbox.open_alarm(gone)
    assert alarms == [LOW_LEVEL.id]
    assert desk.navigator.place.workspace is Workspace.ALARMS
    desk.inbox.open_trend(gone)
    desk.inbox.open_trend(lost)
    assert trends == [(LEVEL, gone.at_us)]


def test_a_count_without_an_end_is_said_as_such() -> None:
    assert [unread_text(count) for count in (0, 3, 1234, UNREAD_MOST)] == ["", "3", "1,234", "10,000+"]
