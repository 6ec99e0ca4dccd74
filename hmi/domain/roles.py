"""Who may do what: roles, permissions and the table between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing that a person may be allowed to do."""

    VIEW = "view"
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    OUT_OF_SERVICE = "out_of_service"
    COMMAND = "command"
    EDIT_STATIONS = "edit_stations"
    EDIT_ALARMS = "edit_alarms"
    APPROVE_ALARMS = "approve_alarms"
    EDIT_NOTIFICATIONS = "edit_notifications"
    ENTER_CREDENTIALS = "enter_credentials"


class Role(StrEnum):
    """A named set of permissions. An admin does not operate, on purpose: who edits the plant does not run it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    MAINTENANCE = "maintenance"
    ADMIN = "admin"


_OPERATING: Final = frozenset(
    {
        Permission.VIEW,
        Permission.ACKNOWLEDGE,
        Permission.SHELVE,
        Permission.COMMAND,
        Permission.ENTER_CREDENTIALS,
    }
)
PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.VIEWER: frozenset({Permission.VIEW}),
    Role.OPERATOR: _OPERATING,
    Role.MAINTENANCE: _OPERATING | {Permission.OUT_OF_SERVICE},
    Role.ADMIN: frozenset(
        {
            Permission.VIEW,
            Permission.EDIT_STATIONS,
            Permission.EDIT_ALARMS,
            Permission.APPROVE_ALARMS,
            Permission.EDIT_NOTIFICATIONS,
            Permission.ENTER_CREDENTIALS,
        }
    ),
}

SHELVE_MOST_S: Final = {Role.VIEWER: 0.0, Role.OPERATOR: 28_800.0, Role.MAINTENANCE: 86_400.0, Role.ADMIN: 28_800.0}
"""The longest that a role shelves an alarm: a shift for an operator, a day for those who repair."""


@dataclass(frozen=True, slots=True)
class User:
    """Who sits in front of the screen."""

    name: str
    role: Role
    also: frozenset[Permission] = frozenset()
    """What this one person may beyond the role."""

    def may(self, permission: Permission) -> bool:
        """Whether the user's role, or a word about this user, holds the permission."""
        return permission in PERMISSIONS[self.role] or permission in self.also

    @property
    def works_here(self) -> bool:
        """Whether this is no visitor: what all users share is written by those who work here."""
        return self.may(Permission.ACKNOWLEDGE) or self.may(Permission.EDIT_STATIONS)


VISITOR: Final = User("Nobody signed in", Role.VIEWER)
LOCAL_ADMIN: Final = User(
    "Local administrator",
    Role.ADMIN,
    frozenset({Permission.ACKNOWLEDGE, Permission.SHELVE, Permission.OUT_OF_SERVICE}),
)
"""Whoever sits at the machine while a profile has no users: somebody must be able to set up the first station, and to
answer its alarms."""

# The demo's plant is nobody's, and one person tries out both halves: operating it, and adding stations to it.
DEMO_OPERATOR: Final = User(
    "Demo operator",
    Role.OPERATOR,
    frozenset(
        {
            Permission.EDIT_STATIONS,
            Permission.OUT_OF_SERVICE,
            Permission.EDIT_ALARMS,
            Permission.APPROVE_ALARMS,
            Permission.EDIT_NOTIFICATIONS,
        }
    ),
)
