from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from hmi.domain.alarms import AlarmDefinition, AlarmState, AlarmType, Occurrence, Priority
from hmi.services.alarm_board import AlarmBoard
from hmi.services.port import AlarmChanges, AlarmRow
from hmi.services.port.alarm_rows import order_of

STATION = UUID(int=7)


def row(number: int, state: AlarmState, priority: Priority = Priority.HIGH, at_us: int = 100) -> AlarmRow:
    is_active = state in (AlarmState.UNACK, AlarmState.ACKED)
    return AlarmRow(
        Occurrence(UUID(int=number), at_us),
        state,
        AlarmDefinition(UUID(int=number), UUID(int=0), AlarmType.HIGH, priority, action="Look."),
        number,
        STATION,
        "Hill",
        f"Alarm {number}",
        is_active=is_active,
        order=order_of(state, priority, is_active, at_us),
    )


UNACK, ACKED, RTNUN = AlarmState.UNACK, AlarmState.ACKED, AlarmState.RTNUN


def test_what_waits_comes_first_then_the_worse_then_what_is_there_then_the_newer() -> None:
    board = AlarmBoard()
    rows = [
        row(1, ACKED, Priority.CRITICAL),
        row(2, RTNUN, at_us=900),
        row(3, UNACK, at_us=100),
        row(4, UNACK, at_us=200),
        row(5, UNACK, Priority.CRITICAL, at_us=1),
        row(6, UNACK, Priority.LOW, at_us=999),
    ]
    board.take(AlarmChanges(tuple(rows)))
    assert [each.tag for each in board.standing] == [5, 4, 3, 2, 6, 1]
    assert board.counts[Priority.CRITICAL] == (1, 2)
    assert board.counts[Priority.HIGH] == (3, 3)


def test_rows_move_between_the_lists_and_leave_them() -> None:
    board = AlarmBoard()
    board.take(AlarmChanges((row(1, UNACK), row(2, UNACK))))
    shelved = [replace(row(number, AlarmState.SHLVD), shelved_until_us=100 - number) for number in (1, 2)]
    board.take(AlarmChanges(tuple(shelved)))
    assert (board.standing, [each.tag for each in board.shelved]) == ((), [2, 1])
    hidden = replace(row(1, AlarmState.OOSRV), hidden_us=5), replace(row(3, AlarmState.DSUPR), hidden_us=9)
    board.take(AlarmChanges(hidden, gone=(UUID(int=2), UUID(int=99))))
    assert (board.shelved, [each.tag for each in board.suppressed]) == ((), [3, 1])
    board.take(AlarmChanges(gone=(UUID(int=1), UUID(int=3))))
    assert (board.suppressed, dict(board.by_id), board.find(UUID(int=1))) == ((), {}, None)
    assert set(board.counts.values()) == {(0, 0)}


def test_stations_and_tags_know_their_worst() -> None:
    board = AlarmBoard()
    worse = row(2, UNACK, Priority.CRITICAL)
    board.take(AlarmChanges((row(1, UNACK), worse, replace(row(9, UNACK, Priority.LOW), tag=1))))
    assert [each.tag for each in board.of_station(STATION)] == [2, 1, 1]
    assert board.worst_of([UUID(int=1), STATION]) == worse
    found = board.of_tag(1)
    assert found is not None
    assert found.priority is Priority.HIGH
    assert (board.of_tag(77), board.of_station(UUID(int=1)), board.worst_of([])) == (None, (), None)
