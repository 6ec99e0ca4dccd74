"""What is being edited: a user, the roles, the rules; no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from hmi.config.faults import build
from hmi.config.sign_in_settings import RoleIdle, SignInSettings
from hmi.domain.accounts import Account, tidy_name
from hmi.domain.roles import OPERATOR, Permission, Role
from hmi.services.port.security import RoleRow
from hmi.ui.words import number_of


@dataclass
class AccountDraft:
    """A user. seen: the revision that is edited, 0 for a new one."""

    account: Account
    seen: int = 0
    before: Account | None = None
    fault: str = ""

    @staticmethod
    def fresh() -> AccountDraft:
        """Return a new user."""
        return AccountDraft(Account(uuid4(), "", role=OPERATOR.key))

    @staticmethod
    def of(account: Account) -> AccountDraft:
        """Return a user that is there."""
        return AccountDraft(account, account.revision, account)

    def change(self, **values: Any) -> None:
        """Change fields of the account."""
        self.account, self.fault = replace(self.account, **values), ""

    def choose_station(self, station: UUID, *, is_in: bool) -> None:
        """Let the role hold at a station, or no longer."""
        now = self.account.stations or frozenset()
        self.change(stations=now | {station} if is_in else now - {station})

    @property
    def is_changed(self) -> bool:
        return self.account != self.before

    @property
    def can_be_saved(self) -> bool:
        return self.is_changed and bool(tidy_name(self.account.name))


@dataclass
class RoleDraft:
    """A role as it stands in the table. seen: the revision that is edited."""

    role: Role
    seen: int = 0
    before: Role | None = None
    is_built_in: bool = False
    users: int = 0
    minutes: str = ""

    @staticmethod
    def of(row: RoleRow) -> RoleDraft:
        """Return a role that is there."""
        minutes = f"{row.role.shelve_most_s / 60:g}"
        return RoleDraft(row.role, row.revision, row.role, row.is_built_in, row.users, minutes)

    @property
    def is_changed(self) -> bool:
        return self.role != self.before

    def toggle(self, permission: Permission) -> None:
        """Give or take a permission; looking is everybody's."""
        if permission is not Permission.VIEW:
            self.role = replace(self.role, permissions=self.role.permissions ^ {permission})

    def rename(self, name: str) -> None:
        self.role = replace(self.role, name=name)

    def type_minutes(self, text: str) -> None:
        """Take how long the role shelves at most; what is no number changes nothing."""
        self.minutes = text
        number = number_of(text)
        if number is not None and number >= 0:
            self.role = replace(self.role, shelve_most_s=number * 60)

    @property
    def minutes_fault(self) -> bool:
        """Whether what was typed is no length of time."""
        number = number_of(self.minutes)
        return number is None or number < 0


class RoleDrafts:
    """All roles: those that are there, and those that are being added."""

    def __init__(self) -> None:
        self.roles: dict[str, RoleDraft] = {}
        self.chosen = ""

    def take(self, rows: tuple[RoleRow, ...]) -> None:
        """Take the roles as they are; what is being edited stays as it was begun."""
        kept = {key: draft for key, draft in self.roles.items() if draft.is_changed}
        self.roles = {row.role.key: kept.get(row.role.key) or RoleDraft.of(row) for row in rows}
        self.roles.update({key: draft for key, draft in kept.items() if draft.before is None})
        if self.chosen not in self.roles:
            self.chosen = next(iter(self.roles), "")

    def let_go(self, rows: tuple[RoleRow, ...]) -> None:
        """Forget what was edited."""
        self.roles = {}
        self.take(rows)

    def add(self, name: str, like: str = "") -> None:
        """Begin a new role, with the permissions of another."""
        key = uuid4().hex
        source = self.roles[like].role if like in self.roles else Role("", "")
        role = Role(key, name, source.permissions, source.shelve_most_s)
        self.roles[key] = RoleDraft(role, minutes=f"{source.shelve_most_s / 60:g}")
        self.chosen = key

    def changed(self) -> tuple[RoleDraft, ...]:
        """Return what is to be saved."""
        return tuple(draft for draft in self.roles.values() if draft.is_changed)


@dataclass
class RulesDraft:
    """The rules of signing in, as texts. seen: the rules that are edited."""

    seen: SignInSettings = field(default_factory=SignInSettings)
    values: dict[str, Any] = field(default_factory=dict)
    idle: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def take(self, settings: SignInSettings) -> None:
        """Take the rules as they are, unless they are being edited."""
        if not self.values or not self.is_changed:
            self.seen = settings
            self.let_go()

    def let_go(self) -> None:
        """Forget what was typed."""
        self.values = {
            "idle_minutes": str(self.seen.idle_minutes),
            "least_length": str(self.seen.least_length),
            "offers_names": self.seen.offers_names,
            "notice": self.seen.notice,
        }
        self.idle = {each.role: str(each.minutes) for each in self.seen.idle_of_roles}
        self.faults = {}

    @property
    def is_changed(self) -> bool:
        built, _ = self._build()
        return built != self.seen

    def type(self, name: str, value: object) -> None:
        """Change one field."""
        self.values[name] = value
        _, self.faults = self._build()

    def type_idle(self, role: str, text: str) -> None:
        """Give a role another time; an empty text is the time of all."""
        if text.strip():
            self.idle[role] = text
        else:
            self.idle.pop(role, None)
        _, self.faults = self._build()

    def build(self) -> SignInSettings | None:
        """Return the rules, or None with `faults` filled."""
        built, self.faults = self._build()
        return built

    def _build(self) -> tuple[SignInSettings | None, dict[str, str]]:
        values = dict(self.values)
        times = [build(RoleIdle, {"role": role, "minutes": text.strip()}) for role, text in self.idle.items()]
        built, faults = build(SignInSettings, {**values, "idle_of_roles": tuple(each for each, _ in times if each)})
        wrong = next((found for each, found in times if each is None), None)
        if wrong:
            return None, {**faults, "idle_of_roles": next(iter(wrong.values()))}
        return built, faults
