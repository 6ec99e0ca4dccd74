from __future__ import annotations

from collections import deque
from uuid import UUID

import pytest

from hmi.domain.alarms import Occurrence
from hmi.services.alarms.flood import FirstOut, Flood, is_chattering

S = 1_000_000


def test_a_flood_begins_above_ten_and_ends_below_five() -> None:
    flood = Flood()
    for number in range(10):
        flood.add(number * S)
    assert (flood.look(10 * S), flood.since_us, flood.recent) == (False, 0, 10)
    flood.add(11 * S)
    assert (flood.look(12 * S), flood.since_us) == (True, 12 * S)
    assert flood.look(606 * S - 1) is False, "five are left"
    assert (flood.recent, flood.since_us) == (5, 12 * S)
    assert (flood.look(606 * S), flood.since_us, flood.recent) == (True, 0, 4)


def test_the_first_of_a_burst_is_known_when_the_second_comes() -> None:
    first_out, here, there = FirstOut(), UUID(int=1), UUID(int=2)
    occurrences = [Occurrence(UUID(int=10 + number), at * S) for number, at in enumerate((0, 5, 9, 30, 41))]
    assert first_out.add(here, occurrences[0]) is None
    assert first_out.add(there, occurrences[1]) is None, "of another station"
    assert first_out.add(here, occurrences[1]) == occurrences[0]
    assert first_out.add(here, occurrences[2]) is None, "it is marked once"
    assert first_out.add(here, occurrences[3]) is None, "too late to be of that burst"
    assert first_out.add(here, occurrences[4]) is None


@pytest.mark.parametrize(("times", "wanted"), [((0, 60), False), ((0, 30, 60), True), ((0, 30, 61), False)])
def test_chattering_is_three_within_a_minute(times: tuple[int, ...], wanted: bool) -> None:
    assert is_chattering(deque(at * S for at in times)) is wanted
