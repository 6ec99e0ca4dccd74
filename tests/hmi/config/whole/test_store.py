"""The whole configuration as a file: what goes out comes in alike, all of it or nothing, and never without an admin."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from drivers.api import DriverType
from hmi.config import alarm_settings, notification_settings, sign_in_settings
from hmi.config.account_store import AccountStore
from hmi.config.alarm_settings import AlarmSettings
from hmi.config.catalogue import CatalogueStore, InvalidError
from hmi.config.kept_settings import load_kept, save_kept
from hmi.config.notification_channels import Header, WebhookChannel
from hmi.config.notification_settings import NotificationSettings
from hmi.config.package import PackageError
from hmi.config.sign_in_settings import SignInSettings
from hmi.config.whole.file import read
from hmi.config.whole.kinds import KINDS
from hmi.config.whole.store import Imported, WholeStore
from hmi.domain.accounts import Account
from hmi.domain.alarms import Priority
from hmi.domain.roles import OPERATOR, Permission, Role
from hmi.storage.errors import StorageError
from hmi.storage.local import trend_groups
from hmi.storage.local.accounts import Credential, StoredRole
from hmi.storage.local.database import open_database
from hmi.storage.local.trend_groups import StoredGroup
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import STATION, second_station

TYPES: tuple[DriverType, ...] = (FakeDrivers().type,)
ADA, OLGA = UUID(int=901), UUID(int=902)
HOOK = "https://chat.example.org/hooks/T0ken-of-the-room?key=canary"
WEBHOOK = WebhookChannel(id=UUID(int=903), name="Chat", url=HOOK, headers=(Header(name="X-Room", value="canary-2"),))
TWO = second_station(1)


class Place:
    """One computer's configuration."""

    def __init__(self, path: Path, admin: str, admin_id: UUID = ADA) -> None:
        self.engine: Engine = open_database(path)
        self.catalogues, self.people = CatalogueStore(self.engine), AccountStore(self.engine)
        self.whole = WholeStore(self.engine, self.engine, TYPES)
        self.add(admin, "admin", admin_id)

    def add(self, name: str, role: str, account_id: UUID | None = None, **more: Any) -> None:
        account = Account(account_id or uuid4(), name, role=role, password_us=1, **more)
        self.people.put_account(account, 0, Credential(f"hash of {name}"))

    def account(self, name: str) -> Account:
        return self.people.load().by_key[name.casefold()]

    def changes(self, exported: str, *, removes: bool = False) -> dict[tuple[str, str], str]:
        found = self.whole.preview(read(exported), removes=removes, user="Ann").differences
        return {(each.what, each.name): each.change for each in found}

    def take(self, exported: str, *, removes: bool = False) -> Imported:
        file = read(exported)
        seal = self.whole.preview(file, removes=removes, user="Ann").seal
        return self.whole.bring(file, seal, removes=removes, user="Ann", reason="Imported")

    def everything(self) -> str:
        """Return all that is kept, as bytes would tell it."""
        with self.engine.connect() as database:
            return "\n".join(str(row) for row in database.execute(text("SELECT * FROM account ORDER BY id"))) + str(
                [self.catalogues.load(), self.people.load(), [load_kept(self.engine, k.key, k.model) for k in KINDS]]
            )


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[Place, Place]]:
    """A control room, where all is configured, and another computer with its own administrator."""
    room, other = Place(tmp_path / "room.db", "Ada"), Place(tmp_path / "other.db", "Boss", UUID(int=999))
    room.catalogues.put_plant(TWO, "Ann", "Plant")
    room.people.put_role(StoredRole(Role("night", "night shift", OPERATOR.permissions, 60.0)), 0)
    room.add("Olga", "night", OLGA, stations=frozenset({STATION.id}), full_name="Olga Ek")
    save_kept(room.engine, sign_in_settings.KEY, SignInSettings(idle_minutes=3), "Ann")
    save_kept(room.engine, alarm_settings.KEY, AlarmSettings(comment_for=frozenset({Priority.CRITICAL})), "Ann")
    save_kept(room.engine, notification_settings.KEY, NotificationSettings(channels=(WEBHOOK,)), "Ann")
    with room.engine.begin() as database:
        trend_groups.put_group(database, StoredGroup(UUID(int=904), "Levels", {"pens": [1]}))
    yield room, other
    for place in (room, other):
        place.engine.dispose()


