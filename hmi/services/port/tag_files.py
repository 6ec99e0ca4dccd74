"""Tags of stations, to CSV files and from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from hmi.domain.drafts import PlacedTagDraft
from hmi.services.port.csv_files import CsvPreview
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class ExportTagCsv(Request[int]):
    """Write the tags of stations to a file, of all of them where none is named; answers how many tags.

    is_european: semicolons between cells and commas in numbers, as Excel wants them there.
    """

    path: Path
    station_ids: tuple[UUID, ...] = ()
    is_european: bool = False


@dataclass(frozen=True, slots=True)
class CompareTagCsv(Request[CsvPreview[PlacedTagDraft]]):
    """Ask what importing a file would change. removes: delete the tags of its stations that it leaves out."""

    path: Path
    removes: bool = False


@dataclass(frozen=True, slots=True)
class ApplyTagCsv(Request[int]):
    """Import what was looked at; answers how many tags changed. Refused when file or plant is another by now."""

    path: Path
    seal: str
    removes: bool = False
