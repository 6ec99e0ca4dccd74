"""Messages on their way out, in a real file."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.storage.errors import StorageError
from hmi.storage.journal.journal import Journal
from hmi.storage.journal.notifications import Attempt, NewNotification, Notifications, OutgoingState, Told

MAIL, SCREEN = "mail", "screen"


@pytest.fixture
def store(tmp_path: Path) -> Notifications:
    return Notifications(Journal(tmp_path / "journal.db"))


def new(key: str = "a", **others: object) -> NewNotification:
    made = NewNotification(
        key,
        100,
        "alarm",
        50,
        "rule",
        "came",
        2,
        "Hill",
        MAIL,
        "ana@example.org",
        "Ana",
        "Subject",
        "Body",
        "waiting",
        100,
    )
    return made._replace(**others)  # type: ignore[arg-type]  # the row's own fields


def keys(store: Notifications, now_us: int = 1_000, channel: str = MAIL) -> list[str]:
    return [row.key for row in store.due(channel, now_us, 100)]


def test_nothing_is_stored_twice(store: Notifications) -> None:
    assert store.put([new("a"), new("b"), new("a", subject="other")]) == 2
    assert store.put([new("a"), new("c")]) == 1
    assert keys(store) == ["a", "b", "c"]
    assert store.listed((), 10)[-1].subject == "Subject"


def test_what_is_due_comes_by_urgency_then_age_and_by_channel(store: Notifications) -> None:
    store.put([new("low", priority=4), new("later", next_us=5_000), new("other", channel=SCREEN)])
    store.put([new("first", priority=1), new("second", priority=1)])
    assert keys(store) == ["first", "second", "low"]
    assert keys(store, channel=SCREEN) == ["other"]
    assert (store.next_us(MAIL), store.next_us("none")) == (100, None)


def test_what_was_sent_is_over(store: Notifications) -> None:
    store.put([new("a"), new("b")])
    first = store.due(MAIL, 1_000, 1)[0]
    store.sent([first.seq], 700)
    assert keys(store) == ["b"]
    (row,) = store.listed([OutgoingState.SENT], 10)
    assert (row.key, row.sent_us, row.attempts) == ("a", 700, 1)


def test_what_failed_waits_and_hurries_when_the_channel_works_again(store: Notifications) -> None:
    store.put([new("a"), new("b", channel=SCREEN), new("never tried", next_us=9_000)])
    (row,) = store.due(MAIL, 1_000, 1)
    store.failed([Attempt("waiting", 60_000, "no answer", row.seq)])
    assert keys(store, 10_000) == ["never tried"]
    assert store.next_us(MAIL) == 9_000
    store.hurry(MAIL, 2_000)
    (row,) = store.due(MAIL, 2_000, 10)
    assert (row.key, row.attempts, row.error) == ("a", 1, "no answer")


def test_the_dead_wait_for_a_person(store: Notifications) -> None:
    store.put([new("a"), new("b"), new("c")])
    store.failed([Attempt("dead", 0, "refused", row.seq) for row in store.due(MAIL, 1_000, 10)])
    assert (keys(store), store.counts()) == ([], {"dead": 3})
    third, second, first = (row.seq for row in store.listed([OutgoingState.DEAD], 10))
    assert store.retry([first, 999], 2_000) == 1
    assert store.discard([second], "Ana") == 1
    assert (store.retry([second], 3_000), store.discard([second], "Ana")) == (0, 0)
    assert (keys(store, 2_000), store.counts()) == (["a"], {"waiting": 1, "dead": 1})
    assert store.due(MAIL, 2_000, 1)[0].attempts == 0
    assert third


def test_a_summary_takes_the_place_of_many_at_once(store: Notifications) -> None:
    store.put([new(f"{number}") for number in range(5)])
    rows = store.due(MAIL, 1_000, 3)
    store.merge([row.seq for row in rows], new("sum", told="summary"))
    assert keys(store) == ["3", "4", "sum"]
    (summary,) = (row for row in store.listed((), 10) if row.key == "sum")
    merged = store.listed([OutgoingState.MERGED], 10)
    assert [(row.key, row.part_of) for row in merged] == [(key, summary.seq) for key in "210"]
    with pytest.raises(StorageError, match="UNIQUE"):
        store.merge([summary.seq], new("sum"))
    assert "sum" in keys(store), "a merge that fails changes nothing"


def test_what_is_held_comes_at_its_time_by_whom_it_is_for(store: Notifications) -> None:
    held = new(state="held", next_us=5_000)
    store.put([held._replace(key="b1", recipient="b"), held._replace(key="a1", recipient="a")])
    store.put([held._replace(key="b2", recipient="b"), held._replace(key="late", next_us=9_000)])
    assert (store.held(4_999, 10), store.next_held_us()) == ([], 5_000)
    assert [row.key for row in store.held(5_000, 10)] == ["a1", "b1", "b2"]
    store.release([row.seq for row in store.held(5_000, 1)], 5_000)
    assert keys(store, 5_000) == ["a1"]


def test_whoever_was_told_is_known(store: Notifications) -> None:
    store.put([new("a"), new("b", told="still", recipient="bo", name="Bo"), new("c", activated_us=51, recipient="x")])
    store.put([new("d", told="gone", recipient="y"), new("e", told="still")])
    assert sorted(store.told_of("alarm", 50)) == [
        Told("rule", MAIL, "ana@example.org", "Ana"),
        Told("rule", MAIL, "bo", "Bo"),
    ]


def test_a_channel_that_was_deleted_leaves_nothing_waiting(store: Notifications) -> None:
    store.put([new("a"), new("b", channel=SCREEN), new("c", state="held")])
    assert store.give_up_all_but([SCREEN], "The channel was deleted.") == 2
    assert (store.counts(), keys(store, channel=SCREEN)) == ({"waiting": 1, "dead": 2}, ["b"])


def test_old_rows_go_and_what_waits_stays(store: Notifications) -> None:
    store.put([new("old", made_us=1), new("older and waiting", made_us=0), new("young", made_us=200)])
    store.sent([row.seq for row in store.due(MAIL, 1_000, 10) if row.key != "older and waiting"], 300)
    assert store.forget(100, 1_000) == 1
    assert {row.key for row in store.listed((), 10)} == {"older and waiting", "young"}
    store.put([new(f"{number}", state="sent") for number in range(50)])
    store.forget(0, 10)
    assert len(store.listed([OutgoingState.SENT], 100)) == 10
    assert keys(store) == ["older and waiting"]


def test_messages_survive_the_program(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    Notifications(journal).put([new("a")])
    journal.close()
    assert keys(Notifications(Journal(tmp_path / "journal.db"))) == ["a"]
