"""A session whose server is the test: it keeps what it is asked, and answers as it is told, rightly or wrongly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_to_binary

from drivers.api import DriverError
from drivers.opcua.addresses import Namespaces
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.session import OperationLimits, Session

CODES = ua.StatusCodes
SUBSCRIPTION = 77
OTHER = 78
URI = "urn:fake"

loose: Any = ua
"""asyncua's names without its types, which want an Int32 where it takes an int."""


def address(name: str) -> str:
    return f"nsu={URI};s={name}"


@dataclass
class Monitored:
    """One monitored item of the fake server."""

    handle: int
    name: str
    parameters: ua.MonitoringParameters
    subscription: int


@dataclass
class FakeServices:
    """A server of variables by name. It has every name but those in `missing`, and takes `most` items in a call.

    calls: (service, how many operations) in order. codes: what a creation answers for a name. knows_filters: without,
    an item with a filter is refused. error: raised by every service while it is set. values: what a read finds.
    """

    most: int = 1_000_000
    too_many: int = CODES.BadTooManyOperations
    knows_filters: bool = True
    knows_resend: bool = True
    interval_ms: float = 250.0
    missing: set[str] = field(default_factory=set)
    codes: dict[str, int] = field(default_factory=dict)
    values: dict[str, ua.DataValue] = field(default_factory=dict)
    monitored: dict[int, Monitored] = field(default_factory=dict)
    subscriptions: list[int] = field(default_factory=list)
    calls: list[tuple[str, int]] = field(default_factory=list)
    error: Exception | None = None
    in_flight: int = 0
    most_in_flight: int = 0
    gate: asyncio.Event | None = None
    server_state: int = 0
    service_level: int = 255
    clock_off_s: float = 0.0

    async def create_subscription(self, parameters: Any, callback: object) -> Any:
        del callback
        await self._enter("create_subscription", 1)
        self.subscriptions.append(SUBSCRIPTION + len(self.subscriptions))
        answer = loose.CreateSubscriptionResult()
        answer.SubscriptionId = self.subscriptions[-1]
        answer.RevisedPublishingInterval = self.interval_ms
        answer.RevisedMaxKeepAliveCount = parameters.RequestedMaxKeepAliveCount
        answer.RevisedLifetimeCount = parameters.RequestedLifetimeCount
        return answer

    async def update_subscription(self, parameters: Any) -> Any:
        await self._enter("update_subscription", 1)
        answer = loose.ModifySubscriptionResult()
        answer.RevisedPublishingInterval = parameters.RequestedPublishingInterval
        answer.RevisedMaxKeepAliveCount = parameters.RequestedMaxKeepAliveCount
        return answer

    async def create_monitored_items(self, parameters: Any) -> list[Any]:
        await self._enter("create", len(parameters.ItemsToCreate))
        return [self._create(each, int(parameters.SubscriptionId)) for each in parameters.ItemsToCreate]

    async def modify_monitored_items(self, parameters: Any) -> list[Any]:
        await self._enter("modify", len(parameters.ItemsToModify))
        answers = []
        for each in parameters.ItemsToModify:
            answer = loose.MonitoredItemModifyResult()
            found = self.monitored.get(int(each.MonitoredItemId))
            answer.StatusCode = loose.StatusCode(0 if found else CODES.BadMonitoredItemIdInvalid)
            if found is not None:
                found.parameters = each.RequestedParameters
                answer.RevisedSamplingInterval = each.RequestedParameters.SamplingInterval
            answers.append(answer)
        return answers

    async def delete_monitored_items(self, parameters: Any) -> list[Any]:
        await self._enter("delete", len(parameters.MonitoredItemIds))
        for each in parameters.MonitoredItemIds:
            found = self.monitored.pop(int(each), None)
            assert found is None or found.subscription == int(parameters.SubscriptionId), "asked of the right one"
        return [loose.StatusCode(0) for _ in parameters.MonitoredItemIds]

    async def read_attributes(self, nodes: Sequence[ua.NodeId], attribute: int) -> list[ua.DataValue]:
        await self._enter("read", len(nodes))
        return [self._status(node) or self._value(node, attribute) for node in nodes]

    async def call(self, methods: Sequence[Any]) -> list[Any]:
        await self._enter("call", len(methods))
        code = 0 if self.knows_resend else CODES.BadMethodInvalid
        answers = [loose.CallMethodResult() for _ in methods]
        for answer in answers:
            answer.StatusCode = loose.StatusCode(code)
        return answers

    def named(self, name: str) -> list[Monitored]:
        return [each for each in self.monitored.values() if each.name == name]

    def sizes(self, service: str) -> list[int]:
        return [count for name, count in self.calls if name == service]

    def _create(self, wanted: Any, subscription: int) -> Any:
        name = str(wanted.ItemToMonitor.NodeId.Identifier)
        parameters = wanted.RequestedParameters
        code = CODES.BadNodeIdUnknown if name in self.missing else self.codes.get(name, 0)
        if parameters.Filter is not None and not self.knows_filters:
            code = CODES.BadMonitoredItemFilterUnsupported
        answer = loose.MonitoredItemCreateResult()
        answer.StatusCode = loose.StatusCode(code)
        if not code:
            number = 1 + max(self.monitored, default=0)
            self.monitored[number] = Monitored(int(parameters.ClientHandle), name, parameters, subscription)
            answer.MonitoredItemId = number
            answer.RevisedSamplingInterval = parameters.SamplingInterval
            answer.RevisedQueueSize = parameters.QueueSize
        return answer

    def _status(self, node: ua.NodeId) -> ua.DataValue | None:
        """Return what the standard nodes of the server's health say."""
        if node.NamespaceIndex:
            return None
        now = datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.clock_off_s, UTC)
        found = {
            ua.ObjectIds.Server_ServerStatus_State: loose.Variant(self.server_state, ua.VariantType.Int32),
            ua.ObjectIds.Server_ServerStatus_CurrentTime: loose.Variant(now),
            ua.ObjectIds.Server_ServiceLevel: loose.Variant(self.service_level, ua.VariantType.Byte),
        }.get(int(node.Identifier))
        return ua.DataValue(found)

    def _value(self, node: ua.NodeId, attribute: int) -> ua.DataValue:
        name = str(node.Identifier)
        if name in self.missing:
            return loose.DataValue(StatusCode=loose.StatusCode(CODES.BadNodeIdUnknown))  # type: ignore[no-any-return]  # loose
        if attribute != ua.AttributeIds.Value:
            return loose.DataValue(loose.Variant(3, ua.VariantType.Byte))  # type: ignore[no-any-return]  # loose
        return self.values.get(name) or value(0.0)

    async def _enter(self, service: str, count: int) -> None:
        if self.error is not None:
            raise self.error
        self.calls.append((service, count))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(0)
            if self.gate is not None:
                await self.gate.wait()
        finally:
            self.in_flight -= 1
        if count > self.most:
            raise loose.UaStatusCodeError(self.too_many)


