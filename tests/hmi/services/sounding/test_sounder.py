"""The whole way from the news of an alarm to a program that plays, with the fault told and taken back."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hmi.config.sound_settings import PrioritySound, SoundSettings
from hmi.domain.alarms import Priority
from hmi.services import port
from hmi.services.sounding import sounder as module
from hmi.services.sounding.player import Player
from hmi.services.sounding.sounder import Sounder, SoundKeeping, SoundOutputs
from hmi.storage.errors import StorageError
from tests.conftest import Warnings
from tests.support.alarm_news import acknowledged, came, row
from tests.support.fake_player import FakePlayer
from tests.support.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(sys.platform != "linux", reason="the programs are Linux's"),
]


class Room:
    """What stands around a sounder. now_s: the time that it is told; it goes by when a test says so."""

    def __init__(self, tmp_path: Path, programs: FakePlayer) -> None:
        self.now_s = 0.0
        self.folder = tmp_path / "sounds"
        self.programs = programs
        self.settings = SoundSettings()
        self.refusal: Exception | None = None
        self.statuses: list[port.SoundStatus] = []
        self.reports: list[tuple[str, str]] = []
        self.notices: list[str] = []

    async def load(self) -> SoundSettings:
        if self.refusal is not None:
            raise self.refusal
        return self.settings

    async def save(self, settings: SoundSettings) -> None:
        self.settings = settings

    def require_person(self) -> None:
        if isinstance(self.refusal, port.RefusedError):
            raise self.refusal

    def let_pass(self, sounder: Sounder, seconds: float) -> None:
        self.now_s += seconds
        sounder._changed.set()

    @asynccontextmanager
    async def sounder(self, *standing: port.AlarmRow, has_window: bool = True) -> AsyncIterator[Sounder]:
        made = Sounder(
            self.folder,
            SoundKeeping(self.load, self.save, self.require_person),
            SoundOutputs(self.statuses.append, lambda *words: self.reports.append(words), self.notices.append),
            has_window=has_window,
            player=Player(timeout_s=0.3),
            clock=lambda: self.now_s,
        )
        await made.start(standing)
        try:
            yield made
        finally:
            await made.stop()


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    programs = FakePlayer(tmp_path)
    monkeypatch.setenv("PATH", str(programs.folder))
    return Room(tmp_path, programs)


async def ask(sounder: Sounder, request: port.Request[object]) -> object:
    return await sounder.handlers()[type(request)](request)


async def test_an_alarm_sounds_again_and_again_until_it_is_acknowledged(room: Room) -> None:
    room.programs.install()
    async with room.sounder() as sounder:
        sounder.take([came(1, Priority.CRITICAL)])
        for count in (1, 2, 3):
            await until(lambda count=count: len(room.programs.played) == count and not sounder._sound.locked())  # type: ignore[misc]  # bound now
            room.let_pass(sounder, 3)
        await until(lambda: len(room.programs.played) == 4 and not sounder._sound.locked())
        assert {file for _, file in room.programs.played} == {"alarm-1-70.wav"}
        assert room.statuses[-1] == port.SoundStatus(is_sounding=True, priority=Priority.CRITICAL)
        sounder.take([acknowledged(1, Priority.CRITICAL)])
        room.let_pass(sounder, 3)
        sounder.take([came(2, Priority.LOW)])
        await until(lambda: len(room.programs.played) == 5)
        assert room.programs.played[-1] == ("pw-play", "alarm-4-70.wav")
        assert room.statuses[-1].priority is Priority.LOW
    assert room.reports == [("sound", "")], "an alarm of the last run is taken back once"


async def test_silence_ends_the_tone_that_sounds(room: Room) -> None:
    room.programs.hang()
    async with room.sounder(row(1)) as sounder:
        await until(lambda: len(room.programs.still_running) == 1)
        await ask(sounder, port.SilenceSound())
        await until(lambda: not room.programs.still_running)
        assert room.statuses[-1] == port.SoundStatus(is_silenced=True)
        assert room.reports in ([], [("sound", "")])


async def test_a_sound_that_fails_is_reported_and_taken_back_when_it_works(room: Room, log_warnings: Warnings) -> None:
    async with room.sounder() as sounder:
        sounder.take([came(1, Priority.CRITICAL)])
        await until(lambda: bool(room.reports))
        ((key, sentence),) = room.reports
        assert (key, "Install one of" in sentence) == ("sound", True)
        assert room.statuses[-1].fault == sentence
        assert room.statuses[-1].is_sounding
        room.programs.install()
        room.let_pass(sounder, 9)
        await until(lambda: not sounder._changed.is_set())
        assert len(room.reports) == 1, "a sound system that fails is not tried every 3 s"
        room.let_pass(sounder, 1)
        await until(lambda: room.reports[-1] == ("sound", ""))
        assert room.statuses[-1].fault == ""
        assert len(room.reports) == 2
    assert len(log_warnings.take("cannot be heard")) == 1


async def test_a_player_that_hangs_is_a_fault_and_the_next_try_comes(room: Room, log_warnings: Warnings) -> None:
    room.programs.hang()
    async with room.sounder() as sounder:
        sounder.take([came(1, Priority.CRITICAL)])
        await until(lambda: bool(room.reports))
        room.let_pass(sounder, 10)
        await until(lambda: len(room.programs.played) == 2)
        assert "did not end within" in room.reports[0][1]
    await until(lambda: not room.programs.still_running)
    log_warnings.take("cannot be heard")


async def test_a_self_test_sounds_though_all_is_quiet_and_says_how(room: Room, log_warnings: Warnings) -> None:
    room.programs.install()
    room.settings = SoundSettings(is_quiet=True, volume=40)
    async with room.sounder(row(1)) as sounder:
        assert await ask(sounder, port.TestSound(Priority.MEDIUM)) == "Played with pw-play."
        assert room.programs.played == [("pw-play", "alarm-3-40.wav")]
        room.programs.install(then="exit 1")
        with pytest.raises(port.RefusedError, match="status 1"):
            await ask(sounder, port.TestSound(Priority.MEDIUM))
        assert room.reports[-1][0] == "sound"
    log_warnings.take("cannot be heard")


async def test_settings_hold_at_once(room: Room) -> None:
    room.programs.install()
    off = SoundSettings(high=PrioritySound(is_on=False))
    async with room.sounder() as sounder:
        assert await ask(sounder, port.ReadSoundSettings()) == SoundSettings()
        await ask(sounder, port.SaveSoundSettings(off))
        sounder.take([came(1, Priority.HIGH)])
        assert not room.statuses or not room.statuses[-1].is_sounding
        await ask(sounder, port.SaveSoundSettings(SoundSettings()))
        await until(lambda: bool(room.programs.played))
    assert room.settings == SoundSettings()


async def test_without_a_window_there_is_no_sound(room: Room) -> None:
    room.programs.install()
    async with room.sounder(row(1), has_window=False) as sounder:
        sounder.take([came(2)])
        with pytest.raises(port.RefusedError, match="without a window"):
            await ask(sounder, port.TestSound(Priority.HIGH))
    assert (room.programs.played, room.statuses, room.reports) == ([], [], [("sound", "")])


async def test_settings_that_make_no_sense_leave_the_defaults_and_are_told(room: Room) -> None:
    room.programs.install()
    room.refusal = StorageError("The settings make no sense.")
    async with room.sounder(row(1)):
        await until(lambda: bool(room.programs.played))
    assert room.notices == ["The settings make no sense."]


async def test_a_visitor_neither_silences_nor_tests(room: Room) -> None:
    async with room.sounder() as sounder:
        room.refusal = port.RefusedError("Nobody may.")
        for request in (port.SilenceSound(), port.TestSound(Priority.HIGH)):
            with pytest.raises(port.RefusedError, match="Nobody may"):
                await ask(sounder, request)


async def test_a_folder_that_cannot_be_written_is_a_fault(room: Room, log_warnings: Warnings) -> None:
    room.folder.write_text("a file where the folder should be", encoding="utf-8")
    async with room.sounder(row(1)):
        await until(lambda: bool(room.reports))
        assert "tones cannot be written" in room.reports[0][1]
    assert module.FAULT_KEY == "sound"
    log_warnings.take("cannot be heard")
