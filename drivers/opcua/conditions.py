"""Alarms & Conditions of a server, mirrored (OPC 10000-9). The server's state machine is the only one.

Each event replaces what was known of its condition and branch. After every (re)subscription a ConditionRefresh has the
server send all that it retains; what it then leaves out has gone while nobody listened. An action names the newest
event of its condition; a server that says BadEventIdUnknown has a newer one on the way, so everything is refreshed and
the operator told to look again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from asyncua import ua

from drivers.api import Condition, ConditionSink, UnknownTagError, UnsupportedError, WriteRejectedError
from drivers.opcua.browsing import children
from drivers.opcua.session import Session
from drivers.opcua.values import TEXT_LIMIT, microseconds, readable
from drivers.opcua.writing import refusal

CONDITIONS_MOST: Final = 20_000
EVENT_QUEUE: Final = 10_000
HANDLE: Final = 0xFFFF_FF00
"""The client handle of the event item: above every slot of the item table."""

_IDS: Final = ua.ObjectIds
_SUBSCRIBE_TO_EVENTS: Final = 1
_TEXTS_KEPT: Final = min(TEXT_LIMIT, 2000)
_FIELDS: Final[tuple[tuple[int, tuple[str, ...]], ...]] = (
    (_IDS.BaseEventType, ("EventId",)),
    (_IDS.BaseEventType, ("EventType",)),
    (_IDS.BaseEventType, ("SourceName",)),
    (_IDS.BaseEventType, ("Time",)),
    (_IDS.BaseEventType, ("Message",)),
    (_IDS.BaseEventType, ("Severity",)),
    (_IDS.ConditionType, ()),
    (_IDS.ConditionType, ("BranchId",)),
    (_IDS.ConditionType, ("ConditionName",)),
    (_IDS.ConditionType, ("Retain",)),
    (_IDS.ConditionType, ("EnabledState", "Id")),
    (_IDS.ConditionType, ("Comment",)),
    (_IDS.ConditionType, ("ClientUserId",)),
    (_IDS.AcknowledgeableConditionType, ("AckedState", "Id")),
    (_IDS.AcknowledgeableConditionType, ("ConfirmedState", "Id")),
    (_IDS.AlarmConditionType, ("ActiveState", "Id")),
    (_IDS.AlarmConditionType, ("ShelvingState", "CurrentState", "Id")),
)
_SHELVED: Final = {
    _IDS.ShelvedStateMachineType_TimedShelved: "timed",
    _IDS.ShelvedStateMachineType_OneShotShelved: "one shot",
}


class Conditions:
    """The conditions of one session, as its server last said. Passes what changed on to the sink."""

    def __init__(self, session: Session, subscription: int, sink: ConditionSink, known: dict[str, Condition]) -> None:
        self._session = session
        self._subscription = subscription
        self._sink = sink
        self._known = known
        self._refreshed: set[str] | None = None

    async def begin(self) -> None:
        """Subscribe to the server's events and have it send what stands. Raises UnsupportedError, asyncua's errors."""
        await self._require_events()
        server = _standard(_IDS.Server)
        answers = await self._session.services.create_monitored_items(
            ua.CreateMonitoredItemsParameters(
                SubscriptionId=ua.UInt32(self._subscription),
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToCreate=[
                    ua.MonitoredItemCreateRequest(
                        ItemToMonitor=ua.ReadValueId(NodeId=server, AttributeId=ua.AttributeIds.EventNotifier),
                        MonitoringMode=ua.MonitoringMode.Reporting,
                        RequestedParameters=ua.MonitoringParameters(
                            ClientHandle=ua.UInt32(HANDLE),
                            SamplingInterval=0.0,
                            Filter=_event_filter(),
                            QueueSize=ua.UInt32(EVENT_QUEUE),
                            DiscardOldest=True,
                        ),
                    )
                ],
            )
        )
        if not answers[0].StatusCode.is_good():
            raise UnsupportedError("The server has no alarms of its own.")
        # One that knows no refresh has its alarms mirrored from the next change on.
        with contextlib.suppress(UnsupportedError):
            await self.refresh()

    async def refresh(self) -> None:
        """Have the server send every retained condition again. Raises UnsupportedError and asyncua's errors."""
        answer = await self._call(
            _standard(_IDS.ConditionType),
            _standard(_IDS.ConditionType_ConditionRefresh),
            [ua.Variant(self._subscription, ua.VariantType.UInt32)],
        )
        in_progress = int(answer.value) == ua.StatusCodes.BadRefreshInProgress
        if not answer.is_good() and not in_progress:
            raise UnsupportedError("The server does not send its standing alarms again.")

    def take(self, notifications: Iterable[ua.EventNotificationList]) -> None:
        """Take one publish answer's events."""
        changed: list[Condition] = []
        for notification in notifications:
            for event in notification.Events or ():
                if int(event.ClientHandle) == HANDLE:
                    changed += self._taken([field.Value for field in event.EventFields or ()])
        if changed:
            self._sink(changed)

    async def acknowledge(self, condition: Condition, comment: str, *, confirm: bool = False) -> None:
        """Acknowledge or confirm. Raises WriteRejectedError, UnknownTagError and asyncua's errors."""
        newest = self._known.get(condition.id, condition)
        method = _IDS.AcknowledgeableConditionType_Confirm if confirm else _IDS.AcknowledgeableConditionType_Acknowledge
        arguments = [
            ua.Variant(newest.event, ua.VariantType.ByteString),
            ua.Variant(ua.LocalizedText(comment), ua.VariantType.LocalizedText),
        ]
        await self._act(
            self._node(condition), _standard(method), arguments, "confirmation" if confirm else "acknowledgement"
        )

    async def shelve(self, condition: Condition, duration_s: float | None) -> None:
        """Shelve for a time or, with None, until it next returns to normal. Raises as `acknowledge`."""
        if duration_s is None:
            await self._shelving(condition, "OneShotShelve", [])
            return
        await self._shelving(condition, "TimedShelve", [ua.Variant(duration_s * 1000, ua.VariantType.Double)])

    async def unshelve(self, condition: Condition) -> None:
        """End a shelving. Raises as `acknowledge`."""
        await self._shelving(condition, "Unshelve", [])

    async def _require_events(self) -> None:
        server = _standard(_IDS.Server)
        answer = (await self._session.services.read_attributes([server], ua.AttributeIds.EventNotifier))[0]
        found = answer.Value.Value if answer.Value is not None else 0
        if not isinstance(found, int) or not int(found) & _SUBSCRIBE_TO_EVENTS:
            raise UnsupportedError("The server has no alarms of its own.")

    def _taken(self, values: Sequence[Any]) -> list[Condition]:
        if len(values) != len(_FIELDS):
            return []
        kind = values[1]
        number = kind.Identifier if isinstance(kind, ua.NodeId) and kind.NamespaceIndex == 0 else 0
        if number == _IDS.RefreshStartEventType:
            self._refreshed = set()
            return []
        if number == _IDS.RefreshEndEventType:
            return self._left_out()
        if not isinstance(values[6], ua.NodeId) or values[6].is_null():
            return []  # an event that is no condition's
        condition = self._condition(values)
        if condition.id not in self._known and len(self._known) >= CONDITIONS_MOST:
            return []
        if self._refreshed is not None:
            self._refreshed.add(condition.id)
        if condition.is_retained:
            self._known[condition.id] = condition
        else:
            self._known.pop(condition.id, None)
        return [condition]

    def _left_out(self) -> list[Condition]:
        """Return what the server no longer retains: it was not among what the refresh sent."""
        seen, self._refreshed = self._refreshed, None
        gone = [self._known.pop(key) for key in list(self._known) if seen is not None and key not in seen]
        return [replace(each, is_retained=False, is_active=False) for each in gone]

    def _condition(self, values: Sequence[Any]) -> Condition:
        address, branch = self._session.namespaces.address(values[6]), values[7]
        if isinstance(branch, ua.NodeId) and not branch.is_null():
            address += f"#{branch.to_string()}"
        shelving = values[16]
        number = shelving.Identifier if isinstance(shelving, ua.NodeId) else 0
        now_us = time.time_ns() // 1000
        return Condition(
            id=address,
            event=bytes(values[0] or b""),
            source=_text(values[2]),
            name=_text(values[8]),
            message=_text(values[4]),
            severity=int(values[5] or 0),
            at_us=microseconds(values[3]) or now_us,
            received_us=now_us,
            is_enabled=values[10] is not False,
            is_active=bool(values[15]),
            is_acknowledged=values[13] is not False,
            is_confirmed=values[14] is not False,
            is_retained=bool(values[9]),
            shelved=_SHELVED.get(number, "") if isinstance(number, int) else "",
            user=_text(values[12]),
            comment=_text(values[11]),
        )

    def _node(self, condition: Condition) -> ua.NodeId:
        return self._session.namespaces.node_id(condition.id.partition("#")[0])

    async def _shelving(self, condition: Condition, name: str, arguments: list[ua.Variant]) -> None:
        """Call a method of the condition's own shelving machine, by the node that the instance has for it."""
        for machine in await children(self._session, self._node(condition), ua.NodeClass.Object):
            if machine.BrowseName.Name != "ShelvingState":
                continue
            for method in await children(self._session, machine.NodeId, ua.NodeClass.Method):
                if method.BrowseName.Name == name:
                    await self._act(machine.NodeId, method.NodeId, arguments, "shelving")
                    with contextlib.suppress(UnsupportedError):
                        await self.refresh()  # shelving need not raise an event (10000-9, 5.8.10)
                    return
        raise UnknownTagError("This alarm of the server cannot be shelved.")

    async def _act(self, owner: ua.NodeId, method: ua.NodeId, arguments: list[ua.Variant], what: str) -> None:
        answer = await self._call(owner, method, arguments)
        code = int(answer.value)
        if code == ua.StatusCodes.BadEventIdUnknown:
            await self.refresh()
            raise WriteRejectedError("The alarm has changed meanwhile; look at it again.", code=code)
        if not answer.is_good():
            raise refusal(answer, what)

    async def _call(self, owner: ua.NodeId, method: ua.NodeId, arguments: list[ua.Variant]) -> ua.StatusCode:
        request = ua.CallMethodRequest(owner, method, arguments)
        answer: ua.StatusCode = (await self._session.services.call([request]))[0].StatusCode
        return answer


def _standard(number: int) -> ua.NodeId:
    return ua.NodeId(ua.Int32(number))


def _event_filter() -> ua.EventFilter:
    clauses = []
    for type_id, path in _FIELDS:
        clauses.append(
            ua.SimpleAttributeOperand(
                TypeDefinitionId=_standard(type_id),
                BrowsePath=[ua.QualifiedName(name) for name in path],
                # A condition's own node is asked for by an empty path and its node id (OPC 10000-9, 5.5.2).
                AttributeId=ua.AttributeIds.Value if path else ua.AttributeIds.NodeId,
            )
        )
    return ua.EventFilter(SelectClauses=clauses)


def _text(found: object) -> str:
    text = found.Text if isinstance(found, ua.LocalizedText) else found
    return readable(text[:_TEXTS_KEPT]) if isinstance(text, str) else ""