class FakeSession:
    """What the parts of the driver see of a session."""

    endpoint = "opc.tcp://fake:4840"

    def __init__(self, limits: OperationLimits | None = None, **config: object) -> None:
        self.config = OpcUaConfig.model_validate(config)
        self.limits = limits or OperationLimits()
        self.namespaces = Namespaces(("http://opcfoundation.org/UA/", URI))
        self.services = FakeServices()
        self.is_up = True
        self.is_cut = False
        self.is_silent = False
        self.losses: list[DriverError] = []
        self.publishes: list[tuple[ua.PublishRequest, asyncio.Future[Buffer]]] = []
        self.republishes: list[tuple[int, int]] = []
        self.kept: dict[tuple[int, int], bytes] = {}
        self._sequences: dict[int, int] = {}

    def send(self, request: Any) -> asyncio.Future[Buffer]:
        if self.is_cut:
            raise ConnectionError("the link is down")
        future: asyncio.Future[Buffer] = asyncio.get_running_loop().create_future()
        if isinstance(request, ua.PublishRequest):
            self.publishes.append((request, future))
        elif not self.is_silent:
            asked = int(request.Parameters.SubscriptionId), int(request.Parameters.RetransmitSequenceNumber)
            self.republishes.append(asked)
            future.set_result(Buffer(self.kept.get(asked, fault(CODES.BadMessageNotAvailable))))
        return future

    def lose(self, reason: DriverError) -> None:
        self.is_up = False
        self.losses.append(reason)

    def as_session(self) -> Session:
        return cast(Session, self)

    @property
    def waiting(self) -> list[asyncio.Future[Buffer]]:
        """The publish requests that the server holds, the oldest first."""
        return [future for _, future in self.publishes if not future.done()]

    async def answer(self, *bodies: bytes) -> None:
        """Answer so many of the waiting requests, and let the pump take it."""
        for body, future in zip(bodies, self.waiting, strict=False):
            future.set_result(Buffer(body))
        await turn()

    async def publish(self, *rows: tuple[int, ua.DataValue], subscription: int = SUBSCRIPTION) -> None:
        """Send (client handle, value) as the subscription's next message."""
        sequence = self._sequences[subscription] = self._sequences.get(subscription, 0) + 1
        await self.answer(published(message(sequence, rows), subscription))

    def acknowledged(self) -> list[tuple[int, int]]:
        """Return what was acknowledged so far, in order."""
        return [pair for request, _ in self.publishes for pair in acknowledgements(request)]


