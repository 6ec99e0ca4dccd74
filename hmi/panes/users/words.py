"""Users and permissions as administrators read them."""

from __future__ import annotations

from typing import Final

from hmi.domain.accounts import Account, Source
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.port.security import AccountRow
from hmi.ui.words import moment_text

LABELS: Final = {
    Permission.VIEW: tr("See everything and export it"),
    Permission.ACKNOWLEDGE: tr("Acknowledge, reset and comment alarms"),
    Permission.SHELVE: tr("Shelve alarms"),
    Permission.OUT_OF_SERVICE: tr("Take alarms out of service"),
    Permission.COMMAND: tr("Give commands and setpoints"),
    Permission.COMMAND_TAGGED: tr("Command under one's own lock-out tag"),
    Permission.COMMAND_CRITICAL: tr("Critical commands; be the second person"),
    Permission.LOCK_OUT: tr("Hang lock-out tags and take one's own off"),
    Permission.SUBSTITUTE: tr("Substitute measured values"),
    Permission.TEST_STATIONS: tr("Look around on servers and test connections"),
    Permission.EDIT_STATIONS: tr("Edit stations and connections"),
    Permission.EDIT_CERTIFICATES: tr("Accept, renew and remove certificates"),
    Permission.ENTER_CREDENTIALS: tr("Enter the passwords of connections"),
    Permission.PROPOSE_ALARMS: tr("Propose changes of alarm records"),
    Permission.EDIT_ALARMS: tr("Edit alarm records"),
    Permission.APPROVE_ALARMS: tr("Approve alarm records"),
    Permission.EDIT_NOTIFICATIONS: tr("Edit notifications and sounds"),
    Permission.EDIT_USERS: tr("Edit users, roles, rules of signing in"),
    Permission.EDIT_DATA: tr("Retention, import, backup, restore"),
    Permission.VERIFY_AUDIT: tr("Read and verify the audit record"),
}
GROUPS: Final = (
    (tr("View"), (Permission.VIEW,)),
    (tr("Alarms"), (Permission.ACKNOWLEDGE, Permission.SHELVE, Permission.OUT_OF_SERVICE)),
    (
        tr("Control"),
        (
            Permission.COMMAND,
            Permission.COMMAND_CRITICAL,
            Permission.COMMAND_TAGGED,
            Permission.LOCK_OUT,
            Permission.SUBSTITUTE,
        ),
    ),
    (
        tr("Engineering"),
        (
            Permission.TEST_STATIONS,
            Permission.EDIT_STATIONS,
            Permission.EDIT_CERTIFICATES,
            Permission.ENTER_CREDENTIALS,
            Permission.PROPOSE_ALARMS,
            Permission.EDIT_ALARMS,
            Permission.APPROVE_ALARMS,
            Permission.EDIT_NOTIFICATIONS,
        ),
    ),
    (tr("Administration"), (Permission.EDIT_USERS, Permission.EDIT_DATA, Permission.VERIFY_AUDIT)),
)
"""Every permission is in one group."""


def stations_text(account: Account, catalogue: Catalogue) -> str:
    """Return where a user's role holds."""
    if account.stations is None:
        return tr("All stations")
    known = catalogue.station_by_id
    names = sorted(known[each].name if each in known else tr("a deleted station") for each in account.stations)
    return ", ".join(names)


def state_text(row: AccountRow) -> str:
    """Return what is special about a user now."""
    account = row.account
    words = []
    if not account.is_enabled:
        words.append(tr("Disabled"))
    if account.is_break_glass:
        words.append(tr("Envelope used: seal it anew") if account.is_spent else tr("In a sealed envelope"))
    if account.must_change:
        words.append(tr("Has to change the password"))
    if row.failures:
        words.append(tr("{count} failures").format(count=row.failures))
    if account.source is Source.DIRECTORY:
        words.append(tr("Directory"))
    return " · ".join(words) or tr("Enabled")


def changed_text(account: Account) -> str:
    """Return who changed a user last, and when."""
    if not account.changed_us:
        return ""
    return tr("Changed {moment} by {name}").format(
        moment=moment_text(account.changed_us), name=account.changed_by or "–"
    )
