"""The address space of the asyncua server for tests, and the commands that change it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta
from functools import partial
from typing import Any

from asyncua import Node, Server, ua, uamethod

from drivers.simulated.node_ids import plant_node, standard_node, status
from tests.support.peer import HostileKind

MIXED = ("Double", "Float", "Boolean", "Int32", "UInt16", "String")
HISTORY_KEPT = timedelta(hours=1)
CELSIUS = ua.EUInformation("http://www.opcfoundation.org/UA/units/un/cefact", 4408652, ua.LocalizedText("°C"))
NOW = "now"
HOSTILE_TIMES = {"year_1601": ua.DateTime(1601, 1, 1, tzinfo=UTC), "year_9999": ua.DateTime(9999, 12, 31, tzinfo=UTC)}


def value_of(kind: str, number: int, tick: int) -> Any:
    """Return what an item shows at a tick; every tick differs from the one before."""
    values = {"Boolean": tick % 2 == 1, "Int32": tick, "UInt16": tick % 65536, "String": f"tick {tick}"}
    return values.get(kind, tick + float(number))


def variant(value: Any, kind: str) -> ua.Variant:
    return ua.Variant(value, ua.VariantType[kind])


def hostile_value(kind: HostileKind) -> tuple[Any, str]:
    """Return a value and the name of its type."""
    values: dict[str, tuple[Any, str]] = {
        "huge_string": ("x" * 20_000_000, "String"),
        "long_array": ([float(row) for row in range(100_000)], "Double"),
        "nan": (float("nan"), "Double"),
        "inf": (float("inf"), "Double"),
        "changed_type": ("changed", "String"),
    }
    return values.get(kind, (1.0, "Double"))


@uamethod
def add_two(_parent: ua.NodeId, a: float, b: float) -> float:
    """Serve the method Add."""
    return a + b


class Nodes:
    """The server's address space, and the commands that change it."""

    def __init__(self, server: Server, namespace: int, *, is_mixed: bool) -> None:
        self._server = server
        self._namespace = namespace
        self._is_mixed = is_mixed
        self._tick = 0
        self._kinds: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._changing: dict[str, int] = {}
        self._commands: dict[str, Callable[..., Awaitable[dict[str, Any] | None]]] = {
            "set": self.set,
            "read": self.read,
            "remove": self.remove,
            "add": self.add,
            "add_items": self.add_items,
            "service_level": self.set_service_level,
            "hostile": self.send_hostile,
        }

    async def answer(self, name: str, options: dict[str, Any]) -> dict[str, Any]:
        """Carry out one command."""
        return await self._commands[name](**options) or {}

    async def build(self) -> None:
        """Add everything but the items."""
        self._peer = await self._server.nodes.objects.add_object(self._id("Peer"), self._name("Peer"))
        for item in ("Setpoint", "Level", "Historic"):
            await self.add(item)
        await self._node("Setpoint").set_writable()
        await self._build_analog()
        await self._build_discrete()
        argument = partial(ua.Argument, DataType=standard_node(ua.ObjectIds.Double), ValueRank=-1)
        arguments = [argument(Name="a"), argument(Name="b")], [argument(Name="sum")]
        await self._peer.add_method(self._id("Add"), self._name("Add"), add_two, *arguments)

    async def keep_history(self) -> None:
        await self._server.historize_node_data_change(self._node("Historic"), HISTORY_KEPT)

    async def change(self, rate_hz: float) -> None:
        """Change all items that no command has set, for ever."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            self._tick += 1
            await asyncio.sleep(began + self._tick / rate_hz - loop.time())
            now = ua.DateTime.now(UTC)
            for item, number in list(self._changing.items()):
                kind = self._kinds[item]
                await self._write(item, variant(value_of(kind, number, self._tick), kind), now)

    async def set(
        self, item: str, value: Any, data_type: str = "", status: str = "Good", source_time: str | None = NOW
    ) -> None:
        """Give an item a value, which it then keeps."""
        self._changing.pop(item, None)
        kind = self._kinds[item] = data_type or self._kinds[item]
        at = ua.DateTime.now(UTC) if source_time == NOW else source_time and ua.DateTime.fromisoformat(source_time)
        await self._write(item, variant(value, kind), at or None, getattr(ua.StatusCodes, status))

    async def read(self, item: str) -> dict[str, Any]:
        return {"value": await self._node(item).read_value()}

    async def add(self, item: str) -> None:
        """Add a variable: one that was removed as it was, any other as a Double."""
        if item in self._numbers:
            self._changing[item] = self._numbers[item]
        kind = self._kinds.setdefault(item, "Double")
        first = variant(value_of(kind, self._numbers.get(item, 0), 0), kind)
        await self._peer.add_variable(self._id(item), self._name(item), first)

    async def remove(self, item: str) -> None:
        self._changing.pop(item, None)
        _, results = await self._server.delete_nodes([self._node(item)])
        results[0].check()

    async def add_items(self, count: int) -> None:
        first = len(self._numbers) + 1
        for number in range(first, first + count):
            item = f"Item{number:04d}"
            self._kinds[item] = MIXED[(number - 1) % len(MIXED)] if self._is_mixed else "Double"
            self._numbers[item] = number
            await self.add(item)

    async def set_service_level(self, level: int) -> None:
        node_id = standard_node(ua.ObjectIds.Server_ServiceLevel)
        await self._server.write_attribute_value(node_id, ua.DataValue(variant(level, "Byte")))

    async def send_hostile(self, item: str, kind: HostileKind) -> None:
        """Write what no sane server sends; a changed type is announced in the DataType attribute too."""
        self._changing.pop(item, None)
        value, value_type = hostile_value(kind)
        if kind == "changed_type":
            self._kinds[item] = value_type
            data_type = variant(standard_node(ua.ObjectIds.String), "NodeId")
            await self._server.write_attribute_value(self._id(item), ua.DataValue(data_type), ua.AttributeIds.DataType)
        await self._write(item, variant(value, value_type), HOSTILE_TIMES.get(kind, ua.DateTime.now(UTC)))

    async def _write(self, item: str, value: ua.Variant, at: ua.DateTime | None, code: int = 0) -> None:
        found = ua.DataValue(value, status(code), SourceTimestamp=at, ServerTimestamp=ua.DateTime.now(UTC))
        space = self._server.iserver.aspace
        space[self._id(item)].attributes[ua.AttributeIds.Value].value = None  # or asyncua refuses another type
        result = await space.write_attribute_value(self._id(item), ua.AttributeIds.Value, found)
        result.check()

    async def _build_analog(self) -> None:
        await self.add("Analog")
        node = await self._typed("Analog", ua.ObjectIds.AnalogItemType)
        await node.add_property(self._id("Analog.EURange"), "0:EURange", ua.Range(-10.0, 90.0))
        await node.add_property(self._id("Analog.EngineeringUnits"), "0:EngineeringUnits", CELSIUS)

    async def _build_discrete(self) -> None:
        self._kinds["Running"] = "Boolean"
        await self.add("Running")
        node = await self._typed("Running", ua.ObjectIds.TwoStateDiscreteType)
        await node.add_property(self._id("Running.TrueState"), "0:TrueState", ua.LocalizedText("On"))
        await node.add_property(self._id("Running.FalseState"), "0:FalseState", ua.LocalizedText("Off"))

    async def _typed(self, item: str, definition: int) -> Node:
        node = self._node(item)
        await node.delete_reference(ua.ObjectIds.BaseDataVariableType, ua.ObjectIds.HasTypeDefinition, forward=True)
        await node.add_reference(definition, ua.ObjectIds.HasTypeDefinition, forward=True, bidirectional=False)
        return node

    def _id(self, item: str) -> ua.NodeId:
        return plant_node(item, self._namespace)

    def _name(self, item: str) -> ua.QualifiedName:
        return ua.QualifiedName(item, self._namespace)

    def _node(self, item: str) -> Node:
        return self._server.get_node(self._id(item))