async def turn(times: int = 5) -> None:
    """Let everything run that can."""
    for _ in range(times):
        await asyncio.sleep(0)


def acknowledgements(request: ua.PublishRequest) -> list[tuple[int, int]]:
    given = request.Parameters.SubscriptionAcknowledgements
    return [(int(each.SubscriptionId), int(each.SequenceNumber)) for each in given]


def value(content: object, source: datetime | None = None, code: int = 0) -> ua.DataValue:
    """Return a data value; its source time is now, where none is given."""
    return cast(
        ua.DataValue,
        loose.DataValue(
            loose.Variant(content),
            loose.StatusCode(code),
            SourceTimestamp=source or datetime.now(UTC).replace(tzinfo=UTC),
        ),
    )


def message(sequence: int, rows: Iterable[tuple[int, ua.DataValue]] = ()) -> ua.NotificationMessage:
    made = loose.NotificationMessage()
    made.SequenceNumber = sequence
    made.PublishTime = datetime.now(UTC)
    items = [loose.MonitoredItemNotification(handle, found) for handle, found in rows]
    if items:
        change = loose.DataChangeNotification()
        change.MonitoredItems = items
        made.NotificationData = [change]
    return cast(ua.NotificationMessage, made)


def published(of: ua.NotificationMessage, subscription: int = SUBSCRIPTION) -> bytes:
    made = loose.PublishResponse()
    made.Parameters.SubscriptionId = subscription
    made.Parameters.NotificationMessage = of
    return struct_to_binary(made)


def data(sequence: int, subscription: int = SUBSCRIPTION) -> bytes:
    return published(message(sequence, [(0, value(1.0))]), subscription)


def keepalive(following: int, subscription: int = SUBSCRIPTION) -> bytes:
    return published(message(following), subscription)


def again(sequence: int) -> bytes:
    made = loose.RepublishResponse()
    made.NotificationMessage = message(sequence, [(0, value(1.0))])
    return struct_to_binary(made)


def fault(code: int) -> bytes:
    made = loose.ServiceFault()
    made.ResponseHeader.ServiceResult = loose.StatusCode(code)
    return struct_to_binary(made)


def keep(session: FakeSession, sequences: Iterable[int], subscription: int = SUBSCRIPTION) -> None:
    """Have messages ready to be sent again."""
    session.kept.update({(subscription, each): again(each) for each in sequences})
