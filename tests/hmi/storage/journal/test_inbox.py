"""What a user has missed, in a real journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.storage.journal.alarm_events import AlarmEventRow, AlarmEvents, AlarmRecordRow
from hmi.storage.journal.inbox import Inbox
from hmi.storage.journal.journal import Journal

CALLED = AlarmEventRow(100, "a", 100, "ACTIVATE", "UNACK", 0.8, is_annunciated=1)
ANSWERED = AlarmEventRow(200, "a", 100, "ACKNOWLEDGE", "ACKED", user="ana")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.db")


def test_a_user_who_was_never_here_has_nothing_to_read(journal: Journal) -> None:
    events, inbox = AlarmEvents(journal), Inbox(journal)
    events.append([CALLED])
    inbox.begin("ana")
    assert inbox.unread("ana", 100) == 0
    events.append([CALLED._replace(at_us=300, activated_us=300)])
    inbox.begin("ana")
    assert inbox.unread("ana", 100) == 1
    assert inbox.missed("ana", 10)[0].activated_us == 300


def test_what_one_acknowledged_oneself_was_not_missed(journal: Journal) -> None:
    events, inbox = AlarmEvents(journal), Inbox(journal)
    for user in ("ana", "bo"):
        inbox.begin(user)
    events.append([CALLED, ANSWERED, CALLED._replace(alarm_id="b")])
    assert [row.alarm_id for row in inbox.missed("ana", 10)] == ["b"]
    assert [row.alarm_id for row in inbox.missed("bo", 10)] == ["b", "a"]
    events.append([CALLED._replace(at_us=300, activated_us=300)])
    assert inbox.unread("ana", 100) == 2, "it came anew after the acknowledgement"


def test_only_what_called_counts(journal: Journal) -> None:
    events, inbox = AlarmEvents(journal), Inbox(journal)
    inbox.begin("bo")
    events.append([CALLED._replace(is_annunciated=0), ANSWERED])
    assert (inbox.unread("bo", 100), inbox.missed("bo", 10)) == (0, [])


def test_reading_goes_forward_only(journal: Journal) -> None:
    events, inbox = AlarmEvents(journal), Inbox(journal)
    inbox.begin("bo")
    events.append([CALLED._replace(activated_us=number) for number in range(1, 6)])
    newest = inbox.missed("bo", 2)
    assert [row.activated_us for row in newest] == [5, 4]
    assert (inbox.unread("bo", 3), inbox.unread("bo", 100)) == (3, 5)
    inbox.seen("bo", newest[1].seq)
    assert inbox.unread("bo", 100) == 1
    inbox.seen("bo", 1)
    assert inbox.unread("bo", 100) == 1
    inbox.seen("new", newest[0].seq)
    assert inbox.unread("new", 100) == 0


def test_it_is_called_what_it_was_called_then(journal: Journal) -> None:
    events, inbox = AlarmEvents(journal), Inbox(journal)
    inbox.begin("bo")
    record = AlarmRecordRow("a", "s", "st", 4, "low", 2, "Hill borehole", "Tank level low", "m", 1, 1.0, "", 0)
    numbers = events.put_records([record])
    events.append([CALLED._replace(record=numbers["a"]), CALLED._replace(alarm_id="nameless")])
    nameless, named = inbox.missed("bo", 10)
    assert (named.source, named.text, named.priority, named.station_id) == ("Hill borehole", "Tank level low", 2, "st")
    assert (nameless.text, nameless.priority) == ("", 4)
