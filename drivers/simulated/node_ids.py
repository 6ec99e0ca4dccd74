"""Node identifiers and status codes in asyncua's own number and text types, which its annotations ask for."""

from __future__ import annotations

from asyncua import ua


def standard_node(number: int) -> ua.NodeId:
    """Return the identifier of a node of the standard's namespace."""
    return ua.NodeId(ua.Int32(number))


def plant_node(identifier: str, namespace: int) -> ua.NodeId:
    """Return the identifier of one of the plant's nodes."""
    return ua.NodeId(ua.String(identifier), ua.Int16(namespace))


def status(code: int) -> ua.StatusCode:
    """Return a status."""
    return ua.StatusCode(ua.UInt32(code))
