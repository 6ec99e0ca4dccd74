"""Versions as a window asks for them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from hmi.config.catalogue import CatalogueStore, InvalidError
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import draft_of
from hmi.domain.roles import ADMIN, OPERATOR, Permission, User
from hmi.services import port
from hmi.services.database_thread import DatabaseThread
from hmi.services.engineering import Configuration
from hmi.services.port import RefusedError
from hmi.services.port.versions import NOW
from hmi.services.versions import VersionDesk
from hmi.storage.local.database import open_database
from tests.support.fake_driver import FakeDrivers
from tests.support.plants import CATALOGUE, STATION

pytestmark = pytest.mark.asyncio

ADA = User("Ada", ADMIN)
DRIVERS = (FakeDrivers().type,)


@dataclass
class Room:
    desk: VersionDesk
    store: CatalogueStore
    catalogue: Catalogue
    thread: DatabaseThread
    user: User = ADA

    async def ask(self, request: port.Request[Any]) -> Any:
        return await self.desk.handlers()[type(request)](request)


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    thread = DatabaseThread()
    store = CatalogueStore(open_database(tmp_path / "roams.db"))
    made: list[Room] = []

    async def change(function: Callable[..., Catalogue], *arguments: object) -> None:
        made[0].catalogue = await thread.run(function, *arguments)

    def require(permission: Permission, *_stations: UUID) -> None:
        if not made[0].user.may(permission):
            raise RefusedError(f"{made[0].user.name} may not do this.")

    around = Configuration(lambda: made[0].catalogue, change, require, require, lambda: made[0].user.name)
    made.append(Room(VersionDesk(store, around), store, store.put_plant(CATALOGUE, "Ann", "Plant"), thread))
    yield made[0]
    store.close()
    thread.stop()


def rename(room: Room, name: str) -> None:
    draft = replace(draft_of(room.catalogue, STATION.id), name=name)
    room.catalogue = room.store.save_station(DRIVERS, draft, "Ben")


async def test_read_compared_and_taken_up_again(room: Room) -> None:
    first = room.catalogue.version
    rename(room, "Dale borehole")
    rename(room, "Vale borehole")
    newest = (await room.ask(port.ReadVersions()))[0]
    assert (newest.user, newest.reason) == ("Ben", "Changed station Vale borehole")
    assert [each.version for each in await room.ask(port.ReadVersions(limit=1, before=newest.version))] == [first + 1]
    found = await room.ask(port.CompareVersions(newest.version - 1, newest.version))
    assert [(each.label, each.change) for each in found] == [("Station", "name: Dale borehole → Vale borehole")]
    back = await room.ask(port.CompareVersions(NOW, first))
    words = {each.label: each.change for each in back}
    # The first save made a place for what is not sorted to equipment yet.
    assert words == {"Station": "name: Vale borehole → Hill borehole", "Equipment": "deleted"}
    made = await room.ask(port.RollBack(first, newest.version, "It was right"))
    assert made == newest.version + 1
    assert room.catalogue.station_by_id[STATION.id].name == "Hill borehole"
    history = await room.ask(port.ReadObjectHistory("station", str(STATION.id)))
    assert [each.change for each in history] == [
        "name: Vale borehole → Hill borehole",
        "name: Dale borehole → Vale borehole",
        "name: Hill borehole → Dale borehole",
        "added",
    ]
    assert history[0].made.reason == "Took version 1 up again: It was right"


async def test_looking_does_not_wait_for_the_journal_nor_the_journal_for_it(room: Room) -> None:
    rename(room, "Dale borehole")
    is_free = threading.Event()
    held = asyncio.create_task(room.thread.run(is_free.wait))
    try:
        async with asyncio.timeout(5):
            assert await room.ask(port.CompareVersions(room.catalogue.version - 1, room.catalogue.version))
            assert await room.ask(port.ReadVersions())
            assert await room.ask(port.ReadObjectHistory("station", str(STATION.id)))
    finally:
        is_free.set()
        await held


async def test_taking_up_takes_the_right_a_reason_and_what_was_seen(room: Room) -> None:
    first = room.catalogue.version
    rename(room, "Dale borehole")
    with pytest.raises(RefusedError, match="Write why"):
        await room.ask(port.RollBack(first, room.catalogue.version, "  "))
    with pytest.raises(InvalidError, match="changed meanwhile"):
        await room.ask(port.RollBack(first, first, "x"))
    room.user = User("Olaf", OPERATOR)
    with pytest.raises(RefusedError, match="Olaf may not"):
        await room.ask(port.RollBack(first, room.catalogue.version, "x"))
    assert room.catalogue.station_by_id[STATION.id].name == "Dale borehole"
