"""Lock-out tags kept in a file: one of each person on a piece of equipment, however quick they are."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hmi.domain.roles import MAINTENANCE, User
from hmi.services.control.lockouts import LockOuts
from hmi.services.database_thread import DatabaseThread
from hmi.services.port import HangLockout, RefusedError
from hmi.storage.local import lockout_tags
from hmi.storage.local.database import open_database
from tests.support.control_rig import control_rig
from tests.support.plants import ASSET, CATALOGUE

pytestmark = pytest.mark.asyncio

RITA, REN = User("Rita", MAINTENANCE), User("Ren", MAINTENANCE)


async def test_two_quick_presses_hang_one_tag_and_another_person_hangs_theirs(tmp_path: Path) -> None:
    thread, engine = DatabaseThread(), open_database(tmp_path / "roams.db")
    found = LockOuts(engine, thread)
    pressed = [found.hang(ASSET.id, "Coupling off", user, CATALOGUE) for user in (RITA, RITA, REN)]
    outcomes = await asyncio.gather(*pressed, return_exceptions=True)
    assert [isinstance(each, RefusedError) for each in outcomes] == [False, True, False]
    assert "hangs there already" in str(outcomes[1])
    assert sorted(tag.user for tag in found.all()) == ["Ren", "Rita"]
    assert sorted(tag.user for tag in await thread.run(lockout_tags.load, engine)) == ["Ren", "Rita"]
    (own,) = [tag for tag in found.all() if tag.user == "Rita"]
    await found.take_off(own.id, "", RITA, CATALOGUE)
    await found.hang(ASSET.id, "Once more", RITA, CATALOGUE)
    engine.dispose()
    thread.stop()


async def test_a_tag_whose_window_goes_away_hangs_and_is_in_the_record(tmp_path: Path) -> None:
    async with control_rig(tmp_path) as rig:
        rig.sign_in(RITA)
        asked = asyncio.create_task(rig.ask(HangLockout(ASSET.id, "Coupling off")))
        for _ in range(2):  # until it has begun to be written down, and not until it is
            await asyncio.sleep(0)
        assert rig.desk._tagging.is_any
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        await rig.desk._tagging.wait()
        assert [tag.user for tag in rig.desk.standing().lockouts] == ["Rita"]
        assert (await rig.audit("lock_out"))[-1]["result"] == "Tag hung"
