"""Users and roles of a profile: reading them, and changing them in checked steps, each in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import Connection as Database
from sqlalchemy import Engine, StaticPool, create_engine
from sqlalchemy.exc import DatabaseError

from hmi.config.catalogue import InvalidError
from hmi.config.kept_history import ROLE, USER, note
from hmi.config.people_definitions import GivenRole, GivenUser, given_role, given_user
from hmi.domain.accounts import Account, Source, last_admin_fault, name_fault, name_key, tidy_name, with_built_in
from hmi.domain.language import tr
from hmi.domain.roles import BUILT_IN_ROLES, VIEWER, Role
from hmi.storage.errors import StorageError
from hmi.storage.local import accounts as rows
from hmi.storage.local import schema
from hmi.storage.local.accounts import Credential, SealedCode, StoredRole

BUILT_IN_KEYS: Final = frozenset(role.key for role in BUILT_IN_ROLES)
MOST_ACCOUNTS: Final = 1000
MOST_ROLES: Final = 100


@dataclass(frozen=True, slots=True)
class AccountBook:
    """All users and roles at one moment. stored: the roles that were added or edited."""

    accounts: Mapping[UUID, Account] = field(default_factory=dict)
    credentials: Mapping[UUID, Credential] = field(default_factory=dict, repr=False)
    stored: Mapping[str, StoredRole] = field(default_factory=dict)
    codes: Mapping[str, SealedCode] = field(default_factory=dict, repr=False)
    roles: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType(with_built_in(())))
    by_key: Mapping[str, Account] = field(default_factory=dict)

    def role_revision(self, key: str) -> int:
        """Return which edit of a role this is; 0 for one that nobody edited."""
        return self.stored[key].revision if key in self.stored else 0


@dataclass(frozen=True, slots=True)
class PeopleChange:
    """What an import makes of users and roles, by whom and when; who and what stays as it is stands in none of it."""

    by: str
    at_us: int
    roles: tuple[Role, ...] = ()
    accounts: tuple[Account, ...] = ()
    gone_roles: tuple[str, ...] = ()
    gone_accounts: tuple[UUID, ...] = ()


class AccountStore:
    """The one reader and writer of users; every call blocks and runs on the configuration thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(self) -> AccountBook:
        """Return everything. Raises StorageError."""
        try:
            with self._engine.connect() as database:
                return people_in(database)
        except DatabaseError as error:
            raise StorageError(tr("The users cannot be read: {error}.").format(error=error.orig)) from error

    def put_account(self, account: Account, seen: int, credential: Credential | None = None) -> AccountBook:
        """Add an account (seen 0), or change it from the revision that was seen. Raises InvalidError."""
        with self._changing() as (database, before):
            account = replace(account, name=tidy_name(account.name), full_name=tidy_name(account.full_name))
            _check_account(account, seen, before)
            now = before.accounts.get(account.id)
            rows.put_account(database, replace(account, revision=now.revision + 1 if now else 1))
            if credential is not None:
                rows.put_credential(database, account.id, credential)
            return _checked(database, before)

    def put_first(self, account: Account, credential: Credential, code: SealedCode, purpose: str) -> AccountBook:
        """Add the first administrator, with the recovery code. Raises InvalidError where somebody was first."""
        with self._changing() as (database, before):
            if before.accounts:
                raise InvalidError(tr("There is an administrator already. Sign in."))
            _check_account(account, 0, before)
            rows.put_account(database, replace(account, name=tidy_name(account.name)))
            rows.put_credential(database, account.id, credential)
            rows.put_sealed_code(database, purpose, code)
            return _checked(database, before)

    def set_password(
        self,
        account_id: UUID,
        change: Callable[[Account], Account],
        found: Credential,
        codes: Mapping[str, SealedCode] = MappingProxyType({}),
    ) -> AccountBook:
        """Keep another password, what it changes of the account, and codes by purpose. Raises InvalidError."""
        with self._changing() as (database, before):
            account = before.accounts.get(account_id)
            if account is None:
                raise InvalidError(tr("The user is no longer there."))
            rows.put_account(database, change(account))
            rows.put_credential(database, account_id, found)
            for purpose, code in codes.items():
                rows.put_sealed_code(database, purpose, code)
            return _checked(database, before)

    def put_credential(self, account_id: UUID, credential: Credential) -> None:
        """Keep failures, or a hash that was made anew of the same password."""
        with self._transaction() as database:
            rows.put_credential(database, account_id, credential)

    def mark(self, account_id: UUID, change: Callable[[Account], Account]) -> AccountBook:
        """Change what the program itself notes of an account, such as that an envelope was opened."""
        with self._transaction() as database:
            found = rows.accounts(database).get(account_id)
            if found is not None:
                rows.put_account(database, change(found[0]))
            return people_in(database)

    def put_from_directory(self, account: Account, credential: Credential, *, is_new: bool) -> AccountBook:
        """Add a user of the directory, or bring one up to date; only what the directory knows is taken.

        The directory took its time, and an administrator may have been quicker: disabled stays disabled, and deleted
        deleted. Raises InvalidError, also for a name that is taken.
        """
        with self._changing() as (database, before):
            now = before.accounts.get(account.id)
            if now is None and not is_new:
                raise InvalidError(tr("The user is no longer there."))
            if now is not None:
                known = replace(now, full_name=account.full_name, role=account.role)
                revision = now.revision + (known != now)
                account = replace(known, password_us=account.password_us, revision=revision)
            _check_account(account, now.revision if now else 0, before)
            rows.put_account(database, account)
            rows.put_credential(database, account.id, credential)
            after = people_in(database)
            note_people(database, before, after, tr("Directory"))
            return after

    def forget_directory_passwords(self) -> AccountBook:
        """Forget what lets users of the directory in without it."""
        with self._changing() as (database, before):
            for account in before.accounts.values():
                if account.source is Source.DIRECTORY:
                    rows.put_credential(database, account.id, Credential())
            return people_in(database)

    def delete_account(self, account_id: UUID, seen: int, by: str = "") -> AccountBook:
        """Delete an account as it was seen. Raises InvalidError."""
        with self._changing() as (database, before):
            account = before.accounts.get(account_id)
            if account is None:
                raise InvalidError(tr("The user is no longer there."))
            if account.revision != seen:
                raise InvalidError(_changed_words(account.name, account.changed_by))
            rows.delete_account(database, account_id)
            return _checked(database, before, by)

    def put_role(self, stored: StoredRole, seen: int) -> AccountBook:
        """Add a role (seen 0 and a new key), or change it from the revision that was seen. Raises InvalidError."""
        with self._changing() as (database, before):
            role = replace(stored.role, name=tidy_name(stored.role.name))
            _check_role(role, seen, before)
            rows.put_role(database, replace(stored, role=role, revision=before.role_revision(role.key) + 1))
            return _checked(database, before)

    def delete_role(self, key: str, seen: int, by: str = "") -> AccountBook:
        """Delete a role that nobody has, or put a built-in one back as it came. Raises InvalidError."""
        with self._changing() as (database, before):
            role = before.roles.get(key)
            if role is None or key not in before.stored:
                raise InvalidError(tr("The role is no longer there, or is as it came."))
            if before.role_revision(key) != seen:
                raise InvalidError(_changed_words(role.name, before.stored[key].changed_by))
            users = sorted(each.name for each in before.accounts.values() if each.role == key)
            if key not in BUILT_IN_KEYS and users:
                words = tr("{role} cannot be deleted: {name} has it. Give that user another role first.")
                raise InvalidError(words.format(role=role.name, name=users[0]))
            rows.delete_role(database, key)
            return _checked(database, before, by)

    def put_sealed_code(self, purpose: str, code: SealedCode) -> AccountBook:
        """Keep a code in the place of the one before."""
        with self._transaction() as database:
            rows.put_sealed_code(database, purpose, code)
            return people_in(database)

    @contextmanager
    def _changing(self) -> Iterator[tuple[Database, AccountBook]]:
        with self._transaction() as database:
            yield database, people_in(database)

    @contextmanager
    def _transaction(self) -> Iterator[Database]:
        try:
            with self._engine.begin() as database:
                yield database
        except DatabaseError as error:
            words = tr("The users were not saved: {error}. Free some space on the disk.")
            raise StorageError(words.format(error=error.orig)) from error


