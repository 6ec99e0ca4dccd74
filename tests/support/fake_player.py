"""A player that is a program on the PATH: writes down what it was called with, and fails or hangs where it is told."""

from __future__ import annotations

from pathlib import Path

_SCRIPT = """#!/bin/sh
echo "$0 $*" >> "{log}"
echo $$ >> "{pids}"
{then}
"""


class FakePlayer:
    """A folder to be the whole PATH, with programs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "programs"
        self.folder.mkdir()
        self._log = folder / "played"
        self._pids = folder / "pids"

    def install(self, name: str = "pw-play", then: str = "exit 0") -> None:
        """Put a program there, or change what it does: a line of shell."""
        path = self.folder / name
        path.write_text(_SCRIPT.format(log=self._log, pids=self._pids, then=then), encoding="utf-8")
        path.chmod(0o755)

    def hang(self, name: str = "pw-play") -> None:
        """Let a program never end."""
        self.install(name, "exec /bin/sleep 600")

    @property
    def played(self) -> list[tuple[str, str]]:
        """Each call: the program's name, and the file's."""
        if not self._log.exists():
            return []
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [(Path(line.split(" ")[0]).name, Path(line.split(" ")[-1]).name) for line in lines]

    @property
    def still_running(self) -> list[int]:
        """The ids of calls that have not ended."""
        if not self._pids.exists():
            return []
        return [int(pid) for pid in self._pids.read_text(encoding="utf-8").split() if Path(f"/proc/{pid}").exists()]
