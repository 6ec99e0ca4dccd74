"""What administrators do with users and roles, and what they are kept from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.accounts import Account
from hmi.domain.audit import AuditAction
from hmi.domain.roles import ADMIN, OPERATOR, VIEWER, Permission, Role
from hmi.services.port import RefusedError, Request
from hmi.services.port.security import (
    DeleteAccount,
    DeleteRole,
    MakeRecoveryCode,
    ReadUsers,
    ResetPassword,
    SaveAccount,
    SaveRole,
    SaveSignInSettings,
    SealBreakGlass,
)
from tests.support.people import PASSWORD, people
from tests.support.plants import STATION

pytestmark = pytest.mark.asyncio
EDITS: tuple[Request[object], ...] = (
    ReadUsers(),
    SaveAccount(Account(UUID(int=9), "Eve", role="admin"), 0),
    DeleteAccount(UUID(int=9), 1),
    ResetPassword(UUID(int=9)),
    SaveRole(replace(VIEWER, permissions=frozenset(Permission)), 0),
    DeleteRole("viewer", 1),
    SaveSignInSettings(SignInSettings(least_length=8), SignInSettings()),
    MakeRecoveryCode(),
    SealBreakGlass("admin"),
)


@pytest.mark.parametrize("request_", EDITS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("role", ["viewer", "operator", "maintenance"])
async def test_only_those_who_may_edit_users_do(tmp_path: Path, request_: Request[object], role: str) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.add("Olga", role)
        await found.sign_in("Olga")
        before = found.accounts.book
        with pytest.raises(RefusedError, match="Olga may not do this"):
            await found.ask(request_)
        assert found.accounts.book is before


async def test_a_user_is_added_with_a_password_that_is_made_and_recorded(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        made = await found.ask(
            SaveAccount(Account(uuid4(), "  Olga ", "Olga Ek", "operator", frozenset({STATION.id})), 0)
        )
        assert made is not None
        assert len(made.secret) == 23
        olga = found.account("Olga")
        assert (olga.must_change, olga.changed_by, olga.revision) == (True, "Ana", 1)
        entry = found.recorded(AuditAction.USER)[-1]
        assert entry.new == "Olga; Olga Ek; operator; Hill borehole; enabled"
        assert made.secret not in repr(found.entries)


@pytest.mark.parametrize("name", ["ana", " ANA ", "Ａｎａ"])
async def test_a_name_is_taken_however_it_is_written(tmp_path: Path, name: str) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        with pytest.raises(RefusedError, match="There is a user Ana already"):
            await found.ask(SaveAccount(Account(uuid4(), name), 0))


async def test_what_another_changed_meanwhile_is_said_and_stays(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        olga = await found.add("Olga")
        await found.ask(SaveAccount(replace(olga, role="maintenance"), olga.revision))
        with pytest.raises(RefusedError, match="Olga was changed meanwhile by Ana"):
            await found.ask(SaveAccount(replace(olga, role="viewer"), olga.revision))
        with pytest.raises(RefusedError, match="changed meanwhile"):
            await found.ask(DeleteAccount(olga.id, olga.revision))
        assert found.account("Olga").role == "maintenance"
        await found.ask(DeleteAccount(olga.id, olga.revision + 1))
        with pytest.raises(RefusedError, match="deleted meanwhile"):
            await found.ask(SaveAccount(replace(olga, role="viewer"), olga.revision))
        rules = SignInSettings(idle_minutes=5)
        await found.ask(SaveSignInSettings(rules, SignInSettings()))
        with pytest.raises(RefusedError, match="rules were changed meanwhile"):
            await found.ask(SaveSignInSettings(SignInSettings(idle_minutes=7), SignInSettings()))
        assert found.security.rules() == rules


async def test_the_last_administrator_stays_one_by_every_way(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.add("Olga")
        await found.ask(SealBreakGlass("admin"))
        ana = found.account("Ana")
        without = replace(ADMIN, permissions=ADMIN.permissions - {Permission.EDIT_USERS})
        ways: tuple[Request[object], ...] = (
            SaveAccount(replace(ana, role="operator"), ana.revision),
            SaveAccount(replace(ana, is_enabled=False), ana.revision),
            SaveAccount(replace(ana, stations=frozenset({STATION.id})), ana.revision),
            DeleteAccount(ana.id, ana.revision),
            SaveRole(without, 0),
        )
        before = found.accounts.book
        for way in ways:
            with pytest.raises(RefusedError, match="Nobody could edit users any more"):
                await found.ask(way)
        await found.accounts.start()
        assert found.accounts.book == before, "nothing of it is on the disk"


async def test_with_a_second_administrator_the_first_may_go(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.add("Bo", "admin")
        ana = found.account("Ana")
        await found.ask(DeleteAccount(ana.id, ana.revision))
        assert found.sessions.user().name == "Nobody signed in"
        deleted = found.recorded(AuditAction.USER)[-1]
        assert (deleted.user, deleted.target, deleted.result) == ("Ana", "Ana", "deleted")
        bo = found.account("Bo")
        await found.sign_in("Bo")
        with pytest.raises(RefusedError, match="Nobody could edit users"):
            await found.ask(SaveAccount(replace(bo, is_enabled=False), bo.revision))


async def test_a_role_of_ones_own_that_edits_users_counts(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.ask(SaveRole(Role("", "keeper", frozenset({Permission.EDIT_USERS})), 0))
        (keeper,) = (role for role in found.accounts.book.roles.values() if role.name == "keeper")
        assert keeper.permissions == {Permission.EDIT_USERS, Permission.VIEW}, "looking is everybody's"
        ana = found.account("Ana")
        await found.ask(SaveAccount(replace(ana, role=keeper.key), ana.revision))
        fewer = replace(keeper, permissions=frozenset({Permission.VIEW}))
        with pytest.raises(RefusedError, match="Nobody could edit users"):
            await found.ask(SaveRole(fewer, 1))


async def test_roles_are_added_renamed_put_back_and_deleted(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        with pytest.raises(RefusedError, match="There is a role operator already"):
            await found.ask(SaveRole(Role("", "Operator"), 0))
        await found.ask(SaveRole(replace(OPERATOR, name="shift operator"), 0))
        assert found.accounts.book.roles["operator"].name == "shift operator"
        with pytest.raises(RefusedError, match="changed meanwhile by Ana"):
            await found.ask(SaveRole(OPERATOR, 0))
        await found.ask(DeleteRole("operator", 1))
        assert found.accounts.book.roles["operator"] == OPERATOR
        await found.ask(SaveRole(Role("", "night", frozenset(), 60.0), 0))
        (night,) = (role for role in found.accounts.book.roles.values() if role.name == "night")
        await found.add("Olga", night.key)
        with pytest.raises(RefusedError, match="Olga has it"):
            await found.ask(DeleteRole(night.key, 1))
        olga = found.account("Olga")
        await found.ask(DeleteAccount(olga.id, olga.revision))
        await found.ask(DeleteRole(night.key, 1))
        assert night.key not in found.accounts.book.roles
        assert [each.result for each in found.recorded(AuditAction.ROLE)] == [
            "changed",
            "put back as it came",
            "added",
            "deleted",
        ]


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (Account(uuid4(), ""), "Type a name"),
        (Account(uuid4(), "Bo", role="no such role"), "role is no longer there"),
        (Account(uuid4(), "Bo", stations=frozenset()), "at least one station"),
        (Account(uuid4(), "command line"), "uses itself"),
    ],
)
async def test_a_user_that_makes_no_sense_is_refused(tmp_path: Path, account: Account, words: str) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        with pytest.raises(RefusedError, match=words):
            await found.ask(SaveAccount(account, 0))


async def test_nobody_makes_a_break_glass_account_or_a_spent_one_by_saving(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        forged = Account(uuid4(), "Eve", role="admin", is_break_glass=True, must_change=False, revision=7)
        await found.ask(SaveAccount(forged, 0))
        made = found.account("Eve")
        assert (made.is_break_glass, made.must_change, made.revision) == (False, True, 1)


async def test_what_is_shown_holds_no_hash(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        with pytest.raises(RefusedError):
            await found.sign_in("Ana", "wrong password")
        state = await found.ask(ReadUsers())
        assert [each.failures for each in state.accounts] == [1]
        assert [row.role.key for row in state.roles if row.users] == ["admin"]
        assert state.recovery_by == "Ana"
        assert "argon2" not in repr(state)
        assert await found.sign_in("Ana", PASSWORD)


async def test_the_demos_users_are_in_no_file(tmp_path: Path) -> None:
    async with people(tmp_path, is_demo=True) as found:
        assert sorted(found.accounts.book.by_key) == ["ada", "demo operator", "max", "olga", "otto", "vera"]
        assert "water-tower-demo" in found.shown[-1][1].hint
        await found.sign_in("Ada", "water-tower-demo")
        await found.ask(SaveAccount(Account(uuid4(), "Guest"), 0))
    async with people(tmp_path) as found:
        assert not found.accounts.book.accounts