def test_a_configuration_goes_to_another_computer_whole(places: tuple[Place, Place]) -> None:
    room, other = places
    exported = room.whole.export()
    shown = other.changes(exported)
    assert shown[("User", "Olga")].startswith("added, without a password")
    assert shown[("Role", "night shift")].startswith("added: ")
    assert shown[("Settings", "Rules of signing in")] == "View only after: 15 → 3"
    assert shown[("Trend group", "Levels")] == "added"
    assert shown[("Station", STATION.name)] == "added"
    found = other.take(exported)
    assert {each.id for each in found.catalogue.stations} == {each.id for each in TWO.stations}
    olga = other.account("Olga")
    assert (olga.role, olga.stations, olga.full_name) == ("night", frozenset({STATION.id}), "Olga Ek")
    assert other.people.load().credentials[OLGA] == Credential(), "a password went along"
    assert load_kept(other.engine, sign_in_settings.KEY, SignInSettings).idle_minutes == 3
    assert other.account("Boss").role == "admin", "whom the file does not name stays"
    assert set(other.changes(exported)) == {("Notifications", "Chat")}, "a second import changes nothing more"


def test_no_secret_and_nothing_of_this_computer_is_in_the_file(places: tuple[Place, Place]) -> None:
    exported = places[0].whole.export()
    for word in ("canary", "T0ken", "hash of", "installation", "stands_at"):
        assert word not in exported
    assert "https://chat.example.org/…" in exported


def test_a_web_address_that_was_left_out_is_kept_where_it_is_known_and_switched_off_where_not(
    places: tuple[Place, Place],
) -> None:
    room, other = places
    exported = room.whole.export()
    kept = room.take(exported).settings[notification_settings.KEY]
    assert isinstance(kept, NotificationSettings)
    assert kept.channels[0] == WEBHOOK
    assert "switched off" in other.changes(exported)[("Notifications", "Chat")]
    taken = other.take(exported).settings[notification_settings.KEY]
    assert isinstance(taken, NotificationSettings)
    assert not taken.channels[0].is_on


def test_the_same_person_keeps_the_account_and_the_password_that_is_here(places: tuple[Place, Place]) -> None:
    room, other = places
    other.add("olga", "viewer", UUID(int=77))
    other.take(room.whole.export())
    olga = other.account("Olga")
    assert (olga.id, olga.role, olga.full_name) == (UUID(int=77), "night", "Olga Ek")
    assert other.people.load().credentials[UUID(int=77)].password_hash == "hash of olga"


def test_with_removal_the_configuration_is_just_what_the_file_says(places: tuple[Place, Place]) -> None:
    room, other = places
    empty = other.whole.export()
    other.add("Ada", "admin", ADA)
    exported = room.whole.export()
    other.take(exported, removes=True)
    assert {each.name for each in other.people.load().accounts.values()} == {"Ada", "Olga"}
    assert other.changes(exported, removes=True).keys() == {("Notifications", "Chat")}
    shown = room.changes(json.dumps({**json.loads(exported), "stations": None}), removes=True)
    assert shown[("Station", STATION.name)] == "deleted"
    other.add("Boss", "admin", UUID(int=999))
    other.take(empty, removes=True)
    assert other.catalogues.load().stations == ()
    assert set(other.people.load().stored) == set()
    with other.engine.connect() as database:
        assert trend_groups.groups(database) == ()


def edited(exported: str, change: Callable[[dict[str, Any]], object]) -> str:
    found = json.loads(exported)
    change(found)
    return json.dumps(found)


def _user(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in found["users"] if each["name"] == name)


def _role(found: dict[str, Any], key: str) -> dict[str, Any]:
    return next(each for each in found["roles"] if each["key"] == key)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: _user(found, "Ada").update(role="viewer"),
        lambda found: _user(found, "Ada").update(is_enabled=False),
        lambda found: _user(found, "Ada").update(stations=[str(STATION.id)]),
        lambda found: _role(found, "admin").update(permissions=["view"]),
    ],
)
def test_an_import_that_would_leave_nobody_to_edit_users_is_refused(places: tuple[Place, Place], change: Any) -> None:
    room, _ = places
    before = room.everything()
    with pytest.raises(PackageError, match="Nobody could edit users any more"):
        room.take(edited(room.whole.export(), change))
    assert room.everything() == before


