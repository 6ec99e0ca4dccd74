"""The demo plant's process: started with the program, ended with it, by the pipe between them if need be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from drivers.simulated.description import ReadyLine

END_S: Final = 3.0


class DemoPlantError(Exception):
    """The demo plant did not start; the text is what it said."""


class DemoPlant:
    """One child process. `start` and `stop` block."""

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._options = tuple(options)
        self._process: subprocess.Popen[str] | None = None

    def launch(self) -> None:
        """Start the process; returns at once."""
        command = [sys.executable, "-m", "drivers.simulated", "--with-parent", *self._options]
        self._process = subprocess.Popen(  # noqa: S603  # our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ready(self) -> ReadyLine:
        """Wait until the plant serves; about two seconds. Raises DemoPlantError."""
        process = self._process
        if process is None or process.stdout is None:
            raise DemoPlantError("The demo plant was not started.")
        try:
            return ReadyLine.parse(process.stdout.readline())
        except ValueError as error:
            raise DemoPlantError(f"The demo plant did not start: {error}") from error

    @property
    def pid(self) -> int:
        """The process's id, 0 before it is launched."""
        return self._process.pid if self._process else 0

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
