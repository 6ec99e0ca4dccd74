"""The whole configuration through the services: taken up at once, recorded, and refused with nothing half-done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hmi.config.alarm_settings import AlarmSettings
from hmi.config.sign_in_settings import SignInSettings
from hmi.domain.alarms import Priority
from hmi.domain.audit import AuditAction
from hmi.domain.roles import Permission
from hmi.services import port
from hmi.services.port import audit, security
from hmi.services.services import Services
from tests.conftest import Warnings
from tests.support.administered import PASSWORD, QUIET, add, administered
from tests.support.plants import STATION

pytestmark = pytest.mark.asyncio


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    found = json.loads(path.read_text("utf-8"))
    change(found)
    path.write_text(json.dumps(found), "utf-8")


def of(found: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(each for each in found if each["name"] == name)


async def bring(services: Services, path: Path, *, removes: bool = False) -> str:
    seen = await services.handle(port.CompareConfiguration(path, removes))
    return await services.handle(port.ImportConfiguration(path, removes, seen.seal))


async def recorded(services: Services, *actions: AuditAction) -> list[tuple[str, str, str]]:
    page = await services.handle(audit.ReadAudit(audit.AuditQuestion(0, 2**62, actions=actions)))
    return [(each.user, each.target, each.result) for each in page.rows]


async def test_what_was_exported_comes_back_and_holds_at_once(tmp_path: Path, log_warnings: Warnings) -> None:
    path = tmp_path / "all.json"
    async with administered(tmp_path / "profile") as services:
        await add(services, "Olga", "operator")
        await services.handle(security.SaveSignInSettings(SignInSettings(idle_minutes=3), SignInSettings()))
        assert "all.json" in await services.handle(port.ExportConfiguration(path))
        await services.handle(security.SaveSignInSettings(SignInSettings(), SignInSettings(idle_minutes=3)))
        await services.handle(port.SaveAlarmSettings(AlarmSettings(comment_for=frozenset({Priority.LOW}))))
        await services.handle(port.DeleteStation(STATION.id))
        assert (await bring(services, path)).startswith("Imported all.json")
        assert services.security.rules().idle_minutes == 3
        assert await services.handle(port.ReadAlarmSettings()) == AlarmSettings()
        assert STATION.id in services._catalogue.station_by_id
        assert (await services.handle(port.CompareConfiguration(path))).differences == ()
        targets = [target for _, target, _ in await recorded(services, AuditAction.CONFIGURATION)]
        assert "whole configuration, imported" in targets
        assert (await recorded(services, AuditAction.EXPORT))[0][1] == "whole configuration"
    log_warnings.take(*QUIET)


async def test_a_role_that_an_import_lowers_holds_for_whoever_is_signed_in(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    path = tmp_path / "all.json"
    async with administered(tmp_path / "profile") as services:
        await add(services, "Olga", "operator")
        await services.handle(port.ExportConfiguration(path))
        edit(path, lambda found: of(found["users"], "Olga").update(role="viewer"))
        seen = await services.handle(port.CompareConfiguration(path))
        assert [(each.what, each.name) for each in seen.differences] == [("User", "Olga")]
        await services.handle(port.ImportConfiguration(path, False, seen.seal))
        await services.handle(security.SignIn("Olga", PASSWORD))
        assert not services.sessions.user().may(Permission.COMMAND)
        await services.handle(security.SignIn("Ana", PASSWORD))
        assert ("Ana", "Olga", "imported") in await recorded(services, AuditAction.USER)
    log_warnings.take(*QUIET)


async def test_an_import_that_would_remove_the_last_admin_is_refused_and_recorded(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    path = tmp_path / "all.json"
    async with administered(tmp_path / "profile") as services:
        await services.handle(port.ExportConfiguration(path))
        edit(path, lambda found: of(found["users"], "Ana").update(role="operator"))
        edit(path, lambda found: found["settings"]["sign_in"].update(idle_minutes=7))
        version = services._catalogue.version
        with pytest.raises(port.RefusedError, match="Nobody could edit users any more"):
            await services.handle(port.CompareConfiguration(path))
        with pytest.raises(port.RefusedError, match="Nobody could edit users any more"):
            await services.handle(port.ImportConfiguration(path, False, "guessed"))
        assert services.security.rules() == SignInSettings()
        assert services._catalogue.version == version
        assert services.sessions.user().may_everywhere(Permission.EDIT_USERS)
        rows = await recorded(services, AuditAction.CONFIGURATION)
        results = [result for _, target, result in rows if "imported" in target]
        assert len(results) == 1
        assert results[0].startswith("refused: Nobody could edit users")
    log_warnings.take(*QUIET)


async def test_what_changed_since_it_was_looked_at_is_not_imported(tmp_path: Path, log_warnings: Warnings) -> None:
    path = tmp_path / "all.json"
    async with administered(tmp_path / "profile") as services:
        await services.handle(port.ExportConfiguration(path))
        edit(path, lambda found: found["settings"]["sign_in"].update(idle_minutes=7))
        seen = await services.handle(port.CompareConfiguration(path))
        edit(path, lambda found: found["settings"]["sign_in"].update(idle_minutes=8))
        with pytest.raises(port.RefusedError, match="changed meanwhile"):
            await services.handle(port.ImportConfiguration(path, False, seen.seal))
        assert services.security.rules() == SignInSettings()
    log_warnings.take(*QUIET)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read"), (b"\xff\xfe\x00", "no text"), (b"{", "not JSON"), (b"[1]", "no configuration")],
)
async def test_a_file_that_is_none_is_refused_in_words(
    tmp_path: Path, log_warnings: Warnings, content: bytes | None, words: str
) -> None:
    path = tmp_path / "all.json"
    if content is not None:
        path.write_bytes(content)
    async with administered(tmp_path / "profile") as services:
        with pytest.raises(port.RefusedError, match=words):
            await services.handle(port.CompareConfiguration(path))
    log_warnings.take(*QUIET)


async def test_a_folder_for_heads_that_is_not_there_is_refused_before_anything_is_changed(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    path = tmp_path / "all.json"
    async with administered(tmp_path / "profile") as services:
        await services.handle(port.ExportConfiguration(path))
        edit(path, lambda found: found["settings"]["audit"].update(folder=str(tmp_path / "none")))
        edit(path, lambda found: found["settings"]["sign_in"].update(idle_minutes=7))
        with pytest.raises(port.RefusedError, match="no folder"):
            await bring(services, path)
        assert services.security.rules() == SignInSettings()
    log_warnings.take(*QUIET)
