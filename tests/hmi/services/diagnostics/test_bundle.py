"""The support bundle: what is in it, and that no secret, no reading and no account is."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers.api import Batch
from hmi.app.support_command import main
from hmi.config.kept_settings import save_kept
from hmi.config.notification_settings import NotificationSettings
from hmi.config.profile import Profile, open_profile
from hmi.domain.roles import LOCAL_ADMIN
from hmi.services.diagnostics.bundle import LOG_BYTES, TABLES, files_of, plan
from hmi.services.jobs import Stopped
from hmi.services.port import (
    DismissCrashes,
    JobState,
    PlanSupportBundle,
    ReadCrash,
    ReadCrashes,
    ReadLog,
    ReadProgram,
    RefusedError,
    SaveSupportBundle,
    security,
)
from hmi.services.services import Services, Setup
from tests.conftest import Warnings
from tests.support.fake_driver import FakeDrivers
from tests.support.people import PASSWORD
from tests.support.plants import CATALOGUE, LEVEL

CANARY = "Kanarienvogel-7319"
READING = 7319.4242
ANY_OF_THEM = re.compile(r"Kanarienvogel|7[ ,.]?319[.,]4")
"""The secret whole or cut, the reading as it is or grouped; never four digits alone: an id of hex may have them."""
PASSING = "keyring", "audit", "sound"


@asynccontextmanager
async def running(profile: Profile) -> AsyncIterator[Services]:
    services = Services(Setup(profile, LOCAL_ADMIN, lambda: (FakeDrivers().type,)))
    connection = replace(
        CATALOGUE.connections[0], endpoint=f"opc.tcp://ana:{CANARY}@plc.example.org:4840", enabled=False
    )
    others = CATALOGUE.connections[1:]
    await services.start(replace(CATALOGUE, connections=(replace(connection, options={"password": CANARY}), *others)))
    try:
        yield services
    finally:
        await services.stop()


def plant_canaries(profile: Profile) -> None:
    """Put secrets wherever a file may have one."""
    lines = [
        {"event": "mail refused", "level": "warning", "password": CANARY, "host": "mail.example.org"},
        {"event": f"Authorization: Bearer {CANARY}", "level": "error"},
        {"event": "x", "level": "info", "exception": f"Traceback\n postgresql://roams:{CANARY}@db.example.org/plant"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (profile.logs / "roams.log").write_text(text + f"rubbish password={CANARY}\n")
    (profile.logs / "roams.log.1").write_text(f'{{"event": "https://hooks.slack.com/services/{CANARY}"}}\n')
    (profile.crashes / "python-1.txt").write_text(f"Traceback\nValueError: token={CANARY}\n")
    (profile.crashes / "native-1.txt").write_text("Fatal Python error: Segmentation fault\n")


def contents(path: Path) -> dict[str, str]:
    assert not list(path.parent.glob("*.part"))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def check(found: dict[str, str]) -> dict[str, Any]:
    """Hold a bundle to its promises and return its manifest."""
    for name, text in found.items():
        assert not ANY_OF_THEM.search(text), name
        assert "$argon2" not in text, name
        assert "Eve Everyone" not in text, name
    manifest: dict[str, Any] = json.loads(found["manifest.json"])
    assert {each["name"] for each in manifest["files"]} | {"manifest.json"} == set(found)
    assert all(each["bytes"] == len(found[each["name"]].encode()) for each in manifest["files"])
    assert "mail.example.org" in found["logs/roams.log"]
    assert "db.example.org" in found["logs/roams.log"]
    assert "opc.tcp://ana:•••@plc.example.org:4840" in found["configuration/connection.json"]
    assert "Segmentation" in found["crashes/native-1.txt"]
    assert "duckdb 2" in found["versions.json"]
    blotted = {each["name"]: each["blotted"] for each in manifest["files"]}
    assert blotted["logs/roams.log"] == 4
    assert blotted["configuration/connection.json"] >= 2
    return manifest


@pytest.mark.asyncio
async def test_a_bundle_of_a_running_program_holds_what_helps_and_no_secret(
    tmp_path: Path, log_warnings: Warnings
) -> None:
    profile = open_profile(tmp_path / "profile")
    plant_canaries(profile)
    async with running(profile) as services:
        await services.handle(security.MakeFirstAdmin("Eve Everyone", "", PASSWORD))
        services.acquisition._received(Batch.of([LEVEL], [READING], [1_800_000_000_000_000]))
        listed = await services.handle(PlanSupportBundle())
        job = await services.handle(SaveSupportBundle(tmp_path / "bundle.zip"))
        ended = await services.jobs.wait(job)
        assert ended is not None
        assert ended.state is JobState.DONE, ended
        assert "Secrets blotted out" in ended.detail
    found = contents(tmp_path / "bundle.zip")
    manifest = check(found)
    assert [each.name for each in listed] == [each["name"] for each in manifest["files"]]
    links = json.loads(found["links.json"])
    assert links[0]["state"] == "DISABLED"
    assert json.loads(found["figures.json"])["received"] == 1
    assert "is_sound" in found["audit_check.json"]
    sizes = {each["name"]: each for each in json.loads(found["files.json"])}
    assert sizes["roams.db"]["schema"] >= 7
    log_warnings.take(*PASSING)


@pytest.mark.asyncio
async def test_the_command_line_makes_one_where_the_program_does_not_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], log_warnings: Warnings
) -> None:
    profile = open_profile(tmp_path / "profile")
    plant_canaries(profile)
    async with running(profile):
        pass
    profile.journal.write_bytes(b"no database at all")
    assert main(["--profile", str(profile.folder), str(tmp_path / "b.zip")]) == 0
    check(contents(tmp_path / "b.zip"))
    assert profile.journal.read_bytes() == b"no database at all"
    assert main(["--profile", str(profile.folder), str(tmp_path / "c.zip"), "--list"]) == 0
    assert "logs/roams.log" in capsys.readouterr().out
    assert not (tmp_path / "c.zip").exists()
    assert main(["--profile", str(tmp_path / "none"), str(tmp_path / "d.zip")]) == 1
    assert main(["--profile", str(profile.folder), str(tmp_path / "no folder" / "d.zip")]) == 1
    assert "Choose another place" in capsys.readouterr().err
    log_warnings.take(*PASSING)


@pytest.mark.asyncio
async def test_a_configuration_that_cannot_be_read_is_said_and_the_rest_is_there(tmp_path: Path) -> None:
    profile = open_profile(tmp_path)
    profile.configuration.write_bytes(b"rubbish" * 1000)
    listed = {each.name: each for each in plan(files_of(profile))}
    assert {"versions.json", "settings.json", *(f"configuration/{table}.json" for table in TABLES)} <= set(listed)
    made = {part.name: part.make for part in files_of(profile)}
    with pytest.raises(sqlite3.DatabaseError):
        made["settings.json"]()


def test_nothing_is_left_of_one_that_is_stopped(tmp_path: Path) -> None:
    from hmi.services.diagnostics.bundle import save

    def stop(done: int, _total: int) -> None:
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        save(files_of(open_profile(tmp_path / "p")), tmp_path / "b.zip", stop)
    assert [each.name for each in tmp_path.iterdir()] == ["p"]


@pytest.mark.asyncio
async def test_every_table_is_there_and_those_of_people_are_not(tmp_path: Path, log_warnings: Warnings) -> None:
    profile = open_profile(tmp_path / "profile")
    async with running(profile):
        pass
    with closing(sqlite3.connect(profile.configuration)) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(TABLES) < tables
    assert not set(TABLES) & {"account", "sealed_code", "substitution", "object_revision"}
    log_warnings.take(*PASSING)


@pytest.mark.asyncio
async def test_settings_are_there_without_their_secrets(tmp_path: Path, log_warnings: Warnings) -> None:
    profile = open_profile(tmp_path / "profile")
    async with running(profile) as services:
        await services.journal_thread.run(
            save_kept, services.store._engine, "notifications", NotificationSettings(), "Ann"
        )
    with closing(sqlite3.connect(profile.configuration)) as database:
        value = {"channels": [{"kind": "webhook", "url": f"https://h.example.org/{CANARY}", "headers": {"A": CANARY}}]}
        database.execute("INSERT INTO setting VALUES ('other', ?)", [json.dumps(value)])
        database.commit()
    text, blotted = next(part.make() for part in files_of(profile) if part.name == "settings.json")
    assert CANARY not in text
    assert blotted == 2
    assert {"notifications", "other"} <= set(json.loads(text))
    log_warnings.take(*PASSING)


@pytest.mark.asyncio
async def test_a_long_log_is_cut_at_a_line(tmp_path: Path) -> None:
    profile = open_profile(tmp_path)
    line = json.dumps({"event": "x" * 900, "password": CANARY}) + "\n"
    (profile.logs / "roams.log").write_text(line * (LOG_BYTES // len(line) + 100))
    text, blotted = next(part.make() for part in files_of(profile) if part.name == "logs/roams.log")
    assert len(text) <= LOG_BYTES
    assert text.count("\n") == blotted
    assert text.startswith('{"event"')


@pytest.mark.asyncio
async def test_the_log_and_crash_files_are_read_and_dismissed(tmp_path: Path, log_warnings: Warnings) -> None:
    profile = open_profile(tmp_path / "profile")
    plant_canaries(profile)
    async with running(profile) as services:
        page = await services.handle(ReadLog("warning"))
        assert [each.level for each in page.lines] == ["error", "warning"]
        assert (await services.handle(ReadLog(seen=page.stamp))).is_same
        found = await services.handle(ReadCrashes())
        assert (len(found.files), found.unseen) == (2, 2)
        assert "Segmentation" in await services.handle(ReadCrash("native-1.txt"))
        with pytest.raises(RefusedError, match="no crash file"):
            await services.handle(ReadCrash("../logs/roams.log"))
        await services.handle(DismissCrashes())
        assert (await services.handle(ReadCrashes())).unseen == 0
        state = await services.handle(ReadProgram())
        assert {each.name for each in state.files} == {"roams.db", "journal.db", "history/", "logs/", "crashes/"}
        assert state.sync == "not configured"
    log_warnings.take(*PASSING)


def test_a_key_over_several_lines_does_not_leave(tmp_path: Path) -> None:
    profile = open_profile(tmp_path)
    key = f"-----BEGIN PRIVATE KEY-----\nMIIE{CANARY}\n{CANARY}\n-----END PRIVATE KEY-----\nafter\n"
    cut = f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n"
    (profile.logs / "roams.log").write_text("before\n" + key + cut + json.dumps({"event": "goes on"}) + "\n")
    text, blotted = next(part.make() for part in files_of(profile) if part.name == "logs/roams.log")
    assert text == 'before\n•••after\n•••{"event": "goes on"}\n'
    assert blotted == 2
