"""One session's acquisition: values on their way through, and the tending that keeps items alive.

Against a session whose server is the test, where a server has to misbehave; the last ones against real servers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from asyncua.ua.ua_binary import struct_to_binary

from drivers.api import Batch, Flag, Item, NotConnectedError, Quality
from drivers.opcua import acquiring, health, items, overload, publishing
from drivers.opcua.acquiring import Acquiring
from drivers.opcua.codec import Decoder
from drivers.opcua.items import Gap, ItemState, ItemTable
from tests.conftest import Warnings
from tests.drivers.opcua.fake_session import (
    CODES,
    SUBSCRIPTION,
    FakeSession,
    address,
    fault,
    keepalive,
    loose,
    message,
    published,
    turn,
    value,
)
from tests.drivers.opcua.sessions import PEERS
from tests.support.link import linked
from tests.support.peer import Peer
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OVERFLOW = 0x0480


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything that is done in turn be done soon."""
    for module, name, seconds in (
        (acquiring, "WATCH_S", 0.01),
        (acquiring, "TEND_S", 0.01),
        (acquiring, "QUIET_EVERY_S", 0.02),
        (acquiring, "READ_INSTEAD_EVERY_S", 0.05),
        (acquiring, "GAPS_AFTER_S", 0.0),
        (acquiring, "GAPS_AGAIN_S", 0.05),
        (health, "BEAT_S", 0.05),
    ):
        monkeypatch.setattr(module, name, seconds)
    monkeypatch.setattr(acquiring, "BEAT_S", 0.05)


class Rig:
    """An acquisition of the items Tag1, Tag2 …, whose slots are their numbers less one."""

    def __init__(self, session: FakeSession, count: int, *, deadband: float = 0.0) -> None:
        self.session = session
        self.table = ItemTable()
        self.batches: list[Batch] = []
        self.items = [Item(tag, address(f"Tag{tag}"), 100, deadband) for tag in range(1, count + 1)]
        self.table.replace(self.items)
        self.acquiring = Acquiring(session.as_session(), self.table, Decoder(), self.batches.append)

    @property
    def rows(self) -> list[tuple[int, float, int]]:
        """Everything that came out: tag, value, flags."""
        return [
            row
            for batch in self.batches
            for row in zip(batch.tag.tolist(), batch.value.tolist(), batch.flags.tolist(), strict=True)
        ]


@asynccontextmanager
async def rigged(count: int = 2, *, deadband: float = 0.0, session: FakeSession | None = None) -> AsyncIterator[Rig]:
    rig = Rig(session or FakeSession(), count, deadband=deadband)
    before = asyncio.all_tasks()
    await rig.acquiring.begin()
    try:
        yield rig
    finally:
        rig.acquiring.stop()
        await until(lambda: asyncio.all_tasks() <= before)


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_values_go_out_under_their_tags() -> None:
    async with rigged() as rig:
        await rig.session.publish((1, value(2.0)), (0, value(1.0)))
        assert rig.rows == [(2, 2.0, 0), (1, 1.0, 0)]


async def test_slots_that_are_gone_or_never_were_are_ignored() -> None:
    async with rigged() as rig:
        rig.table.replace(rig.items[1:])
        await rig.session.publish((0, value(1.0)), (1, value(2.0)), (4_000_000_000, value(3.0)), (99, value("4")))
        await rig.session.publish((0, value(1.0)))
        assert rig.rows == [(2, 2.0, 0)]
        assert rig.acquiring.pump.figures.malformed == 0


async def test_what_the_servers_queue_dropped_is_counted_and_shown_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async with rigged() as rig:
        await rig.session.publish((0, value(1.0, code=OVERFLOW)), (1, value(2.0, code=OVERFLOW)), (0, value(3.0)))
        assert rig.acquiring.lost_values == rig.acquiring.dropped == 2
        assert "queues run over" in rig.acquiring.trouble()
        assert [batch.quality.tolist() for batch in rig.batches] == [[Quality.GOOD] * 3]
        monkeypatch.setattr(acquiring, "DROPPED_SHOWN_S", 0.0)
        assert rig.acquiring.trouble() == ""
        assert rig.acquiring.dropped == 2


