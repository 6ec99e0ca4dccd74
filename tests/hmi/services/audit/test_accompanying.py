from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from hmi.config.sound_settings import SoundSettings
from hmi.domain.accounts import Account
from hmi.domain.audit import AuditEntry
from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import ADMIN, User
from hmi.services import port
from hmi.services.audit.accompanying import Accompanying, Acting
from hmi.services.audit.describing import Names
from hmi.services.port import security
from hmi.storage.errors import StorageError
from tests.conftest import Warnings

pytestmark = pytest.mark.asyncio

SAVE = port.SaveSoundSettings(SoundSettings())


class Trail:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.is_lost = False
        self.is_full = False
        self.note = "The disk is full."

    async def write(self, *entries: AuditEntry) -> None:
        if self.is_full:
            raise StorageError("full")
        self.entries += entries


def accompanying() -> tuple[Accompanying, Trail]:
    trail = Trail()
    acting = Acting(lambda: User("Maria", ADMIN), Names(Catalogue, lambda alarm: (str(alarm), None)))
    return Accompanying(trail, acting), trail  # type: ignore[arg-type]  # what it uses of a trail


async def answer(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


@pytest.mark.parametrize(
    ("outcome", "result"),
    [
        (None, "done"),
        (12, "done: 12"),
        (port.RefusedError("Maria may not."), "refused: Maria may not."),
        (StorageError("No room."), "refused: No room."),
        (ValueError("a bug"), "failed: ValueError"),
    ],
)
async def test_an_entry_says_how_a_request_ended(outcome: object, result: str) -> None:
    found, trail = accompanying()
    ended = await asyncio.gather(found.handle(SAVE, lambda _request: answer(outcome)), return_exceptions=True)
    assert list(ended) == [outcome]
    (entry,) = trail.entries
    assert (entry.user, entry.target, entry.result) == ("Maria", "alarm sound", result)


async def test_who_does_not_wait_for_the_end_leaves_an_entry_too() -> None:
    found, trail = accompanying()
    begun = asyncio.Event()

    async def never(_request: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    asking = asyncio.create_task(found.handle(SAVE, never))
    await begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert [entry.result for entry in trail.entries] == ["not waited for"]


async def test_what_only_looks_leaves_none() -> None:
    found, trail = accompanying()
    assert await found.handle(port.ReadSoundSettings(), lambda _request: answer(1)) == 1
    assert trail.entries == []


async def test_what_was_done_stays_done_when_its_entry_is_lost(log_warnings: Warnings) -> None:
    found, trail = accompanying()
    trail.is_full = True
    assert await found.handle(SAVE, lambda _request: answer(1)) == 1
    assert await found.handle(SAVE, lambda _request: answer(2)) == 2
    assert found.unrecorded == 2
    assert len(log_warnings.take("audit entry lost")) == 1


async def test_while_entries_are_kept_nowhere_only_what_is_essential_goes_on() -> None:
    found, trail = accompanying()
    trail.is_lost = True
    with pytest.raises(port.RefusedError, match=r"kept nowhere.*disk is full"):
        await found.handle(SAVE, lambda _request: answer(1))
    assert await found.handle(port.Acknowledge(()), lambda _request: answer(0)) == 0


@pytest.mark.parametrize(
    ("request_", "passes"),
    [
        (port.Operate(UUID(int=1)), True),
        (security.SignIn("Ann", "secret"), True),
        (port.HangLockout(UUID(int=1), "hands inside"), True),
        (port.EndSubstitution(UUID(int=1)), True),
        (security.ReadUsers(), True),
        (port.ReadCommands(), True),
        (security.SaveAccount(Account(UUID(int=1), "Ann"), 0), False),
        (security.SealBreakGlass("operator"), False),
        (port.TakeAuthority(UUID(int=1)), False),
        (port.TakeOffLockout(UUID(int=1)), False),
        (port.SubstituteValue(UUID(int=1), "1", "iced up", 60.0), False),
    ],
    ids=lambda each: type(each).__name__,
)
async def test_of_what_writes_its_own_entries_only_what_is_essential_goes_on_too(
    request_: port.Request[Any], passes: bool
) -> None:
    found, trail = accompanying()
    assert await found.handle(request_, lambda _request: answer(1)) == 1, "the record is well"
    trail.is_lost = True
    if passes:
        assert await found.handle(request_, lambda _request: answer(1)) == 1
    else:
        with pytest.raises(port.RefusedError, match="kept nowhere"):
            await found.handle(request_, lambda _request: answer(1))
