"""Writes in the server's own data type (OPC 10000-4, 5.10.4)."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from asyncua import ua

from drivers.api import DriverError, UnansweredError, UnknownTagError, Value, WriteRejectedError
from drivers.opcua.session import Session
from drivers.opcua.values import to_variant

Answer = TypeVar("Answer")

_CODES = ua.StatusCodes
_SENTENCES = {
    _CODES.BadOutOfRange: "The server refused the value: out of its range.",
    _CODES.BadTypeMismatch: "The server refused the value: wrong type.",
    _CODES.BadNotWritable: "The server does not let this be written.",
    _CODES.BadUserAccessDenied: "The server does not let this user write it.",
    _CODES.BadNodeIdUnknown: "The server no longer has this address.",
}
_NO_ANSWER = frozenset(
    {_CODES.BadTimeout, _CODES.BadRequestTimeout, _CODES.BadCommunicationError, _CODES.BadUnknownResponse}
)
"""What a gateway says that has sent it on and heard nothing."""
_OPEN = "The {what} left and no answer came: it may have been carried out. Look at the plant."
_NO_NODE = frozenset({_CODES.BadNodeIdUnknown, _CODES.BadNodeIdInvalid})


class DataTypes:
    """The built-in type of each address that was written in this session; asked for once."""

    def __init__(self) -> None:
        self._known: dict[str, ua.VariantType] = {}

    def forget(self) -> None:
        """Ask again: a server that restarted may have changed its types."""
        self._known.clear()

    async def of(self, session: Session, address: str) -> ua.VariantType:
        """Return the type behind an address. Raises UnknownTagError and asyncua's errors."""
        found = self._known.get(address)
        if found is None:
            node = session.client.get_node(session.namespaces.node_id(address))
            try:
                found = await node.read_data_type_as_variant_type()
            except ua.UaStatusCodeError as error:
                if int(error.code) in _NO_NODE:
                    raise UnknownTagError(f"The server no longer has {address}.") from error
                raise
            self._known[address] = found
        return found


async def write(session: Session, types: DataTypes, address: str, value: Value) -> None:
    """Write one value. Raises WriteRejectedError, UnknownTagError, UnansweredError and asyncua's errors."""
    variant = to_variant(value, await types.of(session, address))
    attribute = ua.WriteValue(session.namespaces.node_id(address), ua.AttributeIds.Value, Value=ua.DataValue(variant))
    answer = (await answered(session.services.write(ua.WriteParameters(NodesToWrite=[attribute])), "write"))[0]
    if not answer.is_good():
        raise refusal(answer, "write")


async def answered(request: Awaitable[Answer], what: str) -> Answer:
    """Return the answer to a request that changes something. Raises UnansweredError, and asyncua's refusals.

    A link that breaks, or a server that is silent too long, leaves open whether it was carried out: this must not be
    taken for a link that was down before.
    """
    try:
        return await request
    except (TimeoutError, OSError) as error:
        raise UnansweredError(_OPEN.format(what=what)) from error
    except ua.UaStatusCodeError as error:
        if int(error.code) in _NO_ANSWER:
            raise UnansweredError(_OPEN.format(what=what), code=int(error.code)) from error
        raise


def refusal(answer: ua.StatusCode, what: str) -> DriverError:
    """Return a server's refusal of a write or a call in words."""
    code = int(answer.value)
    sentence = _SENTENCES.get(code, f"The server refused the {what}: {answer.name}.")
    if code in _NO_ANSWER:
        return UnansweredError(_OPEN.format(what=what), code=code)
    if code in _NO_NODE:
        return UnknownTagError(sentence, code=code)
    return WriteRejectedError(sentence, code=code)