async def test_what_comes_late_is_history_where_something_newer_is_known() -> None:
    async with rigged(3) as rig:
        await rig.session.publish((0, value(1.0, NOON)), (1, value(1.0, NOON)))
        rig.session.kept[SUBSCRIPTION, 2] = late(
            (0, value(2.0, NOON + timedelta(seconds=1))),
            (1, value(2.0, NOON + timedelta(seconds=1))),
            (2, value(2.0, NOON)),
        )
        rig.batches.clear()
        await rig.session.answer(published(message(3, [(0, value(3.0, NOON + timedelta(seconds=2)))])))
        await until(lambda: len(rig.rows) == 4)
        assert sorted(rig.rows) == [(1, 2.0, Flag.HISTORICAL), (1, 3.0, 0), (2, 2.0, 0), (3, 2.0, 0)]
        newest = rig.table.source_us[0]
        assert newest == round((NOON + timedelta(seconds=2)).timestamp() * 1e6), "what is late is not the newest"


def late(*rows: tuple[int, object]) -> bytes:
    made = loose.RepublishResponse()
    made.NotificationMessage = message(2, rows)  # type: ignore[arg-type]  # data values
    return struct_to_binary(made)


async def test_a_deadband_that_the_server_does_not_know_is_applied_here() -> None:
    session = FakeSession()
    session.services.knows_filters = False
    async with rigged(1, deadband=1.0, session=session) as rig:
        for content, code in (
            (5.0, 0),
            (5.9, 0),
            (6.1, 0),
            (5.2, 0),
            (5.2, CODES.BadSensorFailure),
            (5.2, 0),
            (5.3, 0),
        ):
            await rig.session.publish((0, value(content, code=code)))
        assert [row[1] for row in rig.rows] == [5.0, 6.1, 5.2, 5.2], (
            "first, beyond the band, and each change of quality"
        )


async def test_a_subscription_that_the_server_ends_loses_the_session() -> None:
    async with rigged() as rig:
        change = loose.StatusChangeNotification()
        change.Status = loose.StatusCode(CODES.BadTimeout)
        made = message(1)
        made.NotificationData = [change]
        await rig.session.answer(published(made))
        assert [error.sentence for error in rig.session.losses] == ["The server ended the subscription."]


# ── silence ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_server_that_owes_a_keep_alive_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "SILENCE_MARGIN_S", 0.1)
    async with rigged(session=FakeSession(keepalive_s=0.5)) as rig:
        began = time.monotonic()
        await until(lambda: rig.session.losses != [], 3.0)
        assert time.monotonic() - began > 0.5, "not before the keep-alive is due"
        assert rig.session.losses[0].sentence.endswith("stopped answering.")
        assert isinstance(rig.session.losses[0], NotConnectedError)


async def test_one_that_only_refuses_is_lost_though_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "SILENCE_MARGIN_S", 0.1)
    monkeypatch.setattr(publishing, "AGAIN_S", 0.01)
    async with rigged(session=FakeSession(keepalive_s=0.5)) as rig:

        async def refuse() -> None:
            while rig.session.losses == []:
                await rig.session.answer(*[fault(CODES.BadNoSubscription)] * 3)
                await asyncio.sleep(0.005)

        async with asyncio.timeout(3.0):
            await refuse()


async def test_keep_alives_hold_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "SILENCE_MARGIN_S", 0.1)
    async with rigged(session=FakeSession(keepalive_s=0.5)) as rig:
        end = time.monotonic() + 1.2
        while time.monotonic() < end:
            await rig.session.answer(keepalive(1))
            await asyncio.sleep(0.05)
        assert rig.session.losses == []


# ── silent, quiet, deaf, gone ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_server_that_sends_no_first_values_is_read_instead_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquiring, "FIRST_VALUES_S", 0.05)
    session = FakeSession()
    session.services.interval_ms = 10.0
    async with rigged(session=session) as rig:
        session.services.values["Tag1"] = value(7.0)
        await until(lambda: {row[0] for row in rig.rows} == {1, 2})
        assert (1, 7.0, 0) in rig.rows
        assert rig.acquiring.silent == 2
        assert "Connected but silent" in rig.acquiring.trouble()
        session.services.values["Tag1"] = value(8.0)
        await until(lambda: (1, 8.0, 0) in rig.rows)
        await rig.session.publish((0, value(9.0)))
        await until(lambda: rig.acquiring.silent == 1)
        assert rig.acquiring.trouble() == "", "one that speaks is no silent server"
        await rig.session.publish((1, value(9.0)))
        await until(lambda: rig.acquiring.silent == 0)


