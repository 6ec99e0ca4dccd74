from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hmi.config.audit_settings import AuditSettings
from hmi.config.secrets import Kept
from hmi.config.secrets import Place as KeptPlace
from hmi.services.audit import anchoring as anchoring_module
from hmi.services.audit.anchoring import Anchoring, anchors_of
from hmi.services.audit.anchors import AbsentError, FolderAnchor, KeptHead, KeyringAnchor, SyslogAnchor, thin
from hmi.services.audit.own_thread import AnchorError, OwnThread
from hmi.storage.journal.audit_chain import Head
from hmi.storage.journal.audit_check import KnownHead
from tests.conftest import Warnings
from tests.support.audit import INSTALLATION, T0
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio

HEAD = KeptHead(INSTALLATION, 12, "ab" * 32, T0)
OTHER = "0b1c0b1c-9999-4222-8333-000000000009"


class Ring:
    def __init__(self, said: str = "", expected: Kept | None = None) -> None:
        self.kept: dict[str, str] = {}
        self.said = Kept(KeptPlace.SESSION, said) if said else Kept(KeptPlace.KEYRING)
        self.expected = expected or Kept(KeptPlace.KEYRING)

    async def where(self) -> Kept:
        return self.expected

    async def get(self, name: str) -> str | None:
        return self.kept.get(name)

    async def store(self, name: str, secret: str) -> Kept:
        self.kept[name] = secret
        return self.said


class Place:
    """An anchor that can fail."""

    name, proves = "the place", "nothing"

    def __init__(self) -> None:
        self.heads: list[KeptHead] = []
        self.fault = ""

    async def put(self, head: KeptHead) -> None:
        if self.fault:
            raise AnchorError(self.fault)
        self.heads.append(head)

    async def known(self) -> Sequence[KnownHead]:
        return [KnownHead(Head(each.count, bytes.fromhex(each.mac)), self.name) for each in self.heads]


def folder(path: Path) -> FolderAnchor:
    return FolderAnchor(path, INSTALLATION, "the folder", "something")


async def test_a_folder_gets_one_new_file_a_head_that_is_never_written_over(tmp_path: Path) -> None:
    anchor = folder(tmp_path / "anchors")
    assert await anchor.known() == ()
    await anchor.put(HEAD)
    (path,) = (tmp_path / "anchors").rglob("*.json")
    assert (path.stat().st_mode & 0o222, json.loads(path.read_text())["count"]) == (0, 12)
    written = path.stat().st_mtime_ns
    await anchor.put(HEAD)
    assert path.stat().st_mtime_ns == written
    await anchor.put(replace(HEAD, count=13))
    await anchor.put(replace(HEAD, count=99, installation=OTHER))
    assert sorted(known.head.count for known in await anchor.known()) == [12, 13]


async def test_of_the_heads_beside_the_journal_one_a_day_is_kept_beyond_thirty_days(tmp_path: Path) -> None:
    path, day_us = tmp_path / "anchors", 86_400_000_000
    anchor, now_us = folder(path), T0 + 60 * day_us
    for count, days in enumerate((0.0, 0.1, 0.2, 1.0, 29.5, 29.9, 30.3, 30.4, 59.0, 59.1), 1):
        await anchor.put(replace(HEAD, count=count, at_us=T0 + round(days * day_us)))
    await anchor.put(replace(HEAD, count=99, installation=OTHER, at_us=T0))
    strange = path / "2026-01" / f"head-{INSTALLATION}-000000000077-{'cd' * 32}.json"
    strange.write_text("no head", encoding="utf-8")
    assert thin(path, now_us) == 3
    assert sorted(known.head.count for known in await anchor.known()) == [3, 4, 6, 7, 8, 9, 10, 77]
    assert len(await FolderAnchor(path, OTHER, "the folder", "something").known()) == 1
    assert thin(path, now_us) == 0
    assert thin(tmp_path / "none", now_us) == 0


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AnchorError, match=r"exists|directory"):
        await folder(tmp_path / "file").put(HEAD)


async def test_a_folder_that_hangs_is_given_up() -> None:
    release, own = threading.Event(), OwnThread("a share")
    for _ in range(2):
        with pytest.raises(AnchorError, match="does not answer"):
            await own.run(lambda: release.wait(10), 0.05)
    release.set()
    await until(lambda: not own.is_busy)
    assert await own.run(lambda: 5) == 5


