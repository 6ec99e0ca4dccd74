"""The browse tree of one area: Objects > area > station > equipment > point, with units, ranges and state names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from asyncua import ua
from asyncua.server.internal_server import InternalServer

from drivers.simulated.description import Area, Equipment, Point
from drivers.simulated.node_ids import plant_node, standard_node
from drivers.simulated.units import engineering_units

_TYPE_DEFINITIONS = {
    "analog": ua.ObjectIds.AnalogItemType,
    "counter": ua.ObjectIds.AnalogItemType,
    "discrete": ua.ObjectIds.TwoStateDiscreteType,
    "text": ua.ObjectIds.DataItemType,
}

_COARSE_QUANTITIES = frozenset({"level", "temperature", "current", "position", "ratio", "ph"})
"""Measured by instruments of 12 to 16 bits, which send 32-bit floats."""

_UINT32_MAX = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Served:
    """A point with the node it has on its server."""

    point: Point
    node_id: ua.NodeId
    data_type: ua.VariantType


def data_type(point: Point) -> ua.VariantType:
    """Return the data type a point has on the wire; a plant has many, and so has this one."""
    if point.kind == "text":
        return ua.VariantType.String
    if point.kind == "discrete":
        return ua.VariantType.Boolean
    if point.kind == "counter":
        return ua.VariantType.Int64 if point.high > _UINT32_MAX else ua.VariantType.UInt32
    return ua.VariantType.Float if point.quantity in _COARSE_QUANTITIES else ua.VariantType.Double


async def build(server: InternalServer, namespace: int, area: Area) -> list[Served]:
    """Add the nodes of an area in one call and return its points with their nodes."""
    tree = _Tree(namespace)
    objects = standard_node(ua.ObjectIds.ObjectsFolder)
    top = tree.folder(objects, area.key, area.key, area.name, ua.ObjectIds.Organizes)
    for station in area.stations:
        station_id = f"{area.key}.{station.key}"
        parent = tree.folder(top, station_id, station.key, station.name, ua.ObjectIds.Organizes)
        for equipment in station.equipment:
            key, name = equipment.key, equipment.name
            unit = tree.folder(parent, f"{station_id}.{key}", key, name, ua.ObjectIds.HasComponent)
            for point in equipment.points:
                tree.point(unit, equipment, point)

    for result in await server.isession.add_nodes(tree.items):
        result.StatusCode.check()
    return tree.served


class _Tree:
    """Collects the nodes to add."""

    def __init__(self, namespace: int) -> None:
        self.items: list[ua.AddNodesItem] = []
        self.served: list[Served] = []
        self._namespace = namespace
        self._now = datetime.now(UTC)

    def folder(self, parent: ua.NodeId, identifier: str, browse_name: str, name: str, reference: int) -> ua.NodeId:
        node_id = plant_node(identifier, self._namespace)
        attributes = ua.ObjectAttributes(
            DisplayName=ua.LocalizedText(name), Description=ua.LocalizedText(name), EventNotifier=0
        )
        kind = ua.ObjectIds.FolderType if reference == ua.ObjectIds.Organizes else ua.ObjectIds.BaseObjectType
        self._add(parent, node_id, browse_name, ua.NodeClass.Object, reference, kind, attributes)
        return node_id

    def point(self, parent: ua.NodeId, equipment: Equipment, point: Point) -> None:
        node_id = plant_node(point.identifier, self._namespace)
        vtype = data_type(point)
        access = ua.AccessLevel.CurrentRead.mask
        if point.writable:
            access |= ua.AccessLevel.CurrentWrite.mask
        attributes = ua.VariableAttributes(
            DisplayName=ua.LocalizedText(point.name),
            Description=ua.LocalizedText(point.name),
            Value=ua.Variant(_first(vtype), vtype),
            DataType=standard_node(vtype.value),
            ValueRank=ua.ValueRank.Scalar,
            AccessLevel=access,
            UserAccessLevel=access,
            MinimumSamplingInterval=250.0,
        )
        name = point.key.removeprefix(f"{equipment.key}.")
        definition = _TYPE_DEFINITIONS[point.kind]
        self._add(parent, node_id, name, ua.NodeClass.Variable, ua.ObjectIds.HasComponent, definition, attributes)
        self.served.append(Served(point, node_id, vtype))
        self._properties(node_id, point)

    def _properties(self, node_id: ua.NodeId, point: Point) -> None:
        if point.kind == "discrete":
            self._property(node_id, "FalseState", ua.LocalizedText(point.states[0]), ua.ObjectIds.LocalizedText)
            self._property(node_id, "TrueState", ua.LocalizedText(point.states[1]), ua.ObjectIds.LocalizedText)
        elif point.kind in ("analog", "counter"):
            self._property(node_id, "EURange", ua.Range(Low=point.low, High=point.high), ua.ObjectIds.Range)
            if point.unit:
                self._property(node_id, "EngineeringUnits", engineering_units(point.unit), ua.ObjectIds.EUInformation)

    def _property(self, owner: ua.NodeId, name: str, value: object, data_type_id: int) -> None:
        attributes = ua.VariableAttributes(
            DisplayName=ua.LocalizedText(name),
            Value=ua.Variant(value),
            DataType=standard_node(data_type_id),
            ValueRank=ua.ValueRank.Scalar,
            AccessLevel=ua.AccessLevel.CurrentRead.mask,
            UserAccessLevel=ua.AccessLevel.CurrentRead.mask,
        )
        node_id = plant_node(f"{owner.Identifier!s}.{name}", self._namespace)
        # The names of standard properties live in the namespace of the standard (Part 3, 5.6.2).
        self._add(
            owner, node_id, name, ua.NodeClass.Variable, ua.ObjectIds.HasProperty, ua.ObjectIds.PropertyType,
            attributes, browse_namespace=0,
        )  # fmt: skip

    def _add(
        self,
        parent: ua.NodeId,
        node_id: ua.NodeId,
        browse_name: str,
        node_class: ua.NodeClass,
        reference: int,
        type_definition: int,
        attributes: object,
        *,
        browse_namespace: int | None = None,
    ) -> None:
        item = ua.AddNodesItem()
        item.ParentNodeId = parent
        item.ReferenceTypeId = standard_node(reference)
        item.RequestedNewNodeId = node_id
        item.BrowseName = ua.QualifiedName(
            browse_name, self._namespace if browse_namespace is None else browse_namespace
        )
        item.NodeClass = node_class
        item.NodeAttributes = attributes
        item.TypeDefinition = standard_node(type_definition)
        self.items.append(item)


def _first(vtype: ua.VariantType) -> bool | int | float | str:
    if vtype == ua.VariantType.String:
        return ""
    if vtype == ua.VariantType.Boolean:
        return False
    return 0.0 if vtype in (ua.VariantType.Float, ua.VariantType.Double) else 0