async def test_a_quiet_item_whose_node_is_gone_is_refused_and_taken_up_when_it_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(acquiring, "QUIET_S", 0.05)
    monkeypatch.setattr(items, "RETRY_SOON_S", 0.05)
    async with rigged() as rig:
        await rig.session.publish((0, value(1.0)), (1, value(2.0)))
        rig.session.services.missing.add("Tag2")
        await until(lambda: [each.tag for each in rig.table.rejected()] == [2])
        await until(lambda: rig.session.services.named("Tag2") == [])
        assert [int(b.quality[-1]) for b in rig.batches if 2 in b.tag][-1] == Quality.CONFIG_ERROR
        rig.session.services.missing.clear()
        await until(lambda: rig.table.rejected() == ())
        assert len(rig.session.services.named("Tag2")) == 1
        assert len(rig.session.services.named("Tag1")) == 1, "the other was left alone"


async def test_an_item_that_the_server_says_is_gone_is_refused_at_once() -> None:
    async with rigged() as rig:
        rig.session.services.missing.add("Tag1")
        await rig.session.publish((0, value(None, code=CODES.BadNodeIdUnknown)))
        await until(lambda: [each.tag for each in rig.table.rejected()] == [1])


async def test_a_deaf_item_is_made_anew_and_its_value_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquiring, "QUIET_S", 0.05)
    async with rigged() as rig:
        before = datetime.now(UTC) - timedelta(minutes=1)
        await rig.session.publish((0, value(1.0, before)), (1, value(2.0, before)))
        rig.session.services.values["Tag1"] = value(5.0)
        rig.session.services.values["Tag2"] = value(2.0, before)
        first = {number for number, each in rig.session.services.monitored.items() if each.name == "Tag1"}
        await until(lambda: (1, 5.0, 0) in rig.rows)
        await until(lambda: len(rig.session.services.sizes("create")) == 2)
        await turn()
        (anew,) = (number for number, each in rig.session.services.monitored.items() if each.name == "Tag1")
        assert anew not in first
        assert rig.session.services.sizes("create")[1:] == [1], "one is made anew, the one that rests is not"


async def test_many_quiet_items_are_looked_at_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquiring, "QUIET_S", 0.05)
    monkeypatch.setattr(acquiring, "QUIET_AT_ONCE", 3)
    async with rigged(8) as rig:
        await rig.session.publish(*((slot, value(1.0)) for slot in range(8)))
        rig.session.services.missing.update(f"Tag{tag}" for tag in range(1, 9))
        await until(lambda: len(rig.table.rejected()) == 8)


async def test_a_tag_removed_while_its_item_is_made_leaves_nothing_on_the_server() -> None:
    session = FakeSession()
    rig = Rig(session, 3)
    await rig.acquiring.subscriptions.begin()
    session.services.gate = asyncio.Event()
    making = asyncio.create_task(rig.acquiring.subscriptions.create_pending())
    await turn()
    changes = rig.table.replace(rig.items[1:])
    session.services.gate.set()
    await making
    await rig.acquiring.change(changes.removed, changes.modified)
    assert {each.name for each in session.services.monitored.values()} == {"Tag2", "Tag3"}
    assert rig.table.state[0] == ItemState.GONE


# ── overload ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_values_that_come_rarely_because_they_are_slowed_do_not_hide_their_lag(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(overload, "SLOWER_AFTER_S", 0.1)
    async with rigged() as rig:
        monkeypatch.setattr(rig.acquiring.health, "lag_s", lambda *_: 9.0)
        loop, sent = asyncio.get_running_loop(), 0.0
        while rig.acquiring._throttle.factor < 8.0:
            if loop.time() - sent > 0.06:
                sent = loop.time()
                await rig.session.publish((0, value(1.0)))
            await asyncio.sleep(0.005)
        assert "slowed 8 times" in rig.acquiring.trouble()
        assert rig.acquiring.lag_s == 9.0


async def test_slowing_that_was_not_answered_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "SLOWER_AFTER_S", 0.0)
    monkeypatch.setattr(overload, "FACTORS", (1.0, 2.0))
    async with rigged() as rig:
        monkeypatch.setattr(rig.acquiring.health, "lag_s", lambda *_: 9.0)
        rig.session.services.error = TimeoutError()
        await rig.session.publish((0, value(1.0)))
        await until(lambda: rig.acquiring._throttle.factor == 2.0)
        await until(lambda: rig.acquiring.note != "")
        rig.session.services.error = None
        await rig.session.publish((0, value(1.0)))
        await until(lambda: rig.table.revised_ms[:2].tolist() == [200.0, 200.0])


