"""A rig in a process of its own: started, told what to do, frozen, killed and started again; always by its pid."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

ROOT = Path(__file__).resolve().parents[2]
END_S = 3.0
ANSWER_S = 15.0
LAST_WORDS_BYTES = 4_000

Option = float | str | Path | Sequence[str]


class ChildError(Exception):
    """The child did not start, did not answer or refused; the text ends with what it wrote to stderr."""


def arguments_of(options: Mapping[str, Option]) -> list[str]:
    """Return options as a command line; a true one is a flag, a false one is left out."""
    arguments = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if isinstance(value, bool):
            arguments += [flag] if value else []
        elif isinstance(value, str | int | float | Path):
            arguments += [flag, str(value)]
        else:
            arguments += [flag, ",".join(value)]
    return arguments


class Child:
    """A process that prints `READY <port>` and answers a line of JSON with a line of JSON; see `commands`.

    A context manager: it starts on entering and is gone on leaving.
    """

    def __init__(self, program: Sequence[str], options: Mapping[str, Option], *, ready_s: float = 15.0) -> None:
        self._program = list(program)
        self._options = dict(options)
        self._ready_s = ready_s
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._unread = b""
        self._owed = 0
        self.port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process's id, 0 while there is none."""
        return self._process.pid if self._process else 0

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and wait for its port, which is that of the last time. Raises ChildError."""
        if self.port:
            self._options["port"] = self.port
        command = [*self._program, *arguments_of(self._options)]
        self._unread, self._owed = b"", 0
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed by _release
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr
        )
        try:
            words = self._line(self._ready_s).split()
            if len(words) != 2 or words[0] != "READY":
                raise self._error(f"it said {' '.join(words)!r} instead of READY")
            self.port = int(words[1])
        except ChildError:
            self.kill()
            raise

    def restart(self, **changed: Option) -> None:
        """Start again on the same port, with some options changed; a running process is stopped first."""
        self.stop()
        self._options.update(changed)
        self.start()

    def command(self, do: str, *, within_s: float = ANSWER_S, **options: Any) -> dict[str, Any]:
        """Have a command carried out; return its answer. Raises ChildError."""
        if self._process is None or self._process.stdin is None:
            raise ChildError(f"{do}: the child is not running")
        try:
            self._process.stdin.write(json.dumps({"do": do, **options}).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._error(f"{do}: it is gone") from error
        self._owed += 1
        answer: dict[str, Any] = {}
        while self._owed:  # more than one after a command that was not answered in its time
            answer = json.loads(self._line(within_s))
            self._owed -= 1
        if "error" in answer:
            raise self._error(answer["error"])
        return answer

    def freeze(self) -> None:
        """Stop the process where it is; its sockets stay open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the process without a chance to say goodbye."""
        if self._process is not None:
            self._process.kill()
            self._release()

    def stop(self) -> None:
        """End the process: by the end of its input, by force when it does not listen."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        self.thaw()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._release()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _release(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.wait()
        for pipe in (process.stdin, process.stdout, self._stderr):
            if pipe is not None:
                pipe.close()

    def _line(self, within_s: float) -> str:
        end = time.monotonic() + within_s
        while b"\n" not in self._unread:
            self._unread += self._some(end, within_s)
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def _some(self, end: float, within_s: float) -> bytes:
        """Return more of what the process prints; its pipe is read by hand because a deadline is wanted."""
        assert self._process is not None
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        if not select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
            raise self._error(f"it said nothing for {within_s} s")
        some = os.read(pipe, 1 << 16)
        if not some:
            raise self._error("it ended")
        return some

    def _error(self, what: str) -> ChildError:
        return ChildError(f"{' '.join(self._program)}: {what}\n{self._last_words()}")

    def _last_words(self) -> str:
        if self._stderr is None:
            return ""
        descriptor = self._stderr.fileno()
        size = os.fstat(descriptor).st_size
        return os.pread(descriptor, LAST_WORDS_BYTES, max(0, size - LAST_WORDS_BYTES)).decode(errors="replace")
