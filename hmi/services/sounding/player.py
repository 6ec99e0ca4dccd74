"""Playing a file with a program of the operating system, in a process of its own.

A sound system that hangs then hangs a child, not the alarms; Qt Essentials has no multimedia either.
Linux: the first that works of PipeWire's, PulseAudio's and ALSA's player. macOS: afplay. Windows: PowerShell, which
every Windows since 7 has; `sys.executable -c` with winsound would start the whole program again where PyInstaller has
packed it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hmi.domain.language import tr

TIMEOUT_S: Final = 6.0
"""A tone lasts less than two seconds."""
END_S: Final = 2.0
ERROR_BYTES: Final = 300
FILE_VARIABLE: Final = "ROAMS_SOUND"
_POWERSHELL: Final = f"(New-Object System.Media.SoundPlayer $env:{FILE_VARIABLE}).PlaySync()"
NO_WINDOW: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class PlayError(Exception):
    """The sound could not be played; the text says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that plays a file. name_file: the path comes last; else it is in the environment only."""

    name: str
    arguments: tuple[str, ...] = ()
    takes_path: bool = True


PROGRAMS: Final = {
    "darwin": (Program("afplay"),),
    "win32": (Program("powershell", ("-NoProfile", "-NonInteractive", "-Command", _POWERSHELL), takes_path=False),),
}
LINUX: Final = (Program("pw-play"), Program("paplay"), Program("aplay", ("-q",)))


class Player:
    """Plays one file at a time, on one event loop."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._process: asyncio.subprocess.Process | None = None
        self._is_wanted = False
        self._worked = ""

    @property
    def name(self) -> str:
        """The program that played last, or an empty text."""
        return self._worked

    async def play(self, path: Path) -> None:
        """Play a file to its end, or until `stop`. Raises PlayError when none of the programs could."""
        self._is_wanted = True
        found = await asyncio.to_thread(self._find)
        if not found:
            raise PlayError(_missing())
        faults: list[str] = []
        for program, where in found:
            if not self._is_wanted:
                return
            fault = await self._run(program, where, path)
            if not fault:
                self._worked = program.name
                return
            faults.append(f"{program.name}: {fault}")
        raise PlayError(tr("No sound came out. {faults}").format(faults=" ".join(faults)))

    def stop(self) -> None:
        """End what is being played; `play` then returns as if it had ended by itself."""
        self._is_wanted = False
        if self._process is not None:
            _kill(self._process)

    def _find(self) -> list[tuple[Program, str]]:
        """Return the programs that are installed, that which worked last first. Blocks."""
        found = [(each, where) for each in _programs() if (where := shutil.which(each.name)) is not None]
        return sorted(found, key=lambda each: each[0].name != self._worked)

    async def _run(self, program: Program, where: str, path: Path) -> str:
        """Return what went wrong, or an empty text."""
        command = [where, *program.arguments, *([str(path)] if program.takes_path else [])]
        try:
            process = self._process = await _start(command, path)
        except OSError as error:
            return tr("it cannot be started: {error}.").format(error=error.strerror or error)
        if not self._is_wanted:
            _kill(process)  # it was stopped while it began
        try:
            async with asyncio.timeout(self._timeout_s):
                _, said = await process.communicate()
        except TimeoutError:
            return tr("it did not end within {seconds:g} s and was stopped.").format(seconds=self._timeout_s)
        finally:
            self._process = None
            await _end(process)
        if not self._is_wanted or process.returncode == 0:
            return ""
        words = said.decode(errors="replace").strip().replace("\n", " ")[-ERROR_BYTES:]
        return words or tr("it ended with status {status}.").format(status=process.returncode)


def _programs() -> Sequence[Program]:
    return PROGRAMS.get(sys.platform, LINUX)


def _missing() -> str:
    names = ", ".join(each.name for each in _programs())
    return tr("This computer has no program that plays sounds. Install one of: {names}.").format(names=names)


async def _start(command: Sequence[str], path: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**_environment(), FILE_VARIABLE: str(path)},
        creationflags=NO_WINDOW,
    )


def _environment() -> dict[str, str]:
    """Return the environment for a program that is not ours: a packed program's libraries are not for it."""
    environment = dict(os.environ)
    if getattr(sys, "frozen", False):
        before = environment.pop("LD_LIBRARY_PATH_ORIG", None)
        environment.pop("LD_LIBRARY_PATH", None)
        if before:
            environment["LD_LIBRARY_PATH"] = before
    return environment


async def _end(process: asyncio.subprocess.Process) -> None:
    """See to it that the child is gone; by its id, so that nobody else's player is hit."""
    if process.returncode is None:
        _kill(process)
        with contextlib.suppress(TimeoutError):  # one that even SIGKILL does not end sleeps in the kernel
            async with asyncio.timeout(END_S):
                await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