# ── mending, and its failures ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error", [TimeoutError(), ConnectionError("cut"), loose.UaStatusCodeError(CODES.BadOutOfMemory)]
)
async def test_a_repair_that_fails_is_noted_and_tried_again(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "RETRY_SOON_S", 0.02)
    session = FakeSession()
    session.services.missing.add("Tag2")
    async with rigged(session=session) as rig:
        assert [each.tag for each in rig.table.rejected()] == [2]
        session.services.missing.clear()
        session.services.error = error
        await until(lambda: "tried again" in rig.acquiring.note)
        session.services.error = None
        await until(lambda: rig.table.rejected() == ())
        await until(lambda: rig.acquiring.note == "")
        assert session.losses == []


async def test_a_bug_in_tending_loses_the_link_and_is_logged_once(log_warnings: Warnings) -> None:
    session = FakeSession()
    async with rigged(session=session) as rig:
        session.services.error = RuntimeError("planted")
        await until(lambda: session.losses != [])
        assert "planted" in session.losses[0].sentence
        assert rig.rows == []
    assert log_warnings.take("tending failed")


async def test_beginning_at_a_server_that_refuses_raises_words() -> None:
    session = FakeSession()
    session.services.error = loose.UaStatusCodeError(CODES.BadTooManySubscriptions)
    rig = Rig(session, 1)
    with pytest.raises(NotConnectedError, match="BadTooManySubscriptions"):
        await rig.acquiring.begin()
    rig.acquiring.stop()


async def test_going_on_after_a_resume_sends_nothing_twice_and_makes_only_what_is_missing() -> None:
    async with rigged() as rig:
        await rig.session.publish((0, value(1.0)), (1, value(2.0)))
        rig.acquiring.stop()
        assert not rig.acquiring.is_running
        rig.table.replace([*rig.items, Item(3, address("Tag3"), 100)])
        created = len(rig.session.services.sizes("create"))
        assert await rig.acquiring.go_on()
        assert rig.session.services.sizes("create")[created:] == [1]
        assert rig.session.services.sizes("call") == [1], "the server is asked to send all again"
        rig.acquiring.stop()


async def test_what_a_server_has_no_news_of_is_read_where_it_cannot_send_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquiring, "UNHEARD_AFTER_S", 0.1)
    session = FakeSession()
    session.services.knows_resend = False
    session.services.interval_ms = 10.0
    async with rigged(session=session) as rig:
        await rig.session.publish((0, value(1.0)), (1, value(2.0)))
        rig.acquiring.stop()
        rig.table.open_gaps()
        rig.batches.clear()
        session.services.values.update(Tag1=value(5.0), Tag2=value(2.0))
        assert await rig.acquiring.go_on()
        assert rig.rows == [], "a value that is read must not overtake those that wait"
        await rig.session.publish((0, value(4.0)), (0, value(5.0)))
        await until(lambda: len(rig.rows) == 3)
        assert rig.rows == [(1, 4.0, 0), (1, 5.0, 0), (2, 2.0, 0)]


async def test_it_does_not_go_on_with_a_subscription_that_is_gone() -> None:
    async with rigged() as rig:
        rig.acquiring.stop()
        rig.session.kept[SUBSCRIPTION, 1] = fault(CODES.BadSubscriptionIdInvalid)
        assert not await rig.acquiring.go_on()
        assert not rig.acquiring.is_running


# ── gaps ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def noon_us(seconds: float = 0.0) -> int:
    return round((NOON.timestamp() + seconds) * 1e6)


def row(tag: int, content: float, seconds: float) -> Batch:
    return Batch.of(tag, content, noon_us(seconds), flags=Flag.HISTORICAL)


