"""The ways out that messages take: mail servers, webhooks, the screen.

Passwords, tokens, the values of headers, and of a web address what stands behind the server's name (chat services put
their token there) are not in here: they are kept as secrets under `secret_names`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from hmi.domain.language import tr

_ADDRESS: Final = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HOST: Final = re.compile(r"[A-Za-z0-9_.:\[\]-]+")
LEFT_OUT: Final = "/…"
"""What stands for the rest of a web address where that is kept as a secret, or is not in a file."""
_OWN_HEADERS: Final = frozenset({"authorization", "content-type", "content-length", "host", "idempotency-key"})


def secret_name(channel: UUID) -> str:
    """Return the keyring entry's name of a channel's password or token."""
    return f"notification:{channel}"


def headers_name(channel: UUID) -> str:
    """Return the name of the secret that holds the values of a webhook's headers."""
    return f"notification-headers:{channel}"


def address_name(channel: UUID) -> str:
    """Return the name of the secret that holds a webhook's whole address."""
    return f"notification-address:{channel}"


def secret_names(channel: UUID) -> tuple[str, ...]:
    """Return the names of all secrets of a channel."""
    return secret_name(channel), headers_name(channel), address_name(channel)


def bare_address(url: str) -> str:
    """Return a web address without what may be a secret, and with a mark that something was left out."""
    parts = urlsplit(url)
    has_more = parts.path not in ("", "/") or bool(parts.query or parts.fragment)
    return f"{parts.scheme}://{parts.netloc}{LEFT_OUT}" if has_more else url


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError(tr("Line breaks and control characters are not allowed here."))
    return text


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text) or ".." in text:
        raise ValueError(tr("Type an address such as ana@example.org."))
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_printable)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_printable)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_address)]


class Described(BaseModel):
    """What is described field by field; one that nobody knows is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(Described):
    """What people choose by its name."""

    id: UUID = Field(default_factory=uuid4)
    name: Name = Field(title=tr("Name"))


class Security(StrEnum):
    """How a mail server is spoken to."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Method(StrEnum):
    """How a webhook is called."""

    POST = "POST"
    PUT = "PUT"


class _Channel(Named):
    is_on: bool = Field(default=True, title=tr("In use"))
    per_minute: int = Field(
        default=10,
        title=tr("At most"),
        description=tr("In an alarm flood the rest is sent as one summary; nothing is left out."),
        ge=1,
        le=600,
        json_schema_extra={"unit": tr("messages a minute")},
    )


class EmailChannel(_Channel):
    """A mail server that takes our messages. user: empty for a server that asks for none."""

    kind: Literal["email"] = "email"
    host: Line = Field(title=tr("Mail server"), description=tr("Its name or address, such as mail.example.org."))
    port: int = Field(
        default=587,
        title=tr("Port"),
        description=tr("Mostly 587 with STARTTLS, 465 with TLS."),
        ge=1,
        le=65_535,
    )
    security: Security = Field(default=Security.STARTTLS, title=tr("Encryption"))
    sender: Address = Field(title=tr("Sender"), description=tr("The address that the messages come from."))
    user: Line = Field(default="", title=tr("User"), description=tr("Empty for a server that asks for no login."))

    @field_validator("host")
    @classmethod
    def _host_is_a_name(cls, host: str) -> str:
        if not _HOST.fullmatch(host):
            raise ValueError(tr("Type the server's name or address, such as mail.example.org."))
        return host

    @model_validator(mode="after")
    def _password_needs_encryption(self) -> Self:
        if self.user and self.security is Security.NONE:
            raise ValueError(
                tr("A password is not sent without encryption. Choose STARTTLS or TLS, or clear the user.")
            )
        return self


class Header(Described):
    """One header of a webhook's call. value: on its way to where passwords are; empty for the one that is there."""

    name: str = Field(title=tr("Header"))
    value: Line = Field(default="", title=tr("Value"), repr=False)

    @field_validator("name")
    @classmethod
    def _is_a_token(cls, name: str) -> str:
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(tr("“{name}” is no name of a header.").format(name=name))
        if name.lower() in _OWN_HEADERS:
            raise ValueError(tr("{name} is set by the program; a token is typed into its own field.").format(name=name))
        return name


class WebhookChannel(_Channel):
    """A web address that is called with the message as JSON; with a bearer token when one is in the keyring."""

    kind: Literal["webhook"] = "webhook"
    url: Line = Field(
        title=tr("Web address"),
        description=tr("It gets the message as JSON. What follows the server's name is kept where passwords are."),
    )
    method: Method = Field(default=Method.POST, title=tr("Method"))
    headers: tuple[Header, ...] = Field(default=(), title=tr("More headers"), max_length=20)

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_right = False
        if not is_right:
            raise ValueError(tr("Type a whole address that begins with https:// or http://."))
        if "@" in parts.netloc:
            raise ValueError(tr("A password does not belong into the address; type a token into its own field."))
        return url

    def bare(self) -> Self:
        """Return it without what is, or may be, a secret."""
        headers = tuple(Header(name=each.name) for each in self.headers)
        return self.model_copy(update={"headers": headers, "url": bare_address(self.url)})


class DesktopChannel(_Channel):
    """A notice on the screen that the program runs on."""

    kind: Literal["desktop"] = "desktop"


Channel = Annotated[EmailChannel | WebhookChannel | DesktopChannel, Field(discriminator="kind")]
