"""Which tone is due: pure, with the time passed in."""

from __future__ import annotations

from hmi.config.sound_settings import PrioritySound, SoundSettings
from hmi.domain.alarms import AlarmEvent, AlarmState, Priority
from hmi.services.sounding.calling import Calling
from tests.support.alarm_news import acknowledged, came, row, went_on

CRITICAL, HIGH, MEDIUM, LOW = Priority


def heard(calling: Calling, from_s: float, to_s: float) -> list[tuple[float, Priority]]:
    """Let time pass and return what sounds when."""
    found, now_s = [], from_s
    while (due := calling.due_s()) is not None and max(due[0], now_s) < to_s:
        now_s = max(due[0], now_s)
        calling.sounded(due[1], now_s)
        found.append((now_s, due[1]))
    return found


def test_it_repeats_until_acknowledged() -> None:
    calling = Calling()
    assert calling.due_s() is None
    calling.take([came(1, CRITICAL)])
    assert heard(calling, 100, 109) == [(100, CRITICAL), (103, CRITICAL), (106, CRITICAL)]
    calling.take([acknowledged(1, CRITICAL)])
    assert (calling.due_s(), calling.priority) == (None, None)


def test_one_that_has_gone_by_itself_calls_on() -> None:
    calling = Calling()
    calling.take([came(1, LOW), went_on(AlarmEvent.CLEAR, AlarmState.RTNUN, 1, LOW)])
    assert heard(calling, 0, 15) == [(0, LOW), (10, LOW)]
    calling.take([went_on(AlarmEvent.ACKNOWLEDGE, AlarmState.NORM, 1, LOW)])
    assert calling.due_s() is None


def test_only_the_most_urgent_is_heard() -> None:
    calling = Calling()
    calling.take([came(1, LOW), came(2, HIGH), came(3, MEDIUM)])
    assert {priority for _, priority in heard(calling, 0, 30)} == {HIGH}
    calling.take([acknowledged(2, HIGH)])
    assert calling.priority is MEDIUM


def test_a_flood_makes_one_sound_in_three_seconds() -> None:
    calling = Calling()
    sounds: list[tuple[float, Priority]] = []
    for second in range(60):
        calling.take([came(1000 * second + number, Priority(1 + number % 4)) for number in range(100)])
        sounds += heard(calling, second, second + 1)
    assert len(sounds) == 20
    assert {priority for _, priority in sounds} == {CRITICAL}


def test_silence_holds_until_the_next_annunciation() -> None:
    calling = Calling()
    calling.take([came(1, CRITICAL)])
    heard(calling, 0, 1)
    calling.silence()
    assert (calling.due_s(), calling.is_silenced, calling.priority) == (None, True, None)
    calling.take([went_on(AlarmEvent.CLEAR, AlarmState.RTNUN, 1, CRITICAL)])
    assert calling.due_s() is None, "going is no annunciation"
    calling.take([came(2, LOW)])
    assert heard(calling, 5, 6) == [(5, LOW)], "the new one is heard, not the silenced one"
    calling.take([came(1, CRITICAL)])
    assert calling.priority is CRITICAL, "the silenced one came anew"
    assert not calling.is_silenced


def test_silence_does_not_outlive_what_was_silenced() -> None:
    calling = Calling()
    calling.take([came(1)])
    calling.silence()
    calling.take([acknowledged(1)])
    assert not calling.is_silenced


def test_one_without_acknowledgement_sounds_once() -> None:
    calling = Calling()
    calling.take([came(1, HIGH, state=AlarmState.ACKED)])
    assert heard(calling, 0, 60) == [(0, HIGH)]


def test_one_that_was_acknowledged_before_its_turn_is_not_heard() -> None:
    calling = Calling()
    calling.take([came(1, CRITICAL)])
    heard(calling, 0, 1)
    calling.take([came(2, HIGH), acknowledged(1, CRITICAL), acknowledged(2, HIGH)])
    assert calling.due_s() is None


def test_a_priority_may_be_off_single_or_all_quiet() -> None:
    calling = Calling()
    calling.settings = SoundSettings(low=PrioritySound(repeat_s=0), medium=PrioritySound(is_on=False))
    calling.take([came(1, LOW), came(2, MEDIUM)])
    assert heard(calling, 0, 60) == [(0, LOW)]
    calling.take([came(3, LOW)])
    assert heard(calling, 60, 120) == [(60, LOW)], "each annunciation sounds once"
    calling.settings = SoundSettings(is_quiet=True)
    calling.take([came(4, CRITICAL)])
    assert (calling.due_s(), calling.priority, calling.is_silenced) == (None, None, False)


def test_one_that_sounds_once_leaves_the_floor_to_one_that_repeats() -> None:
    calling = Calling()
    calling.settings = SoundSettings(high=PrioritySound(repeat_s=0))
    calling.take([came(1, HIGH), came(2, LOW)])
    assert heard(calling, 0, 12) == [(0, HIGH), (3, LOW)]


def test_an_alarm_that_was_deleted_calls_no_longer() -> None:
    calling = Calling()
    calling.take([came(1, CRITICAL), came(2, LOW)])
    calling.silence()
    calling.take([came(2, LOW)])
    calling.forget(row(2).id)
    assert (calling.due_s(), calling.is_silenced) == (None, True)
    calling.forget(row(1).id)
    assert not calling.is_silenced


def test_what_stands_at_the_start_calls() -> None:
    calling = Calling()
    calling.begin([row(1, LOW), row(2, CRITICAL, AlarmState.ACKED)])
    assert heard(calling, 0, 1) == [(0, LOW)]
