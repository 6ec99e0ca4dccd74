"""The mirror adds frames up; one broken listener stops no other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drivers.api import LinkState, Quality
from hmi.domain.roles import DEMO_OPERATOR
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, LinkStatus, LiveDelta
from tests.support.plants import CATALOGUE, CONNECTION, LEVEL, STATION, TAGS


def delta(tag: int, value: float, texts: dict[int, str] | None = None) -> Frame:
    live = LiveDelta(
        np.array([tag], np.uint32),
        np.array([value]),
        np.array([Quality.GOOD], np.uint16),
        np.array([5], np.int64),
        texts or {},
    )
    return Frame(live=live)


def test_a_listener_that_raises_is_removed_and_the_others_go_on() -> None:
    mirror, heard, errors = Mirror(), list[Change](), list[Exception]()
    calls: list[Change] = []

    def broken(change: Change, _frame: Frame) -> None:
        calls.append(change)
        raise KeyError("bug")

    mirror.listen(broken, errors.append)
    mirror.listen(lambda change, _: heard.append(change))
    mirror.take(Frame(user=DEMO_OPERATOR))
    mirror.take(Frame(notices=("Full.",)))
    assert heard == [Change.USER, Change.NOTICES]
    assert calls == [Change.USER]
    assert [repr(error) for error in errors] == ["KeyError('bug')"]


def test_an_error_that_nobody_takes_is_not_lost() -> None:
    mirror = Mirror()

    def broken(_change: Change, _frame: Frame) -> None:
        raise KeyError("bug")

    mirror.listen(broken)
    with pytest.raises(KeyError, match="bug"):
        mirror.take(Frame(user=DEMO_OPERATOR))


def test_a_removed_listener_hears_no_more_and_may_be_removed_twice() -> None:
    mirror, heard = Mirror(), list[Change]()
    remove = mirror.listen(lambda change, _: heard.append(change))
    remove()
    remove()
    mirror.take(Frame(user=DEMO_OPERATOR))
    assert heard == []


def test_an_empty_frame_tells_nobody() -> None:
    mirror, heard = Mirror(), list[Change]()
    mirror.listen(lambda change, _: heard.append(change))
    mirror.take(Frame())
    assert heard == []


def test_a_reading_is_the_newest_and_stale_where_none_came() -> None:
    mirror = Mirror()
    mirror.take(delta(LEVEL, 1.5))
    mirror.take(delta(LEVEL, 2.5))
    now = mirror.reading(LEVEL)
    assert (now.value, now.quality, now.source_us) == (2.5, Quality.GOOD, 5)
    for never in (-1, LEVEL - 1, LEVEL + 1):
        assert math.isnan(mirror.reading(never).value)
        assert mirror.reading(never).quality is Quality.STALE


def test_a_text_is_shown_instead_of_the_number() -> None:
    mirror = Mirror()
    mirror.take(delta(LEVEL, math.nan, {LEVEL: "Maintenance"}))
    assert mirror.text_of(TAGS[LEVEL]) == "Maintenance"


@pytest.mark.parametrize("state", LinkState)
def test_a_station_has_the_state_of_its_link(state: LinkState) -> None:
    mirror = Mirror()
    mirror.take(Frame(catalogue=CATALOGUE))
    assert mirror.link_of_station(STATION.id) is LinkState.DISABLED
    mirror.take(Frame(links=(LinkStatus(CONNECTION.id, "North", "fake://north", state, 0),)))
    assert mirror.link_of_station(STATION.id) is state
