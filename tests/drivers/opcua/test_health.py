"""What a heartbeat tells, and what it does not conclude from silence."""

from __future__ import annotations

import asyncio

import pytest

from drivers.opcua.codec import NO_TIME
from drivers.opcua.health import HEALTHY_LEVEL, OFFSETS_KEPT, SLOW_S, Health
from tests.drivers.opcua.fake_session import FakeSession, loose

pytestmark = pytest.mark.asyncio

NOW_US = 1_772_366_400_000_000


async def beat(health: Health, session: FakeSession) -> None:
    await health.beat(session.as_session())


async def test_before_the_first_beat_nothing_is_wrong_and_nothing_known() -> None:
    health = Health()
    assert (health.trouble(), health.clock_offset_us, health.round_trip_s) == ("", None, 0.0)
    assert health.lag_s(NOW_US, NOW_US + 60_000_000) == 0.0, "no clock, no lag"


@pytest.mark.parametrize("off_s", [-3600.0, 0.0, 0.25, 86_400.0])
async def test_the_servers_clock_is_measured(off_s: float) -> None:
    health, session = Health(), FakeSession()
    session.services.clock_off_s = off_s
    await beat(health, session)
    assert health.clock_offset_us is not None
    assert abs(health.clock_offset_us / 1e6 - off_s) < 0.05


async def test_of_a_clock_that_moves_in_steps_the_latest_reading_counts_and_old_ones_are_forgotten() -> None:
    health, session = Health(), FakeSession()
    for off_s in (10.0, -0.9, -0.5):
        session.services.clock_off_s = off_s
        await beat(health, session)
    assert health.clock_offset_us is not None
    assert health.clock_offset_us > 9_000_000
    for _ in range(OFFSETS_KEPT):
        await beat(health, session)
    assert abs(health.clock_offset_us + 500_000) < 50_000


async def test_lag_is_what_lies_beyond_the_links_own_delay() -> None:
    health, session = Health(), FakeSession()
    session.services.clock_off_s = 100.0
    await beat(health, session)
    health.round_trip_s = 2.0
    offset_us = health.clock_offset_us
    assert offset_us is not None
    sent_us = NOW_US + offset_us
    assert health.lag_s(sent_us, NOW_US + 1_000_000) == pytest.approx(0.0, abs=1e-6)
    assert health.lag_s(sent_us, NOW_US + 3_500_000) == pytest.approx(2.5, abs=1e-6)
    assert health.lag_s(sent_us, NOW_US) == 0.0
    assert health.lag_s(NO_TIME, NOW_US) == 0.0


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (0, ""),
        (1, "has failed"),
        (3, "suspended"),
        (4, "shutting down"),
        (6, "communication fault"),
        (99, "not running"),
    ],
)
async def test_the_servers_state_is_said_in_words(state: int, words: str) -> None:
    health, session = Health(), FakeSession()
    session.services.server_state = state
    await beat(health, session)
    assert words in health.trouble()
    assert bool(health.trouble()) is bool(words)


@pytest.mark.parametrize(("level", "is_trouble"), [(255, False), (HEALTHY_LEVEL, False), (199, True), (0, True)])
async def test_a_low_service_level_is_trouble(level: int, is_trouble: bool) -> None:
    health, session = Health(), FakeSession()
    session.services.service_level = level
    await beat(health, session)
    assert (str(level) in health.trouble()) is is_trouble


async def test_a_slow_link_is_said_once_it_is_slow_on_average() -> None:
    health = Health()
    health.round_trip_s = 2 * SLOW_S
    assert "an answer takes 2.0 s" in health.trouble()
    for _ in range(3):
        await beat(health, FakeSession())
    assert health.trouble() == ""


async def test_a_server_that_leaves_its_status_empty_is_taken_as_it_was() -> None:
    health, session = Health(), FakeSession()

    async def nothing(*_: object) -> list[object]:
        return [loose.DataValue(), loose.DataValue(loose.Variant("now")), loose.DataValue(loose.Variant(None))]

    session.services.read_attributes = nothing  # type: ignore[method-assign,assignment]  # a strange server
    await beat(health, session)
    assert (health.trouble(), health.clock_offset_us, health.service_level) == ("", None, 255)


async def test_a_beat_that_is_not_answered_ends_in_time_and_changes_nothing() -> None:
    health, session = Health(), FakeSession(request_timeout_s=0.5)
    session.services.gate = asyncio.Event()
    with pytest.raises(TimeoutError):
        await beat(health, session)
    assert (health.trouble(), health.round_trip_s) == ("", 0.0)