def people_in(database: Database) -> AccountBook:
    """Return all users and roles, in a transaction of the caller's."""
    found, stored = rows.accounts(database), rows.roles(database)
    accounts = {key: account for key, (account, _) in found.items()}
    return AccountBook(
        accounts,
        {key: credential for key, (_, credential) in found.items()},
        stored,
        rows.sealed_codes(database),
        with_built_in(each.role for each in stored.values()),
        {name_key(account.name): account for account in accounts.values()},
    )


def note_people(database: Database, before: AccountBook, after: AccountBook, by: str = "") -> None:
    """Write down what a change made of each user and role. by: who, where the user or the role does not say."""
    for key in before.accounts.keys() | after.accounts.keys():
        old, new = before.accounts.get(key), after.accounts.get(key)
        found = new or old
        if found is None or found.is_break_glass:
            continue
        who = by or (new.changed_by if new is not None else "")
        note(database, USER, str(key), found.name, _user(old), _user(new), who)
    for name in before.roles.keys() | after.roles.keys():
        was, is_now, kept = before.roles.get(name), after.roles.get(name), after.stored.get(name)
        who = by or (kept.changed_by if kept is not None else "")
        called = (is_now or was or VIEWER).name
        note(database, ROLE, name, called, _role(was), _role(is_now), who)


