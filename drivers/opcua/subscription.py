"""One subscription with its monitored items; every publish becomes one batch."""

from __future__ import annotations

import time
from collections.abc import Sequence

from asyncua import ua
from asyncua.client.ua_session import UaSession

from drivers.api import BatchSink, Rejected
from drivers.opcua.values import to_batch
from drivers.opcua.config import OpcUaConfig

ITEMS_PER_CALL = 1000
KEEPALIVE_S = 2.0
LIFETIME_S = 60.0
NOTIFICATIONS_PER_PUBLISH = 1000


class Subscription:
    """Takes its values from the session's publish answers as whole notifications.

    asyncua's own Subscription starts one task a value (40 % of its time), so it is passed by: the session hands each
    PublishResult to `_published`, and a client handle is the dense index of the tag.
    """

    def __init__(self, session: UaSession, config: OpcUaConfig, sink: BatchSink) -> None:
        self._session = session
        self._config = config
        self._sink = sink
        self._id = 0
        self.publishes = 0
        self.interval_ms = 0.0

    async def create(self) -> None:
        """Create the subscription on the server. Raises asyncua's errors."""
        interval_s = self._config.publishing_ms / 1000
        answer = await self._session.create_subscription(
            ua.CreateSubscriptionParameters(
                RequestedPublishingInterval=self._config.publishing_ms,
                RequestedLifetimeCount=max(3, round(LIFETIME_S / interval_s)),
                RequestedMaxKeepAliveCount=max(1, round(KEEPALIVE_S / interval_s)),
                MaxNotificationsPerPublish=NOTIFICATIONS_PER_PUBLISH,
                PublishingEnabled=True,
            ),
            callback=self._published,
        )
        self._id = answer.SubscriptionId
        self.interval_ms = float(answer.RevisedPublishingInterval)

    async def add(self, items: Sequence[tuple[int, str, ua.NodeId, int]]) -> list[Rejected]:
        """Monitor (tag, address, node id, sampling ms) each; return what the server refused."""
        rejected: list[Rejected] = []
        for start in range(0, len(items), ITEMS_PER_CALL):
            chunk = items[start : start + ITEMS_PER_CALL]
            answers = await self._session.create_monitored_items(
                ua.CreateMonitoredItemsParameters(
                    SubscriptionId=self._id,
                    TimestampsToReturn=ua.TimestampsToReturn.Both,
                    ItemsToCreate=[self._request(tag, node_id, sampling) for tag, _, node_id, sampling in chunk],
                )
            )
            rejected.extend(
                Rejected(tag, address, f"The server answered {answer.StatusCode.name}.", int(answer.StatusCode.value))
                for (tag, address, _, _), answer in zip(chunk, answers, strict=True)
                if not answer.StatusCode.is_good()
            )
        return rejected

    async def delete(self) -> None:
        """Delete the subscription on the server. Raises asyncua's errors."""
        await self._session.delete_subscriptions([self._id])

    def _request(self, tag: int, node_id: ua.NodeId, sampling_ms: int) -> ua.MonitoredItemCreateRequest:
        return ua.MonitoredItemCreateRequest(
            ItemToMonitor=ua.ReadValueId(NodeId=node_id, AttributeId=ua.AttributeIds.Value),
            MonitoringMode=ua.MonitoringMode.Reporting,
            RequestedParameters=ua.MonitoringParameters(
                ClientHandle=tag,
                SamplingInterval=sampling_ms,
                QueueSize=self._config.queue_size,
                DiscardOldest=True,
            ),
        )

    def _published(self, result: ua.PublishResult) -> None:
        self.publishes += 1
        received_us = time.time_ns() // 1000
        for notification in result.NotificationMessage.NotificationData or ():
            if isinstance(notification, ua.DataChangeNotification) and notification.MonitoredItems:
                rows = notification.MonitoredItems
                self._sink(to_batch([row.ClientHandle for row in rows], [row.Value for row in rows], received_us))