def test_an_administrator_without_a_password_here_does_not_count(places: tuple[Place, Place]) -> None:
    room, other = places
    before = other.everything()
    with pytest.raises(PackageError, match="Nobody could edit users any more"):
        other.take(room.whole.export(), removes=True)  # Boss would go, and Ada has no password there
    assert other.everything() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda found: found.update(version=2), "newer version"),
        (lambda found: found.update(format="roams-stations"), "Setup, Stations"),
        (lambda found: found.update(more=1), "damaged at more"),
        (lambda found: found["settings"].update(colours={}), "newer version of the program: it has settings"),
        (lambda found: found["settings"]["sign_in"].update(idle_minutes=-1), "damaged at Rules of signing in"),
        (lambda found: _role(found, "night").update(permissions=["fly"]), "permission “fly”"),
        (lambda found: _user(found, "Olga").update(role="gone"), "no role for the user Olga"),
        (lambda found: _user(found, "Olga").update(name="Ada"), "two users Ada"),
        (lambda found: _user(found, "Olga").update(name="Roams"), "uses itself"),
        (lambda found: _user(found, "Olga").update(stations=[]), "Olga has no station"),
        (lambda found: _role(found, "night").update(name="Operator"), "two roles"),
        (lambda found: found["stations"].update(tags=[]), "points at"),
        (lambda found: found["stations"]["stations"][0].update(latitude=91), "atitude"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_changed(
    places: tuple[Place, Place], change: Any, words: str
) -> None:
    room, _ = places
    before = room.everything()
    with pytest.raises(PackageError, match=words):
        room.take(edited(room.whole.export(), change))
    assert room.everything() == before


def test_every_truncation_is_refused(places: tuple[Place, Place]) -> None:
    exported = places[0].whole.export()
    for end in range(0, len(exported) - 1, max(1, len(exported) // 100)):
        with pytest.raises(PackageError):
            read(exported[:end])


def test_only_what_was_seen_is_imported(places: tuple[Place, Place]) -> None:
    room, other = places
    file = read(room.whole.export())
    seal = other.whole.preview(file, removes=False, user="Ann").seal
    other.add("Eve", "viewer")
    other.people.delete_account(other.account("Eve").id, 1)
    other.whole.bring(file, seal, removes=False, user="Ann", reason="Imported")
    file = read(other.whole.export())
    seal = room.whole.preview(file, removes=False, user="Ann").seal
    save_kept(room.engine, sign_in_settings.KEY, SignInSettings(idle_minutes=9), "Ann")
    with pytest.raises(InvalidError, match="changed meanwhile"):
        room.whole.bring(file, seal, removes=False, user="Ann", reason="Imported")


@pytest.mark.parametrize("part", ["trend_group", "setting", "configuration"])
def test_a_disk_that_fills_up_on_the_way_leaves_everything_as_it_was(places: tuple[Place, Place], part: str) -> None:
    room, other = places
    exported, before = room.whole.export(), other.everything()
    with other.engine.begin() as database:  # as SQLite does when a page cannot be written
        words = f"CREATE TRIGGER full BEFORE INSERT ON {part} BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        database.execute(text(words))
    with pytest.raises(StorageError, match="Nothing was imported: disk is full"):
        other.take(exported)
    assert other.everything() == before


def test_users_that_must_not_outlive_the_program_are_in_no_file(tmp_path: Path, places: tuple[Place, Place]) -> None:
    room, _ = places
    apart = Place(tmp_path / "apart.db", "Ada")
    store = WholeStore(apart.engine, room.engine, TYPES)
    exported = store.export()
    assert '"Olga"' in exported
    renamed = edited(exported, lambda found: _user(found, "Olga").update(full_name="O. Ek"))
    seal = store.preview(read(renamed), removes=False, user="Ann").seal
    store.bring(read(renamed), seal, removes=False, user="Ann", reason="Imported")
    assert room.account("Olga").full_name == "O. Ek"
    assert {each.name for each in apart.people.load().accounts.values()} == {"Ada"}
    apart.engine.dispose()


def test_a_role_that_an_import_changes_says_so(places: tuple[Place, Place]) -> None:
    room, _ = places
    before = room.people.load()
    lowered = edited(room.whole.export(), lambda found: _role(found, "night").update(permissions=["view"]))
    assert "− “Shelve alarms”" in room.changes(lowered)[("Role", "night shift")]
    room.take(lowered)
    after = room.people.load()
    assert Permission.COMMAND not in after.roles["night"].permissions
    assert after.role_revision("night") == before.role_revision("night") + 1
    assert after.stored["night"].changed_by == "Ann"


def test_a_station_that_is_only_here_goes_with_removal_only(places: tuple[Place, Place]) -> None:
    room, _ = places
    exported = edited(room.whole.export(), lambda found: found.update(stations=None))
    assert room.changes(exported) == {}
    room.take(exported)
    assert len(room.catalogues.load().stations) == len(TWO.stations)
