"""Whatever a library raises becomes the class that says what to do, and an operator's sentence."""

from __future__ import annotations

import socket

import pytest
from asyncua import ua
from asyncua.ua.uaerrors import UaStatusCodeError

from drivers.api import AccessDeniedError, DriverError, NotConnectedError, UnsupportedError, WriteRejectedError
from drivers.opcua.errors import translate

ENDPOINT = "opc.tcp://hill:4840"
CODES = ua.StatusCodes


def answered(code: int) -> UaStatusCodeError:
    error: UaStatusCodeError = UaStatusCodeError(code)  # type: ignore[no-untyped-call]  # asyncua's
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (answered(CODES.BadIdentityTokenRejected), AccessDeniedError, "user or password"),
        (answered(CODES.BadIdentityTokenInvalid), AccessDeniedError, "enter a user"),
        (answered(CODES.BadUserAccessDenied), AccessDeniedError, "denies access"),
        (answered(CODES.BadCertificateUntrusted), AccessDeniedError, "does not trust"),
        (answered(CODES.BadCertificateInvalid), AccessDeniedError, "certificate"),
        (answered(CODES.BadSecurityChecksFailed), AccessDeniedError, "secure channel"),
        (answered(CODES.BadSecurityPolicyRejected), AccessDeniedError, "security policy"),
        (answered(CODES.BadServiceUnsupported), UnsupportedError, "does not offer"),
        (answered(CODES.BadNotImplemented), UnsupportedError, "does not offer"),
        (answered(CODES.BadNotSupported), UnsupportedError, "does not offer"),
        (answered(CODES.BadTooManySessions), NotConnectedError, "BadTooManySessions"),
        (socket.gaierror(-2, "Name or service not known"), NotConnectedError, "No host has the name in " + ENDPOINT),
        (ConnectionRefusedError(111, "refused"), NotConnectedError, "Nothing listens at " + ENDPOINT),
        (TimeoutError(), NotConnectedError, "does not answer"),
        (OSError(113, "No route to host"), NotConnectedError, "No route to host"),
        (ValueError("port"), NotConnectedError, "is not an address"),
        (ua.UaError("short header"), NotConnectedError, "short header"),
    ],
)
def test_an_error_becomes_a_class_and_a_sentence(error: Exception, kind: type[DriverError], words: str) -> None:
    found = translate(error, ENDPOINT)
    assert type(found) is kind
    assert words in found.sentence
    assert found.sentence.endswith(".")
    assert not found.sentence.endswith("..")
    if isinstance(error, UaStatusCodeError):
        assert found.code == int(error.code)


def test_our_own_error_passes_as_it_is() -> None:
    error = WriteRejectedError("No.")
    assert translate(error, ENDPOINT) is error


def test_a_bug_is_not_made_an_operators_fault() -> None:
    with pytest.raises(ZeroDivisionError):
        translate(ZeroDivisionError(), ENDPOINT)
