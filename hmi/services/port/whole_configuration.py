"""The whole configuration to a file and from one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hmi.config.package import Difference
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class ConfigurationPreview:
    """What importing a file would change. count: of all; differences: the first of them. seal: of what was seen."""

    differences: tuple[Difference, ...] = ()
    count: int = 0
    seal: str = ""


@dataclass(frozen=True, slots=True)
class ExportConfiguration(Request[str]):
    """Write everything but secrets to a file; answers in words."""

    path: Path


@dataclass(frozen=True, slots=True)
class CompareConfiguration(Request[ConfigurationPreview]):
    """Ask what importing a file would change. removes: also what the file does not name would go."""

    path: Path
    removes: bool = False


@dataclass(frozen=True, slots=True)
class ImportConfiguration(Request[str]):
    """Bring everything to the file, as it was seen, in one step or not at all; answers in words."""

    path: Path
    removes: bool
    seal: str
