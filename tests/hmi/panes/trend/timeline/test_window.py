from __future__ import annotations

from hmi.panes.trend.timeline.window import MAX_SPAN_US, MIN_SPAN_US, TimeWindow

NOW = 1_760_000_000_000_000
HOUR = 3_600_000_000


def window() -> TimeWindow:
    return TimeWindow(NOW, HOUR)


def test_live_follows_now() -> None:
    later = window().at(NOW + 5)
    assert (later.start_us, later.end_us) == (NOW + 5 - HOUR, NOW + 5)
    assert window().paused().at(NOW + 5).end_us == NOW


def test_dragging_into_the_past_pauses_and_back_to_now_goes_live() -> None:
    back = window().panned(-HOUR, NOW)
    assert not back.is_live
    assert back.end_us == NOW - HOUR
    assert back.panned(HOUR // 2, NOW).end_us == NOW - HOUR // 2
    assert back.panned(2 * HOUR, NOW) == window()
    assert window().panned(5, NOW) == window(), "there is nothing later than now"


def test_zooming_into_the_past_pauses_around_the_pointer() -> None:
    near = window().zoomed(0.5, 0.25, NOW)
    assert not near.is_live
    assert near.span_us == HOUR // 2
    fixed = NOW - HOUR + HOUR // 4
    assert near.start_us + near.span_us // 4 == fixed


def test_zooming_at_the_right_edge_stays_live() -> None:
    assert window().zoomed(0.5, 0.95, NOW).is_live
    assert window().zoomed(2.0, 0.1, NOW).is_live


def test_a_paused_window_never_reaches_beyond_now() -> None:
    assert window().paused().zoomed(4.0, 0.5, NOW).end_us == NOW
    assert window().around(NOW - 60, NOW).end_us == NOW


def test_spans_have_bounds() -> None:
    assert window().with_span(1, 1.0, NOW).span_us == MIN_SPAN_US
    assert window().with_span(10**18, 1.0, NOW).span_us == MAX_SPAN_US
