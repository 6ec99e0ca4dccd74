"""What is handed over, without widgets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.api import LinkState
from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.roles import VISITOR
from hmi.domain.shifts import shift_at, shift_before
from hmi.panes.shift_log.handover import HandoverFacts, Span
from hmi.panes.shift_log.paper import html_of, text_of
from hmi.panes.shift_log.sections import MOST_ROWS, Section
from hmi.services.mirror import Mirror
from hmi.services.port import AddNote, AlarmChanges, Frame, LinkStatus, NoteKind, ReadShift, RefusedError
from tests.hmi.panes.alarms.alarm_rows import row
from tests.hmi.panes.shift_log.shift_rows import HOUR_US, NOW_US, record
from tests.support.fake_port import FakePort
from tests.support.panes import mirror_of_plant
from tests.support.plants import CONNECTION


class Desk:
    """The facts with a fake port and a clock."""

    def __init__(self) -> None:
        self.now_us = NOW_US
        self.port = FakePort()
        self.port.answers = {ReadShift: record, AddNote: None}
        self.mirror: Mirror = mirror_of_plant()
        self.facts = HandoverFacts(self.mirror, self.port, lambda: self.now_us)

    def read(self) -> dict[str, Section]:
        asyncio.run(self.facts.read())
        return {section.title: section for section in self.facts.sections()}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def cells(section: Section) -> list[tuple[str, ...]]:
    return [row.cells for row in section.rows]


def test_what_stands_and_what_happened_is_told(desk: Desk) -> None:
    desk.mirror.take(
        Frame(
            alarms=AlarmChanges(
                (
                    row(1, at_us=NOW_US),
                    row(2, AlarmState.ACKED, acknowledged_by="Bo", acknowledged_us=NOW_US, comment="on the way"),
                    row(3, AlarmState.SHLVD, hidden_by="Bo", hidden_why="washing", shelved_until_us=NOW_US + HOUR_US),
                    row(4, AlarmState.OOSRV, hidden_by="Rita", hidden_why="workshop", hidden_us=NOW_US),
                    row(5, AlarmState.DSUPR, hidden_by="design", hidden_why="pump off", hidden_us=NOW_US),
                )
            ),
            links=(LinkStatus(CONNECTION.id, "North server", "", LinkState.DOWN, NOW_US, "Refused"),),
        )
    )
    told = desk.read()
    assert [each[3:5] for each in cells(told["Standing alarms"])] == [
        ("Tank level low", "Unacknowledged"),
        ("Tank level low", "Acknowledged"),
    ]
    assert cells(told["Standing alarms"])[1][5].endswith("on the way")
    (shelved,) = cells(told["Shelved alarms"])
    assert shelved[4].endswith(", in 1 h 0 min")
    assert shelved[5] == "Bo: washing"
    assert {each[4:] for each in cells(told["Out of service and suppressed"])} == {
        ("Out of service", "Rita: workshop"),
        ("Suppressed by design", "design: pump off"),
    }
    assert [(each[0], each[1], each[3]) for each in cells(told["Links down"])] == [("North server", "Down", "Refused")]
    (command,) = cells(told["Commands of the shift"])
    assert command[1:] == ("Hill borehole", "Pump 1: Stopped", "Refused: Tripped.", "Bo")
    assert told["Commands of the shift"].more == "249 more are not shown here."
    assert cells(told["Alarms in figures"])[1] == ("2", "High", "7", "2", "1")
    assert cells(told["Alarms in figures"])[3][2] == "1,200"
    assert cells(told["Most frequent alarms of the shift"]) == [("2", "Hill borehole", "Tank level low", "7")]
    assert cells(told["Who wrote and operated"]) == [("Ann", "2", "0", "11")]
    assert cells(told["Last handover"])[0][1:] == ("Ann → Bo", "Watch the press")
    notes = cells(told["Notes of the shift"])
    assert [each[1] for each in notes] == ["Handover", "Hill borehole · Tank level", "Hill borehole · Tank level"]
    assert notes[1][2].startswith("Valve 4 closed\nCorrects “Valve 3 closed” (Ann, ")
    assert notes[2][2] == "Valve 3 closed\nCorrected by a later note"


def test_nothing_is_said_as_such(desk: Desk) -> None:
    desk.port.answers[ReadShift] = lambda request: replace(record(request), notes=(), note_count=0, handed_over=None)
    told = desk.read()
    for title, words in (
        ("Standing alarms", "No alarms stand."),
        ("Notes of the shift", "No notes were written."),
        ("Last handover", "Nothing was handed over yet."),
        ("Links down", "Every link is up."),
    ):
        assert told[title].rows == ()
        assert told[title].empty == words


def test_a_flood_is_bounded_and_says_what_is_left_out(desk: Desk) -> None:
    desk.mirror.take(Frame(alarms=AlarmChanges(tuple(row(number) for number in range(1, 1001)))))
    section = desk.read()["Standing alarms"]
    assert len(section.rows) == MOST_ROWS
    assert section.more == "900 more are not shown here."


def test_this_shift_the_last_one_and_any_stretch(desk: Desk) -> None:
    now = shift_at(NOW_US)
    assert desk.facts.shift == now
    desk.facts.want(Span.LAST)
    assert desk.facts.shift == shift_before(now)
    desk.facts.want(Span.OWN)
    assert desk.facts.shift == shift_before(now), "an own stretch begins with what was looked at"
    desk.facts.want_between(5, 10)
    desk.read()
    assert desk.port.last(ReadShift) == ReadShift(5, 10)
    desk.facts.want(Span.THIS)
    assert desk.facts.sections() == (), "what was read was another shift's"
    desk.now_us = now.end_us
    assert desk.facts.shift.start_us == now.end_us, "the next shift begins by itself"


def test_an_answer_for_a_shift_that_is_no_longer_looked_at_is_dropped(desk: Desk) -> None:
    def answer(request: ReadShift) -> object:
        desk.facts.want(Span.LAST)
        return record(request)

    desk.port.answers[ReadShift] = answer
    asyncio.run(desk.facts.read())
    assert desk.facts.record is None


def test_a_handover_is_saved_with_its_names(desk: Desk) -> None:
    draft = desk.facts.draft
    assert desk.facts.handing_over == "Demo operator"
    draft.text, draft.taking_over = "Watch the press", "Bo"
    said = asyncio.run(desk.facts.save())
    assert desk.port.last(AddNote) == AddNote(
        NOW_US, None, "Watch the press", kind=NoteKind.HANDOVER, handing_over="Demo operator", taking_over="Bo"
    )
    assert said.startswith("Saved ")
    assert desk.facts.draft.text == ""


def test_a_handover_that_is_refused_stays_as_it_is(desk: Desk) -> None:
    desk.facts.draft.text, desk.facts.draft.handing_over = "Watch the press", "Ann"
    desk.port.answers[AddNote] = RefusedError("The journal cannot be written.")
    with pytest.raises(RefusedError):
        asyncio.run(desk.facts.save())
    assert (desk.facts.draft.text, desk.facts.handing_over) == ("Watch the press", "Ann")
    desk.mirror.take(Frame(user=VISITOR))
    assert not desk.facts.can_save


@pytest.mark.parametrize("write", [html_of, text_of])
def test_paper_has_every_section_and_what_is_not_saved_yet(desk: Desk, write: Callable[..., str]) -> None:
    desk.facts.draft.text = "Mind <the> gap"
    desk.mirror.take(Frame(alarms=AlarmChanges((row(1, text="5 < 6 & 7"),))))
    desk.read()
    found = write(desk.facts.paper())
    assert all(section.title in found for section in desk.facts.sections())
    assert "Nothing is shelved." in found
    assert "not saved yet" in found
    assert ("5 &lt; 6 &amp; 7" if write is html_of else "5 < 6 & 7") in found
    assert ("Mind &lt;the&gt; gap" if write is html_of else "Mind <the> gap") in found


def test_it_is_written_as_a_page_or_as_text_and_a_bad_place_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.read()
    for name, begin in (("a.html", "<!DOCTYPE html>"), ("a.txt", "Handover of the shift\n")):
        assert "Written to" in asyncio.run(desk.facts.export(tmp_path / name))
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begin)
    with pytest.raises(RefusedError, match=r"a\.txt was not written \(No such file or directory\)"):
        asyncio.run(desk.facts.export(tmp_path / "gone" / "a.txt"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.html", "a.txt"]


def test_marks_are_the_alarm_s_symbol(desk: Desk) -> None:
    desk.mirror.take(Frame(alarms=AlarmChanges((row(1, priority=Priority.CRITICAL),))))
    assert desk.read()["Standing alarms"].rows[0].mark == (Priority.CRITICAL, AlarmState.UNACK)