async def test_the_keyring_holds_the_newest_head() -> None:
    ring = Ring()
    anchor = KeyringAnchor(ring, INSTALLATION)
    assert await anchor.known() == ()
    await anchor.put(HEAD)
    await anchor.put(replace(HEAD, count=13))
    assert [known.head for known in await anchor.known()] == [Head(13, bytes.fromhex(HEAD.mac))]
    ring.kept = dict.fromkeys(ring.kept, "something else")
    with pytest.raises(AnchorError, match="no head"):
        await anchor.known()
    with pytest.raises(AnchorError, match="did not take it"):
        await KeyringAnchor(Ring("The keyring does not answer."), INSTALLATION).put(HEAD)


@pytest.mark.parametrize("where", [KeptPlace.VAULT, KeptPlace.SESSION])
async def test_no_head_goes_to_a_vault_beside_the_record_nor_to_the_session(where: KeptPlace) -> None:
    ring = Ring(expected=Kept(where, "There is no keyring."))
    with pytest.raises(AbsentError):
        await KeyringAnchor(ring, INSTALLATION).put(HEAD)
    assert ring.kept == {}


async def test_syslog_gets_a_line_with_the_head() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        await SyslogAnchor(f"127.0.0.1:{server.getsockname()[1]}").put(HEAD)
        line = (await asyncio.to_thread(server.recv, 4096)).decode()
    assert "roams-audit: " in line
    assert HEAD.mac in line
    with pytest.raises(AnchorError):
        await SyslogAnchor("no-such-host.invalid:514").put(HEAD)


async def test_settings_name_the_places(tmp_path: Path) -> None:
    settings = AuditSettings(folder="/mnt/worm", syslog="local")
    names = [each.name for each in anchors_of(settings, tmp_path / "audit_anchors", Ring(), INSTALLATION)]
    assert names == ["the folder audit_anchors", "/mnt/worm", "the keyring", "syslog (local)"]
    assert len(anchors_of(AuditSettings(in_keyring=False), tmp_path, Ring(), INSTALLATION)) == 1


@pytest.mark.parametrize("wrong", [{"syslog": "host"}, {"syslog": "h:99999"}, {"folder": "here"}, {"keep_years": -1}])
async def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        AuditSettings.model_validate(wrong)


async def test_a_place_that_fails_is_told_once_and_keeps_no_other_from_it(log_warnings: Warnings) -> None:
    anchoring = Anchoring(lambda: INSTALLATION, lambda: Head(12, bytes(32)), lambda: time.time_ns() // 1000)
    good, bad, told = Place(), Place(), []
    bad.fault = "It does not answer."
    anchoring.use([bad, good])
    anchoring.on_change(lambda: told.append(anchoring.fault))
    await anchoring.put()
    await anchoring.put()
    assert ([each.count for each in good.heads], len(told)) == ([12, 12], 1)
    assert "does not answer" in told[0]
    bad.fault = ""
    await anchoring.put()
    assert (told[-1], anchoring.states()[0].count) == ("", 12)
    assert len(log_warnings.take("audit head not kept")) == 1


async def test_a_head_is_kept_every_thousand_rows_and_after_some_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchoring_module, "LOOK_S", 0.001)
    count, place = 1, Place()
    anchoring = Anchoring(lambda: INSTALLATION, lambda: Head(count, bytes(32)), lambda: 0)
    anchoring.use([place])
    running = asyncio.create_task(anchoring.run())
    await until(lambda: len(place.heads) == 1)  # none was kept yet
    count += 999
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(place.heads) == 1
    count += 1
    await until(lambda: len(place.heads) == 2)
    monkeypatch.setattr(anchoring_module, "EVERY_S", 0.0)
    count += 1
    await until(lambda: len(place.heads) == 3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_one_head_in_the_keyring_is_not_replaced_before_it_was_compared() -> None:
    ring = Ring()
    anchoring = Anchoring(lambda: INSTALLATION, lambda: Head(12, bytes(32)), lambda: 0)
    anchoring.use([KeyringAnchor(ring, INSTALLATION)])
    await anchoring.put()
    assert ring.kept == {}
    anchoring.may_replace = True
    await anchoring.put()
    assert len(ring.kept) == 1
