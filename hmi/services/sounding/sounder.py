"""Sounding the alarms of one run: waits for what is due, plays it, and says when nothing can be heard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog

from hmi.config.sound_settings import SoundSettings
from hmi.domain.alarms import Priority
from hmi.domain.language import tr
from hmi.services.alarms.news import AlarmNews
from hmi.services.background import keep_running
from hmi.services.port import AlarmRow, RefusedError, Request, SoundStatus
from hmi.services.port import sound as port
from hmi.services.sounding.calling import Calling
from hmi.services.sounding.player import Player, PlayError
from hmi.services.sounding.tones import tone_file
from hmi.storage.errors import StorageError

AFTER_FAULT_S: Final = 10.0
"""Between two tries of a sound system that fails."""
FAULT_KEY: Final = "sound"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SoundOutputs:
    """Where the sounder's words go: the window's frame, the system alarm, the line of notices."""

    put: Callable[[SoundStatus], None]
    report: Callable[[str, str], None]
    notice: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SoundKeeping:
    """Where the settings are. save: raises RefusedError for a person who may not."""

    load: Callable[[], Awaitable[SoundSettings]]
    save: Callable[[SoundSettings], Awaitable[None]]
    require_person: Callable[[], None]


class Sounder:
    """Plays what `Calling` says is due. On the I/O thread; without a window it never makes a sound."""

    def __init__(
        self,
        folder: Path,
        keeping: SoundKeeping,
        outputs: SoundOutputs,
        *,
        has_window: bool,
        player: Player | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """folder: for the tones' files. clock: in s, the event loop's where none is given."""
        self._folder = folder
        self._keeping = keeping
        self._outputs = outputs
        self._has_window = has_window
        self._player = player or Player()
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._calling = Calling()
        self._changed = asyncio.Event()
        self._sound = asyncio.Lock()
        self._is_calling_out = False
        self._fault = ""
        self._reported: str | None = None
        """What the system alarm was told last; None before it was told anything, as it may stand from the last run."""
        self._next_try_s = float("-inf")
        self._status = SoundStatus()
        self._task: asyncio.Task[None] | None = None

    async def start(self, standing: Sequence[AlarmRow] = ()) -> None:
        """Take up the settings and the alarms that stand, and begin to sound."""
        try:
            self._calling.settings = await self._keeping.load()
        except StorageError as error:
            self._outputs.notice(str(error))
        if self._has_window:
            self._calling.begin(standing)
            self._task = asyncio.create_task(keep_running(self._run, "sound", self._outputs.notice), name="sound")
        else:
            self._outputs.report(FAULT_KEY, "")  # nobody misses a sound here
        self._tell()

    async def stop(self) -> None:
        """Make no sound any more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def take(self, news: Sequence[AlarmNews]) -> None:
        """Take up what changed of alarms."""
        if self._has_window:
            self._calling.take(news)
            self._look_again()

    def forget(self, alarms: Iterable[UUID]) -> None:
        """Let alarms that are not there any more call no longer."""
        for each in alarms:
            self._calling.forget(each)
        self._look_again()

    def handlers(self) -> Mapping[type[Request[Any]], Callable[[Any], Awaitable[Any]]]:
        """Return what answers each request."""
        return {
            port.SilenceSound: self._silence,
            port.TestSound: self._test,
            port.ReadSoundSettings: self._read,
            port.SaveSoundSettings: self._save,
        }

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _silence(self, _request: port.SilenceSound) -> None:
        self._keeping.require_person()
        self._calling.silence()
        self._look_again()

    async def _test(self, request: port.TestSound) -> str:
        self._keeping.require_person()
        if not self._has_window:
            raise RefusedError(tr("This program runs without a window, and without sound."))
        fault = await self._play(request.priority)
        if fault:
            raise RefusedError(fault)
        return tr("Played with {program}.").format(program=self._player.name)

    async def _read(self, _request: port.ReadSoundSettings) -> SoundSettings:
        return self._calling.settings

    async def _save(self, request: port.SaveSoundSettings) -> None:
        await self._keeping.save(request.settings)
        await self.take_settings(request.settings)

    async def take_settings(self, settings: SoundSettings) -> None:
        """Work with settings that are kept already."""
        self._calling.settings = settings
        self._look_again()

    # ── sounding ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            due = self._calling.due_s()
            wait_s = max(due[0], self._next_try_s) - self._clock() if due is not None else None
            if due is not None and wait_s is not None and wait_s <= 0:
                self._calling.sounded(due[1], self._clock())
                self._is_calling_out = True
                await self._play(due[1])
                self._is_calling_out = False
                self._tell()
                continue
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _play(self, priority: Priority) -> str:
        """Play a tone and return what went wrong, or an empty text."""
        async with self._sound:
            try:
                path = await asyncio.to_thread(tone_file, self._folder, priority, self._calling.settings.volume)
                await self._player.play(path)
            except PlayError as error:
                self._say_fault(str(error))
            except OSError as error:
                self._say_fault(tr("The tones cannot be written: {error}.").format(error=error))
            else:
                self._say_fault("")
        return self._fault

    def _say_fault(self, fault: str) -> None:
        self._next_try_s = self._clock() + AFTER_FAULT_S if fault else float("-inf")
        if fault != self._fault:
            if fault:
                _log.warning("alarms cannot be heard", reason=fault)
            else:
                _log.info("alarms can be heard again")
            self._fault = fault
            self._tell()
        if fault != self._reported:
            self._reported = fault
            self._outputs.report(FAULT_KEY, fault)

    def _look_again(self) -> None:
        if self._calling.priority is None and self._is_calling_out:  # a self-test is heard to its end
            self._player.stop()
        self._changed.set()
        self._tell()

    def _tell(self) -> None:
        calling, priority = self._calling, self._calling.priority
        status = SoundStatus(
            priority is not None, calling.is_silenced, priority, self._fault, calling.settings.is_quiet
        )
        if status != self._status:
            self._status = status
            self._outputs.put(status)
