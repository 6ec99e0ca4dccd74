"""Safety levels: the password again, a second person within a minute, or a reason where one may be alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from hmi.domain.commands import SafetyLevel
from hmi.domain.roles import OPERATOR, VIEWER, Permission, User
from hmi.services.port import ConfirmSecond, RefusedError, Selection
from tests.support.control_rig import BEN, PASSWORD, Rig, control_rig
from tests.support.plants import PUMP, RUN
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with control_rig(tmp_path) as found:
        yield found


async def started(rig: Rig) -> None:
    await until(lambda: rig.driver.written == [("s=Pump 1 start", 1.0)])
    rig.reading(RUN, 1)
    await rig.settled()


def critical(rig: Rig, **more: object) -> Selection:
    rig.configure(level=SafetyLevel.SECOND_PERSON, **more)
    return rig.gate.select(PUMP.id, 1.0)


async def test_the_password_again(rig: Rig) -> None:
    rig.configure(level=SafetyLevel.PASSWORD)
    selection = rig.gate.select(PUMP.id, 1.0)
    assert selection.level is SafetyLevel.PASSWORD
    for wrong, words in (("", "your password again"), ("guessed", "wrong")):
        with pytest.raises(RefusedError, match=words):
            await rig.operate(selection, wrong)
    assert rig.driver.written == []
    await rig.operate(selection, PASSWORD)
    await started(rig)


async def test_a_second_person_confirms(rig: Rig) -> None:
    selection = critical(rig)
    assert selection.level is SafetyLevel.SECOND_PERSON
    with pytest.raises(RefusedError, match="takes a second person"):
        await rig.operate(selection)
    assert await rig.ask(ConfirmSecond(selection.token, "Ben", PASSWORD)) == "Ben"
    await rig.operate(selection)
    await started(rig)
    assert [entry["second_user"] for entry in await rig.audit("command")] == ["Ben", "Ben"]
    assert rig.last.second_user == "Ben"


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (replace(BEN, role=VIEWER), "may not confirm"),
        (replace(BEN, stations=frozenset()), "may not confirm"),
        (User("Ben", replace(OPERATOR, permissions=OPERATOR.permissions - {Permission.COMMAND_CRITICAL})), "may not"),
    ],
)
async def test_a_second_person_who_may_not_does_not_count(rig: Rig, second: User, words: str) -> None:
    rig.others["Ben"] = second
    selection = critical(rig)
    with pytest.raises(RefusedError, match=words):
        await rig.ask(ConfirmSecond(selection.token, "Ben", PASSWORD))
    with pytest.raises(RefusedError, match="takes a second person"):
        await rig.operate(selection)
    assert rig.driver.written == []


async def test_a_second_person_whose_role_was_lowered_meanwhile_does_not_count_any_more(rig: Rig) -> None:
    selection = critical(rig)
    await rig.ask(ConfirmSecond(selection.token, "Ben", PASSWORD))
    rig.others["Ben"] = replace(BEN, role=VIEWER)
    with pytest.raises(RefusedError, match="Ben may not confirm"):
        await rig.operate(selection)
    assert rig.driver.written == []


async def test_nobody_is_their_own_second_person(rig: Rig) -> None:
    selection = critical(rig)
    with pytest.raises(RefusedError, match="somebody else"):
        await rig.ask(ConfirmSecond(selection.token, "Ana", PASSWORD))
    with pytest.raises(RefusedError, match="wrong"):
        await rig.ask(ConfirmSecond(selection.token, "Ben", "guessed"))


async def test_the_second_person_comes_within_a_minute(rig: Rig) -> None:
    selection = critical(rig)
    rig.ahead_s = 59
    await rig.ask(ConfirmSecond(selection.token, "Ben", PASSWORD))
    rig.ahead_s = 61
    with pytest.raises(RefusedError, match="run out"):
        await rig.operate(selection)


async def test_alone_only_where_it_is_configured_with_a_reason_and_an_alarm(rig: Rig) -> None:
    selection = critical(rig, is_alone_allowed=True)
    assert selection.may_be_alone
    with pytest.raises(RefusedError, match="Write why you are alone"):
        await rig.operate(selection, reason="  - ")
    assert rig.alone == []
    await rig.operate(selection, reason="Night shift, main burst")
    await started(rig)
    assert rig.alone == ["Ana: Pump 1 → Running. Night shift, main burst"]
    intent = (await rig.audit("command.intent"))[0]
    assert (intent["marks"], intent["reason"]) == (["alone"], "Night shift, main burst")


async def test_the_password_is_in_no_repr() -> None:
    request = ConfirmSecond(PUMP.id, "Ben", "hunter2-canary")
    assert "hunter2" not in repr(request)
