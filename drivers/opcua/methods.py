"""Methods of a server's objects (OPC 10000-4, 5.11): what they take, and calling them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asyncua import ua
from asyncua.ua import uaprotocol_auto

from drivers.api import Argument, Method, Text, Value, WriteRejectedError
from drivers.opcua.browsing import browse_all, children
from drivers.opcua.session import Session
from drivers.opcua.values import number_and_text, readable, to_variant
from drivers.opcua.writing import answered, refusal


async def methods(session: Session, address: str) -> list[Method]:
    """Return the methods of an object. Raises UnknownTagError and asyncua's errors."""
    references = await children(session, session.namespaces.node_id(address), ua.NodeClass.Method)
    if not references:
        return []
    nodes = [each.NodeId for each in references]
    levels = await browse_all(session, nodes, ua.ObjectIds.HasProperty, ua.NodeClass.Variable)
    found = []
    for reference, level in zip(references, levels, strict=True):
        properties = {each.BrowseName.Name: each.NodeId for each in level}
        found.append(
            Method(
                owner=address,
                address=session.namespaces.address(reference.NodeId),
                name=readable(reference.DisplayName.Text or reference.BrowseName.Name or ""),
                inputs=await _arguments(session, properties.get("InputArguments")),
                outputs=await _arguments(session, properties.get("OutputArguments")),
            )
        )
    return found


async def call(session: Session, method: Method, inputs: Sequence[Value]) -> list[Text | float]:
    """Call a method; each input goes in the type the method names. Raises as a write does."""
    if len(inputs) != len(method.inputs):
        raise WriteRejectedError(f"{method.name} takes {len(method.inputs)} values, not {len(inputs)}.")
    variants = [
        to_variant(value, ua.VariantType[argument.data_type] if argument.data_type in _TYPES else _NO_TYPE)
        for value, argument in zip(inputs, method.inputs, strict=True)
    ]
    request = ua.CallMethodRequest(
        session.namespaces.node_id(method.owner), session.namespaces.node_id(method.address), variants
    )
    answer = (await answered(session.services.call([request]), "call"))[0]
    if not answer.StatusCode.is_good():
        raise refusal(answer.StatusCode, "call")
    found: list[Text | float] = []
    for output in answer.OutputArguments or ():
        number, text = number_and_text(output.Value)
        found.append(number if text is None else text)
    return found


_TYPES = frozenset(kind.name for kind in ua.VariantType)
_NO_TYPE = ua.VariantType.ExtensionObject


async def _arguments(session: Session, node: ua.NodeId | None) -> tuple[Argument, ...]:
    if node is None:
        return ()
    answer = (await session.services.read_attributes([node], ua.AttributeIds.Value))[0]
    values: Any = answer.Value.Value if answer.Value is not None else None
    return tuple(
        Argument(
            name=readable(each.Name or ""),
            data_type=ua.ObjectIdNames.get(each.DataType.Identifier, "") if not each.DataType.NamespaceIndex else "",
            note=readable((each.Description.Text if each.Description else "") or ""),
        )
        for each in values or ()
        if isinstance(each, uaprotocol_auto.Argument)  # what asyncua reads; ua.Argument is a narrower one
    )
