"""First run, passwords, recovery code and the envelope for emergencies."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy.exc import OperationalError

from hmi.domain.audit import AuditAction
from hmi.domain.roles import LOCAL_ADMIN, Permission
from hmi.domain.window_session import SessionState
from hmi.services.port import RefusedError
from hmi.services.port.security import (
    ChangePassword,
    LockSession,
    MakeFirstAdmin,
    ResetPassword,
    ResumeSession,
    SealBreakGlass,
    SignIn,
    SignOut,
    UseRecoveryCode,
    WaitError,
)
from hmi.storage.errors import StorageError
from tests.conftest import Warnings
from tests.support.people import OTHER, PASSWORD, People, people

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("", PASSWORD, "Type a name"),
        ("Ana", "short", "At least 12"),
        ("Ana", "x" * 300, "256 characters are the most"),
        ("Heron", PASSWORD, "must not hold the user's name"),
        ("Ana", "passwordpassword", "tried first"),
        ("Local administrator", PASSWORD, "uses itself"),
        ("A\u200bna", PASSWORD, "cannot be seen"),
        ("n" * 65, PASSWORD, "64 characters are the most"),
    ],
)
async def test_a_first_administrator_that_does_not_do_is_refused_in_words(
    tmp_path: Path, name: str, password: str, words: str
) -> None:
    async with people(tmp_path) as found:
        with pytest.raises(RefusedError, match=words):
            await found.ask(MakeFirstAdmin(name, "", password))
        assert not found.accounts.book.accounts
        assert found.sessions.user() == LOCAL_ADMIN


async def test_two_first_administrators_at_once_are_one(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        asked = [found.ask(MakeFirstAdmin(name, "", PASSWORD)) for name in ("Ana", "Eve")]
        both = await asyncio.gather(*asked, return_exceptions=True)
        assert sorted(isinstance(each, RefusedError) for each in both) == [False, True]
        assert len(found.accounts.book.accounts) == 1


async def test_the_first_administrator_is_recorded_and_may_edit_users(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        assert found.sessions.user().may(Permission.EDIT_USERS)
        assert not found.sessions.user().may(Permission.COMMAND), "who edits the plant does not run it"
        (made,) = found.recorded(AuditAction.USER)
        assert (made.user, made.target, made.result) == ("Local administrator", "Ana", "first administrator added")


async def test_ones_own_password_is_changed_with_the_old_one(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        for old, new, words in (
            ("wrong password", OTHER, "wrong"),
            (PASSWORD, "short", "At least 12"),
            (PASSWORD, PASSWORD, "another one"),
        ):
            with pytest.raises(RefusedError, match=words):
                await found.ask(ChangePassword(old, new))
        await found.ask(ChangePassword(PASSWORD, OTHER))
        with pytest.raises(RefusedError):
            await found.sign_in("Ana", PASSWORD)
        await found.sign_in("Ana", OTHER)
        assert found.recorded(AuditAction.USER)[-1].result == "password changed"


async def test_nobody_changes_a_password_at_a_locked_window_or_before_signing_in(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        with pytest.raises(RefusedError, match="Sign in first"):
            await found.ask(ChangePassword(PASSWORD, OTHER))
        await found.first_admin()
        await found.ask(LockSession())
        with pytest.raises(RefusedError, match="Sign in first"):
            await found.ask(ChangePassword(PASSWORD, OTHER))


async def test_a_password_that_another_made_only_lets_its_owner_choose_one(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        olga = await found.add("Olga")
        made = (await found.ask(ResetPassword(olga.id))).secret
        with pytest.raises(RefusedError):
            await found.sign_in("Olga", PASSWORD)
        user = await found.sign_in("Olga", made)
        assert not user.may(Permission.COMMAND)
        assert found.shown[-1][1].must_change
        await found.ask(ChangePassword(made, OTHER))
        assert found.sessions.user().may(Permission.COMMAND)
        assert not found.shown[-1][1].must_change


async def test_the_recovery_code_sets_an_administrators_password_once(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        code = await found.first_admin()
        await found.ask(SignOut())
        typed = code.upper().replace("-", " ")
        fresh = (await found.ask(UseRecoveryCode("ana", typed, OTHER))).secret
        await found.sign_in("Ana", OTHER)
        assert fresh != code
        with pytest.raises(RefusedError, match="code is wrong"):
            await found.ask(UseRecoveryCode("Ana", code, PASSWORD))
        assert found.recorded(AuditAction.USER)[-1].result == "password set by the recovery code"


async def test_the_recovery_code_is_for_administrators_and_its_guessing_waits(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        code = await found.first_admin()
        await found.add("Olga")
        for name, given in (("Olga", code), ("Nobody", code), ("Ana", "abcde-fghjk")):
            with pytest.raises(RefusedError, match="code is wrong"):
                await found.ask(UseRecoveryCode(name, given, OTHER))
        with pytest.raises(WaitError):
            await found.ask(UseRecoveryCode("Ana", code, OTHER))
        now_us = found.now_us
    async with people(tmp_path, now_us=now_us) as found:
        with pytest.raises(WaitError):
            await found.ask(UseRecoveryCode("Ana", code, OTHER))
        found.pass_s(1)
        await found.ask(UseRecoveryCode("Ana", code, OTHER))
        assert [each.reason for each in found.recorded(AuditAction.LOGIN_FAILED)] == []


# ── the envelope ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def sealed(found: People) -> str:
    await found.first_admin()
    return (await found.ask(SealBreakGlass("operator"))).secret


async def test_the_envelope_is_for_once_alarmed_and_marked(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        password = await sealed(found)
        assert found.alarms["break_glass"] == ""
        user = await found.sign_in("Break glass", password)
        assert user.may(Permission.COMMAND)
        assert found.alarms["break_glass"].startswith("The account for emergencies was used")
        assert found.shown[-1][1].is_break_glass
        opened = [each for each in found.entries if "break_glass" in each.marks]
        assert [each.action for each in opened] == [AuditAction.LOGIN, AuditAction.BREAK_GLASS]
        await found.ask(SignOut())
        with pytest.raises(RefusedError, match="used already"):
            await found.sign_in("Break glass", password)
    async with people(tmp_path) as found:
        with pytest.raises(RefusedError, match="used already"):
            await found.sign_in("Break glass", password)
        assert found.alarms["break_glass"], "the alarm outlives a restart"
        await found.sign_in("Ana")
        again = (await found.ask(SealBreakGlass("operator"))).secret
        assert found.alarms["break_glass"] == ""
        with pytest.raises(RefusedError, match="wrong"):
            await found.sign_in("Break glass", password)
        assert (await found.sign_in("Break glass", again)).may(Permission.COMMAND)


async def test_the_account_for_emergencies_is_no_second_person(tmp_path: Path) -> None:
    """Its seal would not break, and nobody would be told that it was used."""
    async with people(tmp_path) as found:
        await found.first_admin()
        made = await found.ask(SealBreakGlass("operator"))
        await found.add("Olga")
        await found.sign_in("Olga")
        with pytest.raises(RefusedError, match="no second person"):
            await found.security.confirm("Break glass", made.secret)
        assert found.alarms["break_glass"] == ""
        with pytest.raises(RefusedError, match="wrong"):
            await found.security.confirm("Break glass", "guessed")


async def test_a_full_disk_keeps_nobody_out_of_the_emergency_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings
) -> None:
    def full(*_arguments: object) -> NoReturn:
        raise StorageError("The disk is full.")

    async with people(tmp_path) as found:
        await found.first_admin()
        made = await found.ask(SealBreakGlass("operator"))
        monkeypatch.setattr(found.accounts.store, "mark", full)
        user = await found.sign_in("Break glass", made.secret)
        assert user.may(Permission.COMMAND)
        assert found.alarms["break_glass"], "it was opened, and nobody is told"
        assert found.account("Break glass").is_spent
        assert found.recorded(AuditAction.BREAK_GLASS)[-1].result == "opened"
    assert log_warnings.take("account not marked")


async def test_a_disk_that_fills_up_at_a_recovery_leaves_code_and_password_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with people(tmp_path) as found:
        code = await found.first_admin()
        with monkeypatch.context() as patch:
            patch.setattr("hmi.storage.local.accounts.put_sealed_code", _full)
            with pytest.raises(RefusedError, match="not saved"):
                await found.ask(UseRecoveryCode("Ana", code, OTHER))
        await found.sign_in("Ana")
        await found.ask(UseRecoveryCode("Ana", code, OTHER))
        await found.sign_in("Ana", OTHER)


def _full(*_arguments: object) -> NoReturn:
    raise OperationalError("insert", {}, Exception("database or disk is full"))


async def test_an_emergency_does_not_idle_and_may_be_locked_and_taken_up(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        password = await sealed(found)
        await found.sign_in("Break glass", password)
        found.pass_s(86_400)
        await found.sessions.look()
        assert found.shown[-1][1].state is SessionState.ACTIVE
        await found.ask(LockSession())
        await found.ask(ResumeSession(password))
        assert found.sessions.user().may(Permission.COMMAND)
        with pytest.raises(RefusedError, match="not changed here"):
            await found.ask(ChangePassword(password, OTHER))


async def test_a_password_is_in_no_request_that_is_printed(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        code = await found.first_admin()
        requests = (
            SignIn("Ana", PASSWORD),
            ResumeSession(PASSWORD),
            ChangePassword(PASSWORD, OTHER),
            MakeFirstAdmin("Ana", "", PASSWORD),
            UseRecoveryCode("Ana", code, PASSWORD),
        )
        assert not any(secret in repr(requests) for secret in (PASSWORD, OTHER, code))
