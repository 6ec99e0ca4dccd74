"""Which rows a list has, and that none moves while one is selected."""

from __future__ import annotations

from uuid import UUID

from hmi.domain.alarms import AlarmState, Priority
from hmi.panes.alarms.listing import AlarmListing, ListFilter, ListKind
from hmi.services.mirror import Mirror
from hmi.services.port import AlarmChanges, AlarmRow, Frame
from tests.hmi.panes.alarms.alarm_rows import row

UNACK, ACKED, NORM = AlarmState.UNACK, AlarmState.ACKED, AlarmState.NORM


def take(mirror: Mirror, *rows: AlarmRow, gone: tuple[int, ...] = ()) -> None:
    mirror.take(Frame(alarms=AlarmChanges(rows, tuple(UUID(int=number) for number in gone))))


def numbers(listing: AlarmListing) -> list[int]:
    return [each.id.int for each in listing.rows()]


def test_the_worst_comes_first_until_something_is_selected() -> None:
    mirror = Mirror()
    listing = AlarmListing(mirror, ListKind.ACTIVE)
    take(mirror, row(1, at_us=10), row(2, at_us=20))
    assert numbers(listing) == [2, 1]
    listing.hold(True)
    take(mirror, row(3, priority=Priority.CRITICAL, at_us=30), row(4, at_us=40))
    assert numbers(listing) == [2, 1, 3, 4], "what comes stands at the end, in the order it came in"
    assert listing.new_while_held == 2
    listing.hold(False)
    assert numbers(listing) == [3, 4, 2, 1]
    assert listing.new_while_held == 0


def test_what_goes_while_something_is_selected_stays_as_a_pale_row() -> None:
    mirror = Mirror()
    listing = AlarmListing(mirror, ListKind.ACTIVE)
    take(mirror, row(1, at_us=10), row(2, at_us=20))
    listing.hold(True)
    take(mirror, row(1, AlarmState.SHLVD, at_us=10), gone=(2,))
    assert [(each.id.int, each.state) for each in listing.rows()] == [(2, NORM), (1, AlarmState.SHLVD)]
    take(mirror, row(2, UNACK, at_us=50))
    assert next((each.id.int, each.state) for each in listing.rows()) == (2, UNACK), "it came again, in its place"
    listing.hold(False)
    assert numbers(listing) == [2]


def test_an_acknowledged_row_keeps_its_place_too() -> None:
    mirror = Mirror()
    listing = AlarmListing(mirror, ListKind.ACTIVE)
    take(mirror, row(1, at_us=10), row(2, at_us=20))
    listing.hold(True)
    take(mirror, row(2, ACKED, at_us=20))
    assert [(each.id.int, each.state) for each in listing.rows()] == [(2, ACKED), (1, UNACK)]


def test_lists_are_narrowed_by_priority_station_and_text() -> None:
    mirror = Mirror()
    listing = AlarmListing(mirror, ListKind.ACTIVE)
    take(mirror, row(1), row(2, priority=Priority.LOW, text="Pump tripped"), row(3, station=8))
    listing.filter = ListFilter(frozenset({Priority.LOW}))
    assert numbers(listing) == [2]
    listing.filter = ListFilter(station_id=UUID(int=8))
    assert numbers(listing) == [3]
    listing.filter = ListFilter(text="hill PUMP")
    assert numbers(listing) == [2]
    assert listing.total == 3


def test_each_state_has_its_list() -> None:
    mirror = Mirror()
    lists = {kind: AlarmListing(mirror, kind) for kind in ListKind}
    take(mirror, *(row(number, state) for number, state in enumerate(AlarmState, 1) if state is not NORM))
    found = {kind: {each.state for each in listing.rows()} for kind, listing in lists.items()}
    assert found[ListKind.SHELVED] == {AlarmState.SHLVD}
    assert found[ListKind.SUPPRESSED] == {AlarmState.DSUPR, AlarmState.OOSRV}
    assert found[ListKind.ACTIVE] == set(AlarmState) - {NORM} - found[ListKind.SHELVED] - found[ListKind.SUPPRESSED]
