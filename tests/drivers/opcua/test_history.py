"""A server's own history: page by page, strictly inside a gap, of several items, and what has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from asyncua import ua

from drivers.api import Batch, Flag, Item, ReadsHistory, UnsupportedError
from drivers.opcua import history
from drivers.opcua.history import read_raw, rest_of, with_history
from drivers.opcua.items import Gap
from drivers.opcua.session import OperationLimits, Session
from tests.drivers.opcua import fake_session
from tests.drivers.opcua.fake_session import CODES, FakeSession, loose, value
from tests.drivers.opcua.sessions import connected, counted
from tests.support.link import address, linked
from tests.support.peer import Peer
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

KEPT, UNKEPT, MISSING = (Item(tag, address(name)) for tag, name in ((1, "Historic"), (2, "Item0001"), (3, "Nowhere")))
ABROAD = Item(4, "nsu=urn:nowhere;s=x")
BEGAN = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=1)
"""At a whole minute: gaps are read together by the minutes that they lie in."""
COUNT = 20


def us(second: float) -> int:
    return round((BEGAN.timestamp() + second) * 1e6)


@pytest.fixture(scope="module", autouse=True)
def kept(peer: Peer) -> None:
    for second in range(COUNT):
        peer.set_value("Historic", float(second), source_time=(BEGAN + timedelta(seconds=second)).isoformat())


async def values(session: Session, *gaps: Gap) -> list[Batch]:
    return [batch async for batch in read_raw(session, gaps)]


def numbers(batches: Sequence[Batch]) -> list[float]:
    return [number for batch in batches for number in batch.value.tolist()]


async def test_what_lies_strictly_inside_comes_once_and_in_order(peer: Peer) -> None:
    async with connected(peer.url) as session:
        found = await values(session, Gap(KEPT, us(3), us(9)))
        assert numbers(found) == [4.0, 5.0, 6.0, 7.0, 8.0]
        assert {tag for batch in found for tag in batch.tag.tolist()} == {1}
        assert all((batch.flags & np.uint16(Flag.HISTORICAL)).all() for batch in found)
        assert found[0].source_us.tolist()[0] == us(4)


async def test_many_come_page_by_page(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "VALUES_PER_ANSWER", 4)
    async with connected(peer.url) as session:
        calls = counted(session, monkeypatch)
        found = await values(session, Gap(KEPT, us(0), us(18)))
        assert numbers(found) == [float(second) for second in range(1, 18)]
        assert calls["HistoryReadRequest"] >= 4
        assert max(len(batch) for batch in found) <= 4


async def test_one_without_history_is_left_out_and_the_others_are_read(peer: Peer) -> None:
    async with connected(peer.url) as session:
        wanted = [Gap(item, us(3), us(6)) for item in (UNKEPT, KEPT, MISSING)]
        assert numbers(await values(session, *wanted)) == [4.0, 5.0]


async def test_which_items_have_a_history_is_asked_in_one_call(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(peer.url) as session:
        calls = counted(session, monkeypatch)
        assert await with_history(session, [UNKEPT, KEPT, MISSING, ABROAD]) == {1}
        assert calls.total() == 1
        assert await with_history(session, []) == set()


async def test_over_a_link_it_is_read_or_said_to_be_missing(peer: Peer) -> None:
    async with linked(peer.url) as link:
        await until(lambda: link.is_up)
        assert isinstance(link.driver, ReadsHistory)
        found = [batch async for batch in link.driver.read_history([KEPT, UNKEPT], us(3), us(6))]
        assert numbers(found) == [4.0, 5.0]
        with pytest.raises(UnsupportedError, match="no history"):
            [batch async for batch in link.driver.read_history([UNKEPT], us(3), us(6))]


# ── against a server that is the test ─────────────────────────────────────────────────────────────────────────────


@dataclass
class Archive:
    """Services with a value a second for every name, in pages of `page`, whose number has no end when told so.

    tells_of_more: without, a page that is full has no continuation point.
    """

    page: int = 1000
    is_endless: bool = False
    tells_of_more: bool = True
    refused: set[str] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)

    async def history_read(self, parameters: Any) -> list[Any]:
        self.asked.append([str(each.NodeId.Identifier) for each in parameters.NodesToRead])
        return [self._answer(parameters.HistoryReadDetails, each) for each in parameters.NodesToRead]

    def _answer(self, details: Any, node: Any) -> Any:
        answer = loose.HistoryReadResult()
        if str(node.NodeId.Identifier) in self.refused:
            answer.StatusCode = loose.StatusCode(CODES.BadHistoryOperationUnsupported)
            return answer
        at = details.StartTime + timedelta(seconds=int(node.ContinuationPoint or b"0"))
        rows: list[ua.DataValue] = []
        while at <= details.EndTime and len(rows) < self.page:
            rows.append(value(1.0, at))
            at += timedelta(seconds=1)
        if self.is_endless or (self.tells_of_more and at <= details.EndTime):
            answer.ContinuationPoint = str(round((at - details.StartTime).total_seconds())).encode()
        answer.HistoryData = loose.HistoryData(rows)
        return answer


def archived(archive: Archive, **limits: int) -> Session:
    session = FakeSession(OperationLimits(**limits))
    session.services = archive  # type: ignore[assignment]  # it answers nothing else
    return session.as_session()


def gap(tag: int, start: float, end: float) -> Gap:
    return Gap(Item(tag, fake_session.address(f"Tag{tag}")), us(start), us(end))


def seconds(batches: Sequence[Batch], tag: int) -> list[float]:
    return [(at - us(0)) / 1e6 for batch in batches if batch.tag[0] == tag for at in batch.source_us.tolist()]


async def test_gaps_read_together_are_cut_each_to_its_own() -> None:
    archive = Archive()
    found = await values(archived(archive), gap(1, 0, 5), gap(2, 2, 4))
    assert len(archive.asked) == 1
    assert (seconds(found, 1), seconds(found, 2)) == ([1.0, 2.0, 3.0, 4.0], [3.0])


async def test_no_more_are_read_together_than_the_server_takes() -> None:
    archive = Archive()
    await values(archived(archive, history=2), *(gap(tag, 0, 5) for tag in range(1, 6)))
    assert [len(asked) for asked in archive.asked] == [2, 2, 1]


async def test_gaps_far_apart_are_not_read_over_all_that_lies_between() -> None:
    archive = Archive()
    found = await values(archived(archive), gap(1, 0, 5), gap(2, 86_400, 86_405))
    assert len(archive.asked) == 2
    assert sum(map(len, found)) == 8


async def test_one_that_refuses_is_asked_once_and_the_others_to_their_end() -> None:
    archive = Archive(page=2, refused={"Tag1"})
    found = await values(archived(archive), gap(1, 0, 6), gap(2, 0, 6))
    assert seconds(found, 2) == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert archive.asked[1:] == [["Tag2"]] * (len(archive.asked) - 1)


async def test_a_server_that_always_has_one_more_page_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGES_MOST", 7)
    archive = Archive(is_endless=True)
    await values(archived(archive), gap(1, 0, 6))
    assert len(archive.asked) == 7


async def test_answers_cut_short_without_a_word_are_followed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "VALUES_PER_ANSWER", 3)
    archive = Archive(page=3, tells_of_more=False)
    found = await values(archived(archive), gap(1, 0, 9), gap(2, 0, 2))
    assert seconds(found, 1) == [float(second) for second in range(1, 9)]
    assert seconds(found, 2) == [1.0]


async def test_what_is_left_of_a_gap_begins_at_the_newest_value_inside() -> None:
    whole = gap(1, 10, 20)
    assert rest_of(whole, [us(12), us(15), us(99), us(1)]) == gap(1, 15, 20)
    assert rest_of(whole, []) == whole
