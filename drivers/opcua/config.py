"""The options of an OPC UA connection, described once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from drivers.api import Setting
from drivers.opcua.addresses import typed

PolicyKey = Literal["none", "basic128rsa15", "basic256", "aes128sha256rsaoaep", "basic256sha256", "aes256sha256rsapss"]


CHOSEN_ELSEWHERE: Final = frozenset(
    {"security", "mode", "allow_deprecated", "server_thumbprint", "pki_folder", "key_passphrase"}
)
"""Options that come with the endpoint a person chooses, or from the program; no form asks for them."""


class OpcUaConfig(BaseModel):
    """What may be set for one connection; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    security: Annotated[
        PolicyKey,
        Field(title="Security", description="Policy of the secure channel; a password needs more than none."),
    ] = "none"
    mode: Annotated[
        Literal["sign", "sign_and_encrypt"],
        Field(title="Mode", description="Whether messages are also encrypted."),
    ] = "sign_and_encrypt"
    allow_deprecated: Annotated[
        bool,
        Field(title="Allow broken policies", description="Lets Basic128Rsa15 and Basic256 be used all the same."),
    ] = False
    server_thumbprint: Annotated[
        str,
        Field(title="Server certificate", description="Thumbprint of the one certificate to believe; empty: ask."),
    ] = ""
    pki_folder: Annotated[
        Path | None,
        Field(title="Certificates", description="Folder of own, trusted and refused certificates."),
    ] = None
    key_passphrase: Annotated[
        Callable[[], str] | None,
        Field(title="Key", description="Returns what opens the own certificate's key.", repr=False, exclude=True),
    ] = None
    backups: Annotated[
        tuple[str, ...],
        Field(title="Backup servers", description="Addresses tried in turn when the first does not answer."),
    ] = ()
    failover: Annotated[
        Literal["cold", "warm"],
        Field(title="Failover", description="Warm keeps a session to a backup open, which takes over sooner."),
    ] = "cold"
    publishing_ms: Annotated[
        int, Field(title="Publishing interval", description="How often the server sends changes, ms.", ge=50, le=60_000)
    ] = 250
    queue_size: Annotated[
        int, Field(title="Queue", description="Changes that the server keeps for each item.", ge=1, le=1000)
    ] = 10
    keepalive_s: Annotated[
        float,
        Field(title="Keep-alive", description="How often a server with nothing to say says so, s.", ge=0.5, le=60),
    ] = 2.0
    lifetime_s: Annotated[
        float, Field(title="Lifetime", description="How long the server keeps what we lost touch with, s.", ge=10)
    ] = 60.0
    request_timeout_s: Annotated[
        float, Field(title="Request timeout", description="Longest wait for an answer, s.", ge=0.5, le=60)
    ] = 4.0
    backfill: Annotated[
        bool, Field(title="Fill gaps", description="Read what was missed from the server's own history.")
    ] = True

    @field_validator("backups")
    @classmethod
    def _backups_are_addresses(cls, backups: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(typed(each) for each in backups)

    @model_validator(mode="after")
    def _deprecated_needs_a_word(self) -> Self:
        if self.security in ("basic128rsa15", "basic256") and not self.allow_deprecated:
            raise ValueError("this security policy is broken; choose another, or let an administrator allow it")
        return self


def settings() -> tuple[Setting, ...]:
    """Return the options that a form asks for, as the model above describes them."""
    found = []
    for name, field in OpcUaConfig.model_fields.items():
        if name in CHOSEN_ELSEWHERE:
            continue
        bounds = {type(each).__name__: each for each in field.metadata}
        found.append(
            Setting(
                name=name,
                label=field.title or name,
                note=field.description or "",
                kind=_kind(field.annotation),
                default=field.default,
                low=getattr(bounds.get("Ge"), "ge", None),
                high=getattr(bounds.get("Le"), "le", None),
                choices=get_args(field.annotation) if get_origin(field.annotation) is Literal else (),
            )
        )
    return tuple(found)


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return "choice"
    if get_origin(annotation) is tuple:
        return "lines"
    return {bool: "flag", int: "whole", float: "number"}[annotation]
