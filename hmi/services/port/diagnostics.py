"""How the program does: its log, its crash files, its figures and files, and the bundle for those who help."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from hmi.config.crashes import Crash
from hmi.config.log_tail import LogLine
from hmi.services.port.requests import Request

MOST_LINES: Final = 2_000
MOST_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class LogPage:
    """Lines, newest first. stamp: of the file when they were read. is_whole: there are no older ones that fit.

    is_same: nothing was written since the stamp that was asked with, and no lines are here.
    """

    lines: tuple[LogLine, ...] = ()
    stamp: str = ""
    is_whole: bool = True
    read_bytes: int = 0
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class ReadLog(Request[LogPage]):
    """Ask for the newest lines of a level (of logging; empty for all) or above, with a text in them.

    most_bytes: how far back to look. seen: the stamp of what is in sight.
    """

    level: str = ""
    text: str = ""
    limit: int = 300
    most_bytes: int = 4_000_000
    seen: str = ""


@dataclass(frozen=True, slots=True)
class CrashList:
    """Crash files, newest first, and how many of them nobody has dismissed."""

    files: tuple[Crash, ...] = ()
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class ReadCrashes(Request[CrashList]):
    """Ask which crash files there are."""


@dataclass(frozen=True, slots=True)
class ReadCrash(Request[str]):
    """Ask what a crash file says."""

    name: str


@dataclass(frozen=True, slots=True)
class DismissCrashes(Request[None]):
    """Say that all crash files there are have been seen."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A database and what belongs to it. schema: its version as the file says, 0 where it does not say."""

    name: str
    bytes: int
    schema: int = 0


@dataclass(frozen=True, slots=True)
class ProgramState:
    """The program and its files. sync: how the exchange with a centre does, in words."""

    version: str
    python: str
    system: str
    started_us: int
    resident_bytes: int
    cpu_s: float
    free_bytes: int
    files: tuple[FileState, ...]
    folder: str
    log_withheld: int
    sync: str


@dataclass(frozen=True, slots=True)
class ReadProgram(Request[ProgramState]):
    """Ask how the program and its files do."""


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of a support bundle. about: in words. blotted: how many secrets were blotted out."""

    name: str
    about: str
    bytes: int
    blotted: int


@dataclass(frozen=True, slots=True)
class PlanSupportBundle(Request[tuple[BundleFile, ...]]):
    """Ask what a support bundle would hold now."""


@dataclass(frozen=True, slots=True)
class SaveSupportBundle(Request[UUID]):
    """Write a support bundle; a job that ends in words."""

    path: Path
