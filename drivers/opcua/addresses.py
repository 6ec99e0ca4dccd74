"""Addresses of OPC UA tags: `nsu=<namespace URI>;<identifier>`, as OPC 10000-6, 5.3.1.11 writes an ExpandedNodeId.

A namespace's index may change at any restart of a server, so an index is never stored: it is looked up in the
server's namespace array each time a session begins. Nodes of the OPC UA namespace itself have no prefix (`i=2258`).
"""

from __future__ import annotations

from collections.abc import Sequence

from asyncua import ua

from drivers.api import UnknownTagError


class Namespaces:
    """One session's namespace array."""

    def __init__(self, uris: Sequence[str]) -> None:
        self._uris = tuple(uris)
        self._index = {uri: index for index, uri in enumerate(self._uris)}

    @property
    def count(self) -> int:
        return len(self._uris)

    def node_id(self, address: str) -> ua.NodeId:
        """Return the node id of an address in this session. Raises UnknownTagError when there is none."""
        uri, identifier = "", address
        if address.startswith("nsu="):
            uri, _, identifier = address[4:].partition(";")
        index = self._index.get(uri) if uri else 0
        if index is None:
            raise UnknownTagError(f"The server has no namespace {uri}.")
        try:
            return ua.NodeId.from_string(f"ns={index};{identifier}")
        except (ua.UaError, ValueError) as error:
            raise UnknownTagError(f"{address} is not an OPC UA node id.") from error

    def address(self, node_id: ua.NodeId) -> str:
        """Return the address of a node id of this session. Raises UnknownTagError for a namespace it does not have."""
        if node_id.NamespaceIndex >= max(1, len(self._uris)):
            raise UnknownTagError(f"The server has no namespace with the index {node_id.NamespaceIndex}.")
        identifier = ua.NodeId(node_id.Identifier, ua.Int16(0), node_id.NodeIdType).to_string()
        return identifier if not node_id.NamespaceIndex else f"nsu={self._uris[node_id.NamespaceIndex]};{identifier}"
