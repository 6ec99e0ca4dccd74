"""The steps that follow while alarms stay unacknowledged."""

from __future__ import annotations

from uuid import UUID

from hmi.services.notifying.escalation import SPARE, Escalation

A, B, RULE = UUID(int=1), UUID(int=2), UUID(int=9)


def test_steps_come_in_their_order_once() -> None:
    found = Escalation()
    found.begin(A, 1, [(600, RULE, 2), (300, RULE, 1)])
    found.begin(B, 2, [(400, RULE, 1)])
    assert (found.next_us(), found.take_due(299)) == (300, [])
    assert [(each.alarm_id, each.step) for each in found.take_due(500)] == [(A, 1), (B, 1)]
    assert (found.take_due(500), found.next_us(), len(found)) == ([], 600, 1)
    assert [each.step for each in found.take_due(10_000)] == [2]
    assert (found.next_us(), len(found)) == (None, 0)


def test_an_acknowledgement_ends_the_chain_and_a_new_occurrence_begins_it_anew() -> None:
    found = Escalation()
    found.begin(A, 1, [(300, RULE, 1)])
    found.end(A)
    assert (found.next_us(), found.take_due(1_000)) == (None, [])
    found.begin(A, 1, [(300, RULE, 1)])
    found.begin(A, 50, [(350, RULE, 1)])
    assert [(each.due_us, each.activated_us) for each in found.take_due(1_000)] == [(350, 50)]
    found.begin(A, 60, [])
    found.end(B)
    assert len(found) == 0
    found.begin(A, 70, [(1, RULE, 1)])
    found.clear()
    assert found.take_due(5) == []


def test_an_alarm_that_comes_and_goes_all_day_fills_nothing() -> None:
    found = Escalation()
    for number in range(20_000):
        found.begin(A, number, [(10**9 + number, RULE, step) for step in (1, 2)])
    assert len(found) == 2
    assert len(found._heap) <= SPARE + 4
