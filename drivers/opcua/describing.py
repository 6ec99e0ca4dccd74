"""What a server says of many variables: name, unit, range, states (OPC 10000-8, 5.3.2 and 5.3.3), read in bulk.

Three calls for any number of variables: their names, types and access; their properties; the properties' values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from asyncua import ua

from drivers.api import Description, UnknownTagError
from drivers.opcua.browsing import VariableFacts, browse_all, variable_facts
from drivers.opcua.session import Session
from drivers.opcua.values import readable

_PROPERTIES: Final = frozenset({"EURange", "EngineeringUnits", "InstrumentRange", "TrueState", "FalseState"})
_BOOLEAN: Final = 1
_TEXT_NUMBERS: Final = frozenset({12, 13, 21, 294, 295})


async def describe(session: Session, addresses: Sequence[str]) -> list[Description]:
    """Return a description of each address, in order; an unknown one has a fault. Raises asyncua's errors."""
    nodes, faults = _resolve(session, addresses)
    known = [node for node in nodes if node is not None]
    facts = await variable_facts(session, known)
    names = await _read(session, known, ua.AttributeIds.DisplayName)
    properties = await _properties(session, known)
    found: list[Description] = []
    rows = iter(zip(facts, names, properties, strict=True))
    for address, node, fault in zip(addresses, nodes, faults, strict=True):
        if node is None:
            found.append(Description(address, address, fault=fault))
            continue
        found.append(_description(address, *next(rows)))
    return found


def _resolve(session: Session, addresses: Sequence[str]) -> tuple[list[ua.NodeId | None], list[str]]:
    nodes: list[ua.NodeId | None] = []
    faults: list[str] = []
    for address in addresses:
        try:
            nodes.append(session.namespaces.node_id(address))
            faults.append("")
        except UnknownTagError as error:
            nodes.append(None)
            faults.append(error.sentence)
    return nodes, faults


async def _read(session: Session, nodes: Sequence[ua.NodeId], attribute: ua.AttributeIds) -> list[ua.DataValue]:
    answers: list[ua.DataValue] = []
    for start in range(0, len(nodes), session.limits.read):
        answers += await session.services.read_attributes(list(nodes[start : start + session.limits.read]), attribute)
    return answers


async def _properties(session: Session, nodes: Sequence[ua.NodeId]) -> list[dict[str, object]]:
    """Return the values of the properties that matter, by name, of each node."""
    levels = await browse_all(session, nodes, ua.ObjectIds.HasProperty, ua.NodeClass.Variable, skips_refused=True)
    wanted = [
        (row, each.BrowseName.Name, each.NodeId)
        for row, level in enumerate(levels)
        for each in level
        if each.BrowseName.Name in _PROPERTIES
    ]
    answers = await _read(session, [node for _, _, node in wanted], ua.AttributeIds.Value)
    found: list[dict[str, object]] = [{} for _ in nodes]
    for (row, name, _), answer in zip(wanted, answers, strict=True):
        if answer.Value is not None and answer.Value.Value is not None:
            found[row][name] = answer.Value.Value
    return found


def _description(
    address: str, facts: VariableFacts, name: ua.DataValue, properties: Mapping[str, object]
) -> Description:
    low, high = _range(properties.get("EURange", properties.get("InstrumentRange")))
    states = _states(properties) if facts.type_number == _BOOLEAN else None
    kind = "discrete" if facts.type_number == _BOOLEAN else "analog"
    if facts.type_number in _TEXT_NUMBERS:
        kind = "text"
    shown = name.Value.Value if name.Value is not None else None
    text = _text(shown)
    return Description(
        address=address,
        name=text or address.rpartition("=")[2],
        data_type=facts.data_type,
        kind=kind,
        unit=_unit(properties.get("EngineeringUnits")),
        low=low,
        high=high,
        states=states,
        writable=facts.writable,
        fault=facts.fault or _missing(name),
    )


def _missing(name: ua.DataValue) -> str:
    is_there = name.StatusCode is None or name.StatusCode.is_good()
    return "" if is_there else "The server has no such address."


def _range(found: object) -> tuple[float | None, float | None]:
    """Return a range that can be drawn; one that is empty, inverted or no number is none."""
    low, high = getattr(found, "Low", None), getattr(found, "High", None)
    if not isinstance(low, float) or not isinstance(high, float):
        return None, None
    return (low, high) if math.isfinite(low) and math.isfinite(high) and low < high else (None, None)


def _unit(found: object) -> str:
    return _text(getattr(found, "DisplayName", None))


def _text(found: object) -> str:
    return readable(found.Text or "") if isinstance(found, ua.LocalizedText) else ""


def _states(properties: Mapping[str, object]) -> tuple[str, str] | None:
    words = [properties.get("FalseState"), properties.get("TrueState")]
    texts = [text for text in map(_text, words) if text]
    return (texts[0], texts[1]) if len(texts) == len(words) else None
