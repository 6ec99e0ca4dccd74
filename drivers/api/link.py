"""What a link is to people: its state, the ways into a server, the certificate they judge, the login they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class LinkState(IntEnum):
    """The state of one connection, as operators see it."""

    DISABLED = 0
    CONNECTING = 1
    UP = 2
    DEGRADED = 3
    DOWN = 4


@dataclass(frozen=True, slots=True)
class Certificate:
    """A server's certificate as a person judges it. Times in UTC µs; thumbprint: SHA-1 in hex, as servers show it.

    faults: what is wrong with it besides that nobody accepted it yet, each a sentence.
    """

    subject: str
    issuer: str
    thumbprint: str
    application_uri: str
    hosts: tuple[str, ...]
    valid_from_us: int
    valid_to_us: int
    faults: tuple[str, ...] = ()


class Trust(StrEnum):
    """What a person says to a certificate."""

    ONCE = "once"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way into a server, as it offers it.

    address, options: what a connection that goes this way stores. strength: higher is safer. logins: of "anonymous",
    "user" and "certificate". warning: what speaks against it, in words.
    """

    address: str
    options: Mapping[str, object]
    label: str
    application: str
    strength: int
    logins: tuple[str, ...]
    certificate: Certificate | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class TestStep:
    """One step of a connection test; is_ok None while it runs."""

    name: str
    is_ok: bool | None
    detail: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password on their way from the keyring to a server; never logged, never stored."""

    user: str
    password: str = field(repr=False)
