"""Monitored items in calls of a size that the server takes: made, changed, deleted; filters it knows and does not."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from asyncua import ua

from drivers.api import Item
from drivers.opcua.items import ItemState, ItemTable, Slots
from drivers.opcua.session import OperationLimits, Session
from drivers.opcua.subscriptions import CALLS_IN_FLIGHT, ITEMS_PER_SUBSCRIPTION, TOO_MANY, Subscriptions, slowed_ms
from tests.drivers.opcua.fake_session import CODES, OTHER, SUBSCRIPTION, FakeSession, address
from tests.drivers.opcua.sessions import connected
from tests.support import link
from tests.support.node_opcua import NodeServer
from tests.support.peer import Peer

pytestmark = pytest.mark.asyncio


def table_of(count: int, *, deadband: float = 0.0, sampling_ms: int = 100) -> ItemTable:
    table = ItemTable()
    table.replace([Item(tag, address(f"Tag{tag}"), sampling_ms, deadband) for tag in range(1, count + 1)])
    return table


async def made(
    count: int, session: FakeSession | None = None, *, deadband: float = 0.0
) -> tuple[FakeSession, ItemTable, Subscriptions]:
    session, table = session or FakeSession(), table_of(count, deadband=deadband)
    subscriptions = Subscriptions(session.as_session(), table)
    await subscriptions.begin()
    await subscriptions.create_pending()
    return session, table, subscriptions


def active(table: ItemTable) -> Slots:
    return table.in_state(ItemState.ACTIVE)


# ── sizes of calls ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_calls_keep_to_the_limit_that_the_server_announced() -> None:
    session, table, _ = await made(25, FakeSession(OperationLimits(items=10)))
    assert session.services.sizes("create") == [10, 10, 5]
    assert len(active(table)) == 25
    assert session.services.most_in_flight == CALLS_IN_FLIGHT


@pytest.mark.parametrize("code", sorted(TOO_MANY))
async def test_a_limit_that_was_not_announced_is_found_by_halving_and_remembered(code: int) -> None:
    session = FakeSession()
    session.services.most, session.services.too_many = 100, code
    session, table, subscriptions = await made(1000, session)
    assert len(active(table)) == 1000
    assert len(session.services.monitored) == 1000, "none is made twice"
    sizes = session.services.sizes("create")
    assert sizes[0] == 1000
    assert sum(size for size in sizes if size <= 100) == 1000
    session.services.calls.clear()
    await subscriptions.delete(active(table))
    assert max(session.services.sizes("delete")) <= 100, "no call is too large twice"


async def test_a_server_that_refuses_even_one_is_not_asked_for_ever() -> None:
    session = FakeSession()
    session.services.most = 0
    with pytest.raises(ua.UaStatusCodeError):
        await made(10, session)
    assert len(session.services.sizes("create")) < 20


async def test_another_failure_is_raised_and_what_was_made_stays_known() -> None:
    session, table, subscriptions = await made(5)
    table.replace([Item(tag, address(f"Tag{tag}"), 100) for tag in range(1, 8)])
    session.services.error = TimeoutError()
    with pytest.raises(TimeoutError):
        await subscriptions.create_pending()
    assert (len(active(table)), len(table.in_state(ItemState.PENDING))) == (5, 2)
    session.services.error = None
    await subscriptions.create_pending()
    assert len(active(table)) == 7


async def test_many_items_are_spread_over_subscriptions() -> None:
    session, table, subscriptions = await made(11_000)
    assert subscriptions.ids == (SUBSCRIPTION, OTHER, OTHER + 1)
    _, counts = np.unique(table.subscription[: table.size], return_counts=True)
    assert counts.tolist() == [ITEMS_PER_SUBSCRIPTION, ITEMS_PER_SUBSCRIPTION, 1000]
    assert {int(each.handle) for each in session.services.monitored.values()} == set(range(11_000))
    table.replace([Item(tag, address(f"Tag{tag}"), 100) for tag in range(10_000, 11_001)])
    removed = np.flatnonzero(table.state[: table.size] == ItemState.GONE)
    await subscriptions.delete(removed)
    assert len(session.services.monitored) == 1001
    table.replace([Item(tag, address(f"Tag{tag}"), 100) for tag in range(10_000, 12_000)])
    await subscriptions.create_pending()
    assert len(subscriptions.ids) == 3, "what became free is used first"


# ── one subscription ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_there_is_one_subscription_even_without_items_and_only_one() -> None:
    session, _, subscriptions = await made(0)
    assert await subscriptions.begin() == SUBSCRIPTION
    assert session.services.sizes("create_subscription") == [1]
    assert (subscriptions.interval_ms, subscriptions.keepalive_s) == (250.0, 2.0)


@pytest.mark.parametrize(
    ("config", "keepalive", "lifetime"),
    [
        ({}, 8, 240),
        ({"publishing_ms": 60_000, "keepalive_s": 0.5}, 1, 3),
        ({"publishing_ms": 100, "keepalive_s": 60.0, "lifetime_s": 10.0}, 600, 1800),
    ],
)
async def test_a_lifetime_is_at_least_three_keep_alives(
    monkeypatch: pytest.MonkeyPatch, config: dict[str, Any], keepalive: int, lifetime: int
) -> None:
    session, asked = FakeSession(None, **config), list[Any]()
    create = session.services.create_subscription

    async def listen(parameters: Any, callback: object) -> Any:
        asked.append(parameters)
        return await create(parameters, callback)

    monkeypatch.setattr(session.services, "create_subscription", listen)
    await made(0, session)
    assert (asked[0].RequestedMaxKeepAliveCount, asked[0].RequestedLifetimeCount) == (keepalive, lifetime)


async def test_a_publishing_interval_can_be_changed() -> None:
    session, _, subscriptions = await made(1)
    await subscriptions.modify_intervals(1000.0)
    assert session.services.sizes("update_subscription") == [1]
    assert (subscriptions.interval_ms, subscriptions.keepalive_s) == (1000.0, 2.0)


async def test_what_a_server_revises_to_nothing_is_at_least_a_millisecond() -> None:
    session = FakeSession()
    session.services.interval_ms = 0.0
    _, _, subscriptions = await made(1, session)
    assert subscriptions.interval_ms == 1.0


# ── items ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_the_server_does_not_have_is_refused_and_the_rest_made() -> None:
    session = FakeSession()
    session.services.missing.add("Tag2")
    session.services.codes["Tag3"] = CODES.BadUserAccessDenied
    table = table_of(4)
    table.replace([*table.items, Item(5, "nsu=urn:nowhere;s=x"), Item(6, "nonsense")])
    subscriptions = Subscriptions(session.as_session(), table)
    await subscriptions.begin()
    assert await subscriptions.create_pending() == 4
    assert {each.tag: each.reason for each in table.rejected()} == {
        2: "The server has no such address.",
        3: "The server does not let this user read it.",
        5: "The server has no namespace urn:nowhere.",
        6: "nonsense is not an OPC UA node id.",
    }
    assert active(table).tolist() == [0, 3]


async def test_items_are_made_as_they_are_wanted() -> None:
    session = FakeSession(queue_size=7)
    session, table, _ = await made(2, session)
    (found,) = session.services.named("Tag2")
    assert (found.handle, found.parameters.SamplingInterval, found.parameters.QueueSize) == (1, 100.0, 7)
    assert found.parameters.DiscardOldest
    assert found.parameters.Filter is None
    assert table.revised_ms[:2].tolist() == [100.0, 100.0]


async def test_sampling_is_slowed_by_a_factor_and_restored() -> None:
    session, table, subscriptions = await made(2)
    for factor, wanted in ((8.0, 800.0), (1.0, 100.0)):
        await subscriptions.modify(active(table), factor)
        assert [each.parameters.SamplingInterval for each in session.services.monitored.values()] == [wanted] * 2
        assert table.revised_ms[:2].tolist() == [wanted] * 2
    session.services.monitored.pop(1)
    await subscriptions.modify(active(table), 2.0)
    assert table.revised_ms[:2].tolist() == [100.0, 200.0], "an item that the server lost changes nothing"


@pytest.mark.parametrize(
    ("sampling_ms", "factor", "wanted"),
    [(100, 1, 100), (100, 8, 800), (500, 8, 2000), (5000, 8, 5000), (2000, 2, 2000), (0, 8, 0)],
)
async def test_slowing_ends_at_two_seconds_and_hurries_nothing(
    sampling_ms: float, factor: float, wanted: float
) -> None:
    assert slowed_ms(sampling_ms, factor) == wanted


async def test_deleting_nothing_asks_nothing() -> None:
    session, _, subscriptions = await made(2)
    await subscriptions.delete(np.array([], np.intp))
    assert session.services.sizes("delete") == []


async def test_a_tag_that_goes_while_its_item_is_made_is_deleted_again() -> None:
    session, table = FakeSession(), table_of(3)
    subscriptions = Subscriptions(session.as_session(), table)
    await subscriptions.begin()
    session.services.gate = asyncio.Event()
    making = asyncio.create_task(subscriptions.create_pending())
    for _ in range(5):
        await asyncio.sleep(0)
    table.replace(table.items[1:])
    session.services.gate.set()
    await making
    assert sorted(each.name for each in session.services.monitored.values()) == ["Tag2", "Tag3"]
    assert active(table).tolist() == [1, 2]


# ── deadbands ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_deadband_is_the_servers_where_it_knows_it() -> None:
    session, _, subscriptions = await made(1, deadband=0.5)
    (found,) = session.services.named("Tag1")
    chosen: Any = found.parameters.Filter
    assert (chosen.DeadbandType, chosen.DeadbandValue) == (ua.DeadbandType.Absolute, 0.5)
    assert subscriptions.is_filtered_here == set()


async def test_and_ours_where_it_does_not() -> None:
    session = FakeSession()
    session.services.knows_filters = False
    session, table, subscriptions = await made(3, session, deadband=0.5)
    assert len(active(table)) == 3
    assert subscriptions.is_filtered_here == {0, 1, 2}
    assert [each.parameters.Filter for each in session.services.monitored.values()] == [None] * 3
    await subscriptions.modify(active(table), 2.0)
    assert [each.parameters.Filter for each in session.services.monitored.values()] == [None] * 3


# ── real servers ──────────────────────────────────────────────────────────────────────────────────────────────────


def real_table(count: int, deadband: float = 0.0) -> ItemTable:
    table = ItemTable()
    doubles = range(1, 6 * count, 6) if deadband else range(1, count + 1)
    table.replace([Item(tag, link.address(f"Item{tag:04d}"), 100, deadband) for tag in doubles])
    return table


def sizes_of(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of the calls that make items from now on."""
    sizes: list[int] = []
    create = session.services.create_monitored_items

    async def note(parameters: Any) -> Any:
        sizes.append(len(parameters.ItemsToCreate))
        return await create(parameters)

    monkeypatch.setattr(session.services, "create_monitored_items", note)
    return sizes


