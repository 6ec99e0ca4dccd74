"""What users, roles and settings were, and taking one up again through the services."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hmi.config.notification_channels import Header, WebhookChannel
from hmi.config.notification_settings import NotificationSettings
from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.accounts import Account
from hmi.domain.audit import AuditAction
from hmi.domain.roles import OPERATOR, Permission
from hmi.services import port
from hmi.services.port import audit, security
from hmi.services.services import Services
from tests.conftest import Warnings
from tests.support.administered import PASSWORD, QUIET, add, administered
from tests.support.plants import STATION

pytestmark = pytest.mark.asyncio


def account(services: Services, name: str) -> Account:
    return next(each for each in services.security.accounts.book.accounts.values() if each.name == name)


async def changes(services: Services, name: str = "") -> list[tuple[str, str, str, str]]:
    found = await services.handle(port.ReadKeptHistory(name=name))
    return [(each.label, each.name, each.user, each.change) for each in found]


async def take_up(services: Services, name: str, which: int, reason: str = "It was right") -> None:
    """Take up the change of an object that is so far down the list."""
    found = await services.handle(port.ReadKeptHistory(name=name))
    row = found[which]
    await services.handle(port.TakeUpKept(row.kind, row.seq, found[0].at_us, reason))


async def test_each_change_of_a_user_is_told_and_one_is_taken_up_again(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await add(services, "Olga", "operator")
        olga = account(services, "Olga")
        lowered = replace(olga, role="viewer", stations=frozenset({STATION.id}), is_enabled=False)
        await services.handle(security.SaveAccount(lowered, olga.revision))
        first, second = await changes(services, "olga")
        assert first == (
            "User",
            "Olga",
            "Ana",
            f"role: operator → viewer; stations: all → {STATION.name}; enabled: yes → no",
        )
        assert second[3].startswith("name: Olga; role: operator; stations: all")
        await take_up(services, "Olga", 1)
        again = account(services, "Olga")
        assert (again.role, again.stations, again.is_enabled) == ("operator", None, True)
        assert (await changes(services, "Olga"))[0][3].startswith("role: viewer → operator")
        page = await services.handle(audit.ReadAudit(audit.AuditQuestion(0, 2**62, actions=(AuditAction.USER,))))
        assert (page.rows[0].result, page.rows[0].reason) == ("taken up again", "It was right")
    log_warnings.take(*QUIET)


async def test_a_deleted_user_comes_back_without_a_password(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await add(services, "Olga", "operator")
        olga = account(services, "Olga")
        await services.handle(security.DeleteAccount(olga.id, olga.revision))
        assert (await changes(services, "Olga"))[0][2:] == ("Ana", "deleted")
        with pytest.raises(port.RefusedError, match="no longer there"):
            await take_up(services, "Olga", 0)
        await take_up(services, "Olga", 1)
        assert account(services, "Olga").id == olga.id
        with pytest.raises(port.RefusedError, match="wrong"):
            await services.handle(security.SignIn("Olga", ""))
    log_warnings.take(*QUIET)


async def test_settings_are_taken_up_again_and_hold_at_once(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await services.handle(security.SaveSignInSettings(SignInSettings(idle_minutes=3), SignInSettings()))
        first, before = await changes(services, "signing")
        assert first == ("Settings", "Rules of signing in", "Ana", "View only after: 15 → 3")
        assert before[2] == "", "what was so before the first change is nobody's"
        await take_up(services, "signing", 1)
        assert services.security.rules() == SignInSettings()
    log_warnings.take(*QUIET)


async def test_a_role_is_taken_up_again(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        weaker = replace(OPERATOR, permissions=OPERATOR.permissions - {Permission.SHELVE})
        await services.handle(security.SaveRole(weaker, 0))
        first, _ = await changes(services, "operator")
        assert first == ("Role", "operator", "Ana", "− “Shelve alarms”")
        await take_up(services, "operator", 1)
        assert Permission.SHELVE in services.security.accounts.book.roles["operator"].permissions
    log_warnings.take(*QUIET)


async def test_what_would_leave_no_administrator_is_not_taken_up_again(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await add(services, "Bea", "admin")
        await services.handle(security.SignIn("Bea", PASSWORD))
        for role in ("viewer", "admin"):
            ana = account(services, "Ana")
            await services.handle(security.SaveAccount(replace(ana, role=role), ana.revision))
        await services.handle(security.SignIn("Ana", PASSWORD))
        bea = account(services, "Bea")
        await services.handle(security.SaveAccount(replace(bea, role="viewer"), bea.revision))
        with pytest.raises(port.RefusedError, match="Nobody could edit users any more"):
            await take_up(services, "Ana", 1)
        assert account(services, "Ana").role == "admin"
    log_warnings.take(*QUIET)


async def test_taking_up_again_takes_a_reason(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await services.handle(security.SaveSignInSettings(SignInSettings(idle_minutes=3), SignInSettings()))
        with pytest.raises(port.RefusedError, match="Write why"):
            await take_up(services, "signing", 1, "  ")
    log_warnings.take(*QUIET)


async def test_what_somebody_else_changed_meanwhile_is_not_gone_over(tmp_path: Path, log_warnings: Warnings) -> None:
    async with administered(tmp_path) as services:
        await services.handle(security.SaveSignInSettings(SignInSettings(idle_minutes=3), SignInSettings()))
        seen = await services.handle(port.ReadKeptHistory())
        later = SignInSettings(idle_minutes=4)
        await services.handle(security.SaveSignInSettings(later, SignInSettings(idle_minutes=3)))
        before = next(each for each in seen if not each.user)
        with pytest.raises(port.RefusedError, match="changed meanwhile"):
            await services.handle(port.TakeUpKept(before.kind, before.seq, seen[0].at_us, "why"))
        assert services.security.rules() == later
    log_warnings.take(*QUIET)


async def test_no_value_of_a_header_is_remembered(tmp_path: Path, log_warnings: Warnings) -> None:
    hook = WebhookChannel(name="Chat", url="https://localhost/x", headers=(Header(name="X-Room", value="canary"),))
    async with administered(tmp_path) as services:
        await services.handle(port.SaveNotifications(NotificationSettings(channels=(hook,))))
        rows = services.security.engine.connect()
        with rows:
            kept = str(rows.exec_driver_sql("SELECT definition FROM kept_revision").all())
        assert "X-Room" in kept
        assert "canary" not in kept
    log_warnings.take(*QUIET)
