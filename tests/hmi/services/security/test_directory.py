"""Signing in against a real slapd: who gets in, with which role, and what happens when it is away."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hmi.config.directory_settings import DirectorySettings
from hmi.domain.accounts import Source
from hmi.domain.audit import AuditAction
from hmi.domain.roles import Permission
from hmi.services.port import RefusedError
from hmi.services.port.security import (
    DeleteAccount,
    ReadDirectory,
    SaveAccount,
    SaveDirectory,
    TestDirectory,
    WaitError,
)
from tests.conftest import Warnings
from tests.support.directory_server import ENGINEERS, OPERATORS, PASSWORD, DirectoryServer, directory_server
from tests.support.people import People, people

DAY_S = 86_400


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DirectoryServer]:
    staff = {"olga": "Olga Ek", "max": "Max Lind", "guest": "A Guest", "ana": "Another Ana", "odd(name)": "Odd Name"}
    groups = {OPERATORS: ("olga", "max", "odd(name)"), ENGINEERS: ("max",)}
    with directory_server(tmp_path_factory.mktemp("ldap") / "slapd", staff, groups) as found:
        yield found


async def begin(found: People, settings: DirectorySettings) -> None:
    await found.first_admin()
    await found.ask(SaveDirectory(settings, DirectorySettings()))


@pytest.mark.asyncio
@pytest.mark.parametrize("is_starttls", [False, True])
async def test_people_get_the_role_of_their_group(tmp_path: Path, server: DirectoryServer, is_starttls: bool) -> None:
    async with people(tmp_path) as found:
        await begin(found, server.starttls() if is_starttls else server.settings())
        olga = await found.sign_in("olga", PASSWORD)
        assert olga.may(Permission.COMMAND)
        account = found.account("olga")
        assert (account.source, account.full_name, account.role) == (Source.DIRECTORY, "Olga Ek", "operator")
        assert found.accounts.book.credentials[account.id].password_hash == "", "no password is kept unless wanted"
        assert (await found.sign_in("max", PASSWORD)).role.key == "maintenance", "the first group that fits counts"
        assert (await found.sign_in("odd(name)", PASSWORD)).role.key == "operator"
        with pytest.raises(RefusedError, match="in no group"):
            await found.sign_in("guest", PASSWORD)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "name",
    ["*", "ol*", "olga)(uid=*", "olga,ou=people", "nobody", "uid=olga", "", " ", "\\2a", "olga\0", "x" * 100, "ölga"],
)
async def test_names_that_mean_something_to_a_directory_mean_nothing_here(
    tmp_path: Path, server: DirectoryServer, name: str
) -> None:
    async with people(tmp_path) as found:
        await begin(found, server.settings())
        with pytest.raises(RefusedError, match="Name or password is wrong"):
            await found.sign_in(name, PASSWORD)
        assert len(found.accounts.book.accounts) == 1


@pytest.mark.asyncio
async def test_an_empty_password_is_no_anonymous_bind_and_failures_wait(
    tmp_path: Path, server: DirectoryServer
) -> None:
    async with people(tmp_path) as found:
        await begin(found, server.settings())
        for password in ("", "wrong", "wrong again"):
            with pytest.raises(RefusedError, match="wrong"):
                await found.sign_in("olga", password)
        with pytest.raises(WaitError):
            await found.sign_in("olga", PASSWORD)
        assert len(found.recorded(AuditAction.LOGIN_FAILED)) == 3


@pytest.mark.asyncio
async def test_a_user_of_this_computer_is_never_looked_for_there(tmp_path: Path, server: DirectoryServer) -> None:
    async with people(tmp_path) as found:
        await begin(found, server.settings())
        with pytest.raises(RefusedError, match="wrong"):
            await found.sign_in("ana", PASSWORD)
        assert (await found.sign_in("ana")).may(Permission.EDIT_USERS)


@pytest.mark.asyncio
async def test_a_certificate_of_nobody_we_know_or_of_another_host_gets_no_password(
    tmp_path: Path, server: DirectoryServer, log_warnings: Warnings
) -> None:
    async with people(tmp_path) as found:
        for settings in (
            server.settings(authorities=""),
            server.starttls(authorities=""),
            server.settings(host="127.0.0.1"),
        ):
            if not found.accounts.book.accounts:
                await found.first_admin()
            with pytest.raises(RefusedError, match="cannot be asked"):
                await found.ask(TestDirectory(settings, "olga", PASSWORD))
    assert log_warnings.take("directory cannot be asked")


@pytest.mark.asyncio
async def test_without_the_directory_the_last_password_holds_for_some_days(
    tmp_path: Path, server: DirectoryServer, log_warnings: Warnings
) -> None:
    async with people(tmp_path) as found:
        await begin(found, server.settings(offline_days=3))
        await found.sign_in("olga", PASSWORD)
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            away = server.settings(offline_days=3, port=nobody.getsockname()[1])
        await found.sign_in("Ana")
        await found.ask(SaveDirectory(away, server.settings(offline_days=3)))
        with pytest.raises(RefusedError, match="Name or password is wrong"):
            await found.sign_in("olga", "not hers")
        with pytest.raises(RefusedError, match="user of this computer"):
            await found.sign_in("max", PASSWORD)
        assert (await found.sign_in("olga", PASSWORD)).may(Permission.COMMAND)
        found.pass_s(3 * DAY_S + 1)
        with pytest.raises(RefusedError, match="user of this computer"):
            await found.sign_in("olga", PASSWORD)
        await found.sign_in("Ana")
        await found.ask(SaveDirectory(server.settings(), away))
        kept = [found.accounts.book.credentials[found.account("olga").id].password_hash]
        assert kept == [""], "what is not wanted any more is forgotten"
    assert log_warnings.take("directory cannot be asked")


@pytest.mark.asyncio
async def test_a_server_that_hangs_is_left_and_others_go_on(
    tmp_path: Path, server: DirectoryServer, log_warnings: Warnings
) -> None:
    async with people(tmp_path) as found:
        await begin(found, server.settings(timeout_s=1))
        server.process.send_signal(signal.SIGSTOP)
        try:
            begun = time.monotonic()
            with pytest.raises(RefusedError, match="directory"):
                await found.sign_in("olga", PASSWORD)
            assert time.monotonic() - begun < 6
            assert (await found.sign_in("Ana")).name == "Ana", "who has a password here waits for nobody"
        finally:
            server.process.send_signal(signal.SIGCONT)
    log_warnings.take("directory cannot be asked")


@pytest.mark.asyncio
async def test_trying_says_what_would_come_of_it(tmp_path: Path, server: DirectoryServer) -> None:
    async with people(tmp_path) as found:
        await found.first_admin()
        assert await found.ask(TestDirectory(server.settings(), "olga", PASSWORD)) == (
            "Olga Ek is in 1 groups and would be: operator."
        )
        with pytest.raises(RefusedError, match="refused this name and password"):
            await found.ask(TestDirectory(server.settings(), "olga", "wrong"))
        assert not (await found.ask(ReadDirectory())).is_on, "trying keeps nothing"
        assert PASSWORD not in repr(found.entries) + repr(TestDirectory(server.settings(), "olga", PASSWORD))


@pytest.mark.asyncio
async def test_a_directory_switched_off_lets_its_users_in_no_more(tmp_path: Path, server: DirectoryServer) -> None:
    async with people(tmp_path) as found:
        await begin(found, server.settings())
        await found.sign_in("olga", PASSWORD)
        await found.sign_in("Ana")
        await found.ask(SaveDirectory(DirectorySettings(), server.settings()))
        with pytest.raises(RefusedError, match="switched off"):
            await found.sign_in("olga", PASSWORD)


@pytest.mark.parametrize(
    "wrong",
    [{"bind": "uid=,ou=people"}, {"bind": "{name}{name}"}, {"groups": ()}, {"name_attribute": "uid)(x"}, {"port": 0}],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    whole: dict[str, object] = {
        "is_on": True,
        "host": "x",
        "bind": "{name}@x",
        "base": "dc=x",
        "groups": ({"group": "cn=x", "role": "viewer"},),
    }
    DirectorySettings.model_validate(whole)
    with pytest.raises(ValueError, match="validation error"):
        DirectorySettings.model_validate(whole | wrong)


@pytest.mark.asyncio
@pytest.mark.parametrize("does", ["disable", "delete"])
async def test_what_an_administrator_does_while_the_directory_is_asked_holds(
    tmp_path: Path, server: DirectoryServer, monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    async with people(tmp_path) as found:
        await begin(found, server.settings())
        await found.sign_in("olga", PASSWORD)
        await found.sign_in("ana")
        olga = found.account("olga")
        check = found.security._directory.check

        async def slowly(*arguments: Any) -> Any:
            person = await check(*arguments)
            if does == "disable":
                await found.ask(SaveAccount(replace(olga, is_enabled=False), olga.revision))
            else:
                await found.ask(DeleteAccount(olga.id, olga.revision))
            return person

        monkeypatch.setattr(found.security._directory, "check", slowly)
        with pytest.raises(RefusedError, match="disabled" if does == "disable" else "no longer there"):
            await found.sign_in("olga", PASSWORD)
        monkeypatch.undo()
        kept = found.accounts.book.accounts.get(olga.id)
        assert (kept is None) if does == "delete" else (kept is not None and not kept.is_enabled)
