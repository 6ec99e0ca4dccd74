"""Users and permissions as administrators read them."""

from __future__ import annotations

from typing import Final

from hmi.domain.accounts import Account, Source
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.port.security import AccountRow
from hmi.ui.words import moment_text

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
    if account.source is Source.LOCAL and not account.password_us:
        words.append(tr("No password yet: reset it to make one"))
    elif account.must_change:
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