def _user(account: Account | None) -> GivenUser | None:
    return given_user(account) if account is not None else None


def _role(role: Role | None) -> GivenRole | None:
    return given_role(role) if role is not None else None


def memory_engine() -> Engine:
    """Return a place for users that ends with the program, as the demo's do: their password is known to everybody."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    schema.METADATA.create_all(engine)
    return engine


def _checked(database: Database, before: AccountBook, by: str = "") -> AccountBook:
    """Return how it is now, and note what has changed. Raises InvalidError, which undoes it, for no administrator."""
    after = people_in(database)
    fault = last_admin_fault(after.accounts.values(), after.roles)
    if fault and (before.accounts or after.accounts):
        raise InvalidError(fault)
    note_people(database, before, after, by)
    return after


def put_people(database: Database, change: PeopleChange) -> AccountBook:
    """Bring users and roles to what an import makes of them, in a transaction of the caller's. Raises InvalidError.

    Passwords stay; an account that is new has none.
    """
    before = people_in(database)
    for role in change.roles:
        rows.put_role(database, StoredRole(role, before.role_revision(role.key) + 1, change.at_us, change.by))
    for account_id in change.gone_accounts:
        rows.delete_account(database, account_id)
    for account in change.accounts:
        rows.put_account(database, account)
    for key in change.gone_roles:
        rows.delete_role(database, key)
    return _checked(database, before, change.by)


def people_fault(accounts: Collection[Account], roles: Mapping[str, Role]) -> str:
    """Return why users and roles cannot be like this together; empty when they can."""
    if len(accounts) > MOST_ACCOUNTS:
        return tr("{most} users are the most.").format(most=MOST_ACCOUNTS)
    if len(roles) > MOST_ROLES:
        return tr("{most} roles are the most.").format(most=MOST_ROLES)
    faults = chain(_role_faults(roles), _account_faults(accounts, roles))
    return next(faults, "") or (last_admin_fault(accounts, roles) if accounts else "")


def _role_faults(roles: Mapping[str, Role]) -> Iterator[str]:
    named: dict[str, str] = {}
    for role in roles.values():
        if fault := name_fault(role.name):
            yield fault
        if named.setdefault(name_key(role.name), role.key) != role.key:
            yield tr("There are two roles {name}.").format(name=role.name)


def _account_faults(accounts: Collection[Account], roles: Mapping[str, Role]) -> Iterator[str]:
    named: dict[str, UUID] = {}
    for account in accounts:
        if fault := "" if account.is_break_glass else name_fault(account.name):
            yield fault
        if named.setdefault(name_key(account.name), account.id) != account.id:
            yield tr("There are two users {name}.").format(name=account.name)
        if account.role not in roles:
            yield tr("There is no role for the user {name}.").format(name=account.name)
        if account.stations is not None and not account.stations:
            yield tr("{name} has no station.").format(name=account.name)


def _check_account(account: Account, seen: int, before: AccountBook) -> None:
    now = before.accounts.get(account.id)
    if (now.revision if now else 0) != seen:
        by = now.changed_by if now else ""
        raise InvalidError(_changed_words(account.name, by) if now else tr("The user was deleted meanwhile."))
    if fault := name_fault(account.name):
        raise InvalidError(fault)
    other = before.by_key.get(name_key(account.name))
    if other is not None and other.id != account.id:
        raise InvalidError(tr("There is a user {name} already. Choose another name.").format(name=other.name))
    if account.role not in before.roles:
        raise InvalidError(tr("The role is no longer there. Choose another."))
    if account.stations is not None and not account.stations:
        raise InvalidError(tr("Choose at least one station, or all."))
    if now is None and len(before.accounts) >= MOST_ACCOUNTS:
        raise InvalidError(tr("{most} users are the most.").format(most=MOST_ACCOUNTS))


def _check_role(role: Role, seen: int, before: AccountBook) -> None:
    if before.role_revision(role.key) != seen:
        stored = before.stored.get(role.key)
        raise InvalidError(_changed_words(role.name, stored.changed_by if stored else ""))
    if fault := name_fault(role.name):
        raise InvalidError(fault)
    others = (each for each in before.roles.values() if each.key != role.key)
    if same := next((each.name for each in others if name_key(each.name) == name_key(role.name)), ""):
        raise InvalidError(tr("There is a role {name} already. Choose another name.").format(name=same))
    if not 0 <= role.shelve_most_s <= 31_536_000:
        raise InvalidError(tr("An alarm is shelved for a year at most."))
    if role.key not in before.roles and len(before.roles) >= MOST_ROLES:
        raise InvalidError(tr("{most} roles are the most.").format(most=MOST_ROLES))


def _changed_words(name: str, by: str) -> str:
    words = tr("{name} was changed meanwhile by {by}. Look at it again; nothing was overwritten.")
    return words.format(name=name, by=by or tr("somebody else"))
