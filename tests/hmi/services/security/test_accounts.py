"""Checking passwords: who gets in, who waits, and what is said and recorded of it."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from hmi.domain.audit import AuditAction
from hmi.services.port import RefusedError
from hmi.services.port.security import SaveAccount, WaitError
from hmi.services.security.accounts import Purpose
from hmi.services.security.throttle import delay_s, wait_s
from hmi.storage.local.accounts import Credential
from tests.support.people import PASSWORD, START_US, People, people

pytestmark = pytest.mark.asyncio


async def fail(found: People, name: str, password: str = "wrong password") -> str:
    with pytest.raises(RefusedError) as refused:
        await found.accounts.verify(name, password)
    return str(refused.value)


async def test_delays_double_from_the_third_failure_and_end_at_thirty_seconds() -> None:
    assert [delay_s(failures) for failures in range(10)] == [0, 0, 0, 1, 2, 4, 8, 16, 30, 30]
    assert delay_s(10_000) == 30
    assert wait_s(5, START_US + 3_000_000, START_US) == 3
    assert wait_s(5, START_US + 3_600_000_000, START_US) == 4, "a clock that was set back makes nobody wait longer"
    assert wait_s(5, START_US, START_US + 1) == 0


async def test_the_right_password_gets_in_in_whatever_letters_the_name_is_typed(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin("Åsa Müller")
        for name in ("Åsa Müller", "  åsa   MÜLLER ", "A\u030asa Mu\u0308ller"):
            assert (await found.accounts.verify(name, PASSWORD)).name == "Åsa Müller"
        assert await fail(found, "Åsa Müller", PASSWORD.upper()) == "Name or password is wrong."


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "nobody",
        "x" * 100_000,
        "'; DROP TABLE account; --",
        '" OR 1=1 --',
        "Ana\0",
        "\ud800",
        "Local administrator",
    ],
)
async def test_unknown_and_hostile_names_are_refused_in_the_same_words(tmp_path: Path, name: str) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        assert await fail(found, name, PASSWORD) == "Name or password is wrong."
        (entry,) = found.recorded(AuditAction.LOGIN_FAILED)
        assert entry.target == name[:64]
        assert (await found.accounts.verify("Ana", PASSWORD)).name == "Ana", "and the table is still there"


@pytest.mark.parametrize("password", ["", "x" * 1_000_000, PASSWORD + " ", "\0", "\ud800", PASSWORD[:-1]])
async def test_odd_passwords_are_wrong_and_nothing_else(tmp_path: Path, password: str) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        assert await fail(found, "Ana", password) == "Name or password is wrong."


@pytest.mark.parametrize("name", ["Ana", "nobody at all"])
async def test_after_three_failures_one_waits_whether_the_name_is_known_or_not(tmp_path: Path, name: str) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        for _ in range(2):
            assert await fail(found, name) == "Name or password is wrong."
        assert await fail(found, name) == "Name or password is wrong. Try again in 1 s."
        with pytest.raises(WaitError, match="Too many failures") as waits:
            await found.accounts.verify(name, PASSWORD)
        assert waits.value.wait_s == 1
        found.pass_s(1)
        assert await fail(found, name) == "Name or password is wrong. Try again in 2 s."
        assert len(found.recorded(AuditAction.LOGIN_FAILED)) == 4, "an attempt that was not looked at is none"


async def test_nobody_is_ever_locked_out_and_success_forgives(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        for _ in range(12):
            await fail(found, "Ana")
            found.pass_s(30)
        await found.accounts.verify("Ana", PASSWORD)
        assert await fail(found, "Ana") == "Name or password is wrong."


async def test_the_wait_outlives_a_restart(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        for _ in range(6):
            await fail(found, "Ana")
            found.pass_s(8)
        now_us = found.now_us
    async with people(tmp_path, now_us=now_us - 7_000_000) as found:
        with pytest.raises(WaitError):
            await found.accounts.verify("Ana", PASSWORD)
        found.pass_s(8)
        await found.accounts.verify("Ana", PASSWORD)


async def test_asking_all_at_once_does_not_get_round_the_wait(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        tried = await asyncio.gather(
            *(found.accounts.verify("Ana", f"guess number {number}") for number in range(20)), return_exceptions=True
        )
        assert all(isinstance(each, RefusedError) for each in tried)
        assert len(found.recorded(AuditAction.LOGIN_FAILED)) == 3


async def test_two_people_sign_in_at_once(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.add("Bo")
        both = await asyncio.gather(found.accounts.verify("Ana", PASSWORD), found.accounts.verify("Bo", PASSWORD))
        assert [each.name for each in both] == ["Ana", "Bo"]


async def test_more_names_at_once_than_can_wait_are_told_so(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        tried = await asyncio.gather(
            *(found.accounts.verify(f"name {number}", PASSWORD) for number in range(30)), return_exceptions=True
        )
        assert sum("Too many passwords" in str(each) for each in tried) == 22


async def test_a_disabled_user_is_told_so_only_with_the_right_password(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        account = await found.add("Bo")
        await found.ask(SaveAccount(replace(account, is_enabled=False), account.revision))
        assert await fail(found, "Bo") == "Name or password is wrong."
        assert "disabled" in await fail(found, "Bo", PASSWORD)
        assert [each.result for each in found.recorded(AuditAction.LOGIN_FAILED)][-1].startswith("The user Bo is")


async def test_a_hash_with_old_parameters_is_made_anew(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        account = found.account("Ana")
        old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
        await found.accounts.keep(account.id, Credential(old))
        await found.accounts.verify("Ana", PASSWORD)
        kept = found.accounts.book.credentials[account.id].password_hash
        assert "m=19456,t=2,p=1" in kept
        await found.accounts.start()
        assert found.accounts.book.credentials[account.id].password_hash == kept, "on the disk, too"


async def test_a_damaged_hash_lets_nobody_in(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await found.accounts.keep(found.account("Ana").id, Credential("$argon2id$rubbish"))
        assert await fail(found, "Ana", PASSWORD) == "Name or password is wrong."


async def test_time_does_not_tell_who_is_there(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        await fail(found, "warm up")
        took: dict[str, list[float]] = {"Ana": [], "Nobody": []}
        for _ in range(5):
            for name, times in took.items():
                begun = time.perf_counter()
                await fail(found, name)
                times.append(time.perf_counter() - begun)
                found.pass_s(30)
        known, unknown = (statistics.median(times) for times in took.values())
        assert unknown > known / 2, "without a hash to work on it would be a hundredth"


async def test_a_record_that_cannot_be_written_keeps_nobody_out(tmp_path: Path, log_warnings: object) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        found.audit_fault = "The disk is full."
        assert (await found.sign_in("Ana")).name == "Ana"
        assert log_warnings.take("not recorded")  # type: ignore[attr-defined]  # the guard's own list


async def test_no_hash_and_no_password_is_in_what_is_printed(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        credential = found.accounts.book.credentials[found.account("Ana").id]
        assert credential.password_hash.startswith("$argon2id$")
        assert "argon2" not in repr(credential) + repr(found.accounts.book) + repr(found.entries) + repr(found.shown)


async def test_why_a_password_was_typed_is_recorded(tmp_path: Path) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        with pytest.raises(RefusedError):
            await found.accounts.verify("Ana", "x", Purpose.SECOND_PERSON)
        assert found.recorded(AuditAction.LOGIN_FAILED)[-1].reason == "second person"
