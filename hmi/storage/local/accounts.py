"""Named statements over users, roles and sealed codes; each takes a connection, as in `configuration`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection as Database
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from hmi.domain.accounts import Account, Source, name_key
from hmi.domain.roles import Permission, Role
from hmi.storage.local import schema


@dataclass(frozen=True, slots=True)
class Credential:
    """What an account is checked with. not_before_us: no attempt is looked at before, UTC µs."""

    password_hash: str = field(default="", repr=False)
    failures: int = 0
    not_before_us: int = 0


@dataclass(frozen=True, slots=True)
class StoredRole:
    """A role that was added or edited, with what concurrent edits are told apart by."""

    role: Role
    revision: int = 1
    changed_us: int = 0
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class SealedCode:
    """A code in an envelope, as it is kept."""

    credential: Credential
    made_us: int
    made_by: str


# ── accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def accounts(database: Database) -> dict[UUID, tuple[Account, Credential]]:
    """Return all accounts with what they are checked with, by id, in the order of their names."""
    table = schema.account
    rows = database.execute(select(table).order_by(table.c.name_key)).all()
    return {UUID(row.id): (_account(row), _credential(row.password_hash, row)) for row in rows}


def put_account(database: Database, account: Account) -> None:
    """Insert an account, or replace what an administrator sees of it; its password stays."""
    row = _account_row(account)
    statement = upsert(schema.account)
    changes = {name: statement.excluded[name] for name in row if name != "id"}
    fresh = {"password_hash": "", "failures": 0, "not_before_us": 0}
    database.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes), [{**row, **fresh}])


def put_credential(database: Database, account_id: UUID, credential: Credential) -> None:
    """Keep what an account is checked with."""
    values = {
        "password_hash": credential.password_hash,
        "failures": credential.failures,
        "not_before_us": credential.not_before_us,
    }
    _change_account(database, account_id, values)


def delete_account(database: Database, account_id: UUID) -> None:
    """Delete an account; what was recorded of its person stays."""
    database.execute(delete(schema.account).where(schema.account.c.id == str(account_id)))


# ── roles ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def roles(database: Database) -> dict[str, StoredRole]:
    """Return the roles that were added or edited, by key; what a later version has called a permission is left out."""
    known = {str(each) for each in Permission}
    rows = database.execute(select(schema.role).order_by(text("rowid"))).all()
    return {
        row.key: StoredRole(
            Role(
                row.key,
                row.name,
                frozenset(Permission(each) for each in row.permissions if each in known) | {Permission.VIEW},
                row.shelve_most_s,
            ),
            row.revision,
            row.changed_us,
            row.changed_by,
        )
        for row in rows
    }


def put_role(database: Database, stored: StoredRole) -> None:
    """Insert a role, or replace it."""
    role = stored.role
    row = {
        "key": role.key,
        "name": role.name,
        "permissions": sorted(str(each) for each in role.permissions),
        "shelve_most_s": role.shelve_most_s,
        "revision": stored.revision,
        "changed_us": stored.changed_us,
        "changed_by": stored.changed_by,
    }
    statement = upsert(schema.role)
    changes = {name: statement.excluded[name] for name in row if name != "key"}
    database.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changes), [row])


def delete_role(database: Database, key: str) -> None:
    """Delete a role that was added, or put a built-in one back."""
    database.execute(delete(schema.role).where(schema.role.c.key == key))


# ── sealed codes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def sealed_codes(database: Database) -> dict[str, SealedCode]:
    """Return the codes, by what they are for."""
    rows = database.execute(select(schema.sealed_code)).all()
    return {row.purpose: SealedCode(_credential(row.code_hash, row), row.made_us, row.made_by) for row in rows}


def put_sealed_code(database: Database, purpose: str, code: SealedCode) -> None:
    """Keep a code in the place of the one before."""
    row = {
        "purpose": purpose,
        "code_hash": code.credential.password_hash,
        "made_us": code.made_us,
        "made_by": code.made_by,
        "failures": code.credential.failures,
        "not_before_us": code.credential.not_before_us,
    }
    statement = upsert(schema.sealed_code)
    changes = {name: statement.excluded[name] for name in row if name != "purpose"}
    database.execute(statement.on_conflict_do_update(index_elements=["purpose"], set_=changes), [row])


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _change_account(database: Database, account_id: UUID, values: Mapping[str, object]) -> None:
    table = schema.account
    database.execute(update(table).where(table.c.id == str(account_id)).values(**values))


def _credential(found: str, row: Any) -> Credential:
    return Credential(found, row.failures, row.not_before_us)


def _account(row: Any) -> Account:
    return Account(
        UUID(row.id),
        row.name,
        row.full_name,
        row.role,
        None if row.stations is None else frozenset(UUID(each) for each in row.stations),
        row.is_enabled,
        Source(row.source),
        row.is_break_glass,
        row.is_spent,
        row.must_change,
        row.revision,
        row.created_us,
        row.changed_us,
        row.changed_by,
        row.password_us,
    )


def _account_row(account: Account) -> dict[str, object]:
    return {
        "id": str(account.id),
        "name": account.name,
        "name_key": name_key(account.name),
        "full_name": account.full_name,
        "role": account.role,
        "stations": None if account.stations is None else sorted(str(each) for each in account.stations),
        "is_enabled": account.is_enabled,
        "source": account.source.value,
        "is_break_glass": account.is_break_glass,
        "is_spent": account.is_spent,
        "must_change": account.must_change,
        "revision": account.revision,
        "created_us": account.created_us,
        "changed_us": account.changed_us,
        "changed_by": account.changed_by,
        "password_us": account.password_us,
    }
