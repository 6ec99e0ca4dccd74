"""How passwords are kept, through the whole of the services and against a real server that asks for one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from keyring.backends import fail
from keyring.errors import KeyringLocked

from drivers.api import LinkState, Trust
from drivers.registry import DRIVERS
from hmi.config import notification_settings
from hmi.config.kept_settings import save_kept
from hmi.config.notification_channels import Header, WebhookChannel, address_name, headers_name
from hmi.config.notification_settings import NotificationSettings, Recipient, Rule, Step
from hmi.config.profile import open_profile
from hmi.config.secrets import Place, VaultState
from hmi.config.secrets import vault as vault_module
from hmi.config.secrets.vault_file import Cost
from hmi.domain.drafts import ConnectionDraft, StationDraft, TagDraft
from hmi.domain.roles import LOCAL_ADMIN, VISITOR, User
from hmi.services import port
from hmi.services.mirror import Mirror
from hmi.services.port.secrets import ChangeVaultPassphrase, LeaveVault, MakeVault, OpenVault, SecretsStatus
from hmi.services.services import Services, Setup
from hmi.storage.errors import StorageError
from hmi.storage.local import kept_revisions
from hmi.storage.local.database import open_database
from hmi.storage.local.kept_revisions import KeptRow
from tests.conftest import Warnings
from tests.support.archives import resting_plant
from tests.support.asyncua_server import AsyncuaServer
from tests.support.keyrings import MemoryRing, as_keyring
from tests.support.link import address
from tests.support.peer import PASSWORD, USER
from tests.support.plants import CONNECTION
from tests.support.waiting import until
from tests.support.web_server import web_server

pytestmark = pytest.mark.asyncio

PASSPHRASE = "grey heron over reeds"
OTHER = "seven brown otters swim"
LATER = ("link lost", "link back", "session only", "keyring", "audit", "vault not opened", "notification channel")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, log_warnings: Warnings) -> Iterator[None]:
    monkeypatch.setattr(vault_module, "COST", Cost(1, 64, 1))
    yield
    log_warnings.take(*LATER)


@pytest.fixture
def ring() -> Iterator[MemoryRing]:
    ring = MemoryRing()
    with as_keyring(ring):
        yield ring


@pytest.fixture
def none() -> Iterator[None]:
    with as_keyring(fail.Keyring(), is_allowed=False):  # type: ignore[no-untyped-call]  # keyring has no types here
        yield


@asynccontextmanager
async def running(
    folder: Path, user: User = LOCAL_ADMIN, passphrase: str = "", *, has_plant: bool = True
) -> AsyncIterator[Services]:
    services = Services(Setup(open_profile(folder), user, lambda: DRIVERS, vault_passphrase=passphrase))
    await services.start(resting_plant() if has_plant else None)
    try:
        yield services
    finally:
        await services.stop()


def shown(services: Services) -> SecretsStatus:
    mirror = Mirror()
    mirror.take(services.outbox.pull())
    return mirror.secrets


def alarm_stands(services: Services) -> bool:
    return any(row.text == "Vault of passwords is not open" and row.is_active for row in services.alarms.rows())


def audited(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "journal.db")) as database:
        rows = [json.loads(row[0]) for row in database.execute("SELECT body FROM audit ORDER BY seq")]
    return [(row.get("new", ""), row.get("result", "")) for row in rows if row.get("target") == "vault of passwords"]


def draft(endpoint: str) -> StationDraft:
    connection = ConnectionDraft(
        name="Guarded server", endpoint=endpoint, options={"security": "basic256sha256"}, user=USER
    )
    tags = (TagDraft(name="Item 1", address=address("Item0001")),)
    return StationDraft(name="Guarded", area="Test", latitude="39", longitude="3", connection=connection, tags=tags)


async def test_a_link_waits_for_the_vault_and_connects_when_it_opens(none: None, tmp_path: Path) -> None:
    with AsyncuaServer(items=2, rate_hz=5, users=True) as server:
        async with running(tmp_path, has_plant=False) as services:
            await services.handle(MakeVault(PASSPHRASE))
            station = draft(server.url)
            await services.handle(port.SaveStation(station, PASSWORD))
            await until(lambda: services.acquisition.statuses()[0].certificate is not None, 10)
            (status,) = services.acquisition.statuses()
            assert status.certificate is not None
            thumbprint = status.certificate.thumbprint
            await services.handle(port.TrustCertificate(station.connection.id, thumbprint, Trust.ALWAYS))
            await until(lambda: services.acquisition.statuses()[0].state is LinkState.UP, 10)
        async with running(tmp_path, VISITOR, has_plant=False) as services:
            await until(lambda: services.acquisition.statuses()[0].needs_credentials, 10)
            assert "password" in services.acquisition.statuses()[0].reason
            assert shown(services).vault is VaultState.LOCKED
            assert alarm_stands(services)
            with pytest.raises(port.RefusedError, match="does not open"):
                await services.handle(OpenVault(OTHER))
            await services.handle(OpenVault(PASSPHRASE))
            await until(lambda: services.acquisition.statuses()[0].state is LinkState.UP, 10)
            await until(lambda: not alarm_stands(services))


async def test_the_vault_opens_at_the_start_where_its_passphrase_is_given(none: None, tmp_path: Path) -> None:
    async with running(tmp_path) as services:
        said = await services.handle(MakeVault(PASSPHRASE))
        assert "0 passwords" in said
        where = await services.handle(port.EnterCredentials(CONNECTION.id, "ana", "canary-5f2c"))
        assert where == "The password is kept in the vault."
    async with running(tmp_path, passphrase=PASSPHRASE) as services:
        assert await services.secrets.get(str(CONNECTION.id)) == "canary-5f2c"
        assert services.link_passwords.vault_fault == ""
    async with running(tmp_path, passphrase=OTHER) as services:
        assert "does not open" in services.link_passwords.vault_fault
        assert await services.secrets.get(str(CONNECTION.id)) is None
    assert audited(tmp_path) == [("made, passwords moved there", "done")]


async def test_wrong_passphrases_cost_time_and_are_written_down(none: None, tmp_path: Path) -> None:
    async with running(tmp_path) as services:
        await services.handle(MakeVault(PASSPHRASE))
    async with running(tmp_path) as services:
        for _ in range(3):
            with pytest.raises(port.RefusedError, match="does not open"):
                await services.handle(OpenVault(OTHER))
        with pytest.raises(port.RefusedError, match="Wait 1 s"):
            await services.handle(OpenVault(PASSPHRASE))
    said = audited(tmp_path)[1:]
    assert [new for new, _ in said] == ["opened"] * 4
    assert [result.split(":")[0] for _, result in said] == ["refused"] * 4


async def test_everything_moves_to_the_vault_and_back(ring: MemoryRing, tmp_path: Path) -> None:
    hook = WebhookChannel(
        name="Hook", url="https://hooks.example.org", headers=(Header(name="X-Plant", value="North"),)
    )
    async with running(tmp_path) as services:
        await services.handle(port.EnterCredentials(CONNECTION.id, "ana", "s3cret"))
        await services.handle(port.SaveNotifications(NotificationSettings(channels=(hook,))))
        await services.handle(port.SetChannelSecret(hook.id, "token-1"))
        made = ("audit key", "own key passphrase")
        await until(lambda: all(any(name.startswith(begin) for name in ring.secrets) for begin in made))
        kept = {name: secret for name, secret in ring.secrets.items() if not name.startswith("audit head")}
        said = await services.handle(MakeVault(PASSPHRASE))
        assert f"{len(kept)} passwords" in said
        assert len(kept) == 5
        assert not [name for name in ring.secrets if not name.startswith("audit head")]
        await services.handle(ChangeVaultPassphrase(PASSPHRASE, OTHER))
        assert await services.handle(LeaveVault()) == "5 passwords are in the keyring again."
        assert {name: secret for name, secret in ring.secrets.items() if not name.startswith("audit head")} == kept
        assert shown(services).place is Place.KEYRING


async def test_a_deleted_connection_takes_its_password_along_and_a_renamed_one_keeps_it(
    ring: MemoryRing, tmp_path: Path
) -> None:
    station = draft("opc.tcp://127.0.0.1:1")
    name = str(station.connection.id)
    async with running(tmp_path) as services:
        await services.handle(port.SaveStation(station, "s3cret"))
        renamed = replace(station, connection=replace(station.connection, name="Another name"))
        await services.handle(port.SaveStation(renamed))
        assert services._catalogue.connection_by_id[station.connection.id].name == "Another name"
        assert ring.secrets[name] == "s3cret"
        await services.handle(port.DeleteStation(station.id))
        await until(lambda: name not in ring.secrets)
        assert await services.secrets.get(name) is None


async def test_a_station_that_was_not_saved_leaves_no_password(ring: MemoryRing, tmp_path: Path) -> None:
    async with running(tmp_path) as services:
        wrong = StationDraft(
            name="", connection=ConnectionDraft(name="x", endpoint="opc.tcp://127.0.0.1:1", user="ana")
        )
        with pytest.raises(port.RefusedError):
            await services.handle(port.SaveStation(wrong, "s3cret"))
        assert str(wrong.connection.id) not in ring.secrets


async def test_without_a_place_it_is_said_where_it_is_typed_and_how_many_will_be_gone(
    none: None, tmp_path: Path
) -> None:
    async with running(tmp_path) as services:
        await until(lambda: services.secrets.standing.kept is not None)
        where = await services.handle(port.EnterCredentials(CONNECTION.id, "ana", "s3cret"))
        assert where == "There is no keyring. The password is kept until the program ends."
        status = shown(services)
        assert (status.place, status.reason, status.session_only) == (Place.SESSION, "There is no keyring.", 1)


# ── the headers of webhooks ───────────────────────────────────────────────────────────────────────────────────────────


def stored_settings(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "roams.db")) as database:
        return str(database.execute("SELECT value FROM setting WHERE key = 'notifications'").fetchone()[0])


async def test_values_of_headers_are_kept_like_passwords_and_sent(ring: MemoryRing, tmp_path: Path) -> None:
    with web_server() as server:
        hook = WebhookChannel(
            name="Hook",
            url=server.url(),
            headers=(Header(name="X-Key", value="canary-5f2c"), Header(name="X-B", value="b")),
        )
        ana = Recipient(name="Ana")
        rule = Rule(name="All", steps=(Step(channel=hook.id, recipients=(ana.id,)),))
        settings = NotificationSettings(channels=(hook,), recipients=(ana,), rules=(rule,))
        assert "canary" not in repr(port.SaveNotifications(settings))
        async with running(tmp_path) as services:
            await services.handle(port.SaveNotifications(settings))
            assert "canary" not in stored_settings(tmp_path)
            kept = (await services.handle(port.ReadNotifications())).settings
            (bare,) = kept.channels
            assert isinstance(bare, WebhookChannel)
            assert [(each.name, each.value) for each in bare.headers] == [("X-Key", ""), ("X-B", "")]
            await services.handle(port.TestChannel(bare))
            assert (server.calls[-1].headers["x-key"], server.calls[-1].headers["x-b"]) == ("canary-5f2c", "b")
            other = bare.model_copy(update={"headers": (Header(name="X-Key"), Header(name="X-C", value="c"))})
            await services.handle(port.SaveNotifications(kept.model_copy(update={"channels": (other,)})))
            assert json.loads(ring.secrets[headers_name(hook.id)]) == {"X-Key": "canary-5f2c", "X-C": "c"}
            await services.handle(port.SaveNotifications(NotificationSettings()))
            assert headers_name(hook.id) not in ring.secrets


async def test_the_rest_of_a_web_address_is_kept_like_a_password_and_called(ring: MemoryRing, tmp_path: Path) -> None:
    with web_server() as server:
        base = f"http://127.0.0.1:{server.port}"
        whole = base + "/services/canary-77e1?key=canary-b"
        hook = WebhookChannel(name="Hook", url=whole)
        async with running(tmp_path) as services:
            await services.handle(port.SaveNotifications(NotificationSettings(channels=(hook,))))
            assert "canary" not in stored_settings(tmp_path)
            (bare,) = (await services.handle(port.ReadNotifications())).settings.channels
            assert isinstance(bare, WebhookChannel)
            assert bare.url == base + "/…"
            await services.handle(port.TestChannel(bare))
            assert server.calls[-1].path == "/services/canary-77e1?key=canary-b"
            renamed = bare.model_copy(update={"name": "Other name"})
            await services.handle(port.SaveNotifications(NotificationSettings(channels=(renamed,))))
            await services.handle(port.TestChannel(renamed))
            assert len(server.calls) == 2, "the address that is there is kept"
        async with running(tmp_path) as services:
            await services.handle(port.TestChannel(bare))
            assert len(server.calls) == 3, "and outlives the program"
            elsewhere = bare.model_copy(update={"url": "https://evil.example.org/…"})
            with pytest.raises(port.RefusedError, match="type the whole web address"):
                await services.handle(port.SaveNotifications(NotificationSettings(channels=(elsewhere,))))
            with pytest.raises(port.RefusedError, match="not here whole"):
                await services.handle(port.TestChannel(elsewhere))
            plain = bare.model_copy(update={"url": "https://x.example.org"})
            await services.handle(port.SaveNotifications(NotificationSettings(channels=(plain,))))
            assert address_name(hook.id) not in ring.secrets
            assert len(server.calls) == 3


async def test_what_an_older_version_kept_in_the_clear_is_moved(ring: MemoryRing, tmp_path: Path) -> None:
    hook = WebhookChannel(
        name="Hook", url="https://x.example.org/canary-9", headers=(Header(name="X-Key", value="canary-5f2c"),)
    )
    engine = open_database(open_profile(tmp_path).configuration)
    save_kept(engine, notification_settings.KEY, NotificationSettings(channels=(hook,)), "Ann")
    engine.dispose()
    assert "canary" in stored_settings(tmp_path)
    with as_keyring(fail.Keyring(), is_allowed=False):  # type: ignore[no-untyped-call]  # as above
        async with running(tmp_path) as services:
            assert any("stand in the clear" in each for each in services.outbox.pull().notices)
    assert "canary" in stored_settings(tmp_path), "it would have been lost"
    async with running(tmp_path):
        assert "canary" not in stored_settings(tmp_path)
        assert json.loads(ring.secrets[headers_name(hook.id)]) == {"X-Key": "canary-5f2c"}
        assert ring.secrets[address_name(hook.id)] == "https://x.example.org/canary-9"
    assert b"canary" not in (tmp_path / "roams.db").read_bytes(), "nor in what was freed of the file"


TOKEN = "https://hooks.example.org/canary-77e1"


def webhook(name: str, url: str = TOKEN, **more: Any) -> WebhookChannel:
    return WebhookChannel(name=name, url=url, **more)


async def whole_address(services: Services, number: int = 0) -> str:
    """Return the address that the channel would be called at."""
    channel = services.annunciation.notifier.settings.channels[number]
    assert isinstance(channel, WebhookChannel)
    return (await services.annunciation._couriers.webhooks.whole(channel)).url


async def save_again(services: Services) -> None:
    """Save the settings with something else changed."""
    now = services.annunciation.notifier.settings
    changed = now.model_copy(update={"recipients": (Recipient(name="Ana"),)})
    await services.handle(port.SaveNotifications(changed))


async def test_an_address_that_no_place_keeps_stays_where_it_will_be_found(none: None, tmp_path: Path) -> None:
    async with running(tmp_path) as services:
        await services.handle(port.SaveNotifications(NotificationSettings(channels=(webhook("Hook"),))))
        await save_again(services)
    async with running(tmp_path) as services:
        assert await whole_address(services) == TOKEN
        assert any("stand in the clear" in each for each in services.outbox.pull().notices)


async def test_a_locked_keyring_loses_neither_an_address_nor_a_header(ring: MemoryRing, tmp_path: Path) -> None:
    hook = webhook("Hook", headers=(Header(name="X-Key", value="canary-5f2c"),))
    engine = open_database(open_profile(tmp_path).configuration)
    save_kept(engine, notification_settings.KEY, NotificationSettings(channels=(hook,)), "Ann")
    engine.dispose()
    ring.error = KeyringLocked("locked")
    async with running(tmp_path) as services:
        assert await whole_address(services) == TOKEN
    assert "canary-77e1" in stored_settings(tmp_path)
    assert "canary-5f2c" in stored_settings(tmp_path)
    ring.error = None
    async with running(tmp_path) as services:
        assert "canary" not in stored_settings(tmp_path)
        assert await whole_address(services) == TOKEN
    ring.error = KeyringLocked("locked")
    async with running(tmp_path) as services:
        await save_again(services)
    assert json.loads(ring.secrets[headers_name(hook.id)]) == {"X-Key": "canary-5f2c"}
    assert ring.secrets[address_name(hook.id)] == TOKEN


async def test_what_stood_in_the_clear_is_moved_when_the_vault_is_opened(none: None, tmp_path: Path) -> None:
    async with running(tmp_path) as services:
        await services.handle(port.SaveNotifications(NotificationSettings(channels=(webhook("Hook"),))))
        assert "canary" in stored_settings(tmp_path)
        await services.handle(MakeVault(PASSPHRASE))
        await until(lambda: "canary" not in stored_settings(tmp_path))
        assert await whole_address(services) == TOKEN


async def test_a_save_that_is_refused_or_fails_leaves_every_secret_as_it_was(
    ring: MemoryRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as services:
        both = (webhook("A", "https://a.example.org/old"), webhook("B", "https://b.example.org/old"))
        await services.handle(port.SaveNotifications(NotificationSettings(channels=both)))
        secrets = dict(ring.secrets)
        now = services.annunciation.notifier.settings
        a, b = (each for each in now.channels if isinstance(each, WebhookChannel))
        other = a.model_copy(update={"url": "https://other.example.org/new"})
        shortened = b.model_copy(update={"url": "https://elsewhere.example.org/…"})
        with pytest.raises(port.RefusedError, match="type the whole web address"):
            await services.handle(port.SaveNotifications(now.model_copy(update={"channels": (other, shortened)})))
        assert ring.secrets == secrets
        with monkeypatch.context() as full:

            def no_space(*_: object) -> None:
                raise StorageError("The disk is full.")

            full.setattr("hmi.services.annunciation.save_kept", no_space)
            with pytest.raises(port.RefusedError, match="full"):
                await services.handle(port.SaveNotifications(now.model_copy(update={"channels": (other, b)})))
        assert ring.secrets == secrets
        assert await whole_address(services) == "https://a.example.org/old"


async def test_what_an_older_version_remembered_of_an_address_is_forgotten(ring: MemoryRing, tmp_path: Path) -> None:
    settings = NotificationSettings(channels=(webhook("Hook"),))
    engine = open_database(open_profile(tmp_path).configuration)
    with engine.begin() as database:
        for definition in (settings.model_dump(mode="json"), {"no": "sense"}):
            row = KeptRow("setting", notification_settings.KEY, "", 1, "Ann", definition)
            kept_revisions.put(database, row)
    engine.dispose()
    async with running(tmp_path):
        pass
    assert b"canary" not in (tmp_path / "roams.db").read_bytes()
    with closing(sqlite3.connect(tmp_path / "roams.db")) as database:
        found = [row[0] for row in database.execute("SELECT definition FROM kept_revision ORDER BY seq")]
    assert "https://hooks.example.org/…" in json.loads(found[0])["channels"][0]["url"]
    assert json.loads(found[1]) == {"no": "sense"}
