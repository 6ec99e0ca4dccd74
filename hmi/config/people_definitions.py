"""Users and roles as data: in files, and in the record of what they were. Nothing of a password is in them."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hmi.domain.accounts import Account, Source
from hmi.domain.roles import Role


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GivenRole(_Given):
    """A role; permissions by their stored names."""

    key: str = Field(min_length=1, max_length=64)
    name: str = Field(max_length=200)
    permissions: frozenset[str]
    shelve_most_s: float = Field(ge=0, allow_inf_nan=False)


class GivenUser(_Given):
    """A user without password: whoever is here already keeps theirs, and a new one gets one from an administrator."""

    id: UUID
    name: str = Field(max_length=200)
    full_name: str = Field(max_length=200)
    role: str
    stations: frozenset[UUID] | None
    is_enabled: bool
    source: Source


def given_role(role: Role) -> GivenRole:
    """Return a role as data."""
    permissions = frozenset(str(each) for each in role.permissions)
    return GivenRole(key=role.key, name=role.name, permissions=permissions, shelve_most_s=role.shelve_most_s)


def given_user(account: Account) -> GivenUser:
    """Return a user as data."""
    return GivenUser(
        id=account.id,
        name=account.name,
        full_name=account.full_name,
        role=account.role,
        stations=account.stations,
        is_enabled=account.is_enabled,
        source=account.source,
    )
