"""Users and roles of a file over those that are here: who is whom, and what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from hmi.config.account_store import BUILT_IN_KEYS, AccountBook, PeopleChange, people_fault
from hmi.config.package import PackageError
from hmi.config.people_definitions import GivenRole, GivenUser
from hmi.domain.accounts import Account, name_key, tidy_name, with_built_in
from hmi.domain.language import tr
from hmi.domain.roles import Permission, Role


def people_change(
    roles: Sequence[GivenRole],
    users: Sequence[GivenUser],
    here: AccountBook,
    *,
    removes: bool,
    by: str,
    at_us: int,
) -> PeopleChange:
    """Return what an import makes of the people here. Raises PackageError, also where nobody could edit users then.

    A user or a role is known by id, else by name, so that the same person keeps one account and its password. Whoever
    is new has no password yet. The sealed account for emergencies is this computer's own and stays.
    removes: whoever and whatever the file does not name goes.
    """
    if users and not here.accounts:
        raise PackageError(tr("Make the first administrator here, with a password, and import then."))
    keys = _role_keys(roles, here)
    given_roles = [_role(each, keys) for each in roles]
    put_roles = tuple(role for role in given_roles if here.roles.get(role.key) != role)
    accounts = [_account(each, keys, here, by, at_us) for each in users]
    put_accounts = tuple(each for each in accounts if not _is_same(each, here.accounts.get(each.id)))
    gone_roles: tuple[str, ...] = ()
    gone_accounts: tuple[UUID, ...] = ()
    if removes:
        named = {each.id for each in accounts}
        gone_accounts = tuple(
            each.id for each in here.accounts.values() if each.id not in named and not each.is_break_glass
        )
        named_roles = {role.key for role in given_roles}
        gone_roles = tuple(key for key in here.stored if key not in named_roles and key not in BUILT_IN_KEYS)
    change = PeopleChange(by, at_us, put_roles, put_accounts, gone_roles, gone_accounts)
    _require_sound(change, here)
    return change


def _require_sound(change: PeopleChange, here: AccountBook) -> None:
    """Refuse what could not be: names that are taken, roles that are missing, nobody who may edit users."""
    stored = {key: each.role for key, each in here.stored.items() if key not in change.gone_roles}
    stored |= {role.key: role for role in change.roles}
    accounts = {key: each for key, each in here.accounts.items() if key not in change.gone_accounts}
    accounts |= {each.id: each for each in change.accounts}
    if fault := people_fault(accounts.values(), with_built_in(stored.values())):
        raise PackageError(fault)


def _role_keys(roles: Sequence[GivenRole], here: AccountBook) -> dict[str, str]:
    """Return the key here of each role of the file."""
    by_name = {name_key(role.name): key for key, role in here.roles.items()}
    return {
        each.key: each.key if each.key in here.roles else by_name.get(name_key(each.name), each.key) for each in roles
    }


def _role(given: GivenRole, keys: dict[str, str]) -> Role:
    known = {str(each): each for each in Permission}
    if unknown := sorted(given.permissions - known.keys()):
        words = tr("The file is of a newer version of the program: the role {role} has the permission “{permission}”.")
        raise PackageError(words.format(role=given.name, permission=unknown[0]))
    permissions = frozenset(known[each] for each in given.permissions) | {Permission.VIEW}
    return Role(keys[given.key], tidy_name(given.name), permissions, given.shelve_most_s)


def _account(given: GivenUser, keys: dict[str, str], here: AccountBook, by: str, at_us: int) -> Account:
    now = here.accounts.get(given.id) or here.by_key.get(name_key(given.name))
    if now is not None and now.is_break_glass:
        raise PackageError(
            tr("{name} is the account for emergencies here. Rename the user in the file.").format(name=now.name)
        )
    begun = now or Account(given.id, "", source=given.source, must_change=True, created_us=at_us)
    return replace(
        begun,
        name=tidy_name(given.name),
        full_name=tidy_name(given.full_name),
        role=keys.get(given.role, given.role),
        stations=given.stations,
        is_enabled=given.is_enabled,
        revision=now.revision + 1 if now else 1,
        changed_us=at_us,
        changed_by=by,
    )


def _is_same(after: Account, now: Account | None) -> bool:
    if now is None:
        return False
    return replace(after, revision=now.revision, changed_us=now.changed_us, changed_by=now.changed_by) == now
