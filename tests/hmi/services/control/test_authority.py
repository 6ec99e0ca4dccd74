"""Who has control: one at a time, by name, as long as they are there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hmi.domain.roles import ADMIN, VIEWER, VISITOR, User
from hmi.services.control.authority import LEASE_S
from hmi.services.port import (
    HangLockout,
    RefusedError,
    ReleaseAuthority,
    RequestAuthority,
    TakeAuthority,
    TakeOffLockout,
    TransferAuthority,
)
from tests.support.control_rig import ANA, BEN, Rig, control_rig
from tests.support.plants import ASSET, PUMP, STATION

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with control_rig(tmp_path, takes_control=False) as found:
        yield found


def holder(rig: Rig) -> str:
    status = rig.desk.standing().authority_of.get(STATION.id)
    return status.user if status is not None else ""


async def test_taken_and_released(rig: Rig) -> None:
    with pytest.raises(RefusedError, match="Take control first"):
        rig.gate.select(PUMP.id, 1.0)
    await rig.ask(TakeAuthority(STATION.id))
    assert holder(rig) == "Ana"
    assert rig.standings[-1].authority_of[STATION.id].user == "Ana"
    assert rig.gate.select(PUMP.id, 1.0)
    with pytest.raises(RefusedError, match="already"):
        await rig.ask(TakeAuthority(STATION.id))
    await rig.ask(ReleaseAuthority(STATION.id))
    assert holder(rig) == ""
    assert [entry["result"] for entry in await rig.audit("authority")] == ["Taken", "Released"]


@pytest.mark.parametrize("user", [VISITOR, User("Ada", ADMIN), User("Vic", VIEWER)])
async def test_who_may_not_operate_takes_no_control(rig: Rig, user: User) -> None:
    rig.sign_in(user)
    for request in (TakeAuthority(STATION.id), RequestAuthority(STATION.id)):
        with pytest.raises(RefusedError, match="may not operate"):
            await rig.ask(request)


async def test_asked_for_and_handed_over(rig: Rig) -> None:
    await rig.ask(TakeAuthority(STATION.id))
    rig.user = BEN
    await rig.ask(RequestAuthority(STATION.id))
    assert rig.desk.standing().authority_of[STATION.id].wanted_by == ("Ben",)
    with pytest.raises(RefusedError, match="do not have control"):
        await rig.ask(TransferAuthority(STATION.id, "Ben"))
    rig.user = ANA
    with pytest.raises(RefusedError, match="Zoe has not asked"):
        await rig.ask(TransferAuthority(STATION.id, "Zoe"))
    await rig.ask(TransferAuthority(STATION.id, "Ben"))
    assert holder(rig) == "Ben"
    assert [(each["old"], each["new"]) for each in await rig.audit("authority")][-1] == ("Ana", "Ben")


async def test_declined(rig: Rig) -> None:
    await rig.ask(TakeAuthority(STATION.id))
    rig.user = BEN
    await rig.ask(RequestAuthority(STATION.id))
    rig.user = ANA
    await rig.ask(TransferAuthority(STATION.id, ""))
    assert rig.desk.standing().authority_of[STATION.id].wanted_by == ()
    assert holder(rig) == "Ana"


async def test_taken_from_another_with_a_reason_only(rig: Rig) -> None:
    await rig.ask(TakeAuthority(STATION.id))
    rig.user = BEN
    with pytest.raises(RefusedError, match="Ana has control"):
        await rig.ask(TakeAuthority(STATION.id, "  "))
    await rig.ask(TakeAuthority(STATION.id, "Ana has left the room"))
    assert holder(rig) == "Ben"
    assert (await rig.audit("authority"))[-1]["reason"] == "Ana has left the room"


async def test_the_lease_ends_when_its_holder_is_not_seen(rig: Rig) -> None:
    await rig.ask(TakeAuthority(STATION.id))
    rig.ahead_s = LEASE_S - 1
    await rig.desk.renew()
    rig.ahead_s = 2 * LEASE_S - 2
    await rig.desk.renew()
    assert holder(rig) == "Ana", "not renewed by being there"
    rig.user = User("Ana", VIEWER)  # the session has fallen back to view
    rig.ahead_s = 3 * LEASE_S
    with pytest.raises(RefusedError):
        rig.gate.select(PUMP.id, 1.0)
    await rig.desk.renew()
    assert holder(rig) == ""
    assert (await rig.audit("authority"))[-1]["result"] == "Released: not seen any more"


async def test_a_lease_that_ran_out_does_not_operate(rig: Rig) -> None:
    await rig.ask(TakeAuthority(STATION.id))
    rig.ahead_s = LEASE_S + 1
    with pytest.raises(RefusedError, match="Nobody has control"):
        rig.gate.select(PUMP.id, 1.0)


async def test_who_signs_out_lets_go(rig: Rig) -> None:
    await rig.ask(TakeAuthority(STATION.id))
    rig.sign_in(BEN)
    assert holder(rig) == ""
    assert (await rig.audit("authority"))[-1]["result"] == "Released: signed out"


# ── lock-out tags ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_tags_hang_and_come_off(rig: Rig) -> None:
    with pytest.raises(RefusedError, match="Write why"):
        await rig.ask(HangLockout(ASSET.id, "  "))
    await rig.ask(HangLockout(ASSET.id, "Coupling off"))
    with pytest.raises(RefusedError, match="hangs there already"):
        await rig.ask(HangLockout(ASSET.id, "again"))
    rig.user = BEN
    await rig.ask(HangLockout(ASSET.id, "Electrics"))
    tags = rig.desk.standing().lockouts_of(ASSET.id)
    assert [tag.user for tag in tags] == ["Ana", "Ben"]
    with pytest.raises(RefusedError, match="is Ana's"):
        await rig.ask(TakeOffLockout(tags[0].id))
    await rig.ask(TakeOffLockout(tags[1].id))
    assert [tag.user for tag in rig.desk.standing().lockouts] == ["Ana"]
    with pytest.raises(RefusedError, match="not hang any more"):
        await rig.ask(TakeOffLockout(tags[1].id))
    rig.user = User("Ada", ADMIN)
    with pytest.raises(RefusedError, match="Write why another"):
        await rig.ask(TakeOffLockout(tags[0].id))
    await rig.ask(TakeOffLockout(tags[0].id, "Ana is on holiday; checked on site"))
    results = [(each["user"], each["result"], each["old"]) for each in await rig.audit("lock_out")]
    assert results[-1] == ("Ada", "Tag taken off", "Ana: Coupling off")
    assert len(results) == 4


async def test_a_viewer_hangs_none(rig: Rig) -> None:
    rig.user = User("Vic", VIEWER)
    with pytest.raises(RefusedError, match="may not lock"):
        await rig.ask(HangLockout(ASSET.id, "x"))
