"""The subscriptions of one session and the monitored items in them: made, changed and deleted in calls of a safe size.

A server says how many items it takes in a call, or says nothing and refuses (BadTooManyOperations): the size is then
halved until it fits. Two calls are in flight at a time, so that neither side waits for the other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import numpy as np
from asyncua import ua

from drivers.opcua.items import ItemState, ItemTable, Slots, refusal
from drivers.opcua.session import Session

ITEMS_PER_SUBSCRIPTION: Final = 5000
NOTIFICATIONS_PER_PUBLISH: Final = 1000
CALLS_IN_FLIGHT: Final = 2
TOO_MANY: Final = frozenset(
    {
        ua.StatusCodes.BadTooManyOperations,
        ua.StatusCodes.BadEncodingLimitsExceeded,
        ua.StatusCodes.BadResponseTooLarge,
        ua.StatusCodes.BadRequestTooLarge,
        ua.StatusCodes.BadTcpMessageTooLarge,
    }
)
_NO_FILTER: Final = frozenset(
    {
        ua.StatusCodes.BadMonitoredItemFilterUnsupported,
        ua.StatusCodes.BadFilterNotAllowed,
        ua.StatusCodes.BadMonitoredItemFilterInvalid,
    }
)

Answer = TypeVar("Answer")


class Subscriptions:
    """What one session's server monitors of an item table."""

    def __init__(self, session: Session, table: ItemTable) -> None:
        self._session = session
        self._table = table
        self._per_call = session.limits.items
        self._counts: dict[int, int] = {}
        self.interval_ms = 0.0
        self.keepalive_s = 0.0
        self.is_filtered_here: set[int] = set()
        """Slots whose deadband the server does not know, and the driver applies."""

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(self._counts)

    async def begin(self) -> int:
        """Make the first subscription where there is none, and return its id. Raises asyncua's errors.

        There is one even without items, for its keep-alives.
        """
        return next(iter(self._counts)) if self._counts else await self._create()

    async def create_pending(self, sampling_factor: float = 1.0) -> int:
        """Monitor every pending item; return how many the server refused. Raises asyncua's errors."""
        wanted = self._table.in_state(ItemState.PENDING)
        pending = self._resolved(wanted)
        refused = len(wanted) - len(pending)
        start = 0
        while start < len(pending):
            subscription = await self._with_room()
            room = ITEMS_PER_SUBSCRIPTION - self._counts[subscription]
            chunk = pending[start : start + room]
            start += len(chunk)

            async def create(slots: Slots, subscription: int = subscription) -> list[int]:
                return [await self._create_items(slots, subscription, sampling_factor)]

            refused += sum(await self._in_calls(chunk, create))
        return refused

    async def delete(self, slots: Slots) -> None:
        """Stop monitoring slots. Raises asyncua's errors; an item that the server no longer knows is no error."""
        for subscription in self.ids:

            async def remove(part: Slots, subscription: int = subscription) -> list[int]:
                ids = [ua.UInt32(each) for each in self._table.server_id[part].tolist()]
                parameters = ua.DeleteMonitoredItemsParameters(
                    SubscriptionId=ua.UInt32(subscription), MonitoredItemIds=ids
                )
                await self._session.services.delete_monitored_items(parameters)
                self._counts[subscription] -= len(part)
                return []

            await self._in_calls(slots[self._table.subscription[slots] == subscription], remove)

    async def modify(self, slots: Slots, sampling_factor: float) -> None:
        """Ask for the sampling intervals of slots anew, slowed by a factor. Raises asyncua's errors."""
        for subscription in self.ids:

            async def change(part: Slots, subscription: int = subscription) -> list[int]:
                await self._modify_items(part, subscription, sampling_factor)
                return []

            await self._in_calls(slots[self._table.subscription[slots] == subscription], change)

    async def modify_intervals(self, publishing_ms: float) -> None:
        """Change how often the server publishes. Raises asyncua's errors."""
        for subscription in self.ids:
            lifetime, keepalive = self._counts_for(publishing_ms)
            answer = await self._session.services.update_subscription(
                ua.ModifySubscriptionParameters(
                    SubscriptionId=ua.UInt32(subscription),
                    RequestedPublishingInterval=publishing_ms,
                    RequestedLifetimeCount=lifetime,
                    RequestedMaxKeepAliveCount=keepalive,
                    MaxNotificationsPerPublish=NOTIFICATIONS_PER_PUBLISH,
                )
            )
            self._revised(answer.RevisedPublishingInterval, answer.RevisedMaxKeepAliveCount)

    async def resend(self) -> bool:
        """Ask the server to send every value again (OPC 10000-5, 9.3); False when it has no such method."""
        server = ua.NodeId(ua.Int32(ua.ObjectIds.Server))
        method = ua.NodeId(ua.Int32(ua.ObjectIds.Server_ResendData))
        calls = [
            ua.CallMethodRequest(server, method, [ua.Variant(subscription, ua.VariantType.UInt32)])
            for subscription in self.ids
        ]
        try:
            answers = await self._session.services.call(calls)
        except ua.UaError:
            return False
        return all(answer.StatusCode.is_good() for answer in answers)

    async def _create(self) -> int:
        config = self._session.config
        lifetime, keepalive = self._counts_for(config.publishing_ms)
        answer = await self._session.services.create_subscription(
            ua.CreateSubscriptionParameters(
                RequestedPublishingInterval=config.publishing_ms,
                RequestedLifetimeCount=lifetime,
                RequestedMaxKeepAliveCount=keepalive,
                MaxNotificationsPerPublish=NOTIFICATIONS_PER_PUBLISH,
                PublishingEnabled=True,
            ),
            callback=_unused,
        )
        self._revised(answer.RevisedPublishingInterval, answer.RevisedMaxKeepAliveCount)
        self._counts[int(answer.SubscriptionId)] = 0
        return int(answer.SubscriptionId)

    def _counts_for(self, publishing_ms: float) -> tuple[int, int]:
        """Return lifetime and keep-alive in publishing intervals; the lifetime is at least three keep-alives."""
        config = self._session.config
        keepalive = max(1, round(config.keepalive_s * 1000 / publishing_ms))
        return max(3 * keepalive, round(config.lifetime_s * 1000 / publishing_ms)), keepalive

    def _revised(self, interval_ms: float, keepalive_count: int) -> None:
        self.interval_ms = max(float(interval_ms), 1.0)
        self.keepalive_s = self.interval_ms * max(1, int(keepalive_count)) / 1000

    async def _with_room(self) -> int:
        for subscription, count in self._counts.items():
            if count < ITEMS_PER_SUBSCRIPTION:
                return subscription
        return await self._create()

    def _resolved(self, slots: Slots) -> Slots:
        """Return the slots whose address the session's namespaces know; the others are refused here."""
        known = []
        now, now_us = time.monotonic(), time.time_ns() // 1000
        for slot in slots.tolist():
            reason = self._session.namespaces.fault(self._table.items[slot].address)
            if reason:
                self._table.reject(slot, ua.StatusCodes.BadNodeIdUnknown, reason, now, now_us)
            else:
                known.append(slot)
        return np.array(known, np.intp)

    async def _create_items(self, slots: Slots, subscription: int, factor: float) -> int:
        """Create one call's worth; return how many were refused."""
        answers = await self._create_call(slots, subscription, factor, with_filter=True)
        unfiltered = [row for row, answer in enumerate(answers) if int(answer.StatusCode.value) in _NO_FILTER]
        if unfiltered:
            again = await self._create_call(slots[unfiltered], subscription, factor, with_filter=False)
            for row, answer in zip(unfiltered, again, strict=True):
                answers[row] = answer
            self.is_filtered_here.update(slots[unfiltered].tolist())
        good = np.array([answer.StatusCode.is_good() for answer in answers], bool)
        accepted = [answers[row] for row in np.flatnonzero(good).tolist()]
        now, now_us = time.monotonic(), time.time_ns() // 1000
        self._table.accept(
            slots[good],
            [
                (int(each.MonitoredItemId), float(each.RevisedSamplingInterval), int(each.RevisedQueueSize))
                for each in accepted
            ],
            subscription,
            now,
        )
        self._counts[subscription] += len(accepted)
        orphans = slots[good & (self._table.state[slots] == ItemState.GONE)]
        if len(orphans):  # their tags were removed while the server answered
            await self.delete(orphans)
        for row in np.flatnonzero(~good).tolist():
            code = int(answers[row].StatusCode.value)
            self._table.reject(int(slots[row]), code, refusal(code), now, now_us)
        return len(slots) - len(accepted)

    async def _create_call(
        self, slots: Slots, subscription: int, factor: float, *, with_filter: bool
    ) -> list[ua.MonitoredItemCreateResult]:
        return await self._session.services.create_monitored_items(
            ua.CreateMonitoredItemsParameters(
                SubscriptionId=ua.UInt32(subscription),
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToCreate=[
                    ua.MonitoredItemCreateRequest(
                        ItemToMonitor=ua.ReadValueId(
                            NodeId=self._session.namespaces.node_id(self._table.items[slot].address),
                            AttributeId=ua.AttributeIds.Value,
                        ),
                        MonitoringMode=ua.MonitoringMode.Reporting,
                        RequestedParameters=self._parameters(slot, factor, with_filter=with_filter),
                    )
                    for slot in slots.tolist()
                ],
            )
        )

    async def _modify_items(self, slots: Slots, subscription: int, factor: float) -> None:
        answers = await self._session.services.modify_monitored_items(
            ua.ModifyMonitoredItemsParameters(
                SubscriptionId=ua.UInt32(subscription),
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToModify=[
                    ua.MonitoredItemModifyRequest(
                        ua.UInt32(self._table.server_id[slot]),
                        self._parameters(slot, factor, with_filter=slot not in self.is_filtered_here),
                    )
                    for slot in slots.tolist()
                ],
            )
        )
        for slot, answer in zip(slots.tolist(), answers, strict=True):
            if answer.StatusCode.is_good():
                self._table.revised_ms[slot] = float(answer.RevisedSamplingInterval)

    def _parameters(self, slot: int, factor: float, *, with_filter: bool) -> ua.MonitoringParameters:
        deadband = float(self._table.deadband[slot])
        chosen = None
        if deadband > 0 and with_filter:
            chosen = ua.DataChangeFilter(
                Trigger=ua.DataChangeTrigger.StatusValue,
                DeadbandType=ua.UInt32(ua.DeadbandType.Absolute),
                DeadbandValue=deadband,
            )
        return ua.MonitoringParameters(
            ClientHandle=ua.UInt32(slot),
            SamplingInterval=slowed_ms(float(self._table.sampling_ms[slot]), factor),
            Filter=chosen,
            QueueSize=ua.UInt32(self._session.config.queue_size),
            DiscardOldest=True,
        )

    async def _in_calls(self, slots: Slots, call: Callable[[Slots], Awaitable[list[Answer]]]) -> list[Answer]:
        """Do something to slots in calls of a size that the server takes, two at a time."""
        found: list[Answer] = []
        waiting = [slots[at : at + self._per_call] for at in range(0, len(slots), self._per_call)]
        while waiting:
            batch, waiting = waiting[:CALLS_IN_FLIGHT], waiting[CALLS_IN_FLIGHT:]
            answers = await asyncio.gather(*(call(part) for part in batch), return_exceptions=True)
            for part, answer in zip(batch, answers, strict=True):
                if not isinstance(answer, BaseException):
                    found += answer
                elif is_too_many(answer) and len(part) > 1:
                    self._per_call = max(1, min(self._per_call, len(part) // 2))
                    waiting[:0] = [part[: len(part) // 2], part[len(part) // 2 :]]
                else:
                    raise answer
        return found


def slowed_ms(sampling_ms: float, factor: float, most_ms: float = 2000.0) -> float:
    """Return a sampling interval slowed by a factor, to 2 s at most; a slower one stays as it is."""
    return max(sampling_ms, min(sampling_ms * factor, most_ms))


def is_too_many(error: BaseException) -> bool:
    """Whether a call was refused for its size."""
    return isinstance(error, ua.UaStatusCodeError) and int(error.code) in TOO_MANY


def _unused(_result: Sequence[object]) -> None:
    """Take nothing: asyncua wants a callback, but publishing.py decodes the answers."""
