"""The window's session: who acts, and how that changes under a person's hands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hmi.config.sign_in_settings import RoleIdle, SignInSettings
from hmi.domain.accounts import COMMAND_LINE
from hmi.domain.audit import AuditAction
from hmi.domain.roles import LOCAL_ADMIN, VISITOR, Permission, User
from hmi.domain.window_session import SessionState
from hmi.services.port import RefusedError
from hmi.services.port.security import (
    DeleteAccount,
    LockSession,
    NoteActivity,
    ResumeSession,
    SaveAccount,
    SaveRole,
    SaveSignInSettings,
    SignIn,
    SignOut,
)
from tests.support.people import PASSWORD, People, people
from tests.support.plants import STATION

pytestmark = pytest.mark.asyncio


def may(found: People, permission: Permission) -> bool:
    return found.sessions.user().may(permission)


async def test_a_profile_without_users_is_the_local_administrators_until_the_first_one_is_made(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        assert found.sessions.user() == LOCAL_ADMIN
        assert found.shown[-1][1].state is SessionState.FIRST_RUN
        await found.first_admin()
        assert found.sessions.user().name == "Ana"
        assert found.shown[-1][0].name == "Ana"


async def test_a_profile_with_users_begins_with_nobody(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
    async with people(tmp_path) as found:
        assert found.sessions.user() == VISITOR
        assert found.shown[-1][1].state is SessionState.NOBODY
        with pytest.raises(RefusedError, match="already"):
            await found.first_admin("Eve")


async def test_a_locked_window_looks_only_until_ones_own_password(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.add("Olga")
        await found.sign_in("Olga")
        assert may(found, Permission.COMMAND)
        await found.ask(LockSession())
        assert not may(found, Permission.COMMAND)
        assert may(found, Permission.VIEW)
        assert found.shown[-1][1].state is SessionState.LOCKED
        with pytest.raises(RefusedError, match="wrong"):
            await found.ask(ResumeSession("not it"))
        assert not may(found, Permission.COMMAND)
        await found.ask(ResumeSession(PASSWORD))
        assert may(found, Permission.COMMAND)
        assert [each.reason for each in found.recorded(AuditAction.LOCK)] == ["locked"]


async def test_somebody_else_may_sign_in_at_a_locked_window(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.add("Olga")
        await found.ask(LockSession())
        first = found.shown[-1][1].session
        await found.sign_in("Olga")
        assert found.sessions.user().name == "Olga"
        assert found.shown[-1][1].session not in ("", first)
        assert [each.reason for each in found.recorded(AuditAction.LOGOUT)] == ["another user signed in"]


async def test_a_window_that_nobody_is_at_falls_back_to_looking(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        found.pass_s(14 * 60)
        await found.ask(NoteActivity())
        found.pass_s(14 * 60)
        await found.sessions.look()
        assert may(found, Permission.EDIT_USERS), "somebody was here in between"
        found.pass_s(60)
        await found.sessions.look()
        assert not may(found, Permission.EDIT_USERS)
        assert found.shown[-1][1].state is SessionState.IDLE
        await found.ask(NoteActivity())
        assert not may(found, Permission.EDIT_USERS), "a hand on the mouse is not the password"
        await found.ask(ResumeSession(PASSWORD))
        assert may(found, Permission.EDIT_USERS)
        assert [each.reason for each in found.recorded(AuditAction.LOCK)] == ["idle"]


async def test_a_role_may_wait_longer_or_for_ever(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.add("Olga")
        rules = SignInSettings(idle_minutes=1, idle_of_roles=(RoleIdle(role="operator", minutes=0),))
        await found.ask(SaveSignInSettings(rules, SignInSettings()))
        await found.sign_in("Olga")
        found.pass_s(86_400)
        await found.sessions.look()
        assert may(found, Permission.COMMAND)
        await found.sign_in("Ana")
        found.pass_s(61)
        await found.sessions.look()
        assert not may(found, Permission.EDIT_USERS)


@pytest.mark.parametrize("seconds", [-86_400, 86_400])
async def test_a_clock_that_is_set_neither_locks_nor_keeps_anybody(tmp_path: Path, seconds: float) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        found.pass_s(14 * 60)
        found.set_clock_by(seconds)
        await found.sessions.look()
        assert may(found, Permission.EDIT_USERS)
        found.pass_s(60)
        await found.sessions.look()
        assert found.shown[-1][1].state is SessionState.IDLE


async def test_a_role_that_is_lowered_holds_with_the_next_question(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        olga = await found.add("Olga")
        user = await found.sign_in("Olga")
        with found.sessions.acting_as(User("Ana", LOCAL_ADMIN.role)):
            await found.ask(SaveAccount(replace(olga, role="viewer"), olga.revision))
        assert not may(found, Permission.COMMAND)
        assert not found.sessions.refreshed(user).may(Permission.COMMAND), "somebody may have kept who it was"
        assert found.shown[-1][0].role.key == "viewer"


async def test_a_role_that_is_edited_holds_for_whoever_has_it(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.add("Olga")
        operator = found.accounts.book.roles["operator"]
        await found.sign_in("Olga")
        with found.sessions.acting_as(User("Ana", LOCAL_ADMIN.role)):
            fewer = replace(operator, permissions=operator.permissions - {Permission.COMMAND})
            await found.ask(SaveRole(fewer, 0))
        assert not may(found, Permission.COMMAND)
        assert may(found, Permission.ACKNOWLEDGE)


async def test_a_scope_that_is_narrowed_holds_with_the_next_question(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        olga = await found.add("Olga")
        await found.sign_in("Olga")
        assert found.sessions.user().may(Permission.COMMAND, STATION.id)
        with found.sessions.acting_as(User("Ana", LOCAL_ADMIN.role)):
            elsewhere = frozenset({olga.id})
            await found.ask(SaveAccount(replace(olga, stations=elsewhere), olga.revision))
        assert not found.sessions.user().may(Permission.COMMAND, STATION.id)
        assert found.sessions.user().may(Permission.VIEW, STATION.id)


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_user_who_is_disabled_or_deleted_is_signed_out(tmp_path: Path, is_deleted: bool) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        olga = await found.add("Olga")
        user = await found.sign_in("Olga")
        with found.sessions.acting_as(User("Ana", LOCAL_ADMIN.role)):
            if is_deleted:
                await found.ask(DeleteAccount(olga.id, olga.revision))
            else:
                await found.ask(SaveAccount(replace(olga, is_enabled=False), olga.revision))
        assert found.sessions.user() == VISITOR
        assert found.shown[-1][1].state is SessionState.NOBODY
        kept = found.sessions.refreshed(user)
        assert not any(kept.may(each) for each in Permission if each is not Permission.VIEW)


async def test_within_acting_as_somebody_else_acts_and_the_window_stays(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        with found.sessions.acting_as(COMMAND_LINE):
            assert found.sessions.user() == COMMAND_LINE
            assert found.sessions.window_user().name == "Ana"
        assert found.sessions.user().name == "Ana"


async def test_a_log_in_that_ended_looks_only_even_for_who_kept_it(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        user = found.sessions.user()
        await found.ask(SignOut())
        assert found.sessions.user() == VISITOR
        assert not found.sessions.refreshed(user).may(Permission.EDIT_USERS)
        assert [each.target for each in found.recorded(AuditAction.LOGOUT)] == ["Ana"]


async def test_who_signs_in_while_another_resumes_is_not_thrown_out(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.add("Olga")
        await found.ask(LockSession())
        status = found.sessions.status()
        await found.ask(SignIn("Olga", PASSWORD))
        with pytest.raises(RefusedError):
            await found.ask(ResumeSession("ana's, typed too late"))
        assert found.sessions.status().session != status.session
        assert found.sessions.user().name == "Olga"


async def test_every_log_in_has_a_name_of_its_own_in_the_record(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.sign_in("Ana")
        first, second = found.recorded(AuditAction.LOGIN)
        assert first.session
        assert second.session
        assert first.session != second.session
