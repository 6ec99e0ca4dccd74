"""Walking a server's address space one level at a time (OPC 10000-4, 5.8), and reading what it says of its variables.

One level is one Browse, continued as often as the server wants, and one Read of data type, rank and access for all of
its variables together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from asyncua import ua

from drivers.api import BrowsedNode, UnknownTagError
from drivers.opcua.session import Session
from drivers.opcua.values import readable

CHILDREN_MOST: Final = 10_000
"""Children of one node that are taken; a level of more is cut, and says so by its last row."""

_ATTRIBUTES: Final = (ua.AttributeIds.DataType, ua.AttributeIds.ValueRank, ua.AttributeIds.UserAccessLevel)
_WRITE: Final = 1 << ua.AccessLevel.CurrentWrite
_READ: Final = 1 << ua.AccessLevel.CurrentRead
_CLASSES: Final = ua.NodeClass.Object | ua.NodeClass.Variable | ua.NodeClass.Method
_ANY_SIZE: Final = (-2, -3)
"""Ranks of a variable that may hold a scalar now and an array then (OPC 10000-3, 5.6.2)."""

_NO_NODE: Final = frozenset({ua.StatusCodes.BadNodeIdUnknown, ua.StatusCodes.BadNodeIdInvalid})
_NUMBERS: Final = frozenset(range(1, 12)) | frozenset({26, 27, 28, 29})
_TEXTS: Final = frozenset({12, 13, 21, 290, 294, 295})
"""Type numbers of namespace 0 that a tag can hold: numbers (Boolean to Double, abstract ones, enumerations); texts."""


@dataclass(frozen=True, slots=True)
class VariableFacts:
    """What a variable is. fault: why it cannot be a tag; empty when it can."""

    data_type: str = ""
    type_number: int = 0
    writable: bool = False
    fault: str = ""


async def browse(session: Session, address: str | None) -> list[BrowsedNode]:
    """Return the children of an address, or of Objects. Raises UnknownTagError and asyncua's errors."""
    parent = ua.NodeId(ua.Int32(ua.ObjectIds.ObjectsFolder)) if address is None else session.namespaces.node_id(address)
    references = await children(session, parent, _CLASSES)
    variables = [each.NodeId for each in references if each.NodeClass == ua.NodeClass.Variable]
    facts = dict(zip(variables, await variable_facts(session, variables), strict=True))
    found = []
    for reference in references:
        fact = facts.get(reference.NodeId, VariableFacts())
        is_value = reference.NodeClass == ua.NodeClass.Variable
        found.append(
            BrowsedNode(
                address=session.namespaces.address(reference.NodeId),
                name=readable(reference.DisplayName.Text or reference.BrowseName.Name or ""),
                # A variable may have components, as an analog item or a structure does; its own level tells.
                has_children=reference.NodeClass == ua.NodeClass.Object
                or (is_value and reference.TypeDefinition != _PROPERTY_TYPE),
                is_value=is_value,
                data_type=fact.data_type,
                writable=fact.writable,
                is_method=reference.NodeClass == ua.NodeClass.Method,
                fault=fact.fault,
                is_plant=bool(reference.NodeId.NamespaceIndex),
            )
        )
    return found


_PROPERTY_TYPE: Final = ua.NodeId(ua.Int32(ua.ObjectIds.PropertyType))


async def children(session: Session, parent: ua.NodeId, classes: int) -> list[ua.ReferenceDescription]:
    """Return what a node's hierarchical references lead to, each node once.

    Raises UnknownTagError and asyncua's errors.
    """
    try:
        answers = await browse_all(session, [parent], ua.ObjectIds.HierarchicalReferences, classes)
    except ua.UaStatusCodeError as error:
        if int(error.code) in _NO_NODE:
            raise UnknownTagError("The server has no such address.", code=int(error.code)) from error
        raise
    known: dict[ua.NodeId, ua.ReferenceDescription] = {}
    for each in answers[0]:
        is_elsewhere = isinstance(each.NodeId, ua.ExpandedNodeId) and bool(each.NodeId.ServerIndex)
        if is_elsewhere or each.NodeId.NamespaceIndex >= session.namespaces.count:
            continue  # on another server, or in a namespace that this one does not name
        known.setdefault(each.NodeId, each)
    return list(known.values())


