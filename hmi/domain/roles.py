"""Who may do what: permissions, roles that hold them, and the person in front of the screen.

Roles are data: an admin may change what each holds and add others. Those here are what a new profile begins with, and
what the table of the handbook shows. An admin does not operate, on purpose: who edits the plant does not run it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class Permission(StrEnum):
    """One thing that a person may be allowed to do. A stored role names them, so that a value never changes."""

    VIEW = "view"
    """See everything and export it."""
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    OUT_OF_SERVICE = "out_of_service"
    COMMAND = "command"
    """Give normal commands and setpoints, holding the station's authority."""
    COMMAND_TAGGED = "command_tagged"
    """Give them only at the station itself, and only to equipment under a lock-out tag of one's own."""
    COMMAND_CRITICAL = "command_critical"
    """Give critical commands, with a second person; and be that second person."""
    LOCK_OUT = "lock_out"
    """Hang a lock-out tag on equipment, and take one's own off."""
    SUBSTITUTE = "substitute"
    """Put a value in the place of a measured one."""
    EDIT_STATIONS = "edit_stations"
    TEST_STATIONS = "test_stations"
    """Look around on a server and try a connection, without saving."""
    EDIT_CERTIFICATES = "edit_certificates"
    EDIT_ALARMS = "edit_alarms"
    APPROVE_ALARMS = "approve_alarms"
    PROPOSE_ALARMS = "propose_alarms"
    EDIT_NOTIFICATIONS = "edit_notifications"
    ENTER_CREDENTIALS = "enter_credentials"
    EDIT_USERS = "edit_users"
    """Users, roles, and the rules of signing in."""
    EDIT_DATA = "edit_data"
    """Retention, backup, restore; taking an earlier configuration up again."""
    VERIFY_AUDIT = "verify_audit"
    """Read and verify the audit record."""


LOOKING: Final = frozenset({Permission.VIEW, Permission.TEST_STATIONS, Permission.VERIFY_AUDIT})
"""What changes nothing, and is therefore not tied to stations."""


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions. shelve_most_s: the longest that this role shelves an alarm, in s."""

    key: str
    name: str
    permissions: frozenset[Permission] = frozenset({Permission.VIEW})
    shelve_most_s: float = 0.0

    def __str__(self) -> str:
        return self.name


SHIFT_S: Final = 28_800.0
DAY_S: Final = 86_400.0

VIEWER: Final = Role("viewer", "viewer")
OPERATOR: Final = Role(
    "operator",
    "operator",
    frozenset(
        {
            Permission.VIEW,
            Permission.ACKNOWLEDGE,
            Permission.SHELVE,
            Permission.COMMAND,
            Permission.COMMAND_CRITICAL,
            Permission.LOCK_OUT,
            Permission.ENTER_CREDENTIALS,
        }
    ),
    SHIFT_S,
)
MAINTENANCE: Final = Role(
    "maintenance",
    "maintenance",
    frozenset(
        {
            Permission.VIEW,
            Permission.ACKNOWLEDGE,
            Permission.SHELVE,
            Permission.OUT_OF_SERVICE,
            Permission.COMMAND_TAGGED,
            Permission.COMMAND_CRITICAL,
            Permission.LOCK_OUT,
            Permission.SUBSTITUTE,
            Permission.TEST_STATIONS,
            Permission.PROPOSE_ALARMS,
            Permission.ENTER_CREDENTIALS,
            Permission.VERIFY_AUDIT,
        }
    ),
    DAY_S,
)
ADMIN: Final = Role(
    "admin",
    "admin",
    frozenset(
        {
            Permission.VIEW,
            Permission.OUT_OF_SERVICE,
            Permission.EDIT_STATIONS,
            Permission.TEST_STATIONS,
            Permission.EDIT_CERTIFICATES,
            Permission.EDIT_ALARMS,
            Permission.APPROVE_ALARMS,
            Permission.PROPOSE_ALARMS,
            Permission.EDIT_NOTIFICATIONS,
            Permission.ENTER_CREDENTIALS,
            Permission.EDIT_USERS,
            Permission.EDIT_DATA,
            Permission.VERIFY_AUDIT,
        }
    ),
    SHIFT_S,
)
BUILT_IN_ROLES: Final = (VIEWER, OPERATOR, MAINTENANCE, ADMIN)


@dataclass(frozen=True, slots=True)
class User:
    """Who sits in front of the screen.

    also: what this one person may beyond the role. stations: where the role holds, None for everywhere; elsewhere the
    person only looks. session: names the log-in, for the record. marks: what sets all acts of this log-in apart there.
    account: who it was built from, None for those without one.
    """

    name: str
    role: Role
    also: frozenset[Permission] = frozenset()
    stations: frozenset[UUID] | None = None
    session: str = ""
    marks: tuple[str, ...] = ()
    account: UUID | None = None

    def may(self, permission: Permission, station_id: UUID | None = None) -> bool:
        """Whether the user's role, or a word about this user, holds the permission at a station.

        None: about what belongs to no station, such as an alarm of the program's own; whoever may it anywhere may.
        """
        if station_id is not None and self.stations is not None and station_id not in self.stations:
            return permission is Permission.VIEW
        return permission in self.role.permissions or permission in self.also

    def may_everywhere(self, permission: Permission) -> bool:
        """Whether the user may do what holds for all stations: users, certificates, retention, roll-back."""
        return self.may(permission) and (self.stations is None or permission in LOOKING)

    @property
    def works_here(self) -> bool:
        """Whether this is no visitor: what all users share is written by those who work here."""
        return self.may(Permission.ACKNOWLEDGE) or self.may(Permission.EDIT_STATIONS)


VISITOR: Final = User("Nobody signed in", VIEWER)
LOCAL_ADMIN: Final = User(
    "Local administrator",
    ADMIN,
    frozenset({Permission.ACKNOWLEDGE, Permission.SHELVE}),
)
"""Whoever sits at the machine while a profile has no users: somebody must be able to set up the first station, and to
answer its alarms."""

# The demo's plant is nobody's, and one person tries out both halves: operating it, and adding stations to it.
DEMO_OPERATOR: Final = User(
    "Demo operator",
    OPERATOR,
    ADMIN.permissions | {Permission.SUBSTITUTE},
)
