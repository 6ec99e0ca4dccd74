"""Users, roles and rules as the record says them: what was, and what is."""

from __future__ import annotations

from collections.abc import Mapping

from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.accounts import Account
from hmi.domain.catalogue import Catalogue
from hmi.domain.language import tr
from hmi.domain.roles import Role


def account_words(account: Account, roles: Mapping[str, Role], catalogue: Catalogue) -> str:
    """Return role, place and whether it is enabled."""
    return "; ".join(each for each in account_parts(account, roles, catalogue) if each)


def account_parts(account: Account, roles: Mapping[str, Role], catalogue: Catalogue) -> tuple[str, ...]:
    """Return the same, each by itself and in a fixed order."""
    role = roles[account.role].name if account.role in roles else account.role
    place = tr("all stations")
    if account.stations is not None:
        known = catalogue.station_by_id
        place = ", ".join(sorted(known[each].name if each in known else str(each) for each in account.stations))
    state = tr("enabled") if account.is_enabled else tr("disabled")
    return account.name, account.full_name, role, place, state


def role_words(role: Role) -> str:
    """Return what a role may."""
    permissions = ", ".join(sorted(str(each) for each in role.permissions))
    return tr("{name}: {permissions}; shelves {minutes:g} min").format(
        name=role.name, permissions=permissions, minutes=role.shelve_most_s / 60
    )


def settings_words(settings: SignInSettings) -> str:
    """Return the rules."""
    return settings.model_dump_json()
