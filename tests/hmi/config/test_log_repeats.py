"""What repeats is limited at the source, and counted."""

from __future__ import annotations

import logging

import pytest

from hmi.config.log_repeats import KINDS, LINES, WINDOW_S, RepeatLimit


class Room:
    def __init__(self) -> None:
        self.now = 100.0
        self.told: list[str] = []
        self.limit = RepeatLimit(lambda record: self.told.append(record.getMessage()), lambda: self.now)

    def passes(self, text: object, *arguments: object, name: str = "x", level: int = logging.WARNING) -> bool:
        return self.limit.filter(logging.LogRecord(name, level, "", 0, text, arguments, None))


def test_a_few_lines_of_a_kind_pass_and_the_rest_is_counted() -> None:
    room = Room()
    passed = [room.passes(f"node {number} is dead") for number in range(1000)]
    assert passed == [True] * LINES + [False] * (1000 - LINES)
    assert room.limit.withheld == 1000 - LINES
    room.now += WINDOW_S
    assert room.passes("something else")
    assert room.told == [f"{1000 - LINES} more lines like: node # is dead"]


def test_lines_of_another_kind_pass() -> None:
    room = Room()
    for _ in range(LINES + 1):
        room.passes({"event": "link lost", "connection": "North"})
    assert not room.passes({"event": "link lost", "connection": "North"})
    assert room.passes({"event": "link lost", "connection": "South"})
    assert room.passes({"event": "link lost", "connection": "North"}, name="y")
    assert room.passes({"event": "link lost", "connection": "North"}, level=logging.ERROR)


def test_a_new_window_begins_anew_and_the_count_is_written_at_the_end() -> None:
    room = Room()
    for _ in range(LINES + 3):
        room.passes("again")
    room.limit.sweep()
    assert room.told == []
    room.now += WINDOW_S
    assert room.passes("again")
    assert room.told == ["3 more lines like: again"]
    for _ in range(LINES):
        room.passes("again")
    room.limit.sweep(is_end=True)
    assert room.told[1:] == ["1 more lines like: again"]


def test_kinds_are_bounded_and_a_forgotten_one_says_its_count() -> None:
    room = Room()
    for _ in range(LINES + 2):
        room.passes("first")
    for number in range(KINDS):
        room.passes("".join("abcdefghij"[int(digit)] for digit in str(number)), name="y")
    assert room.told == ["2 more lines like: first"]
    assert len(room.limit._kinds) == KINDS


@pytest.mark.parametrize("arguments", [("a", "b"), ({},)])
def test_a_line_that_cannot_be_put_together_is_no_reason_to_fail(arguments: tuple[object, ...]) -> None:
    assert Room().passes("%d and", *arguments)
