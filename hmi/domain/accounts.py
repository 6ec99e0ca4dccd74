"""Accounts: who may sign in, with which role, where; and what must hold of all accounts together.

Nothing of a password is here: an account travels to windows, and its hash never does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from hmi.domain.language import tr
from hmi.domain.roles import BUILT_IN_ROLES, LOCAL_ADMIN, VISITOR, Permission, Role, User

MOST_NAME: Final = 64
COMMAND_LINE_NAME: Final = "Command line"
COMMAND_LINE: Final = User(
    COMMAND_LINE_NAME,
    Role(
        "command_line",
        "command line",
        frozenset({Permission.VIEW, Permission.EDIT_STATIONS, Permission.EDIT_DATA, Permission.VERIFY_AUDIT}),
    ),
)
"""Whoever asks through the door of the profile's folder: its files are open to them anyway."""
BREAK_GLASS_MARK: Final = "break_glass"
BREAK_GLASS_NAME: Final = tr("Break glass")


class Source(StrEnum):
    """Who knows the password: this profile, or the directory of the organisation."""

    LOCAL = "local"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class Account:
    """One person who may sign in. stations: where the role holds, None for everywhere.

    is_break_glass: the sealed one, for emergencies; is_spent: its envelope was opened. must_change: the password was
    made by somebody else and only lets its owner choose another. revision: of what an administrator edits.
    """

    id: UUID
    name: str
    full_name: str = ""
    role: str = "viewer"
    stations: frozenset[UUID] | None = None
    is_enabled: bool = True
    source: Source = Source.LOCAL
    is_break_glass: bool = False
    is_spent: bool = False
    must_change: bool = False
    revision: int = 1
    created_us: int = 0
    changed_us: int = 0
    changed_by: str = ""
    password_us: int = 0


def name_key(name: str) -> str:
    """Return what a name is known by: the same for whatever looks the same, in small and capital letters."""
    return unicodedata.normalize("NFKC", tidy_name(name)).casefold()


def tidy_name(name: str) -> str:
    """Return a name as it is kept: no spaces around it, one between its words."""
    return " ".join(unicodedata.normalize("NFKC", name.encode("utf-8", "replace").decode()).split())


RESERVED: Final = frozenset(name_key(name) for name in (VISITOR.name, LOCAL_ADMIN.name, COMMAND_LINE_NAME, "Roams"))
"""Names that records know as somebody else."""


def name_fault(name: str) -> str:
    """Return what is wrong with the name of an account; empty for nothing."""
    if not tidy_name(name):
        return tr("Type a name.")
    if len(tidy_name(name)) > MOST_NAME:
        return tr("The name is too long: {most} characters are the most.").format(most=MOST_NAME)
    if not tidy_name(name).isprintable():
        return tr("The name has characters that cannot be seen. Type it anew.")
    if name_key(name) in RESERVED:
        return tr("{name} is a name that the program uses itself. Choose another.").format(name=tidy_name(name))
    return ""


def is_whole_admin(account: Account, roles: Mapping[str, Role]) -> bool:
    """Whether an account can set everything right again, whatever happens to the others and to the network."""
    role = roles.get(account.role)
    return (
        account.is_enabled
        and account.password_us > 0  # one that came with a file has none yet
        and account.source is Source.LOCAL
        and not account.is_break_glass
        and account.stations is None
        and role is not None
        and Permission.EDIT_USERS in role.permissions
    )


def last_admin_fault(accounts: Iterable[Account], roles: Mapping[str, Role]) -> str:
    """Return why accounts and roles cannot be like this: nobody could edit users any more; empty when somebody can."""
    if any(is_whole_admin(each, roles) for each in accounts):
        return ""
    return tr(
        "Nobody could edit users any more. Keep at least one enabled user of this computer, at all stations, whose "
        "role may edit users."
    )


def with_built_in(stored: Iterable[Role]) -> dict[str, Role]:
    """Return all roles by key: the built-in ones, as stored where they were edited, then those that were added."""
    found = {role.key: role for role in BUILT_IN_ROLES}
    found.update({role.key: role for role in stored})
    return found


def user_of(account: Account, roles: Mapping[str, Role], session: str = "") -> User:
    """Return who signs in with an account, as things are now."""
    role = roles.get(account.role) or Role(account.role, tr("no role"))
    if account.must_change or not account.is_enabled:
        role = viewing(role)
    marks = (BREAK_GLASS_MARK,) if account.is_break_glass else ()
    return User(account.name, role, stations=account.stations, session=session, marks=marks, account=account.id)


def viewing(role: Role) -> Role:
    """Return a role that looks only, by the same name."""
    return Role(role.key, role.name)
