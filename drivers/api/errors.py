"""Errors of drivers, each with the sentence an operator reads.

DriverError
├── NotConnectedError      the link is down or does not answer: try again
│   └── UnansweredError    a write or a call left and no answer came: look at the plant, never retry
├── AccessDeniedError      credentials or a certificate were refused: ask a person
│   └── UntrustedError     nobody has accepted the server's certificate yet: show it and ask
├── UnknownTagError        the address does not exist there: remember, skip, list
├── WriteRejectedError     the server refused the write: tell now, never retry
└── UnsupportedError       the server lacks the service: do without it
"""

from __future__ import annotations

from drivers.api.link import Certificate


class DriverError(Exception):
    """A fault of the link or the peer; its text is the sentence an operator reads."""

    def __init__(self, sentence: str, *, code: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class NotConnectedError(DriverError):
    """The link is down or does not answer: try again later."""


class UnansweredError(NotConnectedError):
    """A write or a call has left and no answer came: whether it was carried out is not known."""


class AccessDeniedError(DriverError):
    """Credentials or a certificate were refused: ask a person before trying again."""


class UntrustedError(AccessDeniedError):
    """Nobody has accepted the server's certificate yet: a person has to judge it."""

    def __init__(self, sentence: str, certificate: Certificate, *, code: int = 0) -> None:
        super().__init__(sentence, code=code)
        self.certificate = certificate


class UnknownTagError(DriverError):
    """The address does not exist at the source: remember it, skip it, list it."""


class WriteRejectedError(DriverError):
    """The source refused a write: tell the operator now, never retry."""


class UnsupportedError(DriverError):
    """The source lacks the service: do without it."""
