"""The publish pump against a session whose server is the test: what is asked, acknowledged, fetched again and lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asyncua.common.utils import Buffer

from drivers.opcua import publishing
from drivers.opcua.codec import Decoder
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.publish import Publish
from drivers.opcua.publishing import IN_FLIGHT, IN_FLIGHT_MOST, REPUBLISH_MOST, SILENCE_MARGIN_S, Pump
from tests.conftest import Warnings
from tests.drivers.opcua.fake_session import (
    CODES,
    OTHER,
    SUBSCRIPTION,
    FakeSession,
    acknowledgements,
    again,
    data,
    fault,
    keep,
    keepalive,
    turn,
)
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

LAST = 2**32 - 1
REST_S = 0.02


class Rig:
    """A pump, its session and what came out of it."""

    def __init__(self) -> None:
        self.session = FakeSession()
        self.taken: list[tuple[int, bool]] = []
        self.published: list[Publish] = []
        self.pump = Pump(self.session.as_session(), Decoder(), self._take)

    def _take(self, publish: Publish, is_late: bool) -> None:
        self.published.append(publish)
        self.taken += [(publish.sequence, is_late)] if not publish.is_keepalive else []


@pytest_asyncio.fixture
async def rig(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setattr(publishing, "AGAIN_S", REST_S)
    made = Rig()
    made.pump.start()
    yield made
    made.pump.stop()
    await turn()


# ── requests and acknowledgements ─────────────────────────────────────────────────────────────────────────────────


async def test_the_server_always_holds_a_few_requests(rig: Rig) -> None:
    assert len(rig.session.waiting) == IN_FLIGHT
    for sequence in range(1, 8):
        await rig.session.answer(data(sequence))
        assert len(rig.session.waiting) == IN_FLIGHT
    await rig.session.answer(data(8), data(9), data(10))
    assert len(rig.session.waiting) == IN_FLIGHT
    assert rig.taken == [(sequence, False) for sequence in range(1, 11)]
    assert (rig.pump.figures.publishes, rig.pump.figures.keepalives) == (10, 0)


async def test_a_slow_link_has_more_requests_in_flight_within_bounds(rig: Rig) -> None:
    for round_trip_s, wanted in ((0.0, IN_FLIGHT), (2.0, 10), (100.0, IN_FLIGHT_MOST)):
        rig.pump.suit(round_trip_s, 0.25)
        await rig.session.answer(keepalive(1))
        assert len(rig.session.waiting) == wanted
    rig.pump.suit(0.0, 0.25)
    await rig.session.answer(*[keepalive(1)] * IN_FLIGHT_MOST)
    assert len(rig.session.waiting) == IN_FLIGHT, "and no more than needed once it is fast again"
    rig.pump.suit(1.0, 0.0)


async def test_every_message_is_acknowledged_once_and_a_keep_alive_never(rig: Rig) -> None:
    await rig.session.answer(data(1))
    await rig.session.answer(keepalive(2))
    await rig.session.answer(data(2), data(1, OTHER), data(3))
    assert rig.session.acknowledged() == [
        (SUBSCRIPTION, 1),
        (SUBSCRIPTION, 2),
        (OTHER, 1),
        (SUBSCRIPTION, 3),
    ]


async def test_acknowledgements_that_waited_go_together(rig: Rig) -> None:
    rig.pump.suit(1.0, 0.25)
    await rig.session.answer(keepalive(1))
    rig.pump.suit(0.0, 0.25)
    await rig.session.answer(data(1), data(2), data(3), data(4))
    assert acknowledgements(rig.session.publishes[-1][0]) == [(SUBSCRIPTION, each) for each in (1, 2, 3, 4)]


# ── sequence numbers ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_gap_is_fetched_and_what_comes_is_late(rig: Rig) -> None:
    keep(rig.session, [2, 3])
    await rig.session.answer(data(1), data(4))
    await until(lambda: len(rig.taken) == 4)
    assert rig.session.republishes == [(SUBSCRIPTION, 2), (SUBSCRIPTION, 3)]
    assert rig.taken == [(1, False), (4, False), (2, True), (3, True)]
    assert (rig.pump.figures.republished, rig.pump.figures.lost) == (2, 0)
    await rig.session.answer(data(5), data(6))
    assert set(rig.session.acknowledged()) == {(SUBSCRIPTION, each) for each in range(1, 7)}


async def test_what_the_server_has_no_more_is_counted_as_lost(rig: Rig) -> None:
    keep(rig.session, [3])
    await rig.session.answer(data(1), data(5))
    await until(lambda: len(rig.session.republishes) == 3)
    await turn()
    assert (rig.pump.figures.republished, rig.pump.figures.lost) == (1, 2)


async def test_a_long_gap_is_fetched_as_far_as_is_sensible_and_the_rest_counted(rig: Rig) -> None:
    await rig.session.answer(data(1), data(1002))
    await until(lambda: len(rig.session.republishes) == REPUBLISH_MOST)
    await turn()
    assert rig.pump.figures.lost == 1000


async def test_a_fetch_that_is_not_answered_is_lost_and_ends(rig: Rig) -> None:
    rig.session.config = OpcUaConfig(request_timeout_s=0.5)
    rig.session.is_silent = True
    await rig.session.answer(data(1), data(3))
    await until(lambda: rig.pump.figures.lost == 1)


@pytest.mark.parametrize("body", [b"", b"\x01\x00\x8d\x01", keepalive(1)], ids=["empty", "strange", "another service"])
async def test_a_fetched_answer_that_is_not_understood_is_lost_without_more_ado(rig: Rig, body: bytes) -> None:
    rig.session.kept[SUBSCRIPTION, 2] = body
    await rig.session.answer(data(1), data(3))
    await until(lambda: rig.pump.figures.lost == 1)
    assert rig.session.losses == []


async def test_a_sink_that_fails_on_a_fetched_message_ends_nothing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(rig.session, [2])

    def fail(_publish: Publish, is_late: bool) -> None:
        if is_late:
            raise RuntimeError("planted")

    monkeypatch.setattr(rig.pump, "_on_publish", fail)
    await rig.session.answer(data(1), data(3))
    await until(lambda: rig.pump.figures.lost == 1)
    await rig.session.answer(data(4))
    assert len(rig.session.waiting) == IN_FLIGHT


async def test_a_message_that_came_before_is_dropped_and_acknowledged_again(rig: Rig) -> None:
    await rig.session.answer(data(1), data(1), data(2))
    assert rig.taken == [(1, False), (2, False)]
    assert rig.session.republishes == []
    assert rig.session.acknowledged().count((SUBSCRIPTION, 1)) == 2


async def test_a_server_that_counts_anew_loses_nothing_and_is_followed(rig: Rig) -> None:
    await rig.session.answer(data(50), data(1), data(2))
    assert rig.taken == [(50, False), (1, False), (2, False)]
    assert (rig.session.republishes, rig.pump.figures.lost) == ([], 0)
    await rig.session.answer(data(60))
    await until(lambda: rig.pump.figures.lost == 57)


async def test_the_number_wraps_to_one(rig: Rig) -> None:
    await rig.session.answer(data(LAST - 1), data(LAST), data(1))
    await rig.session.answer(keepalive(2), data(2))
    assert rig.taken == [(LAST - 1, False), (LAST, False), (1, False), (2, False)]
    assert rig.session.republishes == []


async def test_a_gap_over_the_wrap_is_fetched(rig: Rig) -> None:
    keep(rig.session, [LAST, 1])
    await rig.session.answer(data(LAST - 1), data(2))
    await until(lambda: len(rig.taken) == 4)
    assert rig.session.republishes == [(SUBSCRIPTION, LAST), (SUBSCRIPTION, 1)]


async def test_a_keep_alive_over_the_wrap_reveals_no_gap(rig: Rig) -> None:
    await rig.session.answer(data(LAST), keepalive(1))
    assert rig.session.republishes == []


async def test_a_keep_alive_reveals_a_gap_once(rig: Rig) -> None:
    keep(rig.session, [2])
    await rig.session.answer(data(1), keepalive(3), keepalive(3))
    await until(lambda: (2, True) in rig.taken)
    assert rig.session.republishes == [(SUBSCRIPTION, 2)]
    await rig.session.answer(data(3))
    assert rig.taken[-1] == (3, False)


async def test_a_keep_alive_with_the_last_number_or_an_earlier_one_is_no_gap(rig: Rig) -> None:
    await rig.session.answer(data(5), keepalive(5), keepalive(2))
    await turn()
    assert (rig.session.republishes, rig.pump.figures.lost, rig.pump.figures.keepalives) == ([], 0, 2)


async def test_each_subscription_has_its_own_numbers(rig: Rig) -> None:
    await rig.session.answer(data(1), data(9, OTHER), data(2))
    await rig.session.answer(data(10, OTHER))
    assert rig.session.republishes == []


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_too_many_requests_lower_their_number_and_lose_no_acknowledgement(rig: Rig) -> None:
    await rig.session.answer(data(1))
    await rig.session.answer(data(2))
    holder = next(future for request, future in rig.session.publishes if acknowledgements(request) == [(77, 2)])
    holder.set_result(Buffer(fault(CODES.BadTooManyPublishRequests)))
    await turn()
    assert len(rig.session.waiting) == IN_FLIGHT - 1
    rig.pump.suit(100.0, 0.1)
    await rig.session.answer(keepalive(3))
    assert len(rig.session.waiting) == IN_FLIGHT - 1, "what the server said holds"
    assert rig.session.acknowledged().count((SUBSCRIPTION, 2)) == 2
    assert rig.session.losses == []


async def test_a_server_that_holds_no_request_at_all_is_asked_after_a_pause(rig: Rig) -> None:
    for _ in range(IN_FLIGHT):
        await rig.session.answer(fault(CODES.BadTooManyPublishRequests))
    await turn(20)
    sent = len(rig.session.publishes)
    assert rig.session.waiting == []
    await until(lambda: len(rig.session.waiting) == 1)
    assert len(rig.session.publishes) == sent + 1


@pytest.mark.parametrize("code", [CODES.BadNoSubscription, CODES.BadTimeout, CODES.BadRequestTimeout])
async def test_a_harmless_refusal_is_followed_by_a_pause_and_not_by_a_storm(rig: Rig, code: int) -> None:
    await rig.session.answer(*[fault(code)] * IN_FLIGHT)
    await turn(50)
    assert rig.session.waiting == [], "it rests"
    await until(lambda: len(rig.session.waiting) == IN_FLIGHT)
    assert len(rig.session.publishes) == 2 * IN_FLIGHT
    assert rig.session.losses == []


async def test_refusals_are_no_sign_of_life(rig: Rig) -> None:
    rig.pump.heard_at -= 100.0
    await rig.session.answer(fault(CODES.BadNoSubscription))
    assert rig.pump.has_fallen_silent(2.0, 0.0), "a subscription that is gone is refused for ever"
    await until(lambda: len(rig.session.waiting) == IN_FLIGHT)
    await rig.session.answer(keepalive(1))
    assert not rig.pump.has_fallen_silent(2.0, 0.0)


async def test_any_other_refusal_loses_the_session_in_words(rig: Rig) -> None:
    await rig.session.answer(fault(CODES.BadSessionIdInvalid))
    assert [error.sentence for error in rig.session.losses] == ["The server answered BadSessionIdInvalid."]
    assert len(rig.session.waiting) == IN_FLIGHT - 1, "a lost session is asked no more"


async def test_a_cut_in_the_middle_of_a_request_loses_the_session(rig: Rig) -> None:
    rig.session.waiting[0].set_exception(ConnectionError("cut"))
    await turn()
    assert [error.sentence for error in rig.session.losses] == ["opc.tcp://fake:4840 closed the connection."]


async def test_a_cut_while_it_asks_is_left_to_the_session(rig: Rig) -> None:
    rig.session.is_cut = True
    await rig.session.answer(data(1))
    assert (rig.session.losses, rig.taken) == ([], [(1, False)])


async def test_malformed_answers_are_counted_and_logged_once_and_the_pump_goes_on(
    rig: Rig, log_warnings: Warnings
) -> None:
    await rig.session.answer(b"\xff\xff\xff", b"", again(1))
    assert rig.pump.figures.malformed == 3
    assert len(log_warnings.take("publish answer not understood")) == 1
    assert rig.session.waiting == [], "no storm from a server that answers nonsense at once"
    await until(lambda: len(rig.session.waiting) == IN_FLIGHT)
    await rig.session.answer(data(1))
    assert rig.taken == [(1, False)]


async def test_a_message_of_which_a_part_is_malformed_is_passed_on_and_logged_once(
    rig: Rig, log_warnings: Warnings
) -> None:
    known, unknown = b"\x01\x00\x2b\x03", b"\x01\x00\x2b\x63"
    await rig.session.answer(data(1).replace(known, unknown), data(2).replace(known, unknown))
    assert rig.pump.figures.malformed == 2
    assert rig.published[0].malformed
    assert (SUBSCRIPTION, 1) in rig.session.acknowledged(), "asking for it again would bring the same"
    assert len(log_warnings.take("notification not understood")) == 1


async def test_a_sink_that_fails_is_a_malformed_answer_and_ends_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(rig.pump, "_on_publish", fail)
    await rig.session.answer(data(1))
    assert len(log_warnings.take("planted")) == 1
    await until(lambda: len(rig.session.waiting) == IN_FLIGHT)


# ── silence ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("age_s", "keepalive_s", "round_trip_s", "is_silent"),
    [
        (2.0 + SILENCE_MARGIN_S - 0.1, 2.0, 0.0, False),
        (2.0 + SILENCE_MARGIN_S + 0.1, 2.0, 0.0, True),
        (10.0, 2.0, 4.0, False),
        (2.0 + SILENCE_MARGIN_S + 8.1, 2.0, 4.0, True),
        (5.0, 10.0, 0.0, False),
    ],
)
async def test_a_server_is_silent_after_its_keep_alive_and_two_round_trips(
    rig: Rig, age_s: float, keepalive_s: float, round_trip_s: float, is_silent: bool
) -> None:
    rig.pump.heard_at -= age_s
    assert rig.pump.has_fallen_silent(keepalive_s, round_trip_s) is is_silent


@pytest.mark.parametrize("answer", [keepalive(1), data(1)], ids=["keep-alive", "data"])
async def test_every_message_is_a_sign_of_life(rig: Rig, answer: bytes) -> None:
    rig.pump.heard_at -= 100.0
    await rig.session.answer(answer)
    assert not rig.pump.has_fallen_silent(2.0, 0.0)


# ── stopping and going on ─────────────────────────────────────────────────────────────────────────────────────────


async def test_stopping_leaves_nothing_in_flight_and_takes_nothing_more(rig: Rig) -> None:
    rig.session.is_silent = True
    await rig.session.answer(data(1), data(5))
    futures = rig.session.waiting
    rig.pump.stop()
    await turn()
    assert all(future.cancelled() for future in futures)
    assert [task.get_name() for task in asyncio.all_tasks() if task.get_name() == "republish"] == []
    sent = len(rig.session.publishes)
    rig.pump.stop()
    await turn(20)
    assert len(rig.session.publishes) == sent


async def test_stopping_while_it_rests_is_the_end_of_the_rest(rig: Rig) -> None:
    await rig.session.answer(fault(CODES.BadNoSubscription))
    rig.pump.stop()
    sent = len(rig.session.publishes)
    loop, wait = asyncio.get_running_loop(), asyncio.Event()
    loop.call_later(3 * REST_S, wait.set)
    await wait.wait()
    assert len(rig.session.publishes) == sent
    rig.pump.start()
    assert len(rig.session.waiting) == IN_FLIGHT


async def test_after_a_resume_it_fetches_what_was_sent_into_the_cut_in_order(rig: Rig) -> None:
    await rig.session.answer(data(1), data(2))
    rig.pump.stop()
    keep(rig.session, [3, 4])
    assert await rig.pump.recover([SUBSCRIPTION])
    assert rig.taken == [(1, False), (2, False), (3, False), (4, False)]
    assert rig.session.republishes[-1] == (SUBSCRIPTION, 5), "asked until there is no newer one"
    rig.pump.start()
    assert rig.session.acknowledged()[-2:] == [(SUBSCRIPTION, 3), (SUBSCRIPTION, 4)]
    await rig.session.answer(data(5))
    assert rig.taken[-1] == (5, False)


async def test_what_was_sent_into_a_cut_is_fetched_over_the_wrap(rig: Rig) -> None:
    await rig.session.answer(data(LAST))
    keep(rig.session, [1])
    assert await rig.pump.recover([SUBSCRIPTION])
    assert rig.taken == [(LAST, False), (1, False)]


@pytest.mark.parametrize("with_data", [True, False])
async def test_a_subscription_that_is_gone_is_found_out_though_it_never_said_a_word(rig: Rig, with_data: bool) -> None:
    await rig.session.answer(*[data(1)] * with_data)
    following = 2 if with_data else 1
    assert await rig.pump.recover([SUBSCRIPTION]), "there, but without a newer message"
    rig.session.kept[SUBSCRIPTION, following] = fault(CODES.BadSubscriptionIdInvalid)
    assert not await rig.pump.recover([SUBSCRIPTION])
    assert not await rig.pump.recover([OTHER, SUBSCRIPTION])


async def test_what_cannot_be_read_on_the_way_is_counted_and_passed_over(rig: Rig) -> None:
    await rig.session.answer(data(1))
    keep(rig.session, [3])
    rig.session.kept[SUBSCRIPTION, 2] = b"\xff"
    assert await rig.pump.recover([SUBSCRIPTION])
    assert (rig.taken[-1], rig.pump.figures.lost) == ((3, False), 1)


async def test_an_empty_message_of_another_number_is_none(rig: Rig) -> None:
    await rig.session.answer(data(1))
    rig.session.kept[SUBSCRIPTION, 2] = again(0)
    assert await rig.pump.recover([SUBSCRIPTION])
    assert (len(rig.session.republishes), rig.taken, rig.pump.figures.republished) == (1, [(1, False)], 0)
    await rig.session.answer(data(2))
    assert rig.taken[-1] == (2, False)


async def test_a_server_that_always_has_one_more_is_not_asked_for_ever(rig: Rig) -> None:
    keep(rig.session, range(1, 10 * REPUBLISH_MOST))
    assert await rig.pump.recover([SUBSCRIPTION])
    assert len(rig.session.republishes) == REPUBLISH_MOST


async def test_a_cut_while_it_recovers_is_raised(rig: Rig) -> None:
    rig.session.is_cut = True
    with pytest.raises(ConnectionError):
        await rig.pump.recover([SUBSCRIPTION])
