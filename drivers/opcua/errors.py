"""asyncua's exceptions in the words of drivers.api."""

from __future__ import annotations

import socket

from asyncua import ua

from drivers.api import AccessDeniedError, DriverError, NotConnectedError, UnsupportedError
from drivers.opcua.binary import MalformedError

_CODES = ua.StatusCodes

_DENIED = {
    _CODES.BadIdentityTokenRejected: "The server refused this user or password.",
    _CODES.BadIdentityTokenInvalid: "The server does not accept this kind of login; enter a user and a password.",
    _CODES.BadUserAccessDenied: "The server denies access to this user; check the user and the password.",
    _CODES.BadCertificateUntrusted: "The server does not trust this program's certificate; accept it there.",
    _CODES.BadCertificateInvalid: "The server refused this program's certificate.",
    _CODES.BadSecurityChecksFailed: "The server refused the secure channel; check certificates and policy.",
    _CODES.BadSecurityPolicyRejected: "The server does not offer this security policy.",
}
_REACHING: tuple[tuple[type[BaseException], str], ...] = (  # the narrower kind first
    (socket.gaierror, "No host has the name in {endpoint}; check the address."),
    (ConnectionRefusedError, "Nothing listens at {endpoint}; check the port and that the server runs."),
    (ConnectionError, "{endpoint} closed the connection."),
    (TimeoutError, "{endpoint} does not answer."),
    (OSError, "{endpoint} cannot be reached: {error}."),
    (MalformedError, "The server's answer was not understood: {error}."),
    (ValueError, "{endpoint} is not an address such as opc.tcp://host:4840."),
    (ua.UaError, "The server's answer was not understood: {error}."),
)
OF_CERTIFICATES = frozenset(
    {
        _CODES.BadCertificateUntrusted,
        _CODES.BadCertificateInvalid,
        _CODES.BadCertificateTimeInvalid,
        _CODES.BadCertificateIssuerTimeInvalid,
        _CODES.BadCertificateUriInvalid,
        _CODES.BadCertificateUseNotAllowed,
        _CODES.BadCertificateChainIncomplete,
        _CODES.BadCertificateRevoked,
        _CODES.BadSecurityChecksFailed,
    }
)
"""What a server says that refuses this program's certificate."""
UNSUPPORTED = frozenset({_CODES.BadServiceUnsupported, _CODES.BadNotImplemented, _CODES.BadNotSupported})


def from_code(code: int) -> DriverError:
    """Return the error that stands for a status code."""
    if code in _DENIED:
        return AccessDeniedError(_DENIED[code], code=code)
    if code in UNSUPPORTED:
        return UnsupportedError("The server does not offer this service.", code=code)
    return NotConnectedError(f"The server answered {ua.StatusCode(ua.UInt32(code)).name}.", code=code)


def translate(error: BaseException, endpoint: str) -> DriverError:
    """Return the error that an operator understands, for anything that asyncua or the socket raised."""
    if isinstance(error, DriverError):
        return error
    if isinstance(error, ua.UaStatusCodeError):
        return from_code(int(error.code))
    for kind, sentence in _REACHING:
        if isinstance(error, kind):
            return NotConnectedError(sentence.format(endpoint=endpoint, error=error))
    raise error
