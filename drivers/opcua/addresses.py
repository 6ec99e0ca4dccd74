"""Addresses of OPC UA tags: `nsu=<namespace URI>;<identifier>`, as OPC 10000-6, 5.3.1.11 writes an ExpandedNodeId.

A namespace's index may change at any restart of a server, so an index is never stored: it is looked up in the
server's namespace array each time a session begins. Nodes of the OPC UA namespace itself have no prefix (`i=2258`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlparse

from asyncua import ua

from drivers.api import UnknownTagError
from drivers.opcua.values import readable

SCHEME: Final = "opc.tcp://"
ADDRESS_MOST: Final = 4096
"""Characters of a string identifier that servers must take (OPC 10000-3, 8.2.4)."""

DEFAULT_PORT: Final = 4840
"""The port of OPC UA, which an address may leave out."""


class Namespaces:
    """One session's namespace array."""

    def __init__(self, uris: Sequence[str]) -> None:
        self._uris = tuple(map(readable, uris))
        self._index = {uri: index for index, uri in enumerate(self._uris)}

    @property
    def count(self) -> int:
        return len(self._uris)

    def node_id(self, address: str) -> ua.NodeId:
        """Return the node id of an address in this session. Raises UnknownTagError when there is none."""
        uri, identifier = split(address)
        index = self._index.get(uri) if uri else 0
        if index is None:
            raise UnknownTagError(f"The server has no namespace {uri}.")
        if identifier.startswith("s="):  # by far the most, and from_string is slow
            return ua.NodeId(ua.String(identifier[2:]), ua.Int16(index), ua.NodeIdType.String)
        try:
            return ua.NodeId.from_string(f"ns={index};{identifier}")
        except (ua.UaError, ValueError) as error:
            raise UnknownTagError(f"{address} is not an OPC UA node id.") from error

    def fault(self, address: str) -> str:
        """Return why an address cannot be one of this session, or an empty string."""
        try:
            self.node_id(address)
        except UnknownTagError as error:
            return error.sentence
        return ""

    def address(self, node_id: ua.NodeId) -> str:
        """Return the address of a node id of this session. Raises UnknownTagError for a namespace it does not have."""
        if node_id.NamespaceIndex >= max(1, len(self._uris)):
            raise UnknownTagError(f"The server has no namespace with the index {node_id.NamespaceIndex}.")
        identifier = readable(ua.NodeId(node_id.Identifier, ua.Int16(0), node_id.NodeIdType).to_string())
        return identifier if not node_id.NamespaceIndex else f"nsu={self._uris[node_id.NamespaceIndex]};{identifier}"


def split(address: str) -> tuple[str, str]:
    """Return the namespace URI, empty for OPC UA's own, and the identifier of an address."""
    if address.startswith("nsu="):
        uri, _, identifier = address[4:].partition(";")
        return uri, identifier
    return "", address


def with_port(endpoint: str) -> str:
    """Return an endpoint with its port named; what is no such address comes back as it is, to fail where it is used."""
    try:
        url = urlparse(endpoint)
        if url.scheme != "opc.tcp" or not url.hostname or url.port is not None:
            return endpoint
    except ValueError:
        return endpoint
    return url._replace(netloc=f"{url.netloc}:{DEFAULT_PORT}").geturl()


def typed(text: str) -> str:
    """Return the endpoint that a person means: a host, a host with a port, or a whole URL.

    Raises ValueError in words.
    """
    text = text.strip()
    if not text:
        raise ValueError("Type the server's host name or address.")
    if len(text) > 400:
        raise ValueError("The address is too long.")
    scheme, found, rest = text.partition("://")
    if found and scheme.casefold() == "opc.tcp":
        text = SCHEME + rest
    elif found:
        raise ValueError(f"{scheme}:// is not OPC UA; an address begins with {SCHEME}.")
    if not found and text.count(":") > 1 and not text.startswith("["):
        raise ValueError(f"Write an address of this kind in brackets: [{text}] or [{text}]:4840.")
    endpoint = text if found else SCHEME + text
    try:
        url = urlparse(endpoint)
        port = url.port
    except ValueError as error:
        raise ValueError("The port must be a number from 1 to 65535.") from error
    if not url.hostname or any(mark.isspace() for mark in url.netloc):
        raise ValueError(f"{text} is not an address such as plc-7 or {SCHEME}host:4840.")
    if port == 0:
        raise ValueError("The port must be a number from 1 to 65535.")
    return with_port(endpoint)


def address_fault(address: str) -> str:
    """Return what is wrong with an address of a tag, in words; empty when it can be one."""
    if not address.strip():
        return "The address is missing."
    if len(address) > ADDRESS_MOST:
        return f"The address is longer than {ADDRESS_MOST} characters."
    if address.startswith("ns="):
        return "A namespace's number may change at any restart of the server; write nsu= and its URI instead."
    uri, identifier = split(address)
    if address.startswith("nsu=") and not uri:
        return "The namespace's URI is missing after nsu=."
    try:
        node_id = ua.NodeId.from_string(f"ns=1;{identifier}")
    except (ua.UaError, ValueError, TypeError):
        return f"{address} is not an OPC UA node id such as nsu=urn:plant;s=Pump1.Flow."
    return "" if node_id.Identifier != "" else "The identifier is missing."
