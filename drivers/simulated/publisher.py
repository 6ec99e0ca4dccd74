"""Writing values into an address space, once a step, at the least cost a value.

With one monitored item a value, asyncua's Node.write_value costs 48 µs (it builds a request, asks for rights, copies
the value deeply for the item), Server.write_attribute_value 35 µs, and what is done here 8 µs: the value is put where
asyncua keeps it and the callbacks of the monitored items are called, as its own write does at its end.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue

from drivers.simulated.address_space import Served
from drivers.simulated.description import IN_USE
from drivers.simulated.model import PointValue, Trust
from drivers.simulated.node_ids import status

_log = logging.getLogger(__name__)

_STATUS = {
    Trust.GOOD: status(ua.StatusCodes.Good),
    Trust.LAST_USABLE: status(ua.StatusCodes.UncertainLastUsableValue),
    Trust.SENSOR_FAILURE: status(ua.StatusCodes.BadSensorFailure),
}


class Published(ua.DataValue):
    """A value that is never changed: asyncua's deep copy for each monitored item, 25 µs, is saved."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Published:
        return self


class _Slot:
    """Where one point's value lives, and what was last put there."""

    __slots__ = ("attribute", "data_type", "is_slow", "last", "trust")

    def __init__(self, served: Served, attribute: AttributeValue) -> None:
        self.attribute = attribute
        self.data_type = served.data_type
        # A controller takes a setpoint over in its next cycle and says so; only measurements are slow.
        self.is_slow = served.point.kind == "analog" and not served.point.key.endswith(IN_USE)
        self.last: PointValue | None = None
        self.trust = Trust.GOOD


class Publisher:
    """Puts the values of one area into its address space."""

    def __init__(self, aspace: AddressSpace, served: Sequence[Served]) -> None:
        self._slots = {
            found.point.identifier: _Slot(found, aspace[found.node_id].attributes[ua.AttributeIds.Value])
            for found in served
        }

    def forget(self, identifier: str) -> None:
        """Publish a point at the next step whatever its value: a client wrote it, and the plant may not have agreed."""
        self._slots[identifier].last = None

    async def publish(
        self, values: Mapping[str, PointValue], distrusted: Mapping[str, Trust], at: ua.DateTime, *, with_analogs: bool
    ) -> None:
        """Put what has changed since the last call; without analogs they wait for a later step."""
        for identifier, slot in self._slots.items():
            if not with_analogs and slot.is_slow:
                continue
            value = values[identifier]
            trust = distrusted.get(identifier, Trust.GOOD)
            if value == slot.last and trust == slot.trust:
                continue
            slot.last = value
            slot.trust = trust
            # A failed instrument keeps its last value beside its status: asyncua fails to compare an empty value with a
            # deadband, and the client that asked for one would never hear of the failure.
            written = Published(ua.Variant(value, slot.data_type), _STATUS[trust], at, at)
            slot.attribute.value = written
            if slot.attribute.datachange_callbacks:
                await _notify(slot.attribute, written)


async def _notify(attribute: AttributeValue, written: Published) -> None:
    for handle, callback in tuple(attribute.datachange_callbacks.items()):
        try:
            await callback(handle, written)
        except Exception:  # noqa: BLE001 - one client's odd filter must not end the plant for the others
            _log.warning("A monitored item could not be told of a value", exc_info=True)
