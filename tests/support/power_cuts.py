"""What a disk holds after a power cut, from the record of everything that a program asked the disk to do.

The program runs under strace, which writes down each write with its bytes, each sync, rename and delete. A cut after
the k-th of them keeps what was synced; of what was not, any part: each write whole, torn or not at all, and each
rename or delete that no sync of the folder followed, up to some point. Chance decides, from a seed that is printed.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CALLS: Final = "openat,close,pwrite64,write,ftruncate,fsync,fdatasync,rename,unlink,unlinkat"
_CALL: Final = re.compile(rb"^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+)", re.DOTALL)
_UNFINISHED: Final = re.compile(rb"^(\d+)\s+(.*?)\s*<unfinished \.\.\.>$", re.DOTALL)
_RESUMED: Final = re.compile(rb"^(\d+)\s+<\.\.\. \w+ resumed>(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the program did. kind: write, cut, sync, rename, delete, create or said."""

    kind: str
    path: str = ""
    data: bytes = b""
    at: int = 0
    to: str = ""


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Step] = field(default_factory=list)


def record(folder: Path, log: Path, command: Sequence[str]) -> list[Step]:
    """Run a command under strace and return what it did to the files of a folder, in order."""
    subprocess.run(
        ["strace", "-f", "-qq", "-xx", "-s", "4000000", "-e", f"trace={CALLS}", "-o", str(log), "--", *command],
        check=True,
        stdout=subprocess.PIPE,
        timeout=600,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return _steps(log, folder)


def after_cut(steps: Sequence[Step], at: int, chance: random.Random) -> dict[str, bytes]:
    """Return the files, by name, as a cut right after steps[:at] may leave them."""
    files: dict[str, _File] = {}
    names: list[Step] = []
    for step in steps[:at]:
        if step.kind in ("rename", "delete"):
            names.append(step)
        elif step.kind == "sync" and not step.path:
            _apply(files, names)
            names = []
        else:
            if any(each.kind == "delete" and each.path == step.path for each in names):
                _apply(files, names)  # a file of that name anew: the folder knows of the delete before it
                names = []
            # A write under a name that is not durable yet goes to the file that has it now.
            _note(files, _before(step, names))
    survivors = names[: chance.randint(0, len(names))]
    _apply(files, survivors)
    return {name: _left(file, chance) for name, file in files.items()}


def said(steps: Sequence[Step], at: int) -> int:
    """Return the last number that the program printed before a cut; −1 for none."""
    return next((int(step.data.split()[-1]) for step in reversed(steps[:at]) if step.kind == "said"), -1)


def _before(step: Step, names: Sequence[Step]) -> Step:
    for rename in reversed(names):
        if rename.kind == "rename" and rename.to == step.path:
            return Step(step.kind, rename.path, step.data, step.at, step.to)
    return step


def _apply(files: dict[str, _File], names: Sequence[Step]) -> None:
    for step in names:
        if step.kind == "delete":
            files.pop(step.path, None)
        elif step.path in files:
            files[step.to] = files.pop(step.path)


def _note(files: dict[str, _File], step: Step) -> None:
    if step.kind == "said":
        return
    file = files.setdefault(step.path, _File())
    if step.kind == "sync":
        for pending in file.pending:
            _put(file.durable, pending)
        file.pending.clear()
    else:
        file.pending.append(step)


def _put(content: bytearray, step: Step) -> None:
    """Do one write, cut or truncation at opening to a file's content."""
    if step.kind == "create":
        content.clear()
        return
    if step.kind == "cut":
        del content[step.at :]
    if len(content) < step.at:
        content.extend(bytes(step.at - len(content)))
    if step.kind == "write":
        content[step.at : step.at + len(step.data)] = step.data


def _left(file: _File, chance: random.Random) -> bytes:
    content = bytearray(file.durable)
    for step in file.pending:
        fate = chance.random()
        if fate < 0.4:
            _put(content, step)
        elif fate < 0.6 and step.kind == "write":
            torn = step.data[: chance.randint(0, len(step.data)) // 512 * 512]
            _put(content, Step("write", step.path, torn, step.at))
    return bytes(content)


def _lines(log: Path) -> list[bytes]:
    """Return the log's calls, those that another thread interrupted put together again, in the order of their ends."""
    found, begun = [], dict[bytes, bytes]()
    for line in log.read_bytes().split(b"\n"):
        if match := _UNFINISHED.match(line):
            begun[match[1]] = match[2]
        elif match := _RESUMED.match(line):
            found.append(match[1] + b" " + begun.pop(match[1], b"") + match[2])
        else:
            found.append(line)
    return found


def _steps(log: Path, folder: Path) -> list[Step]:
    paths: dict[int, str] = {}
    offsets: dict[int, int] = {}
    steps: list[Step] = []
    for line in _lines(log):
        match = _CALL.match(line)
        if match is None or int(match[4]) < 0:
            continue
        step = _step(match[2].decode(), match[3], int(match[4]), paths, offsets, str(folder))
        if step is not None:
            steps.append(step)
    return steps


def _step(
    call: str, arguments: bytes, result: int, paths: dict[int, str], offsets: dict[int, int], folder: str
) -> Step | None:
    if call == "openat":
        path = _texts(arguments)[0].decode()
        paths[result], offsets[result] = path, 0
        is_made = b"O_TRUNC" in arguments and path.startswith(folder + "/")
        return Step("create", Path(path).name) if is_made else None
    if call in ("rename", "unlink", "unlinkat"):
        names = [each.decode() for each in _texts(arguments)]
        if not names[0].startswith(folder):
            return None
        kind = "rename" if call == "rename" else "delete"
        return Step(kind, Path(names[0]).name, to=Path(names[-1]).name)
    number = int(arguments.split(b",")[0].split(b")")[0])
    if call == "write" and number == 1:
        return Step("said", data=_texts(arguments)[0])
    path = paths.get(number, "")
    if call == "close":
        paths.pop(number, None)
        return None
    if not path.startswith(folder):
        return None
    name = "" if path == folder else Path(path).name
    if call in ("fsync", "fdatasync"):
        return Step("sync", name)
    if call == "ftruncate":
        return Step("cut", name, at=int(arguments.split(b",")[1]))
    data = _texts(arguments)[0]
    if call == "pwrite64":
        return Step("write", name, data, int(arguments.rsplit(b",", 1)[1]))
    at, offsets[number] = offsets[number], offsets[number] + len(data)
    return Step("write", name, data, at)


def _texts(arguments: bytes) -> list[bytes]:
    return [
        bytes.fromhex(each.replace(b"\\x", b"").decode()) for each in re.findall(rb'"((?:\\x[0-9a-f]{2})*)"', arguments)
    ]
