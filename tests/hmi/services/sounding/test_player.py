"""Playing with real programs: scripts on a PATH of their own."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from hmi.services.sounding.player import Player, PlayError
from tests.support.fake_player import FakePlayer
from tests.support.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(sys.platform != "linux", reason="the programs are Linux's"),
]
TONE = Path("/nowhere/tone.wav")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePlayer:
    found = FakePlayer(tmp_path)
    monkeypatch.setenv("PATH", str(found.folder))
    return found


async def test_the_first_that_is_there_plays(programs: FakePlayer) -> None:
    programs.install("aplay")
    programs.install("paplay")
    player = Player()
    await player.play(TONE)
    assert (programs.played, player.name) == ([("paplay", "tone.wav")], "paplay")


async def test_one_that_is_there_and_does_not_work_gives_way_to_the_next(programs: FakePlayer) -> None:
    programs.install("pw-play", "echo 'no such host' >&2; exit 1")
    programs.install("aplay")
    player = Player()
    await player.play(TONE)
    await player.play(TONE)
    assert [name for name, _ in programs.played] == ["pw-play", "aplay", "aplay"]


async def test_without_a_program_it_says_what_to_install(programs: FakePlayer) -> None:
    with pytest.raises(PlayError, match="Install one of: pw-play, paplay, aplay"):
        await Player().play(TONE)
    assert programs.played == []


async def test_what_a_program_complains_of_is_told(programs: FakePlayer) -> None:
    programs.install("pw-play", "echo 'Connection refused' >&2; exit 1")
    programs.install("aplay", "exit 7")
    with pytest.raises(PlayError, match=r"pw-play: Connection refused aplay: it ended with status 7\."):
        await Player().play(TONE)


async def test_one_that_hangs_is_killed(programs: FakePlayer) -> None:
    programs.hang()
    began = time.monotonic()
    with pytest.raises(PlayError, match=r"did not end within 0\.2 s"):
        await Player(timeout_s=0.2).play(TONE)
    assert time.monotonic() - began < 2
    await until(lambda: not programs.still_running)
    assert len(programs.played) == 1


async def test_stop_ends_it_and_is_no_fault(programs: FakePlayer) -> None:
    programs.hang()
    player = Player()
    playing = asyncio.create_task(player.play(TONE))
    await until(lambda: len(programs.still_running) == 1)
    player.stop()
    await playing
    await until(lambda: not programs.still_running)


async def test_one_that_is_stopped_while_it_begins_makes_no_sound(programs: FakePlayer) -> None:
    programs.install("pw-play", "exit 1")
    programs.hang("aplay")
    player = Player()
    playing = asyncio.create_task(player.play(TONE))
    for _ in range(3):
        await asyncio.sleep(0)
        player.stop()
    await playing
    assert not programs.still_running


async def test_one_that_is_cancelled_leaves_no_child(programs: FakePlayer) -> None:
    programs.hang()
    playing = asyncio.create_task(Player().play(TONE))
    await until(lambda: len(programs.still_running) == 1)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    await until(lambda: not programs.still_running)


async def test_one_that_may_not_be_started_is_a_fault(programs: FakePlayer) -> None:
    (programs.folder / "pw-play").write_bytes(b"\x7fELF no program")
    (programs.folder / "pw-play").chmod(0o755)
    with pytest.raises(PlayError, match="cannot be started"):
        await Player().play(TONE)
