"""People: who is signed in at this window, and the users, roles and rules that an administrator keeps.

Every password and code has repr=False, so that no log, no error and no crash file can have it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from hmi.config.directory_settings import DirectorySettings
from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.accounts import Account
from hmi.domain.roles import Role
from hmi.services.port.requests import RefusedError, Request


class WaitError(RefusedError):
    """Refused for now: after failures the next attempt is looked at in wait_s."""

    def __init__(self, sentence: str, wait_s: float) -> None:
        super().__init__(sentence, wait_s)
        self.wait_s = wait_s

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class OneTimeSecret:
    """What the program made and shows once: a password, a code. purpose: what it is for, in words."""

    purpose: str
    secret: str = field(repr=False)


# ── at the window ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SignIn(Request[None]):
    """Sign in, in the place of whoever is; refused in words, as WaitError while one must wait."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResumeSession(Request[None]):
    """Take one's own session up again."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LockSession(Request[None]):
    """Look only, until the password is typed."""


@dataclass(frozen=True, slots=True)
class SignOut(Request[None]):
    """End the session; the picture stays."""


@dataclass(frozen=True, slots=True)
class NoteActivity(Request[None]):
    """Tell that somebody is at the window."""


@dataclass(frozen=True, slots=True)
class ChangePassword(Request[None]):
    """Change one's own password."""

    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MakeFirstAdmin(Request[OneTimeSecret]):
    """Add the first administrator and sign in; answers the recovery code."""

    name: str
    full_name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UseRecoveryCode(Request[OneTimeSecret]):
    """Set an administrator's password by the sealed code; answers the code that takes its place."""

    name: str
    code: str = field(repr=False)
    password: str = field(repr=False)


# ── setting up ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A user as an administrator sees it. waits_s: how long the next attempt has to wait."""

    account: Account
    failures: int = 0
    waits_s: float = 0.0


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role. revision: 0 for a built-in one that nobody edited. users: how many have it."""

    role: Role
    revision: int = 0
    is_built_in: bool = False
    users: int = 0


@dataclass(frozen=True, slots=True)
class UsersState:
    """All users and roles. recovery_us: when the recovery code was made, 0 for none."""

    accounts: tuple[AccountRow, ...] = ()
    roles: tuple[RoleRow, ...] = ()
    settings: SignInSettings = field(default_factory=SignInSettings)
    recovery_us: int = 0
    recovery_by: str = ""


@dataclass(frozen=True, slots=True)
class ReadUsers(Request[UsersState]):
    """Ask for users, roles and rules; for those who may edit them."""


@dataclass(frozen=True, slots=True)
class SaveAccount(Request[OneTimeSecret | None]):
    """Add a user (revision 0), or change one from the revision that was seen; a new one's password comes back."""

    account: Account
    revision: int


@dataclass(frozen=True, slots=True)
class DeleteAccount(Request[None]):
    """Delete a user as it was seen."""

    account_id: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class ResetPassword(Request[OneTimeSecret]):
    """Give a user a password that the program makes, and that only lets its owner choose another."""

    account_id: UUID


@dataclass(frozen=True, slots=True)
class SaveRole(Request[None]):
    """Add a role, or change one from the revision that was seen."""

    role: Role
    revision: int


@dataclass(frozen=True, slots=True)
class DeleteRole(Request[None]):
    """Delete a role that nobody has, or put a built-in one back as it came."""

    key: str
    revision: int


@dataclass(frozen=True, slots=True)
class SaveSignInSettings(Request[None]):
    """Keep other rules; they hold at once. seen: the rules as they were when they were edited."""

    settings: SignInSettings
    seen: SignInSettings


@dataclass(frozen=True, slots=True)
class MakeRecoveryCode(Request[OneTimeSecret]):
    """Make a recovery code in the place of the one before."""


@dataclass(frozen=True, slots=True)
class SealBreakGlass(Request[OneTimeSecret]):
    """Make or renew the account for emergencies; answers the password for its envelope."""

    role: str


# ── the directory ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ReadDirectory(Request[DirectorySettings]):
    """Ask how the directory is reached; for those who may edit users."""


@dataclass(frozen=True, slots=True)
class SaveDirectory(Request[None]):
    """Keep other settings. seen: those that were edited."""

    settings: DirectorySettings
    seen: DirectorySettings


@dataclass(frozen=True, slots=True)
class TestDirectory(Request[str]):
    """Try settings that need not be saved with somebody's name and password; answers what would come of it."""

    __test__ = False  # no test of pytest's

    settings: DirectorySettings
    name: str
    password: str = field(repr=False)
