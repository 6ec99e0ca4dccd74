"""Users, roles and rules as the record says them: what was, and what is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.accounts import Account
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Permission, Role

PERMISSIONS: Final = {
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


def account_words(account: Account, roles: Mapping[str, Role], catalogue: Catalogue) -> str:
    """Return role, place and whether it is enabled."""
    role = roles[account.role].name if account.role in roles else account.role
    place = tr("all stations")
    if account.stations is not None:
        known = catalogue.station_by_id
        place = ", ".join(sorted(known[each].name if each in known else str(each) for each in account.stations))
    state = tr("enabled") if account.is_enabled else tr("disabled")
    return "; ".join(each for each in (account.name, account.full_name, role, place, state) if each)


def role_words(role: Role) -> str:
    """Return what a role may."""
    permissions = ", ".join(sorted(str(each) for each in role.permissions))
    return tr("{name}: {permissions}; shelves {minutes:g} min").format(
        name=role.name, permissions=permissions, minutes=role.shelve_most_s / 60
    )


def settings_words(settings: SignInSettings) -> str:
    """Return the rules."""
    return settings.model_dump_json()