class History:
    """Stands for history.py: keeps what is asked, and fails when told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Sequence[Batch | Exception]) -> None:
        self.asked: list[list[tuple[int, float, float]]] = []
        self._answers = iter(answers)
        monkeypatch.setattr(acquiring.history, "with_history", self._kept)
        monkeypatch.setattr(acquiring.history, "read_raw", self._read)

    async def _kept(self, _session: object, wanted: Sequence[Item]) -> set[int]:
        return {item.tag for item in wanted}

    async def _read(self, _session: object, gaps: Sequence[Gap]) -> AsyncIterator[Batch]:
        self.asked.append(
            [(gap.item.tag, (gap.start_us - noon_us()) / 1e6, (gap.end_us - noon_us()) / 1e6) for gap in gaps]
        )
        for each in next(self._answers, ()):
            if isinstance(each, Exception):
                raise each
            yield each


def with_gap(rig: Rig) -> None:
    """Make it as if both items had been heard at noon and again ten seconds later, with a loss in between."""
    for seconds, is_lost in ((0.0, True), (10.0, False)):
        slots = np.array([0, 1], np.uint32)
        rig.table.heard(slots, np.array([noon_us(seconds)] * 2, np.int64), time.monotonic())
        if is_lost:
            rig.table.open_gaps()


async def test_a_gap_is_filled_once_values_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    told = History(monkeypatch, [row(1, 5.0, 3.0), row(2, 6.0, 4.0)])
    async with rigged() as rig:
        with_gap(rig)
        await until(lambda: len(rig.rows) == 2)
        assert told.asked == [[(1, 0.0, 10.0), (2, 0.0, 10.0)]]
        assert rig.acquiring.backfilled == 2
        await turn(50)
        assert len(told.asked) == 1


async def test_what_was_not_answered_is_asked_for_again_from_where_it_broke_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = History(monkeypatch, [row(1, 5.0, 3.0), TimeoutError()], [ConnectionError()], [row(1, 7.0, 8.0)])
    async with rigged() as rig:
        with_gap(rig)
        await until(lambda: len(rig.rows) == 2)
        assert told.asked == [
            [(1, 0.0, 10.0), (2, 0.0, 10.0)],
            [(1, 3.0, 10.0), (2, 0.0, 10.0)],
            [(1, 3.0, 10.0), (2, 0.0, 10.0)],
        ]


async def test_what_is_refused_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told = History(monkeypatch, [loose.UaStatusCodeError(CODES.BadHistoryOperationUnsupported)])
    async with rigged() as rig:
        with_gap(rig)
        await until(lambda: told.asked != [])
        await until(lambda: rig.acquiring.note != "" or rig.table.gaps == [])
        assert rig.table.gaps == []


async def test_what_a_loss_interrupts_is_filled_in_the_next_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquiring, "GAPS_AFTER_S", 3600.0)
    async with rigged() as rig:
        with_gap(rig)
        await until(lambda: len(rig.table.gaps) == 2)
        table = rig.table
    table.open_gaps()
    table.begin_session()
    monkeypatch.setattr(acquiring, "GAPS_AFTER_S", 0.0)
    told = History(monkeypatch, [row(1, 5.0, 3.0)])
    following = Acquiring(FakeSession().as_session(), table, Decoder(), rig.batches.append)
    await following.begin()
    await until(lambda: rig.rows == [(1, 5.0, Flag.HISTORICAL)])
    assert told.asked == [[(1, 0.0, 10.0), (2, 0.0, 10.0)]]
    following.stop()
    await turn()


async def test_the_gap_of_a_tag_that_was_removed_is_not_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    told = History(monkeypatch, [])
    monkeypatch.setattr(acquiring, "GAPS_AFTER_S", 0.05)
    async with rigged() as rig:
        with_gap(rig)
        rig.table.close_gaps()
        rig.table.replace(rig.items[:1])
        await until(lambda: told.asked == [[(1, 0.0, 10.0)]])


async def test_nothing_is_filled_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    told = History(monkeypatch)
    async with rigged(session=FakeSession(backfill=False)) as rig:
        with_gap(rig)
        await turn(200)
        assert told.asked == []


# ── real servers ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module", params=PEERS)
def moving_peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    with PEERS[request.param](items=2, rate_hz=5) as running:
        yield running


async def test_a_subscription_that_vanished_is_made_anew(moving_peer: Peer, log_warnings: Warnings) -> None:
    async with linked(moving_peer.url, options={"keepalive_s": 0.5}) as link:
        await link.live()
        session = link.driver._session  # type: ignore[attr-defined]  # what no server does on command
        await session.services.delete_subscriptions(list(link.driver._acquiring.subscriptions.ids))  # type: ignore[attr-defined]  # as above
        await link.lost(6.0)
        await link.live(8.0)
    log_warnings.take("link lost", "link back")
