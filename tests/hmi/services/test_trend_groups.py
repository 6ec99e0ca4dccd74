from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from hmi.services.database_thread import DatabaseThread
from hmi.services.port import DeleteTrendGroup, ListTrendGroups, RefusedError, SaveTrendGroup, TrendGroup
from hmi.services.trend_groups import TrendGroups
from hmi.storage.local.database import open_database


class Room:
    """A real configuration file with its thread."""

    def __init__(self, path: Path) -> None:
        self.thread = DatabaseThread()
        self.engine = open_database(path)
        self.may_change = True
        self.groups = TrendGroups(self.engine, self.thread, self._require)

    def ask(self, request: Any) -> Any:
        return asyncio.run(_answer(self.groups, request))

    def _require(self) -> None:
        if not self.may_change:
            raise RefusedError("No.")


async def _answer(groups: TrendGroups, request: Any) -> Any:
    return await groups.handlers()[type(request)](request)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path / "roams.db")
    yield room
    room.engine.dispose()
    room.thread.stop()


def _group(name: str, pens: list[str] | None = None, key: UUID | None = None) -> SaveTrendGroup:
    return SaveTrendGroup(TrendGroup(key or uuid4(), name, {"pens": pens or []}))


def test_groups_are_kept_replaced_renamed_and_deleted(room: Room) -> None:
    key = uuid4()
    room.ask(_group("Wells", ["a", "b"], key))
    room.ask(_group("boosters"))
    assert [each.name for each in room.ask(ListTrendGroups())] == ["boosters", "Wells"]
    (_, renamed) = room.ask(_group(" Deep   wells ", ["c"], key))
    assert (renamed.id, renamed.name, renamed.definition) == (key, "Deep wells", {"pens": ["c"]})
    assert [each.name for each in room.ask(DeleteTrendGroup(key))] == ["boosters"]


@pytest.mark.parametrize(
    ("name", "reason"), [("", "a name"), ("   ", "a name"), ("x" * 61, "too long"), ("WELLS", "called WELLS already")]
)
def test_a_name_that_cannot_be_is_refused_in_words(room: Room, name: str, reason: str) -> None:
    room.ask(_group("Wells"))
    with pytest.raises(RefusedError, match=reason):
        room.ask(_group(name))
    assert [each.name for each in room.ask(ListTrendGroups())] == ["Wells"]


def test_who_may_not_change_them_may_read_them(room: Room) -> None:
    room.ask(_group("Wells"))
    room.may_change = False
    with pytest.raises(RefusedError):
        room.ask(_group("Mine"))
    with pytest.raises(RefusedError):
        room.ask(DeleteTrendGroup(uuid4()))
    assert len(room.ask(ListTrendGroups())) == 1
