"""What clients may write: the right type, within the range; all else is refused with the status that says why."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from asyncua import ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.address_space import AddressSpace, AttributeService

from drivers.simulated.address_space import Served
from drivers.simulated.model import PointValue
from drivers.simulated.node_ids import status

Command = Callable[[str, PointValue], None]


class GuardedWrites(AttributeService):
    """The attribute service of a server that checks what clients write and hands it to the plant."""

    def __init__(self, aspace: AddressSpace, served: Mapping[ua.NodeId, Served], command: Command) -> None:
        super().__init__(aspace)
        self._served = served
        self._command = command

    async def write(self, params: ua.WriteParameters, user: User | None = None) -> list[ua.StatusCode]:
        if user is None or user.role == UserRole.Admin:  # the server itself: no client is ever an administrator
            return await super().write(params)
        return [await self._write_one(given, user) for given in params.NodesToWrite]

    async def _write_one(self, given: ua.WriteValue, user: User) -> ua.StatusCode:
        served = self._served.get(given.NodeId)
        if served is None or given.AttributeId != ua.AttributeIds.Value or not served.point.writable:
            return (await super().write(ua.WriteParameters([given]), user))[0]
        refusal = _refusal(served, given)
        if refusal is not None:
            return status(refusal)

        now = ua.DateTime.now(UTC)
        written = ua.DataValue(given.Value.Value, SourceTimestamp=now, ServerTimestamp=now)
        accepted = ua.WriteValue(given.NodeId, ua.AttributeIds.Value, None, written)
        result = (await super().write(ua.WriteParameters([accepted]), user))[0]
        if result.is_good():
            self._command(served.point.identifier, given.Value.Value.Value)
        return result


def _refusal(served: Served, given: ua.WriteValue) -> int | None:
    """Return the status code that refuses a write, or None."""
    value = given.Value
    if given.IndexRange:
        return ua.StatusCodes.BadIndexRangeInvalid
    if value.StatusCode is not None and not value.StatusCode.is_good():
        return ua.StatusCodes.BadWriteNotSupported
    if value.Value is None or value.Value.VariantType != served.data_type or value.Value.is_array:
        return ua.StatusCodes.BadTypeMismatch
    if served.point.kind == "analog" and not _is_within(value.Value.Value, served.point.low, served.point.high):
        return ua.StatusCodes.BadOutOfRange
    return None


def _is_within(value: Any, low: float, high: float) -> bool:
    return math.isfinite(value) and low <= value <= high
