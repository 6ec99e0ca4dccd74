"""Signing in with the organisation's directory (LDAP, Active Directory): described once; kept in roams.db."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from hmi.domain.language import tr

KEY: Final = "directory"
NAME: Final = "{name}"


class DirectorySecurity(StrEnum):
    """How passwords are kept from listeners on the way; without one of them none is sent."""

    LDAPS = "ldaps"
    STARTTLS = "starttls"


class GroupRole(BaseModel):
    """A group of the directory, by its distinguished name, and the role that its members have here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str = Field(min_length=1, max_length=500)
    role: str = Field(min_length=1)


class DirectorySettings(BaseModel):
    """Where the directory is, who binds how, and which group has which role; the first that fits counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_on: bool = Field(default=False, title=tr("Sign in with the directory"))
    host: str = Field(default="", title=tr("Server"), max_length=253)
    port: int = Field(default=636, title=tr("Port"), ge=1, le=65535)
    security: DirectorySecurity = Field(default=DirectorySecurity.LDAPS, title=tr("Security"))
    authorities: str = Field(
        default="",
        title=tr("Authorities' file"),
        description=tr("PEM file of who signed the server's certificate; empty: those that this computer trusts."),
        max_length=1000,
    )
    bind: str = Field(
        default="",
        title=tr("Bind as"),
        description=tr("With {name} in it, such as uid={name},ou=people,dc=example,dc=org or {name}@example.org."),
        max_length=500,
    )
    base: str = Field(default="", title=tr("Search below"), max_length=500)
    name_attribute: str = Field(
        default="uid",
        title=tr("Attribute of the name"),
        description=tr("uid; in Active Directory sAMAccountName."),
        pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$",
    )
    groups: tuple[GroupRole, ...] = Field(default=(), title=tr("Groups and roles"), max_length=100)
    timeout_s: int = Field(default=5, title=tr("Waits at most"), ge=1, le=30, json_schema_extra={"unit": "s"})
    offline_days: int = Field(
        default=0,
        title=tr("Without the directory"),
        description=tr("For so long after the last sign-in with it, the same password is taken. 0: never."),
        ge=0,
        le=90,
        json_schema_extra={"unit": tr("days")},
    )

    @field_validator("bind")
    @classmethod
    def _has_name(cls, value: str) -> str:
        if value and value.count(NAME) != 1:
            raise ValueError(tr("Write {name} once, where the name goes."))
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> DirectorySettings:
        if self.is_on and not (self.host and self.bind and self.base and self.groups):
            raise ValueError(tr("Fill in server, bind, search and at least one group first."))
        return self
