"""Walking a server's address space one level at a time (OPC 10000-4, 5.8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from asyncua import Client, ua

from drivers.api import BrowsedNode
from drivers.opcua.addresses import Namespaces

_ATTRIBUTES = (ua.AttributeIds.DataType, ua.AttributeIds.AccessLevel)


async def browse(client: Client, namespaces: Namespaces, address: str | None) -> list[BrowsedNode]:
    """Return the children of an address, or of Objects. Raises asyncua's errors."""
    parent = client.nodes.objects if address is None else client.get_node(namespaces.node_id(address))
    references = await parent.get_children_descriptions(
        refs=ua.ObjectIds.HierarchicalReferences,
        nodeclassmask=cast("ua.NodeClass", ua.NodeClass.Object | ua.NodeClass.Variable),  # a mask, typed as one class
    )
    variables = [reference.NodeId for reference in references if reference.NodeClass == ua.NodeClass.Variable]
    facts = await _facts(client, variables)
    return [
        BrowsedNode(
            address=namespaces.address(reference.NodeId),
            name=reference.DisplayName.Text or reference.BrowseName.Name or "",
            has_children=reference.NodeClass == ua.NodeClass.Object,
            is_value=reference.NodeClass == ua.NodeClass.Variable,
            data_type=facts.get(reference.NodeId, ("", False))[0],
            writable=facts.get(reference.NodeId, ("", False))[1],
        )
        for reference in references
        if reference.NodeId.NamespaceIndex < namespaces.count
    ]


async def _facts(client: Client, variables: Sequence[ua.NodeId]) -> dict[ua.NodeId, tuple[str, bool]]:
    """Read data type and access of all variables in one call."""
    if not variables:
        return {}
    wanted = [
        ua.ReadValueId(NodeId=node_id, AttributeId=attribute) for node_id in variables for attribute in _ATTRIBUTES
    ]
    answers = await client.uaclient.session.read(ua.ReadParameters(NodesToRead=wanted))
    found: dict[ua.NodeId, tuple[str, bool]] = {}
    for row, node_id in enumerate(variables):
        data_type, access = answers[2 * row].Value, answers[2 * row + 1].Value
        name = ua.ObjectIdNames.get(data_type.Value.Identifier, "") if data_type and data_type.Value else ""
        writable = bool(access and access.Value and int(access.Value) & (1 << ua.AccessLevel.CurrentWrite))
        found[node_id] = (name, writable)
    return found