async def test_a_real_server_makes_changes_and_deletes_them(peer: Peer) -> None:
    async with connected(peer.url) as session:
        table = real_table(20, deadband=0.5)
        subscriptions = Subscriptions(session, table)
        await subscriptions.begin()
        assert await subscriptions.create_pending() == 0
        assert subscriptions.is_filtered_here == set(), "both know the filter"
        await subscriptions.modify(active(table), 4.0)
        assert table.revised_ms[:20].tolist() == [400.0] * 20
        await subscriptions.delete(active(table))
        await subscriptions.delete(active(table))
        await subscriptions.modify_intervals(500.0)
        assert subscriptions.interval_ms == (500.0 if isinstance(peer, NodeServer) else 250.0), "what the server says"


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_real_limit_is_kept_to_or_found_out(
    limited: Peer, monkeypatch: pytest.MonkeyPatch, is_announced: bool
) -> None:
    async with connected(limited.url) as session:
        session.limits = session.limits if is_announced else OperationLimits()
        sizes, table = sizes_of(session, monkeypatch), real_table(40)
        subscriptions = Subscriptions(session, table)
        await subscriptions.begin()
        assert await subscriptions.create_pending() == 0
        assert len(active(table)) == 40
        assert (max(sizes) == 7) is is_announced
        assert sum(size for size in sizes if size <= 7) == 40
