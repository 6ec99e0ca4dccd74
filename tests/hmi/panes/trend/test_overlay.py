from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from hmi.domain.alarms import AlarmEvent, AlarmState, Priority
from hmi.panes.trend.overlay import event_row, event_text
from hmi.panes.trend.presenter import TrendPresenter
from hmi.services.mirror import Mirror
from hmi.services.port import AddNote, EventKind, PlantEvent, PlantEvents, ReadEvents, RefusedError
from hmi.ui.navigator import Navigator
from tests.hmi.panes.trend.conftest import NOON, SECOND, Clock, FakePort, plant

STATION = plant().stations[0].id
ALARM = PlantEvent(
    EventKind.ALARM,
    NOON - 300 * SECOND,
    STATION,
    0,
    "Level high",
    "62.0 m",
    priority=Priority.HIGH,
    state=AlarmState.UNACK,
    event=AlarmEvent.ACTIVATE,
)
COMMAND = PlantEvent(EventKind.COMMAND, NOON - 200 * SECOND, STATION, 0, "Pump 1: Running", "confirmed", "Ann")
NOTE = PlantEvent(EventKind.NOTE, NOON - 100 * SECOND, STATION, 0, "Filter washed", "", "Ann")
Load = Callable[[TrendPresenter], None]


@pytest.fixture
def presenter(mirror: Mirror, port: FakePort, navigator: Navigator, clock: Clock) -> TrendPresenter:
    port.answers[ReadEvents] = PlantEvents((ALARM, COMMAND, NOTE))
    presenter = TrendPresenter(mirror, port, navigator, clock)
    presenter.open(0)
    return presenter


def load(presenter: TrendPresenter) -> None:
    assert presenter.is_overlay_due()
    asyncio.run(presenter.load_overlay())


def test_events_of_the_pens_stations_stand_at_their_times(presenter: TrendPresenter, port: FakePort) -> None:
    load(presenter)
    assert port.asked[-1].stations == (STATION,)
    marks = presenter.overlay.marks(presenter.window)
    assert [mark.event.kind for mark in marks] == [EventKind.ALARM, EventKind.COMMAND, EventKind.NOTE]
    assert [mark.share for mark in marks] == pytest.approx([600 / 900, 700 / 900, 800 / 900])
    assert not presenter.is_overlay_due()


def test_live_events_are_asked_for_again_and_without_pens_none_are(presenter: TrendPresenter, clock: Clock) -> None:
    load(presenter)
    clock.pass_s(3)
    assert presenter.is_overlay_due()
    presenter.remove(1)
    assert not presenter.is_overlay_due()


def test_a_kind_can_be_left_out(presenter: TrendPresenter) -> None:
    load(presenter)
    presenter.overlay.toggle(EventKind.ALARM, False)
    assert presenter.overlay.events(presenter.window) == [COMMAND, NOTE]
    presenter.overlay.toggle(EventKind.ALARM, True)
    assert len(presenter.overlay.events(presenter.window)) == 3


def test_keys_go_from_event_to_event_and_the_cursor_goes_along(presenter: TrendPresenter) -> None:
    load(presenter)
    presenter.step_event(1)
    assert presenter.cursor_us == ALARM.at_us
    assert presenter.message == event_text(ALARM)
    presenter.step_event(1)
    presenter.step_event(1)
    presenter.step_event(1)
    assert presenter.cursor_us == NOTE.at_us
    presenter.step_event(-1)
    assert presenter.cursor_us == COMMAND.at_us


def test_where_nothing_happened_a_key_says_so(presenter: TrendPresenter, port: FakePort) -> None:
    port.answers[ReadEvents] = PlantEvents()
    load(presenter)
    presenter.step_event(1)
    assert presenter.message == "Nothing happened in this stretch of time."


def test_too_many_and_a_refusal_are_said(presenter: TrendPresenter, port: FakePort, clock: Clock) -> None:
    port.answers[ReadEvents] = PlantEvents((ALARM,), is_cut=True)
    load(presenter)
    assert "only the newest" in presenter.overlay.remark
    port.answers[ReadEvents] = RefusedError("The journal is not there.")
    clock.pass_s(5)
    load(presenter)
    assert presenter.overlay.remark == "The journal is not there."
    assert not presenter.is_overlay_due()
    clock.pass_s(10)
    assert presenter.is_overlay_due()


def test_a_note_goes_to_the_cursor_and_the_chosen_pen(presenter: TrendPresenter, port: FakePort) -> None:
    port.answers[AddNote] = None
    presenter.open(3)
    presenter.emphasise(2)
    presenter.set_cursor(NOON - 50 * SECOND)
    asyncio.run(presenter.add_note("Valve stuck"))
    assert port.asked[-1] == AddNote(NOON - 50 * SECOND, STATION, "Valve stuck", 3)
    assert presenter.is_overlay_due(), "to see it at once"


def test_without_a_pen_there_is_no_note(presenter: TrendPresenter) -> None:
    presenter.remove(1)
    with pytest.raises(RefusedError, match="Add a pen first"):
        asyncio.run(presenter.add_note("Nowhere"))


def test_an_event_in_words() -> None:
    row = event_row(ALARM)
    assert (row.kind, row.title, row.detail) == ("Alarm 2", "Level high", "62.0 m")
    assert "Pump 1: Running · confirmed · Ann" in event_text(COMMAND)