async def browse_all(
    session: Session,
    parents: Sequence[ua.NodeId],
    reference_type: int,
    classes: int,
    *,
    skips_refused: bool = False,
) -> list[list[ua.ReferenceDescription]]:
    """Return the references of many nodes, in calls that the server takes, continued to the end or CHILDREN_MOST.

    skips_refused: a node that the server refuses has none, rather than that its refusal is raised.
    """
    found: list[list[ua.ReferenceDescription]] = []
    for start in range(0, len(parents), session.limits.browse):
        wanted = [
            ua.BrowseDescription(
                NodeId=parent,
                BrowseDirection=ua.BrowseDirection.Forward,
                ReferenceTypeId=ua.NodeId(ua.Int32(reference_type)),
                IncludeSubtypes=True,
                NodeClassMask=ua.UInt32(classes),
                ResultMask=ua.UInt32(ua.BrowseResultMask.All),
            )
            for parent in parents[start : start + session.limits.browse]
        ]
        answers = await session.services.browse(
            ua.BrowseParameters(RequestedMaxReferencesPerNode=ua.Counter(CHILDREN_MOST), NodesToBrowse=wanted)
        )
        for answer in answers:
            if not skips_refused:
                answer.StatusCode.check()
            found.append(await _continued(session, answer))
    return found


async def _continued(session: Session, answer: ua.BrowseResult) -> list[ua.ReferenceDescription]:
    references = list(answer.References or ())
    point = answer.ContinuationPoint
    while point:
        is_enough = len(references) >= CHILDREN_MOST
        parameters = ua.BrowseNextParameters(ReleaseContinuationPoints=is_enough, ContinuationPoints=[point])
        following = await session.services.browse_next(parameters)
        if is_enough or not following:
            break
        references += following[0].References or ()
        point = following[0].ContinuationPoint
    return references[:CHILDREN_MOST]


async def variable_facts(session: Session, variables: Sequence[ua.NodeId]) -> list[VariableFacts]:
    """Read what each variable is, in bulk and in order. Raises asyncua's errors."""
    found: list[VariableFacts] = []
    step = max(1, session.limits.read // len(_ATTRIBUTES))
    for start in range(0, len(variables), step):
        part = variables[start : start + step]
        wanted = [ua.ReadValueId(NodeId=each, AttributeId=attribute) for each in part for attribute in _ATTRIBUTES]
        answers = await session.services.read(ua.ReadParameters(NodesToRead=wanted))
        found.extend(_facts(*answers[3 * row : 3 * row + 3]) for row in range(len(part)))
    return found


def _facts(data_type: ua.DataValue, rank: ua.DataValue, access: ua.DataValue) -> VariableFacts:
    kind = data_type.Value.Value if data_type.Value is not None else None
    number = int(kind.Identifier) if isinstance(kind, ua.NodeId) and isinstance(kind.Identifier, int) else 0
    is_known = isinstance(kind, ua.NodeId) and kind.NamespaceIndex == 0
    name = ua.ObjectIdNames.get(number, "") if is_known else "of the server's own"
    level = access.Value.Value if access.Value is not None else 0
    level = int(level) if isinstance(level, int) else 0
    size = rank.Value.Value if rank.Value is not None else -1
    return VariableFacts(name, number if is_known else 0, bool(level & _WRITE), _fault(name, number, size, level))


def _fault(name: str, number: int, rank: object, level: int) -> str:
    if not level & _READ:
        return "The server does not let this user read it."
    if isinstance(rank, int) and rank >= 0:
        return "An array; only single values can be tags."
    if name and number not in _NUMBERS | _TEXTS and number <= 29 and number not in (0, 24):
        return f"Values of the type {name} are neither numbers nor text."
    return ""
